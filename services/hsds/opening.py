"""Any file that somebody sends: look what it is, and return its records, or the table to be mapped.

Zip, XLSX, CSV, JSON and NDJSON are told apart by what is inside, not by the name alone: real files
are named wrongly.
"""

import hashlib
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from services.errors import ImportRefused
from services.files.archives import MAX_UNPACKED, is_workbook, is_zip, listed, unpacked
from services.files.tables import Table, csv_table, xlsx_tables
from services.files.text import wide_encoding
from services.hsds import packages, reading
from services.hsds.reading import MAX_BYTES, Root

_TABLE_NAMES = (".csv", ".tsv", ".tab")
_JSON_NAMES = (".json", ".ndjson", ".jsonl")


@dataclass
class Opened:
    """What a file holds: records, or one table that needs a mapping."""

    roots: list[Root] = field(default_factory=list)
    table: Table | None = None


def _is_json(content: bytes, name: str) -> bool:
    start = content[:4096]
    encoding = wide_encoding(content)
    if encoding:
        start = start[: len(start) // 2 * 2].decode(encoding, "ignore").encode()
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in (b"{", b"["):
        return True
    if name.lower().endswith(_TABLE_NAMES):
        return False
    # A text without a line break and a separator is no table: the JSON reader says what is wrong.
    first = start.split(b"\n")[0]
    return name.lower().endswith(_JSON_NAMES) or not any(sign in first for sign in b",;\t|")


def opened(content: bytes, name: str = "", *, limit: int | None = None) -> Opened:
    """Return what a file holds. Raises ImportRefused, and nothing else. ``limit`` is in bytes."""
    if len(content) > (limit or MAX_BYTES):
        raise reading.too_large(limit)
    if is_zip(content):
        _archive, infos = listed(content)
        return _of_tables(xlsx_tables(content)) if is_workbook(infos) else _of_zip(content)
    if _is_json(content, name):
        return Opened(reading.read(content, limit=limit))
    if not content.strip():
        raise ImportRefused(_("The file is empty."), advice=_("Export it again and check its size."))
    return _of_tables([csv_table(content, name)])


def _of_zip(content: bytes) -> Opened:
    files = unpacked(content)
    tables: list[Table] = []
    roots: list[Root] = []
    is_package = any(file.rsplit("/", 1)[-1] == "datapackage.json" for file in files)
    for file, inside in files.items():
        lower = file.lower()
        if lower.endswith(_TABLE_NAMES):
            if inside.strip():
                tables.append(csv_table(inside, file))
        elif lower.endswith(".xlsx"):
            tables += xlsx_tables(inside)
        elif lower.endswith(_JSON_NAMES) and not is_package:
            roots += reading.read(inside, limit=MAX_UNPACKED)
    if roots and tables:
        raise ImportRefused(
            _("The zip holds both JSON and tables."),
            advice=_("Send one of the two, each in a file of its own."),
        )
    if roots:
        reading.check_count(len(roots))
        return Opened(roots)
    return _of_tables(tables)


def _of_tables(tables: list[Table]) -> Opened:
    if packages.is_package(tables):
        roots = packages.roots_of(tables)
        reading.check_count(len(roots))
        for root in roots:
            reading.check_texts(root.value, root.path, root.line)
        return Opened(roots)
    filled = [table for table in tables if table.rows]
    if not filled:
        raise ImportRefused(
            _("The file holds no records."), advice=_("Check that the export found something.")
        )
    if len(filled) > 1:
        raise ImportRefused(
            _("There is more than one table, and together they are no HSDS package."),
            advice=_("Send the table with the services in a file of its own."),
        )
    if len([name for name in filled[0].header if name]) < 2:
        raise ImportRefused(
            _("The table has only one column."),
            advice=_("Save it as CSV with a comma, semicolon or tab between the columns."),
            line=filled[0].header_line,
            column=1,
        )
    return Opened(table=filled[0])


def fingerprint(content: bytes) -> str:
    """Return the SHA-256 of a file, to know it again."""
    return hashlib.sha256(content).hexdigest()
