"""In which order a search lists what it finds, and the mark that says where a page ended.

An order is a row of tiers: all of the first, then all of the second, each sorted by one key and
the id. So a page is filled by one or a few short walks, and the next page begins behind a mark
(order, tier, key, id), never by counting. What nobody checked for a year comes last in every order.
"""

import base64
import binascii
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.actions.indexing import NAME
from services.codes import FRESH_HOURS
from services.errors import BadCursor
from services.freshness import stale_before
from services.models import District, Region, Service
from services.queries.narrowing import Rows, SearchFilters, folded, narrowed, with_prefix
from services.translated import Localized

# Kilometres of the rings that "nearest first" asks for one after the other.
RINGS = (15, 60, 200, 600)
KM_PER_DEGREE = 111.2


class Sort(TextChoices):
    BEST = "best", _("Best match first")
    NAME = "name", _("By name")
    NEAR = "near", _("Nearest first")
    CHECKED = "checked", _("Newest check first")


@dataclass(frozen=True)
class Origin:
    """From where distances are told. ``whole_region``: the middle of the district is not known."""

    latitude: float
    longitude: float
    name: Localized
    whole_region: bool


@dataclass(frozen=True)
class Tier:
    """``among``: the services of this tier, where asking for them in their own way is quicker."""

    condition: Q
    key: str = "sort_name"
    descending: bool = False
    among: QuerySet[Service] | None = None

    def beyond(self, key: str | float, pk: UUID) -> Q:
        further = "lt" if self.descending else "gt"
        return Q(**{f"{self.key}__{further}": key}) | Q(**{self.key: key, "pk__gt": pk})

    @property
    def order(self) -> tuple[str, str]:
        return f"-{self.key}" if self.descending else self.key, "pk"


@dataclass(frozen=True)
class Mark:
    sort: str
    tier: int
    key: str | float
    pk: UUID

    def __str__(self) -> str:
        written = json.dumps([self.sort, self.tier, self.key, self.pk.hex])
        return base64.urlsafe_b64encode(written.encode()).decode()


def read_mark(text: str) -> Mark:
    """Return the mark that a page gave out. Raises BadCursor for anything else."""
    try:
        sort, tier, key, pk = json.loads(
            base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        )
        if sort not in Sort.values or type(tier) is not int or not isinstance(key, (str, float)):
            raise BadCursor
        # Ours are folded words, dates and distances. Half of a surrogate pair, or NUL, would stop
        # the database, and so would a number that is none.
        if isinstance(key, str) and (not key.isascii() or "\x00" in key):
            raise BadCursor
        if isinstance(key, float) and not math.isfinite(key):
            raise BadCursor
        return Mark(sort, tier, key, UUID(pk))
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise BadCursor from None


def origin_of(filters: SearchFilters) -> Origin | None:
    """Return the middle of the chosen district; of its region where the district's is not known."""
    if filters.district:
        district = District.objects.select_related("region").filter(code=filters.district).first()
        if district and district.latitude is not None and district.longitude is not None:
            return Origin(district.latitude, district.longitude, district.name, whole_region=False)
        region = district.region if district else None
    else:
        region = Region.objects.defer("outline").filter(code=filters.region).first()
    if region is None:
        return None
    return Origin(region.latitude, region.longitude, region.name, whole_region=True)


def with_distance(found: QuerySet[Service], origin: Origin) -> QuerySet[Service]:
    """Add ``far``: the square of the distance in degrees of latitude, on a flat map around the origin.

    Good to a few per cent over the country, and plain arithmetic in every database.
    """
    narrower = math.cos(math.radians(origin.latitude))
    north = F("near_latitude") - origin.latitude
    east = (F("near_longitude") - origin.longitude) * narrower
    return found.annotate(far=north * north + east * east)


def _rings(origin: Origin) -> list[Tier]:
    tiers, inner = [], None
    narrower = math.cos(math.radians(origin.latitude))
    for km in RINGS:
        reach = km / KM_PER_DEGREE
        # A little wider than the ring to the east, where its edge is a quotient: the distance decides.
        east = reach / narrower * 1.001
        ring = Q(
            near_latitude__gte=origin.latitude - reach,
            near_latitude__lte=origin.latitude + reach,
            near_longitude__gte=origin.longitude - east,
            near_longitude__lte=origin.longitude + east,
            far__lte=reach * reach,
        )
        tiers.append(Tier(ring if inner is None else ring & Q(far__gt=inner), "far"))
        inner = reach * reach
    beyond = Tier(Q(near_latitude__isnull=False, far__gt=inner), "far")
    return [*tiers, beyond, Tier(Q(near_latitude__isnull=True))]


def _in_names(words: str) -> list[Rows]:
    """Say of each word that it begins one in a name: a better match than one in the text."""
    return [Rows(with_prefix(token).filter(weight__gte=NAME)) for token in folded(words)]


def tiers_of(sort: str, filters: SearchFilters, origin: Origin | None, now: datetime) -> list[Tier]:
    """Return the tiers of an order, best first."""
    year_ago = stale_before(timezone.localdate(now))
    stale = Q(assured_date__lt=year_ago)
    kept = Q(assured_date__isnull=True) | Q(assured_date__gte=year_ago)
    if sort == Sort.CHECKED:
        heard = now - timedelta(hours=max(end for _, end in FRESH_HOURS.values()))
        never, news = Q(assured_date__isnull=True), Q(latest_report__reported_at__gt=heard)
        old = Q(latest_report__isnull=True) | Q(latest_report__reported_at__lte=heard)
        return [
            Tier(Q(assured_date__gte=year_ago), "assured_date", descending=True),
            Tier(never & news),
            Tier(never & old),
            Tier(stale, "assured_date", descending=True),
        ]
    if sort == Sort.NEAR and origin is not None:
        return [*(Tier(one.condition & kept, one.key) for one in _rings(origin)), Tier(stale)]
    if sort == Sort.BEST and folded(filters.words):
        rows = _in_names(filters.words)
        among = narrowed(replace(filters, words=""), now, also=rows)
        named = Q()
        for one in rows:
            named &= one.each()
        return [Tier(kept, among=among), Tier(~named & kept), Tier(stale)]
    return [Tier(kept), Tier(stale)]


def take(
    found: QuerySet[Service], tiers: Sequence[Tier], after: Mark | None, limit: int
) -> list[tuple[int, Any, UUID]]:
    """Return up to ``limit`` (tier, key, id) behind the mark: a query for each tier that is needed."""
    if after is not None and after.tier not in range(len(tiers)):
        raise BadCursor
    rows: list[tuple[int, Any, UUID]] = []
    for number, tier in enumerate(tiers):
        if after is not None and number < after.tier:
            continue
        part = (found if tier.among is None else tier.among).filter(tier.condition)
        if after is not None and number == after.tier:
            if isinstance(after.key, float) is not (tier.key == "far"):
                raise BadCursor
            if tier.key == "assured_date":
                _date(after.key)
            part = part.filter(tier.beyond(after.key, after.pk))
        values = part.order_by(*tier.order).values_list(tier.key, "pk")[: limit - len(rows)]
        rows += [(number, key, pk) for key, pk in values]
        if len(rows) >= limit:
            break
    return rows


def _date(text: str | float) -> None:
    try:
        date.fromisoformat(str(text))
    except ValueError:
        raise BadCursor from None


def mark_of(sort: str, row: tuple[int, Any, UUID]) -> str:
    tier, key, pk = row
    return str(Mark(sort, tier, key.isoformat() if isinstance(key, date) else key, pk))
