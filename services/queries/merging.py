"""Merged entries: where an old id leads now, which ids mean one service, and what may be merged.

Sealed records of casework keep the id they were written with, and so do links that people saved: an
old id stays good for reading. A consent is not led on: it names one entry, and she is asked again.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from services.models import DuplicatePair, Merge, Proposal, Service
from services.queries.search import published

_LONGEST_CHAIN = 20
UNDO_WITHIN = timedelta(days=30)


def current_id(service_id: UUID) -> UUID | None:
    """Return the id that stands for this one now; None when it was never merged (or is not known)."""
    found = None
    seen = service_id
    for _step in range(_LONGEST_CHAIN):
        following = Service.objects.filter(pk=seen).values_list("merged_into", flat=True).first()
        if following is None:
            return found
        found = seen = following
    return None


def public_id(service_id: UUID) -> UUID | None:
    """Return where the public is led from the id of a merged entry; None where there is nothing to see."""
    found = current_id(service_id)
    return found if found is not None and published().filter(pk=found).exists() else None


def same_service(service_id: UUID) -> frozenset[UUID]:
    """Return every id that means the same service as this one, itself included."""
    root = current_id(service_id) or service_id
    found = {root}
    newest = found
    while newest:
        newest = set(Service.objects.filter(merged_into__in=newest).values_list("pk", flat=True)) - found
        found |= newest
    return frozenset(found | {service_id})


def same_organizations(organization_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return these organizations and those that merges say are the same body. One query.

    Whoever excluded one listing of a body meant the body: the entry that stands for its service now
    must be excluded too.
    """
    pairs = list(
        Merge.objects.filter(undone_at__isnull=True)
        .exclude(kept__organization=F("dropped__organization"))
        .values_list("kept__organization", "dropped__organization")
    )
    found = set(organization_ids)
    while True:
        more = {pk for pair in pairs if not found.isdisjoint(pair) for pk in pair} - found
        if not more:
            return frozenset(found)
        found |= more


def why_not_merge(kept: Service, dropped: Service) -> Promise | None:
    """Return why the second must not be merged into the first, or None. Both with their organization."""
    if kept.pk == dropped.pk:
        return _("This is one and the same entry.")
    if kept.merged_into_id or dropped.merged_into_id:
        return _("One of the two was merged already.")
    if dropped.is_confidential and not kept.is_confidential:
        return _(
            "The other entry keeps its address secret: this one, with its address, must not stand for it."
        )
    if Proposal.objects.filter(service=dropped, state=Proposal.State.WAITING).exists():
        return _("A change of the other entry waits for approval. Decide about it first.")
    theirs, ours = dropped.organization.agency_id, kept.organization.agency_id
    if theirs is not None and theirs != ours:
        return _("Referrals to the other entry go to its own organisation. They must not go elsewhere.")
    return None


def waiting_pairs(*, after: tuple[Decimal, UUID] | None = None, limit: int = 20) -> list[DuplicatePair]:
    """Return pairs that wait for a look, the surest first, from a mark on; one more than ``limit``."""
    found = DuplicatePair.objects.filter(state=DuplicatePair.State.WAITING).select_related(
        "first__organization", "second__organization"
    )
    if after is not None:
        score, pk = after
        found = found.filter(Q(score__lt=score) | Q(score=score, pk__gt=pk))
    return list(found.order_by("-score", "pk")[: limit + 1])


def pair_of(first: UUID, second: UUID) -> DuplicatePair | None:
    low, high = sorted((first, second))
    return (
        DuplicatePair.objects.select_related("first__organization", "second__organization")
        .filter(first=low, second=high)
        .first()
    )


def merges(limit: int = 50) -> QuerySet[Merge]:
    """Return the latest merges, with both entries."""
    return Merge.objects.select_related("kept__organization", "dropped__organization").order_by("-merged_at")[
        :limit
    ]


def merge_of(merge_id: UUID) -> Merge | None:
    return Merge.objects.select_related("kept", "dropped").filter(pk=merge_id).first()


def may_undo(merge: Merge, now: datetime | None = None) -> bool:
    """Say whether a merge can still be undone: not twice, and within 30 days."""
    return merge.undone_at is None and merge.merged_at > (now or timezone.now()) - UNDO_WITHIN
