"""Behaviour 16: an emergency opening takes a reason, two people and a limit of time; the owner is told."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Update
from accounts.unlocked import Unlocked
from audit.errors import Denied
from referrals import access, actions, errors, grants
from referrals.actions.clock import tick
from referrals.models import Case, CaseUserPermission, EmergencyOpening
from referrals.models.emergencies import Step
from tests import people
from tests.people import Network
from tests.referrals import log, making, pages
from vault.errors import Refused

pytestmark = pytest.mark.django_db


def ask(network: Network, case: Case, by: str = "supervisor") -> EmergencyOpening:
    unlocked = people.unlock(getattr(network.a, by))
    known = access.case_by_reference(unlocked, access.reference_of(case))
    assert known is not None
    return actions.ask_emergency(unlocked=unlocked, known=known, reason="danger")


def release(network: Network, opening: EmergencyOpening) -> EmergencyOpening:
    return actions.release_emergency(unlocked=people.unlock(network.a.custodian), opening=opening)


def open_it(network: Network, opening: EmergencyOpening) -> Unlocked:
    supervisor = people.unlock(network.a.supervisor)
    actions.open_in_emergency(unlocked=supervisor, opening=opening)
    return supervisor


def test_two_people_open_it_for_a_day_and_everybody_who_should_knows(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    actions.add_note(unlocked=owner, opened=making.edit(owner, case), text="she called")
    supervisor = people.unlock(network.a.supervisor)
    with pytest.raises(Denied):
        access.case_for(supervisor, case.id)
    opening = ask(network, case)
    with pytest.raises(Denied):
        access.case_for(supervisor, case.id)
    opening = release(network, opening)
    with pytest.raises(Denied):
        access.case_for(supervisor, case.id)
    supervisor = open_it(network, opening)
    # Read, entry by entry, each in the log before it is shown; and nothing can be changed or given on.
    opened = access.case_for(supervisor, case.id)
    assert opened.card().alias == "Lola"
    [note] = opened.notes()
    bodies = log.newest(network.a, 3)
    assert [body.action for body in bodies[:2]] == ["emergency.read"] * 2
    assert bodies[0].detail["item"] == str(note.id)
    assert bodies[0].actor == network.a.supervisor.id
    assert bodies[1].detail["section"] == "card"
    with pytest.raises(Denied):
        access.case_for(supervisor, case.id, to="edit")
    with pytest.raises(Denied):
        actions.add_note(unlocked=supervisor, opened=opened, text="mine")
    # Her caseworker was told at each step, by a number on her page; the case's own history knows too.
    assert Update.objects.get(person=network.owner, page="referrals:needs_me").number == 3
    assert Update.objects.filter(person=network.a.custodian, page="referrals:emergencies").exists()
    history = making.edit(people.unlock(network.owner), case).history()
    assert "emergency.open" in [one.content.action for one in history]
    [told] = access.openings_of_mine(people.unlock(network.owner))
    assert (told.asked_by, told.released_by) == (network.a.supervisor, network.a.custodian)
    # It ends by itself, derived at the next request; the clock makes it true and the case gets new keys.
    over = making.later(network.a.supervisor, hours=25)
    with pytest.raises(Denied):
        access.case_for(over, case.id)
    tick(now=over.now)
    opening.refresh_from_db()
    assert opening.step == Step.ENDED
    assert not CaseUserPermission.objects.filter(user=network.a.supervisor).exists()
    case.refresh_from_db()
    assert case.rotation_due
    making.edit(making.later(network.owner, hours=25), case)
    case.refresh_from_db()
    assert (case.rotation_due, case.key_epoch) == (False, 2)


def test_nobody_alone_and_nobody_else_whatever_the_order(network: Network) -> None:
    """Every order of the three steps by one person: none of them opens the case."""
    case = making.make_case(people.unlock(network.owner))
    names = ("supervisor", "custodian", "administrator", "colleague", "analyst")
    for name in names:
        unlocked = people.unlock(getattr(network.a, name))
        for order in permutations(("ask", "release", "open")):
            for step in order:
                try:
                    _try(unlocked, case, step)
                except (Denied, errors.ReferralError, Refused):
                    continue
        with pytest.raises(Denied):
            access.case_for(people.unlock(getattr(network.a, name)), case.id)
    assert not EmergencyOpening.objects.exclude(step=Step.ASKED).exists()
    for outsider in (network.b.supervisor, network.c.supervisor):
        unlocked = people.unlock(outsider)
        assert access.case_by_reference(unlocked, access.reference_of(case)) is None
        with pytest.raises(Denied):
            access.opening_for(unlocked, EmergencyOpening.objects.get().pk)
    with pytest.raises(Denied):
        release_by = people.unlock(network.b.custodian)
        actions.release_emergency(unlocked=release_by, opening=EmergencyOpening.objects.get())


def _try(unlocked: Unlocked, case: Case, step: str) -> None:
    if step == "ask":
        known = access.case_by_reference(unlocked, access.reference_of(case))
        assert known is not None
        actions.ask_emergency(unlocked=unlocked, known=known, reason="danger")
        return
    opening = EmergencyOpening.objects.filter(asked_by=unlocked.person).first()
    act = actions.release_emergency if step == "release" else actions.open_in_emergency
    if opening is not None:
        act(unlocked=unlocked, opening=opening)


def test_the_database_too_wants_two_and_each_half_alone_opens_nothing(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    opening = ask(network, case)
    rows = EmergencyOpening.objects.filter(pk=opening.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(released_by=network.a.supervisor)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(step=Step.RELEASED)
    supervisor, custodian = people.unlock(network.a.supervisor), people.unlock(network.a.custodian)
    for unlocked, letter in ((supervisor, "b"), (custodian, "a")):
        with pytest.raises(Refused):
            grants.open_share(unlocked=unlocked, case=case, letter=letter)
    # Said to be released by writing into the database: nothing was wrapped, so nothing opens.
    rows.update(step=Step.RELEASED, released_by=network.a.custodian)
    with pytest.raises(Denied):
        actions.open_in_emergency(unlocked=supervisor, opening=rows.get())
    with pytest.raises(Denied):
        access.case_for(people.unlock(network.a.supervisor), case.id)


def test_reason_limit_refusal_and_end(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    supervisor = people.unlock(network.a.supervisor)
    known = access.case_by_reference(supervisor, access.reference_of(case).lower())
    assert known is not None
    with pytest.raises(errors.Invalid):
        actions.ask_emergency(unlocked=supervisor, known=known, reason="because")
    opening = ask(network, case)
    with pytest.raises(errors.SomeoneWasQuicker):
        ask(network, case)
    custodian = people.unlock(network.a.custodian)
    actions.refuse_emergency(unlocked=custodian, opening=opening)
    with pytest.raises(errors.SomeoneWasQuicker):
        release(network, opening)
    opening = ask(network, case)
    with pytest.raises(errors.SomeoneWasQuicker):  # asked for a day, and answered too late
        actions.release_emergency(unlocked=making.later(network.a.custodian, hours=25), opening=opening)
    released = release(network, opening)
    assert released.ends_at is not None
    assert released.ends_at - custodian.now < timedelta(hours=25)
    supervisor = open_it(network, released)
    access.case_for(supervisor, case.id)
    actions.end_emergency(unlocked=custodian, opening=released)
    with pytest.raises(Denied):
        access.case_for(people.unlock(network.a.supervisor), case.id)
    assert log.newest(network.a, 2)[-1].action in ("emergency.end", "case.view")
    # Keys renewed between release and opening, or while it is read: it ends, and whoever reads is told.
    owner = people.unlock(network.owner)
    for step in (Step.RELEASED, Step.OPENED):
        opening = release(network, ask(network, case))
        if step == Step.OPENED:
            open_it(network, opening)
        told = Update.objects.get(person=network.a.supervisor, page="referrals:emergencies").number
        Case.objects.filter(pk=case.pk).update(rotation_due=True)
        making.edit(owner, case)
        with pytest.raises(errors.SomeoneWasQuicker):
            open_it(network, opening)
        with pytest.raises(Denied):
            access.case_for(people.unlock(network.a.supervisor), case.id)
        opening.refresh_from_db()
        assert (opening.step, bytes(opening.share_b)) == (Step.ENDED, b"")
        now = Update.objects.get(person=network.a.supervisor, page="referrals:emergencies").number
        assert now == told + 1
        assert "emergency.end" in [body.action for body in log.newest(network.a, 8)]
    # And can be asked for again.
    access.case_for(open_it(network, release(network, ask(network, case))), case.id)


def test_pages_of_asking_releasing_and_opening(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    owner = pages.client_of(network.owner)
    supervisor, custodian = (
        people.step_up(pages.client_of(one)) for one in (network.a.supervisor, network.a.custodian)
    )
    reference = access.reference_of(case)
    assert reference in pages.text(owner, pages.page("case", case.id))
    url = pages.page("emergency_ask")
    html = pages.text(supervisor, url)
    assert custodian.get(url).status_code == 404
    wrong = supervisor.post(url, pages.filled(html, reference="0000-0000", reason="danger"))
    assert wrong.status_code == 422
    answers = pages.filled(html, reference=reference, reason="danger")
    assert network.owner.display_name in supervisor.post(url, answers).content.decode()
    # Where the caseworker has left, nobody is promised to be told who is not there.
    own = CaseUserPermission.objects.filter(content_object=case, user=network.owner)
    for here in (True, False, True):
        own.update(expires_at=None if here else timezone.now())
        told = "Her caseworker and all supervisors are told" in supervisor.post(url, answers).content.decode()
        assert told is here
    assert not EmergencyOpening.objects.exists()
    for _twice in range(2):
        assert supervisor.post(url, answers | {"checked": "1"}).status_code == 303
    opening = EmergencyOpening.objects.get()
    step = pages.page("emergency", opening.pk)
    assert step in pages.text(custodian, pages.page("emergencies"))
    assert reference in pages.text(owner, pages.page("needs_me"))
    assert owner.get(step).status_code == 404
    html = pages.text(custodian, step)
    # A second click on releasing or opening must not be taken for ending it.
    for _twice in range(2):
        assert custodian.post(step, pages.filled(html, answer="release")).status_code == 303
    html = pages.text(supervisor, step)
    for _twice in range(2):
        assert supervisor.post(step, pages.filled(html))["Location"] == pages.page("case", case.id)
    page = pages.text(supervisor, pages.page("case", case.id))
    assert "Lola" in page
    assert 'data-test="emergency"' in page
    assert f'data-test="owner">Her caseworker: {network.owner.display_name}<' in page
    assert custodian.get(pages.page("case", case.id)).status_code == 404
    assert custodian.post(step, pages.filled(pages.text(custodian, step))).status_code == 303
    assert supervisor.get(pages.page("case", case.id)).status_code == 404
