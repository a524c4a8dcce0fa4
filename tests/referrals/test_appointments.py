"""An appointment is read by the worker who accepted and by the sender, and ends with the referral."""

from datetime import timedelta

import pytest

from audit.errors import Denied
from referrals import access, actions, errors
from referrals.models import Referral, ReferralHalf
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, filled, page, text
from tests.referrals.test_at_once import both

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(db: None) -> Network:
    return people.get_network()


def test_worker_and_sender_read_it_and_nobody_else(network: Network) -> None:
    case, consent, sent = making.make_referral(network)
    desk, other = people.unlock(network.b.intake), people.unlock(network.b.intake2)
    with pytest.raises(errors.WrongState):  # not accepted yet
        making.appoint(desk, sent)
    taken = making.take(desk, sent)
    for days in (-1, 400):
        with pytest.raises(errors.Invalid):
            making.appoint(desk, taken, starts_at=desk.now + timedelta(days=days))
    with pytest.raises(Denied):
        making.appoint(other, taken)
    given = making.appoint(desk, taken)
    first = bytes(given.sealed_meeting)
    meeting = access.meeting_for(desk, sent.id)
    assert meeting is not None
    assert meeting.ask_for.startswith("second door")
    owner = people.unlock(network.owner)
    assert access.sent_referral_for(owner, sent.id).meeting() == meeting
    with pytest.raises(Denied):
        access.meeting_for(other, sent.id)
    with pytest.raises(errors.SomeoneWasQuicker):
        making.appoint(desk, taken)
    moved = making.appoint(desk, given, ask_for="main door")
    # The old one, put back, opens nothing.
    Referral.objects.filter(pk=sent.pk).update(sealed_meeting=first)
    with pytest.raises(Denied):
        access.meeting_for(desk, sent.id)
    Referral.objects.filter(pk=sent.pk).update(sealed_meeting=bytes(moved.sealed_meeting))
    again = access.meeting_for(desk, sent.id)
    assert again is not None
    assert again.ask_for == "main door"
    actions.withdraw_consent(unlocked=owner, opened=making.edit(owner, case), consent_id=consent)
    with pytest.raises(Denied):
        access.meeting_for(people.unlock(network.b.intake), sent.id)
    assert not ReferralHalf.objects.filter(referral=sent, part="meeting").exists()
    assert access.sent_referral_for(people.unlock(network.owner), sent.id).meeting() is None


def test_both_pages_show_it_beside_how_to_reach_her(network: Network) -> None:
    _, _, sent = making.make_referral(network)
    making.take(people.unlock(network.b.intake), sent)
    desk, owner = client_of(network.b.intake), client_of(network.owner)
    form = page("packet_appoint", sent.pk)
    assert form in text(desk, page("packet", sent.pk))
    wrong = desk.post(form, filled(text(desk, form), starts_at="soon", ask_for="the green door"))
    assert wrong.status_code == 422
    assert "the green door" in wrong.content.decode()
    when = (people.unlock(network.b.intake).now + timedelta(days=3)).strftime("%Y-%m-%dT10:30")
    right = desk.post(form, filled(text(desk, form), starts_at=when, ask_for="the green door"))
    assert right.status_code == 303, right.content.decode()
    shown = text(desk, page("packet", sent.pk))
    assert 'data-test="meeting"' in shown
    assert "the green door" in shown
    shown = text(owner, page("referral", sent.pk))
    assert "the green door" in shown
    assert making.CARD.safe_contact.hours in shown
    second = client_of(network.b.intake2)
    assert "the green door" not in text(second, page("packet", sent.pk))


@pytest.mark.django_db(transaction=True)
def test_appointment_and_withdrawal_at_once_leave_nothing_readable() -> None:
    network = people.get_network()
    case, consent, sent = making.make_referral(network)
    desk, owner = people.unlock(network.b.intake), people.unlock(network.owner)
    taken = making.take(desk, sent)
    opened = making.edit(owner, case)
    results = both(
        lambda: making.appoint(desk, taken),
        lambda: actions.withdraw_consent(unlocked=owner, opened=opened, consent_id=consent),
    )
    assert results[1] == 1
    assert list(ReferralHalf.objects.filter(referral=sent).values_list("part", flat=True)) == ["sender"]
    assert bytes(Referral.objects.get(pk=sent.pk).sealed_meeting) == b""
