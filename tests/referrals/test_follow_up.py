"""Follow-up: tasks with a day, the last contact, a protection order; and what needs the caseworker now."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.unlocked import Unlocked
from audit.errors import Denied
from referrals import actions, attention, errors
from referrals.models import Case, CaseItem, Referral
from referrals.models.cases import Section
from referrals.payload import SafeContact
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, filled, page, text

pytestmark = pytest.mark.django_db


def add(unlocked: Unlocked, case: Case, **changes: Any) -> None:
    given = {"text": "ask about the job", "due_on": unlocked.today + timedelta(days=3)} | changes
    actions.add_task(unlocked=unlocked, opened=making.edit(unlocked, case), **given)


def kinds(unlocked: Unlocked) -> list[str]:
    cards, _ = attention.own_cards(unlocked)
    return [one.kind for one in attention.of_follow_up(unlocked, cards)]


def test_a_task_is_added_moved_done_and_deleted_from_the_pages(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    client = client_of(network.owner)
    due = owner.today + timedelta(days=2)
    new = page("case_task_new", case.id)
    assert "Leave as it was" not in text(client, new), "there was nothing yet"
    answers = filled(text(client, new), text="bring the papers", due_on=str(due))
    assert client.post(new, answers).status_code == 303
    assert client.post(new, answers).status_code == 303, "a second click does nothing twice"
    [task] = making.edit(owner, case).follow_up().tasks
    assert (task.text, task.due_on) == ("bring the papers", due)
    one = page("case_task", case.id, task.id)
    assert "bring the papers" in text(client, page("case", case.id))
    shown = filled(text(client, one), text="bring all papers", due_on=str(due + timedelta(days=1)))
    assert client.post(one, shown).status_code == 303
    late = client.post(one, shown | {"key": str(uuid4())})
    assert late.status_code == 409, "a page of before the change"
    finished = {"do": "done", "key": str(uuid4())}
    for _ in range(2):  # the answer was lost, and the same form comes again
        assert client.post(one, finished).status_code == 303
    [done] = making.edit(owner, case).follow_up().tasks
    assert (done.text, done.done_on) == ("bring all papers", owner.today)
    assert client.get(one).status_code == 404
    add(owner, case)
    second = making.edit(owner, case).follow_up().tasks[1]
    deleted = {"do": "delete", "key": str(uuid4())}
    for _ in range(2):
        assert client.post(page("case_task", case.id, second.id), deleted).status_code == 303
    assert len(making.edit(owner, case).follow_up().tasks) == 1
    for other in ({"do": "delete"}, deleted | {"key": str(uuid4())}):
        assert client.post(page("case_task", case.id, second.id), other).status_code == 404


def test_what_is_wrong_is_said_and_what_was_typed_stays(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    client, new = client_of(network.owner), page("case_task_new", case.id)
    answer = client.post(new, filled(text(client, new), text="see the lawyer", due_on="2020-01-01"))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Choose today or a later day." in html
    assert "see the lawyer" in html


def test_nobody_else_reaches_a_task(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    add(owner, case)
    task = making.edit(owner, case).follow_up().tasks[0]
    other = making.make_case(people.unlock(network.outsider))
    for client, case_id in (
        (client_of(network.colleague), case.id),
        (client_of(network.outsider), case.id),
        (client_of(network.outsider), other.id),  # a wrong parent
    ):
        assert client.get(page("case_task", case_id, task.id)).status_code == 404
        assert client.post(page("case_task", case_id, task.id), {"do": "delete"}).status_code == 404
    reader = people.unlock(network.owner)
    actions.share_case(unlocked=reader, opened=making.edit(reader, case), person=network.colleague, to="view")
    with pytest.raises(Denied):
        add(people.unlock(network.colleague), case)


def test_what_is_due_needs_her_caseworker(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    add(owner, case)
    assert kinds(owner) == []
    assert kinds(making.later(network.owner, days=3)) == ["task"]
    opened = making.edit(owner, case)
    ends = replace(opened.follow_up(), protection_order_ends_on=owner.today + timedelta(days=20))
    actions.edit_section(
        unlocked=owner,
        opened=opened,
        section=Section.FOLLOWUP,
        content=ends,
        revision=opened.revision(Section.FOLLOWUP),
    )
    assert kinds(making.later(network.owner, days=12)) == ["task"]
    assert kinds(making.later(network.owner, days=13)) == ["task", "order"]
    assert kinds(making.later(network.owner, days=30)) == ["task", "order", "contact"]
    actions.record_contact(
        unlocked=making.later(network.owner, days=30),
        opened=making.edit(making.later(network.owner, days=30), case),
    )
    assert "contact" not in kinds(making.later(network.owner, days=59))
    assert "contact" in kinds(making.later(network.owner, days=60))


def test_who_must_not_be_contacted_is_no_reason_to_call(network: Network) -> None:
    owner = people.unlock(network.owner)
    card = replace(making.CARD, safe_contact=SafeContact(channel="she_calls", do_not_contact=True))
    making.make_case(owner, card=card)
    assert kinds(making.later(network.owner, days=31)) == ["silent"]


def test_her_decision_is_a_contact(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    later = making.later(network.owner, days=20)
    making.consent_to(later, making.edit(later, case), making.make_service(network.b.agency))
    assert making.edit(later, case).follow_up().last_contact_on == later.today


def test_delivered_and_not_confirmed_in_fourteen_days(network: Network) -> None:
    desk = people.unlock(network.b.intake)
    _, _, referral = making.make_referral(network)
    taken = making.take(desk, referral)
    started = actions.start(unlocked=desk, packet=making.packet(desk, taken), version=taken.version)
    actions.deliver(
        unlocked=desk,
        packet=making.packet(desk, started),
        outcome="service_received",
        version=started.version,
    )
    client = client_of(network.owner)
    assert 'data-kind="delivered"' in text(client, page("needs_me"))
    Referral.objects.update(delivered_at=desk.now - timedelta(days=15))
    html = text(client, page("needs_me"))
    assert 'data-kind="unconfirmed"' in html
    assert page("referral_asked", referral.id) in html


def test_a_consent_is_told_seven_days_before_it_ends(network: Network) -> None:
    making.make_referral(network)
    Referral.objects.update(consent_expires_at=people.unlock(network.owner).now + timedelta(days=6))
    html = text(client_of(network.owner), page("needs_me"))
    assert 'data-kind="consent"' in html
    assert "#consents" in html


def test_a_deleted_follow_up_closes_the_case_instead_of_hiding_what_is_due(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    CaseItem.objects.filter(case=case, section=Section.FOLLOWUP).delete()
    [card] = attention.own_cards(owner)[0]
    assert card.card is None
    with pytest.raises(Denied):
        making.edit(owner, case).follow_up()


def test_the_page_asks_as_much_for_many_cases_as_for_one(network: Network) -> None:
    owner = people.unlock(network.owner)
    client = client_of(network.owner)

    def queries() -> int:
        client.get(page("needs_me"))  # quick copies of keys
        with CaptureQueriesContext(connection) as captured:
            assert 'data-kind="task"' in client.get(page("needs_me")).content.decode()
        return len(captured)

    add(owner, making.make_case(owner), due_on=owner.today)
    few = queries()
    for _ in range(4):
        add(owner, making.make_case(owner), due_on=owner.today)
    assert queries() == few


def test_too_many_open_tasks_are_refused(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("referrals.actions.followup.MOST_OPEN", 1)
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    add(owner, case)
    with pytest.raises(errors.WrongState):
        add(owner, case)
