"""Run every test: on SQLite, on a throw-away PostgreSQL, and in Chromium; the tally comes last.

Each part runs even when an earlier one failed, and one failure anywhere fails the whole. What
cannot run on this machine is skipped with its reason, but never where ``CI=true``.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tools import catalogues, chromium, postgres

PROJECT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5  # pytest's exit code


@dataclass
class Tally:
    """What one run of pytest counted, and whether it ended well."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: str = ""

    @property
    def ok(self) -> bool:
        return not self.failed and not self.broken

    def __str__(self) -> str:
        counts = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        return f"{self.name + ':':<12} {self.broken or counts}"


def run(name: str, arguments: list[str], environment: dict[str, str]) -> Tally:
    """Run pytest once, on SQLite unless ``environment`` says otherwise, and read what it counted."""
    print(f"\n=== {name} ===", flush=True)
    tally = Tally(name)
    with tempfile.TemporaryDirectory(prefix="hamroh-tally-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-n", "2", f"--junit-xml={report}", *arguments]
        whole = _surroundings() | environment
        code = subprocess.run(command, cwd=PROJECT, env=whole, check=False).returncode
        if report.exists():
            for suite in ElementTree.parse(report).iter("testsuite"):  # noqa: S314  (pytest's own file)
                bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
                skipped = int(suite.get("skipped", 0))
                tally.failed += bad
                tally.skipped += skipped
                tally.passed += int(suite.get("tests", 0)) - bad - skipped
    if code not in (0, 1, NOTHING_COLLECTED) or (code == 1 and not tally.failed):
        tally.broken = f"pytest ended with exit code {code}"
    return tally


def _surroundings() -> dict[str, str]:
    """Return the environment of every part; compiled modules are kept, for each process needs them all."""
    left_out = ("HAMROH_DATABASE_URL", "PYTHONDONTWRITEBYTECODE")
    return {key: value for key, value in os.environ.items() if key not in left_out}


def unable(name: str, reason: str) -> Tally:
    """Say why a part cannot run here; in CI that is a failure."""
    print(f"\n=== {name} ===\n{reason}", flush=True)
    tally = Tally(name)
    if os.environ.get("CI") == "true":
        tally.broken = f"not run: {reason}"
    else:
        tally.skipped = 1
    return tally


def main() -> int:
    """Run the three parts with the given pytest arguments; return 0 only if all of them passed."""
    arguments = sys.argv[1:]
    catalogues.compile_all()
    tallies = [run("SQLite", ["-m", "not browser", *arguments], {})]
    with ExitStack() as stack:
        url = os.environ.get("TEST_DATABASE_URL") or stack.enter_context(postgres.throw_away())
        if url:
            database = {"HAMROH_DATABASE_URL": url}
            tallies.append(run("PostgreSQL", ["-m", "not browser", *arguments], database))
        else:
            tallies.append(
                unable("PostgreSQL", "There is no PostgreSQL here. Install it with:  apt install postgresql")
            )
    browser = chromium.find() or chromium.fetch()
    if browser:
        environment = {"HAMROH_CHROMIUM": str(browser)}
        tallies.append(run("Chromium", ["-m", "browser", *arguments], environment))
    else:
        tallies.append(
            unable("Chromium", "There is no Chromium here. Install it with:  apt install chromium")
        )

    print()
    for tally in tallies:
        print(tally)
    passed = sum(tally.passed for tally in tallies)
    failed = sum(tally.failed or bool(tally.broken) for tally in tallies)
    skipped = sum(tally.skipped for tally in tallies)
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 0 if passed and all(tally.ok for tally in tallies) else 1


if __name__ == "__main__":
    sys.exit(main())
