"""Fixtures that every room shares. The test environment itself is set in ``tests/environment.py``."""

import gc
from collections.abc import Iterator
from copy import copy
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import TransactionTestCase, client
from django.test.utils import ContextList
from django.utils import translation
from hypothesis import settings

if TYPE_CHECKING:
    from tests.people import Network

gc.disable()  # until all is imported: see pytest_collection_finish

# A test says what is true, never how fast: timings live in bench/.
settings.register_profile("hamroh", deadline=None)
settings.load_profile("hamroh")


# What Django writes after a migration, and nobody changes.
_KEPT = {"django_content_type", "auth_permission"}


def _empty_tables(case: TransactionTestCase) -> None:
    """Empty what a test without its own transaction has written.

    Django would truncate every table and make the permissions anew: most of a second for each test,
    and the set-ups kept in ``tests.copies`` point at the old ones.
    """
    names = set(connection.introspection.django_table_names(only_existing=True)) - _KEPT
    quoted = [connection.ops.quote_name(name) for name in sorted(names)]
    filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in quoted)  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(filled)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608


TransactionTestCase._fixture_teardown = _empty_tables


def _keep_what_a_page_was_given(store: dict[str, Any], *, template: Any, context: Any, **_: Any) -> None:
    """Keep the names of all templates of an answer, and what the first of them was given.

    Django's client copies what every component is given: a twelfth of the whole run.
    """
    store.setdefault("templates", []).append(template)
    if "context" not in store:
        store["context"] = ContextList([copy(context)])


client.store_rendered_templates = _keep_what_a_page_was_given  # type: ignore[attr-defined]

_TOUCHES_DATABASE = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what touches no database: it ran on SQLite, and is the same here."""
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


def pytest_collection_finish() -> None:
    """Look for garbage less often, and not among what was imported: a twelfth of the whole run."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """Let no test speak the language that a page was asked in before."""
    yield
    translation.activate(django_settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _own_quota() -> None:
    """Let no test find the minute of the open API spent by another."""
    from services.actions import quota  # once Django is set up

    quota._known.clear()
    quota._unwritten.clear()


@pytest.fixture
def network(db: None) -> "Network":
    """Three agencies with real keys (tests/people.py)."""
    from tests import people

    return people.get_network()
