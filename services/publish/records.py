"""Single rows as HSDS records: plain fields, phones, contacts, schedules, places, attributes.

Each function that takes ``is_withheld`` then says nothing that could tell where a site is: texts
that belong to the site are left out, and of an area only the name of its region or district stays.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Model
from django.utils.encoding import iri_to_uri

from services.codes import LANGUAGES
from services.hours import DayHours, to_hsds
from services.hsds.profile import TABLES
from services.models import Attribute, District, Location, Phone, Region, Schedule, ServiceArea, TaxonomyTerm

_HSDS_LANGUAGES = {"uz": "uz", "uz-cyrl": "uz-Cyrl", "ru": "ru", "en": "en"}
_REQUIRED_EMPTY = {
    "address": ("city", "state_province", "postal_code", "country"),
    "organization": ("description",),
    "taxonomy": ("description",),
    "taxonomy_term": ("description",),
}
_ADDRESSES = frozenset({"url", "uri", "website", "logo", "term_uri"})
_FREQUENCIES = ("WEEKLY", "MONTHLY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_RULE_NUMBERS = ("count", "interval", "timezone")
# All that the names of a rule may say where its texts must not be trusted.
_PLAIN_RULE = re.compile(r"[0-9:+,T.Z-]*|([+-]?\d*(MO|TU|WE|TH|FR|SA|SU),?)+|WEEKLY|MONTHLY")


def record(table: str, row: Model) -> dict[str, Any]:
    """Return the plain fields of one row under their HSDS names; empty ones are left out."""
    found: dict[str, Any] = {"id": str(row.pk)}
    for spec in TABLES[table].fields:
        value = _plain(spec.name, getattr(row, spec.to))
        if value not in (None, "") or spec.name in _REQUIRED_EMPTY.get(table, ()):
            found[spec.name] = value
    translations = getattr(row, "translations", None)
    if translations:
        kept = {
            _HSDS_LANGUAGES[code]: texts
            for code, texts in translations.items()
            if texts and code in _HSDS_LANGUAGES
        }
        found |= {"translations": kept} if kept else {}
    return found


def _plain(name: str, value: Any) -> Any:
    """Return a value as JSON knows it. What the schema does not take as an e-mail is none."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if name in _ADDRESSES and value:
        return iri_to_uri(value)
    if name == "email" and "@" not in (value or "@"):
        return ""
    return str(value) if isinstance(value, UUID) else value


def filled(**lists: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the lists that are not empty."""
    return {name: rows for name, rows in lists.items() if rows}


def listed(table: str, rows: Iterable[Model]) -> list[dict[str, Any]]:
    return [record(table, row) for row in rows]


def phones(rows: Iterable[Phone], *, is_withheld: bool = False) -> list[dict[str, Any]]:
    """Return phones with their languages. At a withheld site only what one dials."""
    found = []
    for row in rows:
        one = record("phone", row)
        languages = listed("language", row.languages.all())
        if is_withheld:
            one.pop("description", None)
            one.pop("type", None)
            languages = [
                {key: language[key] for key in ("id", "code")}
                for language in languages
                if language.get("code") in LANGUAGES
            ]
        one |= _extension(one.pop("extension", "") if not is_withheld else _digits(one.pop("extension", "")))
        found.append(one | filled(languages=languages))
    return found


def _digits(text: str) -> str:
    return text if text.isdecimal() else ""


def _extension(text: str) -> dict[str, Any]:
    """HSDS has a number here; what is no plain number (007, 12a) goes under a name of our profile."""
    if text.isascii() and text.isdecimal() and str(int(text)) == text:
        return {"extension": int(text)}
    return {"extension_text": text} if text else {}


def contacts(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [record("contact", row) | filled(phones=phones(row.phones.all())) for row in rows]


def schedules(rows: Iterable[Schedule], *, is_withheld: bool = False) -> list[dict[str, Any]]:
    """Put the weekday rows of one HSDS schedule together again."""
    grouped: dict[tuple[Any, ...], list[Schedule]] = {}
    for row in rows:
        times = (row.opens, row.closes, row.valid_from, row.valid_to)
        grouped.setdefault((_schedule_id(row), *times, row.note, str(row.raw)), []).append(row)
    found = []
    for (hsds_id, opens, closes, valid_from, valid_to, note, _), days in grouped.items():
        raw = _rule(days[0].raw, is_withheld=is_withheld)
        schedule: dict[str, Any] = {"id": str(hsds_id)}
        if days[0].weekday is not None and opens is not None and closes is not None:
            schedule |= to_hsds(
                [DayHours(day.weekday or 0, opens, closes, valid_from, valid_to) for day in days]
            )
        schedule |= raw
        if note and not is_withheld:
            schedule["description"] = note
        found.append(schedule)
    return found


def _schedule_id(row: Schedule) -> UUID:
    """Return the id of the HSDS schedule that a row came from; a copy for a second parent has its own."""
    first = row.hsds_id if row.weekday is None else uuid5(row.hsds_id, str(row.weekday))
    if row.pk == first:
        return row.hsds_id
    parent = row.service_id or row.service_at_location_id or row.location_id
    return uuid5(row.hsds_id, str(parent)) if row.pk == uuid5(first, str(parent)) else row.hsds_id


def _rule(raw: dict[str, Any], *, is_withheld: bool) -> dict[str, Any]:
    """Return the parts of a rule that the schema allows; none of it where it follows another clock."""
    kept: dict[str, Any] = {}
    for key, value in raw.items():
        if key == "id":
            continue
        if key in _RULE_NUMBERS:
            number = _number(value)
            kept |= {} if number is None else {key: number}
        elif not is_withheld or _PLAIN_RULE.fullmatch(str(value)):
            kept[key] = str(value)
    if kept.get("wkst", "MO") not in _WEEKDAYS:
        kept.pop("wkst")
    if kept.get("freq", "WEEKLY") not in _FREQUENCIES:
        return {key: kept[key] for key in ("valid_from", "valid_to", "attending_type") if key in kept}
    return kept


def _number(value: Any) -> int | float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if number.is_integer() else number


def areas(rows: Iterable[ServiceArea], *, is_withheld: bool = False) -> list[dict[str, Any]]:
    """Return service areas. For a withheld site only regions and districts by their own names."""
    if not is_withheld:
        return listed("service_area", rows)
    return [
        {"id": str(row.pk)} | _named_place(place) for row in rows if (place := row.district or row.region)
    ]


def _named_place(place: Region | District) -> dict[str, Any]:
    names = {tag: place.names[code] for code, tag in _HSDS_LANGUAGES.items() if place.names.get(code)}
    base = names.pop("en", None) or names.get("uz", place.code)
    kind = "iso 3166-2" if isinstance(place, Region) else "district"
    return {
        "name": base,
        "extent": place.code,
        "extent_type": kind,
        "translations": {tag: {"name": name} for tag, name in names.items()},
    }


def place_of(location: Location) -> dict[str, Any]:
    """Return the region and district of a site, under names of our profile."""
    found: dict[str, Any] = {}
    if location.region_id:
        found["region_iso"] = location.region_id
    if location.district is not None:
        found["district"] = {
            "code": location.district.code,
            "region_iso": location.district.region_id,
            "name_uz_latn": location.district.names.get("uz", ""),
        }
    return found


def taxonomy_term(term: TaxonomyTerm) -> dict[str, Any]:
    found = record("taxonomy_term", term)
    if term.parent_id:
        found["parent_id"] = str(term.parent_id)
    if term.taxonomy_detail is not None:
        found["taxonomy_id"] = str(term.taxonomy_detail.pk)
        found["taxonomy_detail"] = record("taxonomy", term.taxonomy_detail)
    return found


def attributes(rows: Iterable[Attribute]) -> list[dict[str, Any]]:
    """Return attributes with their terms; each row's ``taxonomy_term__taxonomy_detail`` is loaded."""
    found = []
    for row in rows:
        one = record("attribute", row) | {"link_entity": row.link_entity, "link_id": str(row.link_id)}
        if row.taxonomy_term is not None:
            one["taxonomy_term"] = taxonomy_term(row.taxonomy_term)
        found.append(one)
    return found
