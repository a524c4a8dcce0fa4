"""Clear confidential and suspect sites in HSDS objects, before anything of them is stored.

A site is withheld when the file marks it so, when it belongs to a shelter, or when the directory
already holds it as confidential: then it loses whatever tells where it is, everywhere in the
file. A site that only sounds confidential and comes with an address goes to review, without it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from services import confidential
from services.codes import ServiceType
from services.hsds.notes import Note
from services.hsds.reading import Root

_NAMESPACE = UUID("3d7c2f0a-6f8e-5f57-8f0e-0d1f6f2f8f11")
_SERVICE_TEXTS = ("name", "alternate_name", "description", "alert")
_LOCATION_TEXTS = ("name", "alternate_name", "description", "transportation")


@dataclass(frozen=True)
class _Around:
    """What the service around a location says."""

    texts: str = ""
    is_shelter: bool = False


def attribute_codes(value: dict[str, Any]) -> dict[str, list[str]]:
    """Return {link_type: [code, …]} of an object's attributes, skipping what is malformed."""
    codes: dict[str, list[str]] = {}
    attributes = value.get("attributes")
    for attribute in attributes if isinstance(attributes, list) else []:
        if not isinstance(attribute, dict):
            continue
        term = attribute.get("taxonomy_term")
        code = (term.get("code") if isinstance(term, dict) else None) or attribute.get("value")
        if isinstance(code, str):
            codes.setdefault(str(attribute.get("link_type", "")), []).append(code)
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


def _around(value: dict[str, Any], outer: _Around) -> _Around:
    """Return what is known about the service at this object: its own words, or those around it."""
    inner = value.get("service")
    service: dict[str, Any] = inner if isinstance(inner, dict) else value
    if service is value and not value.keys() & {"status", "service_at_locations"}:
        return outer
    codes = attribute_codes(service).get("service_type", [])
    return _Around(
        _texts(service, _SERVICE_TEXTS), ServiceType.SAFE_HOUSE in (service.get("service_type"), *codes)
    )


class _Clearing:
    """One walk over one root, with the source ids of sites known as confidential or suspect."""

    def __init__(self, withheld: set[str], suspects: set[str]) -> None:
        self.withheld = withheld
        self.suspects = suspects
        self.notes: list[Note] = []

    def walk(self, value: dict[str, Any], path: str, around: _Around) -> dict[str, Any]:
        around = _around(value, around)
        if "location_type" in value:
            return self._location(value, path, around)
        result = dict(value)
        for key in ("organization", "service", "location"):
            if isinstance(value.get(key), dict):
                result[key] = self.walk(value[key], f"{path}.{key}", around)
        for key in ("service_at_locations", "locations", "services"):
            if isinstance(value.get(key), list):
                result[key] = [
                    self.walk(item, f"{path}.{key}[{index}]", around) if isinstance(item, dict) else item
                    for index, item in enumerate(value[key])
                ]
        if isinstance(result.get("location"), dict) and is_withheld(result["location"]):
            result.pop("description", None)  # of a service_at_location: it may say where
            result.pop("contacts", None)
        return result

    def _location(self, value: dict[str, Any], path: str, around: _Around) -> dict[str, Any]:
        tells = any(value.get(key) not in (None, "", []) for key in confidential.TELLING_HSDS)
        is_virtual = value.get("location_type") == "virtual"
        if is_withheld(value) or str(value.get("id")) in self.withheld or (around.is_shelter and is_virtual):
            if tells:
                self.notes.append(Note("address_removed", path))
            return _withheld(value)
        has_address = any(
            value.get(key) not in (None, "", []) for key in ("addresses", "latitude", "longitude")
        )
        if has_address and (str(value.get("id")) in self.suspects or self._is_suspect(value, around)):
            # The address is dropped even from what waits for review: it may be the one to protect.
            self.notes.append(Note("suspect_confidential", path))
            self.suspects.add(str(value.get("id")))
            return _withheld(value)
        return value

    def _is_suspect(self, value: dict[str, Any], around: _Around) -> bool:
        if around.is_shelter:
            return True
        texts = f"{around.texts}\n{_texts(value, _LOCATION_TEXTS)}"
        return not _is_declared_public(value) and confidential.suspect_word(texts) is not None


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


def _locations(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "location_type" in value:
            yield value
        for item in value.values():
            yield from _locations(item)
    elif isinstance(value, list):
        for item in value:
            yield from _locations(item)


def location_ids(roots: list[Root]) -> set[str]:
    """Return the source ids of all locations in a file."""
    return {str(location.get("id")) for root in roots for location in _locations(root.value)}


def clear_all(roots: list[Root], *, known: set[str]) -> list[tuple[Root, list[Note]]]:
    """Return each root cleared, with its notes.

    ``known`` holds source ids of sites that the directory already has as confidential. A site
    withheld at one place of the file is withheld at every other, so the roots are walked twice.
    """
    withheld, suspects = set(known), set[str]()
    for root in roots:
        withheld |= {str(location.get("id")) for location in _locations(root.value) if is_withheld(location)}
    for root in roots:
        cleared = _Clearing(withheld, suspects).walk(root.value, root.path, _Around())
        marked = {str(location.get("id")) for location in _locations(cleared) if is_withheld(location)}
        withheld |= marked - suspects
    result = []
    for root in roots:
        clearing = _Clearing(withheld, suspects)
        value = clearing.walk(root.value, root.path, _Around())
        result.append((replace(root, value=value), clearing.notes))
    return result
