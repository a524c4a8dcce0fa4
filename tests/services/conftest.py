"""Places once a run, and the demo network's files."""

from pathlib import Path

import pytest

from services import places

DEMO = Path(__file__).parents[2] / "services" / "demo"


@pytest.fixture
def places_loaded(db: None) -> None:
    places.load()
