"""How long an answer may take: the timers, frozen into each referral when it is sent.

Emergency: answer in 1 hour, supervisor at 2, expires at 4. Urgent: 4, 12, 24 hours. Routine: one and
two working days, seven days; an agency's supervisor may decide otherwise (``models.TimerPolicy``).
Overdue and expired are derived when read; nothing here runs a clock or reads the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from referrals.codes import Urgency
from services.holidays import is_holiday

_HOUR = 3600
_DAY = 24 * _HOUR


@dataclass(frozen=True)
class Policy:
    """Seconds from sending until an answer is due, the supervisor is told, the referral expires."""

    respond_s: int
    supervisor_s: int
    expire_s: int

    def to_json(self) -> dict[str, int]:
        return {"respond_s": self.respond_s, "supervisor_s": self.supervisor_s, "expire_s": self.expire_s}


@dataclass(frozen=True)
class Limits:
    """Answer, supervisor, end: in hours, or for routine in working days and the end in days."""

    answer: int
    supervisor: int
    end: int

    def in_order(self) -> bool:
        return 0 < self.answer < self.supervisor < self.end


@dataclass(frozen=True)
class Rules:
    """The timers of one agency. ``DEFAULT`` until its supervisor decides otherwise."""

    emergency: Limits
    urgent: Limits
    routine: Limits

    def of(self, urgency: str) -> Limits:
        return {Urgency.EMERGENCY: self.emergency, Urgency.URGENT: self.urgent}.get(
            Urgency(urgency), self.routine
        )


@dataclass(frozen=True)
class Calendar:
    """The working days of who has to answer: weekdays (Monday is 0), and holidays of a time zone."""

    week: frozenset[int]
    time_zone: str

    def works_on(self, day: date) -> bool:
        return day.weekday() in self.week and not is_holiday(day, self.time_zone)


DEFAULT = Rules(emergency=Limits(1, 2, 4), urgent=Limits(4, 12, 24), routine=Limits(1, 2, 7))
# The longest each may be: beyond it she waits for nothing. Emergency ends before the shortest urgent one.
LONGEST = Rules(emergency=Limits(4, 8, 12), urgent=Limits(24, 48, 72), routine=Limits(5, 10, 30))
LEAST_URGENT_END = 13
DEFAULT_WEEK = frozenset(range(5))


def policy_for(urgency: str, *, sent_at: datetime, calendar: Calendar, rules: Rules = DEFAULT) -> Policy:
    """Return the timers of one referral; working days are counted from ``sent_at`` on."""
    limits = rules.of(urgency)
    if urgency in (Urgency.EMERGENCY, Urgency.URGENT):
        return Policy(limits.answer * _HOUR, limits.supervisor * _HOUR, limits.end * _HOUR)
    supervisor = _working_days(limits.supervisor, sent_at, calendar)
    return Policy(
        respond_s=_working_days(limits.answer, sent_at, calendar),
        supervisor_s=supervisor,
        # Long holidays never let it end before the supervisor has had a day.
        expire_s=max(limits.end * _DAY, supervisor + _DAY),
    )


def is_emergency(policy: Mapping[str, int]) -> bool:
    """Say whether frozen timers are those of an emergency: no other ends so soon."""
    return policy.get("expire_s", _DAY) <= LONGEST.emergency.end * _HOUR


def _working_days(days: int, start: datetime, calendar: Calendar) -> int:
    """Return the seconds until the same time of day, so many working days later, where the answer is due."""
    local = start.astimezone(ZoneInfo(calendar.time_zone))
    moment = local
    while days:
        moment += timedelta(days=1)
        if calendar.works_on(moment.date()):
            days -= 1
    return int((moment.astimezone(UTC) - start).total_seconds())


def to_the_day(moment: datetime | None) -> datetime | None:
    """Return local midnight of the day of ``moment``: all that stays of a time once a referral ended."""
    if moment is None:
        return None
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)


def month_of(moment: datetime) -> date:
    """Return the first day of the month of ``moment``: all that stays clear of a case's dates."""
    return timezone.localdate(moment).replace(day=1)
