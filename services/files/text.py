"""Bytes to text: UTF-8, UTF-16, and the two old encodings that real directories still come in.

What is no text (control characters, NUL) is refused with its place. Which encoding was guessed is
told, because a guess can be wrong.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from services.errors import ImportRefused

_WORDS = re.compile(rb"[A-Za-z\x80-\xff]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SAMPLE = 200_000


@dataclass(frozen=True)
class Text:
    """A file's text, and the encoding it was taken to be in."""

    text: str
    encoding: str


def wide_encoding(content: bytes) -> str | None:
    """Return the UTF-16 that a file is written in, by its mark or by where its zero bytes stand."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    start = content[:1000]
    if len(start) < 4 or len(content) % 2:
        return None
    high, low = start[0::2].count(0), start[1::2].count(0)
    # Mostly ASCII has a zero in every second byte; Cyrillic has at least its spaces and signs so.
    if low > len(start) / 16 and not high:
        return "utf-16-le"
    if high > len(start) / 16 and not low:
        return "utf-16-be"
    return None


def _old_encoding(content: bytes) -> str:
    """Tell Cyrillic (Windows-1251) from Latin-1: Cyrillic words are written in high bytes throughout."""
    letters = high = 0
    for word in _WORDS.findall(content[:_SAMPLE]):
        above = sum(byte >= 0x80 for byte in word)
        if above:
            letters += len(word)
            high += above
    return "cp1251" if high * 2 > letters else "latin-1"


def place_of(text: str, at: int) -> tuple[int, int]:
    """Return line and column, from 1, of a position."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def decoded(content: bytes) -> Text:
    """Return the text of a file that may be in an old encoding. Raises ImportRefused."""
    wide = wide_encoding(content)
    encoding = wide or "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if wide:
            raise ImportRefused(
                _("The file breaks off in the middle of a letter."),
                advice=_("Save it as UTF-8 and send it again."),
            ) from None
        encoding = _old_encoding(content)
        text = content.decode(encoding, "replace")  # five bytes of cp1251 mean nothing
    if control := _CONTROL.search(text):
        line, column = place_of(text, control.start())
        raise ImportRefused(
            _("A character stands here that belongs in no text."),
            advice=_("Save the file as CSV (UTF-8), XLSX or JSON and send it again."),
            line=line,
            column=column,
        )
    return Text(text, "utf-8" if encoding == "utf-8-sig" else encoding)
