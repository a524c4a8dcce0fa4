"""Turn one HSDS object with everything in it into rows of our tables, with notes on what is amiss.

Ids: a source id that is a UUID is kept, so that what we publish can be joined with its source;
any other becomes uuid5 of (source, table, source id). Either way the same file gives the same
rows again. A part that a file hangs on two parents of one kind is copied, the copy's id being
uuid5 of the part and its second parent. Nothing here reads or writes the database.
"""

import contextlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from services import hours
from services.codes import LANGUAGE_ALIASES, LegalDuty, ServiceSubtype, ServiceType, Sex
from services.confidential import TELLING_HSDS
from services.hsds import values as v
from services.hsds.clearing import attribute_codes, is_withheld
from services.hsds.notes import Note, Origin
from services.hsds.profile import ENTRIES, TABLES, Field
from services.hsds.reading import Root
from services.places import Gazetteer, Place

NAMESPACE = UUID("8a6d1f3e-5d0c-5f0b-9c55-6d5b0d9d7a11")
Key = tuple[str, UUID]
# On a record that came from a table which says only a part: what it leaves open stays as it is.
PARTIAL = "x_partial"
# Beside it: what an empty cell takes away, as table.column or table.translations.language.name; and what
# was put in only because a new record cannot be without it.
CLEARS = "x_clears"
ASSUMED = "x_assumed"
_EMPTY: tuple[Any, ...] = (None, "", {}, [])
_PLACE_TYPES = frozenset({"iso 3166-2", "soato", "district", "text"})
# What is kept, and published, of a schedule that our rows cannot say. Other names could say anything.
_RULE = frozenset(
    [
        "valid_from",
        "valid_to",
        "dtstart",
        "until",
        "timezone",
        "freq",
        "interval",
        "count",
        "wkst",
        "byday",
        "byweekno",
        "bymonthday",
        "byyearday",
        "opens_at",
        "closes_at",
        "attending_type",
    ]
)
_NUMBERS = ("count", "interval", "timezone")  # a table has them as text
_LANGUAGES = {"uz": "uz", "uz-latn": "uz", "uz-cyrl": "uz-cyrl", "ru": "ru", "en": "en"}


@dataclass
class Draft:
    """A row to be: column values by attribute name, and where in the file it stood."""

    values: dict[str, Any]
    path: str
    # Of a record that says only a part: columns that count for a new row alone, and the translations
    # (language.name) that it takes away. None where it says everything.
    only_new: frozenset[str] | None = None
    untranslated: frozenset[str] = frozenset()

    def kept_beside(self, row: Any) -> None:
        """Leave what it does not say as it stands in ``row``, for a record that says only a part."""
        if self.only_new is None:
            return
        for column in self.only_new:
            self.values.pop(column, None)
        if "translations" in self.values or self.untranslated:
            self.values["translations"] = self._together(row.translations)

    def _together(self, known: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        together = {language: dict(texts) for language, texts in known.items()}
        for taken in self.untranslated:
            language, _dot, name = taken.partition(".")
            together.get(language, {}).pop(name, None)
        for language, texts in self.values.get("translations", {}).items():
            together.setdefault(language, {}).update(texts)
        return {language: texts for language, texts in together.items() if texts}


@dataclass
class Tree:
    """All rows of one top-level object. ``lists`` names the (table, column, parent) given in full."""

    kind: str
    path: str
    line: int | None
    name: str = ""
    id: UUID | None = None
    rows: dict[Key, Draft] = field(default_factory=dict)
    lists: set[tuple[str, str, UUID]] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)
    origins: dict[str, Origin] = field(default_factory=dict)
    # The object as it may be stored: without the addresses of confidential or suspect sites.
    clean: dict[str, Any] = field(default_factory=dict)

    @property
    def is_quarantined(self) -> bool:
        return self.id is None or any(note.quarantines for note in self.notes)


class _Stop(Exception):
    """This object cannot be made into a row; its note is written."""


class TreeBuilder:
    """Build the tree of one root. Make one for each root; the gazetteer is shared."""

    def __init__(self, root: Root, *, source: str, gazetteer: Gazetteer) -> None:
        self.source = source
        self.gazetteer = gazetteer
        self.tree = Tree(root.kind, root.path, root.line, notes=list(root.notes), origins=root.origins)
        self.root = root

    def build(self) -> Tree:
        """Return the tree. The root must have been cleared already (``clear_all``)."""
        value = self.root.value
        self.tree.clean = value
        name = value.get("name")
        self.tree.name = name[: v.LINE] if isinstance(name, str) else ""
        if self.tree.notes and any(note.quarantines for note in self.tree.notes):
            return self.tree  # a row of a table that is no record, or not to be trusted
        with contextlib.suppress(_Stop):  # its note says why
            self.tree.id = self._add(self.root.kind, value, self.root.path)
        return self.tree

    def _note(self, code: str, path: str, detail: str = "") -> None:
        self.tree.notes.append(Note(code, path[:200], detail[:100]))

    def _id(self, table: str, value: dict[str, Any], path: str) -> UUID:
        given = value.get("id")
        if isinstance(given, bool) or not isinstance(given, str | int) or given == "":
            self._note("missing" if given in (None, "") else "wrong_type", f"{path}.id", "id")
            raise _Stop
        return self._id_of(table, str(given))

    def _id_of(self, table: str, given: str) -> UUID:
        return id_of(self.source, table, given)

    def _read(self, spec: Field, value: dict[str, Any], path: str) -> Any:
        """Return the clean value of one name; an optional date that cannot be read is left out."""
        try:
            result = spec.read(value.get(spec.name))
        except v.Bad as bad:
            optional_date = bad.code == "date_dropped" and not spec.required
            code = "wrong_type" if bad.code == "date_dropped" and spec.required else bad.code
            self._note(code, f"{path}.{spec.name}", spec.name)
            if not optional_date:
                raise _Stop from None
            return None
        if spec.required and result in (None, ""):
            self._note("missing", f"{path}.{spec.name}", spec.name)
            raise _Stop
        return result

    def _object(self, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._note("wrong_type", path)
            raise _Stop
        return value

    def _add(self, table: str, value: Any, path: str, parent: tuple[str, UUID] | None = None) -> UUID:
        """Add one object and all in it; return its id. ``parent`` is (column, id)."""
        value = self._object(value, path)
        row_id = self._id(table, value, path)
        if table == "schedule":
            self._schedule(value, path, row_id, parent)
            return row_id
        columns = {spec.to: self._read(spec, value, path) for spec in TABLES[table].fields}
        if TABLES[table].translated:
            columns["translations"] = self._translations(value, path, TABLES[table].translated)
        if TABLES[table].raw:
            columns["raw"] = {
                key: value[key] for key in TABLES[table].raw if value.get(key) not in (None, [])
            }
        if table in ENTRIES:
            columns |= {"source": self.source, "source_id": str(value["id"])[:200]}
        special = getattr(self, f"_{table}", None)
        if special is not None:
            columns |= special(value, path, row_id)
        row_id = self._put(table, row_id, columns, path, parent)
        self._children(table, value, path, row_id)
        return row_id

    def _put(
        self, table: str, row_id: UUID, columns: dict[str, Any], path: str, parent: tuple[str, UUID] | None
    ) -> UUID:
        """Keep a row, or join it with the one of the same id; return the id it has in the end."""
        only_new, untranslated = None, frozenset[str]()
        if self.root.value.get(PARTIAL) is True:
            cleared = self._said(CLEARS, table) - {spec.to for spec in TABLES[table].fields if spec.required}
            columns = {
                name: value for name, value in columns.items() if value not in _EMPTY or name in cleared
            }
            only_new = self._said(ASSUMED, table)
            texts = "translations."
            if TABLES[table].translated:
                untranslated = frozenset(one.removeprefix(texts) for one in cleared if one.startswith(texts))
        if parent:
            columns[f"{parent[0]}_id"] = parent[1]
        known = self.tree.rows.get((table, row_id))
        if known is not None and parent:
            other = known.values.get(f"{parent[0]}_id")
            if other not in (None, parent[1]) and table not in ENTRIES:
                row_id = uuid5(row_id, str(parent[1]))
                known = self.tree.rows.get((table, row_id))
        if known is None:
            self.tree.rows[table, row_id] = Draft(columns, path, only_new, untranslated)
        elif merge(known.values, columns):
            self._note("conflict", path, table)
        return row_id

    def _said(self, what: str, table: str) -> frozenset[str]:
        """Return the columns of a table that ``CLEARS`` or ``ASSUMED`` names."""
        named = self.root.value.get(what)
        listed = named if isinstance(named, list) else []
        return frozenset(
            one.removeprefix(f"{table}.")
            for one in listed
            if isinstance(one, str) and one.startswith(f"{table}.")
        )

    def _children(self, table: str, value: dict[str, Any], path: str, row_id: UUID) -> None:
        for key, child in TABLES[table].children.items():
            items = value.get(key)
            if items is None:
                continue
            if not isinstance(items, list):
                self._note("wrong_type", f"{path}.{key}", key)
                raise _Stop
            if child.table != "location":
                self.tree.lists.add((child.table, child.column, row_id))
            for index, item in enumerate(items):
                self._add(child.table, item, f"{path}.{key}[{index}]", (child.column, row_id))
        attributes = value.get("attributes")
        if attributes is not None and table in ("organization", "service", "location", "service_at_location"):
            if not isinstance(attributes, list):
                self._note("wrong_type", f"{path}.attributes", "attributes")
                raise _Stop
            self.tree.lists.add(("attribute", "link", row_id))
            for index, item in enumerate(attributes):
                self._attribute_of(table, row_id, item, f"{path}.attributes[{index}]")
        if table == "organization":
            services = value.get("services") or []
            if not isinstance(services, list):
                self._note("wrong_type", f"{path}.services", "services")
                raise _Stop
            for index, item in enumerate(services):
                self._add("service", item, f"{path}.services[{index}]", ("organization", row_id))

    def _attribute_of(self, table: str, owner: UUID, value: Any, path: str) -> None:
        value = self._object(value, path)
        row_id = self._id("attribute", value, path)
        columns = {spec.to: self._read(spec, value, path) for spec in TABLES["attribute"].fields}
        term = value.get("taxonomy_term")
        term_id = self._add("taxonomy_term", term, f"{path}.taxonomy_term") if term is not None else None
        columns |= {"link_entity": table, "link_id": owner, "taxonomy_term_id": term_id}
        known = self.tree.rows.get(("attribute", row_id))
        if known is not None and known.values["link_id"] != owner:
            row_id = uuid5(row_id, str(owner))
        self._put("attribute", row_id, columns, path, None)

    def _translations(self, value: dict[str, Any], path: str, names: tuple[str, ...]) -> dict[str, Any]:
        given = value.get("translations")
        if given is None:
            return {}
        if not isinstance(given, dict):
            self._note("wrong_type", f"{path}.translations", "translations")
            raise _Stop
        kept: dict[str, Any] = {}
        for language, texts in given.items():
            code = _LANGUAGES.get(str(language).lower())
            if code is None or not isinstance(texts, dict):
                continue
            for name in names:
                text = self._read(Field(name, v.text), texts, f"{path}.translations.{language}")
                if text:
                    kept.setdefault(code, {})[name] = text
        return kept

    # --- what single tables add to their plain columns ---

    def _taxonomy_term(self, value: dict[str, Any], path: str, row_id: UUID) -> dict[str, Any]:
        detail, parent = value.get("taxonomy_detail"), value.get("parent_id")
        detail_id = self._add("taxonomy", detail, f"{path}.taxonomy_detail") if detail is not None else None
        return {
            "taxonomy_detail_id": detail_id,
            "parent_id": self._id_of("taxonomy_term", parent) if isinstance(parent, str) and parent else None,
        }

    def _organization(self, value: dict[str, Any], path: str, row_id: UUID) -> dict[str, Any]:
        duty = value.get("legal_notification_duty")
        if duty is None:
            return {}
        duty, where = self._object(duty, f"{path}.legal_notification_duty"), f"{path}.legal_notification_duty"
        translated = self._translations(duty, where, ("description",))
        own = self._translations(value, path, TABLES["organization"].translated)
        for language, texts in translated.items():
            own.setdefault(language, {})["legal_notification_note"] = texts["description"]
        return {
            "legal_notification_duty": self._read(
                Field("code", v.word_of(LegalDuty.values, LegalDuty.UNKNOWN)), duty, where
            ),
            "legal_notification_note": self._read(Field("description", v.text), duty, where),
            "translations": own,
        }

    def _service(self, value: dict[str, Any], path: str, row_id: UUID) -> dict[str, Any]:
        codes = attribute_codes(value)
        kind = value.get("service_type") or next(iter(codes.get("service_type", [])), "")
        subtypes = value.get("service_subtypes") or codes.get("service_subtype", [])
        subtypes = subtypes if isinstance(subtypes, list) else []
        if kind not in ServiceType.values:
            self._note("type_unknown", path, "service_type")
            kind = ""
        sexes = value.get("eligible_sexes")
        sex = sexes[0] if isinstance(sexes, list) and len(sexes) == 1 else Sex.ANY
        if sex not in Sex.values:
            self._note("unknown_word", f"{path}.eligible_sexes", "eligible_sexes")
            raise _Stop
        children = value.get("accepts_children")
        columns: dict[str, Any] = {
            "subtypes": [code for code in ServiceSubtype.values if code in subtypes],
            "sex": sex,
            "accepts_children": children if isinstance(children, bool) else None,
        }
        if kind:
            # A file that does not know the type takes none away: a shelter would look like no shelter.
            columns["service_type"] = kind
        ages = [v.integer(0, 150)(value.get(name)) for name in ("minimum_age", "maximum_age")]
        if None not in ages and ages[0] > ages[1]:
            self._note("ages_reversed", f"{path}.minimum_age", "minimum_age")
            raise _Stop
        organization = value.get("organization")
        if organization is not None:
            columns["organization_id"] = self._add("organization", organization, f"{path}.organization")
        elif isinstance(value.get("organization_id"), str):
            columns["organization_id"] = self._id_of("organization", value["organization_id"])
        return columns

    def _service_at_location(self, value: dict[str, Any], path: str, row_id: UUID) -> dict[str, Any]:
        columns: dict[str, Any] = {}
        for table in ("service", "location"):
            inside, reference = value.get(table), value.get(f"{table}_id")
            if inside is not None:
                columns[f"{table}_id"] = self._add(table, inside, f"{path}.{table}")
            elif isinstance(reference, str) and reference:
                columns[f"{table}_id"] = self._id_of(table, reference)
        return columns

    def _location(self, value: dict[str, Any], path: str, row_id: UUID) -> dict[str, Any]:
        place = self._place_of_location(value)
        if place is None and value.get("location_type") != "virtual":
            self._note("place_unknown", path)
        columns: dict[str, Any] = {
            "is_confidential": is_withheld(value),
            "region_id": place.region if place else None,
            "district_id": place.district if place else None,
        }
        if columns["is_confidential"]:
            # What an earlier import wrote of a site that was public goes: cleared is given as empty.
            for key, child in TABLES["location"].children.items():
                if key in TELLING_HSDS:
                    self.tree.lists.add((child.table, child.column, row_id))
        owner = value.get("organization_id")
        if isinstance(owner, str) and owner and not columns["is_confidential"]:
            columns["organization_id"] = self._id_of("organization", owner)
        latitude, longitude = value.get("latitude"), value.get("longitude")
        if latitude is None and longitude is None:
            return columns
        try:
            given = v.degrees(latitude), v.degrees(longitude)
        except v.Bad:
            given = None, None
        on_earth = None not in given and abs(given[0] or 0) <= 90 and abs(given[1] or 0) <= 180
        if not on_earth:
            self._note("coordinates_dropped", f"{path}.latitude")
            columns |= {"latitude": None, "longitude": None}
        return columns

    def _place_of_location(self, value: dict[str, Any]) -> Place | None:
        district = value.get("district")
        if isinstance(district, dict):
            known = self.gazetteer.by_code(str(district.get("code") or ""))
            if known:
                return known
            # A table has one column for the region, which belongs to the site.
            region = district.get("region_iso") or value.get("region_iso")
            name = district.get("name_uz_latn")
            if isinstance(region, str) and isinstance(name, str):
                return self.gazetteer.by_name(name, region) or self.gazetteer.by_code(region)
        if isinstance(value.get("region_iso"), str):
            return self.gazetteer.by_code(value["region_iso"])
        if str(value.get("external_identifier_type", "")).lower() in _PLACE_TYPES:
            found = self.gazetteer.by_code(str(value.get("external_identifier", "")))
            if found:
                return found
        addresses = value.get("addresses")
        for address in addresses if isinstance(addresses, list) else []:
            if not isinstance(address, dict):
                continue
            names = [address.get(key) for key in ("state_province", "region", "city")]
            places = [self.gazetteer.by_name(name) for name in names if isinstance(name, str)]
            named = [place for place in places if place]
            if named:
                return next((place for place in named if place.district), named[0])
        return None

    def _service_area(self, value: dict[str, Any], path: str, row_id: UUID) -> dict[str, Any]:
        place = None
        if str(value.get("extent_type", "")).lower() in _PLACE_TYPES:
            place = self.gazetteer.by_code(str(value.get("extent", "")))
        if place is None and isinstance(value.get("name"), str):
            place = self.gazetteer.by_name(value["name"])
        if place is None:
            self._note("place_unknown", path)
        return {
            "region_id": place.region if place else None,
            "district_id": place.district if place else None,
        }

    def _language(self, value: dict[str, Any], path: str, row_id: UUID) -> dict[str, Any]:
        code = str(value.get("code") or "").lower()
        return {"code": LANGUAGE_ALIASES.get(code, code)[:20]}

    def _phone(self, value: dict[str, Any], path: str, row_id: UUID) -> dict[str, Any]:
        if value.get("extension_text") not in (None, ""):
            return {"extension": self._read(Field("extension_text", v.line(20)), value, path)}
        if value.get("extension"):
            return {}
        number, extension = v.extension(v.phone(value.get("number")))
        return {"number": number, "extension": extension} if extension else {}

    def _contact(self, value: dict[str, Any], path: str, row_id: UUID) -> dict[str, Any]:
        if value.get("name"):
            self._note("name_dropped", f"{path}.name", "name")
        return {}

    def _service_capacity(self, value: dict[str, Any], path: str, row_id: UUID) -> dict[str, Any]:
        unit = value.get("unit")
        if unit is None and isinstance(value.get("unit_id"), str):
            return {"unit_id": self._id_of("unit", value["unit_id"])}
        return {"unit_id": self._add("unit", unit, f"{path}.unit")}

    def _schedule(
        self, value: dict[str, Any], path: str, hsds_id: UUID, parent: tuple[str, UUID] | None
    ) -> None:
        try:
            days = hours.from_hsds(value)
        except ValueError:
            self._note("date_dropped", path)
            days = None
        note = self._read(Field("description", v.text), value, path)
        note = note or self._read(Field("notes", v.text), value, path)
        common = {
            "hsds_id": hsds_id,
            "note": note,
            "by_appointment": str(value.get("attending_type", "")).lower() == "by appointment",
        }
        if days is None:
            self._note("hours_kept_raw", path)
            kept = {
                key: int(item) if key in _NUMBERS and isinstance(item, str) and item.isdecimal() else item
                for key, item in value.items()
                if key in _RULE and isinstance(item, str | int | float) and len(str(item)) <= v.LINE
            }
            empty = dict.fromkeys(("weekday", "opens", "closes", "valid_from", "valid_to"))
            self._put("schedule", hsds_id, common | empty | {"raw": kept}, path, parent)
            return
        attending = str(value.get("attending_type") or "")[:100]
        for day in days:
            columns = common | {
                "weekday": day.weekday,
                "opens": day.opens,
                "closes": day.closes,
                "valid_from": day.valid_from,
                "valid_to": day.valid_to,
                "raw": {"attending_type": attending} if attending else {},
            }
            self._put("schedule", uuid5(hsds_id, str(day.weekday)), columns, path, parent)


def id_of(source: str, table: str, given: str) -> UUID:
    """Return our id of a source id (see the module's text)."""
    return v.identifier(given) or uuid5(NAMESPACE, f"{source}\x1f{table}\x1f{given[: v.ID]}")


def merge(known: dict[str, Any], more: dict[str, Any]) -> bool:
    """Fill what is empty in ``known`` from ``more``; return whether the two differ in anything else."""
    differ = False
    for column, value in more.items():
        if known.get(column) in (None, "", {}, []):
            known[column] = value
        elif value not in (None, "", {}, []) and known[column] != value:
            differ = True
    return differ
