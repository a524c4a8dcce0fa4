"""Merge an entry into another, and undo it.

Nothing is deleted: the dropped entry stays in its table, hidden, with its history and its place in
imports (a file that names it changes it there, and makes no new duplicate). The kept entry is given
copies of what only the other one had. No table of a room above points here; their sealed records
keep the old id, and ``queries.merging`` leads it on.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from services import duplicates, entries
from services.actions.indexing import reindex
from services.codes import Publication
from services.errors import NotAllowed
from services.models import (
    AvailabilityReport,
    CostOption,
    DuplicatePair,
    Language,
    Merge,
    OneTimeLink,
    Phone,
    PlaceHold,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    Suggestion,
    Url,
)
from services.queries.merging import may_undo, why_not_merge

# Kind of part → its table, and what says that the kept entry has the same one already. Sites and what
# hangs on them are not copied: an address belongs to an entry that somebody has looked at.
_COPIED: dict[str, tuple[type[Model], Callable[[Any], object]]] = {
    "phone": (Phone, lambda row: duplicates.phone_key(row.number) or row.number),
    "language": (Language, lambda row: row.code or row.name),
    "url": (Url, lambda row: row.url),
    "required_document": (RequiredDocument, lambda row: row.document),
}
# Copied all or nothing: half of one list mixed with half of another would say something false.
_WHOLE: dict[str, type[Model]] = {
    "schedule": Schedule,
    "service_area": ServiceArea,
    "cost_option": CostOption,
}


@transaction.atomic
def merge(*, kept_id: UUID, dropped_id: UUID, by: Unlocked) -> Merge:
    """Let the first entry stand for the second from now on. Raises NotAllowed with the reason why not.

    Of two merges at once the second sees what the first did. Repeated, it returns the merge there is.
    """
    both = _locked(kept_id, dropped_id)
    if len(both) != 2:
        raise NotAllowed(_("This is one and the same entry."))
    kept, dropped = both[kept_id], both[dropped_id]
    done = Merge.objects.filter(kept=kept, dropped=dropped, undone_at__isnull=True).first()
    if done is not None:
        return done
    reason = why_not_merge(kept, dropped)
    if reason is not None:
        raise NotAllowed(str(reason))
    made = Merge.objects.create(
        kept=kept,
        dropped=dropped,
        was_published=dropped.publication == Publication.PUBLISHED,
        copied={} if kept.is_confidential else _copy_parts(kept, dropped),
        agency=by.agency,
        merged_at=timezone.now(),
    )
    dropped.publication = Publication.HIDDEN
    dropped.merged_into = kept
    dropped.save(update_fields=["publication", "merged_into", "modified_at"])
    kept.save(update_fields=["modified_at"])
    _newest_reports(kept, dropped, together=True)
    OneTimeLink.objects.filter(service=dropped, revoked_at__isnull=True).update(revoked_at=made.merged_at)
    # Who holds a place there holds it here; what the public told is read with the entry that stands.
    PlaceHold.objects.filter(service=dropped).update(service=kept)
    Suggestion.objects.filter(service=dropped).update(service=kept)
    _pairs(kept, dropped).update(state=DuplicatePair.State.MERGED)
    DuplicatePair.objects.filter(_about(dropped), state=DuplicatePair.State.WAITING).delete()
    reindex([kept.pk])
    _log(entries.MERGED, kept, dropped, by)
    return made


@transaction.atomic
def undo_merge(*, merge_id: UUID, by: Unlocked) -> None:
    """Let both entries stand for themselves again, as public as they were. Harmless when repeated.

    Raises NotAllowed after 30 days, or while the entry that was kept is itself merged into another.
    """
    found = Merge.objects.select_related(None).filter(pk=merge_id).first()
    if found is None:
        raise NotAllowed(_("This merge is not known."))
    both = _locked(found.kept_id, found.dropped_id)
    found.refresh_from_db()
    if found.undone_at is not None:
        return
    if not may_undo(found):
        raise NotAllowed(_("A merge can be undone for 30 days."))
    kept, dropped = both[found.kept_id], both[found.dropped_id]
    if kept.merged_into_id is not None:
        raise NotAllowed(_("The entry that was kept was merged into another one since. Undo that first."))
    for name, ids in found.copied.items():
        table = _COPIED[name][0] if name in _COPIED else _WHOLE[name]
        table._default_manager.filter(pk__in=ids, service=kept).delete()
    found.undone_at = timezone.now()
    found.save(update_fields=["undone_at"])
    dropped.merged_into = None
    if found.was_published:
        dropped.publication = Publication.PUBLISHED
    dropped.save(update_fields=["merged_into", "publication", "modified_at"])
    kept.save(update_fields=["modified_at"])
    _newest_reports(kept, dropped, together=False)
    _pairs(kept, dropped).update(state=DuplicatePair.State.WAITING)
    reindex([kept.pk, dropped.pk])
    _log(entries.MERGE_UNDONE, kept, dropped, by)


def _locked(*ids: UUID) -> dict[UUID, Service]:
    """Return the entries, locked in the order of ids: two merges of the same pair cannot wait in a ring."""
    found = Service.objects.select_for_update(of=("self",)).select_related("organization")
    return {one.pk: one for one in found.filter(pk__in=ids).order_by("pk")}


def _about(service: Service) -> Q:
    return Q(first=service) | Q(second=service)


def _pairs(one: Service, other: Service) -> QuerySet[DuplicatePair]:
    first, second = sorted((one.pk, other.pk))
    return DuplicatePair.objects.filter(first=first, second=second)


def _copy_parts(kept: Service, dropped: Service) -> dict[str, list[str]]:
    """Give the kept entry what only the other one had; return the ids of the copies by kind."""
    copied: dict[str, list[str]] = {}
    for name, (table, key) in _COPIED.items():
        had = {key(row) for row in table._default_manager.filter(service=kept)}
        missing: dict[object, Any] = {}
        for row in table._default_manager.filter(service=dropped).order_by("pk"):
            if key(row) not in had:
                missing.setdefault(key(row), row)
        copied[name] = _copies(missing.values(), kept)
    for name, table in _WHOLE.items():
        if not table._default_manager.filter(service=kept).exists():
            copied[name] = _copies(table._default_manager.filter(service=dropped).order_by("pk"), kept)
    return {name: ids for name, ids in copied.items() if ids}


def _copies(rows: Iterable[Any], kept: Service) -> list[str]:
    ids = []
    for row in rows:
        # A new row of its own: an import goes on changing the one it came from.
        row.pk, row.service, row._state.adding = uuid4(), kept, True
        row.save(force_insert=True)
        ids.append(str(row.pk))
    return ids


def _newest_reports(kept: Service, dropped: Service, *, together: bool) -> None:
    """Set the newest report of both: of all there are while merged, else each entry's own."""
    of_dropped = AvailabilityReport.objects.filter(service=dropped).order_by("-reported_at").first()
    of_kept = AvailabilityReport.objects.filter(service=kept).order_by("-reported_at").first()
    if together:
        known = [report for report in (of_kept, of_dropped) if report is not None]
        of_kept = max(known, key=lambda report: report.reported_at, default=None)
        of_dropped = None
    # First let go, then take: a report is the newest of one entry at a time.
    Service.objects.filter(pk__in=(kept.pk, dropped.pk)).update(latest_report=None)
    Service.objects.filter(pk=kept.pk).update(latest_report=of_kept)
    Service.objects.filter(pk=dropped.pk).update(latest_report=of_dropped)


def _log(action: Action, kept: Service, dropped: Service, by: Unlocked) -> None:
    record(
        action,
        agency=by.agency.pk,
        actor=by.person.pk,
        kind="service",
        object=str(kept.pk),
        detail={"other": str(dropped.pk)},
    )
