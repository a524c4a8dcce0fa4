"""The access log: entries appended per second by one and by eight writers, and verified per second.

Writers are processes with connections of their own, as on a site; each entry is committed before
the next begins, as before every disclosure. Beside them: one row of a plain log in the clear,
without chain, seal or lock, also committed one by one.
"""

import hashlib
import multiprocessing
import tempfile
import time
import uuid
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connections
from django.utils import timezone

from audit.actions import make_checkpoint, record_first
from audit.errors import LogFailed
from audit.queries import export_lines
from audit.verify_audit import Verification
from bench.models import PlainEntry
from bench.timing import in_turn
from bench.world import World
from referrals import entries

_PATIENCE_SECONDS = 60.0
_FORK = multiprocessing.get_context("fork")


def measure(world: World) -> dict[str, Any]:
    """Measure appends with one and eight writers in turn, then the verification of what was written."""
    agency, actor = world.agencies[-1].id, world.measured[0].id

    def plain() -> None:
        PlainEntry.objects.create(
            agency=agency,
            at=timezone.now(),
            actor=actor,
            action=entries.CASE_VIEWED.name,
            kind="case",
            object=str(uuid.uuid4()),
            outcome="allowed",
            detail={"to": "view"},
        )

    def append() -> None:
        record_first(
            entries.CASE_VIEWED,
            agency=agency,
            actor=actor,
            kind="case",
            object=str(uuid.uuid4()),
            detail={"to": "view"},
        )

    kinds = {"plain_rows": (plain, 1), "one_writer": (append, 1), "eight_writers": (append, 8)}
    rates: dict[str, list[float]] = {name: [] for name in kinds}
    failed = 0
    for _ in range(world.scale.log_rounds):
        for name, (work, writers) in kinds.items():
            done, lost = _at_once(work, writers=writers, seconds=world.scale.log_seconds)
            rates[name].append(done / world.scale.log_seconds)
            failed += lost
    return {
        "appends_per_second": {
            name: {
                "median": round(median(all_), 1),
                "least": round(min(all_), 1),
                "most": round(max(all_), 1),
            }
            for name, all_ in rates.items()
        },
        "refused_appends": failed,
        "plain_to_one_writer": _ratio(rates, "plain_rows", "one_writer"),
        "eight_writers_to_one": _ratio(rates, "eight_writers", "one_writer"),
        "verification": verification(agency=agency),
    }


def _ratio(rates: dict[str, list[float]], name: str, to: str) -> float:
    return round(median(one / other for one, other in zip(rates[name], rates[to], strict=True)), 2)


def _at_once(work: Callable[[], None], *, writers: int, seconds: float) -> tuple[int, int]:
    """Return how often ``work`` was done by so many processes in so many seconds, and how often refused."""
    connections.close_all()  # a child must not speak through its parent's connection
    barrier = _FORK.Barrier(writers)
    results = _FORK.SimpleQueue()
    children = [
        _FORK.Process(target=_write, args=(work, seconds, barrier, results), daemon=True)
        for _ in range(writers)
    ]
    for child in children:
        child.start()
    found = [results.get() for _ in children]
    for child in children:
        child.join()
    return sum(done for done, _ in found), sum(lost for _, lost in found)


def _write(work: Callable[[], None], seconds: float, barrier: Barrier, results: Any) -> None:
    done = lost = 0
    try:
        work()  # connects, and makes this process's segment key
        barrier.wait(_PATIENCE_SECONDS)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            try:
                work()
                done += 1
            except LogFailed:
                lost += 1
    finally:
        results.put((done, lost))
        connections.close_all()


def verification(*, agency: uuid.UUID) -> dict[str, Any]:
    """Measure the stand-alone verifier beside SHA-256 over the same lines, in turn."""
    note = make_checkpoint(agency=agency)
    with tempfile.TemporaryDirectory(prefix="hamroh-bench-") as folder:
        file = Path(folder) / "log.jsonl"
        with file.open("wb") as out:
            out.writelines(export_lines(agency=agency, note=note))

        def verify(_: int) -> None:
            with file.open("rb") as lines:
                found = Verification()
                if found.run(lines):
                    raise RuntimeError("The log does not verify.")

        def raw(_: int) -> None:
            with file.open("rb") as lines:
                for line in lines:
                    hashlib.sha256(line).digest()

        samples = in_turn({"verify": verify, "sha256": raw}, rounds=7, warm_up=1)
        with file.open("rb") as lines:
            count = sum(1 for line in lines if line.startswith(b'{"seq"'))
        size = file.stat().st_size
    return {
        "entries": count,
        "bytes": size,
        "entries_per_second": round(count / samples.median("verify")),
        "sha256_lines_per_second": round(count / samples.median("sha256")),
        "verify_to_sha256": round(samples.ratio("verify", "sha256"), 1),
    }
