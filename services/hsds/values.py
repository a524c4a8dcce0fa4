"""Read single values of an HSDS object: each reader returns a clean value or raises ``Bad``."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

Reader = Callable[[Any], Any]
LINE = 300
TEXT = 8_000
ID = 500  # what of a longer source id counts
# What a spreadsheet would run when someone opens an export of the directory.
_FORMULA = re.compile(r"[=@\t\r]|[+\-](?![\d\s(+\-])")
# What turns the letters that follow around (Unicode, UAX 9): a number would read as another one.
_TURNS = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))


class Bad(Exception):
    """A value that cannot be taken; ``code`` is one of hsds.notes.NOTES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _text(value: Any, limit: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Bad("wrong_type")
    text = str(value).translate(_TURNS).replace("\\n", "\n").strip()
    if len(text) > limit:
        raise Bad("too_long")
    if _FORMULA.match(text):
        raise Bad("formula")
    return text


def line(limit: int = LINE) -> Reader:
    """Read a text of one line, at most ``limit`` characters; a number becomes its text."""
    return lambda value: " ".join(_text(value, limit).split())


def text(value: Any) -> str:
    """Read a text of several lines; ``\\n`` written out becomes a line break."""
    return _text(value, TEXT)


def uri(value: Any) -> str:
    """Read a web address; without a scheme it gets https. Anything but http(s) is refused."""
    address = _text(value, 500)
    if not address:
        return ""
    if "://" not in address:
        if ":" in address.split("/")[0] and not re.match(r"[\w.-]+:\d+", address):
            raise Bad("unknown_word")
        address = f"https://{address}"
    if not address.lower().startswith(("http://", "https://")):
        raise Bad("unknown_word")
    return address


def phone(value: Any) -> str:
    """Read a phone number as written, without the quotes some files put around it."""
    number = value.strip().strip("\"'").strip() if isinstance(value, str) else value
    if isinstance(number, str) and _FORMULA.match(number):
        raise Bad("formula")
    return " ".join(_text(number, 60).split())


# Behind a number: ext. 5, x5, доб. 5, ichki 5, ички 5, #5.
_EXTENSION = re.compile(
    r"^(?P<number>.*\d.*?)[\s,;(]*(?:(?<![^\W\d_])(?:extension|ext|x|доб(?:авочный)?|вн|ichki|ички)\.?|#)\s*:?\s*"
    r"(?P<extension>\d{1,10})\)?$",
    re.IGNORECASE,
)


def extension(number: str) -> tuple[str, str]:
    """Split an extension off a phone number; empty where it has none."""
    found = _EXTENSION.match(number)
    return (found["number"].strip(), found["extension"]) if found else (number, "")


def integer(lowest: int, highest: int) -> Reader:
    """Read a whole number in a range; text of digits and 12.0 are taken, null stays null."""

    def read(value: Any) -> int | None:
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Bad("wrong_type")
        try:
            number = float(value)
        except (ValueError, OverflowError):
            raise Bad("wrong_type") from None
        if not lowest <= number <= highest:
            raise Bad("bad_number")
        return int(number)

    return read


def degrees(value: Any) -> float | None:
    """Read a latitude or longitude; the caller checks the range."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Bad("wrong_type")
    try:
        return float(value)
    except (ValueError, OverflowError):
        raise Bad("wrong_type") from None


def money(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Bad("wrong_type")
    try:
        amount = Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Bad("bad_number") from None
    # NaN passes through quantize, and no number compares with it.
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 12:
        raise Bad("bad_number")
    return amount


def day(value: Any) -> date | None:
    """Read an ISO date (a time behind it is cut off)."""
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Bad("date_dropped") from None


def moment(value: Any) -> datetime | None:
    """Read an ISO date and time; without an offset it is UTC."""
    if value is None or value == "":
        return None
    try:
        parsed = parse_datetime(str(value))
        if parsed is None:
            raise Bad("date_dropped")
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Bad("date_dropped") from None


def word_of(words: list[str], default: str = "") -> Reader:
    """Read one of the allowed words, in any case."""
    known = {word.lower(): word for word in words}

    def read(value: Any) -> str:
        if value in (None, ""):
            return default
        found = known.get(value.strip().lower()) if isinstance(value, str) else None
        if found is None:
            raise Bad("unknown_word")
        return found

    return read


def identifier(value: Any) -> UUID | None:
    """Return the UUID that a source id already is, else None."""
    try:
        return UUID(value) if isinstance(value, str) and len(value) in (32, 36) else None
    except ValueError:
        return None
