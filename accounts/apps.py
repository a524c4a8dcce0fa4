"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import entries  # noqa: F401  (registers the actions of this room)
        from accounts.queries import auditor_key
        from audit.registry import set_auditor_key

        set_auditor_key(auditor_key)
