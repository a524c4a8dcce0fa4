"""What every step of the recipient asks under the referral's lock: still theirs, claimed, their worker."""

from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from referrals import entries
from referrals.access.common import denied
from referrals.access.packets import OpenPacket, is_still_theirs
from referrals.actions.steps import lock_referral
from referrals.errors import SomeoneWasQuicker, WrongState
from referrals.models import Referral
from referrals.models.referrals import Side, State


def lock_packet(unlocked: Unlocked, packet: OpenPacket, version: int | None, to: State) -> Referral:
    """Lock the row and look again: it may have ended since the door opened."""
    referral = lock_referral(unlocked, packet.id, version=version, to=to, side=Side.RECIPIENT)
    if referral.recipient_agency_id != unlocked.agency.id or not referral.is_readable_at(unlocked.now):
        raise WrongState
    if not is_still_theirs(unlocked, referral.id):
        raise denied(unlocked, entries.PACKET_VIEWED, "referral", referral.id)
    return referral


def holds_claim(unlocked: Unlocked, referral: Referral) -> None:
    """Raise when the person does not hold the claim: nobody does, or somebody else was quicker."""
    if not referral.is_claimed_at(unlocked.now):
        raise WrongState(_("Claim this referral first: the claim lasts ten minutes."))
    if referral.claimed_by_id != unlocked.person.id:
        raise SomeoneWasQuicker


def is_worker(unlocked: Unlocked, packet: OpenPacket) -> None:
    """Raise ``Denied`` when the person is not a worker who reads the identity."""
    if not packet.is_mine:
        raise denied(unlocked, entries.PACKET_VIEWED, "referral", packet.id)
