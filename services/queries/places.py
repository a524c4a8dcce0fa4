"""Regions and districts for choosing, and the drawing of the country."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from services.models import District, Region
from services.places import short_name
from services.queries.entries import RegionCount, counts_by_region

MAP_WIDTH = 640.0
SHADES = 4
LETTER_WIDTH = 6.0  # of a label, in units of the map


def region_choices() -> list[tuple[str, str]]:
    """Return (code, name) of all regions in the order of the list of places."""
    return [(region.code, region.name) for region in Region.objects.only("code", "names", "position")]


def districts_of_today(today: date | None = None) -> QuerySet[District]:
    """Return the districts that exist today: units move, and old ones stay for what names them."""
    today = today or timezone.localdate()
    return District.objects.exclude(valid_to__lt=today).exclude(valid_from__gt=today)


def _by_region(region: str = "") -> dict[str, list[tuple[str, str]]]:
    """Return (code, name) of the districts of today by name, for one region or each. One query."""
    rows = districts_of_today().only("code", "names", "region")
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows.filter(region=region) if region else rows:
        found.setdefault(row.region_id, []).append((row.code, str(row.name)))
    return {code: sorted(named, key=lambda pair: pair[1]) for code, named in found.items()}


def district_choices(region: str) -> list[tuple[str, str]]:
    """Return (code, name) of a region's districts of today, by name."""
    return _by_region(region).get(region, [])


def place_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return, for each region, its name with (code, name) of itself and of its districts of today."""
    districts = _by_region()
    return [(name, [(code, name), *districts.get(code, [])]) for code, name in region_choices()]


def grouped_districts() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the districts of today under the name of their region, for a select box. Two queries."""
    districts = _by_region()
    return [(name, districts[code]) for code, name in region_choices() if code in districts]


@dataclass(frozen=True)
class Area:
    """A region on the map: its SVG path, its numbers, and a shade from 0 (none) to 4 (most).

    ``label`` is its name without the word for its kind, at (``x``, ``y``); empty where it has no room.
    """

    count: RegionCount
    path: str
    shade: int
    label: str = ""
    x: int = 0
    y: int = 0
    is_roomy: bool = False  # the label fits on a phone too
    is_chosen: bool = False


@dataclass(frozen=True)
class Shade:
    """A line of the legend: this shade stands for ``lowest`` to ``highest`` services."""

    shade: int
    lowest: int
    highest: int


@dataclass(frozen=True)
class Map:
    width: int
    height: int
    areas: list[Area]
    legend: list[Shade]


def _path(outline: list[list[list[list[float]]]], west: float, north: float, scale: float) -> str:
    """Draw polygons of [longitude, latitude]: at these latitudes a degree east is ¾ of one north.

    Points nearer than two units to the one before are left out: nobody sees them.
    """
    rings = []
    for polygon in outline:
        for ring in polygon:
            points: list[tuple[float, float]] = []
            for x, y in ring[:-1]:
                point = (x - west) * scale * 0.75, (north - y) * scale
                if not points or max(abs(point[0] - points[-1][0]), abs(point[1] - points[-1][1])) >= 2:
                    points.append(point)
            if len(points) > 2:
                rings.append("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points) + "Z")
    return "".join(rings)


def _legend(most: int) -> list[Shade]:
    """Return what each shade stands for; shades that no number gets are left out."""
    found = [Shade(0, 0, 0)]
    for shade in range(1, SHADES + 1):
        lowest, highest = most * (shade - 1) // SHADES + 1, most * shade // SHADES
        if lowest <= highest:
            found.append(Shade(shade, lowest, highest))
    return found


def _drawn(counts: list[RegionCount], chosen: str) -> Map | None:
    """Draw all regions, or the chosen one with what is around it."""
    framed = [count.region for count in counts if chosen in ("", count.region.code)]
    points = [(x, y) for region in framed for polygon in region.outline for ring in polygon for x, y in ring]
    if not points:
        return None
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    if chosen:
        edge = max(east - west, north - south) * 0.08
        west, east, south, north = west - edge, east + edge, south - edge, north + edge
    # A tall region is drawn smaller: a picture of it should fit on a screen.
    scale = min(MAP_WIDTH / ((east - west) * 0.75), MAP_WIDTH / (north - south))
    width, height = round((east - west) * scale * 0.75), round((north - south) * scale)
    most = max(count.available for count in counts)
    areas = []
    for count in counts:
        region = count.region
        reach = [(x, y) for polygon in region.outline for ring in polygon for x, y in ring]
        left, right = ((edge(x for x, _ in reach) - west) * scale * 0.75 for edge in (min, max))
        top, bottom = ((north - edge(y for _, y in reach)) * scale for edge in (max, min))
        if right < 0 or left > width or bottom < 0 or top > height:
            continue
        x, y = (region.longitude - west) * scale * 0.75, (north - region.latitude) * scale
        label = short_name(str(region.name))
        has_room = right - left > len(label) * LETTER_WIDTH and bottom - top > LETTER_WIDTH * 3
        inside = 20 < x < width - 20 and 12 < y < height - 12
        areas.append(
            Area(
                count,
                _path(region.outline, west, north, scale),
                -(-count.available * SHADES // most) if most else 0,
                label if has_room and inside else "",
                round(x),
                round(y),
                is_roomy=right - left > len(label) * LETTER_WIDTH * 2,
                is_chosen=region.code == chosen,
            )
        )
    return Map(width, height, areas, _legend(most))


def country_map(now: datetime | None = None) -> Map | None:
    """Return the map of all regions by number of available public services; None without places."""
    return _drawn(counts_by_region(now), "")


def region_map(region: str, now: datetime | None = None) -> Map | None:
    """Return the map of one region, with parts of its neighbours, in the same shades."""
    return _drawn(counts_by_region(now), region)
