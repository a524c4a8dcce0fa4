"""Copies as files: one's own list of cases or referrals, the statistics; CSV and XLSX.

A copy holds what the page of the same name shows and nothing beyond. No cell is ever a formula, and the file
itself says who took it, when and where. It is made in memory: nothing of it touches a disk of the server.
"""

import csv as codec
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.translation import gettext as _

from services.hsds.flat import neutralized

CSV, XLSX = "csv", "xlsx"
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# ECMA-376: the names of the parts of a workbook.
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CORE = f"{_PACKAGE}/metadata/core-properties"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEETS}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEETS}.worksheet+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
# Excel in Russian or Uzbek settings parts lines at semicolons: there a cell may begin inside one of ours.
_FORMULA_INSIDE = re.compile(r"""([;\t\v\f\r\n\x1c-\x1e\x85\u2028\u2029]["\s]*)(?=[-=+@＝＋－＠])""")
# More of one's own open cases than anybody works with; beyond it the copy says that it is not whole.
MOST_ROWS = 1000


@dataclass(frozen=True)
class Watermark:
    """Who took a copy, of which agency, and when."""

    person: str
    agency: str
    at: datetime

    @property
    def words(self) -> str:
        moment = self.at.isoformat(timespec="minutes")
        return _("Confidential. Taken by %(person)s, %(agency)s, on %(moment)s.") % {
            "person": self.person,
            "agency": self.agency,
            "moment": moment,
        }


@dataclass(frozen=True, repr=False)
class Sheet:
    """A heading and rows of words. The watermark stands above, below and beside every row."""

    title: str
    heading: Sequence[str]
    rows: Sequence[Sequence[str]]
    is_whole: bool = True


def file_of(sheet: Sheet, mark: Watermark, file_type: str) -> bytes:
    """Return the bytes of the file."""
    return _xlsx(sheet, mark) if file_type == XLSX else _csv(sheet, mark)


def _lines(sheet: Sheet, mark: Watermark) -> list[list[str]]:
    """Return every line of the file, each text so that no spreadsheet takes it for a formula."""
    end = [] if sheet.is_whole else [[_("This copy is not whole: there are more rows.")]]
    lines = [
        [mark.words],
        [*sheet.heading, _("Copy")],
        # Lines are cut and joined: each says whose copy it is from.
        *([*row, mark.words] for row in sheet.rows),
        *end,
        [mark.words],
    ]
    return [[neutralized(str(cell)) for cell in line] for line in lines]


def _csv(sheet: Sheet, mark: Watermark) -> bytes:
    buffer = io.StringIO()
    lines = _lines(sheet, mark)
    codec.writer(buffer).writerows([[_FORMULA_INSIDE.sub(r"\1'", cell) for cell in line] for line in lines])
    # The mark that tells Excel that this is UTF-8.
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _xlsx(sheet: Sheet, mark: Watermark) -> bytes:
    """Return a workbook of one sheet, written here: openpyxl writes each sheet to the disk first."""
    rows = "".join(f"<row>{''.join(map(_text_cell, line))}</row>" for line in _lines(sheet, mark))
    words = _xml(mark.words.replace("&", "&&"))
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _relations("officeDocument", "xl/workbook.xml", core=True),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
            f'<sheet name="{_xml(sheet.title[:31])}" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _relations("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData><headerFooter>'
            f"<oddHeader>&amp;C{words}</oddHeader><oddFooter>&amp;C{words}</oddFooter>"
            "</headerFooter></worksheet>"
        ),
        "docProps/core.xml": (
            f'<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:creator>{_xml(f'{mark.person}, {mark.agency}')}</dc:creator>"
            f"<dc:description>{_xml(mark.words)}</dc:description></cp:coreProperties>"
        ),
    }
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{content}')
    return file.getvalue()


def _text_cell(text: str) -> str:
    """Return a cell that is a text, whatever it looks like."""
    return f'<c t="inlineStr"><is><t xml:space="preserve">{_xml(text)}</t></is></c>'


def _xml(text: str) -> str:
    """Return a text as XML takes it: escaped, without what XML 1.0 forbids."""
    return escape("".join(letter for letter in text if letter in "\n\t" or letter.isprintable()))


def _relations(kind: str, target: str, *, core: bool = False) -> str:
    properties = (
        f'<Relationship Id="r2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
        'Target="docProps/core.xml"/>'
        if core
        else ""
    )
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_RELATIONS}/{kind}" Target="{target}"/>{properties}</Relationships>'
    )
