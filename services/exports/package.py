"""The tables of HSDS 3.1 as a data package: a CSV for each kind of record, and datapackage.json.

Records that several services share (organizations, sites, terms) stand there once. Names of our
profile are further columns; what is no single value is JSON in its cell. Texts are neutralized as in
hsds.flat, because people open these tables in spreadsheets too.
"""

import csv
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, Any

from services.exports.lines import Stamp
from services.hsds.flat import neutralized

PIECE = 64 * 1024
ID, TEXT, NUMBER, JSON = "id", "text", "number", "json"
_TRUTH = "boolean"


@dataclass(frozen=True)
class _Sheet:
    """A table: its file, its columns with their kinds, and which of these must be filled."""

    path: str
    columns: dict[str, str]
    required: tuple[str, ...] = ()
    # {list in a record: (table of its items, column there that points back)}
    lists: dict[str, tuple[str, str]] = field(default_factory=dict)
    # {record in a record: (its table, our column that points to it)}
    ones: dict[str, tuple[str, str]] = field(default_factory=dict)


def _texts(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, TEXT)


def _ids(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, ID)


_ATTRIBUTES = {"attributes": ("attribute", "link_id")}
_SHEETS: dict[str, _Sheet] = {
    "organization": _Sheet(
        "organizations.csv",
        _ids("id")
        | _texts("name", "alternate_name", "description", "email", "website", "legal_status", "logo", "uri")
        | {"year_incorporated": NUMBER, "translations": JSON, "legal_notification_duty": JSON},
        ("name",),
        {
            "additional_websites": ("url", "organization_id"),
            "contacts": ("contact", "organization_id"),
            "phones": ("phone", "organization_id"),
        }
        | _ATTRIBUTES,
    ),
    "service": _Sheet(
        "services.csv",
        _ids("id", "organization_id")
        | _texts(
            "name",
            "alternate_name",
            "description",
            "url",
            "email",
            "status",
            "interpretation_services",
            "application_process",
            "fees_description",
            "wait_time",
            "accreditations",
            "eligibility_description",
            "licenses",
            "alert",
            "assured_date",
            "last_modified",
            "service_type",
        )
        | {"minimum_age": NUMBER, "maximum_age": NUMBER, "accepts_children": _TRUTH}
        | dict.fromkeys(("translations", "service_subtypes", "eligible_sexes"), JSON),
        ("organization_id", "name", "status"),
        {
            "additional_urls": ("url", "service_id"),
            "phones": ("phone", "service_id"),
            "schedules": ("schedule", "service_id"),
            "service_areas": ("service_area", "service_id"),
            "service_at_locations": ("service_at_location", "service_id"),
            "languages": ("language", "service_id"),
            "cost_options": ("cost_option", "service_id"),
            "required_documents": ("required_document", "service_id"),
            "contacts": ("contact", "service_id"),
            "capacities": ("service_capacity", "service_id"),
        }
        | _ATTRIBUTES,
        {"organization": ("organization", "organization_id")},
    ),
    "location": _Sheet(
        "locations.csv",
        _ids("id", "organization_id")
        | _texts(
            "location_type",
            "url",
            "name",
            "alternate_name",
            "description",
            "transportation",
            "external_identifier",
            "external_identifier_type",
            "region_iso",
        )
        | {"latitude": NUMBER, "longitude": NUMBER, "translations": JSON, "district": JSON},
        ("location_type",),
        {
            "languages": ("language", "location_id"),
            "addresses": ("address", "location_id"),
            "contacts": ("contact", "location_id"),
            "accessibility": ("accessibility", "location_id"),
            "phones": ("phone", "location_id"),
            "schedules": ("schedule", "location_id"),
        }
        | _ATTRIBUTES,
    ),
    "service_at_location": _Sheet(
        "service_at_location.csv",
        _ids("id", "service_id", "location_id") | _texts("description"),
        ("service_id", "location_id"),
        {
            "service_areas": ("service_area", "service_at_location_id"),
            "contacts": ("contact", "service_at_location_id"),
            "phones": ("phone", "service_at_location_id"),
            "schedules": ("schedule", "service_at_location_id"),
        }
        | _ATTRIBUTES,
        {"location": ("location", "location_id")},
    ),
    "phone": _Sheet(
        "phones.csv",
        _ids("id", "location_id", "service_id", "organization_id", "contact_id", "service_at_location_id")
        | _texts("number", "type", "description", "extension_text")
        | {"extension": NUMBER},
        ("number",),
        {"languages": ("language", "phone_id")},
    ),
    "contact": _Sheet(
        "contacts.csv",
        _ids("id", "organization_id", "service_id", "service_at_location_id", "location_id")
        | _texts("title", "department", "email"),
        (),
        {"phones": ("phone", "contact_id")},
    ),
    "address": _Sheet(
        "addresses.csv",
        _ids("id", "location_id")
        | _texts(
            "address_1",
            "address_2",
            "city",
            "region",
            "state_province",
            "postal_code",
            "country",
            "address_type",
        ),
        ("address_1", "address_type"),
    ),
    "schedule": _Sheet(
        "schedules.csv",
        _ids("id", "service_id", "location_id", "service_at_location_id")
        | _texts(
            "valid_from",
            "valid_to",
            "dtstart",
            "until",
            "wkst",
            "freq",
            "byday",
            "byweekno",
            "bymonthday",
            "byyearday",
            "description",
            "opens_at",
            "closes_at",
            "attending_type",
        )
        | dict.fromkeys(("timezone", "count", "interval"), NUMBER),
    ),
    "service_area": _Sheet(
        "service_areas.csv",
        _ids("id", "service_id", "service_at_location_id")
        | _texts("name", "description", "extent", "extent_type", "uri")
        | {"translations": JSON},
    ),
    "required_document": _Sheet(
        "required_documents.csv",
        _ids("id", "service_id") | _texts("document", "uri") | {"translations": JSON},
    ),
    "language": _Sheet(
        "languages.csv",
        _ids("id", "service_id", "location_id", "phone_id") | _texts("name", "code", "note"),
    ),
    "accessibility": _Sheet(
        "accessibility.csv",
        _ids("id", "location_id") | _texts("description", "details", "url") | {"translations": JSON},
    ),
    "cost_option": _Sheet(
        "cost_options.csv",
        _ids("id", "service_id")
        | _texts("valid_from", "valid_to", "option", "currency", "amount_description")
        | {"amount": NUMBER, "translations": JSON},
        ("service_id",),
    ),
    "service_capacity": _Sheet(
        "service_capacity.csv",
        _ids("id", "service_id", "unit_id")
        | _texts("description", "updated")
        | {"available": NUMBER, "maximum": NUMBER},
        ("service_id", "unit_id", "available", "updated"),
        {},
        {"unit": ("unit", "unit_id")},
    ),
    "unit": _Sheet("units.csv", _ids("id") | _texts("name", "scheme", "identifier", "uri"), ("name",)),
    "url": _Sheet(
        "url.csv", _ids("id", "organization_id", "service_id") | _texts("label", "url"), ("url",)
    ),
    "attribute": _Sheet(
        "attributes.csv",
        _ids("id", "link_id", "taxonomy_term_id") | _texts("link_type", "link_entity", "value", "label"),
        ("link_id", "link_entity"),
        {},
        {"taxonomy_term": ("taxonomy_term", "taxonomy_term_id")},
    ),
    "taxonomy": _Sheet(
        "taxonomies.csv", _ids("id") | _texts("name", "description", "uri", "version"), ("name",)
    ),
    "taxonomy_term": _Sheet(
        "taxonomy_terms.csv",
        _ids("id", "parent_id", "taxonomy_id")
        | _texts("code", "name", "description", "taxonomy", "language", "term_uri"),
        ("name",),
        {},
        {"taxonomy_detail": ("taxonomy", "taxonomy_id")},
    ),
}  # fmt: skip
# Columns that point to a row of another table; a parent term, and what an attribute is of, may be elsewhere.
_POINTERS = {f"{table}_id": table for table in _SHEETS}
_FIELD = {
    ID: {"type": "string", "format": "uuid"},
    TEXT: {"type": "string"},
    NUMBER: {"type": "number"},
    _TRUTH: {"type": "boolean"},
    JSON: {"type": "object"},
}
_LISTS = frozenset({"service_subtypes", "eligible_sexes"})


def package(services: Iterator[dict[str, Any]], stamp: Stamp) -> Iterator[bytes]:
    """Yield the zip. The tables are written to unnamed files first: public data, bounded memory."""
    with ExitStack() as stack:
        tables = {
            name: stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline=""))
            for name in _SHEETS
        }
        _fill(tables, services)
        out = stack.enter_context(tempfile.TemporaryFile())
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("datapackage.json", json.dumps(_descriptor(stamp), ensure_ascii=False, indent=1))
            for name, file in tables.items():
                file.seek(0)
                with archive.open(_SHEETS[name].path, "w") as target:
                    while piece := file.read(PIECE):
                        target.write(piece.encode())
        out.seek(0)
        while content := out.read(PIECE):
            yield content


def _fill(tables: Mapping[str, IO[str]], services: Iterator[dict[str, Any]]) -> None:
    writers = {
        name: csv.DictWriter(file, list(_SHEETS[name].columns), extrasaction="ignore")
        for name, file in tables.items()
    }
    for writer in writers.values():
        writer.writeheader()
    written: set[tuple[str, str]] = set()
    for service in services:
        for table, row in _flat("service", service):
            key = (table, row["id"])
            if key not in written:
                written.add(key)
                writers[table].writerow({name: _cell(value) for name, value in row.items()})


def _flat(table: str, record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a record and all in it as rows, each with the ids of what it belongs to."""
    sheet = _SHEETS[table]
    row = {name: record[name] for name in sheet.columns if name in record}
    for name, (inner_table, column) in sheet.ones.items():
        inner = record.get(name)
        if inner is not None:
            row[column] = inner["id"]
            yield from _flat(inner_table, inner)
    yield table, row
    for name, (inner_table, column) in sheet.lists.items():
        for inner in record.get(name, []):
            yield from _flat(inner_table, inner | {column: record["id"]})


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return neutralized(value) if isinstance(value, str) else value


def _descriptor(stamp: Stamp) -> dict[str, Any]:
    return {
        "name": "hamroh-directory",
        "title": "Published services for survivors, HSDS 3.1",
        "profile": "tabular-data-package",
        "created": stamp.fields["exported_at"],
        "homepage": stamp.origin,
        "sources": [{"title": stamp.origin, "path": stamp.origin}],
        "resources": [_resource(name, sheet) for name, sheet in _SHEETS.items()],
    }


def _resource(name: str, sheet: _Sheet) -> dict[str, Any]:
    keys = [
        {"fields": column, "reference": {"resource": _POINTERS[column], "fields": "id"}}
        for column in sheet.columns
        if column in _POINTERS
    ]
    fields = [
        {"name": column}
        | ({"type": "array"} if column in _LISTS else _FIELD[kind])
        | ({"constraints": {"required": True}} if column in ("id", *sheet.required) else {})
        for column, kind in sheet.columns.items()
    ]
    return {
        "name": name,
        "path": sheet.path,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "primaryKey": "id"} | ({"foreignKeys": keys} if keys else {}),
    }
