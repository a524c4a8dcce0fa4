"""Places, the demo network's directory, and small services to make by hand."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command

from services import actions, places
from services.models import Service
from tests.copies import Copies

PROJECT = Path(__file__).parents[2]
DEMO = PROJECT / "services" / "demo"
SHARED_HSDS = PROJECT.parent / "shared" / "data" / "hsds-3.1"

Make = Callable[..., Service]


PLACES = Copies(places.load, "services")
DIRECTORY = Copies(lambda: call_command("load_demo_directory", verbosity=0), "services")


@pytest.fixture
def places_loaded(db: None) -> None:
    PLACES.get()


@pytest.fixture
def demo(db: None) -> None:
    """The invented directory, imported, published and with availability."""
    DIRECTORY.get()


def hsds_service(**changes: Any) -> dict[str, Any]:
    """Return a small HSDS service with its organization and a public site in Zomin."""
    service: dict[str, Any] = {
        "id": str(uuid4()),
        "name": "Listening room Namuna",
        "status": "active",
        "description": "Somebody listens.",
        "service_type": "psychosocial",
        "organization": {"id": str(uuid4()), "name": "Namuna", "description": "Invented."},
        "phones": [{"id": str(uuid4()), "number": "+998 00 000 99 01"}],
        "languages": [{"id": str(uuid4()), "code": "uz", "name": "Uzbek"}],
        "schedules": [
            {
                "id": str(uuid4()),
                "freq": "WEEKLY",
                "byday": "MO,TU,WE,TH,FR,SA,SU",
                "opens_at": "00:00",
                "closes_at": "23:59",
            }
        ],
        "service_at_locations": [
            {
                "id": str(uuid4()),
                "location": {
                    "id": str(uuid4()),
                    "location_type": "physical",
                    "latitude": 39.9,
                    "longitude": 68.4,
                    "district": {"region_iso": "UZ-JI", "name_uz_latn": "Zomin tumani"},
                    "addresses": [
                        {
                            "id": str(uuid4()),
                            "address_1": "Namuna street 1",
                            "city": "Zomin",
                            "state_province": "Jizzax",
                            "postal_code": "000000",
                            "country": "UZ",
                            "address_type": "physical",
                        }
                    ],
                },
            }
        ],
    }
    return service | changes


def as_file(*services: Any) -> bytes:
    return json.dumps(list(services)).encode()


def imported(*services: dict[str, Any], source: str = "test", publish: bool = True) -> list[Service]:
    """Import services and publish them; return them in the order given."""
    actions.import_hsds(as_file(*services), source=source, dry_run=False)
    ids = [UUID(service["id"]) for service in services]
    if publish:
        actions.publish(ids)
    found = Service.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


@pytest.fixture
def make(places_loaded: None) -> Make:
    """Make one published service from an HSDS object with changes."""

    def one(**changes: Any) -> Service:
        return imported(hsds_service(**changes))[0]

    return one
