"""When a closed case is erased: months and years, counted here and nowhere else. Nothing is read here.

Months only stand in clear, so a case is erased on the first day of the month after its last one.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from referrals.codes import RETENTION_YEARS, TOLD_DAYS, RetentionClass


@dataclass(frozen=True)
class Years:
    """How long an agency keeps closed cases, in whole years."""

    standard: int
    child: int

    def of(self, retention_class: str) -> int:
        return self.child if retention_class == RetentionClass.CHILD else self.standard

    def is_longer_than(self, other: "Years") -> bool:
        """Say whether any case is kept longer than under the other: that lowers a protection."""
        return self.standard > other.standard or self.child > other.child


DEFAULT = Years(RETENTION_YEARS[RetentionClass.STANDARD], RETENTION_YEARS[RetentionClass.CHILD])


def last_month(month_closed: date, years: int) -> date:
    """Return the last month in which a case that was closed in ``month_closed`` is kept."""
    return month_closed.replace(year=month_closed.year + years)


def erased_on(last: date) -> date:
    """Return the day on which the clock erases what is kept until the end of the month ``last``."""
    return (last.replace(day=1) + timedelta(days=32)).replace(day=1)


def due_before(today: date) -> date:
    """Return the month before which a last month must lie for the case to be erased by ``today``."""
    return today.replace(day=1)


def soon_before(today: date) -> date:
    """The same for cases that will be erased within the days that people are told ahead."""
    return (today + timedelta(days=TOLD_DAYS)).replace(day=1)


def ends_before(month: date, *, today: date) -> Q:
    """Say which cases are kept only until before ``month``: closed, and not held longer by two people.

    A request to hold one keeps the clock away for thirty days, and then no more.
    """
    waits_since = today - timedelta(days=TOLD_DAYS)
    return Q(is_open=False, destroy_after__lt=month) & (
        Q(hold__isnull=True)
        | Q(hold__agreed_by__isnull=False, hold__until__lt=month)
        | Q(hold__agreed_by__isnull=True, hold__asked_on__lt=waits_since)
    )
