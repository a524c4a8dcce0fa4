"""How many of what a search finds are of which kind, in which region, speak which language.

Exact, or not at all: beyond ``MOST`` services nobody reads the numbers, and counting would take
longer the larger the directory is.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from services.models import Service, ServiceFacet
from services.queries.availability import has_fresh_room
from services.queries.narrowing import SearchFilters, narrowed, open_at

MOST = 1000
_Kind = ServiceFacet.Kind


@dataclass(frozen=True)
class Facets:
    """Numbers by code. ``found`` is None when there are more than ``MOST``; then all else is empty."""

    found: int | None
    types: dict[str, int]
    regions: dict[str, int]
    languages: dict[str, int]
    open_now: int
    available_now: int


def facets(filters: SearchFilters, *, words: str = "", now: datetime | None = None) -> Facets:
    """Count among what the filters find; ``words`` in place of theirs, if given. Constant queries."""
    now = now or timezone.now()
    found = narrowed(replace(filters, words=words) if words else filters, now)
    rows = list(found.order_by().values_list("pk", "service_type")[: MOST + 1])
    if len(rows) > MOST:
        return Facets(None, {}, {}, {}, 0, 0)
    ids = [pk for pk, _ in rows]
    counted: dict[str, dict[str, int]] = {_Kind.REGION: {}, _Kind.LANGUAGE: {}}
    grouped = ServiceFacet.objects.filter(service__in=ids, kind__in=counted).values_list("kind", "code")
    for kind, code, number in grouped.annotate(n=Count("pk")).order_by():
        counted[kind][code] = number
    opened = set(Service.objects.filter(open_at(now), pk__in=ids).values_list("pk", flat=True))
    return Facets(
        found=len(rows),
        types=dict(Counter(kind for _, kind in rows)),
        regions=counted[_Kind.REGION],
        languages=counted[_Kind.LANGUAGE],
        open_now=len(opened),
        available_now=Service.objects.filter(has_fresh_room(now), pk__in=opened).count(),
    )
