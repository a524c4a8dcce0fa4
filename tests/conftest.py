"""Fixtures that every room shares. The test environment itself is set in ``tests/environment.py``."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.people import Network

# A test says what is true, never how fast: timings live in bench/.
settings.register_profile("hamroh", deadline=None)
settings.load_profile("hamroh")


@pytest.fixture
def network(db: None) -> "Network":
    """Three agencies with real keys (tests/people.py)."""
    from tests import people

    return people.get_network()
