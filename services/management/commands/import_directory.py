"""Import a file from the server: the same dry run, report and commit as on the page.

This is the operator's way: it may use any source name, and needs no second editor.
"""

import csv
import json
from argparse import BooleanOptionalAction
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from services import actions
from services.errors import ImportRefused, MappingNeeded
from services.files.archives import MAX_UNPACKED
from services.hsds import columns
from services.hsds.reading import too_large, value_of
from services.models import ImportRun
from services.queries.imports import REPORT_HEADER, report_rows

_MAPPING_BYTES = 100_000


class Command(BaseCommand):
    help = (
        "Import services from HSDS (3.1 JSON or NDJSON, 1.1 to 3.1 packages), CSV or XLSX, zipped or not. "
        "Nothing is published by it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="where the file comes from; the same each time")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--report", type=Path, help="write a line per row into this CSV file")
        parser.add_argument(
            "--mapping", type=Path, help="a JSON file {column: field}, needed the first time for a table"
        )

        parser.add_argument(
            "--empty-clears",
            action=BooleanOptionalAction,
            default=None,
            help="whether an empty cell clears what stood there; remembered for the source",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = self._content(options["file"])
            mapping = self._mapping(options["mapping"]) if options["mapping"] else None
            run = actions.import_hsds(
                content,
                source=options["source"],
                dry_run=options["dry_run"],
                file_name=options["file"].name,
                mapping=mapping,
                empty_clears=options["empty_clears"],
                limit=MAX_UNPACKED,
                progress=self._say,
            )
        except MappingNeeded as needed:
            guess = columns.guess(needed.table.header) | needed.known
            text = json.dumps(
                {name: guess.get(name, "") for name in needed.table.header if name},
                indent=2,
                ensure_ascii=False,
            )
            said = f"{needed.message} {needed.advice}"
            raise CommandError(
                f"{said}\nA guess, to be corrected and given with --mapping:\n{text}"
            ) from None
        except ImportRefused as refused:
            place = f" ({refused.place})" if refused.place else ""
            raise CommandError(f"Refused{place}: {refused.message} {refused.advice}") from None
        if options["report"]:
            self._report(run, options["report"])
        counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(run.counts.items()))
        self.stdout.write(f"{'Dry run: ' if options['dry_run'] else ''}{counts}.")

    def _content(self, path: Path) -> bytes:
        try:
            # Looked at before anything is read; and no more is read than may be, should it grow.
            if path.stat().st_size > MAX_UNPACKED:
                raise too_large(MAX_UNPACKED)
            with path.open("rb") as file:
                return file.read(MAX_UNPACKED + 1)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None

    def _mapping(self, path: Path) -> Any:
        try:
            with path.open(encoding="utf-8") as file:
                return value_of(file.read(_MAPPING_BYTES))
        except (OSError, UnicodeDecodeError):
            raise CommandError(f"{path}: cannot be read.") from None

    def _say(self, done: int, total: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} / {total}", ending="")

    def _report(self, run: ImportRun, path: Path) -> None:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(REPORT_HEADER)
            writer.writerows(report_rows(run))
