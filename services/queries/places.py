"""Regions and districts for choosing, and the drawing of the country."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from services.models import District, Region
from services.queries.entries import RegionCount, counts_by_region

MAP_WIDTH = 640.0
SHADES = 4


def region_choices() -> list[tuple[str, str]]:
    """Return (code, name) of all regions in the order of the list of places."""
    return [(region.code, region.name) for region in Region.objects.only("code", "names", "position")]


def district_choices(region: str) -> list[tuple[str, str]]:
    """Return (code, name) of a region's districts of today, by name."""
    today = timezone.localdate()
    districts = District.objects.filter(region=region).exclude(valid_to__lt=today)
    districts = districts.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today))
    return sorted(((district.code, str(district.name)) for district in districts), key=lambda pair: pair[1])


def place_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return, for each region, its name with (code, name) of itself and of its districts of today."""
    today = timezone.localdate()
    districts: dict[str, list[tuple[str, str]]] = {}
    for row in District.objects.exclude(valid_to__lt=today).only("code", "names", "position", "region"):
        districts.setdefault(row.region_id, []).append((row.code, row.name))
    return [
        (name, [(code, name), *sorted(districts.get(code, []), key=lambda pair: pair[1])])
        for code, name in region_choices()
    ]


@dataclass(frozen=True)
class Area:
    """A region on the map: its SVG path, its numbers, and a shade from 0 (none) to 4 (most)."""

    count: RegionCount
    path: str
    shade: int


@dataclass(frozen=True)
class Map:
    width: int
    height: int
    areas: list[Area]


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


def country_map(now: datetime | None = None) -> Map | None:
    """Return the map of all regions by number of available public services; None without places."""
    counts = counts_by_region(now)
    points = [
        (x, y) for count in counts for polygon in count.region.outline for ring in polygon for x, y in ring
    ]
    if not points:
        return None
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    scale = MAP_WIDTH / ((east - west) * 0.75)
    most = max(count.available for count in counts)
    areas = [
        Area(
            count,
            _path(count.region.outline, west, north, scale),
            -(-count.available * SHADES // most) if most else 0,
        )
        for count in counts
    ]
    return Map(round(MAP_WIDTH), round((north - south) * scale), areas)
