"""Lists of the open HSDS API and of exports: filters in, rows with their parts out.

HSDS pages are numbered and say how many there are, so these lists count (decision 0009), over the
primary key only, and nothing else in the directory does. Whole lists are read in keyset chunks.
What is not published is not here: everything starts from ``published()``.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import F, Model, Prefetch, Q, QuerySet
from django.utils import timezone

from services.confidential import links_of_shelters
from services.models import (
    Attribute,
    District,
    Organization,
    Region,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)
from services.places import Gazetteer
from services.queries.entries import (
    link_parts,
    published_organizations,
    services_with_parts,
)
from services.queries.search import SearchFilters, narrowed, published

CHUNK = 200  # records held in memory while everything is streamed
METRES_A_DEGREE = 111_320.0
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty means whatever. Filters add up (AND).

    ``near`` is (latitude, longitude, metres); ``postcode`` the postal code of a public address;
    ``district`` any code of a district or region.
    """

    search: str = ""
    taxonomy_term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    organization_id: UUID | None = None
    modified_after: datetime | None = None
    postcode: str = ""
    district: str = ""
    near: tuple[float, float, float] | None = None
    parent_id: UUID | None = None
    top_only: bool = False


@dataclass(frozen=True)
class Numbered(Generic[Row]):
    """A numbered page (from 1) of a list, with the totals that HSDS asks for."""

    rows: list[Row]
    number: int
    total_items: int
    total_pages: int


def page_of(found: QuerySet[Row], *, number: int, size: int) -> Numbered[Row] | None:
    """Return a page in the order of ids, or None behind the last one. Page 1 may be empty.

    Counts and skips over ids alone; rows and parts are then fetched by id.
    """
    ids = found.order_by("pk").values_list("pk", flat=True)
    total = ids.count()
    pages = math.ceil(total / size)
    if number > max(pages, 1):
        return None
    wanted = list(ids[(number - 1) * size : number * size])
    rows = {row.pk: row for row in found.filter(pk__in=wanted)} if wanted else {}
    return Numbered([rows[pk] for pk in wanted if pk in rows], number, total, pages)


def all_of(found: QuerySet[Row]) -> Iterator[list[Row]]:
    """Yield everything in the order of ids, CHUNK rows at a time, each chunk a few queries."""
    ordered, last = found.order_by("pk"), None
    while True:
        rows = list((ordered if last is None else ordered.filter(pk__gt=last))[:CHUNK])
        if rows:
            yield rows
        if len(rows) < CHUNK:
            return
        last = rows[-1].pk


def _with_attribute(entity: str, filters: Filters) -> Q:
    """Return which records of a kind carry the term, and a term of the taxonomy."""
    condition = Q()
    linked = Attribute.objects.filter(link_entity=entity)
    if filters.taxonomy_term_id:
        condition &= Q(pk__in=linked.filter(taxonomy_term=filters.taxonomy_term_id).values("link_id"))
    if filters.taxonomy_id:
        of_taxonomy = linked.filter(taxonomy_term__taxonomy_detail=filters.taxonomy_id)
        condition &= Q(pk__in=of_taxonomy.values("link_id"))
    return condition


def _services(filters: Filters) -> QuerySet[Service]:
    found = narrowed(SearchFilters(words=filters.search), timezone.now()) if filters.search else published()
    found = found.filter(_with_attribute("service", filters))
    if filters.organization_id:
        found = found.filter(organization=filters.organization_id)
    return found


def services(filters: Filters, *, full: bool) -> QuerySet[Service]:
    """Return published services with their organization, or with everything in them."""
    found = _services(filters)
    if filters.modified_after:
        found = found.filter(modified_at__gte=filters.modified_after)
    return services_with_parts(found) if full else found.select_related("organization")


def minimal_services(filters: Filters) -> QuerySet[Service]:
    """Return published services with no more than their ids, names and when they changed."""
    return services(filters, full=False).select_related(None).only("pk", "name", "status", "modified_at")


def organizations(
    filters: Filters, *, with_services: bool = False, full_services: bool = False
) -> QuerySet[Organization]:
    """Return organizations that have a published service; the services filtered by term, if so asked."""
    found = published_organizations()
    if filters.search:
        named = narrowed(SearchFilters(words=filters.search), timezone.now())
        found = found.filter(pk__in=named.values("organization"))
    if filters.taxonomy_term_id or filters.taxonomy_id:
        by_service = _services(
            Filters(taxonomy_term_id=filters.taxonomy_term_id, taxonomy_id=filters.taxonomy_id)
        )
        found = found.filter(
            _with_attribute("organization", filters) | Q(pk__in=by_service.values("organization"))
        )
    if with_services:
        inside = published().order_by("pk")
        found = found.prefetch_related(
            Prefetch("services", services_with_parts(inside) if full_services else inside, to_attr="shown")
        )
    return found


def services_at_locations(filters: Filters, *, full: bool) -> QuerySet[ServiceAtLocation]:
    """Return the sites of published services. By place only those whose place is public."""
    offered = _services(
        Filters(
            search=filters.search,
            taxonomy_term_id=filters.taxonomy_term_id,
            taxonomy_id=filters.taxonomy_id,
            organization_id=filters.organization_id,
        )
    )
    found = ServiceAtLocation.objects.filter(service__in=offered.values("pk"))
    if filters.modified_after:
        found = found.filter(
            Q(modified_at__gte=filters.modified_after)
            | Q(service__modified_at__gte=filters.modified_after)
            | Q(location__modified_at__gte=filters.modified_after)
        )
    if filters.postcode:
        found = _public(found).filter(location__addresses__postal_code=filters.postcode).distinct()
    if filters.district:
        place = Gazetteer().by_code(filters.district)
        if place is None:
            return found.none()
        found = found.filter(location__region=place.region)
        if place.district:
            found = found.filter(location__district=place.district)
    if filters.near:
        found = _near(_public(found), *filters.near)
    if not full:
        return found.select_related("service__organization", "location")
    whole = Prefetch("service", services_with_parts(published()))
    return found.select_related("location").prefetch_related(*link_parts(), whole)


def _public(found: QuerySet[ServiceAtLocation]) -> QuerySet[ServiceAtLocation]:
    """Leave out every site that is withheld: a match would tell where it is."""
    return found.filter(location__is_confidential=False).exclude(
        location__in=links_of_shelters().values("location")
    )


def _near(
    found: QuerySet[ServiceAtLocation], latitude: float, longitude: float, metres: float
) -> QuerySet[ServiceAtLocation]:
    """Keep the sites within a distance, on a flat map: in a country right to a part in a thousand.

    Plain arithmetic, so that it is the same on every database; the box first, for its index.
    """
    north = metres / METRES_A_DEGREE
    shrink = max(math.cos(math.radians(latitude)), 0.01)
    east = north / shrink
    up, right = F("location__latitude") - latitude, (F("location__longitude") - longitude) * shrink
    return found.filter(
        location__latitude__range=(latitude - north, latitude + north),
        location__longitude__range=(longitude - east, longitude + east),
    ).alias(square=up * up + right * right).filter(square__lte=north * north)  # fmt: skip


def place_near(code: str) -> tuple[float, float] | None:
    """Return the middle of a district or region by our code, SOATO or ISO 3166-2; None if unknown.

    A district whose middle is not known counts as the middle of its region.
    """
    found = Gazetteer().by_code(code)
    if found is None:
        return None
    for row in (
        District.objects.filter(code=found.district).first(),
        Region.objects.defer("outline").filter(code=found.region).first(),
    ):
        if row is not None and row.latitude is not None and row.longitude is not None:
            return row.latitude, row.longitude
    return None


def taxonomy_terms(filters: Filters) -> QuerySet[TaxonomyTerm]:
    """Return the terms that published services or their organizations carry, and those terms' parents."""
    carried = Attribute.objects.filter(
        Q(link_entity="service", link_id__in=published().values("pk"))
        | Q(link_entity="organization", link_id__in=published().values("organization")),
        taxonomy_term__isnull=False,
    ).values("taxonomy_term")
    parents = TaxonomyTerm.objects.filter(pk__in=carried, parent_id__isnull=False).values("parent_id")
    found = TaxonomyTerm.objects.filter(Q(pk__in=carried) | Q(pk__in=parents))
    if filters.search:
        found = found.filter(_named(filters.search))
    if filters.taxonomy_id:
        found = found.filter(taxonomy_detail=filters.taxonomy_id)
    if filters.parent_id:
        found = found.filter(parent_id=filters.parent_id)
    if filters.top_only:
        found = found.filter(parent_id__isnull=True)
    return found.select_related("taxonomy_detail")


def taxonomies(filters: Filters) -> QuerySet[Taxonomy]:
    """Return the taxonomies of the terms that are shown."""
    found = Taxonomy.objects.filter(pk__in=taxonomy_terms(Filters()).values("taxonomy_detail"))
    return found.filter(_named(filters.search)) if filters.search else found


def _named(words: str) -> Q:
    return Q(name__icontains=words) | Q(description__icontains=words)


def one_of(found: QuerySet[Row], pk: UUID) -> Row | None:
    """Return the record of an id, or None if the public may not know of it."""
    return found.filter(pk=pk).first()
