"""Doors of an emergency opening: which case is meant, what is asked, and what came of it.

Only clear columns are here: who works with a case and since which month. What a case holds is read through
``case_for`` like any other, by a permission row that ends, and each entry read is written down.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import entries, grants
from referrals.access.common import denied, log_first, may_work
from referrals.models import Case, CaseUserPermission, EmergencyOpening
from referrals.models.emergencies import Step

ASKS, RELEASES = frozenset({RoleName.SUPERVISOR}), frozenset({RoleName.CUSTODIAN})
RUNNING = (Step.ASKED, Step.RELEASED, Step.OPENED)
MOST = 50


@dataclass(frozen=True)
class KnownCase:
    """A case as a supervisor knows it: whose it is, since when, and how it is called on paper."""

    case: Case
    owner: str

    @property
    def id(self) -> UUID:
        return self.case.id


def reference_of(case: Case) -> str:
    """Return eight signs by which colleagues name a case on the telephone: the beginning of its id."""
    return f"{case.id.hex[:4]}-{case.id.hex[4:8]}".upper()


def case_by_reference(unlocked: Unlocked, reference: str) -> KnownCase | None:
    """Return an open case of one's agency by its reference; for supervisors. Logged first, found or not."""
    if not may_work(unlocked, ASKS):
        raise denied(unlocked, entries.EMERGENCY_ASKED, "case", None)
    log_first(unlocked, entries.EMERGENCY_LISTED, "case", None)
    wanted = reference.replace("-", "").replace(" ", "").lower()
    if len(wanted) != 8 or not set(wanted) <= set("0123456789abcdef"):
        return None
    low, high = UUID(wanted + "0" * 24), UUID(wanted + "f" * 24)
    case = Case.objects.filter(agency=unlocked.agency, is_open=True, pk__gte=low, pk__lte=high).first()
    if case is None:
        return None
    owner = _owner_rows().filter(content_object=case).select_related("user").first()
    # Nobody, when its owner has left.
    return KnownCase(case, owner.user.display_name if owner else "")


def openings_for(unlocked: Unlocked) -> list[EmergencyOpening]:
    """Return the newest emergency openings of one's agency; for supervisors and custodians."""
    if not may_work(unlocked, ASKS | RELEASES):
        raise denied(unlocked, entries.EMERGENCY_LISTED, "case", None)
    log_first(unlocked, entries.EMERGENCY_LISTED, "case", None)
    rows = EmergencyOpening.objects.filter(case__agency=unlocked.agency)
    return list(rows.select_related("case", "asked_by", "released_by").order_by("-asked_on", "id")[:MOST])


def opening_for(unlocked: Unlocked, opening_id: UUID) -> EmergencyOpening:
    """Return one of them, or raise ``Denied``. Logged first."""
    rows = EmergencyOpening.objects.filter(case__agency=unlocked.agency, pk=opening_id)
    opening = rows.select_related("case", "asked_by", "released_by").first()
    if opening is None or not may_work(unlocked, ASKS | RELEASES):
        raise denied(unlocked, entries.EMERGENCY_LISTED, "case", opening_id)
    log_first(unlocked, entries.EMERGENCY_LISTED, "case", opening.case_id)
    return opening


def openings_of_mine(unlocked: Unlocked) -> list[EmergencyOpening]:
    """Return the emergency openings of cases that one owns: that run, or were released lately."""
    own = _owner_rows().filter(user=unlocked.person, content_object__agency=unlocked.agency)
    rows = EmergencyOpening.objects.filter(
        Q(step__in=RUNNING, ends_at__gt=unlocked.now) | Q(released_by__isnull=False),
        case__in=own.values("content_object_id"),
    )
    return list(rows.select_related("case", "asked_by", "released_by").order_by("-asked_on", "id")[:MOST])


def emergency_of(unlocked: Unlocked, case: Case) -> EmergencyOpening | None:
    """Return the opening through which one reads a case now; None for who holds it otherwise."""
    return EmergencyOpening.objects.filter(
        case=case, asked_by=unlocked.person, step=Step.OPENED, ends_at__gt=unlocked.now
    ).first()


def opened_in_emergency(unlocked: Unlocked) -> QuerySet[EmergencyOpening, Any]:
    """Return the cases that one has opened in an emergency, for a query to leave out."""
    return EmergencyOpening.objects.filter(
        asked_by=unlocked.person, step=Step.OPENED, ends_at__gt=unlocked.now
    ).values("case_id")


def _owner_rows() -> QuerySet[CaseUserPermission]:
    return CaseUserPermission.objects.filter(
        permission_id=grants.permission_id(grants.EDIT_CASE), expires_at__isnull=True
    )
