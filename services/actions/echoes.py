"""Hear our own words in a file: of a withheld site it says no more than our exports tell of it.

An export leaves out or replaces what could tell where a site is. Brought back, such a record says
nothing new, so what stands here in its place stays, and the checks made here with it. What a file
says otherwise, even in one column of a row, is read as what it says. Reads only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Q

from services.chunks import chunks
from services.codes import Publication, ServiceType
from services.confidential import ADDRESS_WITHHELD, withheld_sites
from services.hsds.clearing import clear_all
from services.hsds.reading import Root
from services.hsds.rows import Draft, Key, TreeBuilder
from services.models import Service
from services.places import Gazetteer

Rows = dict[Key, Draft]
Listed = tuple[str, str, UUID]  # a part's table, the column of its parent, and that parent


@dataclass
class _Told:
    """What our export would tell of services at withheld sites, read as a file is read."""

    rows: Rows = field(default_factory=dict)
    lists: set[Listed] = field(default_factory=set)
    sites: set[UUID] = field(default_factory=set)


def leave_echoes(
    rows: Rows,
    *,
    source: str,
    gazetteer: Gazetteer,
    find: Callable[[Key], Any],
    differs: Callable[[str, Any, Any], bool],
) -> set[Listed]:
    """Take out of ``rows`` what only repeats our export; return the lists that name all that it told.

    ``find`` gives the directory's row of a key, ``differs`` says whether a column's old and new value
    do. A constant number of queries per 500 services of the file.
    """
    told = _told(rows, source, gazetteer)
    for key, own in told.rows.items():
        draft, row = rows.get(key), find(key)
        if draft is None or row is None:
            continue
        said = draft.values.keys() & own.values.keys() - (draft.only_new or frozenset())
        if not any(differs(column, own.values[column], draft.values[column]) for column in said):
            for column in said:
                if differs(column, getattr(row, column), draft.values[column]):
                    del draft.values[column]  # others stay: they say where the row hangs
    # A site that is withheld already needs no second mark. An export makes one up where there is none.
    for key in [key for key, draft in rows.items() if find(key) is None and _is_mark(key, draft, told.sites)]:
        del rows[key]
    return {one for one in told.lists if _is_echo(_named(rows, one), _named(told.rows, one), told, find)}


def _told(rows: Rows, source: str, gazetteer: Gazetteer) -> _Told:
    # Here, because queries read the directory through actions.indexing: else each would wait for the other.
    from services.publish.objects import services_json
    from services.queries.entries import services_with_parts

    told = _Told()
    touched = {key[1] for key in rows if key[0] == "service"}
    named = sorted(touched | {draft.values["service_id"] for draft in _links(rows)})
    shelter = Q(is_confidential=True) | Q(service_type=ServiceType.SAFE_HOUSE)
    at_shelters = Service.objects.filter(shelter).values("service_at_locations__location")
    for chunk in chunks(named):
        among = Service.objects.filter(pk__in=chunk, source=source)
        shared = Q(service_at_locations__location__in=at_shelters)
        ids = among.filter(shelter | shared, publication=Publication.PUBLISHED).values("pk")
        services = [
            service
            for service in services_with_parts(Service.objects.filter(pk__in=ids))
            if _is_settled(service, rows)
        ]
        told.sites |= withheld_sites(
            link.location_id for service in services for link in service.service_at_locations.all()
        )
        roots = [Root("service", "$", value) for value in services_json(services)]
        for root, _notes in clear_all(roots, known=set(), of_shelters=set(), decisions={}):
            tree = TreeBuilder(root, source=source, gazetteer=gazetteer).build()
            told.rows |= tree.rows
            told.lists |= tree.lists
    return told


def _links(rows: Rows) -> Iterable[Draft]:
    for (table, _), draft in rows.items():
        if table == "service_at_location" and draft.values.get("service_id"):
            yield draft


def _is_settled(service: Service, rows: Rows) -> bool:
    """Say whether the file makes no site of the service confidential anew: then what tells must go.

    The mark that our export makes up for a site is not somebody's word that it is confidential.
    """
    return all(
        link.location.is_confidential
        or ("location", link.location_id) not in rows
        or not rows["location", link.location_id].values.get("is_confidential")
        or ("attribute", uuid5(link.location_id, ADDRESS_WITHHELD)) in rows
        for link in service.service_at_locations.all()
    )


def _is_mark(key: Key, draft: Draft, sites: set[UUID]) -> bool:
    values = draft.values
    return key[0] == "attribute" and values.get("value") == ADDRESS_WITHHELD and values["link_id"] in sites


def _is_echo(named: set[Key], ours: set[Key], told: _Told, find: Callable[[Key], Any]) -> bool:
    """Say whether a list has all that was told, and nothing else that stands here.

    Who names less takes away; a mark alone needs no second naming. Who names what we never told knows
    more than our export: theirs is full.
    """
    marks = {key for key in ours if _is_mark(key, told.rows[key], told.sites)}
    return ours - marks <= named and all(find(key) is None for key in named - ours)


def _named(rows: Rows, listed: Listed) -> set[Key]:
    table, column, parent = listed
    return {
        key for key, draft in rows.items() if key[0] == table and draft.values.get(f"{column}_id") == parent
    }
