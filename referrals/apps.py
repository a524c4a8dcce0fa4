"""The referrals app."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self) -> None:
        """Name this room's actions in the access log, and listen for people who leave."""
        from accounts.signals import person_removed
        from referrals import entries, grants  # noqa: F401 - importing registers the actions

        person_removed.connect(grants.forget_person, dispatch_uid="referrals.grants.forget_person")
