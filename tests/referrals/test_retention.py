"""How long a closed case is kept: the agency's years, and what two people keep longer."""

from datetime import timedelta

import pytest
from django.forms import ChoiceField
from django.utils import translation

from accounts.roles import RoleName
from audit.errors import Denied
from referrals import access, actions, queries, retention
from referrals.actions.clock import tick
from referrals.errors import Invalid, SomeoneWasQuicker, WrongState
from referrals.forms.retention import KeepForm
from referrals.models import CaseHold
from referrals.retention import Years
from tests import people
from tests.people import Network
from tests.referrals import making, pages
from tests.security.test_behaviour_26_retention_and_erasure import noon_of_erasure

pytestmark = pytest.mark.django_db


def test_more_years_take_two_supervisors_and_fewer_one(network: Network) -> None:
    supervisor = people.unlock(network.a.supervisor)
    assert actions.change_years(unlocked=supervisor, years=Years(3, 10), version=0)
    assert queries.years_of(network.a.agency) == Years(3, 10)
    assert not actions.change_years(unlocked=supervisor, years=Years(4, 10), version=1)
    assert queries.years_of(network.a.agency) == Years(3, 10)
    with pytest.raises(WrongState):
        actions.decide_years(unlocked=supervisor, agrees=True, asked="2/4/10")
    with pytest.raises(Denied):
        actions.change_years(unlocked=people.unlock(network.owner), years=Years(1, 3), version=1)
    for wrong in (Years(0, 10), Years(11, 12), Years(5, 26), Years(5, 4)):
        with pytest.raises(Invalid):
            actions.change_years(unlocked=supervisor, years=wrong, version=1)
    case = making.make_case(people.unlock(network.owner))
    owner = people.unlock(network.owner)
    actions.close_case(unlocked=owner, opened=making.edit(owner, case))
    case.refresh_from_db()
    assert case.month_closed is not None
    assert case.destroy_after == retention.last_month(case.month_closed, 3)


def test_nobody_agrees_to_something_else_than_they_saw() -> None:
    """Asked for a little, seen, and asked for a lot before the other clicks: the click counts for nothing."""
    team = people.make_team(
        "d",
        people={
            "owner": RoleName.CASEWORKER,
            "supervisor": RoleName.SUPERVISOR,
            "second": RoleName.SUPERVISOR,
            "custodian": RoleName.CUSTODIAN,
            "administrator": RoleName.ADMINISTRATOR,
        },
    )
    asks, second, owner = (people.unlock(one) for one in (team.supervisor, team.second, team.owner))
    actions.change_years(unlocked=asks, years=Years(6, 12), version=0)
    seen = queries.waiting_years(team.agency)
    assert seen is not None
    actions.change_years(unlocked=asks, years=Years(10, 25), version=0)
    with pytest.raises(SomeoneWasQuicker):
        actions.decide_years(unlocked=second, agrees=True, asked=seen.asked)
    actions.decide_years(unlocked=second, agrees=True, asked="1/10/25")
    assert queries.years_of(team.agency) == Years(10, 25)

    case = making.make_case(owner)
    actions.close_case(unlocked=owner, opened=making.edit(owner, case))
    actions.ask_to_keep(unlocked=owner, opened=making.edit(owner, case), years=1, reason="a hearing")
    seen_hold = CaseHold.objects.get(case=case).asked
    actions.ask_to_let_go(unlocked=owner, opened=making.edit(owner, case))
    actions.ask_to_keep(unlocked=owner, opened=making.edit(owner, case), years=5, reason="a hearing")
    with pytest.raises(SomeoneWasQuicker):
        actions.decide_hold(unlocked=second, case_id=case.id, agrees=True, asked=seen_hold)
    seen_hold = CaseHold.objects.get(case=case).asked
    actions.decide_hold(unlocked=asks, case_id=case.id, agrees=True, asked=seen_hold)
    actions.ask_to_let_go(unlocked=owner, opened=making.edit(owner, case))
    # "I agree" to keeping it, clicked late, does not let it go.
    with pytest.raises(SomeoneWasQuicker):
        actions.decide_hold(unlocked=second, case_id=case.id, agrees=True, asked=seen_hold)
    assert CaseHold.objects.filter(case=case).exists()


def test_asking_to_keep_it_twice_does_not_take_it_back(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    actions.close_case(unlocked=owner, opened=making.edit(owner, case))
    client, url = pages.client_of(network.owner), pages.page("case_keep", case.id)
    answers = pages.filled(pages.text(client, url), years="2", reason="a hearing")
    for _twice in range(2):
        assert client.post(url, answers)["Location"].endswith("done=keep-asked")
    assert CaseHold.objects.filter(case=case).exists()
    supervisor = pages.client_of(network.a.supervisor)
    decide = pages.page("retention_hold", case.id)
    html = pages.text(supervisor, pages.page("retention"))
    assert (
        supervisor.post(decide, pages.filled(html, asked="keep/2020-01-01", decision="agree")).status_code
        == 409
    )
    assert supervisor.post(decide, pages.filled(html, decision="agree")).status_code == 303
    assert CaseHold.objects.get(case=case).agreed_by == network.a.supervisor


def test_one_person_alone_keeps_it_thirty_days_at_most(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    actions.close_case(unlocked=owner, opened=making.edit(owner, case))
    case.refresh_from_db()
    at = noon_of_erasure(case)
    opened = making.edit(owner, case)
    actions.ask_to_keep(unlocked=owner, opened=opened, years=2, reason="she may need it in court")
    # As if it were asked five days before the end; by then nobody's training here would be current.
    asked_on = (at - timedelta(days=5)).date()
    CaseHold.objects.filter(case=case).update(asked_on=asked_on)
    assert tick(now=at).erased == 0
    assert [item.content.text for item in access.case_for(owner, case.id).notes()] == [
        "she may need it in court"
    ]
    CaseHold.objects.filter(case=case).update(agreed_by=network.a.supervisor)
    assert tick(now=at + timedelta(days=300)).erased == 0
    CaseHold.objects.filter(case=case).update(agreed_by=None)
    assert tick(now=at + timedelta(days=20)).erased == 0
    assert tick(now=at + timedelta(days=27)).erased == 1


def test_how_much_longer_is_asked_in_the_readers_language() -> None:
    with translation.override("ru"):
        field = KeepForm().fields["years"]
        assert isinstance(field, ChoiceField)
        assert str(next(iter(field.choices))[1]) == "Ещё на 1 год"
