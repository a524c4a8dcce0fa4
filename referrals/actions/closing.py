"""Closing a case with its checklist, and opening it again."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from referrals import entries, timers
from referrals.access.cases import OpenCase
from referrals.actions.cases import only_owner
from referrals.actions.erasure import last_month_of
from referrals.actions.steps import Once, end_inquiries, lock_case, log_case
from referrals.errors import Invalid, SomeoneWasQuicker, WrongState
from referrals.models import Case, Referral
from referrals.models.cases import Section
from referrals.models.referrals import LIVE
from referrals.payload import Closing


def close_case(
    *, unlocked: Unlocked, opened: OpenCase, checklist: Closing | None = None, once: UUID | None = None
) -> None:
    """Close a case that has no live referral; only its owner. From now its retention runs.

    ``checklist`` holds what was answered; who closed it and when is filled in here.
    """
    with transaction.atomic():
        if Once(unlocked, once, "close_case", opened.id).is_repeat:
            return
        case = lock_case(unlocked, opened)
        only_owner(unlocked, opened)
        sent = Referral.objects.filter(pk__in=opened.sent_ids())
        if any(referral.state_at(unlocked.now) in LIVE for referral in sent):
            raise WrongState(_("There is still a live referral. Close or cancel it first."))
        end_inquiries(unlocked, opened.inquiry_ids())
        closing = replace(checklist or Closing(), closed_by=unlocked.person.id, closed_at=unlocked.now)
        item = opened.put(Section.CLOSINGS, closing)
        month = timers.month_of(unlocked.now)
        Case.objects.filter(pk=case.pk).update(
            is_open=False,
            month_closed=month,
            destroy_after=last_month_of(unlocked, opened, case),
            version=F("version") + 1,
        )
        log_case(unlocked, opened, entries.CASE_CLOSED, {"item": str(item)})


def reopen_case(
    *, unlocked: Unlocked, opened: OpenCase, reason: str, words: str = "", once: UUID | None = None
) -> None:
    """Open a closed case again: whoever may change it. Its keys stay, its retention stops.

    The closing stays with its checklist, and says why and by whom it was undone.
    """
    if not reason:
        raise Invalid({"reason": _("Choose why it is opened again.")})
    with transaction.atomic():
        if Once(unlocked, once, "reopen_case", opened.id).is_repeat:
            return
        case = lock_case(unlocked, opened, is_open=False)
        last = opened.closings()[-1]
        undone = replace(
            last.content,
            reopen_reason=reason,
            reopen_words=words,
            reopened_by=unlocked.person.id,
            reopened_at=unlocked.now,
        )
        if not opened.replace(Section.CLOSINGS, last.id, undone, revision=last.revision):
            raise SomeoneWasQuicker
        Case.objects.filter(pk=case.pk).update(
            is_open=True, month_closed=None, destroy_after=None, version=F("version") + 1
        )
        log_case(unlocked, opened, entries.CASE_REOPENED, {"item": str(last.id)})
