"""Giving an accepted referral to a colleague to work on: a new key for them, and none for who lets go.

Only somebody who works on it can: nobody else has its key. The desk's key was dropped at acceptance.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import trust
from accounts.models import Person
from accounts.unlocked import Unlocked
from referrals import entries, grants
from referrals.access.common import WORKER_ROLES
from referrals.access.packets import OpenPacket, identity_secret_of
from referrals.actions.desk import is_worker, lock_packet
from referrals.actions.steps import Once, log_referral
from referrals.errors import Invalid
from referrals.models import Referral
from referrals.models.referrals import State
from vault.errors import Refused


def assign(
    *,
    unlocked: Unlocked,
    packet: OpenPacket,
    person: Person,
    stay: bool,
    version: int,
    once: UUID | None = None,
) -> Referral:
    """Give an accepted referral to a colleague of the same agency; ``stay``: work on it together.

    Without ``stay`` the giver's own permissions and quick copies are gone when this returns. Both agencies'
    logs know who gave it to whom.
    """
    with transaction.atomic():
        if Once(unlocked, once, "assign", packet.id).is_repeat:
            return Referral.objects.get(pk=packet.id)
        # No step: possible exactly where a worker may also still give up.
        referral = lock_packet(unlocked, packet, version, State.FAILED)
        is_worker(unlocked, packet)
        key = _key_of(unlocked, person)
        identity = identity_secret_of(unlocked, packet.id)[1]
        grants.end_worker(referral=referral, person_id=person.id)
        grants.give_worker(
            unlocked=unlocked,
            referral=referral,
            person=person,
            key=key,
            opaque=packet.secret,
            identity=identity,
        )
        if not stay:
            grants.end_worker(referral=referral, person_id=unlocked.person.id)
        referral.version += 1
        referral.save(update_fields=["version"])
        detail = {"person": str(person.id), "stays": "yes" if stay else "no"}
        log_referral(unlocked, referral, entries.REFERRAL_ASSIGNED, detail)
    return referral


def _key_of(unlocked: Unlocked, person: Person) -> trust.TrustedKey:
    """Return the colleague's key, if they may work with people today and the agency's root signed it."""
    if person.id == unlocked.person.id or person.agency_id != unlocked.agency.id:
        raise Invalid({"person": _("Choose a colleague.")})
    # As they are now: the page that offered them may have been open for a while.
    person = Person.objects.select_related("membership").get(pk=person.pk)
    groups = person.groups.filter(role__agency=unlocked.agency, role__name__in=WORKER_ROLES)
    if not person.is_active or not groups.exists():
        raise Invalid({"person": _("This colleague does not work with people who are referred to you.")})
    if not person.membership.is_current(unlocked.today):
        raise Invalid({"person": _("This colleague’s training or code of conduct has run out.")})
    try:
        return trust.current_person_key(unlocked, person.id, today=unlocked.today)
    except Refused:
        raise Invalid(
            {"person": _("This colleague's keys are not signed. Tell your administrator.")}
        ) from None
