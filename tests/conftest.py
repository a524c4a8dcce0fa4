"""Fixtures that every room shares. The test environment itself is set in ``tests/environment.py``."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as django_settings
from django.utils import translation
from hypothesis import settings

if TYPE_CHECKING:
    from tests.people import Network

# A test says what is true, never how fast: timings live in bench/.
settings.register_profile("hamroh", deadline=None)
settings.load_profile("hamroh")


_TOUCHES_DATABASE = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what touches no database: it ran on SQLite, and is the same here."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return
    left_out = [
        item
        for item in items
        if not item.get_closest_marker("django_db")
        and not item.get_closest_marker("each_database")
        and not _TOUCHES_DATABASE & set(getattr(item, "fixturenames", ()))
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """Let no test speak the language that a page was asked in before."""
    yield
    translation.activate(django_settings.LANGUAGE_CODE)


@pytest.fixture
def network(db: None) -> "Network":
    """Three agencies with real keys (tests/people.py)."""
    from tests import people

    return people.get_network()
