"""The services app: after migrations it makes sure of the triggers on confidential sites."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def _install_triggers(using: str, **kwargs: Any) -> None:
    from services.confidential import install_triggers

    connection = connections[using]
    if "services_address" in connection.introspection.table_names():
        install_triggers(connection)


class ServicesConfig(AppConfig):
    name = "services"

    def ready(self) -> None:
        from services import entries  # noqa: F401  (registers the actions of this room)

        post_migrate.connect(_install_triggers, sender=self)
