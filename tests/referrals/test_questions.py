"""A desk asks one question: the clock stands still once, the answer stays inside her consent."""

from datetime import timedelta

import pytest
from django.test import Client

from audit.errors import Denied
from referrals import access, actions, attention, errors, queries
from referrals.models import Referral, ReferralHalf
from referrals.models.referrals import State
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, filled, page, text
from tests.referrals.test_at_once import both

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(db: None) -> Network:
    return people.get_network()


def test_the_clock_stands_still_once_and_only_as_long_as_the_question_is_open(network: Network) -> None:
    """Urgent: four hours to answer, so the pause is four hours at most."""
    case, _, sent = making.make_referral(network)
    desk, owner = people.unlock(network.b.intake), people.unlock(network.owner)
    asked = making.ask(desk, sent)
    assert asked.state == State.NEEDS_INFO
    assert (asked.claimed_by, asked.reason_code) == (None, "household_size")
    pause = timedelta(hours=4)
    assert asked.respond_by == sent.respond_by + pause
    assert asked.expires_at == sent.expires_at + pause
    assert asked.state_at(desk.now + pause - timedelta(minutes=1)) == State.NEEDS_INFO
    assert not asked.is_overdue_at(desk.now + pause - timedelta(minutes=1))
    # Nobody answered: nothing has to run for the clock to go on and to run out.
    assert asked.state_at(asked.paused_until) == State.SENT
    assert asked.is_overdue_at(asked.respond_by)
    assert asked.state_at(asked.expires_at) == State.EXPIRED

    assert [one.kind for one in attention.of_sent(owner, attention.sent_rows(owner))] == ["question"]
    [row] = queries.inbox_page(desk).rows
    assert row.referral.state_at(desk.now) == State.NEEDS_INFO
    for step in (actions.claim, actions.release):
        with pytest.raises(errors.WrongState):
            step(unlocked=desk, packet=making.packet(desk, asked), version=asked.version)

    before = ReferralHalf.objects.get(referral=sent, part="opaque").half, bytes(asked.sealed_opaque)
    hour_later = making.later(network.owner, hours=1)
    answered = making.answer(hour_later, case, asked)
    assert answered.state == State.SENT
    assert abs(answered.respond_by - sent.respond_by - timedelta(hours=1)) < timedelta(minutes=2)
    assert abs(answered.expires_at - sent.expires_at - timedelta(hours=1)) < timedelta(minutes=2)
    packet = making.packet(desk, answered)
    assert packet.answer is not None
    assert (packet.answer.question, packet.answer.household_size) == ("household_size", 4)
    assert packet.opaque.household_size == making.REQUEST.household_size  # what was sent stays
    row = Referral.objects.get(pk=sent.pk)
    assert before == (ReferralHalf.objects.get(referral=sent, part="opaque").half, bytes(row.sealed_opaque))
    with pytest.raises(errors.WrongState):  # once
        making.ask(desk, answered)
    taken = making.take(desk, answered)
    assert access.identity_for(desk, taken.id).alias == making.CARD.alias
    actions.cancel(
        unlocked=owner, opened=making.edit(owner, case), referral_id=taken.id, version=taken.version
    )
    assert ReferralHalf.objects.filter(referral=sent).values_list("part", flat=True).get() == "sender"
    assert bytes(Referral.objects.get(pk=sent.pk).sealed_answer) == b""


def test_only_who_holds_the_claim_asks(network: Network) -> None:
    _, _, sent = making.make_referral(network)
    desk, other = people.unlock(network.b.intake), people.unlock(network.b.intake2)
    with pytest.raises(errors.WrongState):
        actions.ask(
            unlocked=desk, packet=making.packet(desk, sent), question="age_band", version=sent.version
        )
    claimed = actions.claim(unlocked=desk, packet=making.packet(desk, sent))
    packet = making.packet(other, claimed)
    with pytest.raises(errors.SomeoneWasQuicker):
        actions.ask(unlocked=other, packet=packet, question="age_band", version=claimed.version)
    with pytest.raises(errors.Invalid):
        actions.ask(unlocked=desk, packet=packet, question="her name", version=claimed.version)
    assert Referral.objects.get(pk=sent.pk).state == State.SENT


def test_the_answer_never_leaves_her_consent(network: Network) -> None:
    fields = ["alias", "safe_contact", "age_band"]
    case, consent, sent = making.make_referral(network, fields=fields)
    desk, owner = people.unlock(network.b.intake), people.unlock(network.owner)
    asked = making.ask(desk, sent, "language")
    with pytest.raises(errors.ConsentDoesNotCover):
        making.answer(owner, case, asked)
    with pytest.raises(Denied):
        stranger = people.unlock(network.colleague)
        making.answer(stranger, case, asked)
    assert Referral.objects.get(pk=sent.pk).state == State.NEEDS_INFO
    answered = making.answer(owner, case, asked, answer="not_agreed")
    answer = making.packet(desk, answered).answer
    assert answer is not None
    assert (answer.answer, answer.language, answer.age_band) == ("not_agreed", "", "")
    actions.withdraw_consent(unlocked=owner, opened=making.edit(owner, case), consent_id=consent)
    with pytest.raises(Denied):
        access.packet_for(desk, sent.id)


def test_a_value_the_case_does_not_hold_is_not_told(network: Network) -> None:
    case, _, sent = making.make_referral(network)
    asked = making.ask(people.unlock(network.b.intake), sent)
    owner = people.unlock(network.owner)
    with pytest.raises(errors.Invalid) as wrong:
        making.answer(owner, case, asked, household_size=None)
    assert set(wrong.value.fields) == {"household_size"}
    late = making.later(network.owner, hours=30)
    with pytest.raises(errors.WrongState):  # expired meanwhile, by the clock alone
        making.answer(late, case, asked, answer="not_known")


def test_question_and_answer_on_the_pages(network: Network) -> None:
    _, _, sent = making.make_referral(network)
    desk, owner = client_of(network.b.intake), client_of(network.owner)
    desk.post(page("packet_claim", sent.pk), filled(text(desk, page("packet", sent.pk))))
    shown = text(desk, page("packet", sent.pk))
    assert 'data-test="ask"' in shown
    form = page("packet_ask", sent.pk)
    assert desk.post(form, filled(text(desk, form))).status_code == 422
    _post(desk, form, question="language")
    shown = text(desk, page("packet", sent.pk))
    assert 'data-test="paused"' in shown
    assert "Which language does she speak?" in shown
    assert "You asked" in text(desk, page("inbox"))
    home = text(owner, page("needs_me"))
    assert 'data-kind="question"' in home
    shown = text(owner, page("referral", sent.pk))
    assert 'data-test="question"' in shown
    form = page("referral_answer", sent.pk)
    asked = text(owner, form)
    assert "Tell them" in asked
    assert "has not agreed" not in asked
    _post(owner, form, answer="told")
    assert 'data-test="answered"' in text(owner, page("referral", sent.pk))
    shown = text(desk, page("packet", sent.pk))
    assert 'data-test="answered"' in shown
    assert 'data-test="claim"' in shown
    assert owner.get(form).status_code == 303


def _post(client: Client, url: str, **answers: str) -> None:
    response = client.post(url, filled(text(client, url), **answers))
    assert response.status_code == 303, response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_question_and_withdrawal_at_once_leave_nothing_readable() -> None:
    network = people.get_network()
    case, consent, referral = making.make_referral(network)
    desk, owner = people.unlock(network.b.intake), people.unlock(network.owner)
    claimed = actions.claim(unlocked=desk, packet=making.packet(desk, referral))
    packet, opened = making.packet(desk, claimed), making.edit(owner, case)
    results = both(
        lambda: actions.ask(unlocked=desk, packet=packet, question="language", version=claimed.version),
        lambda: actions.withdraw_consent(unlocked=owner, opened=opened, consent_id=consent),
    )
    assert results[1] == 1
    assert Referral.objects.get(pk=referral.pk).state == State.CONSENT_WITHDRAWN
    with pytest.raises(Denied):
        access.packet_for(people.unlock(network.b.intake), referral.id)


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_answer_at_once() -> None:
    network = people.get_network()
    case, _, referral = making.make_referral(network)
    asked = making.ask(people.unlock(network.b.intake), referral)
    pair = [people.unlock(network.owner) for _ in range(2)]
    opened = [making.edit(unlocked, case) for unlocked in pair]

    def answer(number: int) -> object:
        return actions.answer_question(
            unlocked=pair[number],
            opened=opened[number],
            referral_id=asked.id,
            answer="not_known",
            version=asked.version,
        )

    results = both(lambda: answer(0), lambda: answer(1))
    assert sorted(type(one).__name__ for one in results) == ["Referral", "SomeoneWasQuicker"]
