"""One service as one row of a spreadsheet: the columns of our CSV and XLSX, and the way back.

``row_of`` takes an HSDS service (services.publish) apart into ``COLUMNS``; what no column names
stays together, as JSON in ``more``. ``service_of`` puts a row together again, exactly; it also
takes rows that somebody else wrote, without ``more`` and without ids of parts. Reading and writing
files is not done here (hsds.reading, services.exports), nor is a value checked (hsds.rows).

A column wins over ``more``. Where a key column (a phone's number, a language's code) is empty,
that phone or language is left out: so a person deletes one in the spreadsheet.
"""

import copy
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Path = tuple[str | int, ...]
SEPARATOR = ";"  # between the codes of a list in one cell
# Excel cuts a cell at 32,767 characters, so what is longer goes on in the next column.
MORE_LENGTH = 30_000
MORE = tuple(f"more_{number}" for number in range(1, 21))
# When and from where it was exported; ignored on the way back.
WATERMARK = ("exported_at", "exported_from")
# A spreadsheet takes a cell that begins so for a formula; in some languages the wide signs too.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"  # true, false or empty
    CODES = "codes"  # a list of words, joined by SEPARATOR


@dataclass(frozen=True)
class Column:
    """A column: its name in the file, where its value stands in an HSDS service, and how to read it.

    ``is_key``: without this value the list item that it belongs to is left out.
    """

    name: str
    path: Path
    title: Promise
    kind: Kind = Kind.TEXT
    is_key: bool = False


_SITE: Path = ("service_at_locations", 0)
_LOCATION: Path = (*_SITE, "location")
_ADDRESS: Path = (*_LOCATION, "addresses", 0)
_LANGUAGES = (("uz", "uz", "Oʻzbekcha"), ("uz_cyrl", "uz-Cyrl", "Ўзбекча"), ("ru", "ru", "Русский"))


def _numbered(name: str, to: int, path: Path, leaf: str, title: Promise) -> Iterator[Column]:
    for number in range(1, to + 1):
        where = (*path, number - 1, leaf)
        yield Column(f"{name}_{number}", where, format_lazy("{} {}", title, number), is_key=True)


def _translated(field: str, title: Promise) -> Iterator[Column]:
    for suffix, tag, language in _LANGUAGES:
        where: Path = ("translations", tag, field)
        yield Column(f"{field}_{suffix}", where, format_lazy("{} – {}", title, language))


def _hours(number: int) -> Iterator[Column]:
    where: Path = ("schedules", number - 1)
    days = format_lazy("{} {}", _("Days (MO,TU,WE,TH,FR,SA,SU)"), number)
    yield Column(f"days_{number}", (*where, "byday"), days)
    yield Column(f"opens_{number}", (*where, "opens_at"), format_lazy("{} {}", _("Opens at"), number))
    yield Column(f"closes_{number}", (*where, "closes_at"), format_lazy("{} {}", _("Closes at"), number))


COLUMNS: tuple[Column, ...] = (
    Column("id", ("id",), _("Id of the service")),
    Column("name", ("name",), pgettext_lazy("of a service or place", "Name")),
    *_translated("name", pgettext_lazy("of a service or place", "Name")),
    Column("alternate_name", ("alternate_name",), _("Other name")),
    Column("description", ("description",), _("Description")),
    *_translated("description", _("Description")),
    Column("status", ("status",), _("Status")),
    Column("service_type", ("service_type",), _("Kind of service")),
    Column("service_subtypes", ("service_subtypes",), _("Kinds within it"), Kind.CODES),
    Column("organization_id", ("organization", "id"), _("Id of the organisation")),
    Column("organization_name", ("organization", "name"), _("Name of the organisation")),
    Column("organization_description", ("organization", "description"), _("About the organisation")),
    Column("organization_email", ("organization", "email"), _("E-mail of the organisation")),
    Column("organization_website", ("organization", "website"), _("Website of the organisation")),
    Column(
        "legal_notification_duty",
        ("organization", "legal_notification_duty", "code"),
        _("Legal duty to notify"),
    ),
    Column("url", ("url",), _("Website")),
    Column("email", ("email",), _("E-mail")),
    *_numbered("phone", 3, ("phones",), "number", _("Phone")),
    *_numbered("language", 4, ("languages",), "code", _("Language")),
    *_hours(1),
    *_hours(2),
    Column("eligibility_description", ("eligibility_description",), _("Who can come")),
    Column("minimum_age", ("minimum_age",), _("Lowest age"), Kind.NUMBER),
    Column("maximum_age", ("maximum_age",), _("Highest age"), Kind.NUMBER),
    Column("eligible_sexes", ("eligible_sexes",), _("For women or men"), Kind.CODES),
    Column("accepts_children", ("accepts_children",), _("Children may come along"), Kind.FLAG),
    Column("application_process", ("application_process",), _("How to come")),
    *_numbered("document", 3, ("required_documents",), "document", _("Document to bring")),
    Column("fees_description", ("fees_description",), _("What it costs")),
    Column("wait_time", ("wait_time",), _("Waiting time")),
    Column("interpretation_services", ("interpretation_services",), _("Interpreting")),
    Column("accreditations", ("accreditations",), _("Accreditations")),
    Column("licenses", ("licenses",), _("Licences")),
    Column("alert", ("alert",), _("Notice")),
    Column("assured_date", ("assured_date",), _("Checked on")),
    Column("last_modified", ("last_modified",), _("Changed at")),
    *_numbered("service_area", 2, ("service_areas",), "name", _("Area it serves")),
    Column("location_id", (*_LOCATION, "id"), _("Id of the site")),
    Column("location_type", (*_LOCATION, "location_type"), _("Kind of site")),
    Column("location_name", (*_LOCATION, "name"), _("Name of the site")),
    Column("region_iso", (*_LOCATION, "region_iso"), _("Region (ISO 3166-2)")),
    Column("district", (*_LOCATION, "district", "name_uz_latn"), _("District")),
    Column("address_1", (*_ADDRESS, "address_1"), _("Street and number"), is_key=True),
    Column("address_2", (*_ADDRESS, "address_2"), _("Address, second line")),
    Column("city", (*_ADDRESS, "city"), _("Town or village")),
    Column("state_province", (*_ADDRESS, "state_province"), _("Region in the address")),
    Column("postal_code", (*_ADDRESS, "postal_code"), _("Postal code")),
    Column("country", (*_ADDRESS, "country"), _("Country")),
    Column("latitude", (*_LOCATION, "latitude"), _("Latitude"), Kind.NUMBER),
    Column("longitude", (*_LOCATION, "longitude"), _("Longitude"), Kind.NUMBER),
)
BY_NAME = {column.name: column for column in COLUMNS}
HEADER = (*(column.name for column in COLUMNS), *MORE, *WATERMARK)

Cell = str | int | float


def neutralized(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; ``restored`` undoes it exactly."""
    return f"'{text}" if text.lstrip("'").startswith(_RISKY) else text


def restored(text: str) -> str:
    """Take away the one apostrophe that ``neutralized`` put before a risky sign."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_RISKY) else text


class RowTooLong(ValueError):
    """A service that does not fit into one row, even with all of MORE."""


def row_of(service: Mapping[str, Any]) -> dict[str, Cell]:
    """Return the cells of one HSDS service by column name; empty ones are left out.

    Texts are neutralized. Raises RowTooLong where the rest does not fit into the columns for it.
    """
    rest = copy.deepcopy(dict(service))
    row: dict[str, Cell] = {}
    for column in COLUMNS:
        cell = _cell(column, _leaf(rest, column.path))
        if cell is not None:
            _drop(rest, column.path)
            row[column.name] = cell
        elif column.is_key and isinstance(item := _leaf(rest, column.path[:-1]), dict):
            item.setdefault(column.path[-1], "")  # it has none, and is not to be left out for that
    text = json.dumps(_pruned(rest), ensure_ascii=False, separators=(",", ":")) if rest else ""
    pieces = list(_pieces(text))
    if len(pieces) > len(MORE):
        raise RowTooLong(f"{len(text)} characters do not fit into {len(MORE)} columns.")
    return row | {name: neutralized(piece) for name, piece in zip(MORE, pieces, strict=False)}


def _pieces(text: str) -> Iterator[str]:
    """Cut JSON so that no piece begins or ends with a space: whoever reads cells takes those away.

    Written without spaces of its own, it has them in its texts only, where they can be escaped.
    """
    while text:
        piece, text = text[:MORE_LENGTH], text[MORE_LENGTH:]
        kept, rest = piece.rstrip(), text.lstrip()
        at_the_cut = piece[len(kept) :] + text[: len(text) - len(rest)]
        text = "".join(f"\\u{ord(sign):04x}" for sign in at_the_cut) + rest
        yield kept


def service_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the HSDS service of a row {column name: cell}; other names are not looked at.

    Parts without an id get one that follows from the service's id and their place, so the same row
    gives the same ids again. Raises ValueError (json) where ``more`` was damaged.
    """
    text = "".join(restored(str(row[name])) for name in MORE if row.get(name))
    service: Any = json.loads(text) if text else {}
    if not isinstance(service, dict):
        raise ValueError("The columns more_1 … hold no JSON object.")
    dropped: list[Path] = []
    for column in COLUMNS:
        value = _value(column, row.get(column.name))
        if value is not None:
            _put(service, column.path, value)
        elif column.is_key and column.name in row:
            if _leaf(service, column.path) is None:
                dropped.append(column.path[:-1])
            elif _leaf(service, column.path) == "":
                _drop(service, column.path)
    for path in sorted(dropped, key=str, reverse=True):
        if isinstance(_leaf(service, path), dict):
            _drop(service, path)
    _forget_holes(service)
    _name_parts(service, str(service.get("id", "")))
    return service


def _cell(column: Column, value: Any) -> Cell | None:
    """Return the cell of a value; None where it must stay in ``more`` to come back as it is."""
    if column.kind is Kind.FLAG:
        return str(value).lower() if isinstance(value, bool) else None
    if column.kind is Kind.NUMBER:
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if column.kind is Kind.CODES:
        is_plain = isinstance(value, list) and all(
            isinstance(code, str) and code.strip() == code and code and SEPARATOR not in code
            for code in value
        )
        return neutralized(SEPARATOR.join(value)) if is_plain and value else None
    return neutralized(value) if isinstance(value, str) and value else None


def _value(column: Column, cell: Any) -> Any:
    """Return the HSDS value of a cell; a cell that is not of its kind is left as it is, to be refused."""
    if cell is None or cell == "":
        return None
    if column.kind is Kind.NUMBER:
        return _number(cell)
    text = restored(str(cell))
    if column.kind is Kind.FLAG:
        return {"true": True, "false": False}.get(text.strip().lower(), text)
    if column.kind is Kind.CODES:
        return [code.strip() for code in text.split(SEPARATOR) if code.strip()]
    return text if text.strip() else None


def _number(cell: Any) -> Any:
    if isinstance(cell, int | float):
        return cell
    text = restored(str(cell)).strip().replace(",", ".")
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _leaf(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _drop(value: Any, path: Path) -> None:
    """Take a leaf out. In a list its place stays, empty, so that the others keep theirs."""
    holder = _leaf(value, path[:-1]) if path[:-1] else value
    last = path[-1]
    if isinstance(holder, list) and isinstance(last, int):
        holder[last] = None
    elif isinstance(holder, dict) and isinstance(last, str):
        holder.pop(last, None)


def _put(value: dict[str, Any], path: Path, leaf: Any) -> None:
    """Set a leaf, making the objects and lists on the way. What stands in the way is replaced."""
    holder: Any = value
    for step, following in itertools.pairwise(path):
        wanted: type = list if isinstance(following, int) else dict
        if isinstance(step, int):
            while len(holder) <= step:
                holder.append(None)
        inner = _leaf(holder, (step,))
        if not isinstance(inner, wanted):
            inner = wanted()
            holder[step] = inner
        holder = inner
    holder[path[-1]] = leaf


def _pruned(value: Any) -> Any:
    """Return what is left without objects that hold nothing any more; list places stay."""
    if isinstance(value, dict):
        kept = {key: _pruned(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if not (item == {} and value[key] == {})}
    if isinstance(value, list):
        return [_pruned(item) for item in value]
    return value


def _forget_holes(value: Any) -> None:
    if isinstance(value, dict):
        for key, item in list(value.items()):
            _forget_holes(item)
            if isinstance(item, list):
                value[key] = [one for one in item if one is not None]
    elif isinstance(value, list):
        for item in value:
            _forget_holes(item)


_ONE = frozenset({"organization", "location", "taxonomy_term", "taxonomy_detail", "unit", "program"})
_NO_RECORDS = frozenset({"translations", "district", "legal_notification_duty"})


def _name_parts(value: dict[str, Any], base: str) -> None:
    """Give each record inside an id. An organization without one is known by its name."""
    for key, item in value.items():
        if key in _NO_RECORDS:
            continue
        records = item if isinstance(item, list) else [item] if key in _ONE else []
        for number, record in enumerate(records, start=1):
            if not isinstance(record, dict):
                continue
            if not record.get("id"):
                named = key == "organization" and isinstance(record.get("name"), str)
                record["id"] = f"organization: {record['name']}" if named else f"{base}/{key}/{number}"
            _name_parts(record, f"{base}/{key}/{number}")
