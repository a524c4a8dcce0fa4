"""Single entries and small lists: the service page, the organization, the desk, the map."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet
from django.utils import timezone
from django.utils.formats import number_format

from services.actions.indexing import service_schedules
from services.actions.provider_links import open_links
from services.chunks import chunks
from services.codes import LANGUAGES
from services.confidential import withheld_sites
from services.models import (
    Attribute,
    District,
    OneTimeLink,
    Organization,
    Phone,
    Region,
    Schedule,
    Service,
    ServiceArea,
    ServiceFacet,
)
from services.queries.availability import Availability, availability_of, has_fresh_room
from services.queries.cards import ServiceCard, cards, phones_of
from services.queries.search import open_at, published
from services.translated import Localized


@dataclass(frozen=True)
class Day:
    """One weekday (0 is Monday) with its hours as (opens, closes) texts, in order."""

    weekday: int
    times: list[tuple[str, str]]
    by_appointment: bool


@dataclass(frozen=True)
class PhoneLine:
    number: str
    description: str
    languages: list[str]


@dataclass(frozen=True)
class Site:
    """A site that may be shown; a confidential one has no lines."""

    name: str
    lines: list[str]
    is_confidential: bool
    access: list[Localized]
    transportation: str


@dataclass(frozen=True)
class ServicePage:
    """All that the public page of a service shows."""

    card: ServiceCard
    also_known_as: str
    days: list[Day]
    round_the_clock: bool
    hours_notes: list[str]
    phones: list[PhoneLine]
    desks: list[str]
    sites: list[Site]
    areas: list[Localized]
    how_to_come: Localized
    costs: list[str]
    fees: Localized
    eligibility: Localized
    alert: Localized
    website: str
    email: str


def _days(schedules: list[Schedule]) -> list[Day]:
    days = []
    for weekday in range(7):
        rows = sorted(
            (
                row
                for row in schedules
                if row.weekday == weekday and row.opens is not None and row.closes is not None
            ),
            key=lambda row: str(row.opens),
        )
        times = [(f"{row.opens:%H:%M}", f"{row.closes:%H:%M}") for row in rows]
        if times:
            days.append(Day(weekday, list(dict.fromkeys(times)), all(row.by_appointment for row in rows)))
    return days


def _sites(service: Service, withheld: set[UUID]) -> list[Site]:
    sites = []
    for link in service.service_at_locations.all():
        location = link.location
        if location.pk in withheld:
            sites.append(Site("", [], is_confidential=True, access=[], transportation=""))
            continue
        lines = [
            ", ".join(part for part in (row.address_1, row.address_2, row.city) if part)
            for row in location.addresses.all()
            if row.address_type == "physical"
        ]
        access = [row.local_description for row in location.accessibility.all() if row.local_description]
        sites.append(
            Site(
                location.local_name,
                lines,
                is_confidential=False,
                access=access,
                transportation=location.transportation,
            )
        )
    return sites


def _is_of(records: set[UUID], part: Phone | Schedule) -> bool:
    return part.service_at_location_id in records or part.location_id in records


def _line(phone: Phone, *, is_bare: bool) -> PhoneLine:
    spoken = [row for row in phone.languages.all() if row.code in LANGUAGES or not is_bare]
    languages = [str(LANGUAGES.get(row.code, row.name)) for row in spoken]
    return PhoneLine(phone.number, "" if is_bare else phone.description, languages)


def _grouped(amount: Decimal) -> str:
    """Return a sum as the reader's language writes it: «100 000», in English «100,000»."""
    return number_format(f"{amount.normalize():f}", force_grouping=True)


def _costs(service: Service) -> list[str]:
    found = []
    for row in service.cost_options.all():
        amount = f"{_grouped(row.amount)} {row.currency}" if row.amount else ""
        parts = [row.local_option, amount, row.local_amount_description]
        found.append(" – ".join(part for part in parts if part))
    return found


_PAGE_PREFETCH = (
    "phones__languages",
    "organization__phones__languages",
    "contacts",
    "schedules",
    "service_areas",
    "cost_options",
    "service_at_locations__phones__languages",
    "service_at_locations__schedules",
    "service_at_locations__location__schedules",
    "service_at_locations__location__addresses",
    "service_at_locations__location__accessibility",
)


def service_pages(service_ids: Sequence[UUID]) -> list[ServicePage]:
    """Return the public pages of services in the order of the ids, without those the public may not
    know of. A constant number of queries.
    """
    return pages_among(published(), service_ids)


def pages_among(among: QuerySet[Service], service_ids: Sequence[UUID]) -> list[ServicePage]:
    """Return the pages of those of these services that the caller may show, as the public sees them
    (or would). A constant number of queries.
    """
    found = among.select_related("organization").prefetch_related(*_PAGE_PREFETCH).in_bulk(list(service_ids))
    shown = cards([pk for pk in service_ids if pk in found], now=timezone.now(), public=True)
    links = (link for service in found.values() for link in service.service_at_locations.all())
    withheld = withheld_sites({link.location_id for link in links})
    return [_page(found[card.id], card, withheld) for card in shown]


def published_service(service_id: UUID) -> ServicePage | None:
    """Return the public page of a service, or None if the public may not know of it."""
    return next(iter(service_pages([service_id])), None)


def _page(service: Service, card: ServiceCard, withheld: set[UUID]) -> ServicePage:
    schedules = service_schedules(service)
    links = [link for link in service.service_at_locations.all() if link.location_id in withheld]
    secret = withheld | {link.pk for link in links}  # words of theirs might tell where it is
    days = _days(schedules)
    return ServicePage(
        card=card,
        also_known_as=service.alternate_name,
        days=days,
        round_the_clock=len(days) == 7 and all(day.times == [("00:00", "00:00")] for day in days),
        hours_notes=list(
            dict.fromkeys(row.note for row in schedules if row.note and not _is_of(secret, row))
        ),
        phones=[_line(phone, is_bare=_is_of(secret, phone)) for phone in phones_of(service)],
        desks=[
            " – ".join(part for part in (row.title, row.department) if part) for row in service.contacts.all()
        ],
        sites=_sites(service, withheld),
        areas=[row.local_name for row in service.service_areas.all() if row.local_name],
        how_to_come=service.local_application_process,
        costs=[cost for cost in _costs(service) if cost],
        fees=service.local_fees,
        eligibility=service.local_eligibility,
        alert=service.local_alert,
        website=service.url or service.organization.website,
        email=service.email or service.organization.email,
    )


def public_service(service_id: UUID) -> Service | None:
    """Return a service that the public may know of, without its parts, or None."""
    return published().filter(pk=service_id).first()


# A region's outline is large, and no record holds it.
_AREAS = ServiceArea.objects.select_related("district", "region").defer("region__outline")
_AT_ONCE = 5_000
# All parts of a service_at_location, seen from it.
LINK_PARTS: tuple[tuple[str, QuerySet[Any] | None], ...] = (
    ("service_areas", _AREAS),
    ("phones__languages", None),
    ("schedules", None),
    ("contacts__phones__languages", None),
    ("location__district", District.objects.only("code", "region_id", "names")),
    ("location__languages", None),
    ("location__addresses", None),
    ("location__contacts__phones__languages", None),
    ("location__accessibility", None),
    ("location__phones__languages", None),
    ("location__schedules", None),
)
_PARTS = (
    "additional_urls",
    "phones__languages",
    "schedules",
    Prefetch("service_areas", _AREAS),
    "languages",
    "cost_options",
    "required_documents",
    "contacts__phones__languages",
    "capacities__unit",
    "organization__additional_websites",
    "organization__contacts__phones__languages",
    "organization__phones__languages",
)


def link_parts(before: str = "") -> "list[Prefetch[Any]]":
    """Return what to prefetch for services at locations, reached through ``before``."""
    return [Prefetch(f"{before}{path}", rows) for path, rows in LINK_PARTS]


def services_with_parts(services: QuerySet[Service]) -> QuerySet[Service]:
    """Return the services with all that ``publish.service_json`` writes: a constant number of queries."""
    found = services.select_related("organization")
    return found.prefetch_related(*_PARTS, *link_parts("service_at_locations__"))


def published_service_with_parts(service_id: UUID) -> Service | None:
    """Return a published service with all that ``publish.service_json`` needs, or None."""
    return services_with_parts(published()).filter(pk=service_id).first()


def attributes_of(record_ids: Iterable[UUID]) -> dict[UUID, list[Attribute]]:
    """Return the attributes of these records, with their terms. One query per 5,000 records."""
    found: dict[UUID, list[Attribute]] = {}
    for chunk in chunks(record_ids, _AT_ONCE):
        rows = Attribute.objects.filter(link_id__in=chunk)
        for row in rows.select_related("taxonomy_term__taxonomy_detail").order_by("pk"):
            found.setdefault(row.link_id, []).append(row)
    return found


def public_availability(service_ids: list[UUID]) -> dict[UUID, Availability]:
    """Return what the public may know of the availability of published services."""
    shown = dict(published().filter(pk__in=service_ids).values_list("pk", "shows_numbers"))
    found = availability_of(shown)
    return {pk: one.for_public(shows_numbers=shown[pk]) for pk, one in found.items()}


def published_organizations() -> QuerySet[Organization]:
    """Return the organizations that have a published service."""
    return Organization.objects.filter(pk__in=published().values("organization")).prefetch_related(
        "additional_websites", "contacts__phones__languages", "phones__languages"
    )


def public_among(organization_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of the organizations that have a published service."""
    found = published().filter(organization__in=list(organization_ids))
    return set(found.values_list("organization", flat=True))


def published_organization(organization_id: UUID) -> Organization | None:
    """Return an organization that the public may know of, or None."""
    return published_organizations().filter(pk=organization_id).first()


def organization_page(
    *, after: UUID | None = None, limit: int = 20
) -> tuple[list[Organization], UUID | None]:
    """Return a page of public organizations in the order of ids, and the mark of the next page."""
    found = published_organizations().order_by("pk")
    if after is not None:
        found = found.filter(pk__gt=after)
    rows = list(found[: limit + 1])
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None


def desk_services(agency_id: UUID) -> list[ServiceCard]:
    """Return the services of an agency's organizations, hidden ones too, in the order of names."""
    found = Service.objects.filter(organization__agency=agency_id, merged_into__isnull=True)
    found = found.order_by("sort_name", "pk")
    return cards(list(found.values_list("pk", flat=True)[:100]), now=timezone.now(), public=False)


def desk_service(agency_id: UUID, service_id: UUID) -> Service | None:
    """Return a service if it belongs to one of the agency's organizations, else None."""
    return Service.objects.filter(
        organization__agency=agency_id, pk=service_id, merged_into__isnull=True
    ).first()


def any_service(service_id: UUID) -> Service | None:
    """Return a service, hidden or not, else None."""
    return Service.objects.filter(pk=service_id).first()


def provider_links(service: Service) -> list[OneTimeLink]:
    """Return the links of a service that wait to be used, newest first."""
    return list(open_links(service))


@dataclass(frozen=True)
class RegionCount:
    """How many public services a region has, and how many of them are available now."""

    region: Region
    services: int
    available: int


def counts_by_region(now: datetime | None = None) -> list[RegionCount]:
    """Return the numbers behind the map, for every region. A constant number of queries."""
    now = now or timezone.now()
    facets = ServiceFacet.objects.filter(kind=ServiceFacet.Kind.REGION)
    all_counts = dict(
        facets.filter(service__in=published()).values_list("code").annotate(n=Count("pk")).order_by()
    )
    open_ids = published().filter(has_fresh_room(now)).filter(open_at(now)).values("pk")
    free_counts = dict(
        facets.filter(service__in=open_ids).values_list("code").annotate(n=Count("pk")).order_by()
    )
    return [
        RegionCount(region, all_counts.get(region.code, 0), free_counts.get(region.code, 0))
        for region in Region.objects.all()
    ]
