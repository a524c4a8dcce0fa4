"""Clear confidential and suspect sites in HSDS objects, before anything of them is stored.

A site is withheld when the file marks it so, when it belongs to a shelter, or when the directory
already holds it as confidential: then it loses whatever tells where it is, everywhere in the
file. A site that only sounds confidential and comes with an address goes to review, without it.

Files name one site in several places and ways: inside its service, or apart from it and joined by
ids. So what is known about a service counts for its sites wherever they stand.
"""

from collections.abc import Iterator
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
_OF_SERVICES = frozenset({"status", "service_at_locations"})
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


def _around(value: dict[str, Any], outer: _Around, ear: _Ear) -> _Around:
    """Return what is known about the service at this object: its own words, or those around it."""
    inner = value.get("service")
    if isinstance(inner, dict):
        return _of_service(inner, ear)
    return _of_service(value, ear) if value.keys() & _OF_SERVICES else outer


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

    def walk(self, value: dict[str, Any], path: str, around: _Around) -> dict[str, Any]:
        around = _around(value, around, self.ear)
        if "location_type" in value:
            return self._location(value, path, around)
        result = dict(value)
        for key, enter in (("organization", self.walk), ("service", self.walk), ("location", self._location)):
            if isinstance(value.get(key), dict):
                result[key] = enter(value[key], f"{path}.{key}", around)
        for key, enter in (
            ("service_at_locations", self.walk),
            ("locations", self._location),
            ("services", self.walk),
        ):
            if isinstance(value.get(key), list):
                result[key] = [
                    enter(item, f"{path}.{key}[{index}]", around) if isinstance(item, dict) else item
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


def _locations(value: Any, key: str = "") -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "location_type" in value or key in ("location", "locations"):
            yield value
        for name, item in value.items():
            yield from _locations(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _locations(item, key)


def _services(value: Any, key: str) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if key in ("service", "services") or value.keys() & _OF_SERVICES:
            yield value
        for name, item in value.items():
            yield from _services(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _services(item, key)


def _links(value: Any, key: str, service: str | None = None) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        inner, site = value.get("service"), value.get("location")
        if isinstance(inner, dict):
            service = same_id(inner.get("id"))
        elif key in ("service", "services") or value.keys() & _OF_SERVICES:
            service = same_id(value.get("id"))
        elif "service_id" in value:
            service = same_id(value["service_id"])
        location = site.get("id") if isinstance(site, dict) else value.get("location_id")
        if service is not None and location is not None:
            yield service, same_id(location)
        for name, item in value.items():
            yield from _links(item, name, service)
    elif isinstance(value, list):
        for item in value:
            yield from _links(item, key, service)


def location_ids(roots: list[Root]) -> set[str]:
    """Return the source ids of all locations in a file."""
    return {same_id(location.get("id")) for root in roots for location in _locations(root.value, root.kind)}


def withheld_ids(roots: list[Root]) -> set[str]:
    """Return the source ids of the locations in these roots that are marked as withheld."""
    found = (location for root in roots for location in _locations(root.value, root.kind))
    return {same_id(location.get("id")) for location in found if is_withheld(location)}


def links(roots: list[Root]) -> set[tuple[str, str]]:
    """Return the source ids of services and their sites, as far as the file joins them."""
    return {pair for root in roots for pair in _links(root.value, root.kind)}


def _sites(roots: list[Root], ear: _Ear) -> dict[str, _Around]:
    """Return what the file says of the services at each site, by the site's source id."""
    services: dict[str, _Around] = {}
    for root in roots:
        for service in _services(root.value, root.kind):
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
        found = _locations(root.value, root.kind)
        withheld |= {same_id(location.get("id")) for location in found if is_withheld(location)}
    for root in roots:
        cleared = _Clearing(withheld, suspects, sites, decisions, ear).walk(root.value, root.path, _NOTHING)
        found = _locations(cleared, root.kind)
        marked = {same_id(location.get("id")) for location in found if is_withheld(location)}
        withheld |= marked - suspects
    result = []
    for root in roots:
        clearing = _Clearing(withheld, suspects, sites, decisions, ear)
        value = clearing.walk(root.value, root.path, _NOTHING)
        result.append((replace(root, value=value), clearing.notes))
    return result
