"""How long a closed case is kept: the agency's years, and what two people keep longer."""

from datetime import timedelta

import pytest
from django.forms import ChoiceField
from django.utils import translation

from audit.errors import Denied
from referrals import access, actions, queries, retention
from referrals.actions.clock import tick
from referrals.errors import Invalid, WrongState
from referrals.forms.retention import KeepForm
from referrals.models import CaseHold
from referrals.retention import Years
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.security.test_behaviour_26_retention_and_erasure import noon_of_erasure

pytestmark = pytest.mark.django_db


def test_more_years_take_two_supervisors_and_fewer_one(network: Network) -> None:
    supervisor = people.unlock(network.a.supervisor)
    assert actions.change_years(unlocked=supervisor, years=Years(3, 10), version=0)
    assert queries.years_of(network.a.agency) == Years(3, 10)
    assert not actions.change_years(unlocked=supervisor, years=Years(4, 10), version=1)
    assert queries.years_of(network.a.agency) == Years(3, 10)
    with pytest.raises(WrongState):
        actions.decide_years(unlocked=supervisor, agrees=True, version=2)
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
