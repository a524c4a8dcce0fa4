"""What the real set-up made once, given to every later test as a copy of its rows.

Keys, agencies and the invented directory take a second to make and a hundredth of it to copy. The
rows are read and written as the database holds them, so nothing of a model runs in between.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import time
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

Made = TypeVar("Made")


class Copies(Generic[Made]):
    """Something that ``make`` builds in the tables of ``rooms``, beside what others built there."""

    def __init__(self, make: Callable[[], Made], *rooms: str) -> None:
        self._make = make
        self._rooms = rooms
        self._kept: tuple[Made, list[tuple[str, list[Any]]]] | None = None
        self._permissions: list[Any] = []

    def get(self) -> Made:
        """Build it, or write its rows again; return what ``make`` returned, for this test alone."""
        # A flush after a transactional test makes the permissions anew, and kept rows may point at them.
        permissions = list(Permission.objects.order_by("pk").values_list("pk", "codename"))
        if self._kept is None or self._permissions != permissions:
            before = {table: {row[0] for row in _rows(table)} for table in self._tables()}
            made = self._make()
            self._permissions = permissions
            built = [
                (table, [row for row in _rows(table) if row[0] not in there])
                for table, there in before.items()
            ]
            self._kept = (deepcopy(made), built)
            return made
        made, kept = self._kept
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in kept:
                if rows:
                    places = ", ".join(["%s"] * len(rows[0]))
                    name = connection.ops.quote_name(table)
                    cursor.executemany(f"INSERT INTO {name} VALUES ({places})", rows)  # noqa: S608
            for statement in connection.ops.sequence_reset_sql(no_style(), list(self._models())):
                cursor.execute(statement)
        return deepcopy(made)

    def _models(self) -> Iterable[type[Model]]:
        yield Group
        for room in self._rooms:
            yield from apps.get_app_config(room).get_models(include_auto_created=True)

    def _tables(self) -> list[str]:
        return list(dict.fromkeys(model._meta.db_table for model in self._models()))


def _rows(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
        rows = cursor.fetchall()
    if connection.vendor == "sqlite":  # its driver reads times of day and cannot write them
        rows = [[str(value) if isinstance(value, time) else value for value in row] for row in rows]
    return list(rows)
