"""Statistics of unmet needs, of how long help took and of what was said of services: finished quarters,
the same for everybody.

Only finished quarters: a table that still grows tells by its growth what happened today. One table, whoever
asks: from two that hide differently one could compute what both hide. Nothing here opens a case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count as Counted
from django.db.models import Sum

from referrals import suppression
from referrals.models import ServiceFeedback, UnmetNeed, WaitSum
from referrals.suppression import Arc, Count
from services.queries.merging import same_service

MOST_QUARTERS = 8


@dataclass(frozen=True)
class Tables:
    """What is published of one quarter. ``None`` is a number that is hidden; what is missing is zero."""

    quarter: date
    districts: list[str]
    types: list[str]
    reasons: list[str]
    numbers: dict[Arc, int | None]

    def get(self, arc: Arc) -> int | None:
        return self.numbers.get(arc, 0)

    @property
    def total(self) -> int | None:
        return self.get(suppression.TOTAL)


def quarter_of(day: date) -> date:
    """Return the first day of the quarter of ``day``."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def next_quarter(quarter: date) -> date:
    return quarter_of(quarter + timedelta(days=95))


def finished_quarters(today: date) -> list[date]:
    """Return the quarters that are over, newest first: the only ones that can be asked for."""
    quarters = []
    quarter = quarter_of(today)
    for _ in range(MOST_QUARTERS):
        quarter = quarter_of(quarter - timedelta(days=1))
        quarters.append(quarter)
    return quarters


def unmet_needs(quarter: date) -> Tables:
    """Return the two tables of a finished quarter, with what must be hidden left out. One query."""
    found = (
        UnmetNeed.objects.filter(month__gte=quarter, month__lt=next_quarter(quarter))
        .values_list("district", "service_type", "reason")
        .annotate(number=Counted("pk"))
    )
    return _tables(quarter, (Count(*row) for row in found))


def waits(quarter: date) -> Tables:
    """Return how long help took in a finished quarter, by kind of help, with what must be hidden left out.

    The same circulation with one district of no name: its row is the row of totals. One query.
    """
    rows = WaitSum.objects.filter(quarter=quarter).values_list("service_type", "wait", "number")
    return _tables(quarter, (Count("", kind, wait, number) for kind, wait, number in rows))


def _tables(quarter: date, counts: Iterable[Count]) -> Tables:
    numbers = suppression.numbers_of(counts)
    hidden = suppression.hidden_in(numbers)

    def of(kind: str) -> list[str]:
        return sorted({node[1] for arc in numbers for node in arc if node[0] == kind})

    return Tables(
        quarter=quarter,
        districts=of("district"),
        types=of("type"),
        reasons=of("reason"),
        numbers={arc: None if arc in hidden else number for arc, number in numbers.items()},
    )


def feedback_on(service_id: UUID, today: date) -> list[tuple[date, dict[str, float | None]]]:
    """Return the share of yes by question for each finished quarter with answers, newest first.

    None where fewer than five answered. A share becomes words on the page, never a number: with words and
    without the number of answers there is nothing to compute from.
    """
    quarters = finished_quarters(today)
    shares: dict[date, dict[str, float | None]] = {}
    rows = ServiceFeedback.objects.filter(service__in=same_service(service_id), quarter__in=quarters)
    sums = rows.values_list("quarter", "question").annotate(Sum("yes"), Sum("no"))
    for quarter, question, yes, no in sums.order_by("-quarter", "question"):
        together = yes + no
        shares.setdefault(quarter, {})[question] = (
            yes / together if together >= suppression.SMALLEST_SHOWN else None
        )
    return list(shares.items())
