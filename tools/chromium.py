"""Find a Chromium to test in: the system's, else the one Playwright keeps; fetch one if allowed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without a sandbox, because containers and root have none; quiet, because no request may leave.
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find() -> Path | None:
    """Return the browser named by ``HAMROH_CHROMIUM``, or one on PATH, or Playwright's; else None."""
    named = os.environ.get("HAMROH_CHROMIUM")
    if named:
        return Path(named)
    for name in NAMES:
        path = shutil.which(name)
        if path and not _is_snap_stub(Path(path)):
            return Path(path)
    return _playwrights_own()


def _is_snap_stub(path: Path) -> bool:
    """Say whether this is Ubuntu's script that only tells one to install a snap."""
    with path.open("rb") as file:
        start = file.read(2048)
    return start.startswith(b"#!") and b"snap" in start


def _playwrights_own() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def fetch() -> Path | None:
    """Install Chromium with apt when root, else with Playwright (never in CI); None if neither works."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Fetching Chromium with apt ...", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"],
        ):
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
        found = find()
        if found:
            return found
    if os.environ.get("CI") != "true":
        print("Fetching Chromium with Playwright ...", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find()
