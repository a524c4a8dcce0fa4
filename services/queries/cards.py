"""What a list shows of a service: one flat card with texts in the reader's language.

Cards of confidential sites hold a region or district and a phone, nothing nearer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services import codes
from services.models import District, Phone, Region, Service, ServiceFacet
from services.queries.availability import Availability, derive
from services.translated import Localized

_Kind = ServiceFacet.Kind


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
    # (latitude, longitude) to tell a distance from: the site, else the middle of its district or
    # region; for matching only, never shown. None for confidential sites.
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


def _position(
    service: Service, districts: list[District], regions: list[Region]
) -> tuple[float, float] | None:
    if service.is_confidential:
        return None
    for link in service.service_at_locations.all():
        if link.location.latitude is not None and link.location.longitude is not None:
            return link.location.latitude, link.location.longitude
    places: list[District | Region] = [*districts, *regions]
    for place in places:
        if place.latitude is not None and place.longitude is not None:
            return place.latitude, place.longitude
    return None


class _Places:
    """The regions and districts that some services name. Two queries."""

    def __init__(self, services: Sequence[Service]) -> None:
        facets = [facet for service in services for facet in service.facets.all()]
        self.regions = Region.objects.defer("outline").in_bulk(
            {facet.code for facet in facets if facet.kind == _Kind.REGION}
        )
        self.districts = District.objects.in_bulk(
            {facet.code for facet in facets if facet.kind == _Kind.DISTRICT}
        )


def _card(service: Service, places: _Places, now: datetime, *, public: bool) -> ServiceCard:
    listed: dict[str, list[str]] = {}
    for facet in service.facets.all():
        listed.setdefault(facet.kind, []).append(facet.code)
    regions = [places.regions[code] for code in listed.get(_Kind.REGION, []) if code in places.regions]
    districts = [
        places.districts[code] for code in listed.get(_Kind.DISTRICT, []) if code in places.districts
    ]
    availability = derive(service, now)
    if public:
        availability = availability.for_public(shows_numbers=service.shows_numbers)
    organization = service.organization
    costs = list(service.cost_options.all())
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
        regions=[Named(region.code, region.name) for region in regions],
        districts=[Named(district.code, district.name) for district in districts],
        whole_region=not districts,
        languages=_named(_LANGUAGES, listed.get(_Kind.LANGUAGE, [])),
        access=_named(_ACCESS, listed.get(_Kind.ACCESS, [])),
        phones=[phone.number for phone in phones_of(service)],
        minimum_age=service.minimum_age,
        maximum_age=service.maximum_age,
        sex=service.sex,
        accepts_children=service.accepts_children,
        is_free=bool(costs) and all(cost.amount == 0 for cost in costs),
        documents=[row.local_document for row in service.required_documents.all() if row.local_document],
        assured_date=service.assured_date,
        status=service.status,
        availability=availability,
        position=_position(service, districts, regions),
    )


def cards(service_ids: Sequence[UUID], *, now: datetime, public: bool) -> list[ServiceCard]:
    """Return cards in the order of the ids. A constant number of queries.

    ``public`` leaves out free places (unless the provider opted in) and the note for colleagues.
    """
    services = (
        Service.objects.select_related("organization", "latest_report")
        .prefetch_related(
            "facets",
            "hours",
            "schedule_exceptions",
            "holds",
            "phones",
            "organization__phones",
            "service_at_locations__phones",
            "service_at_locations__location",
            "required_documents",
            "cost_options",
        )
        .in_bulk(list(service_ids))
    )
    found = [services[pk] for pk in service_ids if pk in services]
    places = _Places(found)
    return [_card(service, places, now, public=public) for service in found]
