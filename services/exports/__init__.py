"""The whole published directory as one file, in several formats: the registry of them.

What stands in a record is decided by services.publish, which rows by services.queries.hsds. Each format
is a generator of bytes that holds a few hundred services at a time, so its size does not matter. Every
file says when and from where it was taken, in places that an import does not look at. Exports of
casework are no part of this.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from services import publish
from services.exports import lines, package, rows
from services.queries import hsds as lists


@dataclass(frozen=True)
class Format:
    """A format: its code in an address, the file's ending and media type, and who writes it."""

    code: str
    title: Promise
    purpose: Promise
    suffix: str
    media_type: str
    write: Callable[[Iterator[dict[str, Any]], lines.Stamp], Iterator[bytes]]


FORMATS: dict[str, Format] = {
    one.code: one
    for one in (
        Format(
            "xlsx",
            _("Spreadsheet (XLSX)"),
            _("A row for each service, to look through or correct in Excel or LibreOffice."),
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            rows.xlsx,
        ),
        Format(
            "csv",
            _("Table (CSV)"),
            _("The same rows as plain text, for any program."),
            "csv",
            "text/csv; charset=utf-8",
            rows.csv,
        ),
        Format(
            "json",
            _("HSDS 3.1 (JSON)"),
            _("Every record with all its parts, for another directory."),
            "json",
            "application/json",
            lines.json,
        ),
        Format(
            "ndjson",
            _("HSDS 3.1, a line each (NDJSON)"),
            _("The same records, one a line, to be read piece by piece."),
            "ndjson",
            "application/x-ndjson",
            lines.ndjson,
        ),
        Format(
            "datapackage",
            _("HSDS 3.1 tables (data package)"),
            _("A zip with a table for each kind of record and a description of the columns."),
            "zip",
            "application/zip",
            package.package,
        ),
    )
}


def export(code: str, *, origin: str, at: datetime) -> Iterator[bytes]:
    """Yield the file of a format piece by piece. ``origin`` says from which site it was taken."""
    return FORMATS[code].write(_services(), lines.Stamp(at, origin))


def file_name(code: str, *, at: datetime) -> str:
    return f"hamroh-directory-{at:%Y-%m-%d}.{FORMATS[code].suffix}"


def _services() -> Iterator[dict[str, Any]]:
    for found in lists.all_of(lists.services(lists.Filters(), full=True)):
        yield from publish.services_json(found)
