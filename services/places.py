"""Places: load them from our data file, find them by code or name, measure between them.

Regions and districts are data (``services/data/places.json``); nothing here knows a country.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from services.folding import tokens
from services.models import District, Region

DATA_FILE = Path(__file__).parent / "data" / "places.json"
EARTH_RADIUS_KM = 6371.0

# Words for kinds of places, folded: they say nothing about which one is meant.
_KINDS = frozenset(
    word
    for text in (
        "tumani shahri viloyati Respublikasi District City Region Republic of province oblast",
        "тумани шаҳри вилояти республикаси район область город республика обл г",
    )
    for word in tokens(text)
)
_CITY = frozenset(tokens("shahri shahar City город шаҳри г"))


def centroid(polygons: list[list[list[list[float]]]]) -> tuple[float, float]:
    """Return (latitude, longitude) of the middle of an outline, by area of its outer rings."""
    total = x_sum = y_sum = 0.0
    for rings in polygons:
        ring = rings[0]
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            cross = x1 * y2 - x2 * y1
            total += cross
            x_sum += (x1 + x2) * cross
            y_sum += (y1 + y2) * cross
    return y_sum / (3 * total), x_sum / (3 * total)


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance between two (latitude, longitude) points in kilometres."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*a, *b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@transaction.atomic
def load(path: Path = DATA_FILE) -> tuple[int, int]:
    """Write the file's places over ours; return how many regions and districts it holds.

    Places that the file no longer names stay: services may point at them. Give them ``valid_to``.
    """
    listed: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["regions"]
    regions, districts = [], []
    for position, region in enumerate(listed):
        latitude, longitude = centroid(region["outline"])
        regions.append(
            Region(
                code=region["code"],
                soato=region["soato"],
                names=region["names"],
                outline=region["outline"],
                latitude=round(latitude, 4),
                longitude=round(longitude, 4),
                time_zone=region["time_zone"],
                position=position,
            )
        )
        districts += [
            District(
                code=district["code"],
                region_id=region["code"],
                soato=district["soato"],
                names=district["names"],
                aliases=district["aliases"],
                valid_from=_date(district["valid_from"]),
                valid_to=_date(district["valid_to"]),
                position=place,
            )
            for place, district in enumerate(region["districts"])
        ]
    _write_over(Region, regions)
    _write_over(District, districts)
    return len(regions), len(districts)


def _write_over(model: type[Region | District], rows: list[Any]) -> None:
    columns = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=columns
    )


@dataclass(frozen=True)
class Place:
    """A region, or a district in it."""

    region: str
    district: str | None = None


def short_name(name: str) -> str:
    """Return a place's name without the words for its kind: Jizzax of Jizzax viloyati."""
    words = [word for word in name.split() if not set(tokens(word)) & _KINDS]
    return " ".join(words) or name


def _key(text: str) -> tuple[frozenset[str], bool]:
    """Return the folded words that tell a place, and whether the text says it is a city."""
    words = frozenset(tokens(text))
    return words - _KINDS, bool(words & _CITY)


# Folded words of a name → the places of that name, and whether the name says *city*.
_Names = dict[frozenset[str], list[tuple[Place, bool]]]


class Gazetteer:
    """All places in memory, to find many by code or name (an import). Two queries to make."""

    def __init__(self) -> None:
        self._codes: dict[str, Place] = {}
        self._regions: _Names = {}
        self._districts: _Names = {}
        for region in Region.objects.only("code", "soato", "names"):
            place = Place(region.code)
            self._remember_codes(place, [region.code, region.soato])
            self._remember_names(self._regions, place, region.names.values())
        for district in District.objects.only("code", "soato", "names", "aliases", "region"):
            place = Place(district.region_id, district.code)
            self._remember_codes(place, [district.code, district.soato, *district.aliases])
            self._remember_names(self._districts, place, [*district.names.values(), *district.aliases])

    def _remember_codes(self, place: Place, codes: Iterable[str]) -> None:
        for code in codes:
            if code:
                self._codes[code.lower()] = place

    def _remember_names(self, where: _Names, place: Place, names: Iterable[str]) -> None:
        for name in set(names):
            words, city = _key(name)
            entries = where.setdefault(words, [])
            if (place, city) not in entries:
                entries.append((place, city))

    def by_code(self, code: str) -> Place | None:
        """Find by ISO 3166-2, SOATO or our own code; ``UZ-JI/Jizzax shahri`` names a district in a region."""
        code = code.strip()
        if "/" in code:
            region, _, name = code.partition("/")
            inside = self.by_code(region)
            return self.by_name(name, inside.region) if inside else None
        return self._codes.get(code.lower())

    def by_name(self, name: str, region: str | None = None) -> Place | None:
        """Find by name in any script; None when unknown or when two places share the name.

        Districts win over regions when a region is given; a word such as *city* decides
        between a district and the town of the same name.
        """
        words, city = _key(name)
        if not words:
            return None
        found = [
            (place, is_city)
            for place, is_city in self._districts.get(words, [])
            if region is None or place.region == region
        ]
        whole = self._regions.get(words, [])
        if region is None and whole and not (city and found):
            candidates = whole
        else:
            candidates = found or [entry for entry in whole if region in (None, entry[0].region)]
        if len({place for place, _ in candidates}) > 1:
            candidates = [(place, is_city) for place, is_city in candidates if is_city == city]
        places = {place for place, _ in candidates}
        return places.pop() if len(places) == 1 else None
