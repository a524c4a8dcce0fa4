"""The directory at two sizes, one ten times the other: searching, matching, its API, an import.

Everything compared is measured in turn, both sizes too (``bench.pair``). On SQLite the work is done in
this process, so its processor time is what is compared and other work on the machine does not count; on
PostgreSQL the server does part of it, and the clock on the wall has to serve, as for the import on both.
"""

import itertools
import json
import random
import time
import uuid
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from bench.network import WORDS, grow_to
from bench.pair import LARGER, SMALLER, Pair, Works, analyze, before_others, kept_small
from bench.timing import Samples
from bench.visits import answered, signed_in
from bench.world import World
from referrals.models import CaseUserPermission
from services.actions import import_hsds
from services.codes import ServiceSubtype, ServiceType
from services.models import District, Region, Service, ServiceToken
from services.queries import Needs, SearchFilters, match, search
from services.queries.facets import facets
from services.queries.orders import Sort

SIZES = {"full": (5_000, 50_000), "small": (40, 200)}
ROUNDS = {"full": 40, "small": 2}
IMPORTED = {"full": 500, "small": 10}


def _clock() -> float:
    return time.process_time() if connection.vendor == "sqlite" else time.perf_counter()


def measure(world: World) -> dict[str, Any]:
    """Build the smaller directory, copy it, let it grow, and measure both in turn."""
    scale = "full" if world.scale.cases > 1000 else "small"
    few, many = SIZES[scale]
    started = time.perf_counter()
    grow_to(few)
    analyze()
    with kept_small() as pair:
        grow_to(many)
        analyze()
        built = time.perf_counter() - started
        works = {**_works(), **_pages(world, pair)}
        with before_others(pair):
            samples, growth = pair.in_turn(works, rounds=ROUNDS[scale], warm_up=1, clock=_clock)
        sizes = []
        for size in (SMALLER, LARGER):
            with pair.at(size):
                sizes.append(_figures_at(samples[size]))
        with before_others(pair):
            imported = _import(IMPORTED[scale])
    return {
        "sizes": sizes,
        "growth": growth,
        "services": sizes[-1]["services"],
        "build_seconds": round(built),
        "import_rows_per_second": imported,
    }


def _figures_at(samples: Samples) -> dict[str, Any]:
    pages = samples.seconds["api"]
    return {
        "services": Service.objects.count(),
        "words": ServiceToken.objects.count(),
        "clock": "processor" if connection.vendor == "sqlite" else "wall",
        "works": {name: _figures(spent) for name, spent in samples.seconds.items()},
        "icontains_to_search": round(samples.ratio("icontains", "a_word"), 2),
        "search_to_bare_sql": round(samples.ratio("a_word", "bare_sql"), 2),
        "api_pages_per_second": round(len(pages) / sum(pages), 1),
    }


def _figures(seconds: list[float]) -> dict[str, float]:
    cuts = quantiles(seconds, n=20, method="inclusive")
    return {"p50_ms": round(median(seconds) * 1000, 2), "p95_ms": round(cuts[-1] * 1000, 2)}


def _works() -> dict[str, Callable[[int], object]]:
    """Return what is measured; each gets the number of the round, and asks for something else in each."""
    chance = random.Random(7)
    kinds = [one.value for one in ServiceType if one != ServiceType.SAFE_HOUSE]
    regions = list(Region.objects.values_list("code", flat=True))
    districts = list(District.objects.values_list("code", flat=True))
    subtypes = list(ServiceSubtype.values)
    mixed = []
    for _ in range(200):
        filters: dict[str, Any] = {}
        if chance.random() < 0.5:
            filters["words"] = " ".join(chance.choices(WORDS[:400], k=chance.choice([1, 1, 2])))
        if chance.random() < 0.5:
            filters["service_type"] = chance.choice(kinds)
        if chance.random() < 0.4:
            filters["region"] = chance.choice(regions)
        elif chance.random() < 0.5:
            filters["district"] = chance.choice(districts)
        if chance.random() < 0.3:
            filters |= {"open_now": True, "age": 30, "sex": "female"}
        if chance.random() < 0.2:
            filters["available_now"] = True
        mixed.append(SearchFilters(**filters))
    commonest = WORDS[0]

    def asked(number: int) -> SearchFilters:
        return mixed[number % len(mixed)]

    def mixture(number: int) -> None:
        for filters in itertools.islice(mixed, number % 20 * 10, number % 20 * 10 + 10):
            search(filters)

    return {
        "everything": lambda _: search(SearchFilters()),
        "a_word": lambda number: search(SearchFilters(words=WORDS[20 + number % 50])),
        "the_commonest_word": lambda _: search(SearchFilters(words=commonest)),
        "two_common_words": lambda _: search(SearchFilters(words=f"{commonest} legal")),
        "a_word_that_is_none": lambda _: search(SearchFilters(words="zzyzx nothing")),
        "a_misspelt_word": lambda number: search(SearchFilters(words=WORDS[20 + number % 50] + "q")),
        "a_beginning": lambda _: search(SearchFilters(words="ba")),
        "a_subtype": lambda number: search(SearchFilters(subtype=subtypes[number % len(subtypes)])),
        "a_district": lambda number: search(SearchFilters(district=districts[number % len(districts)])),
        "a_region_and_type": lambda number: search(
            SearchFilters(region=regions[number % len(regions)], service_type=kinds[number % len(kinds)])
        ),
        "open_now": lambda _: search(SearchFilters(open_now=True, age=30, sex="female")),
        "has_room_now": lambda number: search(
            SearchFilters(available_now=True, region=regions[number % len(regions)])
        ),
        "nearest": lambda number: search(
            SearchFilters(region=regions[number % len(regions)], service_type=kinds[0]), sort=Sort.NEAR
        ),
        "newest_check": lambda _: search(SearchFilters(), sort=Sort.CHECKED),
        "ten_of_a_mixture": mixture,
        "facets": lambda number: facets(asked(number)),
        "match": lambda number: match(
            Needs(
                service_types=[kinds[number % len(kinds)]],
                district=districts[number % len(districts)],
                age=30,
                sex="female",
                languages=["uz"],
            )
        ),
        "icontains": lambda number: list(
            Service.objects.filter(publication="published", name__icontains=WORDS[20 + number % 50])
            .select_related("organization")
            .order_by("name")[:20]
        ),
        "bare_sql": lambda number: _bare(WORDS[20 + number % 50]),
    }


def _pages(world: World, pair: Pair) -> Works:
    """Return the same by HTTP, through every layer: search page, a page of the API, a caseworker's match."""
    anybody = Client()
    person = world.measured[0]
    browsers = {}
    for size in (SMALLER, LARGER):
        with pair.at(size):
            browsers[connection.settings_dict["NAME"]] = signed_in(person, world.seeds[person.pk])
    mine = CaseUserPermission.objects.filter(user=person, expires_at__isnull=True)
    case = mine.filter(content_object__is_open=True).order_by("content_object_id")[0].content_object_id
    address = reverse("referrals:case_match", args=[case])
    districts = list(District.objects.values_list("code", flat=True))

    def match_page(number: int) -> None:
        answered(
            browsers[connection.settings_dict["NAME"]],
            *("post", address),
            service_type=ServiceType.PSYCHOSOCIAL.value,
            district=districts[number % len(districts)],
            language="uz",
        )

    return {
        "page": lambda number: answered(anybody, "get", "/directory/", q=WORDS[20 + number % 50]),
        "api": lambda number: answered(anybody, "get", "/api/v1/services/", words=WORDS[20 + number % 50]),
        "match_page": match_page,
    }


def _bare(word: str) -> list[Any]:
    """Ask the database for the first twenty services with a word, and make nothing of the answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.name FROM services_servicetoken t JOIN services_service s ON s.id = t.service_id"
            " WHERE t.token >= %s AND t.token < %s AND s.publication = 'published'"
            " ORDER BY s.sort_name, s.id LIMIT 20",
            [word, word + "z"],
        )
        return list(cursor.fetchall())


def _import(count: int) -> float:
    """Return how many services a second an import takes in, dry run and commit together."""
    chance = random.Random(11)
    services = [
        {
            "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "name": f"Imported {number}",
            "status": "active",
            "service_type": "psychosocial",
            "organization": {"id": f"org-{number // 5}", "name": f"Imported organisation {number // 5}"},
            "phones": [{"id": f"phone-{number}", "number": f"+998 00 {number:07}"}],
        }
        for number in range(count)
    ]
    start = time.perf_counter()
    import_hsds(json.dumps(services).encode(), source="bench", dry_run=False)
    return round(count / (time.perf_counter() - start), 1)
