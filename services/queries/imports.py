"""What the import pages and the report show: runs, their rows by page, the review queue."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from services.hsds.flat import neutralized
from services.hsds.notes import Note
from services.models import ImportRow, ImportRun, ImportUpload

PAGE = 50
# A run whose work says nothing for so long was broken off: the machine was restarted, for example.
_SILENT = timedelta(minutes=2)
Outcome = ImportRow.Outcome
# The order in which somebody wants to read them.
OUTCOMES = (Outcome.QUARANTINED, Outcome.CHANGED, Outcome.ACCEPTED, Outcome.UNCHANGED)


@dataclass(frozen=True)
class ShownRow:
    """A row with its remarks in the reader's language."""

    row: ImportRow
    notes: list[Note]


def import_runs(limit: int = 20) -> list[ImportRun]:
    """Return the latest imports."""
    return list(ImportRun.objects.order_by("-created_at")[:limit])


def import_run(run_id: UUID) -> ImportRun | None:
    return ImportRun.objects.filter(pk=run_id).first()


def import_upload(upload_id: UUID) -> ImportUpload | None:
    return ImportUpload.objects.filter(pk=upload_id).first()


def is_working(run: ImportRun) -> bool:
    """Say whether the run's file is being read or its rows written, or its search rows."""
    return run.state in (ImportRun.State.READING, ImportRun.State.WRITING) or bool(run.to_index)


def is_broken_off(run: ImportRun) -> bool:
    """Say whether work on the run has stopped half-way and has to be taken up again."""
    said = run.said_at or run.created_at
    return is_working(run) and timezone.now() - said > _SILENT


def notes_of(row: ImportRow) -> list[Note]:
    return [Note(**note) for note in row.notes]


def _shown(rows: QuerySet[ImportRow], limit: int) -> tuple[list[ShownRow], ImportRow | None]:
    found = list(rows[: limit + 1])
    page = found[:limit]
    return [ShownRow(row, notes_of(row)) for row in page], page[-1] if len(found) > limit else None


def import_rows(
    run: ImportRun, *, outcome: str, after: int = 0, limit: int = PAGE
) -> tuple[list[ShownRow], int | None]:
    """Return a page of a run's rows of one outcome, and the number after which the next page begins."""
    rows = run.rows.filter(outcome=outcome, number__gt=after).defer("data").order_by("number")
    shown, last = _shown(rows, limit)
    return shown, last.number if last else None


_WAITS = (ImportRow.Review.WAITING, ImportRow.Review.ASKED_PUBLIC)
_REOPENED = (ImportRow.Review.PUBLIC, ImportRow.Review.DROPPED)


def review_rows(
    *, decided: bool = False, after: int = 0, limit: int = 20
) -> tuple[list[ShownRow], int | None]:
    """Return a page of the review queue, oldest first, and the mark of the next page."""
    wanted = _REOPENED if decided else _WAITS
    rows = ImportRow.objects.filter(review__in=wanted, pk__gt=after).select_related("run").order_by("pk")
    shown, last = _shown(rows, limit)
    return shown, last.pk if last else None


def review_row(row_id: int) -> ImportRow | None:
    """Return a row that is or was in the review queue, or None."""
    return ImportRow.objects.exclude(review=ImportRow.Review.NONE).filter(pk=row_id).first()


def has_reviews() -> bool:
    return ImportRow.objects.filter(review__in=_WAITS).exists()


REPORT_HEADER = (
    "row",
    "path",
    "line",
    "column",
    "kind",
    "id",
    "outcome",
    "note_path",
    "reason",
    "what_to_do",
)


def report_rows(run: ImportRun) -> Iterator[list[Any]]:
    """Yield the report's lines: one for each remark, one for a row without any. Safe in a spreadsheet.

    No value of the file goes into it, but the names of columns and files do.
    """
    rows = run.rows.defer("data", "changes").order_by("number")
    for row in rows.iterator(chunk_size=1000):
        head: list[Any] = [
            row.number,
            row.path,
            row.line or "",
            "",
            row.kind,
            row.object_id or "",
            row.outcome,
        ]
        notes: list[Note | None] = [*notes_of(row)]
        for note in notes or [None]:
            line = [*head, "", "", ""]
            if note is not None:
                line[2:4] = [note.line or row.line or "", note.column]
                line[7:] = [note.path, str(note.message), str(note.advice)]
            yield [neutralized(cell) if isinstance(cell, str) else cell for cell in line]
