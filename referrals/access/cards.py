"""The door to lists: the cards of a page of one's own cases, the same few queries whatever its length.

Rows come as plain tuples, not as objects of the models: a list opens fifty of everything.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, QuerySet

from accounts.unlocked import Unlocked
from audit.actions import record_first
from referrals import entries, grants
from referrals.access.cases import Shape, case_section_key, own_rows
from referrals.access.common import item_context, log_first
from referrals.access.emergencies import opened_in_emergency
from referrals.models import CaseItem, CaseUserPermission
from referrals.models.cases import Section
from referrals.payload import AskedProvider, Card, FollowUp, Incident
from vault.envelope import unseal
from vault.errors import Refused


class ListRow(NamedTuple):
    """One's own grant on a case of one's agency, and what the case's own row says in clear."""

    user_id: UUID
    content_object_id: UUID
    key_epoch: int
    recipient_key_epoch: int
    wrapped_key: Any
    signature: Any
    granted_by_id: UUID
    expires_at: datetime | None
    case_epoch: int
    month_opened: date
    is_open: bool
    rotation_due: bool


ListRows = QuerySet[CaseUserPermission, tuple[Any, ...]]

# A ListRow's columns in their order, without the shares, which are most of a case's row. Put together
# once, and filtered for each request.
_NEWEST_FIRST: ListRows = CaseUserPermission.objects.order_by(
    "-content_object__month_opened", "-content_object_id"
).values_list(
    "user_id",
    "content_object_id",
    "key_epoch",
    "recipient_key_epoch",
    "wrapped_key",
    "signature",
    "granted_by_id",
    "expires_at",
    "content_object__key_epoch",
    "content_object__month_opened",
    "content_object__is_open",
    "content_object__rotation_due",
)


def cases_for(unlocked: Unlocked, *, is_open: bool = True) -> ListRows:
    """Return one's own valid view rows, newest month first; nothing at all where cases are locked.

    Filter and slice it, then give it to ``open_case_cards``: the values of each row make a ``ListRow``.
    What one reads in an emergency is in no list: each entry of it that is read has its own line in the log.
    """
    own = own_rows(_NEWEST_FIRST, unlocked, grants.VIEW_CASE).filter(content_object__is_open=is_open)
    # Such a row is signed by who asked, and ends; one that they were given or own stays in their list.
    return own.exclude(
        granted_by=unlocked.person,
        expires_at__isnull=False,
        content_object__in=opened_in_emergency(unlocked),
    )


@dataclass(frozen=True)
class CaseCard:
    """A case in a list. ``card`` is None when it does not open: somebody may have changed the data."""

    case_id: UUID
    month_opened: date
    is_open: bool
    rotation_due: bool
    card: Card | None = field(repr=False)
    # Asked for by the page of what is pressing only.
    clinical_window_ends_at: datetime | None = field(default=None, repr=False)
    follow_up: FollowUp | None = field(default=None, repr=False)


def open_case_cards(
    unlocked: Unlocked, rows: Iterable[tuple[Any, ...]], *, with_windows: bool = False
) -> list[CaseCard]:
    """Open the cards of a page of own rows (``cases_for``), in order. Logged before a half is read.

    ``with_windows`` opens the incidents too, for the hours left in which medical care works best, and the
    follow-up, for what is due.
    """
    listed = [ListRow._make(row) for row in rows]
    detail = {"count": str(len(listed))}
    if listed:
        detail |= {"first": str(listed[0].content_object_id), "last": str(listed[-1].content_object_id)}
    log_first(unlocked, entries.CASE_LISTED, "case", None, detail=detail)
    sections = [Section.CARD, Section.INCIDENT, Section.FOLLOWUP] if with_windows else [Section.CARD]
    items = _items_of([row.content_object_id for row in listed], sections)
    secrets = _secrets_of(unlocked, listed)
    cards = []
    for row in listed:
        card, ends, follow_up = None, None, None
        case = row.content_object_id
        try:
            secret = secrets[case]
            if with_windows:
                ends = _open(
                    unlocked, row, secret, items[(case, Section.INCIDENT)], Incident
                ).clinical_window_at(unlocked.now)
                follow_up = _open(unlocked, row, secret, items[(case, Section.FOLLOWUP)], FollowUp)
            card = _open(unlocked, row, secret, items[(case, Section.CARD)], Card)
        except (Refused, KeyError):
            _record_refused(unlocked, case)
        cards.append(
            CaseCard(
                case_id=case,
                month_opened=row.month_opened,
                is_open=row.is_open,
                rotation_due=row.rotation_due,
                card=card,
                clinical_window_ends_at=ends,
                follow_up=follow_up,
            )
        )
    return cards


def open_asked(unlocked: Unlocked, rows: Iterable[tuple[Any, ...]]) -> list[tuple[UUID, AskedProvider]]:
    """Open what these cases (own rows) remember of questions by link, each with its case. Logged before
    a half is read; what does not open is left out here, and said where its case stands in a list.
    """
    listed = [ListRow._make(row) for row in rows]
    log_first(unlocked, entries.CASE_LISTED, "case", None, detail={"count": str(len(listed))})
    by_case = {row.content_object_id: row for row in listed}
    items = _ITEMS_WITH_HALF.filter(case_id__in=list(by_case), section=Section.INQUIRIES)
    secrets = _secrets_of(unlocked, listed)
    found = []
    for item in map(_Item._make, items):
        with suppress(Refused, KeyError):
            row = by_case[item.case_id]
            found.append((item.case_id, _open(unlocked, row, secrets[item.case_id], item, AskedProvider)))
    return found


class _Item(NamedTuple):
    """A sealed item with the half of its own epoch."""

    case_id: UUID
    section: str
    id: UUID
    epoch: int
    revision: int
    sealed: Any
    half: Any


# Only items whose epoch still has its half: without the half nothing opens.
_ITEMS_WITH_HALF = CaseItem.objects.filter(case__halves__epoch=F("epoch")).values_list(
    "case_id", "section", "id", "epoch", "revision", "sealed", "case__halves__half"
)


def _items_of(cases: Sequence[UUID], sections: Sequence[Section]) -> dict[tuple[UUID, str], _Item]:
    """Return the items of these sections by case and section: none where the server holds no half."""
    rows = _ITEMS_WITH_HALF.filter(case_id__in=cases, section__in=sections)
    return {(item.case_id, item.section): item for item in map(_Item._make, rows)}


def _open(unlocked: Unlocked, row: ListRow, secret: bytes, item: _Item, shape: type[Shape]) -> Shape:
    """Open one item of the case's present epoch, else ``Refused``."""
    if item.epoch != row.case_epoch:
        raise Refused
    case, section = row.content_object_id, Section(item.section)
    key = case_section_key(secret, bytes(item.half), case=case, epoch=item.epoch, section=section)
    context = item_context(
        agency=unlocked.agency.id,
        case=case,
        section=section,
        item=item.id,
        epoch=item.epoch,
        revision=item.revision,
    )
    return shape.from_bytes(unseal(key, bytes(item.sealed), context))


def _secrets_of(unlocked: Unlocked, rows: Sequence[ListRow]) -> dict[UUID, bytes]:
    """Return the case secrets by case, without those whose grant is not right or of another epoch."""
    rows = [row for row in rows if row.key_epoch == row.case_epoch]
    try:
        opened = grants.open_case_secrets(unlocked, rows, grants.VIEW_CASE)
        return dict(zip((row.content_object_id for row in rows), opened, strict=True))
    except Refused:
        # One row is not right: find which, so that one changed row does not close the whole list.
        secrets = {}
        for row in rows:
            try:
                [secrets[row.content_object_id]] = grants.open_case_secrets(unlocked, [row], grants.VIEW_CASE)
            except Refused:
                continue
        return secrets


def _record_refused(unlocked: Unlocked, case_id: UUID) -> None:
    record_first(
        entries.CASE_DOES_NOT_OPEN,
        agency=unlocked.agency.id,
        actor=unlocked.person.id,
        kind="case",
        object=str(case_id),
        outcome="denied",
    )
