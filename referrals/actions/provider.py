"""What the recipient does with a packet: claim, accept or decline, start, deliver, give up.

The recipient never forwards, reopens or changes a referral. Each action takes the packet as a door
opened it, and the version the person was looking at: of two at once, one wins and one is told.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from audit.registry import Action
from referrals import codes, entries, grants
from referrals.access.common import denied
from referrals.access.packets import OpenPacket
from referrals.actions.desk import holds_claim, is_worker, lock_packet
from referrals.actions.steps import Once, end, log_referral, step
from referrals.errors import Invalid, SomeoneWasQuicker
from referrals.models import Referral
from referrals.models.referrals import State
from services.actions import drop_hold, turn_into_acceptance
from vault.errors import Refused

CLAIM_MINUTES = 10


def claim(
    *, unlocked: Unlocked, packet: OpenPacket, version: int | None = None, once: UUID | None = None
) -> Referral:
    """Take a sent referral for ten minutes, so that two colleagues do not answer it at once."""
    with transaction.atomic():
        if Once(unlocked, once, "claim", packet.id).is_repeat:
            return Referral.objects.get(pk=packet.id)
        referral = lock_packet(unlocked, packet, version, State.ACCEPTED)
        if referral.is_claimed_at(unlocked.now) and referral.claimed_by_id != unlocked.person.id:
            raise SomeoneWasQuicker
        referral.claimed_by = unlocked.person
        referral.claimed_until = unlocked.now.replace(microsecond=0) + timedelta(minutes=CLAIM_MINUTES)
        referral.version += 1
        referral.save(update_fields=["claimed_by", "claimed_until", "version"])
        log_referral(unlocked, referral, entries.PACKET_CLAIMED)
    return referral


def release(
    *, unlocked: Unlocked, packet: OpenPacket, version: int | None = None, once: UUID | None = None
) -> Referral:
    """Give one's own claim back."""
    with transaction.atomic():
        if Once(unlocked, once, "release", packet.id).is_repeat:
            return Referral.objects.get(pk=packet.id)
        referral = lock_packet(unlocked, packet, version, State.ACCEPTED)
        holds_claim(unlocked, referral)
        referral.claimed_by = referral.claimed_until = None
        referral.version += 1
        referral.save(update_fields=["claimed_by", "claimed_until", "version"])
        log_referral(unlocked, referral, entries.PACKET_RELEASED)
    return referral


def accept(*, unlocked: Unlocked, packet: OpenPacket, version: int, once: UUID | None = None) -> Referral:
    """Accept as the holder of the claim. From now, and only now, this person reads the identity.

    From now, too, the rest of the desk reads nothing of it any more; ``assign`` gives it on.

    Not accepted: a referral that has expired by the server's clock, or whose consent is over.
    """
    with transaction.atomic():
        if Once(unlocked, once, "accept", packet.id).is_repeat:
            return Referral.objects.get(pk=packet.id)
        referral = lock_packet(unlocked, packet, version, State.ACCEPTED)
        holds_claim(unlocked, referral)
        try:
            identity = grants.open_handover(unlocked=unlocked, referral=referral)
        except Refused:
            raise denied(unlocked, entries.REFERRAL_ACCEPTED, "referral", referral.id) from None
        grants.give_worker(
            unlocked=unlocked,
            referral=referral,
            person=unlocked.person,
            key=grants.own_key(unlocked),
            opaque=packet.secret,
            identity=identity,
        )
        grants.end_desk(referral)
        step(referral, State.ACCEPTED)
        referral.accepted_at = unlocked.now.replace(microsecond=0)
        referral.handover, referral.handover_signature, referral.handover_until = b"", b"", None
        referral.claimed_by = referral.claimed_until = None
        referral.save()
        if packet.opaque.service_id is not None:
            turn_into_acceptance(service_id=packet.opaque.service_id, hold_id=packet.opaque.hold_id)
        log_referral(unlocked, referral, entries.REFERRAL_ACCEPTED)
    return referral


def decline(
    *, unlocked: Unlocked, packet: OpenPacket, reason: str, version: int, once: UUID | None = None
) -> Referral:
    """Say no, with a reason. The desk's access is over when this returns."""
    if reason not in codes.DeclineReason.values:
        raise Invalid({"reason": _("Choose one of the answers.")})
    with transaction.atomic():
        if Once(unlocked, once, "decline", packet.id).is_repeat:
            return Referral.objects.get(pk=packet.id)
        referral = lock_packet(unlocked, packet, version, State.DECLINED)
        if referral.is_claimed_at(unlocked.now) and referral.claimed_by_id != unlocked.person.id:
            raise SomeoneWasQuicker
        end(unlocked, referral, State.DECLINED, reason=reason)
        if packet.opaque.service_id is not None:
            drop_hold(service_id=packet.opaque.service_id, hold_id=packet.opaque.hold_id)
        log_referral(unlocked, referral, entries.REFERRAL_DECLINED)
    return referral


def start(*, unlocked: Unlocked, packet: OpenPacket, version: int, once: UUID | None = None) -> Referral:
    """Say that the first contact was made or an appointment given; the worker who accepted."""
    return _move(
        unlocked=unlocked,
        packet=packet,
        version=version,
        once=once,
        to=State.IN_PROGRESS,
        action=entries.REFERRAL_STARTED,
    )


def deliver(
    *, unlocked: Unlocked, packet: OpenPacket, outcome: str, version: int, once: UUID | None = None
) -> Referral:
    """Say that the service was given, partly or not; the sender asks her before it is closed."""
    if outcome not in codes.Outcome.values:
        raise Invalid({"outcome": _("Choose one of the answers.")})
    return _move(
        unlocked=unlocked,
        packet=packet,
        version=version,
        once=once,
        to=State.DELIVERED,
        action=entries.REFERRAL_DELIVERED,
        reason=outcome,
    )


def fail(
    *, unlocked: Unlocked, packet: OpenPacket, reason: str, version: int, once: UUID | None = None
) -> Referral:
    """Give up an accepted referral, with a reason; the worker's access is over when this returns."""
    if reason not in codes.FailReason.values:
        raise Invalid({"reason": _("Choose one of the answers.")})
    with transaction.atomic():
        if Once(unlocked, once, "fail", packet.id).is_repeat:
            return Referral.objects.get(pk=packet.id)
        referral = lock_packet(unlocked, packet, version, State.FAILED)
        is_worker(unlocked, packet)
        end(unlocked, referral, State.FAILED, reason=reason)
        log_referral(unlocked, referral, entries.REFERRAL_FAILED)
    return referral


def _move(
    *,
    unlocked: Unlocked,
    packet: OpenPacket,
    version: int,
    once: UUID | None,
    to: State,
    action: Action,
    reason: str = "",
) -> Referral:
    with transaction.atomic():
        if Once(unlocked, once, to, packet.id).is_repeat:
            return Referral.objects.get(pk=packet.id)
        referral = lock_packet(unlocked, packet, version, to)
        is_worker(unlocked, packet)
        step(referral, to, reason=reason)
        if to == State.DELIVERED:
            referral.delivered_at = unlocked.now.replace(microsecond=0)
        referral.save()
        log_referral(unlocked, referral, action)
    return referral
