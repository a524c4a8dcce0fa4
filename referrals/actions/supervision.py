"""What the sender's supervisor may do without opening a case: cancel, and take out what was a mistake.

Taking out needs two people: one reports it, and a supervisor who neither reported nor sent it decides.
The case's own history is not written here, because nobody here has its key; the access log is.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.registry import Action
from referrals import entries
from referrals.access.cases import OpenCase
from referrals.access.common import denied, may_work
from referrals.access.supervised import Supervised
from referrals.actions.steps import Once, bump, end, lock_case, lock_referral, log_case, log_referral
from referrals.errors import WrongState
from referrals.models import Referral
from referrals.models.referrals import Side, State


def cancel_as_supervisor(
    *, unlocked: Unlocked, supervised: Supervised, version: int, once: UUID | None = None
) -> Referral:
    """End a live referral of one's agency: the recipient's access is over when this returns."""
    with transaction.atomic():
        if Once(unlocked, once, "cancel_as_supervisor", supervised.id).is_repeat:
            return Referral.objects.get(pk=supervised.id)
        referral = _lock(unlocked, supervised, version, State.CANCELLED)
        end(unlocked, referral, State.CANCELLED)
        log_referral(unlocked, referral, entries.REFERRAL_CANCELLED_BY_SUPERVISOR)
    return referral


def report_error(
    *, unlocked: Unlocked, opened: OpenCase, referral_id: UUID, version: int, once: UUID | None = None
) -> Referral:
    """Say, with the case open to edit, that a referral should never have been. A supervisor decides."""
    with transaction.atomic():
        if Once(unlocked, once, "report_error", referral_id).is_repeat:
            return Referral.objects.get(pk=referral_id)
        case = lock_case(unlocked, opened)
        opened.sent_referral(referral_id)
        referral = lock_referral(
            unlocked, referral_id, version=version, to=State.ENTERED_IN_ERROR, side=Side.SUPERVISOR
        )
        _report(unlocked, referral)
        bump(case)
        log_case(unlocked, opened, entries.REFERRAL_ERROR_ASKED, {"referral": str(referral_id)})
        log_referral(unlocked, referral, entries.REFERRAL_ERROR_ASKED)
    return referral


def report_error_as_supervisor(
    *, unlocked: Unlocked, supervised: Supervised, version: int, once: UUID | None = None
) -> Referral:
    """Say the same as a supervisor: then another supervisor decides."""
    with transaction.atomic():
        if Once(unlocked, once, "report_error", supervised.id).is_repeat:
            return Referral.objects.get(pk=supervised.id)
        referral = _lock(unlocked, supervised, version, State.ENTERED_IN_ERROR)
        _report(unlocked, referral)
        log_referral(unlocked, referral, entries.REFERRAL_ERROR_ASKED)
    return referral


def set_report_aside(
    *, unlocked: Unlocked, supervised: Supervised, version: int, once: UUID | None = None
) -> Referral:
    """Say that it was no mistake: the referral stays as it is."""
    return _decide(unlocked, supervised, version, once, entries.REFERRAL_ERROR_REFUSED)


def enter_in_error(
    *, unlocked: Unlocked, supervised: Supervised, version: int, once: UUID | None = None
) -> Referral:
    """Take out what somebody else reported: no half stays, no list shows it, the logs keep it.

    From any state. The supervisor neither reported it nor sent it.
    """
    return _decide(unlocked, supervised, version, once, entries.REFERRAL_ENTERED_IN_ERROR)


def may_decide(unlocked: Unlocked, referral: Referral) -> bool:
    """Say whether this supervisor is the second person: neither who reported it nor who sent it."""
    return referral.error_asked_by_id not in (None, unlocked.person.id) and (
        referral.sent_by_id != unlocked.person.id
    )


def _decide(
    unlocked: Unlocked, supervised: Supervised, version: int, once: UUID | None, action: Action
) -> Referral:
    with transaction.atomic():
        if Once(unlocked, once, action.name, supervised.id).is_repeat:
            return Referral.objects.get(pk=supervised.id)
        referral = _lock(unlocked, supervised, version, State.ENTERED_IN_ERROR)
        if not may_decide(unlocked, referral):
            raise WrongState(_("Two people: somebody else has to report it, or another supervisor decides."))
        referral.error_asked_by = None
        if action == entries.REFERRAL_ENTERED_IN_ERROR:
            end(unlocked, referral, State.ENTERED_IN_ERROR)
        else:
            referral.version += 1
            referral.save(update_fields=["error_asked_by", "version"])
        log_referral(unlocked, referral, action)
    return referral


def _report(unlocked: Unlocked, referral: Referral) -> None:
    if referral.error_asked_by_id is not None:
        raise WrongState(_("This was reported already. A supervisor looks at it."))
    referral.error_asked_by = unlocked.person
    referral.version += 1
    referral.save(update_fields=["error_asked_by", "version"])


def _lock(unlocked: Unlocked, supervised: Supervised, version: int, to: State) -> Referral:
    referral = lock_referral(unlocked, supervised.id, version=version, to=to, side=Side.SUPERVISOR)
    is_ours = referral.sender_agency_id == unlocked.agency.id
    if not is_ours or not may_work(unlocked, {RoleName.SUPERVISOR}):
        raise denied(unlocked, entries.SUPERVISED_VIEWED, "referral", supervised.id)
    return referral
