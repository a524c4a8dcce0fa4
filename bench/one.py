"""Measure one database, in a process of its own: ``python -m bench.one --scale small --out FILE``.

The database and the folder for files come from the environment (``bench.__main__`` sets them) and
are thrown away afterwards.
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
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    options.out.write_text(json.dumps(measure(options.scale)))


def measure(scale: str) -> dict[str, Any]:
    """Build the data, measure while it grows, return everything measured."""
    from django.core.management import call_command
    from django.db import connection

    from bench import case_list
    from bench.world import SCALES, World

    call_command("migrate", run_syncdb=True, verbosity=0)
    world = World(SCALES[scale])
    found: dict[str, Any] = {"database": f"{connection.vendor} {_version(connection)}", "case_list": []}
    start = time.perf_counter()
    for number in range(world.scale.agencies):
        world.grow()
        say(f"{world.counts()} after {time.perf_counter() - start:.0f} s")
        if number in (0, world.scale.agencies - 1):
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE")  # what its own clock does within a minute
            found["case_list"].append(case_list.measure(world))
            say(json.dumps(found["case_list"][-1], indent=1))
    return found


def _version(connection: Any) -> str:
    version = connection.Database.sqlite_version_info if connection.vendor == "sqlite" else None
    return ".".join(map(str, version or connection.get_database_version()))


def say(text: str) -> None:
    """Tell whoever waits how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
