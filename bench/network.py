"""A directory of any size: invented services with words, facets, hours, phones, sites and news.

Rows are written straight into the tables, as the indexer would leave them: 4 words a service, of
which the kind of help is common, the place rarer, and names follow Zipf's law. Growing it from one
size to a larger one leaves the shares of everything as they were.
"""

import itertools
import random
import uuid
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from services.codes import AvailabilityStatus, Publication, ServiceSubtype, ServiceType
from services.folding import fold
from services.models import (
    Address,
    AvailabilityReport,
    District,
    Language,
    Location,
    Organization,
    Phone,
    Region,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceFacet,
    ServiceHours,
    ServiceToken,
)

_AT_ONCE = 1000
_Kind = ServiceFacet.Kind
_SYLLABLES = (
    "ba",
    "do",
    "gul",
    "har",
    "jon",
    "kel",
    "lo",
    "mar",
    "nur",
    "oy",
    "pay",
    "roz",
    "sa",
    "tin",
    "yul",
)
WORDS = ["".join(parts) for parts in itertools.product(_SYLLABLES, repeat=3)]
_SHARES = list(itertools.accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))


def grow_to(size: int) -> None:
    """Add services until there are so many."""
    regions = list(Region.objects.defer("outline"))
    districts: dict[str, list[str]] = {}
    for district in District.objects.all():
        districts.setdefault(district.region_id, []).append(district.code)
    there = Service.objects.count()
    while there < size:
        count = min(_AT_ONCE, size - there)
        _add(there, count, regions, districts)
        there += count


@transaction.atomic
def _add(first: int, count: int, regions: list[Region], districts: dict[str, list[str]]) -> None:
    rows: dict[type[models.Model], list[Any]] = {
        model: []
        for model in (
            Organization,
            Service,
            Location,
            Address,
            ServiceAtLocation,
            Phone,
            Language,
            Schedule,
            ServiceToken,
            ServiceFacet,
            ServiceHours,
            AvailabilityReport,
        )
    }
    for number in range(first, first + count):
        _one(number, rows, regions, districts)
    for model, made in rows.items():
        model._default_manager.bulk_create(made, batch_size=500)


def _one(
    number: int,
    rows: dict[type[models.Model], list[Any]],
    regions: list[Region],
    districts: dict[str, list[str]],
) -> None:
    chance = random.Random(number)
    if number % 3 == 0 or not rows[Organization]:
        rows[Organization].append(Organization(name=f"Organisation {number}"))
    region = chance.choice(regions)
    district = chance.choice(districts[region.code])
    kind = chance.choice([one for one in ServiceType if one != ServiceType.SAFE_HOUSE])
    named = chance.choices(WORDS, cum_weights=_SHARES, k=2)
    name = f"{named[0].title()} {named[1]} {number}"
    service = Service(
        id=uuid.UUID(int=chance.getrandbits(128), version=4),
        organization=rows[Organization][-1],
        name=name,
        sort_name=" ".join(fold(word) for word in name.split()),
        description=f"{named[1].title()} for everybody in the district, by appointment or without.",
        translations={"uz": {"name": name}},
        service_type=kind,
        subtypes=[chance.choice(list(ServiceSubtype)).value],
        publication=Publication.PUBLISHED,
        assured_date=timezone.localdate() - timedelta(days=chance.randrange(300)),
        minimum_age=18 if chance.random() < 0.3 else None,
        near_latitude=region.latitude + chance.uniform(-1, 1),
        near_longitude=region.longitude + chance.uniform(-1, 1),
        time_zone=region.time_zone,
    )
    rows[Service].append(service)
    site = Location(
        location_type=Location.Type.PHYSICAL,
        region=region,
        district_id=district,
        latitude=service.near_latitude,
        longitude=service.near_longitude,
    )
    rows[Location].append(site)
    rows[Address].append(Address(location=site, address_1=f"Namuna street {number}", city="Namuna"))
    rows[ServiceAtLocation].append(ServiceAtLocation(service=service, location=site))
    rows[Phone].append(Phone(service=service, number=f"+998 00 {number:07}"))
    language = chance.choices(["uz", "ru", "kaa", "tg"], [70, 20, 5, 5])[0]
    rows[Language].append(Language(service=service, code=language))
    facets = [
        (_Kind.REGION, region.code),
        (_Kind.DISTRICT, district),
        (_Kind.LANGUAGE, language),
        (_Kind.SUBTYPE, service.subtypes[0]),
        (_Kind.PAPERS, ServiceFacet.NONE),
    ]
    rows[ServiceFacet] += [ServiceFacet(service=service, kind=one, code=code) for one, code in facets]
    words = {fold(kind.replace("_", "")): 2, fold(district.split("-")[2]): 2, named[0]: 4, named[1]: 4}
    rows[ServiceToken] += [
        ServiceToken(service=service, token=fold(word), weight=weight) for word, weight in words.items()
    ]
    for day in range(6):
        rows[ServiceHours].append(ServiceHours(service=service, weekday=day, opens=540, closes=1080))
    if chance.random() < 0.5:
        report = AvailabilityReport(
            service=service,
            status=chance.choice(list(AvailabilityStatus)),
            source="phone_call",
            reported_at=timezone.now() - timedelta(hours=chance.expovariate(1 / 200)),
        )
        rows[AvailabilityReport].append(report)
        # Written before the report itself: the database looks at the end of the transaction.
        service.latest_report_id = report.pk
