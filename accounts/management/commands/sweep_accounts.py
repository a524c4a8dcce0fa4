"""Delete what is over: sessions that ended by themselves, slow-down counters, old invitations.

For the clock, every few minutes. It needs no key, and nothing that is over works meanwhile either.
"""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.actions import sweep


class Command(BaseCommand):
    """``sweep_accounts``: print how many rows were deleted."""

    help = "Delete ended sessions, old slow-down counters and invitations that ran out."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(sweep(now=timezone.now())))
