"""Compare an HSDS file with the directory: what would be new, changed, removed, or put aside.

Reads only. The plan is the same for a dry run and for its commit.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from services.actions.covering import covering_links, keep_covered, newly_covered, newly_withheld
from services.actions.differences import Affected, Change, Differences, affected_by, published_among
from services.actions.echoes import leave_echoes
from services.actions.wording import leave_others_words
from services.chunks import chunks
from services.codes import ServiceType
from services.hsds.clearing import clear_all, links, location_ids, spelled_once
from services.hsds.notes import Note, located
from services.hsds.profile import ENTRIES, TABLES
from services.hsds.reading import Root
from services.hsds.rows import Draft, Key, Tree, TreeBuilder, id_of, merge
from services.models import ImportRow, Location, Organization, Service, SiteDecision
from services.places import Gazetteer

STEP = 100
Outcome = ImportRow.Outcome
# (table, column that must point to a row, table it points to)
_REFERENCES = (
    ("service", "organization_id", "organization"),
    ("service_at_location", "service_id", "service"),
    ("service_at_location", "location_id", "location"),
    ("location", "organization_id", "organization"),
    ("service_capacity", "unit_id", "unit"),
)
_OPTIONAL = ("location", "organization_id")
# A new row of this kind changes what the other record shows: its phones and where it is.
_ADDS_TO = ("service_at_location", "service_id")
_PARENTS = ("organization_id", "service_id", "service_at_location_id", "location_id")
_PARENT_TABLES = dict(
    zip(_PARENTS, ("organization", "service", "service_at_location", "location"), strict=True)
)


Progress = Callable[[int, int], None]  # steps done, of how many


@dataclass
class Result:
    tree: Tree
    outcome: Outcome
    changes: list[Change] = field(default_factory=list)
    is_published: bool = False


@dataclass
class Plan:
    results: list[Result] = field(default_factory=list)
    rows: dict[Key, Draft] = field(default_factory=dict)
    created: list[Key] = field(default_factory=list)
    changed: list[Key] = field(default_factory=list)
    deleted: dict[str, set[UUID]] = field(default_factory=dict)
    # Sites that were told of until now: what people wrote about where they are has to go too.
    withheld: set[UUID] = field(default_factory=set)
    # When each main record that the plan touches was last changed: it must be so still when written.
    seen: dict[Key, datetime] = field(default_factory=dict)
    affected: Affected = field(default_factory=Affected)

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(str(result.outcome) for result in self.results))


class _Known:
    """The directory's rows that a file may touch, each table read once."""

    def __init__(self) -> None:
        self._rows: dict[Key, Model] = {}
        self._asked: set[Key] = set()

    def fetch(self, keys: Iterable[Key]) -> None:
        by_table: dict[str, list[UUID]] = {}
        for key in keys:
            if key not in self._asked:
                self._asked.add(key)
                by_table.setdefault(key[0], []).append(key[1])
        for table, ids in by_table.items():
            for chunk in chunks(ids):
                for row in TABLES[table].model._default_manager.filter(pk__in=chunk):
                    self._rows[table, row.pk] = row

    def get(self, key: Key) -> Any:
        return self._rows.get(key)


def _confidential_ids(ours: dict[UUID, str]) -> set[str]:
    """Return the source ids of the file's locations that the directory holds as confidential."""
    return {
        ours[pk]
        for chunk in chunks(ours)
        for pk in Location.objects.filter(pk__in=chunk, is_confidential=True).values_list("pk", flat=True)
    }


def _ids_of_shelters(roots: list[Root], ours: dict[UUID, str], source: str) -> set[str]:
    """Return the source ids of the file's locations at which the directory has a shelter.

    The file may say neither that it is one nor whose the site is: an earlier file did.
    """
    found = {
        ours[pk]
        for chunk in chunks(ours)
        for pk in Location.objects.filter(
            pk__in=chunk, service_at_locations__service__service_type=ServiceType.SAFE_HOUSE
        ).values_list("pk", flat=True)
    }
    sites: dict[UUID, set[str]] = {}
    for service, site in links(roots):
        sites.setdefault(id_of(source, "service", service), set()).add(site)
    for chunk in chunks(sites):
        shelters = Service.objects.filter(pk__in=chunk, service_type=ServiceType.SAFE_HOUSE)
        for pk in shelters.values_list("pk", flat=True):
            found |= sites[pk]
    return found


def decisions_on(source: str, sites: Iterable[UUID]) -> dict[UUID, str]:
    """Return what editors have decided about these sites of a source."""
    return {
        site: kind
        for chunk in chunks(sites)
        for site, kind in SiteDecision.objects.filter(source=source, site__in=chunk).values_list(
            "site", "kind"
        )
    }


def cleared_roots(roots: list[Root], *, source: str) -> list[tuple[Root, list[Note]]]:
    """Return the roots without addresses of confidential and suspect sites: what may be stored."""
    roots = spelled_once(roots, lambda table, given: id_of(source, table, given))
    ours = {id_of(source, "location", given): given for given in location_ids(roots)}
    decided = {ours[site]: kind for site, kind in decisions_on(source, ours).items()}
    return clear_all(
        roots,
        known=_confidential_ids(ours)
        | {site for site, kind in decided.items() if kind == SiteDecision.Kind.CONFIDENTIAL},
        of_shelters=_ids_of_shelters(roots, ours, source),
        decisions=decided,
    )


def _silent(done: int, total: int) -> None:
    """Say nothing: for work that nobody waits for."""


def make_plan(roots: list[Root], *, source: str, progress: Progress = _silent) -> Plan:
    """Return what importing these objects would do. A constant number of queries per 500 rows."""
    gazetteer = Gazetteer()
    trees = []
    for done, (root, notes) in enumerate(cleared_roots(roots, source=source)):
        tree = TreeBuilder(root, source=source, gazetteer=gazetteer).build()
        tree.notes = notes + tree.notes
        trees.append(tree)
        if done % STEP == 0:
            progress(done, len(roots))
    known = _Known()
    known.fetch(key for tree in trees for key in tree.rows)
    for tree in trees:
        _check_ownership(tree, known, source)
    _check_moves(trees, known)
    _check_references(trees, known, source)
    plan = Plan()
    good = [tree for tree in trees if not tree.is_quarantined]
    for tree in good:
        for key, draft in tree.rows.items():
            if key not in plan.rows:
                plan.rows[key] = replace(draft, values=dict(draft.values))
            elif merge(plan.rows[key].values, draft.values):
                tree.notes.append(Note("conflict", draft.path[:200], key[0]))
    echoed = leave_echoes(plan.rows, source=source, gazetteer=gazetteer, find=known.get, differs=_differs)
    for key, draft in plan.rows.items():
        if (row := known.get(key)) is not None:
            draft.kept_beside(row)
    keep_covered(plan.rows, good, known.get)
    shows_in = leave_others_words(plan.rows, good, source=source, find=known.get, differs=_differs)
    vanished = _vanished(plan, good, echoed)
    _compare(plan, known)
    plan.seen = {
        key: row.modified_at for key in plan.rows if key[0] in ENTRIES and (row := known.get(key)) is not None
    }
    created, changed = set(plan.created), set(plan.changed)
    shown = Differences(plan.rows, known.get)
    plan.affected = affected_by(plan.rows, [*created, *changed], vanished, known.get)
    shows_in |= newly_covered(plan.rows, [*created, *changed], known.get)
    plan.affected.records |= set().union(*shows_in.values())
    plan.withheld = newly_withheld(plan.rows, plan.changed, known.get)
    published = published_among(plan.affected)
    for tree in trees:
        tree.notes = [located(note, tree.origins) for note in tree.notes]
        outcome = _outcome(tree, created, changed, vanished)
        result = Result(tree, outcome)
        if outcome in (Outcome.ACCEPTED, Outcome.CHANGED):
            touched = [key for key in tree.rows if key in created or key in changed]
            lost = vanished & tree.lists
            records = affected_by(plan.rows, touched, lost, known.get).records
            records |= set().union(*(shows_in.get(key, set()) for key in touched))
            result.is_published = not published.isdisjoint(records)
        if outcome == Outcome.CHANGED:
            result.changes = shown.of(tree, created, changed, vanished)
        plan.results.append(result)
    return plan


def _check_ownership(tree: Tree, known: _Known, source: str) -> None:
    """Put a tree aside that would change a record of another source, or take a part from it."""
    for key, draft in tree.rows.items():
        row = known.get(key)
        if row is None:
            continue
        if key[0] in ENTRIES:
            if row.source != source:
                tree.notes.append(Note("other_source", draft.path[:200], key[0]))
                return
            continue
        if any(parent.source != source for parent in _owners(key[0], row, tree, known)):
            tree.notes.append(Note("other_source", draft.path[:200], key[0]))
            return


def _owners(table: str, row: Any, tree: Tree, known: _Known) -> Iterator[Any]:
    """Yield the records that a part hangs on and the tree does not hold, through other parts too."""
    for column in _PARENTS:
        parent_id = getattr(row, column, None)
        if parent_id is not None and (_PARENT_TABLES[column], parent_id) not in tree.rows:
            yield getattr(row, column.removesuffix("_id"))
    for part in ("contact", "phone"):
        if getattr(row, f"{part}_id", None) is not None:
            yield from _owners(part, getattr(row, part), tree, known)
    if table == "attribute" and row.link_entity in ENTRIES:
        key = (row.link_entity, row.link_id)
        known.fetch([key])
        owner = known.get(key)
        if owner is not None:
            yield owner


def _check_moves(trees: list[Tree], known: _Known) -> None:
    """Put a service aside that would move from the organization of one agency to another's.

    The agency behind the organization receives the referrals: a file must not lead them elsewhere.
    """
    moved = [
        (tree, draft, row.organization_id, draft.values["organization_id"])
        for tree in trees
        for key, draft in tree.rows.items()
        if key[0] == "service" and draft.values.get("organization_id") and (row := known.get(key))
        if row.organization_id != draft.values["organization_id"]
    ]
    asked = {pk for *_, before, after in moved for pk in (before, after)}
    agency_of = (
        dict(Organization.objects.filter(pk__in=asked).values_list("pk", "agency_id")) if asked else {}
    )
    for tree, draft, before, after in moved:
        if agency_of.get(before) != agency_of.get(after):
            tree.notes.append(Note("other_source", draft.path[:200], "organization_id"))


def _check_references(trees: list[Tree], known: _Known, source: str) -> None:
    """Put trees aside that point nowhere; again, as long as that takes away what others point to."""
    targets = {
        (target, draft.values[column])
        for tree in trees
        for (table, _), draft in tree.rows.items()
        for referring, column, target in _REFERENCES
        if table == referring and draft.values.get(column) is not None
    }
    known.fetch(targets)
    while True:
        there = {key for tree in trees if not tree.is_quarantined for key in tree.rows}
        lost = False
        for tree in trees:
            if not tree.is_quarantined:
                lost |= _check_tree(tree, there, known, source)
        if not lost:
            return


def _check_tree(tree: Tree, there: set[Key], known: _Known, source: str) -> bool:
    for (table, row_id), draft in tree.rows.items():
        for referring, column, target in _REFERENCES:
            if table != referring:
                continue
            wanted = draft.values.get(column)
            if wanted is None and (table, column) == _OPTIONAL:
                continue
            if wanted is None:
                # An earlier import may have said it: then this file need not.
                wanted = getattr(known.get((table, row_id)), column, None)
            if wanted is None or ((target, wanted) not in there and known.get((target, wanted)) is None):
                if (table, column) == _OPTIONAL:
                    draft.values[column] = None
                    tree.notes.append(Note("owner_unknown", draft.path[:200], column))
                    continue
                code = "no_organization" if table == "service" and target == "organization" else "dangling"
                tree.notes.append(Note(code, draft.path[:200], column))
                return True
            owner = known.get((target, wanted))
            if (table, column) == _ADDS_TO and owner is not None and owner.source != source:
                tree.notes.append(Note("other_source", draft.path[:200], column))
                return True
    return False


def _compare(plan: Plan, known: _Known) -> None:
    for key, draft in plan.rows.items():
        row = known.get(key)
        if row is None:
            plan.created.append(key)
        elif any(_differs(column, getattr(row, column), value) for column, value in draft.values.items()):
            plan.changed.append(key)


def _differs(column: str, old: Any, new: Any) -> bool:
    """Say whether a file changes a column. That it was checked anew elsewhere changes nothing here.

    Else a list that only moves its dates would take away the checks that were made here.
    """
    if column == "raw":
        old, new = ({**raw, "assured_date": None} for raw in (old, new))
    return bool(old != new)


def _vanished(
    plan: Plan, trees: list[Tree], echoed: set[tuple[str, str, UUID]]
) -> set[tuple[str, str, UUID]]:
    """Find parts that a full list of the file no longer names; return the lists that lost some.

    Lists that are our own export's are not full (``echoed``, see ``echoes``).
    """
    by_list: dict[tuple[str, str], set[UUID]] = {}
    for tree in trees:
        for table, column, parent in tree.lists - echoed:
            by_list.setdefault((table, column), set()).add(parent)
    lost: set[tuple[str, str, UUID]] = set()
    for (table, column), parents in by_list.items():
        name = f"{column}_id"
        gone: dict[UUID, UUID] = {}
        for chunk in chunks(sorted(parents)):
            rows = TABLES[table].model._default_manager.filter(**{f"{name}__in": chunk})
            for row_id, parent in rows.values_list("pk", name):
                draft = plan.rows.get((table, row_id))
                if draft is None:
                    gone[row_id] = parent
                elif draft.values.get(name) != parent:
                    draft.values.setdefault(name, None)
        kept = covering_links(gone) if table == "service_at_location" else set()
        for tree in trees if kept else ():
            if any((table, column, gone[row_id]) in tree.lists for row_id in kept):
                tree.notes.append(Note("left_covered", tree.path[:200], table))
        if going := gone.keys() - kept:
            plan.deleted.setdefault(table, set()).update(going)
            lost |= {(table, column, gone[row_id]) for row_id in going}
    return lost


def _outcome(
    tree: Tree, created: set[Key], changed: set[Key], vanished: set[tuple[str, str, UUID]]
) -> Outcome:
    if tree.is_quarantined:
        return Outcome.QUARANTINED
    if tree.id is not None and (tree.kind, tree.id) in created:
        return Outcome.ACCEPTED
    keys = tree.rows.keys()
    if not (keys.isdisjoint(created) and keys.isdisjoint(changed) and tree.lists.isdisjoint(vanished)):
        return Outcome.CHANGED
    return Outcome.UNCHANGED
