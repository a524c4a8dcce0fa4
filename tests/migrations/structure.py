"""Migrate an empty database and print what came of it, as JSON: ``python -m tests.migrations.structure``."""

import json
import os
import sys
from typing import Any


def structure() -> dict[str, Any]:
    """Return, for each table of the rooms, its columns, its constraints and indexes, and its triggers."""
    from django.apps import apps
    from django.db import connection

    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for room in ("audit", "accounts", "services", "referrals"):
            for model in apps.get_app_config(room).get_models(include_auto_created=True):
                table = model._meta.db_table
                columns = connection.introspection.get_table_description(cursor, table)
                constraints = connection.introspection.get_constraints(cursor, table)
                found[table] = {
                    "columns": sorted([row.name, str(row.type_code), row.null_ok] for row in columns),
                    "constraints": sorted(
                        # SQLite names checks of a column by their place, and reads one of them out of order.
                        [
                            name if made["check"] else "",
                            sorted(made["columns"]),
                            made["unique"],
                            made["index"],
                        ]
                        for name, made in constraints.items()
                        if "unnamed" not in name
                    ),
                }
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
            if connection.vendor == "postgresql"
            else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        )
        found["triggers"] = sorted(name for (name,) in cursor.fetchall())
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    json.dump(structure(), sys.stdout)
