"""The clock: it ends what is over and tells people, once, however often and late it runs."""

import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Agency, Notice, NoticeChoice, RoleKey, Update
from accounts.roles import KeyName
from accounts.unlocked import Unlocked
from referrals import access, actions, attention
from referrals.access import OpenCase
from referrals.actions.clock import tick
from referrals.actions.tides import turn
from referrals.models import (
    Case,
    DoneOnce,
    Inquiry,
    InquiryHalf,
    Referral,
    ReferralGroupPermission,
    ReferralHalf,
    ReferralUserPermission,
)
from referrals.models.referrals import Part, State, Told
from referrals.views.words import inquiry_state
from tests import people
from tests.people import Network, Team
from tests.referrals import log, making

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def later(**delta: float) -> datetime:
    return timezone.now() + timedelta(**delta)


def told(team: Team, name: str) -> dict[str, int]:
    return dict(Update.objects.filter(person=team.people[name]).values_list("page", "number"))


def is_destroyed(referral: Referral) -> bool:
    """Say whether nothing is left that the recipient could read with."""
    parts = set(ReferralHalf.objects.filter(referral=referral).values_list("part", flat=True))
    grants = ReferralGroupPermission.objects.filter(content_object=referral).exists()
    worker = ReferralUserPermission.objects.filter(
        content_object=referral, permission__codename="view_identity"
    ).exists()
    return parts == {Part.SENDER} and not grants and not worker


def test_what_expired_is_ended_once_and_both_logs_and_the_sender_know(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    assert tick(now=later(hours=1)).ended == 0
    assert tick(now=later(hours=25)).ended == 1
    assert tick(now=later(hours=25)).ended == 0
    referral.refresh_from_db()
    assert (referral.state, referral.expires_at, referral.told) == (State.EXPIRED, None, Told.NOBODY)
    assert is_destroyed(referral)
    for team in (network.a, network.b):
        [body] = log.newest(team)
        assert (body.action, body.actor, body.object) == ("referral.expire", None, str(referral.id))
    assert told(network.a, "owner") == {"referrals:needs_me": 1}
    assert told(network.a, "colleague") == {}
    # The caseworker's page says it with other places to ask, as before the clock had run.
    owner = making.later(network.owner, hours=26)
    assert [one.kind for one in attention.of_sent(owner, attention.sent_rows(owner))] == ["expired"]


def test_consent_that_ran_out_ends_access_before_and_after_acceptance(network: Network) -> None:
    _, _, waiting = making.make_referral(network)
    _, _, taken = making.make_referral(network, service=making.make_service(network.b.agency, name="Two"))
    desk = people.unlock(network.b.intake)
    making.take(desk, taken)
    soon = later(hours=2)
    Referral.objects.update(consent_expires_at=soon)
    assert tick(now=soon - HOUR).ended == 0
    assert tick(now=soon + HOUR).ended == 2
    assert tick(now=soon + HOUR).ended == 0
    waiting.refresh_from_db()
    taken.refresh_from_db()
    assert waiting.state == State.CONSENT_WITHDRAWN
    assert taken.state == State.ACCEPTED, "whether she was helped is still to be asked"
    assert taken.consent_expires_at is None
    assert is_destroyed(waiting)
    assert is_destroyed(taken)
    assert not taken.is_readable_at(timezone.now())
    assert {body.action for body in log.newest(network.b, 2)} == {"consent.run_out"}
    # The sender can still end it.
    owner = people.unlock(network.owner)
    case = case_behind(owner, taken)
    actions.cancel(unlocked=owner, opened=case, referral_id=taken.id, version=taken.version)


def case_behind(owner: Unlocked, referral: Referral) -> OpenCase:
    note = access.sent_referral_for(owner, referral.id).note
    return making.edit(owner, Case.objects.get(pk=note.case_id))


def test_late_is_told_to_both_sides_then_to_both_supervisors_each_once(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    Update.objects.all().delete()
    assert tick(now=later(hours=5)).late == 1
    assert tick(now=later(hours=6)).late == 0
    assert told(network.a, "owner") == {"referrals:needs_me": 1}
    assert told(network.b, "intake") == {"referrals:inbox": 1}
    assert told(network.a, "supervisor") == {}
    for _ in range(3):
        tick(now=later(hours=13))
    assert told(network.a, "supervisor") == told(network.b, "supervisor") == {"referrals:late": 1}
    assert told(network.b, "intake") == {"referrals:inbox": 1}
    assert Update.objects.filter(person=network.c.supervisor).count() == 0
    assert log.newest(network.a)[0].action == "referral.escalate"
    referral.refresh_from_db()
    assert referral.told == Told.SUPERVISORS
    assert referral.version == 1, "nobody's open page is out of date"


def test_after_a_week_off_people_hear_once(network: Network) -> None:
    owner = people.unlock(network.owner)
    opened = making.edit(owner, making.make_case(owner))
    for number in range(7):
        service = making.make_service(network.b.agency, name=f"Service {number}")
        making.send_under(owner, opened, making.consent_to(owner, opened, service))
    NoticeChoice.objects.create(person=network.owner, email="one@example.org", by_email=True)
    done = tick(now=later(days=7))
    assert (done.ended, done.escalated, done.late) == (7, 0, 0)
    assert told(network.a, "owner") == {"referrals:needs_me": 7}
    assert Notice.objects.count() == 1
    assert told(network.a, "supervisor") == {}, "what is over is not late"


def test_a_clock_that_goes_back_does_nothing(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    tick(now=later(hours=13))
    was = Referral.objects.filter(pk=referral.pk).values().get()
    updates = list(Update.objects.order_by("pk").values())
    past = tick(now=later(days=-30))
    assert (past.ended, past.escalated, past.late, past.swept) == (0, 0, 0, 0)
    assert Referral.objects.filter(pk=referral.pk).values().get() == was
    assert list(Update.objects.order_by("pk").values()) == updates


def test_a_log_that_cannot_be_written_stops_that_referral_only(network: Network) -> None:
    _, _, broken = making.make_referral(network)
    _, _, other = making.make_referral(network, service=making.make_service(network.b.agency, name="Two"))
    third = Agency.objects.get(pk=network.c.agency.pk)
    Referral.objects.filter(pk=broken.pk).update(recipient_agency=third)
    RoleKey.objects.filter(agency=third, name=KeyName.AUDITOR).update(root_signature=b"x")
    assert tick(now=later(hours=25)).ended == 1
    broken.refresh_from_db()
    other.refresh_from_db()
    assert (broken.state, other.state) == (State.SENT, State.EXPIRED)
    assert ReferralHalf.objects.filter(referral=broken).count() == 3


def test_forms_of_days_ago_are_forgotten(network: Network) -> None:
    today = timezone.localdate()
    for days in (0, 1, 2, 3, 9):
        DoneOnce.objects.create(person=network.owner, key=uuid4(), day=today - timedelta(days=days))
    assert tick(now=timezone.now()).swept == 2


def test_a_pass_with_nothing_due_asks_the_same_few_questions(network: Network) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            tick(now=timezone.now())
        return len(captured)

    making.make_referral(network)
    few = count()
    for number in range(4):
        making.make_referral(network, service=making.make_service(network.b.agency, name=f"More {number}"))
    assert count() == few
    assert few <= 19


def test_the_page_of_what_is_late_is_derived_and_shows_nothing_sealed(network: Network) -> None:
    making.make_referral(network)
    for team in (network.a, network.b):
        page = people.sign_in(Client(), team.supervisor).get("/work/late/").content.decode()
        assert "Nothing waits too long" in page
    Referral.objects.update(respond_by=later(hours=-1))
    ours = people.sign_in(Client(), network.a.supervisor).get("/work/late/").content.decode()
    theirs = people.sign_in(Client(), network.b.supervisor).get("/work/late/").content.decode()
    # Whom to ask to call them; of the other side's people nobody is named.
    assert network.owner.display_name in ours
    assert network.owner.display_name not in theirs
    others = people.sign_in(Client(), network.c.supervisor).get("/work/late/").content.decode()
    assert "We sent it to Agency B." in ours
    assert "Agency A sent it to us." in theirs
    assert "Nothing waits too long" in others
    for page in (ours, theirs):
        assert "Invented shelter" not in page
        assert making.CARD.alias not in page
    assert log.newest(network.a)[0].action == "referral.list_late"


def test_a_number_stands_at_the_page_until_it_is_looked_at(network: Network) -> None:
    making.make_referral(network)
    client = people.sign_in(Client(), network.b.intake)
    assert client.get("/account/").content.count(b"nav__updates") == 1
    assert client.get("/work/inbox/").status_code == 200
    assert b"nav__updates" not in client.get("/account/").content
    other = people.sign_in(Client(), network.b.intake2)
    assert b"nav__updates" in other.get("/account/").content


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_do_everything_once() -> None:
    network = people.get_network()
    owner = people.unlock(network.owner)
    opened = making.edit(owner, making.make_case(owner))
    for number in range(6):
        service = making.make_service(network.b.agency, name=f"Service {number}")
        making.send_under(owner, opened, making.consent_to(owner, opened, service))
    Update.objects.all().delete()
    now, gate, done = later(hours=25), threading.Barrier(2), []

    def run() -> None:
        gate.wait()
        try:
            done.append(tick(now=now).ended)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tick(now=now)
    assert Referral.objects.filter(state=State.EXPIRED).count() == 6
    assert sum(done) <= 6
    assert told(network.a, "owner") == {"referrals:needs_me": 6}
    bodies = log.newest(network.b, 50)
    assert sum(body.action == "referral.expire" for body in bodies) == 6


def test_a_question_by_link_that_ran_out_loses_its_half_and_who_asked_is_told(network: Network) -> None:
    owner = people.unlock(network.owner)
    opened = making.edit(owner, making.make_case(owner))
    service = making.make_service(None)
    inquiry_id, _token = making.ask_under(owner, opened, making.consent_to(owner, opened, service))
    inquiry = Inquiry.objects.get(pk=inquiry_id)
    ends = inquiry.expires_at
    assert ends is not None
    derived = inquiry_state(inquiry, ends + HOUR)
    assert tick(now=ends - HOUR).ended == 0
    assert tick(now=ends + HOUR).ended == 1
    assert tick(now=ends + HOUR).ended == 0
    inquiry.refresh_from_db()
    assert (inquiry.expires_at, bytes(inquiry.sealed_opaque)) == (None, b"")
    assert inquiry_state(inquiry, ends + HOUR) == derived, "the case says the same as before the clock"
    assert not InquiryHalf.objects.filter(inquiry=inquiry).exists()
    assert log.newest(network.a)[0].action == "inquiry.run_out"
    assert told(network.a, "owner") == {"referrals:needs_me": 1}


def test_a_pass_walks_through_no_table_of_referrals(network: Network) -> None:
    """As the database plans it, with values it does not know yet: an index, at most its own few rows."""
    making.make_referral(network)
    plans: dict[str, str] = {}
    question = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"

    def explain(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            execute(f"{question} {sql}", params, many, context)
            plans[sql] = "\n".join(str(row[-1]) for row in context["cursor"].fetchall())
        return execute(sql, params, many, context)

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # a handful of rows is read whole otherwise
    with connection.execute_wrapper(explain):
        assert tick(now=later(hours=25)).ended == 1
        turn(now=timezone.now())
    asked = {sql: plan for sql, plan in plans.items() if GROWING.search(sql)}
    assert len(asked) >= 7
    for sql, plan in asked.items():
        assert not WALKS.search(plan), f"{sql}\n{plan}"


# What there is more of each year; and how either database says that it reads all of one.
GROWING = re.compile(r'FROM "referrals_(referral|referraluserpermission|caseuserpermission|referralhalf)"')
WALKS = re.compile(r"SCAN referrals_|Seq Scan on referrals_|\(permission_id=\?\)")
