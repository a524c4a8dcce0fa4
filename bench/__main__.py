"""``make bench``: build, measure on SQLite and on PostgreSQL, print a table, write JSON.

``make bench ARGS="--only cases,log"`` leaves the rest out; ``--only referrals`` makes a million of them.
Every database is made for this run and dropped after it. PostgreSQL is a throw-away one, as durable as
a real one, unless ``HAMROH_DATABASE_URL`` names a server: there too only databases named
``hamroh_bench_…`` are touched. Where other work runs beside it, root may say ``BENCH_NICE=-10``: what is
timed then goes before the rest of the machine.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench import table
from tools import postgres

PROJECT = Path(__file__).resolve().parent.parent
RESULTS = PROJECT / "bench" / "results"
# The cases are measured with one agency in the database and again with all.
AGENCIES = {"full": (1, 10), "small": (1, 2)}
PARTS = ("cases", "log", "signing_in", "directory", "referrals")
DATABASES = ("sqlite", "postgresql")
# As it runs for real: an append that need not reach the disk says nothing; and as docs/operations.md says.
DURABLE = ["-c", "max_connections=100", "-c", "random_page_cost=1.1"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--scale", choices=sorted(AGENCIES), default="full")
    parser.add_argument("--database", choices=DATABASES, help="leave the other database out")
    parser.add_argument("--only", type=_parts, default=PARTS, help="such as cases,log")
    parser.add_argument("--keep", type=Path, help="leave the databases, to measure on them again")
    parser.add_argument("--out", type=Path, help="where to write the JSON")
    options = parser.parse_args()
    started = datetime.now(UTC)
    found: dict[str, Any] = {
        "scale": options.scale,
        "at": started.isoformat(timespec="seconds"),
        # What the figures depend on, and nothing that names the machine.
        "machine": {
            "python": platform.python_version(),
            "processors": os.cpu_count(),
            "architecture": platform.machine(),
            "load_at_the_start": round(os.getloadavg()[0], 1),
        },
        "databases": {},
    }
    with tempfile.TemporaryDirectory(prefix="hamroh-bench-") as temporary:
        folder = options.keep or Path(temporary)
        (folder / "static").mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            urls = {}
            if options.database != "postgresql":
                urls["sqlite"] = f"sqlite:///{folder / 'bench.sqlite3'}"
            if options.database != "sqlite":
                url = stack.enter_context(server())
                if url is None:
                    missing = "There is no PostgreSQL here. Install it with:  apt install postgresql"
                    found["databases"]["postgresql"] = missing
                else:
                    urls["postgresql"] = stack.enter_context(database(options, url))
            found["databases"] |= {name: [] for name in urls}
            sizes = AGENCIES[options.scale]
            if not {"cases", "log"} & set(options.only):
                sizes = sizes[:1]  # the directory and signing in do not grow with the cases
            for number in sizes:
                # Side by side, because nothing is measured yet.
                building = [child(options.scale, number, folder, name, urls[name]) for name in urls]
                for one in building:
                    one()
                parts = options.only if number == max(sizes) else ["cases"]
                for name, url in urls.items():
                    measured = child(options.scale, number, folder, name, url, parts=parts)()
                    found["databases"][name].append(measured)
    found["machine"]["load_at_the_end"] = round(os.getloadavg()[0], 1)
    out = options.out or RESULTS / f"{started:%Y-%m-%dT%H-%M-%S}-{options.scale}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(table.text(found))
    return 0


@contextmanager
def server() -> Iterator[str | None]:
    """Yield the URL of the named PostgreSQL server, or of a throw-away one, or None."""
    named = os.environ.get("HAMROH_DATABASE_URL", "")
    if named.startswith("postgres"):
        yield named
        return
    with postgres.throw_away(DURABLE) as url:
        yield url


@contextmanager
def database(options: argparse.Namespace, url: str) -> Iterator[str]:
    """Make a database on the server, yield its URL, and drop it."""
    # Runs side by side do not meet; what is kept is found again.
    name = f"hamroh_bench_{options.scale}" + ("" if options.keep else f"_{os.getpid()}")
    with psycopg.connect(url, autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not there:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            if not options.keep:
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def child(
    scale: str, number: int, folder: Path, name: str, url: str, *, parts: Iterable[str] = ()
) -> Callable[[], dict[str, Any]]:
    """Start a process that builds so many agencies in one database and measures these parts.

    Call what is returned to wait for it and to get what it found.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HAMROH_")}
    environment |= {"HAMROH_MODE": "test", "HAMROH_VAR_DIR": str(folder), "HAMROH_DATABASE_URL": url}
    out = folder / f"found-{name}.json"
    command = [sys.executable, "-m", "bench.one", "--scale", scale, "--agencies", str(number)]
    command += ["--parts", ",".join(parts), "--out", str(out)]
    process = subprocess.Popen(command, cwd=PROJECT, env=environment)

    def finish() -> dict[str, Any]:
        if process.wait():
            raise SystemExit(f"Measuring on {name} failed.")
        found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return found

    return finish


def _parts(text: str) -> tuple[str, ...]:
    named = tuple(text.split(","))
    if not set(named) <= set(PARTS):
        raise argparse.ArgumentTypeError(f"choose among {','.join(PARTS)}")
    return named


if __name__ == "__main__":
    sys.exit(main())
