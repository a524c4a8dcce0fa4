"""Tabular packages of HSDS 1.1, 2.x and 3.x: tables joined by ids become the objects of HSDS 3.1.

What the versions name differently is told here once, in ``_TABLES`` and ``_COLUMNS``. A part whose
parent is nowhere becomes a record of its own that is put aside, so that no row is lost in silence.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from services.errors import ImportRefused
from services.files.tables import Row, Table
from services.hsds import written
from services.hsds.flat import restored
from services.hsds.notes import Note, Origin
from services.hsds.reading import Root, value_of

# Name of a file in any version: the table of HSDS 3.1, or what older versions had in its place.
_TABLES: dict[str, str] = {
    "services_at_location": "service_at_location",
    "service_at_locations": "service_at_location",
    "services_taxonomy": "service_taxonomy",
    "taxonomies": "taxonomy",
    "physical_addresses": "physical_address",
    "postal_addresses": "postal_address",
    "addresses": "address",
    "accessibility_for_disabilities": "accessibility",
    "payments_accepted": "payment_accepted",
    "service_capacities": "service_capacity",
    "other_attributes": "other_attribute",
} | {
    f"{name}s": name
    for name in (
        "organization",
        "program",
        "service",
        "service_attribute",
        "location",
        "phone",
        "contact",
        "regular_schedule",
        "holiday_schedule",
        "schedule",
        "service_area",
        "required_document",
        "language",
        "cost_option",
        "unit",
        "url",
        "attribute",
        "organization_identifier",
        "taxonomy_term",
    )
}
_KNOWN = frozenset(_TABLES.values()) | {"funding", "eligibility", "metadata", "meta_table_description"}
_MAIN = frozenset({"organization", "service", "location", "service_at_location", "taxonomy", "taxonomy_term"})
# Columns that had another name before 3.0.
_COLUMNS: dict[str, dict[str, str]] = {
    "organization": {"url": "website"},
    "service": {"fees": "fees_description"},
    "accessibility": {"accessibility": "description"},
    "service_area": {"service_area": "name"},
    "language": {"language": "name"},
    "taxonomy_term": {"vocabulary": "taxonomy"},
}
# Part: {column that points to a parent: list in that parent}.
_PARTS: dict[str, dict[str, str]] = {
    "language": {"service_id": "languages", "location_id": "languages", "phone_id": "languages"},
    "phone": {
        "contact_id": "phones",
        "service_id": "phones",
        "organization_id": "phones",
        "location_id": "phones",
        "service_at_location_id": "phones",
    },
    "contact": {
        "organization_id": "contacts",
        "service_id": "contacts",
        "service_at_location_id": "contacts",
        "location_id": "contacts",
    },
    "address": {"location_id": "addresses"},
    "accessibility": {"location_id": "accessibility"},
    "schedule": {
        "service_id": "schedules",
        "location_id": "schedules",
        "service_at_location_id": "schedules",
    },
    "service_area": {"service_id": "service_areas", "service_at_location_id": "service_areas"},
    "cost_option": {"service_id": "cost_options"},
    "required_document": {"service_id": "required_documents"},
    "service_capacity": {"service_id": "capacities"},
    "url": {"organization_id": "additional_websites", "service_id": "additional_urls"},
    "organization_identifier": {"organization_id": "organization_identifiers"},
    "program": {"organization_id": "programs"},
    "funding": {"organization_id": "funding", "service_id": "funding"},
}
# Cells of our profile that hold JSON.
_JSON = frozenset(
    {
        "translations",
        "eligible_sexes",
        "service_subtypes",
        "legal_notification_duty",
        "district",
        "accepts_children",
    }
)
_ATTRIBUTES = ("attribute", "service_attribute", "service_taxonomy", "other_attribute")


@dataclass
class _Record:
    """One row as an object, where it stood, and the parts hung into it by list name."""

    table: str
    file: str
    line: int
    value: dict[str, Any]
    columns: dict[str, str]
    notes: list[Note] = field(default_factory=list)
    parts: dict[str, list["_Record"]] = field(default_factory=dict)
    one: dict[str, "_Record"] = field(default_factory=dict)
    is_hung: bool = False

    @property
    def origin(self) -> Origin:
        return Origin(self.file, self.line, self.columns)


def table_of(name: str) -> str | None:
    """Return the HSDS table that a file of this name holds, or None."""
    plain = name.rsplit("/", 1)[-1].rsplit(".", 1)[0].strip().lower().replace("-", "_").replace(" ", "_")
    found = _TABLES.get(plain, plain)
    return found if found in _KNOWN else None


def is_package(tables: list[Table]) -> bool:
    """Say whether these tables are a package: at least two are known, and one of them is a main one."""
    names = {table_of(table.name) for table in tables} - {None}
    return len(names) > 1 and bool(names & _MAIN)


def _record(table: str, name: str, header: list[str], row: Row) -> _Record:
    renamed = _COLUMNS.get(table, {})
    record = _Record(table, name, row.line, {}, {})
    for title, cell in zip(header, row.cells, strict=True):
        column = title.strip().lower()
        column = renamed.get(column, column)
        text = restored(cell.strip())
        if not column or not text or column in record.value:
            continue
        record.columns[column] = title
        record.value[column] = text
        if column in _JSON and text[0] in "{[tf":
            try:
                record.value[column] = value_of(text)
            except ImportRefused:
                del record.value[column]
                record.notes.append(Note("damaged", name, column, row.line, title[:100]))
    if row.more:
        record.notes.append(Note("ragged", name, "", row.line))
    elif row.fewer:
        record.notes.append(Note("row_short", name, "", row.line))
    return record


def _named(record: _Record, has_ids: bool) -> None:
    """Give a part an id where its table has no such column; it follows from what the row says."""
    if "id" not in record.value and not has_ids:
        said = "\x1f".join(f"{key}={value}" for key, value in sorted(record.value.items(), key=str))
        record.value["id"] = f"{record.table}-{hashlib.sha256(said.encode()).hexdigest()[:24]}"


class _Package:
    def __init__(self, tables: list[Table]) -> None:
        self.records: dict[str, list[_Record]] = {}
        for source in tables:
            table = table_of(source.name)
            if table is None:
                continue
            header = [title.strip().lower() for title in source.header]
            if table == "taxonomy" and not {"parent_id", "vocabulary"}.isdisjoint(header):
                table = "taxonomy_term"  # until 1.1 that table held the terms
            found = self.records.setdefault(table, [])
            for row in source.rows:
                record = _record(table, source.name, source.header, row)
                _named(record, "id" in header)
                found.append(record)
        self._translate()
        self.by_id = {
            table: {str(record.value["id"]): record for record in reversed(records) if "id" in record.value}
            for table, records in self.records.items()
        }

    def of(self, table: str) -> list[_Record]:
        return self.records.get(table, [])

    # --- what older versions say in another way ---

    def _translate(self) -> None:
        for kind in ("physical", "postal"):
            for record in self.of(f"{kind}_address"):
                record.value.setdefault("address_type", kind)
                record.table = "address"
                self._join_lines(record)
                self.records.setdefault("address", []).append(record)
        for record in self.of("regular_schedule"):
            record.table = "schedule"
            given = str(record.value.pop("weekday", ""))
            byday = written.days(given) if given else None
            record.value |= {"freq": "WEEKLY", "byday": byday or given}
            self.records.setdefault("schedule", []).append(record)
        for record in self.of("schedule"):
            for name in ("opens_at", "closes_at"):
                if name in record.value:
                    record.value[name] = written.clock(str(record.value[name])) or record.value[name]
        for record in self.of("language"):
            if "code" not in record.value and "name" in record.value:
                code = written.language(str(record.value["name"]))
                if code != record.value["name"]:
                    record.value["code"] = code
        for record in self.of("phone"):
            spoken = str(record.value.pop("language", ""))
            for name in written.several(spoken):
                value = {"id": f"{record.value.get('id')}:{name}", "code": written.language(name)}
                part = _Record("language", record.file, record.line, value, {}, is_hung=True)
                record.parts.setdefault("languages", []).append(part)

    @staticmethod
    def _join_lines(record: _Record) -> None:
        more = [str(record.value.pop(name)) for name in ("address_3", "address_4") if name in record.value]
        if more:
            record.value["address_2"] = ", ".join([str(record.value.get("address_2", "")), *more]).strip(", ")

    # --- joining ---

    def join(self) -> None:
        for service in self.of("eligibility"):
            self._say("service", service, "eligibility", "eligibility_description")
        for payment in self.of("payment_accepted"):
            self._say("service", payment, "payment", "payments_accepted")
        for holiday in self.of("holiday_schedule"):
            holiday.is_hung = True
            for parent in self._parents(holiday, ("service_id", "location_id", "service_at_location_id")):
                parent.notes.append(Note("holidays_left_out", holiday.file, "", holiday.line))
                break
        for table, lists in _PARTS.items():
            for record in self.of(table):
                self._hang(record, lists)
        for record in self.of("service_capacity"):
            unit = self.by_id.get("unit", {}).get(str(record.value.get("unit_id", "")))
            if unit is not None:
                record.one["unit"] = unit
        for record in self.of("taxonomy_term"):
            taxonomy = self.by_id.get("taxonomy", {}).get(str(record.value.get("taxonomy_id", "")))
            if taxonomy is not None:
                record.one["taxonomy_detail"] = taxonomy
        self._hang_attributes()
        for location in self.of("location"):
            self._type(location)
        self._hang_links()

    def _parents(self, record: _Record, columns: Any) -> list[_Record]:
        found = []
        for column in columns:
            given = record.value.get(column)
            parent = self.by_id.get(column.removesuffix("_id"), {}).get(str(given)) if given else None
            if parent is not None:
                found.append(parent)
        return found

    def _say(self, table: str, record: _Record, column: str, to: str) -> None:
        record.is_hung = True
        said = str(record.value.get(column, ""))
        parent = self.by_id.get(table, {}).get(str(record.value.get(f"{table}_id", "")))
        if parent is None:
            record.is_hung = False
        elif said:
            before = parent.value.get(to)
            parent.value[to] = f"{before}\n{said}" if before else said

    def _hang(self, record: _Record, lists: dict[str, str]) -> None:
        for column, name in lists.items():
            for parent in self._parents(record, (column,)):
                parent.parts.setdefault(name, []).append(record)
                record.is_hung = True
            record.value.pop(column, None)

    def _hang_attributes(self) -> None:
        for table in _ATTRIBUTES:
            for record in self.of(table):
                entity, given = "service", record.value.pop("service_id", None)
                if table in ("attribute", "other_attribute"):
                    # Until 3.0 the kind of record stood in link_type, which now says what is told.
                    kind = "link_entity" if "link_entity" in record.value else "link_type"
                    entity, given = str(record.value.pop(kind, "")), record.value.pop("link_id", None)
                else:
                    record.value.setdefault("link_type", "taxonomy")
                term = record.value.pop("taxonomy_term_id", None) or record.value.pop("taxonomy_id", None)
                found = self.by_id.get("taxonomy_term", {}).get(str(term)) if term else None
                if found is not None:
                    record.one["taxonomy_term"] = found
                parent = self.by_id.get(entity, {}).get(str(given))
                if parent is not None:
                    parent.parts.setdefault("attributes", []).append(record)
                    record.is_hung = True

    def _type(self, location: _Record) -> None:
        if "location_type" in location.value:
            return
        kinds = {part.value.get("address_type") for part in location.parts.get("addresses", [])}
        location.value["location_type"] = "postal" if kinds == {"postal"} else "physical"

    def _hang_links(self) -> None:
        for link in self.of("service_at_location"):
            for service in self._parents(link, ("service_id",)):
                del link.value["service_id"]
                service.parts.setdefault("service_at_locations", []).append(link)
                link.is_hung = True

    # --- out ---

    def roots(self) -> list[Root]:
        found = []
        for table in ("taxonomy", "taxonomy_term", "organization", "location", "service"):
            found += [self._root(record) for record in self.of(table)]
        found += [self._root(record) for record in self.of("service_at_location") if not record.is_hung]
        for table in (*_PARTS, *_ATTRIBUTES, "eligibility", "payment_accepted"):
            if table != "program":
                found += [self._lost(record) for record in self.of(table) if not record.is_hung]
        return found

    def _lost(self, record: _Record) -> Root:
        note = Note("dangling", record.file, "", record.line)
        # Nothing but its id: what hangs on nothing might say where a confidential site is.
        value = {"id": record.value.get("id", "")}
        return Root(record.table, record.file, value, record.line, notes=(note, *record.notes))

    def _root(self, record: _Record) -> Root:
        origins: dict[str, Origin] = {}
        notes: list[Note] = []
        value = self._value(record, "$", origins, notes, 0)
        return Root(record.table, "$", value, record.line, origins, tuple(notes))

    def _value(
        self, record: _Record, path: str, origins: dict[str, Origin], notes: list[Note], depth: int
    ) -> dict[str, Any]:
        origins[path] = record.origin
        notes += record.notes
        value = dict(record.value)
        if depth > 5:
            return value
        for name, part in record.one.items():
            value[name] = self._value(part, f"{path}.{name}", origins, notes, depth + 1)
        for name, parts in record.parts.items():
            value[name] = [
                self._value(part, f"{path}.{name}[{index}]", origins, notes, depth + 1)
                for index, part in enumerate(parts)
            ]
        return value


def roots_of(tables: list[Table]) -> list[Root]:
    """Return the objects of a package, each with where its parts stood."""
    package = _Package(tables)
    package.join()
    return package.roots()
