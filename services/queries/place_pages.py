"""The public page of a district or a region: its services by kind of help, with hours and phones.

Made to be printed and put on a wall, so it shows what stays true for a while: no free places.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from services.codes import ServiceType
from services.models import Region, ServiceFacet
from services.queries.entries import ServicePage, service_pages
from services.queries.narrowing import SearchFilters, narrowed, published
from services.queries.places import Map, districts_of_today, region_map
from services.translated import Localized

MOST = 60  # services of one page; the search has the others


@dataclass(frozen=True)
class DistrictCount:
    code: str
    name: Localized
    services: int


@dataclass(frozen=True)
class Sector:
    label: str
    services: list[ServicePage]


@dataclass(frozen=True)
class PlacePage:
    """``district`` is empty on a region's page; ``districts`` and ``map`` on a district's.

    ``has_more``: the place has more than the ``MOST`` services shown here.
    """

    name: Localized
    region: str
    region_name: Localized
    district: str
    sectors: list[Sector]
    has_more: bool
    districts: list[DistrictCount]
    map: Map | None


def place_page(code: str, now: datetime | None = None) -> PlacePage | None:
    """Return the page of a region or a district of today; None for any other code. Constant queries."""
    now = now or timezone.now()
    region = Region.objects.defer("outline").filter(pk=code).first()
    if region is not None:
        services, has_more = _services(SearchFilters(region=region.code), now)
        return PlacePage(
            region.name,
            region.code,
            region.name,
            "",
            services,
            has_more,
            _districts(region),
            region_map(region.code, now),
        )
    found = districts_of_today(timezone.localdate(now)).select_related("region").defer("region__outline")
    district = found.filter(pk=code).first()
    if district is None:
        return None
    services, has_more = _services(SearchFilters(district=district.code), now)
    region = district.region
    return PlacePage(district.name, region.code, region.name, district.code, services, has_more, [], None)


def _services(filters: SearchFilters, now: datetime) -> tuple[list[Sector], bool]:
    """Return the first services by name, in sectors in the order of their codes."""
    ids = list(narrowed(filters, now).order_by("sort_name", "pk").values_list("pk", flat=True)[: MOST + 1])
    pages = service_pages(ids[:MOST])
    sectors = [
        Sector(str(kind.label), [page for page in pages if page.card.service_type == kind])
        for kind in ServiceType
    ]
    return [sector for sector in sectors if sector.services], len(ids) > MOST


def _districts(region: Region) -> list[DistrictCount]:
    """Return the districts of today by name, each with what is in it or for the whole region."""
    districts = districts_of_today().filter(region=region)
    facets = ServiceFacet.objects.filter(
        Q(code__in=[district.code for district in districts]) | Q(code=region.code),
        kind=ServiceFacet.Kind.DISTRICT,
        service__in=published().values("pk"),
    )
    counts = dict(facets.values_list("code").annotate(n=Count("pk")).order_by())
    everywhere = counts.get(region.code, 0)
    found = [
        DistrictCount(district.code, district.name, counts.get(district.code, 0) + everywhere)
        for district in districts
    ]
    return sorted(found, key=lambda one: str(one.name))
