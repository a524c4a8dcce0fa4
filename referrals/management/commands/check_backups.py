"""``manage.py check_backups FOLDER…``: does any tide live longer than was promised, here or in a copy?

Looks for tides by their names only, in the site's own folder and below each folder that is named. Fails when
one is older than it may be, or when halves are sealed under one that is not there.
"""

from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from referrals import tides
from referrals.actions.tides import HALVES

# What an erased case was sealed under is nowhere any more after so many days.
PROMISED_DAYS = 35


class Command(BaseCommand):
    help = "Fail when a tide lives longer than 35 days, here or in the folders of copies that are named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="where copies are kept")

    def handle(self, *args: Any, **options: Any) -> None:
        today = datetime.now(UTC).date()
        wrong = []
        found = 0
        for folder in (Path(settings.TIDE_DIR), *options["folders"]):
            if not folder.is_dir():
                wrong.append(f"{folder} is no folder")
                continue
            for path in sorted(folder.rglob("*.tide")):
                found += 1
                try:
                    age = (today - date.fromisoformat(path.stem)).days
                except ValueError:
                    age = PROMISED_DAYS + 1  # what nobody can date may be old
                if age > PROMISED_DAYS:
                    wrong.append(f"{path} should have been destroyed")
        here = tides.numbers()
        for model in HALVES:
            if model._default_manager.exclude(tide__in=here).exists():
                wrong.append(f"{model.__name__}: halves are sealed under a tide that is missing")
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write(f"{found} tides, none older than {PROMISED_DAYS} days; every half has its tide")
