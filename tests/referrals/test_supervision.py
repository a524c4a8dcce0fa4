"""The sender's supervisor: cancels unopened; a mistake is reported by one and taken out by another."""

import pytest

from accounts.models import Agency, Person
from accounts.roles import RoleName
from audit.errors import Denied
from referrals import access, actions, errors, queries
from referrals.models import Referral, ReferralHalf, ReferralUserPermission
from referrals.models.referrals import LIVE, TRANSITIONS, Side, State
from referrals.views import words
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, filled, page, text
from tests.referrals.test_at_once import both

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(db: None) -> Network:
    return people.get_network()


def test_every_state_may_turn_out_to_be_a_mistake_and_only_a_supervisor_says_so() -> None:
    for state in set(State) - {State.ENTERED_IN_ERROR}:
        assert TRANSITIONS[(state, State.ENTERED_IN_ERROR)] == {Side.SUPERVISOR}
    assert not [pair for pair in TRANSITIONS if pair[0] == State.ENTERED_IN_ERROR]
    assert {pair[0] for pair, sides in TRANSITIONS.items() if Side.SUPERVISOR in sides} >= LIVE


def test_a_supervisor_cancels_without_opening_the_case(network: Network) -> None:
    case, _, sent = making.make_referral(network)
    desk = people.unlock(network.b.intake)
    taken = making.take(desk, sent)
    chief = people.unlock(network.a.supervisor)
    for door in (access.case_for, access.sent_referral_for):
        with pytest.raises(Denied):
            door(chief, case.id if door is access.case_for else sent.id)  # type: ignore[operator]
    for stranger in (network.b.supervisor, network.c.supervisor, network.owner, network.b.intake):
        with pytest.raises(Denied):
            access.supervised_for(people.unlock(stranger), sent.id)
        assert queries.supervised_page(people.unlock(stranger)).rows == []
    with pytest.raises(errors.SomeoneWasQuicker):
        actions.cancel_as_supervisor(
            unlocked=chief, supervised=access.supervised_for(chief, sent.id), version=sent.version
        )
    supervised = access.supervised_for(chief, sent.id)
    ended = actions.cancel_as_supervisor(unlocked=chief, supervised=supervised, version=taken.version)
    assert ended.state == State.CANCELLED
    with pytest.raises(Denied):
        access.identity_for(people.unlock(network.b.intake), sent.id)
    told = access.ended_packet_for(desk, sent.id)
    assert told is not None
    assert told.how == "closed_by_referrer"
    owner = people.unlock(network.owner)
    assert access.sent_referral_for(owner, sent.id).note.case_id == case.id


def test_a_mistake_takes_two_people_and_leaves_nothing_but_the_log(network: Network) -> None:
    case, _, sent = making.make_referral(network)
    owner, chief = people.unlock(network.owner), people.unlock(network.a.supervisor)
    with pytest.raises(errors.WrongState):  # nobody reported it
        actions.enter_in_error(
            unlocked=chief, supervised=access.supervised_for(chief, sent.id), version=sent.version
        )
    with pytest.raises(Denied):
        opened = access.case_for(people.unlock(network.colleague), case.id, to="edit")
    opened = making.edit(owner, case)
    reported = actions.report_error(unlocked=owner, opened=opened, referral_id=sent.id, version=sent.version)
    with pytest.raises(errors.WrongState):  # reported already
        actions.report_error(unlocked=owner, opened=opened, referral_id=sent.id, version=reported.version)
    supervised = access.supervised_for(chief, sent.id)
    kept = actions.set_report_aside(unlocked=chief, supervised=supervised, version=reported.version)
    assert (kept.state, kept.error_asked_by) == (State.SENT, None)
    # Now the supervisor reports it, and may not decide it too.
    own = actions.report_error_as_supervisor(unlocked=chief, supervised=supervised, version=kept.version)
    with pytest.raises(errors.WrongState):
        actions.enter_in_error(unlocked=chief, supervised=supervised, version=own.version)
    # Nor the one who sent it, were they a supervisor.
    Referral.objects.filter(pk=sent.pk).update(error_asked_by=network.owner, sent_by=network.a.supervisor)
    with pytest.raises(errors.WrongState):
        actions.enter_in_error(unlocked=chief, supervised=supervised, version=own.version)
    Referral.objects.filter(pk=sent.pk).update(sent_by=network.owner)
    gone = actions.enter_in_error(unlocked=chief, supervised=supervised, version=own.version)
    assert gone.state == State.ENTERED_IN_ERROR
    assert not ReferralHalf.objects.filter(referral=sent).exists()
    assert not ReferralUserPermission.objects.filter(content_object=sent).exists()
    owner = people.unlock(network.owner)
    assert queries.sent_page(owner).rows == []
    assert queries.states_of(owner, making.edit(owner, case)) == {}
    assert queries.supervised_page(chief).rows == []
    assert queries.inbox_page(people.unlock(network.b.intake)).rows == []
    with pytest.raises(Denied):
        access.sent_referral_for(owner, sent.id)


def test_an_ended_referral_may_be_a_mistake_too(network: Network) -> None:
    case, _, sent = making.make_referral(network)
    owner, chief = people.unlock(network.owner), people.unlock(network.a.supervisor)
    ended = actions.cancel(
        unlocked=owner, opened=making.edit(owner, case), referral_id=sent.id, version=sent.version
    )
    with pytest.raises(Denied):
        access.supervised_for(chief, sent.id)
    actions.report_error(
        unlocked=owner, opened=making.edit(owner, case), referral_id=sent.id, version=ended.version
    )
    # Of what has ended only the day is kept: no minute is made up.
    ended.refresh_from_db()
    shown = text(client_of(network.a.supervisor), page("supervise"))
    assert words.day(ended.sent_at) in shown
    assert words.moment(ended.sent_at) not in shown
    supervised = access.supervised_for(chief, sent.id)
    version = supervised.referral.version
    gone = actions.enter_in_error(unlocked=chief, supervised=supervised, version=version)
    assert gone.state == State.ENTERED_IN_ERROR


def test_the_supervisors_pages_name_nobody_and_end_it(network: Network) -> None:
    case, _, sent = making.make_referral(network)
    chief, owner = client_of(network.a.supervisor), client_of(network.owner)
    shown = text(chief, page("supervise"))
    agency = Agency.objects.get(pk=network.b.agency.pk)
    assert agency.name in shown
    assert network.owner.display_name in shown
    for telling in ("Invented shelter", making.CARD.alias, str(case.pk)):
        assert telling not in shown
    assert page("supervise") in text(chief, page("needs_me"))
    # Of several to one agency on one day: which of them, on the list and on what ends it.
    sent.refresh_from_db()
    for name, args in (("supervise", []), ("supervise_cancel", [sent.pk]), ("supervise_mistake", [sent.pk])):
        assert words.moment(sent.sent_at) in text(chief, page(name, *args))
    mistake = page("referral_mistake", sent.pk)
    assert owner.post(mistake, filled(text(owner, mistake))).status_code == 303
    assert 'data-test="mistake-reported"' in text(owner, page("referral", sent.pk))
    assert 'data-test="reported"' in text(chief, page("supervise"))
    decide = page("supervise_mistake", sent.pk)
    assert chief.post(decide, filled(text(chief, decide))).status_code == 422
    response = chief.post(decide, filled(text(chief, decide), decision="take_out"))
    assert response.status_code == 303
    assert owner.get(page("referral", sent.pk)).status_code == 404
    assert "Invented shelter" not in text(owner, page("needs_me"))
    assert "Nothing is under way" in text(chief, page("supervise"))
    _, _, other = making.make_referral(network)
    # Who reported it reads that somebody else decides, and is not asked what they may not answer.
    reporting = page("supervise_mistake", other.pk)
    assert chief.post(reporting, filled(text(chief, reporting))).status_code == 303
    assert 'name="decision"' not in text(chief, reporting)
    cancel = page("supervise_cancel", other.pk)
    assert chief.post(cancel, filled(text(chief, cancel))).status_code == 303
    assert Referral.objects.get(pk=other.pk).state == State.CANCELLED


def test_who_is_no_supervisor_any_more_decides_nothing(network: Network) -> None:
    _, _, sent = making.make_referral(network)
    chief = people.unlock(network.a.supervisor)
    supervised = access.supervised_for(chief, sent.id)
    Person.objects.filter(pk=chief.person.pk).update(is_active=False)
    gone = people.unlock(network.a.supervisor)
    assert RoleName.SUPERVISOR in chief.roles
    with pytest.raises(Denied):
        actions.cancel_as_supervisor(unlocked=gone, supervised=supervised, version=sent.version)
    assert Referral.objects.get(pk=sent.pk).state == State.SENT


@pytest.mark.django_db(transaction=True)
def test_acceptance_and_the_supervisors_cancelling_at_once() -> None:
    """One wins and the other is told; whoever wins, nothing is readable after a cancelling."""
    network = people.get_network()
    _, _, sent = making.make_referral(network)
    desk, chief = people.unlock(network.b.intake), people.unlock(network.a.supervisor)
    claimed = actions.claim(unlocked=desk, packet=making.packet(desk, sent))
    packet, supervised = making.packet(desk, claimed), access.supervised_for(chief, sent.id)
    results = both(
        lambda: actions.accept(unlocked=desk, packet=packet, version=claimed.version),
        lambda: actions.cancel_as_supervisor(unlocked=chief, supervised=supervised, version=claimed.version),
    )
    assert sorted(type(one).__name__ for one in results) == ["Referral", "SomeoneWasQuicker"]
    cancelled = isinstance(results[1], Referral)
    assert Referral.objects.get(pk=sent.pk).state == (State.CANCELLED if cancelled else State.ACCEPTED)
    assert (
        ReferralUserPermission.objects.filter(
            content_object=sent, permission__codename="view_identity"
        ).exists()
        is not cancelled
    )


@pytest.mark.django_db(transaction=True)
def test_two_reports_at_once_are_one() -> None:
    network = people.get_network()
    case, _, sent = making.make_referral(network)
    owner, chief = people.unlock(network.owner), people.unlock(network.a.supervisor)
    opened, supervised = making.edit(owner, case), access.supervised_for(chief, sent.id)
    results = both(
        lambda: actions.report_error(
            unlocked=owner, opened=opened, referral_id=sent.id, version=sent.version
        ),
        lambda: actions.report_error_as_supervisor(
            unlocked=chief, supervised=supervised, version=sent.version
        ),
    )
    assert sorted(type(one).__name__ for one in results) == ["Referral", "SomeoneWasQuicker"]
