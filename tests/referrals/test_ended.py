"""What stays of a referral once it has ended: days instead of moments, no key, no reader."""

import pytest
from django.utils import timezone

from referrals import actions
from referrals.models import Referral
from tests import people
from tests.people import Network
from tests.referrals import making

pytestmark = pytest.mark.django_db


def test_times_are_rounded_to_the_day(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    desk = people.unlock(network.b.intake)
    accepted = making.take(desk, referral)
    owner = people.unlock(network.owner)
    actions.cancel(
        unlocked=owner, opened=making.edit(owner, case), referral_id=referral.id, version=accepted.version
    )
    ended = Referral.objects.get(pk=referral.id)
    for moment in (ended.sent_at, ended.accepted_at, ended.ended_at):
        assert moment is not None
        local = timezone.localtime(moment)
        assert (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
    for gone in (ended.respond_by, ended.escalate_at, ended.expires_at, ended.consent_expires_at):
        assert gone is None
    assert (ended.claimed_by, ended.claimed_until) == (None, None)
    assert bytes(ended.handover) == bytes(ended.handover_signature) == b""
