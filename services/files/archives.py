"""Zip files, opened in memory and within bounds: what a zip claims is looked at before it is unpacked.

Refused: names that lead out of the archive, links, zips inside, passwords, and anything that grows
beyond ``MAX_UNPACKED`` or by more than ``MAX_RATIO``. A size that lies is caught while reading.
"""

import io
import stat
import zipfile
import zlib

from django.utils.translation import gettext as _

from services.errors import ImportRefused

MAX_FILES = 200
MAX_UNPACKED = 64 * 1024 * 1024
MAX_RATIO = 150
_SMALL = 1024 * 1024  # below this no growth harms anybody
_NO_DATA = ("__MACOSX/", ".DS_Store")
_MAGIC = b"PK\x03\x04"


def is_zip(content: bytes) -> bool:
    """Say whether a file begins as zip and XLSX files do."""
    return content.startswith((_MAGIC, b"PK\x05\x06"))


def _refuse(message: str, advice: str, name: str = "") -> ImportRefused:
    return ImportRefused(message, advice=advice, path=name.encode("utf-8", "replace").decode()[:200])


def _check_name(name: str) -> None:
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ".." in parts or ":" in parts[0] or "\x00" in name:
        raise _refuse(
            _("A name in the zip leads out of it."),
            _("Pack the files anew, without folders, and send that."),
            name,
        )


def _check(info: zipfile.ZipInfo) -> None:
    _check_name(info.filename)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise _refuse(_("The zip holds a link instead of a file."), _("Pack the file itself."), info.filename)
    if info.flag_bits & 0x1:
        raise _refuse(_("The zip has a password."), _("Pack it without one."), info.filename)
    if info.file_size > _SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise _refuse(
            _("The zip would grow without measure when unpacked."),
            _("Look at who sent it. A directory’s file never shrinks like that."),
            info.filename,
        )


def listed(content: bytes) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """Return an archive and what stands in it, checked and not yet unpacked. Raises ImportRefused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        raise _refuse(_("The zip is damaged."), _("Pack the files anew and send that.")) from None
    infos = archive.infolist()
    if len(infos) > MAX_FILES:
        raise _refuse(
            _("The zip holds more than %(limit)d files.") % {"limit": MAX_FILES},
            _("Send the directory’s files only."),
        )
    for info in infos:
        _check(info)
    if sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise _refuse(
            _("Unpacked, the zip is larger than %(limit)d MB.") % {"limit": MAX_UNPACKED // 1024**2},
            _("Split it into several files, a region each for example."),
        )
    return archive, [info for info in infos if not info.is_dir()]


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as file:
            found = file.read(info.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, OSError, RuntimeError):
        raise _refuse(
            _("A file in the zip cannot be read."), _("Pack the files anew and send that."), info.filename
        ) from None
    if len(found) > info.file_size:
        raise _refuse(
            _("The zip lies about its sizes."), _("Pack the files anew and send that."), info.filename
        )
    return found


def is_workbook(infos: list[zipfile.ZipInfo]) -> bool:
    """Say whether these are the parts of an XLSX file."""
    names = {info.filename for info in infos}
    return "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the files of a zip by name, without folders of the system that packed it."""
    archive, infos = listed(content)
    found: dict[str, bytes] = {}
    for info in infos:
        if info.filename.startswith(_NO_DATA) or info.filename.endswith(_NO_DATA):
            continue
        inside = _unpacked(archive, info)
        if is_zip(inside) and not info.filename.lower().endswith(".xlsx"):
            raise _refuse(
                _("The zip holds another zip."), _("Unpack it and send what is inside."), info.filename
            )
        if info.filename in found:
            raise _refuse(
                _("Two files in the zip have the same name."),
                _("Pack the files anew and send that."),
                info.filename,
            )
        found[info.filename] = inside
    return found
