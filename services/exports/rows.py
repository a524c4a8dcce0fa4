"""CSV and XLSX: a row for each service, in the columns of hsds.flat. No cell is ever a formula.

A service too long for a row stops the export with an error: nothing is left out in silence.
"""

import csv as codec
import io
import tempfile
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from services.exports.lines import Stamp
from services.hsds.flat import HEADER, row_of

PIECE = 64 * 1024


def _rows(services: Iterator[dict[str, Any]], stamp: Stamp) -> Iterator[list[Any]]:
    for service in services:
        row = row_of(service) | stamp.fields
        yield [row.get(name, "") for name in HEADER]


def csv(services: Iterator[dict[str, Any]], stamp: Stamp) -> Iterator[bytes]:
    """Yield UTF-8 with the mark that tells Excel so."""
    buffer = io.StringIO()
    writer = codec.writer(buffer)
    yield b"\xef\xbb\xbf"
    writer.writerow(HEADER)
    for row in _rows(services, stamp):
        writer.writerow(row)
        yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def xlsx(services: Iterator[dict[str, Any]], stamp: Stamp) -> Iterator[bytes]:
    """Yield a workbook of one sheet. It is written to an unnamed file: public data, bounded memory."""
    # Imported late: a page that writes no workbook need not pay for it.
    openpyxl = import_module("openpyxl")
    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = stamp.origin
    book.properties.created = book.properties.modified = stamp.at.replace(tzinfo=None)
    sheet = book.create_sheet("services")
    sheet.freeze_panes = "C2"
    sheet.append(list(HEADER))
    for row in _rows(services, stamp):
        sheet.append([_cell(openpyxl.cell, sheet, value) for value in row])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _cell(cells: Any, sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = cells.WriteOnlyCell(sheet, cells.cell.ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"  # a text, whatever it looks like
    return cell
