"""Behaviour 3: when she takes her yes back, or it runs out, nobody reads anything more from that moment."""

import pytest

from audit.errors import Denied
from referrals import access, actions, errors
from referrals.models import Referral, ReferralGroupPermission, ReferralHalf, ReferralUserPermission
from referrals.models.referrals import LIVE, State
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, filled, page, text

pytestmark = pytest.mark.django_db


def test_two_taps_on_the_page_and_the_open_page_of_the_desk_is_empty(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake), referral)
    owner, desk = client_of(network.owner), client_of(network.b.intake)
    assert making.IDENTITY.phone in text(desk, page("packet", referral.pk))
    url = page("referral_withdraw", referral.pk)
    assert owner.post(url, filled(text(owner, url))).status_code == 303
    for where in (page("packet", referral.pk), page("inbox"), f"/api/v1/inbox/{referral.pk}/"):
        shown = text(desk, where)
        assert making.IDENTITY.phone not in shown
        assert making.CARD.alias not in shown


@pytest.mark.parametrize("state", sorted(LIVE))
def test_withdrawal_ends_access_at_the_next_request(network: Network, state: str) -> None:
    case, consent, referral = making.make_referral(network)
    desk = people.unlock(network.b.intake)
    if state == State.NEEDS_INFO:
        referral = making.ask(desk, referral)
    elif state != State.SENT:
        referral = making.take(desk, referral)
        assert access.identity_for(desk, referral.id).alias == "Lola"
    if state in (State.IN_PROGRESS, State.DELIVERED):
        referral = actions.start(
            unlocked=desk, packet=making.packet(desk, referral), version=referral.version
        )
    if state == State.DELIVERED:
        referral = actions.deliver(
            unlocked=desk,
            packet=making.packet(desk, referral),
            outcome="partly",
            version=referral.version,
        )
    assert referral.state == state
    held = making.packet(desk, referral)
    desk.finish()

    owner = people.unlock(network.owner)
    actions.withdraw_consent(unlocked=owner, opened=making.edit(owner, case), consent_id=consent)

    assert set(ReferralHalf.objects.values_list("part", flat=True)) == {"sender"}
    assert not ReferralGroupPermission.objects.exists()
    assert not ReferralUserPermission.objects.filter(user__agency=network.b.agency).exists()
    desk = people.unlock(network.b.intake)
    for door in (access.packet_for, access.identity_for):
        with pytest.raises(Denied):
            door(desk, referral.id)
    assert list(access.inbox_for(desk)) == []
    ended = access.ended_packet_for(desk, referral.id)
    assert ended is not None
    assert ended.how == "closed_by_referrer"
    # Whoever had the page open can do nothing with it either.
    now = Referral.objects.get(pk=referral.id)
    for act in (actions.claim, actions.start):
        with pytest.raises((errors.WrongState, Denied)):
            act(unlocked=desk, packet=held, version=now.version)


def test_consent_that_ends_closes_the_packet_without_a_clock(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    desk = people.unlock(network.b.intake)
    making.take(desk, referral)
    over = making.later(network.b.intake, days=31)
    for door in (access.packet_for, access.identity_for):
        with pytest.raises(Denied):
            door(over, referral.id)
    assert list(access.inbox_for(over)) == []
