"""Write what search reads: tokens, facets, hours, and the derived columns of a service.

Confidential sites give no words and no district but their region's and district's name.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection, transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils import translation

from services import codes
from services.chunks import chunks
from services.confidential import withheld_sites
from services.folding import fold, tokens
from services.hours import Minutes, split
from services.models import (
    District,
    Location,
    Region,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceFacet,
    ServiceHours,
    ServiceToken,
)

_MANY = 100  # services at once: an import, not somebody's change
_LANGUAGES = ("en", "uz", "uz-cyrl", "ru")
# A place offers something when its text on accessibility has all words of one of these groups.
_ACCESS_WORDS: dict[str, tuple[frozenset[str], ...]] = {
    need: tuple(frozenset(tokens(words)) for words in groups)
    for need, groups in {
        codes.AccessNeed.WHEELCHAIR: ("wheelchair", "wheelchairs", "ramp"),
        codes.AccessNeed.STEP_FREE: ("step free", "no steps", "ramp"),
        codes.AccessNeed.LIFT: ("lift", "elevator"),
        codes.AccessNeed.ACCESSIBLE_TOILET: ("toilet wheelchair", "toilet wheelchairs", "accessible toilet"),
        codes.AccessNeed.SIGN_LANGUAGE: ("sign language",),
        codes.AccessNeed.EASY_READ: ("easy read",),
        codes.AccessNeed.FEMALE_STAFF: ("female staff", "women staff"),
    }.items()
}
NAME, KIND, TEXT = 4, 2, 1  # weights of a word by where it stands
_DERIVED = ("sort_name", "time_zone", "near_latitude", "near_longitude")


def _all_names(names: dict[str, str]) -> str:
    return " ".join(names.values())


def _translated(translations: dict[str, dict[str, str]], *fields: str) -> str:
    return " ".join(texts[field] for texts in translations.values() for field in fields if field in texts)


def _labels(service: Service) -> str:
    kinds = [codes.ServiceType(service.service_type).label] if service.service_type else []
    kinds += [codes.ServiceSubtype(code).label for code in service.subtypes]
    words = []
    for language in _LANGUAGES:
        with translation.override(language):
            words += [str(kind) for kind in kinds]
    return " ".join(words)


def _weights(service: Service, places: str, site_words: str, known: dict[str, str]) -> dict[str, int]:
    organization = service.organization
    found: dict[str, int] = {}
    for weight, text in (
        (TEXT, f"{service.description} {_translated(service.translations, 'description')} {site_words}"),
        (KIND, f"{_labels(service)} {places}"),
        (
            NAME,
            f"{service.name} {service.alternate_name} {_translated(service.translations, 'name')} "
            f"{organization.name} {organization.alternate_name} "
            f"{_translated(organization.translations, 'name')}",
        ),
    ):
        for token in tokens(text, known):
            found[token] = weight
    return found


def _access_needs(service: Service, sites: list[Location]) -> set[str]:
    found = set()
    if any(row.code == "sgn" for row in service.languages.all()):
        found.add(codes.AccessNeed.SIGN_LANGUAGE.value)
    for site in sites:
        for row in site.accessibility.all():
            heard = set(tokens(f"{row.description} {row.details}"))
            found |= {
                need for need, groups in _ACCESS_WORDS.items() if any(group <= heard for group in groups)
            }
    return found


def _hours(schedules: Iterable[Schedule]) -> set[Minutes]:
    return {
        row
        for schedule in schedules
        if schedule.weekday is not None and schedule.opens is not None and schedule.closes is not None
        for row in split(
            schedule.weekday,
            schedule.opens,
            schedule.closes,
            valid_from=schedule.valid_from,
            valid_to=schedule.valid_to,
        )
    }


def service_schedules(service: Service) -> list[Schedule]:
    """Return the hours that count: the service's own, else those at its sites, else of the sites."""
    own = list(service.schedules.all())
    if own:
        return own
    sites = service.service_at_locations.all()
    at_sites = [row for site in sites for row in site.schedules.all()]
    return at_sites or [row for site in sites for row in site.location.schedules.all()]


class _Indexer:
    """The rows of one batch of services. Of ``withheld`` sites nothing but the place is read."""

    def __init__(self, withheld: set[UUID]) -> None:
        self.withheld = withheld
        self.regions = Region.objects.in_bulk()
        self.districts = District.objects.in_bulk()
        self.tokens: list[ServiceToken] = []
        self.facets: list[ServiceFacet] = []
        self.hours: list[ServiceHours] = []
        self.known: dict[str, str] = {}  # tokens by word

    def add(self, service: Service) -> None:
        sites = [link.location for link in service.service_at_locations.all()]
        areas = list(service.service_areas.all())
        for link in service.service_at_locations.all():
            areas += link.service_areas.all()
        placed: list[Location | ServiceArea] = [*sites, *areas]
        regions = {place.region_id for place in placed if place.region_id}
        districts = {place.district_id for place in placed if place.district_id}
        facets = {(ServiceFacet.Kind.REGION, code) for code in regions}
        # Without a district it is for the whole region: the region's code stands in its place.
        facets |= {(ServiceFacet.Kind.DISTRICT, code) for code in districts or regions}
        facets |= {(ServiceFacet.Kind.SUBTYPE, code) for code in service.subtypes}
        facets |= {(ServiceFacet.Kind.LANGUAGE, row.code) for row in service.languages.all() if row.code}
        facets |= {(ServiceFacet.Kind.ACCESS, need) for need in _access_needs(service, sites)}
        costs = list(service.cost_options.all())
        if costs and all(cost.amount == 0 for cost in costs):
            facets.add((ServiceFacet.Kind.COST, ServiceFacet.FREE))
        if not service.required_documents.all():
            facets.add((ServiceFacet.Kind.PAPERS, ServiceFacet.NONE))
        self.facets += [ServiceFacet(service=service, kind=kind, code=code) for kind, code in sorted(facets)]

        told = [site for site in sites if site.pk not in self.withheld]
        names = [_all_names(self.regions[code].names) for code in sorted(regions)]
        names += [_all_names(self.districts[code].names) for code in sorted(districts)]
        site_words = " ".join(f"{site.name} {site.alternate_name}" for site in told)
        weights = _weights(service, " ".join(names), site_words, self.known)
        self.tokens += [ServiceToken(service=service, token=token, weight=w) for token, w in weights.items()]
        self.hours += [
            ServiceHours(
                service=service,
                weekday=row.weekday,
                opens=row.opens,
                closes=row.closes,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            )
            for row in _hours(service_schedules(service))
        ]
        service.near_latitude, service.near_longitude = self._near(told, regions, districts)
        service.sort_name = " ".join(fold(word) for word in service.name.split())[:100]
        if regions:
            service.time_zone = self.regions[min(regions)].time_zone

    def _near(
        self, sites: list[Location], regions: set[str], districts: set[str]
    ) -> tuple[float | None, float | None]:
        """Return a point to tell distances from: a site that may be told, else the middle of its area."""
        for site in sites:
            if site.latitude is not None and site.longitude is not None:
                return site.latitude, site.longitude
        areas: list[District | Region] = [self.districts[code] for code in sorted(districts)]
        areas += [self.regions[code] for code in sorted(regions)]
        for area in areas:
            if area.latitude is not None and area.longitude is not None:
                return area.latitude, area.longitude
        return None, None


def reindex(service_ids: Iterable[UUID]) -> None:
    """Write the search rows of these services anew, and of those that share a site with one of them:
    they are told of differently when it becomes confidential. A constant number of queries per 500.
    """
    ids = list(service_ids)
    marked = ServiceAtLocation.objects.filter(service=OuterRef("pk"), location__is_confidential=True)
    is_confidential = Q(service_type=codes.ServiceType.SAFE_HOUSE) | Exists(marked)
    sharing: set[UUID] = set()
    # Of all first: what may be told of a site depends on every service at it.
    for chunk in chunks(ids):
        Service.objects.filter(pk__in=chunk).update(
            is_confidential=ExpressionWrapper(is_confidential, output_field=BooleanField())
        )
        sites = ServiceAtLocation.objects.filter(service__in=chunk).values("location")
        links = ServiceAtLocation.objects.filter(location__in=sites)
        sharing |= set(links.values_list("service", flat=True))
    for chunk in chunks(sorted({*ids, *sharing})):
        _reindex_chunk(chunk)
    if len(ids) >= _MANY and connection.vendor == "postgresql":
        _count_anew()


def _count_anew() -> None:
    """Let PostgreSQL plan for what the tables hold now, where a plan was made for nearly empty ones."""
    tables = (Service, ServiceToken, ServiceFacet, ServiceHours)
    names = ", ".join(connection.ops.quote_name(table._meta.db_table) for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {names}")


@transaction.atomic
def _reindex_chunk(ids: list[UUID]) -> None:
    services = list(
        Service.objects.filter(pk__in=ids)
        .select_related("organization")
        .prefetch_related(
            "service_areas",
            "languages",
            "cost_options",
            "required_documents",
            "schedules",
            "service_at_locations__service_areas",
            "service_at_locations__schedules",
            "service_at_locations__location__schedules",
            "service_at_locations__location__accessibility",
        )
    )
    links = [link for service in services for link in service.service_at_locations.all()]
    indexer = _Indexer(withheld_sites({link.location_id for link in links}))
    for service in services:
        indexer.add(service)
    for model in (ServiceToken, ServiceFacet, ServiceHours):
        model.objects.filter(service__in=ids).delete()
    ServiceToken.objects.bulk_create(indexer.tokens, batch_size=2000)
    ServiceFacet.objects.bulk_create(indexer.facets, batch_size=2000)
    ServiceHours.objects.bulk_create(indexer.hours, batch_size=2000)
    Service.objects.bulk_update(services, [*_DERIVED], batch_size=200)
