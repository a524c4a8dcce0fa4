"""What kind of document a file is, known by its content and never by its name or what a browser says.

Only recognising lives here: no file is taken apart further than that needs, and none is shown. What can
act by itself (web pages, drawings with scripts, macros) is refused, so that opening a document of a
case never runs anything. A script hidden in a compressed part of a PDF is not found here.
"""

import re
import zipfile
from io import BytesIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from referrals.codes import MOST_DOCUMENT_BYTES, DocumentKind
from referrals.errors import Invalid

NOT_OURS = _("Choose a PDF, a picture (JPEG or PNG), plain text, or a Word, Excel or OpenDocument file.")
TOO_LARGE = _("This file is larger than 10 MB. Choose a smaller one, or a picture of fewer pages.")
ACTIVE = _("This file holds something that acts by itself. Save it as a plain PDF, and choose that.")

# Web pages, drawings and scripts, wherever they begin in a text.
_ACTIVE_TEXT = re.compile(r"^#!|<\s*(?:!doctype|html|svg|script|iframe|object|embed|\?)", re.IGNORECASE)


def _name_in_pdf(name: str) -> str:
    """Return a pattern of a PDF's name, each sign of which may be escaped: /J#61vaScript."""
    return "".join(f"(?:{sign}|#(?i:{ord(sign):02x}))" for sign in name)


# Looked for as they stand: ten megabytes of escapes take seconds to be taken out first.
_ACTIVE_NAMES = ("JavaScript", "Rendition", "Launch", "RichMedia", "EmbeddedFile", "XFA")
_ACTIVE_PDF = re.compile(rf"/(?:{'|'.join(map(_name_in_pdf, _ACTIVE_NAMES))})\b".encode())
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# Macros, controls and foreign objects inside an office file.
_ACTIVE_PARTS = re.compile(r"vbaproject|activex|macrosheets|oleobject|^basic/|^scripts/", re.IGNORECASE)
_MOST_PARTS = 5_000
_PART_IN_LIST = b"PK\x01\x02"
_ODT = b"application/vnd.oasis.opendocument.text"


def kind_of(content: bytes) -> DocumentKind:
    """Return what a file is; ``Invalid`` (field ``file``) for anything we do not keep."""
    if not content:
        raise _refused(_("This file is empty. Choose another."))
    if len(content) > MOST_DOCUMENT_BYTES:
        raise _refused(TOO_LARGE)
    if content.startswith(b"%PDF-"):
        if _ACTIVE_PDF.search(content):
            raise _refused(ACTIVE)
        return DocumentKind.PDF
    if content.startswith(b"\xff\xd8\xff"):
        return DocumentKind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return DocumentKind.PNG
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    return _text_kind(content)


def _office_kind(content: bytes) -> DocumentKind:
    """Look into the list of parts: nothing is unpacked but the one line that names an OpenDocument."""
    # Counted before the list is read: two hundred thousand parts fit into ten megabytes.
    if content.count(_PART_IN_LIST) > _MOST_PARTS:
        raise _refused(NOT_OURS)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            if any(_ACTIVE_PARTS.search(name) for name in names):
                raise _refused(ACTIVE)
            if "[Content_Types].xml" in names and "word/document.xml" in names:
                return DocumentKind.WORD
            if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
                return DocumentKind.EXCEL
            if "mimetype" in names and "content.xml" in names:
                with archive.open("mimetype") as part:
                    if part.read(len(_ODT) + 1).strip() == _ODT:
                        return DocumentKind.WRITER
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise _refused(NOT_OURS) from None
    raise _refused(NOT_OURS)


def _text_kind(content: bytes) -> DocumentKind:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise _refused(NOT_OURS) from None
    if _CONTROL.search(text):
        raise _refused(NOT_OURS)
    if _ACTIVE_TEXT.search(text):
        raise _refused(ACTIVE)
    return DocumentKind.TEXT


def _refused(message: Promise | str) -> Invalid:
    return Invalid({"file": message})
