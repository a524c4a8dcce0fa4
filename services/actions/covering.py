"""Keep covered what a file would uncover: only two editors in the directory show where a site is.

A site without a mark of its own is withheld because of a shelter at it, and a service is confidential
because of a marked site of it. So a file ends no shelter and takes no such link away; what it says else
is taken. Reads only.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from services.chunks import chunks
from services.codes import ServiceType
from services.hsds.notes import Note
from services.hsds.rows import Draft, Key, Tree
from services.models import ServiceAtLocation

_LINK = ("service_id", "location_id")


def keep_covered(rows: dict[Key, Draft], trees: Iterable[Tree], find: Callable[[Key], Any]) -> None:
    """Take out of ``rows`` the changes that would uncover a site, and note it where they stood."""
    ending, moving = set(), set()
    for key, draft in rows.items():
        row = find(key)
        if row is None:
            continue
        if key[0] == "service_at_location" and _changes(draft, row, _LINK):
            moving.add(key[1])
        is_shelter = key[0] == "service" and row.service_type == ServiceType.SAFE_HOUSE
        if is_shelter and _changes(draft, row, ("service_type",)):
            ending.add(key[1])
    kept: set[Key] = set()
    for chunk in chunks(ending):
        sites = ServiceAtLocation.objects.filter(service__in=chunk, location__is_confidential=False)
        kept |= {("service", pk) for pk in sites.values_list("service", flat=True)}
    kept |= {("service_at_location", pk) for pk in covering_links(moving)}
    for key in kept:
        row, values = find(key), rows[key].values
        values |= {name: getattr(row, name) for name in ("service_type", *_LINK) if name in values}
    if kept:
        for tree in trees:
            for key in kept & tree.rows.keys():
                tree.notes.append(Note("left_covered", tree.rows[key].path[:200], key[0]))


def _changes(draft: Draft, row: Any, names: Iterable[str]) -> bool:
    return any(draft.values.get(name, getattr(row, name)) != getattr(row, name) for name in names)


def covering_links(links: Iterable[UUID]) -> set[UUID]:
    """Return those of the links that must stay, or something would be told that is not told now."""
    confidential = Q(service__is_confidential=True) | Q(service__service_type=ServiceType.SAFE_HOUSE)
    # A shelter stays one without a site that has its own mark.
    spare = Q(service__service_type=ServiceType.SAFE_HOUSE, location__is_confidential=True)
    found: set[UUID] = set()
    for chunk in chunks(links):
        found |= set(
            ServiceAtLocation.objects.filter(confidential, pk__in=chunk)
            .exclude(spare)
            .values_list("pk", flat=True)
        )
    return found


def newly_covered(
    rows: dict[Key, Draft], keys: Iterable[Key], find: Callable[[Key], Any]
) -> dict[Key, set[Key]]:
    """Return of which sites less is told after each of these changes: others' entries show them too."""
    covered: dict[Key, set[Key]] = {}
    for key in keys:
        row, values = find(key), rows[key].values
        if key[0] == "service" and row is not None and values.get("service_type") == ServiceType.SAFE_HOUSE:
            covered[key] = set()
        elif key[0] == "service_at_location":
            service, site = (values.get(name) or getattr(row, name) for name in _LINK)
            if _is_covering(("service", service), rows, find):
                covered[key] = {("location", site)}
    for chunk in chunks(pk for table, pk in covered if table == "service"):
        links = ServiceAtLocation.objects.filter(service__in=chunk)
        for service, site in links.values_list("service", "location"):
            covered["service", service].add(("location", site))
    return covered


def _is_covering(key: Key, rows: dict[Key, Draft], find: Callable[[Key], Any]) -> bool:
    draft, row = rows.get(key), find(key)
    says = draft.values.get("service_type") if draft else None
    kinds = (says, getattr(row, "service_type", ""))
    return ServiceType.SAFE_HOUSE in kinds or getattr(row, "is_confidential", False)


def newly_withheld(rows: dict[Key, Draft], keys: Iterable[Key], find: Callable[[Key], Any]) -> set[UUID]:
    """Return the known sites that this file makes confidential, or a shelter's."""
    found, shelters = set(), set()
    for key in keys:
        row, values = find(key), rows[key].values
        if key[0] == "location" and values.get("is_confidential") and not row.is_confidential:
            found.add(key[1])
        if key[0] == "service" and ServiceType.SAFE_HOUSE == values.get("service_type") != row.service_type:
            shelters.add(key[1])
    for chunk in chunks(shelters):
        links = ServiceAtLocation.objects.filter(service__in=chunk)
        found |= set(links.values_list("location", flat=True))
    return found
