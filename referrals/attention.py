"""What needs a caseworker now: overdue answers, replies, consents running out, hours left for care.

Everything is derived when read, from clear times and one's own sealed notes, so that a stopped clock
never hides anything. The number of queries does not grow with the number of cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from accounts.unlocked import Unlocked
from referrals import access, queries
from referrals.access import CaseCard, SentRow
from referrals.codes import NOBODY_ANSWERED
from referrals.models.referrals import LIVE, State
from referrals.payload import FollowUp
from referrals.retention import soon_before
from services.codes import ServiceType

CONSENT_SOON = timedelta(days=7)
NO_CONTACT = timedelta(days=30)
UNCONFIRMED = timedelta(days=14)
ORDER_SOON = timedelta(days=7)
# An ended referral is news for so long; then it is only in its case.
NEWS = timedelta(days=7)
MOST = 100
# So many open cases are looked through for what is due; the page says so where there are more.
MOST_CASES = 200


@dataclass(frozen=True)
class Attention:
    """One thing that waits. ``kind``: one of ``_ORDER``; ``until`` is the moment the clock of it runs to,
    ``on`` the day it is about, ``count`` how many tasks."""

    kind: str
    case_id: UUID
    referral_id: UUID | None
    service_name: str = field(repr=False)
    organization_name: str = field(repr=False)
    until: datetime | None = None
    on: date | None = None
    count: int = 1


_SAID_YES = frozenset({State.ACCEPTED, State.IN_PROGRESS, State.DELIVERED, State.CLOSED})
_ORDER = (
    "window",
    "question",
    "asked_can",
    "asked_call",
    "overdue",
    "left",
    "left_waits",
    "asked_cannot",
    "asked_nobody",
    "declined",
    "expired",
    "failed",
    "task",
    "order",
    "unconfirmed",
    "delivered",
    "consent",
    "contact",
    "silent",
    "accepted",
    "waiting",
)


def of_windows(unlocked: Unlocked, cards: Sequence[CaseCard], rows: Sequence[SentRow]) -> list[Attention]:
    """Return the cases whose hours for medical care are running and where no such care has said yes."""
    cared_for = {
        row.note.case_id
        for row in rows
        if row.note is not None
        and row.note.service_type == ServiceType.HEALTH_MEDICAL
        and row.referral.state_at(unlocked.now) in _SAID_YES
    }
    return [
        Attention("window", card.case_id, None, "", "", card.clinical_window_ends_at)
        for card in cards
        if card.case_id not in cared_for
        and card.clinical_window_ends_at is not None
        and card.clinical_window_ends_at > unlocked.now
    ]


def of_follow_up(unlocked: Unlocked, cards: Sequence[CaseCard]) -> list[Attention]:
    """Return what is due in these cases: tasks, no contact for 30 days, a protection order that ends."""
    return [
        one for card in cards if card.follow_up is not None for one in _of_follow_up(card, unlocked.today)
    ]


def _of_follow_up(card: CaseCard, today: date) -> list[Attention]:
    found = []
    kept = card.follow_up or FollowUp()
    due = [one.due_on for one in kept.tasks if one.done_on is None and one.due_on and one.due_on <= today]
    if due:
        found.append(Attention("task", card.case_id, None, "", "", on=min(due), count=len(due)))
    ends = kept.protection_order_ends_on
    if ends is not None and ends - ORDER_SOON <= today:
        found.append(Attention("order", card.case_id, None, "", "", on=ends))
    last = kept.last_contact_on
    if last is not None and last + NO_CONTACT <= today:
        # Who may not be contacted is never a reason to call.
        silent = card.card is not None and card.card.safe_contact.do_not_contact
        found.append(Attention("silent" if silent else "contact", card.case_id, None, "", "", on=last))
    return found


def own_cards(unlocked: Unlocked) -> tuple[list[CaseCard], bool]:
    """Open one's own newest open cases with their windows and follow-up; say whether there are more."""
    rows = list(access.cases_for(unlocked)[: MOST_CASES + 1])
    cards = access.open_case_cards(unlocked, rows[:MOST_CASES], with_windows=True) if rows else []
    return cards, len(rows) > MOST_CASES


def in_order(found: list[Attention], now: datetime) -> list[Attention]:
    """Return the most pressing first."""
    return sorted(found, key=lambda one: (_ORDER.index(one.kind), one.until or now, str(one.on)))


def ending_cards(unlocked: Unlocked) -> list[CaseCard]:
    """Open one's own closed cases that will be erased within thirty days, and that nobody keeps longer."""
    soon = soon_before(unlocked.today)
    rows = access.cases_for(unlocked, is_open=False).filter(content_object__destroy_after__lt=soon)
    held = Q(content_object__hold__agreed_by__isnull=False, content_object__hold__until__gte=soon)
    ending = list(rows.exclude(held)[:MOST])
    return access.open_case_cards(unlocked, ending) if ending else []


def of_sent(unlocked: Unlocked, rows: Sequence[SentRow]) -> list[Attention]:
    """Return what waits because of referrals that were sent, the most pressing first."""
    found = [one for row in rows for one in _of_row(row, unlocked.now)]
    return in_order(found, unlocked.now)


def _of_row(row: SentRow, now: datetime) -> list[Attention]:
    note, referral = row.note, row.referral
    if note is None or note.case_id is None:
        return []
    state = referral.state_at(now)
    kinds: list[tuple[str, datetime | None]] = []
    if state == State.SENT:
        kinds.append(("overdue" if referral.is_overdue_at(now) else "waiting", referral.respond_by))
    elif state == State.NEEDS_INFO:
        kinds.append(("question", referral.paused_until))
    elif state in (State.DECLINED, State.EXPIRED, State.FAILED):
        if referral.ended_at is None or now - referral.ended_at < NEWS:
            kinds.append((state.value, None))
    elif state == State.DELIVERED:
        late = referral.delivered_at is not None and referral.delivered_at + UNCONFIRMED <= now
        kinds.append(("unconfirmed" if late else "delivered", None))
    elif referral.worker_left and referral.is_readable_at(now):
        kinds.append(("left_waits" if referral.handover else "left", None))
    elif state == State.ACCEPTED:
        kinds.append(("accepted", None))
    ends = referral.consent_expires_at
    if state in LIVE and ends is not None and ends - now < CONSENT_SOON:
        kinds.append(("consent", ends))
    return [
        Attention(
            kind=kind,
            case_id=note.case_id,
            referral_id=referral.id,
            service_name=note.service_name,
            organization_name=note.organization_name,
            until=until,
        )
        for kind, until in kinds
    ]


def of_asked(unlocked: Unlocked) -> list[Attention]:
    """Return what providers answered to questions by link in the last week, or did not answer in time.

    The question knows nothing of its case: only one's own cases do, so they are opened, and only where
    there is an answer.
    """
    answers = queries.answered_lately(unlocked, since=unlocked.now - NEWS - timedelta(days=1))
    if not answers:
        return []
    said = {one.id: f"asked_{one.answer or NOBODY_ANSWERED}" for one in answers}
    rows = list(access.cases_for(unlocked)[:MOST])
    found = [
        Attention(said[asked.inquiry_id], case, None, asked.service_name, asked.organization_name)
        for case, asked in access.open_asked(unlocked, rows)
        if asked.inquiry_id in said
    ]
    return in_order(found, unlocked.now)


def sent_rows(unlocked: Unlocked) -> list[SentRow]:
    """Open the newest of one's own sent referrals that are live or ended within a week."""
    recent = access.sent_for(unlocked).exclude(
        content_object__ended_at__lt=unlocked.now - NEWS - timedelta(days=1)
    )
    rows = list(recent[:MOST])
    return access.open_sent_rows(unlocked, rows) if rows else []
