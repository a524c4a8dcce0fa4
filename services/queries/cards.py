"""What a list shows of a service: one flat card with texts in the reader's language.

Cards of confidential sites hold a region or district and a phone, nothing nearer.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects

from services import codes
from services.holidays import is_holiday
from services.hours import Minutes, is_open
from services.models import (
    District,
    Phone,
    Region,
    RequiredDocument,
    ScheduleException,
    Service,
    ServiceFacet,
    ServiceHours,
)
from services.queries.availability import Availability, derive
from services.translated import Localized, pick, pick_name

_Kind = ServiceFacet.Kind
_Row = TypeVar("_Row")
_By = dict[UUID, list[_Row]]  # rows by the id of what they hang on


@dataclass(frozen=True)
class Named:
    """A code with its name in the reader's language."""

    code: str
    name: str | Localized


@dataclass(frozen=True)
class ServiceCard:
    id: UUID
    name: Localized
    description: Localized
    service_type: str
    subtypes: list[Named]
    organization_id: UUID
    organization_name: Localized
    agency_id: UUID | None
    legal_duty: str
    legal_duty_note: Localized
    is_confidential: bool
    regions: list[Named]
    districts: list[Named]
    whole_region: bool
    languages: list[Named]
    access: list[Named]
    phones: list[str]
    minimum_age: int | None
    maximum_age: int | None
    sex: str
    accepts_children: bool | None
    is_free: bool
    documents: list[Localized]
    assured_date: date | None
    status: str
    availability: Availability
    # (latitude, longitude) to tell a distance from, as "nearest first" has it; for matching only,
    # never shown. None for confidential services.
    position: tuple[float, float] | None

    @property
    def type_label(self) -> str:
        return str(codes.ServiceType(self.service_type).label) if self.service_type else ""

    @property
    def legal_duty_label(self) -> str:
        return str(codes.LegalDuty(self.legal_duty).label)

    @property
    def sex_label(self) -> str:
        return str(codes.Sex(self.sex).label)


def _named(labels: dict[str, object], listed: list[str]) -> list[Named]:
    return [Named(code, str(labels.get(code, code))) for code in listed]


_SUBTYPES: dict[str, object] = dict(codes.ServiceSubtype.choices)
_ACCESS: dict[str, object] = dict(codes.AccessNeed.choices)
_LANGUAGES: dict[str, object] = dict(codes.LANGUAGES)


def phones_of(service: Service) -> list[Phone]:
    """Return the numbers to call, best first: the service's, its sites', else the organization's.

    Phones of a confidential site itself are left out: a landline can be traced to a house.
    """
    own = list(service.phones.all())
    for link in service.service_at_locations.all():
        own += link.phones.all()
    return own or list(service.organization.phones.all())


class _Parts:
    """What hangs on some services, as plain rows by service: objects would take most of the time.

    A constant number of queries.
    """

    def __init__(self, services: Sequence[Service], now: datetime) -> None:
        ids = [service.pk for service in services]
        self.facets: _By[tuple[str, str]] = defaultdict(list)
        facets = ServiceFacet.objects.filter(service__in=ids).order_by("pk")
        for pk, kind, code in facets.values_list("service", "kind", "code"):
            self.facets[pk].append((kind, code))
        self._read_hours(ids, now)
        self.phones: _By[str] = defaultdict(list)
        for parent in ("service", "service_at_location__service"):
            phones = Phone.objects.filter(**{f"{parent}__in": ids}).order_by()
            # Sorted here: asked for by id, SQLite may walk all phones there are instead of these few.
            for _phone, pk, number in sorted(phones.values_list("pk", parent, "number")):
                self.phones[pk].append(number)
        self.organization_phones: _By[str] = defaultdict(list)
        organizations = {service.organization_id for service in services if service.pk not in self.phones}
        phones = Phone.objects.filter(organization__in=organizations).order_by("pk")
        for pk, number in phones.values_list("organization", "number"):
            self.organization_phones[pk].append(number)
        self.documents: _By[Localized] = defaultdict(list)
        # Who lists no paper says so in a facet.
        listing = [pk for pk in ids if (_Kind.PAPERS, ServiceFacet.NONE) not in self.facets[pk]]
        documents = RequiredDocument.objects.filter(service__in=listing).order_by("pk")
        for pk, text, translations in documents.values_list("service", "document", "translations"):
            if found := pick(text, translations, "document"):
                self.documents[pk].append(found)
        self._read_places()

    def _read_hours(self, ids: list[UUID], now: datetime) -> None:
        # Today is one of these days wherever the service is.
        days = [(now + timedelta(days=days)).date() for days in (-1, 0, 1)]
        self.hours: _By[Minutes] = defaultdict(list)
        rows = ServiceHours.objects.filter(service__in=ids, weekday__in=[day.weekday() for day in days])
        columns = ("weekday", "opens", "closes", "valid_from", "valid_to")
        for pk, *row in rows.values_list("service", *columns):
            self.hours[pk].append(Minutes(*row))
        self.exceptions: _By[ScheduleException] = defaultdict(list)
        for special in ScheduleException.objects.filter(
            service__in=ids, date_from__lte=days[-1], date_to__gte=days[0]
        ):
            self.exceptions[special.service_id].append(special)

    def _read_places(self) -> None:
        codes_of: dict[str, set[str]] = defaultdict(set)
        for facets in self.facets.values():
            for kind, code in facets:
                codes_of[kind].add(code)
        self.regions, self.districts = (
            {code: Named(code, pick_name(names)) for code, names in rows.values_list("code", "names")}
            for rows in (
                Region.objects.filter(code__in=codes_of[_Kind.REGION]).order_by(),
                # What is for a whole region has the region's code there.
                District.objects.filter(
                    code__in=codes_of[_Kind.DISTRICT] - codes_of[_Kind.REGION]
                ).order_by(),
            )
        )

    def is_open(self, service: Service, now: datetime) -> bool:
        local = now.astimezone(ZoneInfo(service.time_zone))
        return is_open(
            self.hours[service.pk],
            self.exceptions[service.pk],
            local,
            holiday=is_holiday(local.date(), service.time_zone),
        )


def _position(service: Service) -> tuple[float, float] | None:
    if service.is_confidential or service.near_latitude is None or service.near_longitude is None:
        return None
    return service.near_latitude, service.near_longitude


def _card(service: Service, parts: _Parts, now: datetime, *, public: bool) -> ServiceCard:
    listed: dict[str, list[str]] = {}
    for kind, code in parts.facets[service.pk]:
        listed.setdefault(kind, []).append(code)
    regions = [parts.regions[code] for code in listed.get(_Kind.REGION, []) if code in parts.regions]
    districts = [parts.districts[code] for code in listed.get(_Kind.DISTRICT, []) if code in parts.districts]
    availability = derive(service, now, opened=parts.is_open(service, now))
    if public:
        availability = availability.for_public(shows_numbers=service.shows_numbers)
    organization = service.organization
    return ServiceCard(
        id=service.pk,
        name=service.local_name,
        description=service.local_description,
        service_type=service.service_type,
        subtypes=_named(_SUBTYPES, service.subtypes),
        organization_id=organization.pk,
        organization_name=organization.local_name,
        agency_id=organization.agency_id,
        legal_duty=organization.legal_notification_duty,
        legal_duty_note=organization.local_legal_notification_note,
        is_confidential=service.is_confidential,
        regions=regions,
        districts=districts,
        whole_region=not districts,
        languages=_named(_LANGUAGES, listed.get(_Kind.LANGUAGE, [])),
        access=_named(_ACCESS, listed.get(_Kind.ACCESS, [])),
        phones=parts.phones.get(service.pk) or parts.organization_phones[organization.pk],
        minimum_age=service.minimum_age,
        maximum_age=service.maximum_age,
        sex=service.sex,
        accepts_children=service.accepts_children,
        is_free=ServiceFacet.FREE in listed.get(_Kind.COST, []),
        documents=parts.documents[service.pk],
        assured_date=service.assured_date,
        status=service.status,
        availability=availability,
        position=_position(service),
    )


# Long texts that no card shows.
_NOT_SHOWN = (
    *("raw", "url", "email", "interpretation_services", "application_process", "fees_description"),
    *("wait_time", "accreditations", "licenses", "alert", "eligibility_description", "alternate_name"),
    *("organization__raw", "organization__description", "organization__website", "organization__logo"),
)


def cards(service_ids: Sequence[UUID], *, now: datetime, public: bool) -> list[ServiceCard]:
    """Return cards in the order of the ids. A constant number of queries.

    ``public`` leaves out free places (unless the provider opted in) and the note for colleagues.
    """
    services = (
        Service.objects.select_related("organization", "latest_report")
        .defer(*_NOT_SHOWN)
        .in_bulk(list(service_ids))
    )
    found = [services[pk] for pk in service_ids if pk in services]
    # A hold takes a place away where places are counted, and nowhere else.
    counted = [one for one in found if one.latest_report and one.latest_report.places_free is not None]
    prefetch_related_objects(counted, "holds")
    parts = _Parts(found, now)
    return [_card(service, parts, now, public=public) for service in found]
