"""What becomes of somebody's cases and referrals when they leave, or work with cases no more.

Called by the rooms below (``accounts.signals``), inside their transaction: rows go, what stands still is
marked, written down and told. No key is here: how it goes on is ``succession`` and ``assigning``.
"""

from collections.abc import Collection
from typing import Any

from accounts.models import Person
from accounts.unlocked import Unlocked
from audit.actions import record
from referrals import entries, grants, notices
from referrals.access.common import CASE_ROLES, WORKER_ROLES
from referrals.actions.steps import log_referral
from referrals.models import Case, CaseUserPermission, Referral, ReferralUserPermission
from referrals.models.referrals import State

# An accepted referral that has not ended: somebody has to work on it.
WORKED_ON = (State.ACCEPTED, State.IN_PROGRESS)


def person_left(*, person: Person, unlocked: Unlocked, **_: Any) -> None:
    """Forget the permissions of a person who is removed, and see what is left without anybody."""
    owned = _lock_owned(person)
    worked_on = _lock_worked_on(person)
    grants.forget_person(person=person)
    _mark(unlocked, owned)
    _see_who_stays(unlocked, worked_on)


def roles_changed(*, person: Person, roles: Collection[str], unlocked: Unlocked, **_: Any) -> None:
    """See what has nobody any more when somebody loses every role that works with cases, or with referrals.

    The key of a case stays theirs unread, for its owner may come back before somebody is named. Of what
    another agency sent nothing stays: its sender is told, and gives the desk the key again.
    """
    if CASE_ROLES.isdisjoint(roles):
        _mark(unlocked, _lock_owned(person))
    if WORKER_ROLES.isdisjoint(roles):
        worked_on = _lock_worked_on(person)
        grants.forget_worker(person=person)
        _see_who_stays(unlocked, worked_on)


def stands_still(unlocked: Unlocked, referral: Referral) -> None:
    """Mark a locked referral that nobody works on, and tell both sides."""
    referral.worker_left = True
    referral.version += 1
    referral.save(update_fields=["worker_left", "version"])
    log_referral(unlocked, referral, entries.REFERRAL_WORKER_LEFT)
    notices.worker_left(referral, now=unlocked.now)


def _lock_worked_on(person: Person) -> list[Referral]:
    """Lock what somebody works on, before it is looked at who stays: a colleague may be given it just now."""
    working = ReferralUserPermission.objects.filter(
        user=person, permission_id=grants.permission_id(grants.VIEW_IDENTITY)
    )
    referrals = Referral.objects.select_for_update().filter(
        pk__in=working.values("content_object_id"), state__in=WORKED_ON
    )
    return list(referrals.order_by("pk"))


def _see_who_stays(unlocked: Unlocked, worked_on: list[Referral]) -> None:
    for referral in worked_on:
        if not grants.workers_rows(referral).exists():
            stands_still(unlocked, referral)


def _lock_owned(person: Person) -> list[Case]:
    owned = CaseUserPermission.objects.filter(
        user=person, permission_id=grants.permission_id(grants.EDIT_CASE), expires_at__isnull=True
    )
    cases = Case.objects.select_for_update().filter(pk__in=owned.values("content_object_id"))
    return list(cases.order_by("pk"))


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
