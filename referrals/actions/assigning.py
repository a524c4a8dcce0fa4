"""Giving an accepted referral to a colleague to work on: a new key for them, and none for who lets go.

Only somebody who works on it can: nobody else has its key. The desk's key was dropped at acceptance. Where
the only worker has left, its sender gives the desk the key again, and somebody there takes it up.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import trust
from accounts.models import Person, Role
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import entries, grants
from referrals.access.cases import OpenCase
from referrals.access.common import WORKER_ROLES, denied
from referrals.access.packets import OpenPacket, identity_secret_of
from referrals.access.sent import sent_secret_of
from referrals.actions import guards
from referrals.actions.desk import is_worker, lock_packet
from referrals.actions.steps import Once, bump, lock_case, lock_referral, log_case, log_referral
from referrals.errors import ConsentDoesNotCover, ConsentMissing, Invalid, SomeoneWasQuicker, WrongState
from referrals.models import Referral
from referrals.models.referrals import Side, State
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


def send_key_again(
    *, unlocked: Unlocked, opened: OpenCase, referral_id: UUID, version: int, once: UUID | None = None
) -> Referral:
    """Give the recipient's desk the key of a referral again whose only worker has left.

    What was sent stays as it is, and so does the day on which her consent ends. Not given again, as it would
    not be sent: her consent is over, she has excluded them since, there is no agreement any more, they must
    by law do something else than she was told, or it came out since that she is a child.
    """
    with transaction.atomic():
        if Once(unlocked, once, "send_key_again", referral_id).is_repeat:
            return Referral.objects.get(pk=referral_id)
        case = lock_case(unlocked, opened)
        about = opened.sent_referral(referral_id).content
        # No step: possible exactly where the sender may also still give up.
        referral = lock_referral(unlocked, referral_id, version=version, to=State.FAILED, side=Side.SENDER)
        if not referral.worker_left or grants.workers_rows(referral).exists():
            raise WrongState(_("Somebody there works on it. Call them."))
        if referral.handover:
            raise SomeoneWasQuicker(_("Their desk has the key again already."))
        if about.consent_id is None or not referral.is_readable_at(unlocked.now):
            raise ConsentMissing
        consent = opened.consent(about.consent_id)
        guards.consent_is_active(unlocked, consent.content)
        destination = guards.consent_names_destination(consent.content)
        recipient, inbox = guards.recipient_is_agreed(unlocked, destination)
        if recipient.id != referral.recipient_agency_id:
            raise ConsentDoesNotCover
        incident = opened.incident()
        guards.no_conflict(unlocked, opened, consent, destination, incident)
        guards.minor_is_protected(unlocked, opened, consent, opened.card(), incident)
        guards.legal_duty_is_known(consent.content, destination, acknowledged=True)
        secret = sent_secret_of(unlocked, referral)
        referral.handover_by = unlocked.person
        grants.give_handover(unlocked=unlocked, referral=referral, key=inbox, packet_secret=secret)
        desk = Role.objects.get(agency=recipient, name=RoleName.INTAKE)
        grants.give_desk(
            unlocked=unlocked, referral=referral, group=desk.group, key=inbox, packet_secret=secret
        )
        referral.version += 1
        referral.save()
        bump(case)
        log_case(unlocked, opened, entries.REFERRAL_KEY_SENT_AGAIN, {"referral": str(referral_id)})
        log_referral(unlocked, referral, entries.REFERRAL_KEY_SENT_AGAIN)
    return referral


def take_up(*, unlocked: Unlocked, packet: OpenPacket, version: int, once: UUID | None = None) -> Referral:
    """Go on, as somebody of the desk, with what a colleague left. From now only this person reads it."""
    with transaction.atomic():
        if Once(unlocked, once, "take_up", packet.id).is_repeat:
            return Referral.objects.get(pk=packet.id)
        referral = lock_packet(unlocked, packet, version, State.FAILED)
        if not referral.worker_left or not referral.handover or grants.workers_rows(referral).exists():
            raise SomeoneWasQuicker
        try:
            identity = grants.open_handover(unlocked=unlocked, referral=referral)
        except Refused:
            raise denied(unlocked, entries.REFERRAL_TAKEN_UP, "referral", referral.id) from None
        grants.give_worker(
            unlocked=unlocked,
            referral=referral,
            person=unlocked.person,
            key=grants.own_key(unlocked),
            opaque=packet.secret,
            identity=identity,
        )
        grants.end_desk(referral)
        referral.handover, referral.handover_signature, referral.handover_until = b"", b"", None
        referral.handover_by, referral.worker_left = None, False
        referral.version += 1
        referral.save()
        log_referral(unlocked, referral, entries.REFERRAL_TAKEN_UP)
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
            {"person": _("This colleague’s keys are not signed. Tell your administrator.")}
        ) from None
