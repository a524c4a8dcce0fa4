"""The one search: filters in, a page of cards out. Never counts; pages by keyset.

Which services pass is ``narrowing``, in which order ``orders``, a misspelt word ``spelling``.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from services.errors import BadCursor
from services.queries.cards import ServiceCard, cards
from services.queries.narrowing import SearchFilters, eligible, folded, narrowed, open_at, published
from services.queries.orders import Origin, Sort, mark_of, origin_of, read_mark, take, tiers_of, with_distance
from services.queries.spelling import as_written, meant

__all__ = [
    "MAX_LIMIT",
    "Page",
    "SearchFilters",
    "eligible",
    "narrowed",
    "open_at",
    "published",
    "search",
]

MAX_LIMIT = 100


@dataclass(frozen=True)
class Page:
    """Up to ``limit`` cards in the order asked for; ``next`` is the mark of the next page, if any.

    ``instead`` holds the words that were searched for when no service has the words given together:
    of each the name of the kind of help it asks for, or the word a letter away from it as it is written.
    ``origin`` is where distances are from.
    """

    cards: list[ServiceCard]
    next: str | None
    instead: str = ""
    origin: Origin | None = None


def _rows(
    filters: SearchFilters, sort: str, after: str | None, limit: int, now: datetime
) -> tuple[list[tuple[int, object, UUID]], Origin | None]:
    mark = read_mark(after) if after else None
    if mark is not None and mark.sort != sort:
        raise BadCursor
    origin = origin_of(filters) if sort == Sort.NEAR else None
    # "Nearest first" asks for everything, from the chosen place outwards.
    found = narrowed(replace(filters, region="", district="") if origin else filters, now)
    if origin:
        found = with_distance(found, origin)
    return take(found, tiers_of(sort, filters, origin, now), mark, limit), origin


def search(
    filters: SearchFilters,
    *,
    sort: str = Sort.BEST,
    after: str | None = None,
    limit: int = 20,
    now: datetime | None = None,
) -> Page:
    """Return a page of published services as cards for the public.

    ``after`` is ``Page.next`` of the page before in the same order; BadCursor if it is not. A
    constant number of queries, whatever the filters and however many services there are.
    ``Sort.NEAR`` takes the place as where to begin, not as a border, and is by name without one.
    """
    now = now or timezone.now()
    limit = max(1, min(limit, MAX_LIMIT))
    rows, origin = _rows(filters, sort, after, limit + 1, now)
    instead = ""
    if not rows and not after and filters.words:
        instead = " ".join(meant(token) for token in folded(filters.words))
        if instead != " ".join(folded(filters.words)):
            rows, origin = _rows(replace(filters, words=instead), sort, None, limit + 1, now)
        if not rows:
            instead = ""
    page = rows[:limit]
    following = mark_of(sort, page[-1]) if len(rows) > limit else None
    found = cards([pk for *_, pk in page], now=now, public=True)
    return Page(found, following, as_written(instead, filters.words, found) if instead else "", origin)
