"""Who is on duty, by week and by date and over midnight; who plans it; whom it lets be told first."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Update
from audit.errors import Denied
from referrals import actions, duty, errors, queries
from referrals.actions.clock import tick
from referrals.models import DutyShift
from tests import people
from tests.people import Network
from tests.referrals import log, making, pages

pytestmark = pytest.mark.django_db

# A Monday, by the clocks of the agency.
MONDAY = date(2026, 11, 23)


def at(network: Network, day: date, hour: int, minute: int = 0) -> set[str]:
    """Return who is on duty at an hour of the agency's own clocks."""
    agency = network.b.agency
    moment = datetime.combine(day, time(hour, minute), tzinfo=ZoneInfo(agency.time_zone))
    names = {person.id: name for name, person in network.b.people.items()}
    return {names[one] for one in duty.on_duty(agency, moment)}


def plan(network: Network, who: str, **given: object) -> None:
    about: dict[str, object] = {"weekdays": [], "day": None, "starts": time(9), "ends": time(17)} | given
    actions.add_shift(
        unlocked=people.unlock(network.b.administrator),
        person=getattr(network.b, who),
        **about,  # type: ignore[arg-type]
    )


def test_week_dates_and_nights(network: Network) -> None:
    assert at(network, MONDAY, 10) == set()
    plan(network, "intake", weekdays=[0, 1])
    plan(network, "intake2", weekdays=[0], starts=time(20), ends=time(6))
    assert at(network, MONDAY, 10) == {"intake"}
    assert at(network, MONDAY, 9) == {"intake"}
    assert at(network, MONDAY, 17) == set()
    assert at(network, MONDAY, 23) == {"intake2"}
    assert at(network, MONDAY + timedelta(days=1), 5, 59) == {"intake2"}
    assert at(network, MONDAY + timedelta(days=1), 6) == set()
    assert at(network, MONDAY + timedelta(days=2), 10) == set()
    day = people.unlock(network.b.administrator).today + timedelta(days=7)
    plan(network, "intake2", day=day)
    assert at(network, day, 10) == {"intake2"}  # that day follows only its own plan


def test_who_plans_and_what_is_refused(network: Network) -> None:
    supervisor = people.unlock(network.b.supervisor)
    good = {"person": network.b.intake, "weekdays": [0], "day": None, "starts": time(9), "ends": time(17)}
    for _twice in range(2):
        actions.add_shift(unlocked=supervisor, **good)  # type: ignore[arg-type]
    assert DutyShift.objects.count() == 1
    assert log.newest(network.b)[0].action == "duty.change"
    wrong: list[dict[str, object]] = [
        {"weekdays": []},
        {"weekdays": [7]},
        {"day": supervisor.today},
        {"weekdays": [], "day": supervisor.today - timedelta(days=1)},
        {"ends": time(9)},
        {"person": network.owner},
        {"person": network.b.administrator},
    ]
    for change in wrong:
        with pytest.raises(errors.Invalid):
            actions.add_shift(unlocked=supervisor, **(good | change))  # type: ignore[arg-type]
    shift = DutyShift.objects.get()
    for person in (network.b.intake, network.b.worker):
        with pytest.raises(Denied):
            actions.add_shift(unlocked=people.unlock(person), **good)  # type: ignore[arg-type]
    with pytest.raises(Denied):
        actions.drop_shift(unlocked=people.unlock(network.a.supervisor), shift_id=shift.pk)
    actions.drop_shift(unlocked=supervisor, shift_id=shift.pk)
    assert queries.roster_of(supervisor) == []


def test_on_duty_is_told_first_and_everybody_when_it_is_late(network: Network) -> None:
    today = people.unlock(network.b.administrator).today
    for day in (today, today + timedelta(days=1)):
        plan(network, "intake2", day=day, starts=time(0), ends=time(23, 59, 59))
    _, _, referral = making.make_referral(network)

    def told() -> set[str]:
        return set(
            Update.objects.filter(page="referrals:inbox").values_list("person__display_name", flat=True)
        )

    assert told() == {network.b.intake2.display_name}
    assert referral.respond_by is not None
    tick(now=referral.respond_by + timedelta(minutes=1))
    assert told() == {network.b.intake.display_name, network.b.intake2.display_name}
    tick(now=referral.respond_by + timedelta(days=9))
    assert not DutyShift.objects.exists()  # single days that are over are forgotten


def test_page_of_the_roster(network: Network) -> None:
    administrator, intake = (pages.client_of(one) for one in (network.b.administrator, network.b.intake))
    url = pages.page("duty")
    html = pages.text(administrator, url)
    assert 'data-test="no-roster"' in html
    assert html.count("whole desk") == 1, "that nobody is planned is said once"
    assert administrator.post(url, pages.filled(html, person=str(network.b.intake.pk))).status_code == 422
    hours = {"weekdays": ["0", "2"], "starts": "09:00", "ends": "17:00"}
    answers = pages.filled(html, person=str(network.b.intake.pk), **hours)
    for _twice in range(2):
        assert administrator.post(url, answers).status_code == 303
    assert DutyShift.objects.count() == 2
    html = pages.text(intake, url)
    assert network.b.intake.display_name in html
    assert 'data-test="add"' not in html
    assert intake.post(url, answers | {"weekdays": ["4"]}).status_code == 404
    shift = DutyShift.objects.first()
    assert shift is not None
    drop = pages.page("duty_drop", shift.pk)
    key = pages.filled(pages.text(administrator, url))
    assert administrator.post(drop, key).status_code == 303
    assert DutyShift.objects.count() == 1
