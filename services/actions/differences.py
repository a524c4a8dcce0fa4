"""What an import would change, field by field, and whether any of it is seen by the public.

Old values are told only where they may be: of a site that is or becomes confidential the fields are
named and their values are not. Reads only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from services.chunks import chunks
from services.codes import Publication
from services.hsds.profile import ENTRIES
from services.hsds.rows import Draft, Key, Tree
from services.models import Service

Change = dict[str, Any]
Rows = dict[Key, Draft]
Find = Callable[[Key], Any]
Lost = tuple[str, str, UUID]  # a part's table, the column of its parent, and that parent
MAX_CHANGES = 40
MAX_VALUE = 200
_PARENTS = {
    "organization_id": "organization",
    "service_id": "service",
    "service_at_location_id": "service_at_location",
    "location_id": "location",
    "contact_id": "contact",
    "phone_id": "phone",
}
# Of the main records only a link shows in another one.
_SHOWS_IN = {"service_at_location": {"service_id": "service"}}
# Columns that say nothing to a reader.
_SILENT = frozenset({"source", "source_id", "raw", "hsds_id", *_PARENTS})
# What may be told of a confidential site.
_TOLD_OF_WITHHELD = frozenset({("location", "is_confidential"), ("location", "location_type")})


@dataclass
class Affected:
    """The main records that a change shows in, as (table, id)."""

    records: set[Key] = field(default_factory=set)

    def ids(self, table: str) -> list[UUID]:
        return sorted(row_id for name, row_id in self.records if name == table)


def affected_by(rows: Rows, keys: Iterable[Key], lost: Iterable[Lost], find: Find) -> Affected:
    """Return the main records in which these new, changed and vanished rows show."""
    found = Affected()
    waiting = list(keys)
    for _table, column, parent in lost:
        if column == "link":
            found.records |= {(table, parent) for table in ENTRIES}
        else:
            waiting.append((column, parent))
    seen: set[Key] = set()
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        draft, row = rows.get(key), find(key)
        values = draft.values if draft else {}
        if key[0] in ENTRIES:
            found.records.add(key)
        if values.get("link_id"):
            found.records.add((values["link_entity"], values["link_id"]))
        for column, table in _SHOWS_IN.get(key[0], {} if key[0] in ENTRIES else _PARENTS).items():
            parents = (values.get(column), getattr(row, column, None))
            waiting += [(table, parent) for parent in parents if parent is not None]
    return found


def published_among(affected: Affected) -> set[Key]:
    """Return those of the records that the public sees: published services, and what stands with them."""
    found: set[Key] = set()
    shown = Service.objects.filter(publication=Publication.PUBLISHED)
    for table, column in (
        ("service", "pk"),
        ("organization", "organization"),
        ("location", "service_at_locations__location"),
        ("service_at_location", "service_at_locations"),
    ):
        for chunk in chunks(affected.ids(table)):
            ids = shown.filter(Q(**{f"{column}__in": chunk})).values_list(column, flat=True)
            found |= {(table, row_id) for row_id in ids if row_id in set(chunk)}
    return found


def _shown(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}…"


def _pairs(column: str, old: Any, new: Any) -> Iterable[tuple[str, Any, Any]]:
    """Yield (field, old, new); translations as one field a language."""
    if column != "translations":
        yield column.removesuffix("_id"), old, new
        return
    old, new = old or {}, new or {}
    for language in sorted(old.keys() | new.keys()):
        before, after = old.get(language, {}), new.get(language, {})
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                yield f"{name} ({language})", before.get(name), after.get(name)


class Differences:
    """Tells old and new values of the rows of one plan."""

    def __init__(self, rows: Rows, find: Find) -> None:
        self.rows = rows
        self.find = find

    def of(self, tree: Tree, created: set[Key], changed: set[Key], lost: set[Lost]) -> list[Change]:
        """Return what would change in a tree, at most MAX_CHANGES fields."""
        found: list[Change] = []
        for key in tree.rows:
            if key in changed:
                found += self._changed(key)
            elif key in created:
                found.append({"table": key[0], "field": "", "new": self._name(key)})
        for table, _column, _parent in sorted(lost & tree.lists, key=str):
            found.append({"table": table, "field": "", "old": ""})
        return found[:MAX_CHANGES]

    def _name(self, key: Key) -> str:
        """Return what a new row is called, as far as that may be told."""
        if self._is_withheld(key):
            return ""
        values = self.rows[key].values
        return _shown(next((values[name] for name in ("name", "number", "title") if values.get(name)), ""))

    def _is_withheld(self, key: Key) -> bool:
        draft, row = self.rows.get(key), self.find(key)
        values = draft.values if draft else {}
        if key[0] == "location":
            return bool(values.get("is_confidential") or getattr(row, "is_confidential", False))
        location: Any = values.get("location_id") or getattr(row, "location_id", None)
        return bool(location) and self._is_withheld(("location", location))

    def _changed(self, key: Key) -> Iterable[Change]:
        row = self.find(key)
        is_withheld = self._is_withheld(key)
        for column, new in self.rows[key].values.items():
            old = getattr(row, column)
            if old == new or column in _SILENT:
                continue
            for name, before, after in _pairs(column, old, new):
                change = {"table": key[0], "field": name}
                if not is_withheld or (key[0], name) in _TOLD_OF_WITHHELD:
                    change |= {"old": _shown(before), "new": _shown(after)}
                yield change


def without_values(changes: list[Change]) -> list[Change]:
    """Return which fields changed, and no value: what is kept once a run is done."""
    return [{"table": change["table"], "field": change["field"]} for change in changes]
