"""Every read that is more than one line: pages of lists, where referrals stand, who holds a case.

Reads go through the doors of ``access``, which log them. Nothing here fetches a case or a packet by
an id from outside.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Agency, Person
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import access, duty, entries, grants, retention
from referrals.access import CaseCard, InboxRow, OpenCase, SentRow
from referrals.access.common import CASE_ROLES, WORKER_ROLES, guardian_agrees, log_first
from referrals.models import (
    CaseHold,
    CaseTransfer,
    CaseUserPermission,
    DutyShift,
    ExportSwitch,
    Inquiry,
    Referral,
    RetentionPolicy,
    TimerPolicy,
)
from referrals.models.referrals import LIVE, WAITING, State
from referrals.models.transfers import Outcome
from referrals.retention import Years
from referrals.timers import DEFAULT, DEFAULT_WEEK, Calendar, Limits, Rules

MOST_ANSWERED = 100  # answers to questions by link, on the page of what needs one
MOST_LEFT = 50  # referrals that nobody works on, above the inbox
# Later than anything is due.
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CasePage:
    """One page of one's cases; ``next`` is the cursor of the next page, None on the last."""

    cards: list[CaseCard]
    next: str | None


def case_page(
    unlocked: Unlocked, *, after: str | None = None, limit: int = 50, is_open: bool = True
) -> CasePage:
    """Return a page of one's own cases, newest month first. ``after`` is an earlier page's ``next``."""
    rows = access.cases_for(unlocked, is_open=is_open)
    if after is not None:
        month, case_id = _cursor(after, date.fromisoformat, date.min)
        rows = rows.filter(
            Q(content_object__month_opened__lt=month)
            | Q(content_object__month_opened=month, content_object_id__lt=case_id)
        )
    found = list(rows[: limit + 1])
    cards = access.open_case_cards(unlocked, found[:limit])
    last = cards[-1] if len(found) > limit else None
    return CasePage(cards=cards, next=f"{last.month_opened.isoformat()}_{last.case_id}" if last else None)


@dataclass(frozen=True)
class InboxPage:
    """One page of the desk's live referrals."""

    rows: list[InboxRow]
    next: str | None


def inbox_page(unlocked: Unlocked, *, after: str | None = None, limit: int = 30) -> InboxPage:
    """Return a page of what waits at the desk, most pressing first."""
    return _inbox_page(unlocked, access.inbox_for(unlocked), after, limit)


def worked_on_page(unlocked: Unlocked, *, after: str | None = None, limit: int = 30) -> InboxPage:
    """Return a page of the live referrals that one works on oneself, in the order they were due."""
    return _inbox_page(unlocked, access.worked_on_by(unlocked), after, limit)


def _inbox_page(unlocked: Unlocked, rows: QuerySet[Any, Any], after: str | None, limit: int) -> InboxPage:
    if after is not None:
        due, referral_id = _cursor(after, datetime.fromisoformat, _NEVER)
        rows = rows.filter(
            Q(content_object__respond_by__gt=due)
            | Q(content_object__respond_by=due, content_object_id__gt=referral_id)
        )
    found: list[grants.OpaqueRow] = list(rows[: limit + 1])
    opened = access.open_inbox_rows(unlocked, found[:limit])
    last = opened[-1].referral if len(found) > limit else None
    following = f"{last.respond_by.isoformat()}_{last.id}" if last and last.respond_by else None
    return InboxPage(rows=opened, next=following)


@dataclass(frozen=True)
class SentPage:
    """One page of the referrals one sent, live and ended."""

    rows: list[SentRow]
    next: str | None


def sent_page(unlocked: Unlocked, *, after: str | None = None, limit: int = 30) -> SentPage:
    """Return a page of the referrals one sent, in the order of ids."""
    rows = access.sent_for(unlocked).order_by("content_object_id")
    if after is not None:
        rows = rows.filter(content_object_id__gt=_id(after))
    found = list(rows[: limit + 1])
    opened = access.open_sent_rows(unlocked, found[:limit])
    return SentPage(rows=opened, next=str(opened[-1].referral.id) if len(found) > limit else None)


@dataclass(frozen=True)
class SupervisedPage:
    """One page of what the agency has sent and a supervisor may end."""

    rows: list[Referral]
    next: str | None


def supervised_page(unlocked: Unlocked, *, after: str | None = None, limit: int = 30) -> SupervisedPage:
    """Return a page of the agency's referrals, in the order of ids; clear columns only."""
    rows = access.supervised_by(unlocked)
    if after is not None:
        rows = rows.filter(pk__gt=_id(after))
    found = list(rows[: limit + 1])
    access.log_supervised(unlocked, found[:limit])
    return SupervisedPage(rows=found[:limit], next=str(found[limit - 1].id) if len(found) > limit else None)


def inquiries_of(unlocked: Unlocked, opened: OpenCase) -> dict[UUID, Inquiry]:
    """Return the questions by link of an opened case, by id. One query."""
    return Inquiry.objects.filter(agency=unlocked.agency).in_bulk(opened.inquiry_ids())


def answered_lately(unlocked: Unlocked, *, since: datetime) -> list[Inquiry]:
    """Return the questions by link that one has put oneself and that have an answer, or that nobody
    answered in time; clear columns only. What was taken back is left out.
    """
    over = Q(ended_at__gte=since) & ~Q(answer="") | Q(expires_at__lte=unlocked.now)
    return list(
        Inquiry.objects.filter(over, agency=unlocked.agency, asked_by=unlocked.person)[:MOST_ANSWERED]
    )


def states_of(unlocked: Unlocked, opened: OpenCase) -> dict[UUID, Referral]:
    """Return where the referrals of an open case stand, by id; their clear columns only.

    What was entered in error is left out: it is in no list.
    """
    known = Referral.objects.filter(pk__in=opened.sent_ids()).exclude(state=State.ENTERED_IN_ERROR)
    return {referral.id: referral for referral in known}


def live_of(unlocked: Unlocked, opened: OpenCase) -> list[Referral]:
    """Return the referrals of an open case that have not ended: what stands against closing it."""
    return _live(unlocked, states_of(unlocked, opened))


def _live(unlocked: Unlocked, states: dict[UUID, Referral]) -> list[Referral]:
    return [one for one in states.values() if one.state_at(unlocked.now) in LIVE]


def services_under_way(
    unlocked: Unlocked, opened: OpenCase, states: dict[UUID, Referral]
) -> set[UUID | None]:
    """Return the services to which a referral of an open case is live, by its ``states_of``."""
    live = {referral.id for referral in _live(unlocked, states)}
    return {item.content.service_id for item in opened.referrals() if item.content.referral_id in live}


def now_of(referral: Referral) -> Referral:
    """Return a referral that was opened as it stands at this moment; its clear columns."""
    return Referral.objects.select_related("claimed_by").get(pk=referral.pk)


def may_edit(unlocked: Unlocked, opened: OpenCase) -> bool:
    """Say whether to offer changes on a page. The door asks again, with the key, when one is made."""
    return opened.can_edit or guardian_agrees(unlocked, grants.EDIT_CASE, opened.case)


def names_of(unlocked: Unlocked, people: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Return the names of colleagues by id, those who left included. One query, or none for nobody."""
    wanted = {one for one in people if one is not None}
    if not wanted:
        return {}
    rows = Person.objects.filter(agency=unlocked.agency, pk__in=wanted)
    return dict(rows.values_list("pk", "display_name"))


@dataclass(frozen=True)
class Holder:
    """Somebody a case is open to."""

    person: Person
    can_edit: bool
    is_owner: bool
    has_documents: bool
    expires_at: datetime | None


def holders_of(unlocked: Unlocked, opened: OpenCase) -> list[Holder]:
    """Return who may open this case now, its owner first: for whoever has the case open."""
    rows = (
        CaseUserPermission.objects.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=unlocked.now), content_object=opened.case
        )
        .select_related("user", "permission")
        .order_by("permission__codename")
    )
    holders: dict[UUID, Holder] = {}
    for row in rows:
        known = holders.get(row.user_id)
        is_edit = row.permission.codename == grants.EDIT_CASE
        holders[row.user_id] = Holder(
            person=row.user,
            can_edit=is_edit or bool(known and known.can_edit),
            is_owner=(is_edit and row.expires_at is None) or bool(known and known.is_owner),
            has_documents=row.permission.codename == grants.VIEW_DOCUMENTS
            or bool(known and known.has_documents),
            expires_at=row.expires_at,
        )
    return sorted(holders.values(), key=lambda one: (not one.is_owner, one.person.display_name))


def offer_of(unlocked: Unlocked, opened: OpenCase) -> CaseTransfer | None:
    """Return the offer of an opened case that waits for a colleague's answer."""
    waiting = CaseTransfer.objects.filter(
        case=opened.case, outcome=Outcome.WAITING, expires_at__gt=unlocked.now
    )
    return waiting.select_related("offered_to").first()


def colleagues_at_work(unlocked: Unlocked) -> list[Person]:
    """Return the active people of one's agency who may be given a referral to work on, by name."""
    people = Person.objects.filter(
        agency=unlocked.agency,
        is_active=True,
        groups__role__agency=unlocked.agency,
        groups__role__name__in=WORKER_ROLES,
    )
    return list(people.select_related("membership").order_by("display_name", "pk").distinct())


def caseworkers_of(unlocked: Unlocked) -> list[Person]:
    """Return the active caseworkers of one's agency, by name."""
    return _in_roles(unlocked, {RoleName.CASEWORKER})


def colleagues_with_cases(unlocked: Unlocked) -> list[Person]:
    """Return the active people of one's agency who may be given a case, oneself left out, by name."""
    return [one for one in _in_roles(unlocked, CASE_ROLES) if one.pk != unlocked.person.pk]


def _in_roles(unlocked: Unlocked, roles: Collection[RoleName]) -> list[Person]:
    people = Person.objects.filter(
        agency=unlocked.agency,
        is_active=True,
        groups__role__agency=unlocked.agency,
        groups__role__name__in=roles,
    )
    return list(people.order_by("display_name", "pk").distinct())


def left_at_desk(unlocked: Unlocked) -> list[Referral]:
    """Return what stands still at one's desk because its only worker has left: clear columns, newest first.

    What its sender has given the desk again is in the inbox itself.
    """
    left = Referral.objects.filter(
        recipient_agency=unlocked.agency,
        worker_left=True,
        handover=b"",
        state__in=[State.ACCEPTED, State.IN_PROGRESS],
        consent_expires_at__gt=unlocked.now,
    )
    left = left.select_related("sender_agency").order_by("-accepted_at", "id")
    return list(left.defer("sealed_opaque", "sealed_identity", "sealed_sender")[:MOST_LEFT])


def roster_of(unlocked: Unlocked) -> list[DutyShift]:
    """Return the shifts of one's agency, single days after the week; written down first."""
    log_first(unlocked, entries.DUTY_LISTED, "agency", unlocked.agency.id)
    shifts = DutyShift.objects.filter(agency=unlocked.agency).select_related("person")[: duty.MOST]
    return sorted(
        shifts, key=lambda one: (one.day or date.min, one.weekday or 0, one.starts, one.person.display_name)
    )


def timer_policy(agency: Agency) -> TimerPolicy | None:
    """Return the newest version of an agency's timers; None while the defaults count."""
    return TimerPolicy.objects.filter(agency=agency).order_by("-version").first()


def rules_of(policy: TimerPolicy | None) -> Rules:
    """Return what a version says, or the defaults."""
    if policy is None:
        return DEFAULT
    return Rules(
        emergency=Limits(policy.emergency_answer, policy.emergency_supervisor, policy.emergency_end),
        urgent=Limits(policy.urgent_answer, policy.urgent_supervisor, policy.urgent_end),
        routine=Limits(policy.routine_answer, policy.routine_supervisor, policy.routine_end),
    )


def calendar_of(agency: Agency, policy: TimerPolicy | None) -> Calendar:
    """Return the working days of an agency: its own week, and the holidays where it works."""
    week = frozenset(int(day) for day in policy.working_week) if policy else DEFAULT_WEEK
    return Calendar(week=week, time_zone=agency.time_zone)


def export_switches(unlocked: Unlocked) -> dict[str, ExportSwitch]:
    """Return what was asked and approved of one's agency's copies, by role. One query."""
    rows = ExportSwitch.objects.filter(agency=unlocked.agency).select_related("asked_by", "approved_by")
    return {row.role: row for row in rows}


def switches_waiting(unlocked: Unlocked) -> list[ExportSwitch]:
    """Return what was asked of one's agency's copies and waits for a second person. One query."""
    waiting = ExportSwitch.objects.filter(agency=unlocked.agency, approved_by__isnull=True)
    return list(waiting.select_related("asked_by").order_by("asked_on", "role"))


def years_of(agency: Agency) -> Years:
    """Return how long an agency keeps closed cases: as its supervisors decided, or the defaults."""
    policy = retention_policy(agency)
    return Years(policy.standard_years, policy.child_years) if policy else retention.DEFAULT


def waiting_years(agency: Agency) -> RetentionPolicy | None:
    """Return more years that a supervisor asked for and nobody has decided on."""
    waiting = RetentionPolicy.objects.filter(agency=agency, decided_by__isnull=True)
    return waiting.select_related("asked_by").first()


def retention_policy(agency: Agency) -> RetentionPolicy | None:
    """Return the newest version of an agency's years that was decided; None while the defaults count."""
    decided = RetentionPolicy.objects.filter(agency=agency, decided_by__isnull=False)
    return decided.order_by("-version").first()


def hold_of(opened: OpenCase) -> CaseHold | None:
    """Return who keeps an opened case longer than its time, or asks to; None where nobody does."""
    return CaseHold.objects.filter(case=opened.case).first()


@dataclass(frozen=True)
class LatePage:
    """Referrals of one agency, sent or received, that should have been answered; clear columns only."""

    rows: list[Referral]
    next: str | None


def late_page(unlocked: Unlocked, *, after: str | None = None, limit: int = 30) -> LatePage:
    """Return a page of what is late on either side, the longest wait first. Derived: no clock needed.

    One query a side, each along its own index. For supervisors, who see that something waits and for
    whom, and nothing of what it is.
    """
    access.log_late_list(unlocked)
    late = Referral.objects.filter(
        # A question that nobody answered falls away; while it is open, ``respond_by`` lies ahead.
        state__in=sorted(WAITING),
        respond_by__lte=unlocked.now,
        expires_at__gt=unlocked.now,
        consent_expires_at__gt=unlocked.now,
    ).defer("sealed_opaque", "sealed_identity", "sealed_sender", "handover")
    if after is not None:
        due, referral_id = _cursor(after, datetime.fromisoformat, _NEVER)
        late = late.filter(Q(respond_by__gt=due) | Q(respond_by=due, id__gt=referral_id))
    late = late.select_related("sender_agency", "recipient_agency", "sent_by").order_by("respond_by", "id")
    sides = ({"sender_agency": unlocked.agency}, {"recipient_agency": unlocked.agency})
    found = sorted(
        (row for side in sides for row in late.filter(**side)[: limit + 1]),
        key=lambda row: (row.respond_by or _NEVER, row.id.int),
    )
    last = found[limit - 1] if len(found) > limit else None
    following = f"{last.respond_by.isoformat()}_{last.id}" if last and last.respond_by else None
    return LatePage(rows=found[:limit], next=following)


def _id(text: str) -> UUID:
    """Read a cursor that is an id; a strange one is the last id there can be, after which no row comes."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=2**128 - 1)


Mark = TypeVar("Mark", date, datetime)


def _cursor(text: str, read: Callable[[str], Mark], nothing: Mark) -> tuple[Mark, UUID]:
    """Read a cursor; a strange one is ``nothing``, after which no row comes."""
    first, _, last = text.rpartition("_")
    try:
        mark, row = read(first), UUID(last)
    except ValueError:
        return nothing, UUID(int=0)
    if isinstance(mark, datetime) and not _is_a_moment(mark):
        return nothing, UUID(int=0)
    return mark, row


def _is_a_moment(mark: datetime) -> bool:
    """Say whether it has a time zone, and UTC can say it: not so at both ends of the calendar."""
    try:
        return mark.tzinfo is not None and mark.astimezone(UTC) is not None
    except OverflowError:
        return False
