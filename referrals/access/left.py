"""Doors of a case whose caseworker has left: which these are, who shall take one over, who holds a key of it.

Only clear columns and a supervisor's signature are here. What a case holds is read through ``case_for``.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import trust
from accounts.models import Person
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import entries, grants
from referrals.access.cases import OpenCase, case_for, own_rows
from referrals.access.common import CASE_ROLES, denied, log_first, may_work
from referrals.models import Case, CaseSuccessor, CaseTransfer, CaseUserPermission
from referrals.models.transfers import Outcome
from vault.canonical import canonical
from vault.errors import Refused
from vault.keys import verify

NAMES = frozenset({RoleName.SUPERVISOR})
MOST = 100


@dataclass(frozen=True)
class LeftCase:
    """A case without a caseworker, as a supervisor sees it. ``holders``: who opens it still, until when."""

    case: Case
    holders: tuple[tuple[str, datetime | None], ...]
    successor: CaseSuccessor | None

    @property
    def id(self) -> UUID:
        return self.case.id


def owners_of(cases: Any) -> QuerySet[CaseUserPermission]:
    """Return the rows of owners who are still there: active, and in a role that works with cases."""
    return CaseUserPermission.objects.filter(
        content_object=cases,
        permission_id=grants.permission_id(grants.EDIT_CASE),
        expires_at__isnull=True,
        user__is_active=True,
        user__groups__role__name__in=CASE_ROLES,
    )


def has_owner(case: Case) -> bool:
    """Say whether somebody still owns a case. The mark on its row only helps to find what has none."""
    return owners_of(case).exists()


def any_left(unlocked: Unlocked) -> bool:
    """Say, to a supervisor, whether a case of their agency has nobody who works on it. One query."""
    return may_work(unlocked, NAMES) and _left(unlocked).exists()


def left_cases(unlocked: Unlocked) -> list[LeftCase]:
    """Return the open cases of one's agency whose caseworker has left; for supervisors. Logged first."""
    if not may_work(unlocked, NAMES):
        raise denied(unlocked, entries.LEFT_CASES_LISTED, "case", None)
    log_first(unlocked, entries.LEFT_CASES_LISTED, "case", None)
    return _with_holders(unlocked, list(_left(unlocked).order_by("month_opened", "id")[:MOST]))


def left_case_for(unlocked: Unlocked, case_id: UUID) -> LeftCase:
    """Return one of them, or raise ``Denied``. Logged first."""
    case = _left(unlocked).filter(pk=case_id).first() if may_work(unlocked, NAMES) else None
    if case is None:
        raise denied(unlocked, entries.LEFT_CASES_LISTED, "case", case_id)
    log_first(unlocked, entries.LEFT_CASES_LISTED, "case", case_id)
    return _with_holders(unlocked, [case])[0]


def successor_of(unlocked: Unlocked, case: Case) -> CaseSuccessor | None:
    """Return who shall take a case over, if an active supervisor of the agency really said so."""
    row = CaseSuccessor.objects.select_related("person", "named_by").filter(case=case).first()
    return next(iter(_genuine(unlocked, [row] if row else [])), None)


def succession_for(unlocked: Unlocked, case_id: UUID) -> tuple[OpenCase, CaseSuccessor]:
    """Open a case of which one holds a key and somebody shall take over, or raise ``Denied``. Logged."""
    case = Case.objects.filter(pk=case_id, agency=unlocked.agency, is_open=True).first()
    successor = successor_of(unlocked, case) if case is not None and not has_owner(case) else None
    if successor is None:
        raise denied(unlocked, entries.CASE_SUCCESSION_VIEWED, "case", case_id)
    return case_for(unlocked, case_id, action=entries.CASE_SUCCESSION_VIEWED), successor


@dataclass(frozen=True)
class Succession:
    """What waits for somebody who is named, or who holds a key of the case. ``holds``: may go on now."""

    case: Case
    successor: CaseSuccessor
    holds: bool
    is_offered: bool


def successions_for(unlocked: Unlocked) -> list[Succession]:
    """Return the cases that one is named for, or holds a key of while somebody else is named."""
    held = own_rows(CaseUserPermission.objects.all(), unlocked, grants.VIEW_CASE)
    rows = list(
        CaseSuccessor.objects.filter(
            Q(person=unlocked.person) | Q(case__in=held.values("content_object_id")),
            case__in=_left(unlocked),
        )
        .select_related("case", "person", "named_by")
        .order_by("until", "case_id")[:MOST]
    )
    if not rows or not may_work(unlocked, CASE_ROLES):
        return []
    ids = [row.case_id for row in rows]
    mine = set(held.filter(content_object__in=ids).values_list("content_object_id", flat=True))
    offers = CaseTransfer.objects.filter(case__in=ids, outcome=Outcome.WAITING, expires_at__gt=unlocked.now)
    offered = set(offers.values_list("case_id", "offered_to_id"))
    return [
        Succession(row.case, row, row.case_id in mine, (row.case_id, row.person_id) in offered)
        for row in _genuine(unlocked, rows)
    ]


def successor_message(row: CaseSuccessor, agency: UUID) -> bytes:
    """Return the bytes a supervisor signs when naming who shall take a case over."""
    return canonical(
        "hamroh/v1/case-successor",
        str(agency),
        str(row.case_id),
        str(row.person_id),
        str(row.named_by_id),
        int(row.until.timestamp()),
    )


def _left(unlocked: Unlocked) -> QuerySet[Case]:
    marked = Case.objects.filter(agency=unlocked.agency, is_open=True, owner_left=True)
    return marked.exclude(Exists(owners_of(OuterRef("pk"))))


def _with_holders(unlocked: Unlocked, cases: Sequence[Case]) -> list[LeftCase]:
    rows = (
        CaseUserPermission.objects.filter(
            content_object__in=cases,
            permission_id=grants.permission_id(grants.VIEW_CASE),
            expires_at__gt=unlocked.now,
            user__is_active=True,
            user__groups__role__name__in=CASE_ROLES,
        )
        .order_by("user__display_name", "user_id")
        .distinct()
    )
    holders: dict[UUID, dict[str, datetime | None]] = {}
    for case_id, name, until in rows.values_list("content_object_id", "user__display_name", "expires_at"):
        holders.setdefault(case_id, {})[name] = until
    named = CaseSuccessor.objects.filter(case__in=cases).select_related("person", "named_by")
    genuine = {row.case_id: row for row in _genuine(unlocked, list(named))}
    return [LeftCase(case, tuple(holders.get(case.id, {}).items()), genuine.get(case.id)) for case in cases]


def _genuine(unlocked: Unlocked, rows: Sequence[CaseSuccessor]) -> list[CaseSuccessor]:
    """Keep what was signed, just as it stands, by somebody who is a supervisor of the agency today.

    A row that somebody wrote into the database must not let a kind colleague hand them a case.
    """
    supervisors = _supervisors(unlocked, {row.named_by_id for row in rows})
    return [
        row
        for row in rows
        if row.until > unlocked.now
        and row.person_id != row.named_by_id
        and row.named_by_id in supervisors
        and row.person.is_active
        and _is_signed(unlocked, row)
    ]


def _is_signed(unlocked: Unlocked, row: CaseSuccessor) -> bool:
    message = successor_message(row, unlocked.agency.id)
    try:
        signing_keys = trust.signing_keys_of(unlocked, row.named_by_id)
    except Refused:
        return False
    for signing_key in signing_keys:
        try:
            verify(signing_key, bytes(row.signature), message)
        except Refused:
            continue
        return True
    return False


def _supervisors(unlocked: Unlocked, people: Collection[UUID]) -> set[UUID]:
    """Return who of these is a supervisor by a list of roles that the agency's root signed."""
    if not people:
        return set()
    found = set()
    rows = Person.objects.filter(pk__in=people, agency=unlocked.agency, is_active=True)
    for person in rows.select_related("membership").prefetch_related("groups__role"):
        roles = frozenset(
            group.role.name for group in person.groups.all() if group.role.agency_id == person.agency_id
        )
        try:
            trust.check_roles(person.membership, roles, root=trust.own_root(unlocked))
        except Refused:
            continue
        if RoleName.SUPERVISOR in roles:
            found.add(person.pk)
    return found
