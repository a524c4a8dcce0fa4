"""The wiring app: system checks, and nothing with a table."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from audit.errors import LogFailed
        from config import checks, errors  # noqa: F401  (registers the checks)

        errors.answer_with(LogFailed, 503)
