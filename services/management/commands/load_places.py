"""Load regions and districts from services/data/places.json. Running it again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from services import places


class Command(BaseCommand):
    help = "Load regions and districts (names, codes, outlines)."

    def handle(self, *args: Any, **options: Any) -> None:
        regions, districts = places.load()
        self.stdout.write(f"{regions} regions, {districts} districts.")
