"""Files to import, made by hand: CSV in any encoding, XLSX, zips good and bad."""

import csv
import io
import stat
import zipfile
from collections.abc import Iterable
from typing import Any

import openpyxl

HEADER = ["Service", "Organization", "Phone", "Address", "Town", "Days", "Opens", "Closes", "Website"]
ROW = [
    "Listening room",
    "Namuna",
    "+998 00 000 99 01 ext. 5",
    "Namuna street 1",
    "Zomin",
    "Mon-Fri",
    "9:00am",
    "6 p.m.",
    "namuna.example",
]
MAPPING = {
    "Service": "name",
    "Organization": "organization_name",
    "Phone": "phones",
    "Address": "address_1",
    "Town": "city",
    "Days": "days_1",
    "Opens": "opens_1",
    "Closes": "closes_1",
    "Website": "url",
}


def csv_file(
    *rows: list[str], header: list[str] | None = None, encoding: str = "utf-8", delimiter: str = ","
) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header or HEADER, *rows])
    return text.getvalue().encode(encoding)


def xlsx_file(*rows: list[Any], header: list[str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in ([*(header or HEADER)], *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zip_file(files: dict[str, bytes] | Iterable[tuple[str, bytes]], *, link: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, content)
        if link:
            info = zipfile.ZipInfo(link)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, "/etc/hostname")
    return out.getvalue()


def with_part(book: bytes, name: str, change: Any) -> bytes:
    """Return a workbook with one of its parts changed by ``change(bytes)``."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    parts[name] = change(parts.get(name, b""))
    return zip_file(parts)
