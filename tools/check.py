"""Run every check that is not a test, two side by side, all of them even when one fails; say which failed."""

import os
import secrets
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def production() -> dict[str, str]:
    """Return a made-up production environment, whole enough for ``check --deploy``."""
    made_up = {
        "HAMROH_MODE": "production",
        "HAMROH_ALLOWED_HOSTS": "hamroh.example",
        "HAMROH_DATABASE_URL": "postgresql://hamroh@/hamroh",
        "HAMROH_TIDE_DIR": "/var/lib/hamroh-tides",
    }
    for name in ("SECRET_KEY", "PEPPER", "CHECKPOINT_SECRET"):
        made_up[f"HAMROH_{name}"] = secrets.token_urlsafe(48)
    return made_up


Check = tuple[str, list[str], dict[str, str]]


def run(check: Check) -> "subprocess.CompletedProcess[str]":
    """Run one check and keep what it says, errors included, until its turn to be printed."""
    _name, command, environment = check
    return subprocess.run(
        command,
        cwd=PROJECT,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def main() -> int:
    python = [sys.executable, "-m"]
    manage = [sys.executable, "manage.py"]
    templates = sorted(str(path) for path in (PROJECT / "templates").rglob("*.html"))
    with tempfile.TemporaryDirectory(prefix="hamroh-check-") as folder:
        # The machine's own settings stay out of it.
        outer = {key: value for key, value in os.environ.items() if not key.startswith("HAMROH_")}
        test = outer | {"HAMROH_MODE": "test", "HAMROH_VAR_DIR": folder}
        checks: list[Check] = [
            ("types", [*python, "mypy"], test),  # first, because it takes longest
            ("format", [*python, "ruff", "format", "--check", "."], test),
            ("lint", [*python, "ruff", "check", "."], test),
            ("rooms", [str(Path(sys.executable).parent / "lint-imports"), "--no-logo"], test),
            ("templates", [*python, "djlint", "--lint", "--quiet", *templates], test),
            ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], test),
            ("settings", [*manage, "check", "--deploy", "--fail-level", "WARNING"], test | production()),
            ("translations", [*python, "tools.catalogues", "check"], test),
        ]
        failed = []
        with ThreadPoolExecutor(max_workers=2) as pool:
            for (name, _command, _environment), done in zip(checks, pool.map(run, checks), strict=True):
                print(f"--- {name}\n{done.stdout}", end="", flush=True)
                if done.returncode:
                    failed.append(name)
    print(f"\nChecks failed: {', '.join(failed)}" if failed else "\nEvery check passed.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
