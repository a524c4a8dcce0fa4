"""Which services pass the filters: conditions, and the way to ask for them that stays quick.

Words are ranges over the token table, other filters are rows of the facet table. The same set can
be asked for in two ways. Where one condition is *rare*, its services are fetched and the others
are looked up for each: little work, because it is rare. Where all are common, the services are
walked in the order that is wanted, and each is looked up until a page is full: little work,
because they are common. A planner without statistics cannot know which; so we ask first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import CharField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from services.codes import FRESH_HOURS, AvailabilityStatus, LegalDuty, Publication, Sex, Status
from services.folding import prefix_range, tokens
from services.freshness import months_before, still_shown
from services.holidays import is_holiday
from services.hours import DAY_MINUTES, minute
from services.models import (
    AvailabilityReport,
    District,
    Region,
    ScheduleException,
    Service,
    ServiceFacet,
    ServiceHours,
    ServiceToken,
)
from services.queries.availability import has_fresh_room

MAX_WORDS = 6
RARE = 1000  # rows of a condition that are quicker fetched than walked past
# The same where a second condition has to hold: a walk passes by more, the fewer fulfil both.
RARE_WITH_ANOTHER = 4000
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
    free: bool = False
    no_papers: bool = False
    no_duty: bool = False  # no legal duty to notify anybody
    checked_within: int | None = None  # months

    @property
    def is_empty(self) -> bool:
        return self == SearchFilters()


@dataclass(frozen=True)
class Rows:
    """A condition that a service fulfils by having one of these rows."""

    rows: QuerySet[Any]
    _counted: dict[int, int] = field(default_factory=dict, repr=False, compare=False)

    def among(self, *others: "Rows") -> Q:
        """Return the condition by fetching these rows, of services that have the ``others`` too.

        The others are looked up here, in their own index, before anything is read of a service.
        """
        found = self.rows
        for one in others:
            found = found.filter(Exists(one.rows.filter(service=OuterRef("service"))))
        return Q(pk__in=found.values("service"))

    def each(self) -> Q:
        return Q(Exists(self.rows.filter(service=OuterRef("pk"))))

    def is_rare(self, most: int | None = None) -> bool:
        """Say whether there are at most so many, ``RARE`` if not said; asked once."""
        most = RARE if most is None else most
        if most not in self._counted:
            self._counted[most] = self.rows.order_by()[: most + 1].count()
        return self._counted[most] <= most

    @property
    def are_none(self) -> bool:
        """Say whether it is known already that there is none: then no service fulfils it."""
        return 0 in self._counted.values()


def with_prefix(token: str) -> QuerySet[ServiceToken]:
    """Return the rows of all words that begin with a folded word."""
    low, high = prefix_range(token)
    found = ServiceToken.objects.filter(token__gte=low)
    return found.filter(token__lt=high) if high is not None else found


def with_facet(kind: str, *codes: str) -> QuerySet[ServiceFacet]:
    return ServiceFacet.objects.filter(kind=kind, code__in=codes)


def folded(words: str) -> list[str]:
    """Return the words that count, folded: at most six, none of a single letter."""
    return [token for token in tokens(words[:200]) if len(token) > 1][:MAX_WORDS]


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
        # Always true here: it keeps PostgreSQL from gathering everybody's hours before it asks for the first.
        regular = regular.alias(zone=ExpressionWrapper(OuterRef("time_zone"), CharField())).filter(
            zone__gt=""
        )
        if is_holiday(today, zone):
            regular = regular.filter(opens=0, closes=DAY_MINUTES)
        clock = local.time().replace(second=0, microsecond=0)
        opened = Exists(special.filter(opens__lte=clock, closes__gt=clock)) | (
            ~Exists(special) & Exists(regular)
        )
        condition |= Q(time_zone=zone) & Q(opened)
    return condition


def eligible(
    *, age: int | None = None, oldest: int | None = None, sex: str = "", with_children: bool = False
) -> Q:
    """Return who may come: unknown limits exclude nobody.

    With ``oldest`` only that somebody is from ``age`` to ``oldest`` years old is known: who may fit, fits.
    """
    condition = Q()
    if age is not None:
        highest = age if oldest is None else oldest
        condition &= Q(minimum_age__isnull=True) | Q(minimum_age__lte=highest)
        condition &= Q(maximum_age__isnull=True) | Q(maximum_age__gte=age)
    if sex in (Sex.FEMALE, Sex.MALE):
        condition &= Q(sex__in=(Sex.ANY, sex))
    if with_children:
        condition &= ~Q(accepts_children=False)
    return condition


def published(*, by_id: bool = False) -> QuerySet[Service]:
    """Return the services that the public may know of: none that nobody stood for in 18 months.

    ``by_id``: the caller knows a few ids that they are among. SQLite would walk the list of all
    published ones instead, because it takes any index for selective; an expression around the
    column closes that way.
    """
    found = Service.objects.filter(still_shown(), status__in=(Status.ACTIVE, Status.TEMPORARILY_CLOSED))
    if by_id:
        found = found.annotate(shown=Coalesce("publication", Value("")))
        return found.filter(shown=Publication.PUBLISHED)
    return found.filter(publication=Publication.PUBLISHED)


def having(*conditions: Rows) -> QuerySet[Service]:
    """Return the published services that have a row of each condition, asked for the quicker way.

    It is the first that may be fetched: name the one that is likely to be rarer first.
    """
    if not conditions:
        return published()
    first, *others = conditions
    if first.is_rare(RARE_WITH_ANOTHER if others else RARE):
        if first.are_none:
            return Service.objects.none()
        return published(by_id=True).filter(first.among(*others))
    found = published()
    for one in conditions:
        found = found.filter(one.each())
    return found


def recent_reports(now: datetime) -> Rows:
    """Return the reports of room, or of room again since a day that has come, that may still be fresh."""
    since = now - timedelta(hours=max(stale for _, stale in FRESH_HOURS.values()))
    said = Q(status=AvailabilityStatus.CAPACITY, reported_at__gt=since)
    reopened = Q(reopens_as=AvailabilityStatus.CAPACITY, reopens_at__gt=since, reopens_at__lte=now)
    return Rows(AvailabilityReport.objects.filter(said | reopened))


def _conditions(filters: SearchFilters) -> Iterator[Rows]:
    """Yield the conditions that are rows, those that are likely to be rare first."""
    if filters.district:
        # What is for the whole region carries the region's code in place of a district's.
        region = District.objects.filter(code=filters.district).values_list("region", flat=True)
        yield Rows(with_facet(_Kind.DISTRICT, filters.district, *region))
    for token in sorted(folded(filters.words), key=len, reverse=True):
        yield Rows(with_prefix(token))
    for kind, code in (
        (_Kind.SUBTYPE, filters.subtype),
        (_Kind.ACCESS, filters.access),
        (_Kind.REGION, filters.region),
        (_Kind.LANGUAGE, filters.language),
        (_Kind.COST, ServiceFacet.FREE if filters.free else ""),
        (_Kind.PAPERS, ServiceFacet.NONE if filters.no_papers else ""),
    ):
        if code:
            yield Rows(with_facet(kind, code))


def _of_columns(filters: SearchFilters, now: datetime) -> Q:
    """Return what the service's own columns, its organization and its hours must say."""
    condition = eligible(age=filters.age, sex=filters.sex, with_children=filters.with_children)
    if filters.service_type:
        condition &= Q(service_type=filters.service_type)
    if filters.no_duty:
        condition &= Q(organization__legal_notification_duty=LegalDuty.NONE)
    if filters.checked_within is not None:
        condition &= Q(assured_date__gte=months_before(timezone.localdate(now), filters.checked_within))
    if filters.available_now:
        condition &= has_fresh_room(now)
    if filters.open_now or filters.available_now:
        condition &= open_at(now)
    return condition


def _rows_open(now: datetime) -> Rows | None:
    """Return the hours that are running now, wherever; None on a day with hours of its own somewhere."""
    running = Q(pk__in=[])
    zones = {settings.TIME_ZONE, *Region.objects.values_list("time_zone", flat=True).distinct().order_by()}
    for local in {now.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for zone in zones}:
        today, at = local.date(), minute(local.time())
        special = ScheduleException.objects.filter(date_from__lte=today, date_to__gte=today)
        if special.filter(opens__isnull=False).exists():
            return None
        running |= Q(weekday=today.weekday(), opens__lte=at, closes__gt=at)
    return Rows(ServiceHours.objects.filter(running))


def narrowed(filters: SearchFilters, now: datetime, *, also: Sequence[Rows] = ()) -> QuerySet[Service]:
    """Return the published services that pass all filters and have ``also`` these rows, in no order.

    Asks once for each condition that is rows, until one is rare.
    """
    if filters.words.strip() and not folded(filters.words):
        return Service.objects.none()
    conditions = [*also, *_conditions(filters)]
    rare = next((one for one in conditions if one.is_rare()), None)
    if rare is None and filters.available_now:
        said_so = recent_reports(now)
        if said_so.is_rare(RARE_WITH_ANOTHER if conditions else RARE):
            rare = said_so
    if rare is None and (filters.open_now or filters.available_now):
        opened = _rows_open(now)
        rare = opened if opened is not None and opened.is_rare() else None
    found = published(by_id=rare is not None)
    if rare is not None and rare.are_none:
        return Service.objects.none()
    others = [one for one in conditions if one is not rare]
    if rare is not None:
        found = found.filter(rare.among(*others))
    else:
        for one in others:
            found = found.filter(one.each())
    return found.filter(_of_columns(filters, now))
