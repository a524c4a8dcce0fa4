"""One database at two sizes, both at hand: so that growth is a ratio of the same round, like every other.

The smaller one is a copy made before the larger one grew on: the same people, keys and rows in both.
Django speaks to one or the other by what stands behind its default connection.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.db.utils import load_backend

from bench.timing import Samples, Work, in_turn

SMALLER, LARGER = "smaller", "larger"
# What each work is called in a pair of samples: its name, and at which size.
Works = dict[str, Work]


class Pair:
    """The two sizes. Make it when the database is small; then let it grow."""

    def __init__(self, larger: Any, smaller: Any) -> None:
        self._at = {LARGER: larger, SMALLER: smaller}

    def close(self) -> None:
        """Let both databases be connected to anew."""
        for one in self._at.values():
            one.close()

    @contextmanager
    def at(self, size: str) -> Iterator[None]:
        """Let Django speak to the database of this size."""
        connections["default"] = self._at[size]
        try:
            yield
        finally:
            connections["default"] = self._at[LARGER]

    def sized(self, works: Works) -> Works:
        """Return each work twice: once in each database."""
        return {f"{name}@{size}": self._work(work, size) for name, work in works.items() for size in self._at}

    def _work(self, work: Work, size: str) -> Work:
        def do(number: int) -> None:
            with self.at(size):
                work(number)

        return do

    def in_turn(
        self, works: Works, *, rounds: int, warm_up: int = 2, before: Works | None = None, **how: Any
    ) -> tuple[dict[str, Samples], dict[str, float]]:
        """Measure all works at both sizes in turn; return the samples by size, and each one's growth."""
        both = in_turn(
            self.sized(works), rounds=rounds, warm_up=warm_up, before=self.sized(before or {}), **how
        )
        samples = {
            size: Samples({name: both.seconds[f"{name}@{size}"] for name in works}) for size in self._at
        }
        growth = {name: round(both.ratio(f"{name}@{LARGER}", f"{name}@{SMALLER}"), 2) for name in works}
        return samples, growth


@contextmanager
def kept_small() -> Iterator[Pair]:
    """Copy the database as it is, yield both, and drop the copy. The default connection is the larger."""
    larger = connections["default"]
    settings = deepcopy(larger.settings_dict)
    drop: Callable[[], None]
    if connection.vendor == "sqlite":
        settings["NAME"], drop = _copied_file(settings["NAME"])
    else:
        settings["NAME"], drop = _copied_database(settings["NAME"])
    smaller = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, alias="default")
    try:
        yield Pair(larger, smaller)
    finally:
        smaller.close()
        drop()


def _copied_file(name: Any) -> tuple[str, Callable[[], None]]:
    copy = f"{name}.smaller"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    shutil.copyfile(name, copy)

    def drop() -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{copy}{end}").unlink(missing_ok=True)

    return copy, drop


def _copied_database(name: str) -> tuple[str, Callable[[], None]]:
    copy = f"{name}_smaller"
    quoted = [connection.ops.quote_name(one) for one in (name, copy)]
    connection.close()  # nobody may be in a database that is copied
    _by_another("DROP DATABASE IF EXISTS {1}".format(*quoted))
    _by_another("CREATE DATABASE {1} TEMPLATE {0}".format(*quoted))
    return copy, lambda: _by_another("DROP DATABASE {1}".format(*quoted))


def _by_another(statement: str) -> None:
    """Run one statement from the server's own database."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def analyze() -> None:
    """Do what PostgreSQL's own clock does. Nobody analyses a SQLite in daily use, so it goes without."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


@contextmanager
def before_others(pair: Pair) -> Iterator[None]:
    """Let this process, and what serves it at the database, go before other work on the machine.

    Only where ``BENCH_NICE`` says how far (-10), which takes root; else nothing changes.
    """
    nice = int(os.environ.get("BENCH_NICE", "0"))
    usual = os.getpriority(os.PRIO_PROCESS, 0)

    def lift(connection: Any, **_: Any) -> None:
        if connection.vendor == "postgresql":
            os.setpriority(os.PRIO_PROCESS, connection.connection.info.backend_pid, nice)

    if not nice:
        yield
        return
    pair.close()
    connection_created.connect(lift)
    os.setpriority(os.PRIO_PROCESS, 0, nice)
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, usual)
        connection_created.disconnect(lift)
