"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import api_schema, entries  # noqa: F401  (they register themselves)
        from accounts.queries import auditor_key
        from audit.registry import set_auditor_key

        set_auditor_key(auditor_key)
