"""Read an HSDS JSON file strictly, within bounds, and say exactly where it is broken.

Python's own parser takes NaN, duplicate keys, lone surrogates and any depth; a directory file
may not. One pass over the tokens finds those with line and column, then the parser runs.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from services.errors import ImportRefused
from services.files.archives import is_zip
from services.files.text import wide_encoding
from services.hsds.notes import Note, Origin

MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 32
MAX_ROOTS = 50_000
MAX_TOKENS = 8_000_000
MAX_NUMBER = 40  # characters

_TOKEN = re.compile(
    r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|-?\d[^\s,:{}\[\]"]*|[A-Za-z_+\-.]+|[^\s]', re.DOTALL
)


@dataclass(frozen=True)
class Root:
    """A top-level object of the file: what it is, where it stands, and the object."""

    kind: str
    path: str
    value: dict[str, Any]
    line: int | None = None
    # Of a record that came from tables: where each object in it stood, by its path, and what was odd.
    origins: dict[str, Origin] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def _position(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _refuse(text: str, at: int, message: str, advice: str) -> ImportRefused:
    line, column = _position(text, at)
    return ImportRefused(message, advice=advice, line=line, column=column)


def too_large(limit: int | None = None) -> ImportRefused:
    """Return the refusal of a file beyond ``limit`` bytes (MAX_BYTES where none is given)."""
    return ImportRefused(
        _("The file is larger than %(limit)d MB.") % {"limit": (limit or MAX_BYTES) // 1024**2},
        advice=_("Split it into several files, a region each for example."),
    )


def decode(content: bytes, limit: int | None = None) -> str:
    """Return the file's text: UTF-8 or UTF-16, as JSON must be. Raises ImportRefused."""
    if len(content) > (limit or MAX_BYTES):
        raise too_large(limit)
    if not content.strip():
        raise ImportRefused(_("The file is empty."), advice=_("Export it again and check its size."))
    if is_zip(content):
        raise ImportRefused(
            _("This is a zip or spreadsheet, not JSON."), advice=_("Unpack it and send the JSON file in it.")
        )
    try:
        return content.decode(wide_encoding(content) or "utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        raise ImportRefused(
            _("The file is not UTF-8 text."),
            advice=_("Save it as UTF-8 and send it again."),
            line=before.count(b"\n") + 1,
            column=error.start - before.rfind(b"\n"),
        ) from None


def _is_too_large(number: str) -> bool:
    """Say whether a number overflows; what is no number is for the parser to say."""
    try:
        return math.isinf(float(number))
    except ValueError:
        return False


def _check_scalar(text: str, piece: str, at: int) -> None:
    if piece[0] in "-0123456789" and piece not in ("-Infinity", "-"):
        if len(piece) > MAX_NUMBER:
            raise _refuse(
                text, at, _("A number has too many digits."), _("Write long identifiers between quotes.")
            )
        if _is_too_large(piece):
            raise _refuse(text, at, _("A number is too large."), _("Correct the number at the source."))
    elif piece in ("NaN", "Infinity", "-Infinity"):
        raise _refuse(
            text,
            at,
            _("%(word)s is not a value in JSON.") % {"word": piece},
            _("Leave the value out, or write null."),
        )


def scan(text: str) -> dict[int, list[int]]:
    """Find what Python's parser would let through: depth, duplicate keys, NaN, huge numbers.

    Return where objects begin that stand one or two levels deep: {depth: positions}.
    """
    stack: list[set[str] | None] = []  # the keys of each open object; None for an array
    begins: dict[int, list[int]] = {2: [], 3: []}
    for count, match in enumerate(_TOKEN.finditer(text)):
        piece, at = match.group(), match.start()
        if count > MAX_TOKENS:
            raise _refuse(text, at, _("The file holds too many values."), _("Split it into several files."))
        if piece in "{[":
            stack.append(set() if piece == "{" else None)
            if piece == "{" and len(stack) in begins:
                begins[len(stack)].append(at)
            if len(stack) > MAX_DEPTH:
                raise _refuse(
                    text,
                    at,
                    _("Objects are nested more than %(depth)d deep.") % {"depth": MAX_DEPTH},
                    _("HSDS needs about ten levels: look at how the file was made."),
                )
        elif piece in "}]":
            if stack:
                stack.pop()
        elif piece == '"':
            # It never ends: the parser says so. Looking on would try every quote behind it again.
            return begins
        elif piece[0] == '"':
            keys = stack[-1] if stack else None
            if keys is not None and _is_key(text, match.end()):
                key = _unescaped(piece)
                if key in keys:
                    raise _refuse(
                        text,
                        at,
                        _("The name %(key)s stands twice in the same object.") % {"key": piece[:60]},
                        _("Keep one of the two, so that nobody has to guess which is meant."),
                    )
                keys.add(key)
        elif piece not in ",:":
            _check_scalar(text, piece, at)
    return begins


_COLON = re.compile(r"\s*:")


def _unescaped(piece: str) -> str:
    if "\\" not in piece:
        return piece[1:-1]
    try:
        return str(json.loads(piece))
    except json.JSONDecodeError:
        return piece  # the parser will say what is wrong with it


def _is_key(text: str, end: int) -> bool:
    return _COLON.match(text, end) is not None


def _lines_of_objects(text: str) -> list[tuple[int, Any]] | None:
    """Return the objects of an NDJSON file with their line numbers, or None if it is not one."""
    found: list[tuple[int, Any]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append((number, json.loads(line)))
        except json.JSONDecodeError as error:
            if len(found) < 1:
                return None
            raise ImportRefused(
                _("Line %(line)d is not a JSON object: %(reason)s.") % {"line": number, "reason": error.msg},
                advice=_("Mend or leave out that line."),
                line=number,
                column=error.colno,
            ) from None
    return found


def _bad_text(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if "\x00" in value:
            yield path, _("a text holds a NUL character")
        elif any("\ud800" <= letter <= "\udfff" for letter in value):
            yield path, _("a text holds half of a surrogate pair")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _bad_text(key, path)
            yield from _bad_text(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _bad_text(item, f"{path}[{index}]")


# Names that tell one kind of object from another, looked at in this order.
_TELLING_NAMES: tuple[tuple[str, frozenset[str]], ...] = (
    ("location", frozenset({"location_type"})),
    ("service", frozenset({"status", "organization", "organization_id", "service_at_locations"})),
    ("service_at_location", frozenset({"service", "service_id", "location", "location_id"})),
    ("taxonomy_term", frozenset({"taxonomy", "taxonomy_detail", "taxonomy_id", "term_uri"})),
)


def kind_of(value: dict[str, Any]) -> str | None:
    """Tell which HSDS object this is from the names it has; None if it is none we know."""
    keys = value.keys()
    for kind, names in _TELLING_NAMES:
        if not names.isdisjoint(keys):
            return kind
    if "id" not in keys or "name" not in keys:
        return None
    return "taxonomy" if "version" in keys else "organization"


def _roots(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        yield from ((f"$[{index}]", item) for index, item in enumerate(value))
    elif isinstance(value, dict) and isinstance(value.get("contents"), list):
        yield from ((f"$.contents[{index}]", item) for index, item in enumerate(value["contents"]))
    elif (
        isinstance(value, dict) and kind_of(value) is None and (value.keys() & {"organizations", "services"})
    ):
        for key in ("organizations", "services"):
            items = value.get(key, [])
            if not isinstance(items, list):
                raise ImportRefused(
                    _("%(key)s must be a list.") % {"key": key},
                    advice=_("Put the objects in [ ]."),
                    path=f"$.{key}",
                )
            yield from ((f"$.{key}[{index}]", item) for index, item in enumerate(items))
    else:
        yield "$", value


def _lines(text: str, positions: list[int], wanted: int) -> list[int | None]:
    """Return the line of each object, where there are as many as were found."""
    if len(positions) != wanted:
        return [None] * wanted
    lines: list[int | None] = []
    line, before = 1, 0
    for at in positions:
        line += text.count("\n", before, at)
        before = at
        lines.append(line)
    return lines


def value_of(text: str) -> Any:
    """Return the value of one JSON text, as strictly as a file's. Raises ImportRefused."""
    scan(text)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _not_json(error) from None


def _not_json(error: json.JSONDecodeError) -> ImportRefused:
    return ImportRefused(
        _("The file is not valid JSON: %(reason)s.") % {"reason": error.msg},
        advice=_("Look just before this place for a missing quote, comma or bracket."),
        line=error.lineno,
        column=error.colno,
    )


def read(content: bytes, *, limit: int | None = None) -> list[Root]:
    """Return the top-level objects of an HSDS JSON or NDJSON file, in its order.

    Takes one object, a list, a page (``contents``) or ``{"organizations": …, "services": …}``.
    Raises ImportRefused, and nothing else, for a file that is broken, hostile or no HSDS.
    """
    text = decode(content, limit)
    begins = scan(text)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        objects = _lines_of_objects(text) if error.msg == "Extra data" else None
        if objects is None:
            raise _not_json(error) from None
        is_ndjson = True
        found = [("$", item) for _line, item in objects]
        lines: list[int | None] = [line for line, _item in objects]
    else:
        is_ndjson = False
        found = list(_roots(value))
        lines = _lines(text, begins[2 if isinstance(value, list) else 3], len(found))
    check_count(len(found))
    roots = []
    for line, (path, item) in zip(lines, found, strict=True):
        refused_at = line if is_ndjson else None
        check_texts(item, path, refused_at)
        kind = kind_of(item) if isinstance(item, dict) else None
        if kind is None:
            raise ImportRefused(
                _("This is no HSDS object that can be imported."),
                advice=_("Send services, organizations, locations, service_at_locations or taxonomies."),
                path=path,
                line=refused_at,
                column=1 if refused_at else None,
            )
        roots.append(Root(kind, path, item, line))
    return roots


def check_count(number: int) -> None:
    """Refuse a file without records, or with more than MAX_ROOTS."""
    if not number:
        raise ImportRefused(
            _("The file holds no records."), advice=_("Check that the export found something.")
        )
    if number > MAX_ROOTS:
        raise ImportRefused(
            _("The file holds more than %(limit)d records.") % {"limit": MAX_ROOTS},
            advice=_("Split it into several files."),
        )


def check_texts(value: Any, path: str, line: int | None = None) -> None:
    """Refuse a record with a NUL or half a surrogate pair in it: no database takes them."""
    for where, what in _bad_text(value, path):
        raise ImportRefused(
            _("Unusable text: %(what)s.") % {"what": what},
            advice=_("Remove that character and send the file again."),
            path=where.encode("utf-8", "replace").decode()[:200],
            line=line,
            column=1 if line else None,
        )
