"""Go on with imports that left the request. The import page starts it; see services.work."""

import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from services import actions
from services.models import ImportRun

KEY_BYTES = 32


class Command(BaseCommand):
    help = "Go on with one import (its key on standard input), or with all whose work was broken off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=UUID, nargs="?")
        parser.add_argument("--language", default="en", help="of what is said about a refused file")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["run"]:
            with translation.override(options["language"]):
                actions.go_on(options["run"], key=sys.stdin.buffer.read(KEY_BYTES))
            return
        # Without its key a file cannot be read again; what was agreed to can be written.
        waiting = ImportRun.objects.filter(state=ImportRun.State.WRITING) | ImportRun.objects.exclude(
            to_index=[]
        )
        for run in waiting.order_by("created_at"):
            done = actions.go_on(run.pk)
            self.stdout.write(f"{run.pk}: {done.state}")
