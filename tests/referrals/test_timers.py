"""How long an answer may take: the rules, working days and holidays, and the supervisor's page."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from audit.errors import Denied
from referrals import actions, queries, timers
from referrals.codes import Urgency
from referrals.errors import Invalid, SomeoneWasQuicker
from referrals.forms.timers import filled
from referrals.models import Referral, TimerPolicy
from referrals.timers import DEFAULT, DEFAULT_WEEK, Calendar, Limits, Rules
from tests import people
from tests.people import Network
from tests.referrals import log, making

HOUR, DAY = 3600, 24 * 3600
TASHKENT = Calendar(DEFAULT_WEEK, "Asia/Tashkent")


@pytest.mark.parametrize(
    ("urgency", "hours"), [(Urgency.EMERGENCY, (1, 2, 4)), (Urgency.URGENT, (4, 12, 24))]
)
def test_the_defaults_are_those_of_the_design(urgency: str, hours: tuple[int, ...]) -> None:
    policy = timers.policy_for(urgency, sent_at=datetime(2026, 3, 2, 5, tzinfo=UTC), calendar=TASHKENT)
    assert (policy.respond_s, policy.supervisor_s, policy.expire_s) == tuple(n * HOUR for n in hours)
    assert timers.is_emergency(policy.to_json()) == (urgency == Urgency.EMERGENCY)


@pytest.mark.parametrize(
    ("sent", "calendar", "days"),
    [
        # A Monday: one, two, seven days.
        (datetime(2026, 3, 2, 5, tzinfo=UTC), TASHKENT, (1, 2, 7)),
        # A Friday: over the weekend.
        (datetime(2026, 3, 13, 5, tzinfo=UTC), TASHKENT, (3, 4, 7)),
        # Friday, 20 March, before Navruz (Saturday, 21 March): the weekend hides it.
        (datetime(2026, 3, 20, 5, tzinfo=UTC), TASHKENT, (3, 4, 7)),
        # The same Friday where Saturdays are worked: Navruz is left out, Sunday too.
        (datetime(2026, 3, 20, 5, tzinfo=UTC), Calendar(frozenset(range(6)), "Asia/Tashkent"), (3, 4, 7)),
        # A place of another country does not know this holiday.
        (datetime(2026, 3, 20, 5, tzinfo=UTC), Calendar(frozenset(range(6)), "UTC"), (1, 3, 7)),
        # An office that works one day a week: the end moves behind the supervisor.
        (datetime(2026, 3, 2, 5, tzinfo=UTC), Calendar(frozenset({0}), "Asia/Tashkent"), (7, 14, 15)),
        # Late on Monday evening in UTC it is Tuesday there already: Wednesday is the next working day.
        (datetime(2026, 3, 5, 20, tzinfo=UTC), TASHKENT, (3, 4, 7)),
    ],
)
def test_routine_counts_working_days_of_who_answers(
    sent: datetime, calendar: Calendar, days: tuple[int, ...]
) -> None:
    policy = timers.policy_for(Urgency.ROUTINE, sent_at=sent, calendar=calendar)
    assert (policy.respond_s, policy.supervisor_s, policy.expire_s) == tuple(n * DAY for n in days)


OTHER = Rules(emergency=Limits(2, 3, 5), urgent=Limits(6, 20, 30), routine=Limits(2, 4, 9))


def change(network: Network, **changes: object) -> int:
    given: dict[str, object] = {"rules": OTHER, "week": [0, 1, 2, 3, 4, 5], "time_zone": "UTC", "version": 0}
    return actions.change_timers(unlocked=people.unlock(network.a.supervisor), **(given | changes))  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_new_version_counts_from_then_on_and_touches_nothing_that_was_sent(network: Network) -> None:
    _, _, before = making.make_referral(network)
    frozen = Referral.objects.values_list("policy", "respond_by", "escalate_at", "expires_at")
    was = frozen.get(pk=before.pk)
    once = uuid4()
    assert change(network, once=once) == 1
    assert change(network, once=once) == 1, "a second click"
    with pytest.raises(SomeoneWasQuicker):
        change(network)
    assert frozen.get(pk=before.pk) == was
    _, _, after = making.make_referral(network, service=making.make_service(network.b.agency, name="Two"))
    assert after.policy == {"respond_s": 6 * HOUR, "supervisor_s": 20 * HOUR, "expire_s": 30 * HOUR}
    assert [body.action for body in log.newest(network.a, 9)].count("timers.change") == 1
    # The other side's timers are its own.
    assert queries.timer_policy(network.b.agency) is None
    with pytest.raises(Denied):
        actions.change_timers(
            unlocked=people.unlock(network.owner), rules=OTHER, week=[0], time_zone="UTC", version=1
        )
    # What the action checks the database checks too.
    row = TimerPolicy.objects.get()
    row.pk, row.version, row.urgent_supervisor = uuid4(), 2, row.urgent_end
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rules": Rules(Limits(2, 2, 4), DEFAULT.urgent, DEFAULT.routine)}, "emergency_supervisor"),
        ({"rules": Rules(Limits(1, 4, 4), DEFAULT.urgent, DEFAULT.routine)}, "emergency_end"),
        ({"rules": Rules(Limits(0, 2, 4), DEFAULT.urgent, DEFAULT.routine)}, "emergency_answer"),
        ({"rules": Rules(Limits(1, 2, 13), DEFAULT.urgent, DEFAULT.routine)}, "emergency_end"),
        ({"rules": Rules(DEFAULT.emergency, Limits(1, 2, 12), DEFAULT.routine)}, "urgent_end"),
        ({"rules": Rules(DEFAULT.emergency, DEFAULT.urgent, Limits(1, 2, 31))}, "routine_end"),
        ({"week": []}, "week"),
        ({"week": [7]}, "week"),
        ({"time_zone": "Europe/Nowhere"}, "time_zone"),
    ],
)
def test_what_is_out_of_order_or_too_long_is_said_at_its_field(
    network: Network, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        change(network, **changes)
    assert field in caught.value.fields
    assert not TimerPolicy.objects.exists()


@pytest.mark.django_db
def test_the_supervisors_page_keeps_what_was_typed_and_says_what_is_wrong(network: Network) -> None:
    client = people.sign_in(Client(), network.a.supervisor)
    page = client.get("/work/timers/")
    assert b'name="emergency_answer" value="1"' in page.content
    given = filled(OTHER, Calendar(DEFAULT_WEEK, "UTC"), version=0) | {"key": uuid4()}
    wrong = client.post("/work/timers/", given | {"urgent_answer": 21})
    assert wrong.status_code == 422
    assert b'value="21"' in wrong.content
    assert "told later than the answer is due" in wrong.content.decode()
    assert client.post("/work/timers/", given).status_code == 303
    assert b'name="urgent_answer" value="6"' in client.get("/work/timers/").content
    assert client.post("/work/timers/", given | {"key": uuid4()}).status_code == 409
    network.a.agency.refresh_from_db()
    assert network.a.agency.time_zone == "UTC"
