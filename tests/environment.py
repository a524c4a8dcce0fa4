"""A pytest plugin that puts the test environment in place before Django reads its settings.

pytest-django reads them before any conftest.py is loaded, so ``pyproject.toml`` loads this with
``-p``, whoever calls pytest and from wherever.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

os.environ["HAMROH_MODE"] = "test"

_own_folder: Path | None = None
if "PYTEST_XDIST_WORKER" not in os.environ:
    # Tests never touch the demo's var/. The workers of a parallel run share this folder.
    _own_folder = Path(tempfile.mkdtemp(prefix="hamroh-tests-"))
    (_own_folder / "static").mkdir()
    os.environ["HAMROH_VAR_DIR"] = str(_own_folder)


def pytest_configure() -> None:
    if _own_folder:
        from tools import catalogues

        catalogues.compile_all()


def pytest_unconfigure() -> None:
    if _own_folder:
        shutil.rmtree(_own_folder, ignore_errors=True)


@pytest.hookimpl
def pytest_report_header() -> str:
    from django.db import connection

    return f"database: {connection.vendor}"
