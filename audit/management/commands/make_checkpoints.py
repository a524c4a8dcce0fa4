"""``manage.py make_checkpoints``: sign every agency's log as it stands. Run it once a day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.actions import make_checkpoint
from audit.errors import LogFailed
from audit.models import Log


class Command(BaseCommand):
    help = "Sign a checkpoint of every agency's access log and print the notes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Go on after a log that fails, and end with an error that counts them."""
        failed = 0
        for agency in Log.objects.order_by("opened_at").values_list("agency", flat=True):
            try:
                self.stdout.write(make_checkpoint(agency=agency))
            except LogFailed:
                failed += 1
                self.stderr.write(f"The log of agency {agency} could not be signed.")
        if failed:
            raise CommandError(f"{failed} access logs could not be signed.")
