"""The directory with the demo network in it: a few searches as the public page makes them."""

from pathlib import Path
from typing import Any

from bench.timing import in_turn
from bench.world import World
from services.actions import import_hsds, publish
from services.codes import ServiceType
from services.models import Service
from services.queries import SearchFilters, search

_DEMO = Path(__file__).resolve().parent.parent / "services" / "demo"


def measure(world: World) -> dict[str, Any]:
    """Import the demo network once, publish it, and measure searches in turn."""
    if not Service.objects.exists():
        for file in sorted(_DEMO.glob("*.json")):
            if file.name != "availability.json":
                import_hsds(file.read_bytes(), source="demo", dry_run=False, file_name=file.name)
        publish(Service.objects.values_list("pk", flat=True))
    searches = {
        "everything": SearchFilters(),
        "one_word": SearchFilters(words="legal"),
        "type_and_place": SearchFilters(service_type=ServiceType.HEALTH_MEDICAL, region="UZ-TK"),
        "open_now_for_her": SearchFilters(open_now=True, language="uz", age=30, sex="female"),
    }
    samples = in_turn(
        {name: lambda _, filters=filters: search(filters) for name, filters in searches.items()},
        rounds=world.scale.rounds // 2,
    )
    found = {name: len(search(filters).cards) for name, filters in searches.items()}
    return {"services": Service.objects.count(), "found_on_first_page": found, **samples.to_json()}
