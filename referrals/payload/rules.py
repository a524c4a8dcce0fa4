"""How a sealed shape checks itself: the base class, and the rule of each kind of field."""

import json
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import field, fields
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, Self
from uuid import UUID

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from referrals.errors import Invalid
from vault.errors import Refused

Rule = Callable[[Any], Any]


class _Wrong(Exception):
    """One field is not right; ``message`` says what to do."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__("wrong")
        self.message = message


class Payload:
    """Base of everything sealed: checks on making, JSON both ways, nothing in ``repr``."""

    def __post_init__(self) -> None:
        wrong: dict[str, Any] = {}
        for name, default, rule in _rules_of(type(self)):  # type: ignore[arg-type]  # a class is hashable
            value = getattr(self, name)
            if value is default:  # not given: most fields of most payloads
                continue
            try:
                kept = rule(value)
                if kept is not value:
                    object.__setattr__(self, name, kept)
            except _Wrong as error:
                wrong[name] = error.message
            except Invalid as error:
                wrong |= {f"{name}.{inner}": message for inner, message in error.fields.items()}
        if wrong:
            raise Invalid(wrong)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def to_json(self) -> dict[str, Any]:
        """Return JSON values; what was not answered is left out."""
        values = {one.name: _plain(getattr(self, one.name)) for one in fields(self)}  # type: ignore[arg-type]
        return {name: value for name, value in values.items() if value or (value == 0 and value is not False)}

    def to_bytes(self) -> bytes:
        return json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what ``to_bytes`` wrote; anything else is ``Refused``."""
        try:
            return cls(**json.loads(data.decode()))
        except (ValueError, TypeError, Invalid):
            raise Refused from None


@cache
def _rules_of(kind: type[Payload]) -> tuple[tuple[str, Any, Rule], ...]:
    return tuple((one.name, one.default, one.metadata["rule"]) for one in fields(kind))  # type: ignore[arg-type]


def _plain(value: Any) -> Any:
    if isinstance(value, Payload):
        return value.to_json()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # datetime is one too
        return value.isoformat()
    return value


# --- Rules of one field. Each takes what a form or JSON gives and returns what is kept. ---


def printable(text: str) -> str:
    """Return a text without control characters and what nobody sees; line breaks stay."""
    if text.isprintable():
        return text
    return "".join(letter for letter in text if letter == "\n" or letter.isprintable())


def text(limit: int) -> Any:
    """Take at most ``limit`` characters; line breaks stay, other control characters go."""

    def rule(value: Any) -> str:
        if not isinstance(value, str):
            raise _Wrong(_("Write this as text."))
        kept = printable(value if value.isascii() else unicodedata.normalize("NFC", value)).strip()
        if len(kept) > limit:
            raise _Wrong(_("Shorten this to %(limit)d characters.") % {"limit": limit})
        return kept

    return field(default="", metadata={"rule": rule, "kind": "text"})


def words(limit: int) -> Any:
    """Take any number of short texts of our own making, each once."""

    def rule(value: Any) -> tuple[str, ...]:
        given = _listed(value)
        if not all(isinstance(one, str) and len(one) <= limit for one in given):
            raise _Wrong(_("Choose among the answers."))
        return tuple(dict.fromkeys(given))

    return field(default=(), metadata={"rule": rule, "kind": "words"})


def code(choices: Iterable[str]) -> Any:
    """Take one of the codes, or nothing."""
    allowed = frozenset(map(str, choices))

    def rule(value: Any) -> str:
        if value in ("", None):
            return ""
        if not isinstance(value, str) or value not in allowed:
            raise _Wrong(_("Choose one of the answers."))
        return str(value)

    return field(default="", metadata={"rule": rule, "kind": "code", "codes": sorted(allowed)})


def several(choices: Iterable[str]) -> Any:
    """Take any number of the codes, each once, in the order of the list."""
    order = [str(choice) for choice in choices]
    allowed = frozenset(order)

    def rule(value: Any) -> tuple[str, ...]:
        given = {str(one) for one in _listed(value)}
        if not given <= allowed:
            raise _Wrong(_("Choose among the answers."))
        return tuple(one for one in order if one in given)

    return field(default=(), metadata={"rule": rule, "kind": "codes", "codes": order})


def flag() -> Any:
    """Take yes or no; no unless said."""

    def rule(value: Any) -> bool:
        if not isinstance(value, bool):
            raise _Wrong(_("Answer yes or no."))
        return value

    return field(default=False, metadata={"rule": rule, "kind": "flag"})


def number(most: int) -> Any:
    """Take a whole number from 0 to ``most``, or nothing."""

    def rule(value: Any) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise _Wrong(_("Give a whole number from 0 to %(most)d.") % {"most": most})
        return value

    return field(default=None, metadata={"rule": rule, "kind": "number"})


def _parsed(parse: Callable[[str], Any], kind: type, message: str | Promise) -> Rule:
    def rule(value: Any) -> Any:
        if value is None or isinstance(value, kind):
            return value
        try:
            return parse(value)
        except (ValueError, TypeError, AttributeError):
            raise _Wrong(message) from None

    return rule


def day() -> Any:
    """Take a date, or nothing."""
    return field(
        default=None, metadata={"rule": _parsed(date.fromisoformat, date, _("Give a date.")), "kind": "day"}
    )


def moment() -> Any:
    """Take a moment with its zone, kept in UTC to the second, or nothing."""
    parse = _parsed(datetime.fromisoformat, datetime, _("Give a date and time."))

    def rule(value: Any) -> datetime | None:
        given = parse(value)
        if given is not None and given.tzinfo is None:
            raise _Wrong(_("Give a date and time."))
        return None if given is None else given.astimezone(UTC).replace(microsecond=0)

    return field(default=None, metadata={"rule": rule, "kind": "moment"})


def clock() -> Any:
    """Take a time of day as ``HH:MM``, or nothing."""

    def rule(value: Any) -> str:
        if value in ("", None):
            return ""
        try:
            given = value if isinstance(value, time) else time.fromisoformat(value)
        except (ValueError, TypeError):
            raise _Wrong(_("Give a time of day, for example 10:00.")) from None
        return f"{given:%H:%M}"

    return field(default="", metadata={"rule": rule, "kind": "clock"})


_uuid = _parsed(UUID, UUID, _("Choose one of the answers."))


def ident() -> Any:
    """Take an id, or nothing."""
    return field(default=None, metadata={"rule": _uuid, "kind": "id"})


def idents() -> Any:
    """Take any number of ids."""

    def rule(value: Any) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(_uuid(one) for one in _listed(value) if one))

    return field(default=(), metadata={"rule": rule, "kind": "ids"})


def nested(kind: type[Payload]) -> Any:
    """Take another payload, or its JSON; an empty one unless said."""

    def rule(value: Any) -> Payload:
        if isinstance(value, kind):
            return value
        if not isinstance(value, dict):
            raise _Wrong(_("Some answers need another look."))
        try:
            return kind(**value)
        except TypeError:
            raise _Wrong(_("Some answers need another look.")) from None

    return field(default_factory=kind, metadata={"rule": rule, "kind": "nested", "of": kind})


def many(kind: type[Payload]) -> Any:
    """Take any number of another payload, or of its JSON, in the order given."""

    def rule(value: Any) -> tuple[Payload, ...]:
        try:
            return tuple(one if isinstance(one, kind) else kind(**one) for one in _listed(value))
        except TypeError:
            raise _Wrong(_("Some answers need another look.")) from None

    return field(default=(), metadata={"rule": rule, "kind": "many", "of": kind})


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    raise _Wrong(_("Choose among the answers."))


def of(choices: type[TextChoices]) -> list[str]:
    """Return the codes of a list of choices."""
    return [str(value) for value in choices.values]
