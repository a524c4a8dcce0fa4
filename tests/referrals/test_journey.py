"""One referral from the first word to the last, below the web: what each person reads at each step."""

import pytest

from audit.errors import Denied
from referrals import access, actions
from referrals.models import Referral, ReferralGroupPermission, ReferralHalf, ReferralUserPermission
from referrals.models.referrals import State
from tests import people
from tests.people import Network
from tests.referrals import making

pytestmark = pytest.mark.django_db


def test_referral_is_sent_accepted_delivered_and_closed(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    desk = people.unlock(network.b.intake)
    rows = access.open_inbox_rows(desk, list(access.inbox_for(desk)))
    assert [row.referral.id for row in rows] == [referral.id]
    opaque = access.packet_for(desk, referral.id).opaque
    assert (opaque.service_name, opaque.urgency, opaque.household_size) == ("Invented shelter", "urgent", 3)
    with pytest.raises(Denied):
        access.identity_for(desk, referral.id)

    accepted = making.take(desk, referral)
    identity = access.identity_for(desk, referral.id)
    assert (identity.alias, identity.phone, identity.needs) == ("Lola", "+998 00 111 22 33", "a warm room")
    assert (identity.name, identity.district) == ("", "")

    packet = making.packet(desk, referral)
    assert packet.is_mine
    started = actions.start(unlocked=desk, packet=packet, version=accepted.version)
    delivered = actions.deliver(
        unlocked=desk,
        packet=making.packet(desk, referral),
        outcome="service_received",
        version=started.version,
    )

    owner = people.unlock(network.owner)
    sent = access.sent_referral_for(owner, referral.id)
    assert sent.note.case_id == case.id
    assert sent.referral.state == State.DELIVERED
    opened = making.edit(owner, case)
    actions.close_after_asking(
        unlocked=owner, opened=opened, referral_id=referral.id, answer="yes", version=delivered.version
    )

    closed = Referral.objects.get(pk=referral.id)
    assert closed.state == State.CLOSED
    assert set(ReferralHalf.objects.values_list("part", flat=True)) == {"sender"}
    assert not ReferralGroupPermission.objects.exists()
    assert set(ReferralUserPermission.objects.values_list("user_id", flat=True)) == {network.owner.id}
    for door in (access.packet_for, access.identity_for):
        with pytest.raises(Denied):
            door(people.unlock(network.b.intake), referral.id)
    ended = access.ended_packet_for(people.unlock(network.b.intake), referral.id)
    assert ended is not None
    assert ended.how == "closed"
    assert making.edit(people.unlock(network.owner), case).sent_referral(referral.id).content.answer == "yes"
