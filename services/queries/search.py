"""The one search: filters in, a page of cards out. Never counts; pages by keyset.

Portable SQL: words are ranges over the token table, other filters are rows of the facet table.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from services.codes import Publication, Sex, Status
from services.errors import BadCursor
from services.folding import prefix_range, tokens
from services.freshness import still_shown
from services.hours import minute
from services.models import (
    District,
    Region,
    ScheduleException,
    Service,
    ServiceFacet,
    ServiceHours,
    ServiceToken,
)
from services.queries.availability import has_fresh_room
from services.queries.cards import ServiceCard, cards

MAX_WORDS = 6
MAX_LIMIT = 100
_Kind = ServiceFacet.Kind


@dataclass(frozen=True)
class SearchFilters:
    """What to look for; empty means whatever. Filters add up (AND)."""

    words: str = ""
    service_type: str = ""
    subtype: str = ""
    region: str = ""
    district: str = ""
    language: str = ""
    access: str = ""
    sex: str = ""
    age: int | None = None
    with_children: bool = False
    open_now: bool = False
    available_now: bool = False

    @property
    def is_empty(self) -> bool:
        return self == SearchFilters()


@dataclass(frozen=True)
class Page:
    """Up to ``limit`` cards in the order of names; ``next`` is the mark of the next page, if any."""

    cards: list[ServiceCard]
    next: str | None


def _with_facet(kind: str, *codes: str) -> Q:
    return Q(pk__in=ServiceFacet.objects.filter(kind=kind, code__in=codes).values("service"))


def _with_token(token: str) -> Q:
    low, high = prefix_range(token)
    found = ServiceToken.objects.filter(token__gte=low)
    if high is not None:
        found = found.filter(token__lt=high)
    return Q(pk__in=found.values("service"))


def open_at(now: datetime) -> Q:
    """Return the condition "open at this moment", over Service; says the same as ``hours.is_open``.

    Runs one query itself: the time zones that places have.
    """
    zones = {settings.TIME_ZONE, *Region.objects.values_list("time_zone", flat=True).distinct().order_by()}
    condition = Q(pk__in=[])
    for zone in sorted(zones):
        local = now.astimezone(ZoneInfo(zone))
        today, at = local.date(), minute(local.time())
        special = ScheduleException.objects.filter(
            service=OuterRef("pk"), date_from__lte=today, date_to__gte=today
        )
        regular = ServiceHours.objects.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=today),
            Q(valid_to__isnull=True) | Q(valid_to__gte=today),
            service=OuterRef("pk"),
            weekday=today.weekday(),
            opens__lte=at,
            closes__gt=at,
        )
        clock = local.time().replace(second=0, microsecond=0)
        opened = Exists(special.filter(opens__lte=clock, closes__gt=clock)) | (
            ~Exists(special) & Exists(regular)
        )
        condition |= Q(time_zone=zone) & Q(opened)
    return condition


def eligible(*, age: int | None = None, sex: str = "", with_children: bool = False) -> Q:
    """Return who may come: unknown limits exclude nobody."""
    condition = Q()
    if age is not None:
        condition &= Q(minimum_age__isnull=True) | Q(minimum_age__lte=age)
        condition &= Q(maximum_age__isnull=True) | Q(maximum_age__gte=age)
    if sex in (Sex.FEMALE, Sex.MALE):
        condition &= Q(sex__in=(Sex.ANY, sex))
    if with_children:
        condition &= ~Q(accepts_children=False)
    return condition


def published() -> QuerySet[Service]:
    """Return the services that the public may know of: none that nobody stood for in 18 months."""
    return Service.objects.filter(
        still_shown(),
        publication=Publication.PUBLISHED,
        status__in=(Status.ACTIVE, Status.TEMPORARILY_CLOSED),
    )


def narrowed(filters: SearchFilters, now: datetime) -> QuerySet[Service]:
    """Return the published services that pass all filters, in no order."""
    found = published().filter(
        eligible(age=filters.age, sex=filters.sex, with_children=filters.with_children)
    )
    if filters.words.strip():
        folded = [token for token in tokens(filters.words[:200]) if len(token) > 1][:MAX_WORDS]
        if not folded:
            return found.none()
        for token in folded:
            found = found.filter(_with_token(token))
    if filters.service_type:
        found = found.filter(service_type=filters.service_type)
    if filters.region:
        found = found.filter(_with_facet(_Kind.REGION, filters.region))
    if filters.district:
        # What is for the whole region carries the region's code in place of a district's.
        region = District.objects.filter(code=filters.district).values("region")
        found = found.filter(
            Q(
                pk__in=ServiceFacet.objects.filter(
                    Q(code=filters.district) | Q(code__in=region), kind=_Kind.DISTRICT
                ).values("service")
            )
        )
    for kind, code in (
        (_Kind.SUBTYPE, filters.subtype),
        (_Kind.LANGUAGE, filters.language),
        (_Kind.ACCESS, filters.access),
    ):
        if code:
            found = found.filter(_with_facet(kind, code))
    if filters.available_now:
        found = found.filter(has_fresh_room(now))
    if filters.open_now or filters.available_now:
        found = found.filter(open_at(now))
    return found


def _mark(sort_name: str, pk: UUID) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort_name, pk.hex]).encode()).decode()


def _read_mark(mark: str) -> tuple[str, UUID]:
    try:
        name, pk = json.loads(base64.b64decode(mark.encode("ascii"), altchars=b"-_", validate=True))
        # Ours are folded words. Half of a surrogate pair, or NUL, would stop the database.
        if not isinstance(name, str) or not name.isascii() or "\x00" in name:
            raise BadCursor
        return name, UUID(pk)
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise BadCursor from None


def search(
    filters: SearchFilters, *, after: str | None = None, limit: int = 20, now: datetime | None = None
) -> Page:
    """Return a page of published services as cards for the public.

    ``after`` is ``Page.next`` of the page before; BadCursor if it is not. A constant number of
    queries, whatever the filters and however many services there are.
    """
    now = now or timezone.now()
    limit = max(1, min(limit, MAX_LIMIT))
    found = narrowed(filters, now)
    if after:
        name, pk = _read_mark(after)
        found = found.filter(Q(sort_name__gt=name) | Q(sort_name=name, pk__gt=pk))
    rows = list(found.order_by("sort_name", "pk").values_list("sort_name", "pk")[: limit + 1])
    page = rows[:limit]
    following = _mark(*page[-1]) if len(rows) > limit else None
    return Page(cards([pk for _, pk in page], now=now, public=True), following)
