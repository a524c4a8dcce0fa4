"""The migrations make, from nothing and on this database, exactly the tables that the models describe.

The other tests' database is made from the models, which takes a twentieth of the time; here an empty
database is migrated by a process of its own, and the two are compared.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from tests.migrations.structure import structure

PROJECT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.django_db


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """Make an empty database of the kind that the tests run on, and yield its address."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'empty.sqlite3'}"
        return
    at = connection.get_connection_params()
    name = f"empty_{uuid4().hex}"
    known = {key: at[key] for key in ("host", "port", "user", "password") if at.get(key)}
    with psycopg.connect(dbname=at["dbname"], autocommit=True, **known) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            base, _, query = os.environ["HAMROH_DATABASE_URL"].partition("?")
            yield base.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")
        finally:
            server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def test_migrating_an_empty_database_makes_what_the_models_describe(tmp_path: Path) -> None:
    with empty_database(tmp_path) as url:
        made = subprocess.run(
            [sys.executable, "-m", "tests.migrations.structure"],
            cwd=PROJECT,
            env=os.environ | {"HAMROH_DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )
    assert made.returncode == 0, made.stderr[-2000:]
    described = json.loads(json.dumps(structure()))
    assert json.loads(made.stdout) == described
    assert len(described) > 60
    assert described["triggers"]
