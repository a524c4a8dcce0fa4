"""The clock's turning of the tides: a new one begins, halves are sealed anew, an old one is destroyed.

It opens halves and nothing else; without the secrets that people hold, a half is 32 random bytes. Each few
rows are a transaction of their own, so two clocks, a killed one and one that was off do the same as one that
always ran. A tide under which any half is still sealed is never destroyed, however old it is.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import Q

from referrals import tides
from referrals.models import CaseHalf, DocumentHalf, InquiryHalf, ReferralHalf

logger = logging.getLogger(__name__)

HALVES = (CaseHalf, DocumentHalf, InquiryHalf, ReferralHalf)
# The most that one pass seals anew of each kind, and rows in one transaction.
MOST = 5000
CHUNK = 200
# A new tide begins tomorrow, so that every process has seen it by then. Not when the clock was off so long.
OVERDUE_DAYS = 7

Half = CaseHalf | DocumentHalf | InquiryHalf | ReferralHalf


@dataclass(frozen=True)
class Turned:
    """What one pass did to halves and tides."""

    sealed: int
    destroyed: int


def turn(*, now: datetime) -> Turned:
    """Begin, seal anew and destroy whatever is due at ``now``."""
    today = now.astimezone(UTC).date()
    _begin(today)
    current = tides.current(today)
    if current is None:
        return Turned(0, 0)
    # Under an earlier one, or under one that a clock which was ahead has begun.
    due = Q(tide__lt=current) | Q(tide__gt=today.toordinal() + 1)
    sealed = sum(_seal_anew(model, current, due) for model in HALVES)
    return Turned(sealed, _destroy(today, current))


def _begin(today: date) -> None:
    """Let a tide begin where the newest one is a fortnight old, or lies in a future that was a mistake."""
    known = tides.numbers()
    if not known:
        return  # the first half that is sealed makes the first tide
    tomorrow = today.toordinal() + 1
    age = today.toordinal() - max((number for number in known if number <= tomorrow), default=0)
    if age >= tides.PERIOD_DAYS + OVERDUE_DAYS:
        tides.begin(today)
    elif age >= tides.PERIOD_DAYS - 1:
        tides.begin(today + timedelta(days=1))


def _seal_anew(model: type[Half], current: int, due: Q) -> int:
    """Seal under the current tide what is under another; return how many."""
    done = lost = 0
    try:
        for last in _chunks(model, due):
            with transaction.atomic():
                rows = model._default_manager.select_for_update(skip_locked=True)
                for row in rows.filter(due, pk__in=last):
                    if row.half:
                        sealed = tides.seal_half(row.half, tide=current)
                        model._default_manager.filter(pk=row.pk).update(half=sealed, tide=current)
                        done += 1
                    elif row.tide in tides.numbers():
                        # Somebody changed it: it opens nothing, and may not hold up the others.
                        model._default_manager.filter(pk=row.pk).update(tide=current)
                    else:
                        lost += 1
    except OperationalError as error:
        logger.error("halves were left under an earlier tide: %s", type(error).__name__)
    if lost:
        logger.error("%s of %d rows: their tide is missing. Is TIDE_DIR right?", model.__name__, lost)
    return done


def _chunks(model: type[Half], due: Q) -> Iterator[list[int]]:
    """Read the rows to seal anew by key, so that those which could not be done are not read again."""
    # Nothing is due on most days: the index of tides says so, without a walk by key.
    if not model._default_manager.filter(due).exists():
        return
    after = 0
    for _ in range(MOST // CHUNK):
        rows = model._default_manager.filter(due, pk__gt=after).order_by("pk")
        found = list(rows.values_list("pk", flat=True)[:CHUNK])
        if found:
            yield found
        if len(found) < CHUNK:
            return
        after = found[-1]


def _destroy(today: date, current: int) -> int:
    """Destroy the tides that are old enough and under which nothing is sealed any more."""
    done = 0
    for number in tides.numbers():
        if number >= current or today.toordinal() - number < tides.LIFE_DAYS:
            continue
        if any(model._default_manager.filter(tide=number).exists() for model in HALVES):
            logger.error("a tide is older than it may be: halves are still sealed under it")
            continue
        tides.destroy(number)
        done += 1
    return done
