"""Measure one database, in a process of its own: ``python -m bench.one --help``.

Which database, and the folder for its files, come from the environment (``bench.__main__`` sets
them). It must be empty, or have been built by an earlier run of the same scale.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import django


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", choices=("full", "small"), required=True)
    parser.add_argument("--agencies", type=int, required=True, help="how many agencies there are to be")
    parser.add_argument("--parts", default="", help="what to measure, with commas; nothing: build only")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    parts = [part for part in options.parts.split(",") if part]
    options.out.write_text(json.dumps(measure(options.scale, options.agencies, parts)))


def measure(scale: str, agencies: int, parts: list[str]) -> dict[str, Any]:
    """Build what is not there yet, measure these parts, and return everything found."""
    from django.core.management import call_command
    from django.db import connection

    from bench import case_list, directory, log, referrals, signing_in
    from bench.world import SCALES, World

    call_command("migrate", run_syncdb=True, verbosity=0)
    start = time.perf_counter()
    world = World.built(SCALES[scale], agencies)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # what its own clock does within a minute
    rows = world.counts()
    _say(f"{connection.vendor}: {rows['cases']} cases after {time.perf_counter() - start:.0f} s")
    found: dict[str, Any] = {"database": f"{connection.vendor} {_version(connection)}", "rows": rows}
    measured = {
        "cases": case_list,
        "log": log,
        "signing_in": signing_in,
        "directory": directory,
        "referrals": referrals,
    }
    for part in parts:
        _say(f"{connection.vendor}: {part}")
        found[part] = measured[part].measure(world)
    return found


def _version(connection: Any) -> str:
    version = connection.Database.sqlite_version_info if connection.vendor == "sqlite" else None
    return ".".join(map(str, version or connection.get_database_version()))


def _say(text: str) -> None:
    """Tell whoever waits how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
