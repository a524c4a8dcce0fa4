"""Tell providers that there is an update to give where their news of free places is going stale.

For the clock, every half hour. It may run twice at once, and after days in which it did not.
"""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from services import notices
from services.actions.reminders import send_availability_reminders


class Command(BaseCommand):
    """``send_availability_reminders``: print how many notices went out."""

    help = "Send content-free reminders to providers whose news of free places is going stale."

    def handle(self, *args: Any, **options: Any) -> None:
        sent = send_availability_reminders(now=timezone.now())
        if not notices.is_on():
            self.stdout.write("No mail: set HAMROH_MAIL_HOST and HAMROH_SITE_URL (docs/operations.md).")
            return
        self.stdout.write(f"{sent} reminders.")
