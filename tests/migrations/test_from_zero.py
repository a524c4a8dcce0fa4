"""The migrations make, from nothing and on this database, exactly the tables that the models describe.

The test's own database was made by running every migration from zero; here it is compared.
"""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

pytestmark = pytest.mark.django_db

ROOMS = ("audit", "accounts", "services", "referrals")


def test_no_change_of_a_model_is_without_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_from_zero_every_migration_ran_and_each_column_is_there() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert {room for room, _ in executor.loader.applied_migrations} >= set(ROOMS)
    with connection.cursor() as cursor:
        for room in ROOMS:
            for model in apps.get_app_config(room).get_models(include_auto_created=True):
                described = connection.introspection.get_table_description(cursor, model._meta.db_table)
                columns = {field.column for field in model._meta.concrete_fields}
                assert {column.name for column in described} == columns
