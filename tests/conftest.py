"""Fixtures that every room shares. The test environment itself is set in ``tests/environment.py``."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.people import Network


@pytest.fixture
def network(db: None) -> "Network":
    """Three agencies with real keys (tests/people.py)."""
    from tests import people

    return people.get_network()
