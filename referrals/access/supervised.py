"""Doors of the sender's supervisor: where the agency's referrals stand, and nothing of any case.

Only clear columns are here: who sent it to which agency, its state and its deadlines. No key opens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import entries
from referrals.access.common import denied, log_first, may_work
from referrals.models import Referral
from referrals.models.referrals import LIVE, State

SUPERVISORS = frozenset({RoleName.SUPERVISOR})


@dataclass(frozen=True)
class Supervised:
    """A referral that one's agency sent, as its supervisor sees it."""

    referral: Referral

    @property
    def id(self) -> UUID:
        return self.referral.id


def supervised_for(unlocked: Unlocked, referral_id: UUID) -> Supervised:
    """Return a referral of one's agency, or raise ``Denied``. Logged first."""
    referral = supervised_by(unlocked).filter(pk=referral_id).first()
    if referral is None:
        raise denied(unlocked, entries.SUPERVISED_VIEWED, "referral", referral_id)
    log_first(unlocked, entries.SUPERVISED_VIEWED, "referral", referral_id)
    return Supervised(referral)


def supervised_by(unlocked: Unlocked) -> QuerySet[Referral]:
    """Return what a supervisor may end: live, or reported as a mistake. In the order of ids."""
    referrals = (
        Referral.objects.filter(
            Q(state__in=LIVE) | Q(error_asked_by__isnull=False), sender_agency=unlocked.agency
        )
        .exclude(state=State.ENTERED_IN_ERROR)
        .select_related("recipient_agency", "sent_by", "error_asked_by")
        .order_by("id")
    )
    return referrals if may_work(unlocked, SUPERVISORS) else referrals.none()


def reported_to(unlocked: Unlocked, *, at_most: int) -> list[Referral]:
    """Return referrals of one's agency that were reported as a mistake, for its supervisor. Logged first."""
    reported = list(supervised_by(unlocked).filter(error_asked_by__isnull=False)[:at_most])
    log_supervised(unlocked, reported)
    return reported


def log_supervised(unlocked: Unlocked, referrals: Sequence[Referral]) -> None:
    """Write down that a page of the list is about to be shown."""
    detail = {"count": str(len(referrals))}
    log_first(unlocked, entries.SUPERVISED_LISTED, "referral", None, detail=detail)
