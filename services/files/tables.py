"""Tables out of CSV and XLSX files: a header and rows of texts, each row with its line.

Bounded in columns, rows, and the length of a row and a cell, so that no file holds the reader for
long. Formula cells stay the text they are written as; ``hsds.values`` puts their row aside.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from importlib import import_module
from typing import Any

from django.utils.translation import gettext as _

from services.errors import ImportRefused
from services.files.archives import MAX_UNPACKED, listed
from services.files.text import decoded

MAX_COLUMNS = 300
MAX_ROWS = 50_000
MAX_ROW = 1_000_000  # characters
MAX_CELL = 100_000
_DELIMITERS = ",;\t|"
_PROLOG = 4096  # bytes in which a document type stands, if there is one
_EMPTY_ROWS = 1_000  # so many one after another end a sheet


@dataclass(frozen=True)
class Row:
    """The cells of one row under the table's header; ``more`` says that others had no header."""

    line: int
    cells: list[str]
    more: bool = False
    fewer: bool = False


@dataclass
class Table:
    """A sheet or CSV file: ``name`` without folders and ending, and how it was read."""

    name: str
    header: list[str]
    rows: list[Row] = field(default_factory=list)
    encoding: str = ""
    header_line: int = 1


def _refuse(
    message: str, advice: str, *, line: int | None = None, column: int = 1, path: str = ""
) -> ImportRefused:
    return ImportRefused(message, advice=advice, line=line, column=column if line else None, path=path)


def _too_many_columns(line: int) -> ImportRefused:
    return _refuse(
        _("A row has more than %(limit)d columns.") % {"limit": MAX_COLUMNS},
        _("Delete the columns that are not needed."),
        line=line,
    )


def _too_many_rows() -> ImportRefused:
    return ImportRefused(
        _("The file holds more than %(limit)d records.") % {"limit": MAX_ROWS},
        advice=_("Split it into several files."),
    )


def _too_long(line: int) -> ImportRefused:
    return _refuse(
        _("A row does not end."),
        _("Look for a quotation mark without its partner before this line."),
        line=line,
    )


def _row(line: int, cells: list[str], width: int) -> Row | None:
    """Return a row cut or filled to the header's width; None if nothing stands in it."""
    if not any(cell.strip() for cell in cells):
        return None
    more = any(cell.strip() for cell in cells[width:])
    fewer = len(cells) < width
    return Row(line, [*cells[:width], *[""] * (width - len(cells))], more, fewer)


def _check_header(header: list[str], line: int, path: str = "") -> list[str]:
    names = [" ".join(cell.replace("\\n", " ").split()) for cell in header]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise _too_many_columns(line)
    seen: dict[str, int] = {}
    for column, name in enumerate(names, start=1):
        if name and name.casefold() in seen:
            raise _refuse(
                _("Two columns have the name %(name)s.") % {"name": name[:60]},
                _("Give each column its own name."),
                line=line,
                column=column,
            )
        seen[name.casefold()] = column
    return names


def delimiter_of(text: str) -> str:
    """Return the sign that stands most often in the first line outside of quotation marks."""
    counts = dict.fromkeys(_DELIMITERS, 0)
    quoted = False
    for letter in text[:MAX_ROW]:
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in counts:
            counts[letter] += 1
        elif not quoted and letter in "\r\n" and any(counts.values()):
            break
    return max(_DELIMITERS, key=lambda sign: counts[sign])


class _Lines:
    """The lines of a text, counting what one row has taken so far."""

    def __init__(self, text: str) -> None:
        self._file = io.StringIO(text, newline="")
        self.taken = 0
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            self.number += 1
            self.taken += len(line)
            if self.taken > MAX_ROW:
                raise _too_long(self.number)
            yield line


def csv_table(content: bytes, name: str) -> Table:
    """Read a CSV file with any of the four separators. Raises ImportRefused."""
    text = decoded(content)
    lines = _Lines(text.text)
    reader = csv.reader(lines, delimiter=delimiter_of(text.text), strict=False)
    table = Table(name, [], encoding=text.encoding)
    begun = 1
    try:
        for cells in reader:
            line, begun, lines.taken = begun, reader.line_num + 1, 0
            if len(cells) > MAX_COLUMNS and (not table.header or any(cells[MAX_COLUMNS:])):
                raise _too_many_columns(line)
            if not table.header:
                if any(cell.strip() for cell in cells):
                    table.header, table.header_line = _check_header(cells, line), line
                continue
            row = _row(line, cells, len(table.header))
            if row is not None:
                table.rows.append(row)
            if len(table.rows) > MAX_ROWS:
                raise _too_many_rows()
    except csv.Error:
        raise _too_long(begun) from None
    return table


def _text_of(value: Any) -> str:
    """Return a spreadsheet's value as somebody would have typed it into a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    text = str(value)
    return "" if text in ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!") else text


def _sheet(sheet: Any) -> Table | None:
    table = Table(str(sheet.title), [])
    empty = 0
    for number, row in enumerate(
        sheet.iter_rows(max_row=MAX_ROWS + 100, max_col=MAX_COLUMNS + 1, values_only=True), start=1
    ):
        cells = [_text_of(value) for value in row]
        if not any(cells):
            empty += 1
            if empty > _EMPTY_ROWS:
                break
            continue
        empty = 0
        for column, cell in enumerate(cells, start=1):
            if len(cell) > MAX_CELL or "\x00" in cell:
                raise _refuse(_("A cell holds too much text."), _("Shorten it."), line=number, column=column)
        if not table.header:
            table.header, table.header_line = _check_header(cells, number), number
            continue
        found = _row(number, cells, len(table.header))
        if found is not None:
            table.rows.append(found)
        if len(table.rows) > MAX_ROWS:
            raise _too_many_rows()
    return table if table.header else None


def _strange_xml() -> ImportRefused:
    return _refuse(
        _("The workbook holds XML that no spreadsheet writes."),
        _("Open it in a spreadsheet, save it as CSV, and send that."),
    )


def xlsx_tables(content: bytes) -> list[Table]:
    """Read every sheet of an XLSX file that has a header. Raises ImportRefused."""
    # Imported late: a page that reads no workbook need not pay for it.
    openpyxl = import_module("openpyxl")
    archive, infos = listed(content)
    if sum(info.file_size for info in infos) > MAX_UNPACKED // 2:
        raise _refuse(
            _("The workbook is too large."), _("Split it into several files, a region each for example.")
        )
    if not openpyxl.DEFUSEDXML:
        raise _refuse(_("XLSX files cannot be read here safely."), _("Save it as CSV and send that."))
    try:
        if any(b"<!DOCTYPE" in archive.open(info).read(_PROLOG) for info in infos):
            raise _strange_xml()
        # Formulas stay text (data_only=False), and no other file is looked at (keep_links=False).
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        found = [table for sheet in book.worksheets if (table := _sheet(sheet))]
        book.close()
    except ImportRefused:
        raise
    # openpyxl raises whatever a strange file makes it stumble over, defusedxml its own ValueErrors.
    except Exception as error:  # noqa: BLE001
        if type(error).__module__.startswith("defusedxml"):
            raise _strange_xml() from None
        raise _refuse(
            _("The workbook is damaged."), _("Open it in a spreadsheet, save it as CSV, and send that.")
        ) from None
    return found
