"""A process that does one thing after another and is killed with SIGKILL at a random moment of it.

The child is forked from the test, so that hundreds of kills do not wait for Python to start. It opens a
connection of its own, and writes a line into a pipe after each change that was acknowledged to it.
"""

import os
import random
import select
import signal
import time
from collections.abc import Callable, Sequence

from django.db import connection, connections

Work = Callable[[], object]
_CHANCE = random.SystemRandom()


class Killer:
    """Kills at a moment drawn from the whole duration of the work, which it measures as it goes."""

    def __init__(self) -> None:
        self._lasts = 0.0
        self.inside = self.unheard = self.acknowledged = 0

    def measure(self, work: Sequence[Work]) -> int:
        """Run the work in a child to its end, unharmed; return how many it acknowledged: all."""
        return self._run(work, None)

    def run(self, work: Sequence[Work]) -> int:
        """Run the work in a child and kill it; return how many it acknowledged, once the database knows."""
        return self._run(work, _CHANCE.uniform(0, self._lasts * len(work)))

    def count(self, *, acknowledged: int, done: int, of: int) -> None:
        """Count what a kill came upon: work that stayed undone, or done and not heard of any more."""
        self.acknowledged += acknowledged
        self.unheard += done - acknowledged
        self.inside += int(acknowledged == done < of)

    def __str__(self) -> str:
        return (
            f"{self.acknowledged} acknowledged, {self.unheard} done but killed before the word, "
            f"{self.inside} kills left the one at work as it was, {self._lasts * 1000:.0f} ms each"
        )

    def _run(self, work: Sequence[Work], after: float | None) -> int:
        reading, writing = os.pipe()
        connections.close_all()
        child = os.fork()
        if child == 0:
            _work(work, writing)
        os.close(writing)
        ready, _, _ = select.select([reading], [], [], 60)
        try:
            if not ready or os.read(reading, 6) != b"ready\n":
                raise RuntimeError("the child never began")
            if after is None:
                os.waitpid(child, 0)
            else:
                time.sleep(after)
        finally:
            if after is not None or not ready:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        with os.fdopen(reading) as pipe:
            # The last line may be torn: then it was never heard.
            lines = [line for line in pipe.read().split("\n")[:-1] if line]
        if "failed" in "".join(lines):
            raise RuntimeError(lines[-1])
        for line in lines:
            self._lasts = self._lasts * 0.9 + float(line) * 0.1 if self._lasts else float(line)
        _wait_until_the_database_knows()
        return len(lines)


def _work(work: Sequence[Work], writing: int) -> None:
    """Be the child: never return, and leave nothing of the test's own process behind."""
    try:
        connection.ensure_connection()
        os.write(writing, b"ready\n")
        for one in work:
            began = time.monotonic()
            one()
            os.write(writing, f"{time.monotonic() - began}\n".encode())
    except BaseException as error:  # noqa: BLE001 - the test's process raises it
        os.write(writing, f"failed: {error!r}\n".encode())
    finally:
        os._exit(0)


def _wait_until_the_database_knows() -> None:
    """PostgreSQL finds out after a moment that its client is gone; a commit on its way still counts."""
    if connection.vendor != "postgresql":
        return
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(others)
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.002)
    raise RuntimeError("the killed child's connection is still there")
