"""What becomes of somebody's cases and referrals when they leave, or work with cases no more.

Called by the rooms below (``accounts.signals``), inside their transaction: rows go, what stands still is
marked, written down and told. No key is here: how it goes on is ``succession`` and ``assigning``.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Person
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import record
from referrals import entries, grants, notices
from referrals.access.common import CASE_ROLES, WORKER_ROLES
from referrals.actions.emergency import end_openings_of
from referrals.actions.handing import end_offer
from referrals.actions.steps import log_referral
from referrals.models import (
    Case,
    CaseTransfer,
    CaseUserPermission,
    EmergencyOpening,
    Referral,
    ReferralUserPermission,
)
from referrals.models.referrals import State
from referrals.models.transfers import Outcome

# An accepted referral that has not ended: somebody has to work on it.
WORKED_ON = (State.ACCEPTED, State.IN_PROGRESS)


def person_left(*, person: Person, unlocked: Unlocked, **_: Any) -> None:
    """Forget what a person who is removed could open, and see what is left without anybody."""
    owned = _lock_owned(person, with_promised=True)
    referrals = _lock_worked_on(person)
    grants.forget_person(person=person)
    _end_offers(unlocked, person)
    end_openings_of(unlocked=unlocked, person=person)
    _mark(unlocked, owned)
    _see_who_works(unlocked, referrals)


def roles_changed(*, person: Person, roles: Collection[str], unlocked: Unlocked, **_: Any) -> None:
    """See what has nobody any more when somebody loses every role that works with cases, or with referrals.

    The key of a case stays theirs unread, for its owner may come back before somebody is named. Of what
    another agency sent nothing stays: its sender is told, and gives the desk the key again.
    What was opened in an emergency was opened to a supervisor.
    """
    no_supervisor = RoleName.SUPERVISOR not in roles
    owned = _lock_owned(person, with_promised=no_supervisor)
    if no_supervisor:
        end_openings_of(unlocked=unlocked, person=person)
    if CASE_ROLES.isdisjoint(roles):
        _mark(unlocked, owned)
    if WORKER_ROLES.isdisjoint(roles):
        referrals = _lock_worked_on(person)
        grants.forget_worker(person=person)
        _see_who_works(unlocked, referrals)


def _lock_owned(person: Person, *, with_promised: bool = False) -> list[Case]:
    """Lock the cases somebody owns, and with them those that were promised to them or by them; return the
    former."""
    rows = CaseUserPermission.objects.filter(
        user=person, permission_id=grants.permission_id(grants.EDIT_CASE), expires_at__isnull=True
    )
    owned = set(rows.values_list("content_object_id", flat=True))
    wanted = set(owned)
    if with_promised:
        wanted |= set(_offers_of(person).values_list("case_id", flat=True))
        wanted |= set(EmergencyOpening.objects.filter(asked_by=person).values_list("case_id", flat=True))
    cases = Case.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    return [case for case in cases if case.pk in owned]


def _lock_worked_on(person: Person) -> list[Referral]:
    """Lock what somebody works on, before it is looked at who stays: a colleague may be given it, or she may
    say that she did not receive it, at this moment."""
    working = ReferralUserPermission.objects.filter(
        user=person, permission_id=grants.permission_id(grants.VIEW_IDENTITY)
    )
    rows = Referral.objects.select_for_update().filter(pk__in=working.values("content_object_id"))
    return list(rows.order_by("pk"))


def _offers_of(person: Person) -> QuerySet[CaseTransfer]:
    mine = Q(offered_to=person) | Q(offered_by=person)
    return CaseTransfer.objects.filter(mine, outcome=Outcome.WAITING)


def _end_offers(unlocked: Unlocked, person: Person) -> None:
    """End offers to somebody, whose keys must not wait for them, and by them, which nobody could take."""
    for offer in _offers_of(person).order_by("pk"):
        end_offer(unlocked, offer, Outcome.TAKEN_BACK)
        record(
            entries.CASE_OFFER_TAKEN_BACK,
            agency=person.agency_id,
            actor=unlocked.person.id,
            kind="case",
            object=str(offer.case_id),
            detail={"person": str(offer.offered_to_id)},
        )


def _see_who_works(unlocked: Unlocked, referrals: list[Referral]) -> None:
    for referral in referrals:
        if referral.state in WORKED_ON and not grants.workers_rows(referral).exists():
            _stands_still(unlocked, referral)


def _mark(unlocked: Unlocked, owned: list[Case]) -> None:
    Case.objects.filter(pk__in=[case.pk for case in owned]).update(owner_left=True)
    still_open = [case for case in owned if case.is_open]
    for case in still_open:
        record(
            entries.CASE_LEFT,
            agency=case.agency_id,
            actor=unlocked.person.id,
            kind="case",
            object=str(case.id),
        )
    if still_open:
        notices.case_left(still_open[0].agency_id, now=unlocked.now)


def _stands_still(unlocked: Unlocked, referral: Referral) -> None:
    referral.worker_left = True
    referral.version += 1
    referral.save(update_fields=["worker_left", "version"])
    log_referral(unlocked, referral, entries.REFERRAL_WORKER_LEFT)
    notices.worker_left(referral, now=unlocked.now)
