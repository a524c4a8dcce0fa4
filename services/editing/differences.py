"""Old and new side by side: what a section says in words, and what a proposal changes of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from services.codes import LANGUAGES
from services.editing.records import ROWS
from services.editing.sections import Data, Fact, Kind, Section, keys
from services.models import District, Region
from services.translated import Localized


class PlaceNames:
    """Names of regions and districts in the reader's language. Two queries, and only when asked."""

    def __init__(self) -> None:
        self._names: dict[str, Localized] | None = None

    def __getitem__(self, code: str) -> str:
        if self._names is None:
            self._names = {row.code: row.name for row in Region.objects.only("code", "names", "position")}
            self._names |= {
                row.code: row.name for row in District.objects.only("code", "names", "position", "region")
            }
        return self._names.get(code, Localized(code, "en"))


@dataclass(frozen=True)
class Said:
    """A fact in words: its label, the language it is written in, and its lines.

    ``plain`` is the label without the language: the same for each writing of one fact.
    """

    label: str
    language: str
    lines: list[str]
    plain: str


@dataclass(frozen=True)
class Change:
    """One fact before and after. Lines that stay are in both."""

    label: str
    language: str
    old: list[str]
    new: list[str]

    @property
    def gone(self) -> list[str]:
        return [line for line in self.old if line not in self.new]

    @property
    def kept(self) -> list[str]:
        return [line for line in self.new if line in self.old]

    @property
    def added(self) -> list[str]:
        return [line for line in self.new if line not in self.old]


def told(section: Section, data: Data, places: PlaceNames) -> list[Said]:
    """Return what a snapshot says, in the order of the screen; empty facts have no lines."""
    found = [
        Said(_label(fact, name), _tag(code), _lines(fact.kind, fact, data.get(key), places), str(fact.label))
        for fact in section.facts
        for key, code, name in keys(fact)
    ]
    if section.rows is not None:
        rows = [_row(section.rows.facts, row, places) for row in data.get(ROWS, [])]
        found.append(Said(str(section.rows.label), "", rows, str(section.rows.label)))
    return found


def changes(section: Section, before: Data, after: Data, places: PlaceNames) -> list[Change]:
    """Return what differs between two snapshots of a section."""
    pairs = zip(told(section, before, places), told(section, after, places), strict=True)
    return [
        Change(old.label, old.language, old.lines, new.lines) for old, new in pairs if old.lines != new.lines
    ]


def _tag(code: str) -> str:
    return Localized("", code).tag if code else ""


def _label(fact: Fact, language: str) -> str:
    return f"{fact.label} ({language})" if language else str(fact.label)


def _row(facts: Iterable[Fact], row: Data, places: PlaceNames) -> str:
    return " · ".join(
        part
        for fact in facts
        for key, _code, _name in keys(fact)
        for part in _lines(fact.kind, fact, row.get(key), places)
    )


def _lines(kind: Kind, fact: Fact, value: Any, places: PlaceNames) -> list[str]:
    """Return a fact's value in words, a line for each of several; no line for nothing."""
    if kind == Kind.YES_NO:
        return [_("Not known") if value is None else _("Yes") if value else _("No")]
    if value in (None, "", []):
        return []
    listed = value if isinstance(value, list) else [value]
    if kind == Kind.TEXT:
        listed = [line.strip() for line in value.splitlines() if line.strip()]
    elif kind == Kind.HOURS:
        listed = [_hours(one) for one in value]
    elif kind in (Kind.AREAS, Kind.PLACE):
        listed = [places[code] for code in listed]
    elif kind == Kind.LANGUAGES:
        listed = [LANGUAGES.get(code, code) for code in listed]
    elif fact.choices is not None:
        labels = dict(fact.choices.choices)
        listed = [labels.get(code, code) for code in listed]
    return [str(one) for one in listed]


def _hours(one: Data) -> str:
    text = f"{WEEKDAYS[one['weekday']]} {one['opens']}–{one['closes']}"
    return f"{text} ({_('by appointment')})" if one["by_appointment"] else text
