"""Look for entries of the same service, for the editors' list. Nothing is merged by it."""

from typing import Any

from django.core.management.base import BaseCommand

from services.actions.duplicates import find_duplicates


class Command(BaseCommand):
    help = "Look for possible duplicates in the directory."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{find_duplicates()} pairs wait for a look.")
