"""How long an answer may take: the default timers, frozen into each referral when it is sent.

Emergency: answer in 1 hour, supervisor at 2, expires at 4. Urgent: 4, 12, 24 hours. Routine: one and
two working days, seven days. Overdue and expired are derived when read; nothing here runs a clock.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from referrals.codes import Urgency

_HOUR = 3600
_SATURDAY = 5


@dataclass(frozen=True)
class Policy:
    """Seconds from sending until an answer is due, the supervisor is told, the referral expires."""

    respond_s: int
    supervisor_s: int
    expire_s: int

    def to_json(self) -> dict[str, int]:
        return {"respond_s": self.respond_s, "supervisor_s": self.supervisor_s, "expire_s": self.expire_s}


def policy_for(urgency: str, *, sent_at: datetime) -> Policy:
    """Return the timers of one referral; working days are counted from ``sent_at`` on."""
    if urgency == Urgency.EMERGENCY:
        return Policy(_HOUR, 2 * _HOUR, 4 * _HOUR)
    if urgency == Urgency.URGENT:
        return Policy(4 * _HOUR, 12 * _HOUR, 24 * _HOUR)
    return Policy(_working_days(1, sent_at), _working_days(2, sent_at), 7 * 24 * _HOUR)


def _working_days(days: int, start: datetime) -> int:
    """Return the seconds until the same time of day, so many working days (Monday to Friday) later."""
    moment = timezone.localtime(start)
    while days:
        moment += timedelta(days=1)
        if moment.weekday() < _SATURDAY:
            days -= 1
    return int((moment - timezone.localtime(start)).total_seconds())


def to_the_day(moment: datetime | None) -> datetime | None:
    """Return local midnight of the day of ``moment``: all that stays of a time once a referral ended."""
    if moment is None:
        return None
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)


def month_of(moment: datetime) -> date:
    """Return the first day of the month of ``moment``: all that stays clear of a case's dates."""
    return timezone.localdate(moment).replace(day=1)
