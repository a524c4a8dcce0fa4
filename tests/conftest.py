"""Fixtures that every room shares. ``HAMROH_MODE=test`` before Django reads its settings."""

import os
from typing import TYPE_CHECKING

import pytest

os.environ["HAMROH_MODE"] = "test"

if TYPE_CHECKING:
    from tests.people import Network


@pytest.fixture
def network(db: None) -> "Network":
    """Three agencies with real keys (tests/people.py)."""
    from tests import people

    return people.get_network()
