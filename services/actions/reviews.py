"""Decide about rows that an import put aside because a site may be confidential.

The address of such a site was never kept. *Confidential* brings the row in without it; *public* takes
two editors and lets the next file bring it; *left out* keeps it out. Each decision stays with the
site, so the same file does not ask again.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.unlocked import Unlocked
from audit.actions import record
from services import entries
from services.actions.differences import published_among
from services.actions.indexing import reindex
from services.actions.planning import make_plan
from services.actions.sites import forget_whereabouts
from services.actions.writing import write
from services.errors import NotAllowed
from services.hsds.clearing import withheld_ids
from services.hsds.reading import Root
from services.hsds.rows import id_of
from services.models import ImportRow, SiteDecision

Review = ImportRow.Review
OPEN = (Review.WAITING, Review.ASKED_PUBLIC)


def _sites(row: ImportRow) -> list[UUID]:
    """Return the sites that were put aside with a row, by the ids they have or would have with us."""
    root = Root(row.kind, row.path, row.data, row.line)
    return sorted(id_of(row.run.source, "location", given) for given in withheld_ids([root]))


def _remember(row: ImportRow, kind: SiteDecision.Kind, *, by: UUID, agreed: UUID | None = None) -> None:
    for site in _sites(row):
        SiteDecision.objects.update_or_create(
            source=row.run.source,
            site=site,
            defaults={"kind": kind, "decided_by": by, "agreed_by": agreed},
        )


def _bring_in(row: ImportRow, by: UUID) -> None:
    plan = make_plan([Root(row.kind, row.path, row.data, row.line)], source=row.run.source)
    result = plan.results[0]
    if result.outcome == ImportRow.Outcome.QUARANTINED:
        raise NotAllowed(
            _("Something else in this row has to be mended at the source first. Then import it again.")
        )
    if by == row.run.started_by and published_among(plan.affected):
        raise NotAllowed(
            _("This changes entries that are published, so an editor who did not import it has to decide.")
        )
    reindex(write(plan))
    for site in sorted(plan.withheld):
        forget_whereabouts(site)
    row.outcome = result.outcome


@transaction.atomic
def decide_row(row_id: int, decision: str, *, by: Unlocked) -> ImportRow:
    """Decide about a row: ``confidential``, ``public`` or ``dropped``. Repeating it changes nothing.

    The first *public* asks a second editor; only another person's makes it so. Raises NotAllowed
    for what is decided already, what one person may not do alone, and a row that has other faults.
    """
    row = ImportRow.objects.select_for_update(of=("self",)).select_related("run").get(pk=row_id)
    person = by.person.pk
    if row.review == decision or (
        row.review == Review.ASKED_PUBLIC and decision == Review.PUBLIC and row.reviewed_by == person
    ):
        if row.review == Review.ASKED_PUBLIC:
            raise NotAllowed(_("A second editor has to agree. You have already said yes."))
        return row
    if row.review not in OPEN or decision not in SiteDecision.Kind.values:
        raise NotAllowed(_("This row was decided already."))
    if decision == Review.CONFIDENTIAL:
        _remember(row, SiteDecision.Kind.CONFIDENTIAL, by=person)
        _bring_in(row, person)
        row.review = Review.CONFIDENTIAL
    elif decision == Review.DROPPED:
        _remember(row, SiteDecision.Kind.DROPPED, by=person)
        row.review = Review.DROPPED
    elif row.review == Review.WAITING or row.reviewed_by is None:
        row.review = Review.ASKED_PUBLIC
    else:
        _remember(row, SiteDecision.Kind.PUBLIC, by=row.reviewed_by, agreed=person)
        row.review = Review.PUBLIC
    row.reviewed_by, row.reviewed_at = person, timezone.now()
    row.save(update_fields=["review", "reviewed_by", "reviewed_at", "outcome"])
    record(
        entries.IMPORT_REVIEWED,
        agency=by.agency.pk,
        actor=person,
        kind="import",
        object=str(row.run_id),
        detail={"decision": str(row.review)},
    )
    return row


@transaction.atomic
def reopen_row(row_id: int, *, by: Unlocked) -> ImportRow:
    """Take back a *public* or *left out* that has not come in: the row waits again."""
    row = ImportRow.objects.select_for_update(of=("self",)).select_related("run").get(pk=row_id)
    if row.review in OPEN:
        return row
    if row.review not in (Review.PUBLIC, Review.DROPPED):
        raise NotAllowed(_("This row came in already. Change the entry itself."))
    SiteDecision.objects.filter(source=row.run.source, site__in=_sites(row)).exclude(
        kind=SiteDecision.Kind.CONFIDENTIAL
    ).delete()
    row.review, row.reviewed_by, row.reviewed_at = Review.WAITING, None, timezone.now()
    row.save(update_fields=["review", "reviewed_by", "reviewed_at"])
    record(
        entries.IMPORT_REVIEWED,
        agency=by.agency.pk,
        actor=by.person.pk,
        kind="import",
        object=str(row.run_id),
        detail={"decision": "reopened"},
    )
    return row
