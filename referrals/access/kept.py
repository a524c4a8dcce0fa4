"""The supervisor's door to keeping and erasing: numbers, and requests without reasons. No case opens."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import entries, retention
from referrals.access.common import denied, log_first, may_work
from referrals.models import Case, CaseHold

MOST = 100


@dataclass(frozen=True)
class Kept:
    """What a supervisor sees: how many are kept, end soon, are over; and what waits for a decision."""

    closed: int
    soon: int
    over: int
    waiting: list[CaseHold]


def kept_by(unlocked: Unlocked) -> Kept:
    """Return the numbers of one's agency and the requests that wait, oldest first. Logged first."""
    if not may_work(unlocked, {RoleName.SUPERVISOR}):
        raise denied(unlocked, entries.RETENTION_VIEWED, "agency", unlocked.agency.id)
    log_first(unlocked, entries.RETENTION_VIEWED, "agency", unlocked.agency.id)
    today = timezone.localdate(unlocked.now)
    closed = Case.objects.filter(agency=unlocked.agency, is_open=False)
    over = closed.filter(retention.ends_before(retention.due_before(today), today=today)).count()
    soon = closed.filter(retention.ends_before(retention.soon_before(today), today=today)).count()
    return Kept(
        closed=closed.count(),
        soon=soon - over,
        over=over,
        waiting=_waiting(unlocked, MOST),
    )


def holds_waiting(unlocked: Unlocked, *, at_most: int) -> list[CaseHold]:
    """Return the oldest requests that wait, for the supervisor's home. Logged first."""
    if not may_work(unlocked, {RoleName.SUPERVISOR}):
        raise denied(unlocked, entries.RETENTION_VIEWED, "agency", unlocked.agency.id)
    log_first(unlocked, entries.RETENTION_VIEWED, "agency", unlocked.agency.id)
    return _waiting(unlocked, at_most)


def _waiting(unlocked: Unlocked, at_most: int) -> list[CaseHold]:
    waiting = CaseHold.objects.filter(
        Q(agreed_by__isnull=True) | Q(lift_asked_by__isnull=False), case__agency=unlocked.agency
    )
    return list(waiting.select_related("asked_by", "lift_asked_by").order_by("asked_on", "pk")[:at_most])
