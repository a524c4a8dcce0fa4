"""The wiring app: system checks and error pages, and nothing with a table."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from audit.errors import LogFailed
        from config import checks, errors  # noqa: F401  (registers the checks)
        from referrals.errors import SomeoneWasQuicker
        from services.errors import TooBusy

        # Which failure of a room becomes which error page.
        errors.answer_with(LogFailed, 503)
        errors.answer_with(SomeoneWasQuicker, 409)
        errors.answer_with(TooBusy, 429)
