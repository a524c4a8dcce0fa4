"""Erasing a case: by the clock when its time is over, or at once because she asks. There is no way back.

The half goes first, then every wrap of the secret, then the rows, in one transaction: killed anywhere, the
case is whole and the next pass of the clock finds it, or it is gone. What stays are the log's entries, which
hold nothing of hers, and of each referral a row that knows no case: two agencies, how it ended, the day.

What a closed case has sent is forgotten when it is closed (``forget_sent``): a referral does not know its
case, so a clock without keys could not find it years later.
"""

import logging
from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import notices
from accounts.unlocked import Unlocked
from audit.actions import record
from audit.errors import LogFailed
from referrals import entries, grants, queries, retention, timers
from referrals.access.cases import OpenCase, may_still_edit
from referrals.access.common import denied
from referrals.actions.steps import Once, end, end_inquiries, log_referral
from referrals.errors import Invalid, WrongState
from referrals.models import (
    Case,
    CaseHalf,
    CaseHold,
    CaseItem,
    CaseUserPermission,
    DocumentHalf,
    DoneOnce,
    Inquiry,
    Referral,
    ReferralHalf,
)
from referrals.models.cases import Section
from referrals.models.referrals import LIVE, State
from referrals.notices import NEEDS_ME

logger = logging.getLogger(__name__)

# The most that one pass erases or tells of: a transaction each. What is left is taken by the next pass.
MOST = 500


# --- Because she asks ---


def erase_case(*, unlocked: Unlocked, opened: OpenCase, alias: str, once: UUID | None = None) -> None:
    """Erase a case now, open or closed, with all that was sent from it; only its owner.

    ``alias`` is what was typed to confirm. Live referrals end as when consent is withdrawn. A case that two
    people keep longer has to be let go by two people first (``WrongState``).
    """
    with transaction.atomic():
        if Once(unlocked, once, "erase_case", opened.id).is_repeat:
            return
        case = Case.objects.select_for_update().get(pk=opened.id)
        if not opened.can_edit or not opened.is_owner or not may_still_edit(unlocked, case.pk):
            raise denied(unlocked, entries.CASE_CHANGED, "case", opened.id)
        opened.forget()
        if _plain(alias) != _plain(opened.card().alias):
            raise Invalid({"alias": _("This is not how she is called in this case. Look at the page again.")})
        if CaseHold.objects.filter(case=case, agreed_by__isnull=False).exists():
            raise WrongState(_("Two people decided to keep this case. Ask a supervisor to let it go first."))
        sent, asked = opened.sent_ids(), opened.inquiry_ids()
        for referral in (
            Referral.objects.select_for_update().filter(pk__in=sent, state__in=LIVE).order_by("pk")
        ):
            end(unlocked, referral, State.CONSENT_WITHDRAWN)
            log_referral(unlocked, referral, entries.CONSENT_WITHDRAWN)
        end_inquiries(unlocked, asked)
        Inquiry.objects.filter(pk__in=asked).delete()
        forget_sent(unlocked, opened)
        DoneOnce.objects.filter(result__in=[opened.id, *sent, *asked]).delete()
        _destroy(case, unlocked=unlocked)
        record(
            entries.CASE_ERASED,
            agency=unlocked.agency.id,
            actor=unlocked.person.id,
            kind="case",
            object=str(opened.id),
        )


def last_month_of(unlocked: Unlocked, opened: OpenCase, case: Case) -> date:
    """Begin the time of a locked case that is being closed; return the last month in which it is kept.

    While its key is here, what it sent is forgotten. Who works on it is told ahead, again after reopening.
    """
    forget_sent(unlocked, opened)
    Case.objects.filter(pk=case.pk).update(erasure_told=False)
    years = queries.years_of(unlocked.agency).of(case.retention_class)
    return retention.last_month(timers.month_of(unlocked.now), years)


def forget_sent(unlocked: Unlocked, opened: OpenCase) -> None:
    """Destroy the sender's part of everything a case has sent: its half, its wraps, what was sealed.

    The case itself remembers all that stood there. For a locked case with no live referral.
    """
    sent = opened.sent_ids()
    ReferralHalf.objects.filter(referral__in=sent).delete()
    grants.forget_sent(sent, unlocked=unlocked)
    CaseItem.objects.filter(case=opened.case, section=Section.PACKETS).delete()
    Referral.objects.filter(pk__in=sent).update(sealed_opaque=b"", sealed_identity=b"", sealed_sender=b"")


def _plain(alias: str) -> str:
    return " ".join(alias.split()).casefold()


def _destroy(case: Case, *, unlocked: Unlocked | None = None) -> None:
    """Destroy a locked case: the halves, the wraps, then its row and all that hangs on it."""
    CaseHalf.objects.filter(case=case).delete()
    DocumentHalf.objects.filter(document__case=case).delete()
    grants.forget_case(case, unlocked=unlocked)
    case.delete()


# --- Because its time is over ---


def erase_due(*, now: datetime) -> int:
    """Erase the closed cases whose time is over; return how many."""
    return _each(retention.due_before(timezone.localdate(now)), _erase, now=now)


def tell_ahead(*, now: datetime) -> int:
    """Tell who works on a case, once, that it will be erased within thirty days; return of how many."""
    return _each(retention.soon_before(timezone.localdate(now)), _tell, now=now, erasure_told=False)


def _each(month: date, do: Callable[[Case, datetime], None], *, now: datetime, **only: bool) -> int:
    """Take them one by one, each locked, looked at again and in its own transaction."""
    ends = retention.ends_before(month, today=timezone.localdate(now))
    found = Case.objects.filter(ends, **only).order_by("destroy_after", "pk")
    done = 0
    for case_id in list(found.values_list("pk", flat=True)[:MOST]):
        try:
            with transaction.atomic():
                rows = Case.objects.select_for_update(skip_locked=True, of=("self",))
                case = rows.filter(pk=case_id, **only).first()
                # Somebody at work or another clock was quicker: this or the next pass finds it again.
                if case is not None and Case.objects.filter(ends, pk=case_id).exists():
                    do(case, now)
                    done += 1
        except (LogFailed, OperationalError) as error:
            logger.error("the clock left a case as it was: %s", type(error).__name__)
    return done


def _erase(case: Case, now: datetime) -> None:
    case_id, agency = case.pk, case.agency_id
    _destroy(case)
    record(entries.CASE_ERASED_BY_CLOCK, agency=agency, actor=None, kind="case", object=str(case_id))


def _tell(case: Case, now: datetime) -> None:
    Case.objects.filter(pk=case.pk).update(erasure_told=True)
    holders = CaseUserPermission.objects.filter(content_object=case).values_list("user_id", flat=True)
    notices.tell(sorted(set(holders)), page=NEEDS_ME, now=now)
