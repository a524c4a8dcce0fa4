"""Read what a section says now, as plain JSON, and write such JSON over it.

A snapshot holds every fact of its section under the keys of ``sections.keys``, and under ``rows``
the section's smaller records with their ids. What a section does not name stays as it is: phone
languages, validity of hours, rules that simple rows cannot say.
"""

import hashlib
import json
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from services import screening
from services.codes import LANGUAGES
from services.editing.sections import UNSCREENED, Data, Fact, Kind, Rows, Section, keys
from services.errors import NotAllowed
from services.models import District, Language, Location, Region, Schedule, ServiceArea, ServiceAtLocation

ROWS = "rows"


def digest(data: Data) -> str:
    """Return a short mark of a snapshot: the same for the same content only."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def snapshot(section: Section, target: Any) -> Data:
    """Return what the section says of its record now."""
    found: Data = {}
    for fact in section.facts:
        found |= _read(fact, target)
    if section.rows is not None:
        # Sorted here, so that rows fetched beforehand with many entries serve too.
        rows = sorted(getattr(target, section.rows.related).all(), key=lambda row: str(row.pk))
        found[ROWS] = [_read_row(section.rows, row) for row in rows]
    return found


def _read_row(rows: Rows, row: Any) -> Data:
    found: Data = {"id": str(row.pk)}
    for fact in rows.facts:
        found |= _read(fact, row)
    return found


def _read(fact: Fact, record: Any) -> Data:
    if fact.kind in _READERS:
        return {fact.name: _READERS[fact.kind](record)}
    return {
        key: _plain(fact.kind, getattr(record, fact.name))
        if code in ("", "en")
        else record.translations.get(code, {}).get(fact.name, "")
        for key, code, _name in keys(fact)
    }


def _plain(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    if kind == Kind.MONEY:
        return f"{value:.2f}"
    if kind == Kind.DAY:
        return value.isoformat()
    if kind == Kind.TIME:
        return f"{value:%H:%M}"
    if kind == Kind.CHOICES:
        return sorted(value)
    return str(value) if isinstance(value, str) else value


def _is_simple(row: Schedule) -> bool:
    """Say whether hours are of every week from now on, as the page of hours can show them."""
    has_begun = row.valid_from is None or row.valid_from <= timezone.localdate()
    return row.weekday is not None and has_begun and row.valid_to is None


def other_hours(record: Any) -> int:
    """Return how many hours of a record the page cannot show: of a season, or of a rule beyond weekdays.

    They stay as they are.
    """
    return sum(not _is_simple(row) for row in record.schedules.all())


def _hours(record: Any) -> list[Data]:
    found = {
        (row.weekday, f"{row.opens:%H:%M}", f"{row.closes:%H:%M}", row.by_appointment)
        for row in record.schedules.all()
        if _is_simple(row)
    }
    names = ("weekday", "opens", "closes", "by_appointment")
    return [dict(zip(names, one, strict=True)) for one in sorted(found)]


def _languages(record: Any) -> list[str]:
    return sorted({row.code for row in record.languages.all() if row.code in LANGUAGES})


def _areas(record: Any) -> list[str]:
    codes = {row.district_id or row.region_id for row in record.service_areas.all()}
    return sorted(code for code in codes if code)


def _place(record: Location) -> str:
    return str(record.district_id or record.region_id or "")


_READERS = {Kind.HOURS: _hours, Kind.LANGUAGES: _languages, Kind.AREAS: _areas, Kind.PLACE: _place}


# --- what may be written ---


def is_secret(target: Any) -> bool:
    """Say whether a record is of a confidential site."""
    site = target.location if isinstance(target, ServiceAtLocation) else target
    return isinstance(site, Location) and site.is_confidential


def mistakes(section: Section, data: Data) -> dict[str, str]:
    """Return what is wrong with free text, by key: numbers that belong to people, not to places.

    Keys of rows are ``rows-<number>-<key>``.
    """
    found = _screened(section.facts, data, "")
    if section.rows is not None:
        for number, row in enumerate(data.get(ROWS, [])):
            found |= _screened(section.rows.facts, row, f"{ROWS}-{number}-")
    return found


def _screened(facts: tuple[Fact, ...], data: Data, prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for fact in facts:
        if fact.kind in UNSCREENED:
            continue
        for key, _code, _name in keys(fact):
            sentence = screening.warning_for(data.get(key) or "")
            if sentence is not None:
                found[prefix + key] = _(
                    "%(what)s Take it out. The number of a place belongs under “Phones”."
                ) % {"what": sentence}
    return found


def merged(before: Data, after: Data, now: Data) -> Data:
    """Return ``now`` with those facts of ``after`` that were changed from ``before``."""
    return now | {key: value for key, value in after.items() if value != before.get(key)}


# --- writing ---


def write(section: Section, target: Any, data: Data) -> None:
    """Write a section over its record. Raises NotAllowed for a withheld site's address.

    The caller holds the transaction, has locked the entry, and indexes it afterwards.
    """
    if section.tells_where and is_secret(target):
        raise NotAllowed("The address of a confidential site is not written down.")
    columns: set[str] = set()
    for fact in section.facts:
        if fact.kind in _WRITERS:
            _WRITERS[fact.kind](target, data[fact.name])
        else:
            columns |= _set(fact, target, data)
    if section.rows is not None:
        _write_rows(section.rows, target, data[ROWS])
        if section.code == "site_address" and data[ROWS] and target.location_type == Location.Type.VIRTUAL:
            target.location_type = Location.Type.PHYSICAL
            columns.add("location_type")
    # Always: whoever asks for what was modified after a day must get it.
    target.save(update_fields=[*sorted(columns), "modified_at"])


def _set(fact: Fact, record: Any, data: Data) -> set[str]:
    columns = {fact.name}
    for key, code, _name in keys(fact):
        if code in ("", "en"):
            setattr(record, fact.name, _value(fact.kind, data[key]))
            continue
        texts = {name: text for name, text in record.translations.get(code, {}).items() if name != fact.name}
        if data[key]:
            texts[fact.name] = data[key]
        others = {other: kept for other, kept in record.translations.items() if other != code}
        record.translations = others | ({code: texts} if texts else {})
        columns.add("translations")
    return columns


def _value(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    if kind == Kind.MONEY:
        return Decimal(value)
    if kind == Kind.DAY:
        return date.fromisoformat(value)
    if kind == Kind.TIME:
        return time.fromisoformat(value)
    return value


def _write_rows(rows: Rows, target: Any, listed: list[Data]) -> None:
    known = {str(row.pk): row for row in getattr(target, rows.related).all()}
    named = {row["id"] for row in listed}
    for pk, row in known.items():
        if pk not in named:
            row.delete()
    for data in listed:
        # One that somebody else has deleted meanwhile is written anew.
        row = known.get(data["id"]) or rows.model(**{"id": UUID(data["id"]), rows.parent: target})
        for fact in rows.facts:
            _set(fact, row, data)
        # An id that hangs on another record is refused, not moved here.
        row.save(force_insert=data["id"] not in known)


def _write_hours(target: Any, listed: list[Data]) -> None:
    parent = {"service": "service", "serviceatlocation": "service_at_location", "location": "location"}
    wanted = {
        (one["weekday"], time.fromisoformat(one["opens"]), time.fromisoformat(one["closes"])): one
        for one in listed
    }
    for row in target.schedules.all():
        if not _is_simple(row):
            continue
        one = wanted.pop((row.weekday, row.opens, row.closes), None)
        if one is None:
            row.delete()
        elif row.by_appointment != one["by_appointment"]:
            row.by_appointment = one["by_appointment"]
            row.save(update_fields=["by_appointment"])
    together = uuid4()
    Schedule.objects.bulk_create(
        Schedule(
            **{parent[target._meta.model_name]: target},
            hsds_id=together,
            weekday=weekday,
            opens=opens,
            closes=closes,
            by_appointment=one["by_appointment"],
        )
        for (weekday, opens, closes), one in wanted.items()
    )


def _write_languages(target: Any, listed: list[str]) -> None:
    target.languages.filter(code__in=[code for code in LANGUAGES if code not in listed]).delete()
    known = set(target.languages.values_list("code", flat=True))
    Language.objects.bulk_create(Language(service=target, code=code) for code in listed if code not in known)


def _write_areas(target: Any, listed: list[str]) -> None:
    kept = set()
    for row in target.service_areas.all():
        code = row.district_id or row.region_id
        if code and code not in listed:
            row.delete()
        else:
            kept.add(code)
    for code in listed:
        if code not in kept:
            region, district = find_place(code)
            place = district or region
            ServiceArea.objects.create(service=target, region=region, district=district, name=str(place.name))


def _write_place(target: Location, code: str) -> None:
    region, district = find_place(code) if code else (None, None)
    target.region, target.district = region, district
    target.save(update_fields=["region", "district"])


def find_place(code: str) -> tuple[Region, District | None]:
    """Return a code's region and, if it is one, its district. Raises NotAllowed for no place."""
    district = District.objects.select_related("region").filter(pk=code).first()
    if district is not None:
        return district.region, district
    region = Region.objects.filter(pk=code).first()
    if region is None:
        raise NotAllowed("There is no such place.")
    return region, None


_WRITERS: dict[Kind, Any] = {
    Kind.HOURS: _write_hours,
    Kind.LANGUAGES: _write_languages,
    Kind.AREAS: _write_areas,
    Kind.PLACE: _write_place,
}


def target_of(section: Section, target: UUID) -> Any:
    """Return the record that a section belongs to, locked; None when it is gone."""
    return section.of._default_manager.select_for_update().filter(pk=target).first()
