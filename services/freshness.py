"""How long ago an entry was checked, and what follows: derived when read, never stored by a job.

Fresh up to 6 months, ageing up to 12, then stale: warned about and sorted last. After 18 months in
which nobody stood for it, the public no longer sees it (``queries.search.published``); editors do.
"""

import calendar
from datetime import date

from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone

from services.codes import CheckAge

FRESH_MONTHS = 6
AGEING_MONTHS = 12
HIDDEN_MONTHS = 18


def months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def check_age(assured_date: date | None, today: date | None = None) -> CheckAge:
    """Return how old the last check is. The day itself still counts: six months to the day is fresh."""
    today = today or timezone.localdate()
    if assured_date is None:
        return CheckAge.UNCHECKED
    if assured_date >= months_before(today, FRESH_MONTHS):
        return CheckAge.FRESH
    return CheckAge.AGEING if assured_date >= stale_before(today) else CheckAge.STALE


def is_too_old(vouched_on: date, today: date | None = None) -> bool:
    """Say whether nobody stood for an entry for so long that the public no longer sees it."""
    return vouched_on < months_before(today or timezone.localdate(), HIDDEN_MONTHS)


def still_shown(today: date | None = None) -> Q:
    """Return the condition of not being too old, over Service.

    Nearly all entries meet it, so no index may serve it: SQLite would walk the editors' queue by age
    and sort what it finds, instead of walking the list in order. An expression around the column
    closes that way.
    """
    oldest = months_before(today or timezone.localdate(), HIDDEN_MONTHS)
    return Q(GreaterThanOrEqual(Coalesce("vouched_on", Value(oldest)), oldest))


def stale_before(today: date | None = None) -> date:
    """Return the day from which on a check is fresh or ageing; one before it is stale."""
    return months_before(today or timezone.localdate(), AGEING_MONTHS)


def not_checked_lately(today: date | None = None) -> Q:
    """Return the condition of a stale check, or none ever, over Service: what an editor should look at."""
    return Q(assured_date__isnull=True) | Q(assured_date__lt=stale_before(today))


def is_not_checked_lately(assured_date: date | None) -> bool:
    """Say the same of one entry: whoever reads it has to be warned."""
    return check_age(assured_date) in (CheckAge.STALE, CheckAge.UNCHECKED)
