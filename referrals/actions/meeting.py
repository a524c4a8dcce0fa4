"""The worker who accepted gives an appointment; its sender reads it, and nobody else.

Sealed beside the identity, under the same secret and a half of its own. A new appointment gets a new half:
the old one opens nothing, however often its row is put back.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from referrals import entries
from referrals.access.common import packet_context
from referrals.access.packets import OpenPacket, identity_secret_of, part_key
from referrals.actions.desk import is_worker, lock_packet
from referrals.actions.steps import Once, log_referral
from referrals.errors import Invalid
from referrals.models import Referral, ReferralHalf
from referrals.models.referrals import Part, State
from referrals.payload import MeetingPart
from vault.envelope import seal
from vault.kdf import new_secret

FARTHEST = timedelta(days=366)


def give_appointment(
    *,
    unlocked: Unlocked,
    packet: OpenPacket,
    starts_at: datetime,
    ask_for: str,
    version: int,
    once: UUID | None = None,
) -> Referral:
    """Say when she is expected and where she asks for it; again, to move it. Accepted or in progress only."""
    if not unlocked.now < starts_at < unlocked.now + FARTHEST:
        raise Invalid({"starts_at": _("Give a day and time that is still to come, within a year.")})
    meeting = MeetingPart(starts_at=starts_at, ask_for=ask_for)
    with transaction.atomic():
        if Once(unlocked, once, "give_appointment", packet.id).is_repeat:
            return Referral.objects.get(pk=packet.id)
        # No step: possible exactly where the worker may also still give up.
        referral = lock_packet(unlocked, packet, version, State.FAILED)
        is_worker(unlocked, packet)
        secret = identity_secret_of(unlocked, packet.id)[1]
        half = new_secret()
        ReferralHalf.objects.update_or_create(referral=referral, part=Part.MEETING, defaults={"half": half})
        key = part_key(secret, half, referral, Part.MEETING)
        referral.sealed_meeting = seal(key, meeting.to_bytes(), packet_context(referral, Part.MEETING))
        referral.version += 1
        referral.save(update_fields=["sealed_meeting", "version"])
        log_referral(unlocked, referral, entries.REFERRAL_APPOINTED)
    return referral
