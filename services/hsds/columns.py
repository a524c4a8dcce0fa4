"""Columns of somebody's own table, mapped to the columns of our flat row (hsds.flat).

A mapping is {header: name of a flat column or of ``EXTRA``}; what it leaves out is not read. The
guess looks at folded header names in four languages; a person checks it before anything comes in.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services.confidential import ADDRESS_WITHHELD
from services.errors import ImportRefused
from services.files.tables import Row, Table
from services.folding import folded_words
from services.hsds import flat, written
from services.hsds.notes import Note, Origin
from services.hsds.reading import Root, check_count, check_texts, scan
from services.hsds.rows import ASSUMED, CLEARS, PARTIAL

Mapping = dict[str, str]
# What people write in one column, and our flat row has in several or in none.
EXTRA: dict[str, Promise] = {
    "phones": _("Phones, several in one cell"),
    "languages": _("Languages, several in one cell"),
    "hours_text": _("Opening hours as text"),
    "confidential": _("The address is confidential (yes or no)"),
}
REQUIRED = ("name", "organization_name")
# What an empty cell may take away, where that is wished. Never what a record cannot be without, what kind of
# help it is, whether it is open at all, the legal duty, or where it is.
_CLEARABLE: dict[str, str] = {
    **{
        name: f"service.{name}"
        for name in (
            *("alternate_name", "description", "url", "email", "eligibility_description", "minimum_age"),
            *("maximum_age", "application_process", "fees_description", "accepts_children"),
        )
    },
    "service_subtypes": "service.subtypes",
    "eligible_sexes": "service.sex",
    **{f"organization_{name}": f"organization.{name}" for name in ("description", "email", "website")},
    "location_name": "location.name",
    "address_2": "address.address_2",
    "postal_code": "address.postal_code",
    **{
        column.name: "service." + ".".join(map(str, column.path)).lower()
        for column in flat.COLUMNS
        if column.path[0] == "translations"
    },
}
# Lists of a service, and the columns that they stand in.
_LISTS = {
    "phones": ("phones", "phone_1", "phone_2", "phone_3"),
    "languages": ("languages", *(f"language_{number}" for number in range(1, 5))),
    "required_documents": ("document_1", "document_2", "document_3"),
    "schedules": ("hours_text", *(f"{name}_{n}" for n in (1, 2) for name in ("days", "opens", "closes"))),
}
_IGNORED = frozenset((*flat.MORE, *flat.WATERMARK))

# Folded header words of other people's tables, in English, Uzbek (both scripts fold alike) and Russian.
_NAMES: dict[str, str] = {
    "id": "id; service id; identifikator; код; raqam id",
    "name": "name; service; service name; title; nomi; xizmat; xizmat nomi; название; услуга; "
    "наименование; название услуги; наименование услуги",
    "description": "description; about; summary; tavsif; tavsifi; xizmat tavsifi; описание; описание услуги",
    "service_type": "type; category; kind; sector; service type; turi; xizmat turi; тип; вид; категория; тип "
    "услуги",
    "status": "status; holati; статус; состояние",
    "organization_name": "organization; organisation; organization name; organisation name; provider; "
    "agency; tashkilot; tashkilot nomi; организация; название организации; поставщик",
    "organization_website": "organization website; organisation website; tashkilot sayti; сайт организации",
    "url": "website; web site; site; url; web; link; sayt; veb sayt; сайт; веб сайт",
    "email": "email; e mail; mail; elektron pochta; pochta; электронная почта; почта; эл почта",
    "phones": "phone; phones; telephone; tel; phone number; phone numbers; contact number; telefon; "
    "telefonlar; telefon raqami; телефон; телефоны; номер телефона",
    "languages": "language; languages; til; tillar; xizmat tili; язык; языки",
    "hours_text": "hours; opening hours; working hours; schedule; ish vaqti; ish tartibi; часы работы; "
    "время работы; график; режим работы",
    "eligibility_description": "eligibility; who can come; for whom; kimlar uchun; для кого; кому; критерии",
    "application_process": "how to apply; how to come; application; access; qanday murojaat qilish; murojaat "
    "tartibi; как обратиться; порядок обращения",
    "fees_description": "fee; fees; cost; price; narxi; narx; toʻlov; стоимость; цена; оплата",
    "minimum_age": "minimum age; min age; age from; eng kichik yosh; yoshdan; возраст от; минимальный "
    "возраст",
    "maximum_age": "maximum age; max age; age to; eng katta yosh; yoshgacha; возраст до; максимальный "
    "возраст",
    "document_1": "documents; document; required documents; hujjatlar; kerakli hujjatlar; документы; "
    "необходимые документы",
    "district": "district; tuman; район; rayon",
    "region_iso": "region iso; region code; viloyat kodi; код области",
    "state_province": "region; province; state; oblast; viloyat; область; регион",
    "city": "city; town; village; shahar; город; населенный пункт; shahar yoki qishloq",
    "address_1": "address; street; street address; location; manzil; koʻcha; адрес; улица",
    "postal_code": "zip; zip code; postcode; postal code; pochta indeksi; indeks; индекс; почтовый индекс",
    "country": "country; davlat; mamlakat; страна",
    "latitude": "latitude; lat; kenglik; широта",
    "longitude": "longitude; lon; lng; long; uzunlik; долгота",
    "location_name": "site; site name; location name; branch; filial; obyekt; филиал; название места",
    "confidential": "confidential; secret; maxfiy; maxfiymi; конфиденциально; конфиденциальный; секретно",
    "days_1": "days; weekdays; kunlar; ish kunlari; дни; рабочие дни",
    "opens_1": "opens; opens at; open from; ochilish; ochiladi; открытие; открывается",
    "closes_1": "closes; closes at; open to; yopilish; yopiladi; закрытие; закрывается",
}  # fmt: skip


def _folded(text: str) -> str:
    return " ".join(folded_words(text))


_BY_HEADER: dict[str, str] = {}
for _column, _headers in _NAMES.items():
    for _header in _headers.split(";"):
        _BY_HEADER.setdefault(_folded(_header), _column)


@dataclass(frozen=True)
class Choice:
    """A field that a column can be mapped to."""

    name: str
    title: Promise | str


def choices() -> list[Choice]:
    """Return every field a column can be mapped to, in the order of our flat row."""
    named = [Choice(column.name, column.title) for column in flat.COLUMNS]
    return [*named, *(Choice(name, title) for name, title in EXTRA.items())]


_TARGETS = frozenset((*flat.BY_NAME, *EXTRA, *flat.MORE))


def is_our_own(header: list[str]) -> bool:
    """Say whether a table is an export of ours: all its names are of the flat row."""
    names = [name for name in header if name]
    return {"id", "name"} <= set(names) and all(name in _TARGETS or name in _IGNORED for name in names)


def guess(header: list[str]) -> Mapping:
    """Return what each column probably is; each field once, and nothing for the unknown."""
    found: Mapping = {}
    for name in header:
        plain = name.strip().lower()
        target = plain if plain in _TARGETS else _BY_HEADER.get(_folded(name), "")
        if target and target not in found.values():
            found[name] = target
    return found


def checked(mapping: Any, header: list[str]) -> Mapping:
    """Return the part of a mapping that this header has. Raises ImportRefused where it cannot serve."""
    if not isinstance(mapping, dict) or not all(
        isinstance(key, str) and isinstance(value, str) for key, value in mapping.items()
    ):
        raise ImportRefused(
            gettext("The mapping must be an object of column names and field names."),
            advice=gettext('Write it as {"Phone number": "phones"}.'),
        )
    found = {name: mapping[name] for name in header if mapping.get(name)}
    unknown = sorted(set(found.values()) - _TARGETS)
    if unknown:
        raise ImportRefused(
            gettext("There is no field %(name)s.") % {"name": unknown[0][:60]},
            advice=gettext("Choose one of the fields that are offered."),
        )
    twice = [name for name, count in Counter(found.values()).items() if count > 1]
    if twice:
        raise ImportRefused(
            gettext("Two columns are mapped to the same field: %(name)s.") % {"name": twice[0]},
            advice=gettext("Leave one of them out."),
        )
    missing = [name for name in REQUIRED if name not in found.values()]
    if missing:
        raise ImportRefused(
            gettext("No column is mapped to %(name)s, and nothing comes in without it.")
            % {"name": flat.BY_NAME[missing[0]].title},
            advice=gettext("Choose the column in which it stands."),
        )
    return found


def samples(table: Table, name: str, limit: int = 3) -> list[str]:
    """Return the first few values of a column, shortened."""
    at = table.header.index(name)
    found: list[str] = []
    for row in table.rows[:200]:
        value = " ".join(row.cells[at].split())[:60]
        if value and value not in found:
            found.append(value)
        if len(found) == limit:
            break
    return found


class _Rows:
    """Turns the rows of one table into services; the same service twice is one with several sites."""

    def __init__(self, table: Table, mapping: Mapping, *, empty_clears: bool) -> None:
        self.table = table
        self.empty_clears = empty_clears
        self.targets = [mapping.get(name, "") for name in table.header]
        self.header_of = {target: name for name, target in mapping.items()}
        self.known: Counter[str] = Counter()
        self.is_whole = is_our_own([name for name in table.header if name])

    def root(self, row: Row) -> Root:
        cells = {target: cell.strip() for target, cell in zip(self.targets, row.cells, strict=True) if target}
        notes: list[Note] = []
        if row.more:
            notes.append(Note("ragged", "$", "", row.line))
        elif row.fewer:
            notes.append(Note("row_short", "$", "", row.line))
        empty = {target for target, cell in cells.items() if not cell}
        extra = {name: cells.pop(name, "") for name in EXTRA}
        self._tidy(cells, extra)
        try:
            for pieces in ("".join(cells.get(name, "") for name in flat.MORE),):
                scan(pieces)
            service = flat.service_of(cells)
        except (ValueError, RecursionError, ImportRefused):
            notes.append(Note("damaged", "$", "more", row.line, flat.MORE[0]))
            service = {"id": cells.get("id", "")}
        self._add_extra(service, extra)
        if not self.is_whole:
            service[PARTIAL] = True
            service[ASSUMED] = [
                *(["service.status"] if "status" in empty or "status" not in self.header_of else []),
                *(["service.sex"] if not service.get("eligible_sexes") else []),
            ]
            # A row with too few cells says nothing of those that it lacks.
            if self.empty_clears and not row.fewer and not row.more:
                self._clear(service, empty)
        check_texts(service, "$", row.line)
        return Root("service", "$", service, row.line, {"$": self._origin(row)}, tuple(notes))

    @staticmethod
    def _clear(service: dict[str, Any], empty: set[str]) -> None:
        """Say what the empty cells of a row take away."""
        service[CLEARS] = [_CLEARABLE[name] for name in sorted(empty) if name in _CLEARABLE]
        if "service.sex" in service[CLEARS]:
            service[ASSUMED].remove("service.sex")
        for key, names in _LISTS.items():
            if not empty.isdisjoint(names) and not service.get(key):
                service[key] = []

    def _origin(self, row: Row) -> Origin:
        columns = {
            _path_of(column.path): self.header_of[column.name]
            for column in flat.COLUMNS
            if column.name in self.header_of
        }
        for number in range(3):
            if "phones" in self.header_of:
                columns.setdefault(f"phones[{number}].number", self.header_of["phones"])
        return Origin("", row.line, columns)

    def _tidy(self, cells: dict[str, str], extra: dict[str, str]) -> None:
        """Put words that people write in the place of the codes that HSDS has for them."""
        if cells.get("service_type"):
            cells["service_type"] = written.service_type(cells["service_type"])
        if not cells.get("status"):
            cells["status"] = "active"
        if cells.get("accepts_children"):
            known = written.yes_no(cells["accepts_children"])
            cells["accepts_children"] = "" if known is None else str(known).lower()
        for number in ("1", "2"):
            if cells.get(f"days_{number}"):
                cells[f"days_{number}"] = written.days(cells[f"days_{number}"]) or cells[f"days_{number}"]
            for name in (f"opens_{number}", f"closes_{number}"):
                if cells.get(name):
                    cells[name] = written.clock(cells[name]) or cells[name]
        for at, phone in enumerate(written.several(extra["phones"])[:3], start=1):
            cells.setdefault(f"phone_{at}", phone)
        for at, name in enumerate(written.several(extra["languages"])[:4], start=1):
            cells.setdefault(f"language_{at}", name)
        for name in [name for name in cells if name.startswith("language_") and cells[name]]:
            cells[name] = written.language(cells[name])
        if not cells.get("id"):
            cells["id"] = self._key(cells)
        self._tidy_site(cells)

    @staticmethod
    def _tidy_site(cells: dict[str, str]) -> None:
        has_site = any(
            cells.get(name)
            for name in ("address_1", "city", "state_province", "district", "region_iso", "latitude")
        )
        if has_site and not cells.get("location_type"):
            cells["location_type"] = "physical"
        if cells.get("district") and not cells.get("region_iso"):
            # A district is looked for by name; without a region the address carries it.
            cells.setdefault("city", "")
            cells["city"] = cells["city"] or cells["district"]

    def _key(self, cells: dict[str, str]) -> str:
        """Return an id that follows from what the row names, so that the next file finds it again."""
        named = [cells.get(name, "") for name in ("organization_name", "name", "district", "city")]
        key = "row: " + " / ".join(_folded(part) for part in named)
        self.known[key] += 1
        return key if self.known[key] == 1 else f"{key} #{self.known[key]}"

    def _add_extra(self, service: dict[str, Any], extra: dict[str, str]) -> None:
        base = str(service.get("id", ""))
        if extra["hours_text"] and not service.get("schedules"):
            service["schedules"] = [{"id": f"{base}/schedules/text", "description": extra["hours_text"]}]
        if written.is_marked_confidential(extra["confidential"]):
            for link in service.get("service_at_locations", []):
                location = link.get("location") if isinstance(link, dict) else None
                if isinstance(location, dict):
                    mark = {
                        "id": f"{base}/confidential",
                        "link_type": "confidentiality",
                        "value": ADDRESS_WITHHELD,
                    }
                    location["attributes"] = [mark]


def _path_of(path: tuple[str | int, ...]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.lstrip(".")


def _merged(roots: list[Root]) -> list[Root]:
    """Join rows with the same service id: their sites are put together, the rest stays the first's."""
    found: dict[str, Root] = {}
    for root in roots:
        key = str(root.value.get("id", ""))
        known = found.get(key)
        if known is None or not key:
            found[key or f"\x00{len(found)}"] = root
            continue
        _join(known, root)
    return list(found.values())


def _join(known: Root, more: Root) -> None:
    sites = known.value.setdefault("service_at_locations", [])
    for link in more.value.get("service_at_locations") or []:
        if isinstance(link, dict) and not any(_says_same(link, other) for other in sites):
            _rename(link, len(sites) + 1)
            sites.append(link)
    if CLEARS in known.value:
        # What one of the rows says is not taken away by another's empty cell.
        for key in _LISTS:
            known.value[key] = known.value.get(key) or more.value.get(key) or []
        taken = set(more.value.get(CLEARS, []))
        known.value[CLEARS] = [one for one in known.value[CLEARS] if one in taken]
    apart = ("service_at_locations", CLEARS, ASSUMED, *(_LISTS if CLEARS in known.value else ()))
    ours = {key: value for key, value in known.value.items() if key not in apart}
    theirs = {key: value for key, value in more.value.items() if key not in apart}
    if ours != theirs:
        object.__setattr__(known, "notes", (*known.notes, Note("conflict", "$", "service", more.line)))


def _says_same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return all(
            _says_same(one.get(key), other.get(key)) for key in one.keys() | other.keys() if key != "id"
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_says_same, one, other))
    return bool(one == other)


def _rename(value: Any, number: int) -> None:
    """Give the parts of a second site ids of their own where the row named none."""
    if isinstance(value, dict):
        given = value.get("id")
        if isinstance(given, str) and "/service_at_locations/1" in given:
            value["id"] = given.replace("/service_at_locations/1", f"/service_at_locations/{number}", 1)
        for item in value.values():
            _rename(item, number)
    elif isinstance(value, list):
        for item in value:
            _rename(item, number)


def roots_of(table: Table, mapping: Mapping, *, empty_clears: bool = False) -> list[Root]:
    """Return the services of a table. Raises ImportRefused.

    ``empty_clears``: an empty cell of a column that is mapped takes away what stands there.
    """
    check_count(len(table.rows))
    rows = _Rows(table, checked(mapping, table.header), empty_clears=empty_clears)
    return _merged([rows.root(row) for row in table.rows])
