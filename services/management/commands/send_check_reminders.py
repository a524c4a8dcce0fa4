"""Write to providers whose entry needs a look. Run it daily; twice at once, or after a week, is no harm."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from services import notices
from services.actions.check_reminders import MOST, send_check_reminders


class Command(BaseCommand):
    help = "Remind providers by mail to say whether their entry is still correct."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--most", type=int, default=MOST, help="at most so many mails in one run")

    def handle(self, *args: Any, **options: Any) -> None:
        if not notices.is_on():
            raise CommandError("Set HAMROH_SITE_URL and HAMROH_MAIL_HOST: no mail goes out without.")
        try:
            count = send_check_reminders(most=options["most"])
        except OSError as error:
            raise CommandError(f"The mail server does not answer ({type(error).__name__}).") from None
        self.stdout.write(
            f"{count.sent} reminded, {count.without_address} without an address, {count.failed} failed."
        )
        if count.failed:
            raise CommandError("Some mails were not taken. The next run tries them again.")
