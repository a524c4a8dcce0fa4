"""Which services stand on the printed sheet of a place, best first.

Paper is read for weeks, so what is closed for the time being is left to the public page, and news of
free places is not asked for at all. Everything comes from ``published``, ``cards`` and
``service_pages``: what these leave out cannot come in.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from services.codes import ServiceSubtype, ServiceType, Sex, Status
from services.freshness import is_not_checked_lately
from services.models import Region, ServiceFacet
from services.queries.entries import ServicePage, service_pages
from services.queries.places import districts_of_today
from services.queries.search import SearchFilters, narrowed
from services.translated import Localized

# Health first. A sector's place in this list is its place on the sheet.
SECTORS = (
    ServiceType.HEALTH_MEDICAL,
    ServiceType.PSYCHOSOCIAL,
    ServiceType.SAFE_HOUSE,
    ServiceType.LEGAL_ASSISTANCE,
    ServiceType.POLICE_SECURITY,
    ServiceType.CHILD_PROTECTION,
    ServiceType.LIVELIHOODS,
)
PER_SECTOR = 6  # more than fit on one page when only one sector has any
FROM_ELSEWHERE = 2  # of a sector that has nothing here, from other districts of the region
CARE_PLACES = 2  # in the box on care after sexual violence
MOST_ROWS = 5000  # small rows that one sheet looks at


@dataclass(frozen=True)
class SheetPlace:
    """A district, or a whole region (then ``district`` is empty). Names in the reader's language."""

    code: str
    region: str
    region_name: Localized
    district: str = ""
    district_name: Localized | None = None

    @property
    def name(self) -> Localized:
        return self.district_name or self.region_name

    @property
    def country(self) -> str:
        """Return the ISO 3166-1 code that a region's code begins with."""
        return self.region.partition("-")[0]


@dataclass(frozen=True)
class Listed:
    """A service on the sheet. ``is_elsewhere``: it is in another district of the region."""

    page: ServicePage
    is_elsewhere: bool
    is_stale: bool


@dataclass(frozen=True)
class SheetServices:
    """``listed`` with what matters most first; ``care`` gives care after sexual violence.

    ``total`` counts the published services of the place, shown or not (up to MOST_ROWS).
    """

    listed: list[Listed]
    care: list[ServicePage]
    total: int


class _Row(NamedTuple):
    pk: UUID
    service_type: str
    subtypes: list[str]
    status: str
    sex: str
    assured_date: date | None
    sort_name: str


def sheet_place(code: str) -> SheetPlace | None:
    """Return a region, or a district of today, by its code; None if there is none."""
    found = districts_of_today().select_related("region").defer("region__outline")
    district = found.filter(pk=code).first()
    if district is not None:
        region = district.region
        return SheetPlace(district.code, region.code, region.name, district.code, district.name)
    alone = Region.objects.defer("outline").filter(pk=code).first()
    return SheetPlace(alone.code, alone.code, alone.name) if alone else None


def _gives_care(row: _Row) -> bool:
    return ServiceSubtype.CLINICAL_MANAGEMENT_OF_RAPE in row.subtypes


def _worth(row: _Row) -> tuple[bool, ...]:
    """Sort care after sexual violence first, and last what few may use or nobody checked lately."""
    return not _gives_care(row), row.sex == Sex.MALE, is_not_checked_lately(row.assured_date)


def _by_turns(sectors: Iterable[list[_Row]]) -> list[_Row]:
    """Take the first of each sector, then the second of each, and so on: no sector crowds another out."""
    turns = itertools.zip_longest(*sectors)
    return [row for turn in turns for row in turn if row is not None]


def sheet_services(place: SheetPlace) -> SheetServices:
    """Return what the sheet of a place shows, at most PER_SECTOR of a sector. A constant number of queries.

    A sector without anything for women in the district borrows from the region, except the police:
    theirs is the district where one lives, and 102 reaches them.
    """
    now = timezone.now()
    fields = _Row._fields
    rows = [
        _Row(*values)
        for values in narrowed(SearchFilters(region=place.region), now)
        .filter(service_type__in=SECTORS)
        .order_by("sort_name", "pk")
        .values_list(*fields)[:MOST_ROWS]
    ]
    here = {row.pk for row in rows}
    if place.district:
        here = set(
            ServiceFacet.objects.filter(
                Q(code=place.district) | Q(code=place.region),
                kind=ServiceFacet.Kind.DISTRICT,
                service__in=narrowed(SearchFilters(region=place.region), now).values("pk"),
            ).values_list("service", flat=True)
        )
    open_rows = sorted((row for row in rows if row.status == Status.ACTIVE), key=_worth)
    sectors = []
    for sector in SECTORS:
        near = [row for row in open_rows if row.service_type == sector and row.pk in here]
        if sector != ServiceType.POLICE_SECURITY and all(row.sex == Sex.MALE for row in near):
            far = [row for row in open_rows if row.service_type == sector and row.pk not in here]
            near = [*far[:FROM_ELSEWHERE], *near]
        sectors.append(near[:PER_SECTOR])
    # Who comes for this paper is nearly always a woman: a second shelter before a talk for men.
    chosen = sorted(_by_turns(sectors), key=lambda row: row.sex == Sex.MALE)
    care = sorted((row for row in open_rows if _gives_care(row)), key=lambda row: row.pk not in here)
    ids = [row.pk for row in chosen]
    care_ids = [row.pk for row in care[:CARE_PLACES]]
    pages = {page.card.id: page for page in service_pages(list(dict.fromkeys(ids + care_ids)))}
    return SheetServices(
        listed=[
            Listed(pages[row.pk], row.pk not in here, is_not_checked_lately(row.assured_date))
            for row in chosen
            if row.pk in pages
        ],
        care=[pages[pk] for pk in care_ids if pk in pages],
        total=sum(row.pk in here for row in rows),
    )
