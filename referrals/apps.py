"""The referrals app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self) -> None:
        """Name this room's actions in the access log, and listen for people who leave."""
        from accounts.signals import person_removed, roles_changed
        from referrals import entries, grants  # noqa: F401 - importing registers the actions
        from referrals.actions import leaving

        def forget_permission_ids(**_: object) -> None:
            grants.permission_id.cache_clear()

        # Emptying and migrating a database may give permissions other ids (tests do it all the time).
        post_migrate.connect(forget_permission_ids, weak=False, dispatch_uid="referrals.permission_id")
        person_removed.connect(leaving.person_left, dispatch_uid="referrals.leaving.person_left")
        roles_changed.connect(leaving.roles_changed, dispatch_uid="referrals.leaving.roles_changed")
