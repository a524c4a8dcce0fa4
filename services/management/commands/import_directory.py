"""Import an HSDS file from the server: the same dry run, report and commit as on the page."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from services import actions
from services.errors import ImportRefused
from services.hsds.notes import Note
from services.hsds.reading import MAX_BYTES
from services.models import ImportRun


class Command(BaseCommand):
    help = "Import services from an HSDS 3.1 JSON or NDJSON file. Nothing is published by it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="where the file comes from; the same each time")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--report", type=Path, help="write a line per row into this CSV file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
        try:
            run = actions.import_hsds(
                content,
                source=options["source"],
                dry_run=options["dry_run"],
                file_name=options["file"].name,
            )
        except ImportRefused as refused:
            place = f" ({refused.place})" if refused.place else ""
            raise CommandError(f"Refused{place}: {refused.message} {refused.advice}") from None
        if options["report"]:
            self._report(run, options["report"])
        counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(run.counts.items()))
        self.stdout.write(f"{'Dry run: ' if options['dry_run'] else ''}{counts}.")

    def _report(self, run: ImportRun, path: Path) -> None:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(
                ["row", "path", "line", "kind", "id", "outcome", "note_path", "reason", "what_to_do"]
            )
            for row in run.rows.order_by("number").iterator():
                head = [row.number, row.path, row.line or "", row.kind, row.object_id or "", row.outcome]
                notes = [Note(**note) for note in row.notes]
                # No text of the file goes into the report, so no formula can.
                for note in notes:
                    writer.writerow([*head, note.path, note.message, note.advice])
                if not notes:
                    writer.writerow([*head, "", "", ""])
