"""Who has an update after a step of a referral, and on which page. What is told is always the same.

Which step tells whom stands in ``_TELLS``; a step that is not there tells nobody. How a notice looks
and leaves the site is ``accounts.notices``.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from accounts import notices
from accounts.models import Person
from accounts.roles import RoleName
from audit.registry import Action
from referrals import duty, entries, grants, timers
from referrals.models import Inquiry, Referral, ReferralUserPermission

# Pages, by the name of their address; opening one forgets its updates.
NEEDS_ME, INBOX, LATE = "referrals:needs_me", "referrals:inbox", "referrals:late"
RETENTION = "referrals:retention"


def senders(referral: Referral, _now: datetime) -> list[UUID]:
    """Return who reads the referral on the sending side."""
    return _holders(referral, grants.SEND_REFERRAL)


def workers(referral: Referral, _now: datetime) -> list[UUID]:
    """Return who works on it at the recipient."""
    return _holders(referral, grants.VIEW_IDENTITY)


def desk(referral: Referral) -> list[UUID]:
    """Return the recipient's whole intake desk."""
    return _in_role(RoleName.INTAKE, referral.recipient_agency_id)


def desk_on_duty(referral: Referral, now: datetime) -> list[UUID]:
    """Return who of the desk is on duty; the whole desk where the roster names nobody for now."""
    everybody = desk(referral)
    present = duty.on_duty(referral.recipient_agency, now)
    return [one for one in everybody if one in present] or everybody


def supervisors(referral: Referral, _now: datetime) -> list[UUID]:
    """Return the supervisors of both sides."""
    return _in_role(RoleName.SUPERVISOR, referral.sender_agency_id, referral.recipient_agency_id)


_TELLS: dict[str, tuple[Callable[[Referral, datetime], list[UUID]], str]] = {
    entries.REFERRAL_SENT.name: (desk_on_duty, INBOX),
    entries.REFERRAL_ASKED.name: (senders, NEEDS_ME),
    entries.REFERRAL_ANSWERED.name: (desk_on_duty, INBOX),
    entries.REFERRAL_APPOINTED.name: (senders, NEEDS_ME),
    entries.REFERRAL_CANCELLED_BY_SUPERVISOR.name: (senders, NEEDS_ME),
    entries.REFERRAL_ACCEPTED.name: (senders, NEEDS_ME),
    entries.REFERRAL_DECLINED.name: (senders, NEEDS_ME),
    entries.REFERRAL_DELIVERED.name: (senders, NEEDS_ME),
    entries.REFERRAL_FAILED.name: (senders, NEEDS_ME),
    entries.REFERRAL_EXPIRED.name: (senders, NEEDS_ME),
    entries.CONSENT_RAN_OUT.name: (senders, NEEDS_ME),
    entries.REFERRAL_REOPENED.name: (workers, INBOX),
    entries.REFERRAL_ASSIGNED.name: (workers, INBOX),
    entries.REFERRAL_KEY_SENT_AGAIN.name: (desk_on_duty, INBOX),
    entries.REFERRAL_TAKEN_UP.name: (senders, NEEDS_ME),
    entries.REFERRAL_ESCALATED.name: (supervisors, LATE),
}


def after(referral: Referral, action: Action, *, now: datetime, by: UUID | None = None) -> None:
    """Tell whoever waits for this step, but not who took it. Inside the step's transaction."""
    if action.name not in _TELLS:
        return
    who, page = _TELLS[action.name]
    _tell(referral, who(referral, now), page, now=now, by=by)


def late(referral: Referral, *, now: datetime) -> None:
    """Tell both sides that the answer is late: now the whole desk, whoever is on duty."""
    _tell(referral, senders(referral, now), NEEDS_ME, now=now)
    _tell(referral, desk(referral), INBOX, now=now)


def worker_left(referral: Referral, *, now: datetime) -> None:
    """Tell both sides that nobody works on it any more: who sent it, and the whole desk."""
    _tell(referral, senders(referral, now), NEEDS_ME, now=now)
    _tell(referral, desk(referral), INBOX, now=now)


def case_left(agency: UUID, *, now: datetime) -> None:
    """Tell an agency's supervisors that cases have nobody who works on them any more."""
    notices.tell(_in_role(RoleName.SUPERVISOR, agency), page=NEEDS_ME, now=now, is_urgent=True)


def asked(inquiry: Inquiry, *, now: datetime) -> None:
    """Tell who asked a provider by link that it was answered, or that nobody did."""
    notices.tell([inquiry.asked_by_id], page=NEEDS_ME, now=now)


def _tell(
    referral: Referral, people: list[UUID], page: str, *, now: datetime, by: UUID | None = None
) -> None:
    notices.tell(
        [one for one in people if one != by],
        page=page,
        now=now,
        is_urgent=timers.is_emergency(referral.policy),
    )


def _holders(referral: Referral, permission: str) -> list[UUID]:
    rows = ReferralUserPermission.objects.filter(
        content_object=referral, permission_id=grants.permission_id(permission)
    )
    return list(rows.values_list("user_id", flat=True))


def keepers(agency: UUID) -> list[UUID]:
    """Return who decides how long an agency keeps what: its supervisors."""
    return _in_role(RoleName.SUPERVISOR, agency)


def _in_role(role: RoleName, *agencies: UUID) -> list[UUID]:
    people = Person.objects.filter(
        agency__in=agencies, groups__role__name=role, groups__role__agency__in=agencies
    )
    return list(people.values_list("pk", flat=True))
