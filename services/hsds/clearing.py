"""Clear confidential and suspect sites in HSDS objects, before anything of them is stored.

A site is withheld when the file marks it so, when it belongs to a shelter, or when the directory
already holds it as confidential: then it loses whatever tells where it is, everywhere in the
file. A site that only sounds confidential and comes with an address goes to review, without it.

Files name one site in several places and ways: inside its service, or apart from it and joined by
ids. So what is known about a service counts for its sites wherever they stand.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from services import confidential
from services.codes import ServiceType
from services.hsds import values as v
from services.hsds.notes import Note
from services.hsds.reading import Root

# What editors have decided about a site, by its source id: "public" or "dropped".
Decisions = dict[str, str]
_NAMESPACE = UUID("3d7c2f0a-6f8e-5f57-8f0e-0d1f6f2f8f11")
_SERVICE_TEXTS = ("name", "alternate_name", "description", "alert")
# Where one object stands in another, and what it is there: never what its own names look like.
_INSIDE = {
    "organization": "organization",
    "service": "service",
    "services": "service",
    "service_at_locations": "service_at_location",
    "location": "location",
    "locations": "location",
}
_NAMED = ("location", "service")
_LOCATION_TEXTS = ("name", "alternate_name", "description", "transportation")


@dataclass(frozen=True)
class _Around:
    """What is known of the service around a location: a shelter, or words that sound like one."""

    is_shelter: bool = False
    sounds_suspect: bool = False

    def __or__(self, other: "_Around") -> "_Around":
        return _Around(self.is_shelter or other.is_shelter, self.sounds_suspect or other.sounds_suspect)


_NOTHING = _Around()


def same_id(given: object) -> str:
    """Return a source id as ``rows.id_of`` takes it: all spellings of one UUID are the same."""
    text = str(given)
    return str(v.identifier(text) or text[: v.ID])


def attribute_codes(value: dict[str, Any]) -> dict[str, list[str]]:
    """Return {link_type: [code, …]} of an object's attributes, skipping what is malformed."""
    codes: dict[str, list[str]] = {}
    attributes = value.get("attributes")
    for attribute in attributes if isinstance(attributes, list) else []:
        if not isinstance(attribute, dict):
            continue
        term = attribute.get("taxonomy_term")
        # Both: some files name the question by the term, and only the value holds the answer.
        for code in (term.get("code") if isinstance(term, dict) else None, attribute.get("value")):
            if isinstance(code, str) and code:
                codes.setdefault(str(attribute.get("link_type", "")), []).append(code.strip().lower())
    return codes


def is_withheld(location: dict[str, Any]) -> bool:
    """Say whether the file itself marks the site as confidential."""
    return any(confidential.ADDRESS_WITHHELD in codes for codes in attribute_codes(location).values())


def _is_declared_public(location: dict[str, Any]) -> bool:
    return confidential.PUBLIC in attribute_codes(location).get("confidentiality", [])


def _texts(value: dict[str, Any], names: tuple[str, ...]) -> str:
    """Join the named texts of an object, with their translations."""
    found = [value.get(name) for name in names]
    translations = value.get("translations")
    for texts in translations.values() if isinstance(translations, dict) else ():
        if isinstance(texts, dict):
            found += [texts.get(name) for name in names]
    return "\n".join(text for text in found if isinstance(text, str))


class _Ear:
    """Hears whether texts sound confidential; each is looked at once, though it is walked by often."""

    def __init__(self) -> None:
        self._heard: dict[str, bool] = {}
        self._known: dict[str, str] = {}

    def sounds_suspect(self, text: str) -> bool:
        if text not in self._heard:
            self._heard[text] = confidential.suspect_word(text, self._known) is not None
        return self._heard[text]


def _of_service(service: dict[str, Any], ear: _Ear) -> _Around:
    codes = attribute_codes(service).get("service_type", [])
    return _Around(
        is_shelter=ServiceType.SAFE_HOUSE in (service.get("service_type"), *codes),
        sounds_suspect=ear.sounds_suspect(_texts(service, _SERVICE_TEXTS)),
    )


def _around(value: dict[str, Any], kind: str, outer: _Around, ear: _Ear) -> _Around:
    """Return what is known about the service at this object: its own words, or those around it."""
    if kind == "service":
        return _of_service(value, ear)
    inner = value.get("service")
    return outer | _of_service(inner, ear) if isinstance(inner, dict) else outer


class _Clearing:
    """One walk over one root, with the source ids of sites known as confidential or suspect."""

    def __init__(
        self,
        withheld: set[str],
        suspects: set[str],
        sites: dict[str, _Around],
        decisions: Decisions,
        ear: _Ear,
    ) -> None:
        self.ear = ear
        self.withheld = withheld
        self.suspects = suspects
        self.sites = sites
        self.decisions = decisions
        self.notes: list[Note] = []

    def walk(self, value: dict[str, Any], kind: str, path: str, around: _Around = _NOTHING) -> dict[str, Any]:
        if kind == "location":
            return self._location(value, path, around)
        around = _around(value, kind, around, self.ear)
        result = dict(value)
        for key, inside in _INSIDE.items():
            if isinstance(value.get(key), dict):
                result[key] = self.walk(value[key], inside, f"{path}.{key}", around)
            elif isinstance(value.get(key), list):
                result[key] = [
                    self.walk(item, inside, f"{path}.{key}[{index}]", around)
                    if isinstance(item, dict)
                    else item
                    for index, item in enumerate(value[key])
                ]
        if self._is_at_withheld(result):
            result.pop("description", None)  # of a service_at_location: it may say where
            result.pop("contacts", None)
        return result

    def _is_at_withheld(self, value: dict[str, Any]) -> bool:
        location = value.get("location")
        if isinstance(location, dict):
            return is_withheld(location)
        return "location_id" in value and same_id(value["location_id"]) in self.withheld

    def _location(self, value: dict[str, Any], path: str, around: _Around) -> dict[str, Any]:
        site = same_id(value.get("id"))
        around |= self.sites.get(site, _NOTHING)
        decided = self.decisions.get(site)
        if decided == "dropped":
            self.notes.append(Note("left_out", path))
            return _withheld(value)
        tells = any(value.get(key) not in (None, "", []) for key in confidential.TELLING_HSDS)
        is_virtual = value.get("location_type") == "virtual"
        if is_withheld(value) or site in self.withheld or (around.is_shelter and is_virtual):
            if tells:
                self.notes.append(Note("address_removed", path))
            return _withheld(value)
        has_address = any(
            value.get(key) not in (None, "", []) for key in ("addresses", "latitude", "longitude")
        )
        if not has_address or decided == "public":
            return value
        reason = "suspect_confidential" if site in self.suspects else self._why_suspect(value, around)
        if reason is None:
            return value
        # The address is dropped even from what waits for review: it may be the one to protect.
        self.notes.append(Note(reason, path))
        self.suspects.add(site)
        return _withheld(value)

    def _why_suspect(self, value: dict[str, Any], around: _Around) -> str | None:
        if around.is_shelter:
            return "suspect_confidential"
        if _is_declared_public(value):
            return None
        if self.ear.sounds_suspect(_texts(value, _LOCATION_TEXTS)) or around.sounds_suspect:
            return "suspect_confidential"
        has_coordinates = any(value.get(key) not in (None, "") for key in ("latitude", "longitude"))
        only_box = confidential.is_post_box_only(value.get("addresses")) and not has_coordinates
        return "suspect_po_box" if only_box else None


def _withheld(value: dict[str, Any]) -> dict[str, Any]:
    """Return the location cleared and marked; its region or district may stay."""
    kept = confidential.cleared(value)
    if not is_withheld(kept):
        attributes = kept.get("attributes")
        mark = {
            "id": str(uuid5(_NAMESPACE, str(value.get("id")))),
            "link_type": "confidentiality",
            "value": confidential.ADDRESS_WITHHELD,
        }
        kept["attributes"] = [*(attributes if isinstance(attributes, list) else []), mark]
    return kept


def _objects(value: Any, kind: str, of: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of one kind, wherever they stand in another."""
    if isinstance(value, dict):
        if kind == of:
            yield value
        for name, item in value.items():
            yield from _objects(item, _INSIDE.get(name, ""), of)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item, kind, of)


def _links(value: Any, kind: str, outer: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        inner, site = value.get("service"), value.get("location")
        services = {same_id(value.get("id"))} if kind == "service" else {*outer}
        if isinstance(inner, dict):
            services.add(same_id(inner.get("id")))
        if kind != "service" and value.get("service_id") is not None:
            services.add(same_id(value["service_id"]))
        location = site.get("id") if isinstance(site, dict) else value.get("location_id")
        if location is not None:
            yield from ((service, same_id(location)) for service in sorted(services))
        for name, item in value.items():
            yield from _links(item, _INSIDE.get(name, ""), frozenset(services))
    elif isinstance(value, list):
        for item in value:
            yield from _links(item, kind, outer)


def _references(value: Any, column: str) -> Iterator[str]:
    """Yield the source ids of records that are only named, not described."""
    if isinstance(value, dict):
        if isinstance(value.get(column), str):
            yield value[column]
        for item in value.values():
            yield from _references(item, column)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item, column)


def location_ids(roots: list[Root]) -> set[str]:
    """Return the source ids of all locations that a file describes or only names."""
    found = {
        same_id(site.get("id")) for root in roots for site in _objects(root.value, root.kind, "location")
    }
    return found | {same_id(given) for root in roots for given in _references(root.value, "location_id")}


def spelled_once(roots: list[Root], ours: Callable[[str, str], UUID]) -> list[Root]:
    """Return the roots with one spelling for each site and service that the file names in several.

    ``ours`` gives the id that a table's source id has with us: a file may name a site by both.
    """
    spellings: dict[tuple[str, UUID], set[str]] = {}
    for table in _NAMED:
        given = {str(one.get("id")) for root in roots for one in _objects(root.value, root.kind, table)}
        given |= {one for root in roots for one in _references(root.value, f"{table}_id")}
        for one in given:
            spellings.setdefault((table, ours(table, one)), set()).add(one)
    told = {
        (table, one): str(pk)
        for (table, pk), several in spellings.items()
        if len(several) > 1
        for one in several
    }
    return [replace(root, value=_respelled(root.value, root.kind, told)) for root in roots] if told else roots


def _respelled(value: Any, kind: str, told: dict[tuple[str, str], str]) -> Any:
    if isinstance(value, list):
        return [_respelled(item, kind, told) for item in value]
    if not isinstance(value, dict):
        return value
    result = {name: _respelled(item, _INSIDE.get(name, ""), told) for name, item in value.items()}
    if (kind, str(value.get("id"))) in told:
        result["id"] = told[kind, str(value.get("id"))]
    for table in _NAMED:
        given = value.get(f"{table}_id")
        if isinstance(given, str) and (table, given) in told:
            result[f"{table}_id"] = told[table, given]
    return result


def withheld_ids(roots: list[Root]) -> set[str]:
    """Return the source ids of the locations in these roots that are marked as withheld."""
    found = (location for root in roots for location in _objects(root.value, root.kind, "location"))
    return {same_id(location.get("id")) for location in found if is_withheld(location)}


def links(roots: list[Root]) -> set[tuple[str, str]]:
    """Return the source ids of services and their sites, as far as the file joins them."""
    return {pair for root in roots for pair in _links(root.value, root.kind)}


def _sites(roots: list[Root], ear: _Ear) -> dict[str, _Around]:
    """Return what the file says of the services at each site, by the site's source id."""
    services: dict[str, _Around] = {}
    for root in roots:
        for service in _objects(root.value, root.kind, "service"):
            key = same_id(service.get("id"))
            services[key] = services.get(key, _NOTHING) | _of_service(service, ear)
    found: dict[str, _Around] = {}
    for service_id, site in links(roots):
        found[site] = found.get(site, _NOTHING) | services.get(service_id, _NOTHING)
    return found


def clear_all(
    roots: list[Root], *, known: set[str], of_shelters: set[str], decisions: Decisions
) -> list[tuple[Root, list[Note]]]:
    """Return each root cleared, with its notes.

    ``known`` holds source ids of sites that the directory already has as confidential,
    ``of_shelters`` those where it has a shelter. A site withheld at one place of the file is
    withheld at every other, so the roots are walked twice. ``decisions`` are those of the review.
    """
    ear = _Ear()
    withheld, suspects, sites = set(known), set(of_shelters), _sites(roots, ear)
    for root in roots:
        found = _objects(root.value, root.kind, "location")
        withheld |= {same_id(location.get("id")) for location in found if is_withheld(location)}
    for root in roots:
        cleared = _Clearing(withheld, suspects, sites, decisions, ear).walk(root.value, root.kind, root.path)
        found = _objects(cleared, root.kind, "location")
        marked = {same_id(location.get("id")) for location in found if is_withheld(location)}
        withheld |= marked - suspects
    result = []
    for root in roots:
        clearing = _Clearing(withheld, suspects, sites, decisions, ear)
        value = clearing.walk(root.value, root.kind, root.path)
        result.append((replace(root, value=value), clearing.notes))
    return result
