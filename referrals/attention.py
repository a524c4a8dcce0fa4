"""What needs a caseworker now: overdue answers, replies, consents running out, hours left for care.

Everything is derived when read, from clear times and one's own sealed notes, so that a stopped clock
never hides anything. The number of queries does not grow with the number of cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from accounts.unlocked import Unlocked
from referrals import access, queries
from referrals.access import CaseCard, SentRow
from referrals.codes import CLINICAL_WINDOW_HOURS, NOBODY_ANSWERED
from referrals.models.referrals import LIVE, State
from referrals.timers import month_of
from services.codes import ServiceType

CONSENT_SOON = timedelta(days=3)
# An ended referral is news for so long; then it is only in its case.
NEWS = timedelta(days=7)
MOST = 100


@dataclass(frozen=True)
class Attention:
    """One thing that waits. ``kind``: one of ``_ORDER``; ``until`` is the moment the clock of it runs to."""

    kind: str
    case_id: UUID
    referral_id: UUID | None
    service_name: str = field(repr=False)
    organization_name: str = field(repr=False)
    until: datetime | None = None


_SAID_YES = frozenset({State.ACCEPTED, State.IN_PROGRESS, State.DELIVERED, State.CLOSED})
_ORDER = (
    "window",
    "question",
    "asked_can",
    "asked_call",
    "overdue",
    "asked_cannot",
    "asked_nobody",
    "declined",
    "expired",
    "failed",
    "delivered",
    "consent",
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


def recent_cards(unlocked: Unlocked) -> list[CaseCard]:
    """Open one's own cases that are young enough for hours to count, with their windows."""
    longest = timedelta(hours=max(CLINICAL_WINDOW_HOURS.values()))
    since = month_of(unlocked.now - longest)
    rows = list(access.cases_for(unlocked).filter(content_object__month_opened__gte=since)[:MOST])
    return access.open_case_cards(unlocked, rows, with_windows=True) if rows else []


def of_sent(unlocked: Unlocked, rows: Sequence[SentRow]) -> list[Attention]:
    """Return what waits because of referrals that were sent, the most pressing first."""
    found = [one for row in rows for one in _of_row(row, unlocked.now)]
    return sorted(found, key=lambda one: (_ORDER.index(one.kind), one.until or unlocked.now))


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
        kinds.append(("delivered", None))
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
    return sorted(found, key=_pressing)


def _pressing(one: Attention) -> int:
    return _ORDER.index(one.kind)


def sent_rows(unlocked: Unlocked) -> list[SentRow]:
    """Open the newest of one's own sent referrals that are live or ended within a week."""
    recent = access.sent_for(unlocked).exclude(
        content_object__ended_at__lt=unlocked.now - NEWS - timedelta(days=1)
    )
    rows = list(recent[:MOST])
    return access.open_sent_rows(unlocked, rows) if rows else []
