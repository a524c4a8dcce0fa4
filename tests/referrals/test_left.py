"""A case whose caseworker has left: who opens it before and after, and that nobody takes it alone.

A referral whose only worker has left: who reads it then, and how it goes on.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts import actions as accounts
from accounts.models import Person, Update
from accounts.queries import keys_to_compare
from audit.errors import Denied
from referrals import access, actions, errors
from referrals.access.left import successor_message, successor_of
from referrals.actions.clock import tick
from referrals.models import (
    Case,
    CaseItem,
    CaseSuccessor,
    CaseTransfer,
    CaseUserPermission,
    Referral,
    ReferralUserPermission,
)
from referrals.models.cases import Section
from services.models import Service
from tests import people
from tests.people import Network
from tests.referrals import log, making, pages
from tests.referrals.test_assigning import readers
from tests.referrals.test_at_once import both
from tests.security.test_behaviour_16_emergency_opening import ask, open_it, release

pytestmark = pytest.mark.django_db

NEEDS_ME = "referrals:needs_me"
TEAM = ("owner", "colleague", "supervisor", "custodian", "administrator", "analyst")


def remove(network: Network, person: Person, by: str = "a") -> None:
    accounts.remove_person(people.unlock(getattr(network, by).administrator), person=person)


def share(network: Network, case: Case, person: Person, **how: object) -> None:
    owner = people.unlock(network.owner)
    given = {"to": "view"} | how
    actions.share_case(unlocked=owner, opened=making.edit(owner, case), person=person, **given)  # type: ignore[arg-type]


def name(network: Network, case: Case, person: Person, by: str = "supervisor") -> CaseSuccessor:
    unlocked = people.unlock(getattr(network.a, by))
    left = access.left_case_for(unlocked, case.id)
    return actions.name_successor(unlocked=unlocked, left=left, person=person)


def opens(network: Network, case: Case) -> set[str]:
    """Return who of the agency opens the case, by what they are called in tests."""
    found = set()
    for one in TEAM:
        person = Person.objects.get(pk=getattr(network.a, one).pk)
        if not person.is_active:
            continue
        try:
            access.case_for(people.unlock(person), case.id).card()
        except Denied:
            continue
        found.add(one)
    return found


def test_who_shares_it_takes_it_over_when_a_supervisor_names_them(network: Network) -> None:
    case, consent_id, referral = making.make_referral(network)
    share(network, case, network.colleague)
    assert not access.any_left(people.unlock(network.a.supervisor))
    remove(network, network.owner)
    # The supervisor is told that there is something, and by no word what.
    supervisor = people.unlock(network.a.supervisor)
    assert access.any_left(supervisor)
    assert Update.objects.filter(person=network.a.supervisor, page=NEEDS_ME).exists()
    [left] = access.left_cases(supervisor)
    assert (left.id, [holder for holder, _until in left.holders], left.successor) == (
        case.id,
        [network.colleague.display_name],
        None,
    )
    assert opens(network, case) == {"colleague"}
    colleague = people.unlock(network.colleague)
    with pytest.raises(Denied):  # a key alone is not enough
        access.succession_for(colleague, case.id)
    with pytest.raises(Denied):
        access.case_for(colleague, case.id, to="edit")
    name(network, case, network.colleague)
    assert opens(network, case) == {"colleague"}
    assert Update.objects.get(person=network.colleague, page=NEEDS_ME).number == 1
    colleague = people.unlock(network.colleague)
    opened, successor = access.succession_for(colleague, case.id)
    assert successor.named_by == network.a.supervisor
    once = uuid4()
    for _twice in range(2):
        actions.take_left_case(unlocked=colleague, opened=opened, once=once)
    opened = making.edit(people.unlock(network.colleague), case)
    assert opened.is_owner
    assert opened.may_see_documents
    assert opened.consent(consent_id).content.is_active_at(colleague.now)
    assert access.sent_referral_for(people.unlock(network.colleague), referral.id).note.case_id == case.id
    row = Case.objects.get(pk=case.pk)
    assert (row.owner_left, row.rotation_due, row.key_epoch > 1) == (False, False, True)
    assert not access.left_cases(people.unlock(network.a.supervisor))
    assert not CaseSuccessor.objects.exists()
    assert opens(network, case) == {"colleague"}
    assert log.newest(network.a, 40)
    said = [body.action for body in log.newest(network.a, 40)]
    assert {"case.left", "case.name_successor", "case.view_succession", "case.take"} <= set(said)
    # What follows works.
    sent = access.sent_referral_for(people.unlock(network.colleague), referral.id)
    fresh = people.unlock(network.colleague)
    actions.cancel(
        unlocked=fresh,
        opened=making.edit(fresh, case),
        referral_id=referral.id,
        version=sent.referral.version,
    )
    actions.close_case(unlocked=fresh, opened=making.edit(fresh, case))
    assert not CaseItem.objects.filter(case=case, section=Section.PACKETS).exists()


def test_nobody_holds_a_key_two_people_open_it_and_a_third_takes_it(network: Network) -> None:
    """Without a share: supervisor and custodian, then the caseworker who was named; what was sent follows."""
    case, _, referral = making.make_referral(network)
    remove(network, network.owner)
    assert opens(network, case) == set()
    assert not ReferralUserPermission.objects.filter(content_object=referral).exists()
    name(network, case, network.colleague)
    assert opens(network, case) == set()
    for one in (network.a.supervisor, network.colleague):
        with pytest.raises(Denied):
            access.succession_for(people.unlock(one), case.id)
    opening = release(network, ask(network, case))
    supervisor = open_it(network, opening)
    assert opens(network, case) == {"supervisor"}
    opened, _ = access.succession_for(supervisor, case.id)
    transfer = actions.hand_over_left_case(unlocked=supervisor, opened=opened)
    assert opens(network, case) == {"supervisor"}
    with pytest.raises(errors.SomeoneWasQuicker):
        actions.hand_over_left_case(unlocked=supervisor, opened=opened)
    colleague = people.unlock(network.colleague)
    actions.take_case(unlocked=colleague, offer=access.offer_for(colleague, transfer.id))
    # The opening ended with the new keys, in the log and with an update; only the new owner opens it.
    assert opens(network, case) == {"colleague"}
    opening.refresh_from_db()
    assert opening.step == "ended"
    ended = [body for body in log.newest(network.a, 12) if body.action == "emergency.end"]
    assert [body.detail["why"] for body in ended] == ["keys_renewed"]
    opened = making.edit(people.unlock(network.colleague), case)
    assert opened.is_owner
    assert access.sent_referral_for(people.unlock(network.colleague), referral.id).identity() is not None
    holders = ReferralUserPermission.objects.filter(content_object=referral).values_list("user_id", flat=True)
    assert set(holders) == {network.colleague.pk}
    with pytest.raises(Denied):
        access.sent_referral_for(people.unlock(network.a.supervisor), referral.id)


def test_shares_stay_where_who_gave_the_key_can_vouch_for_them(network: Network) -> None:
    owner = people.unlock(network.owner)
    for vouched in (True, False):
        case = making.make_case(owner)
        share(network, case, network.a.supervisor)
        # Shared as well with somebody who may not take it: their access stays, or ends in everybody's sight.
        other = network.colleague
        assert opens(network, case) == {"owner", "supervisor"}
        Case.objects.filter(pk=case.pk).update(owner_left=True)
        CaseUserPermission.objects.filter(content_object=case, user=network.owner).delete()
        name(network, case, other)
        supervisor = people.unlock(network.a.supervisor)
        opened, _ = access.succession_for(supervisor, case.id)
        transfer = actions.hand_over_left_case(unlocked=supervisor, opened=opened)
        if not vouched:  # the giver's share was taken meanwhile: the offer gives nothing
            CaseUserPermission.objects.filter(content_object=case, user=network.a.supervisor).delete()
        colleague = people.unlock(network.colleague)
        take = partial(actions.take_case, unlocked=colleague, offer=access.offer_for(colleague, transfer.id))
        if vouched:
            take()
            assert opens(network, case) == {"colleague", "supervisor"}
        else:
            with pytest.raises(errors.SomeoneWasQuicker):
                take()
            assert opens(network, case) == set()


def test_only_a_left_case_and_only_by_a_supervisor_and_never_for_oneself(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    supervisor = people.unlock(network.a.supervisor)
    with pytest.raises(Denied):  # it has a caseworker
        access.left_case_for(supervisor, case.id)
    Case.objects.filter(pk=case.pk).update(owner_left=True)  # by a strange hand
    with pytest.raises(Denied):
        access.left_case_for(supervisor, case.id)
    assert not access.left_cases(supervisor)
    fake = access.LeftCase(case, (), None)
    with pytest.raises(errors.SomeoneWasQuicker):
        actions.name_successor(unlocked=supervisor, left=fake, person=network.colleague)
    remove(network, network.owner)
    assert not access.left_cases(people.unlock(network.b.supervisor))
    for who in (network.colleague, network.a.custodian, network.a.administrator, network.b.supervisor):
        unlocked = people.unlock(who)
        with pytest.raises(Denied):
            access.left_case_for(unlocked, case.id)
        with pytest.raises(Denied):
            actions.name_successor(unlocked=unlocked, left=fake, person=network.colleague)
    left = access.left_case_for(supervisor, case.id)
    wrong = (network.a.supervisor, network.owner, network.a.analyst, network.outsider)
    for person in wrong:
        with pytest.raises(errors.Invalid):
            actions.name_successor(unlocked=supervisor, left=left, person=person)
    assert not CaseSuccessor.objects.exists()
    row = actions.name_successor(unlocked=supervisor, left=left, person=network.colleague)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseSuccessor.objects.filter(pk=row.pk).update(named_by=network.colleague)
    # Its time is over by itself, also before a clock has run.
    later = making.later(network.a.supervisor, days=15)
    assert access.left_case_for(later, case.id).successor is None
    tick(now=later.now)
    assert not CaseSuccessor.objects.exists()


def test_a_planted_naming_says_nothing(network: Network) -> None:
    """Whoever writes in the database: forged, moved, changed, or signed by somebody who is no supervisor."""
    owner = people.unlock(network.owner)
    case, other = making.make_case(owner), making.make_case(owner)
    share(network, case, network.colleague)
    share(network, case, network.a.supervisor)
    remove(network, network.owner)
    genuine = name(network, case, network.colleague)
    values = CaseSuccessor.objects.values().get(pk=genuine.pk)

    def is_believed() -> bool:
        colleague = people.unlock(network.colleague)
        seen = [one.case.id for one in access.successions_for(colleague)]
        try:
            _, successor = access.succession_for(colleague, case.id)
        except Denied:
            assert case.id not in seen
            return False
        assert case.id in seen
        return successor.person_id == network.colleague.pk

    assert is_believed()
    rows = CaseSuccessor.objects.filter(pk=genuine.pk)
    changes = (
        {"until": genuine.until + timedelta(days=1)},
        {"person_id": network.a.analyst.pk},
        {"named_by_id": network.a.custodian.pk},
        {"signature": bytes(64)},
    )
    for change in changes:
        rows.update(**change)
        assert not is_believed(), change
        rows.update(**values)
    assert is_believed()
    # Well signed by a custodian and by an analyst who made herself supervisor in the database.
    group = network.a.supervisor.groups.get(role__name="supervisor")
    for who in (network.a.custodian, network.a.analyst):
        signer = people.unlock(who)
        planted = CaseSuccessor(case=case, person=network.colleague, named_by=who, until=genuine.until)
        planted.signature = signer.keys.sign(successor_message(planted, network.a.agency.id))
        rows.delete()
        planted.save(force_insert=True)
        who.groups.add(group)
        assert not is_believed()
    # Moved to another case that has no caseworker either.
    rows.delete()
    CaseSuccessor.objects.create(**(values | {"case_id": other.pk}))
    assert successor_of(people.unlock(network.colleague), other) is None
    # A supervisor who is none any more names nobody.
    CaseSuccessor.objects.all().delete()
    CaseSuccessor.objects.create(**values)
    assert is_believed()
    Person.objects.filter(pk=network.a.supervisor.pk).update(is_active=False)
    assert not is_believed()


def test_old_offers_and_old_namings_give_nothing(network: Network) -> None:
    """Named for somebody else since, taken away, or put back as it was after the case had a new owner."""
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    share(network, case, network.a.supervisor)
    remove(network, network.owner)
    name(network, case, network.colleague)
    supervisor = people.unlock(network.a.supervisor)
    opened, _ = access.succession_for(supervisor, case.id)
    transfer = actions.hand_over_left_case(unlocked=supervisor, opened=opened)
    kept = CaseTransfer.objects.values().get(pk=transfer.pk)
    naming = CaseSuccessor.objects.values().get()
    colleague = people.unlock(network.colleague)
    offer = access.offer_for(colleague, transfer.id)
    CaseSuccessor.objects.all().delete()
    with pytest.raises(errors.SomeoneWasQuicker):
        actions.take_case(unlocked=colleague, offer=offer)
    CaseSuccessor.objects.create(**naming)
    actions.take_case(unlocked=colleague, offer=offer)
    taken = people.unlock(network.colleague)
    assert making.edit(taken, case).is_owner
    # All of it put back: the case has an owner and other keys.
    CaseSuccessor.objects.create(**naming)
    CaseTransfer.objects.filter(pk=transfer.pk).update(**kept)
    with pytest.raises(errors.WrongState):
        actions.take_case(unlocked=colleague, offer=offer)
    with pytest.raises(Denied):
        access.succession_for(people.unlock(network.a.supervisor), case.id)


def test_who_loses_the_role_leaves_cases_behind_and_finds_them_with_it_again(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    administrator, supervisor = (
        people.unlock(one) for one in (network.a.administrator, network.a.supervisor)
    )
    accounts.assign_role(administrator, person=network.owner, roles=["editor"])
    assert [left.id for left in access.left_cases(supervisor)] == [case.id]
    accounts.assign_role(administrator, person=network.owner, roles=["caseworker"])
    assert not access.left_cases(supervisor)
    assert making.edit(people.unlock(network.owner), case).is_owner
    accounts.assign_role(administrator, person=network.owner, roles=["editor"])
    name(network, case, network.colleague)
    opening = release(network, ask(network, case))
    supervisor = open_it(network, opening)
    opened, _ = access.succession_for(supervisor, case.id)
    transfer = actions.hand_over_left_case(unlocked=supervisor, opened=opened)
    accounts.assign_role(administrator, person=network.owner, roles=["caseworker"])
    colleague = people.unlock(network.colleague)
    offer = access.offer_for(colleague, transfer.id)
    with pytest.raises(errors.SomeoneWasQuicker):  # its owner is back
        actions.take_case(unlocked=colleague, offer=offer)
    accounts.assign_role(administrator, person=network.owner, roles=["editor"])
    actions.take_case(unlocked=colleague, offer=offer)
    accounts.assign_role(administrator, person=network.owner, roles=["caseworker"])
    assert opens(network, case) == {"colleague"}


def test_pages_of_naming_handing_over_and_taking(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    share(network, case, network.a.supervisor)
    remove(network, network.owner)
    supervisor, colleague = (
        people.step_up(pages.client_of(one)) for one in (network.a.supervisor, network.colleague)
    )
    reference = access.reference_of(case)
    for home in ("needs_me", "oversight"):
        assert "There are cases that have no caseworker any more." in pages.text(supervisor, pages.page(home))
    listed = pages.text(supervisor, pages.page("left"))
    url = pages.page("left_case", case.id)
    assert url in listed
    assert reference in listed
    assert "Lola" not in listed
    assert colleague.get(url).status_code == 404
    html = pages.text(supervisor, url)
    assert "Lola" not in html
    assert supervisor.post(url, pages.filled(html)).status_code == 422
    answers = pages.filled(html, person=str(network.colleague.pk))
    for _twice in range(2):
        assert supervisor.post(url, answers)["Location"].startswith(pages.page("left"))
    hand = pages.page("case_successor", case.id)
    home = pages.text(colleague, pages.page("needs_me"))
    assert reference in home
    assert hand not in home  # named, without a key
    assert colleague.get(hand).status_code == 404
    assert hand in pages.text(supervisor, pages.page("oversight"))
    html = pages.text(supervisor, hand)
    for _twice in range(2):
        assert supervisor.post(hand, pages.filled(html)).status_code == 303
    assert hand not in pages.text(supervisor, pages.page("needs_me"))
    offer = pages.page("offer", CaseTransfer.objects.get().pk)
    assert offer in pages.text(colleague, pages.page("needs_me"))
    done = colleague.post(offer, pages.filled(pages.text(colleague, offer), answer="take"))
    assert done["Location"].startswith(pages.page("case", case.id))
    assert "Lola" in pages.text(colleague, pages.page("case", case.id))
    assert "Lola" in pages.text(supervisor, pages.page("case", case.id))  # shared until its day
    assert url not in pages.text(supervisor, pages.page("left"))


def test_who_lost_password_and_code_comes_back_with_new_keys_and_is_given_the_cases(network: Network) -> None:
    """Removed, invited under another name, named by a supervisor, handed the case by who opens it."""
    case, _, referral = making.make_referral(network)
    share(network, case, network.colleague)
    administrator = people.unlock(network.a.administrator)
    remove(network, network.owner)
    invited = accounts.invite(
        administrator,
        name="a.owner.again",
        display_name=network.owner.display_name,
        roles=["caseworker"],
        trained_until=people.next_year(),
        code_signed_until=people.next_year(),
    )
    joined = accounts.accept_invitation(
        code=invited.code,
        password=people.PASSWORD,
        with_card=False,
        address="192.0.2.1",
        now=administrator.now,
    )
    shown = keys_to_compare(joined.person)
    assert shown is not None
    accounts.activate(administrator, person=joined.person, compared_fingerprint=shown.fingerprint)
    back = people.unlock(joined.person)
    with pytest.raises(Denied):  # the same person, and other keys
        access.case_for(back, case.id)
    name(network, case, joined.person)
    colleague = people.unlock(network.colleague)
    opened, _ = access.succession_for(colleague, case.id)
    transfer = actions.hand_over_left_case(unlocked=colleague, opened=opened)
    back = people.unlock(joined.person)
    actions.take_case(unlocked=back, offer=access.offer_for(back, transfer.id))
    assert making.edit(people.unlock(joined.person), case).is_owner
    assert access.sent_referral_for(people.unlock(joined.person), referral.id).note.case_id == case.id
    assert opens(network, case) == {"colleague"}  # the share stays, with new keys
    with pytest.raises(Denied):
        access.case_for(people.unlock(network.colleague), case.id, to="edit")


# --- A referral whose only worker has left ---


def _send_again(network: Network, case: Case, referral: Referral) -> Referral:
    owner = people.unlock(network.owner)
    version = Referral.objects.get(pk=referral.pk).version
    return actions.send_key_again(
        unlocked=owner, opened=making.edit(owner, case), referral_id=referral.id, version=version
    )


def _take_up(network: Network, referral: Referral, by: str) -> Referral:
    unlocked = people.unlock(getattr(network.b, by))
    packet = making.packet(unlocked, referral)
    return actions.take_up(unlocked=unlocked, packet=packet, version=packet.referral.version)


def test_the_only_worker_leaves_and_the_sender_gives_the_desk_the_key_again(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake2), referral)
    with pytest.raises(errors.WrongState):  # somebody works on it
        _send_again(network, case, referral)
    remove(network, network.b.intake2, "b")
    assert readers(network, referral) == (set(), set())
    row = Referral.objects.get(pk=referral.pk)
    assert (row.state, row.worker_left) == ("accepted", True)
    assert log.newest(network.a)[0].action == "referral.worker_left"
    for person, page in ((network.owner, NEEDS_ME), (network.b.intake, "referrals:inbox")):
        assert Update.objects.filter(person=person, page=page).exists()
    # The pages: the sender's card leads to the key, the desk sees that something stands still, and no more.
    owner, desk = (people.step_up(pages.client_of(one)) for one in (network.owner, network.b.intake))
    assert 'data-kind="left"' in pages.text(owner, pages.page("needs_me"))
    inbox = pages.text(desk, pages.page("inbox"))
    assert 'data-test="left"' in inbox
    assert "Invented shelter" not in inbox
    assert 'data-test="handed"' in pages.text(desk, pages.page("packet", referral.id))
    url = pages.page("referral_key", referral.id)
    assert url in pages.text(owner, pages.page("referral", referral.id))
    html = pages.text(owner, url)
    for _twice in range(2):
        assert owner.post(url, pages.filled(html)).status_code == 303
    # As when it was sent first: the desk reads the opaque part, and nobody the identity.
    assert readers(network, referral) == ({"intake"}, set())
    assert "Invented shelter" in pages.text(desk, pages.page("inbox"))
    page = pages.text(desk, pages.page("packet", referral.id))
    assert "Lola" not in page
    for _twice in range(2):
        step = desk.post(pages.page("packet_take_up", referral.id), pages.filled(page))
        assert step.status_code == 303
    assert readers(network, referral) == ({"intake"}, {"intake"})
    assert "Lola" in pages.text(desk, pages.page("packet", referral.id))
    row = Referral.objects.get(pk=referral.pk)
    assert (row.worker_left, bytes(row.handover), row.handover_by_id) == (False, b"", None)
    # It goes on as ever, and ends as ever.
    intake = people.unlock(network.b.intake)
    actions.start(unlocked=intake, packet=making.packet(intake, referral), version=row.version)
    unlocked = people.unlock(network.owner)
    consent = making.edit(unlocked, case).referrals()[0].content.consent_id
    assert consent is not None
    actions.withdraw_consent(unlocked=unlocked, opened=making.edit(unlocked, case), consent_id=consent)
    assert readers(network, referral) == (set(), set())


def _give_role(network: Network, person: Person, roles: list[str]) -> None:
    accounts.assign_role(people.unlock(network.b.administrator), person=person, roles=roles)


def test_the_only_worker_loses_the_role_and_it_is_as_if_they_had_left(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake2), referral)
    # Behind the desk instead of at it: they still may work on what they were given.
    _give_role(network, network.b.intake2, ["caseworker"])
    assert readers(network, referral)[1] == {"intake2"}
    assert Referral.objects.get(pk=referral.pk).worker_left is False
    _give_role(network, network.b.intake2, ["editor"])
    assert readers(network, referral) == (set(), set())
    assert Referral.objects.get(pk=referral.pk).worker_left is True
    assert log.newest(network.a)[0].action == "referral.worker_left"
    for person, page in ((network.owner, NEEDS_ME), (network.b.intake, "referrals:inbox")):
        assert Update.objects.filter(person=person, page=page).exists()
    # Having the role again is no key: it goes on as after any other who left.
    _give_role(network, network.b.intake2, ["intake"])
    assert readers(network, referral) == (set(), set())
    _send_again(network, case, referral)
    _take_up(network, referral, "intake")
    assert readers(network, referral)[1] == {"intake"}


def test_she_was_not_helped_and_who_said_so_has_left_meanwhile(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    intake2 = people.unlock(network.b.intake2)
    making.take(intake2, referral)
    for act, about in ((actions.start, {}), (actions.deliver, {"outcome": "service_received"})):
        packet = making.packet(intake2, referral)
        act(unlocked=intake2, packet=packet, version=packet.referral.version, **about)  # type: ignore[arg-type]
    remove(network, network.b.intake2, "b")
    # Delivered: nobody has to work on it, so nobody is asked to.
    assert Referral.objects.get(pk=referral.pk).worker_left is False
    owner = people.unlock(network.owner)
    version = Referral.objects.get(pk=referral.pk).version
    actions.reopen_not_received(
        unlocked=owner, opened=making.edit(owner, case), referral_id=referral.id, version=version
    )
    row = Referral.objects.get(pk=referral.pk)
    assert (row.state, row.worker_left) == ("in_progress", True)
    _send_again(network, case, referral)
    _take_up(network, referral, "intake")
    assert readers(network, referral)[1] == {"intake"}


def test_the_key_is_not_given_again_where_it_would_not_be_sent(network: Network) -> None:
    case, consent_id, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake2), referral)
    # Marked by a strange hand while somebody works on it: neither side goes on.
    Referral.objects.filter(pk=referral.pk).update(worker_left=True)
    with pytest.raises(errors.WrongState):
        _send_again(network, case, referral)
    remove(network, network.b.intake2, "b")
    owner = people.unlock(network.owner)
    opened = making.edit(owner, case)
    service = opened.referrals()[0].content.service_id
    organization = Service.objects.get(pk=service).organization_id
    excluded = replace(making.INCIDENT, excluded_organizations=[organization])
    about = {"section": Section.INCIDENT, "content": excluded, "revision": opened.revision(Section.INCIDENT)}
    actions.edit_section(unlocked=owner, opened=opened, **about)  # type: ignore[arg-type]
    with pytest.raises(errors.ConflictFound):
        _send_again(network, case, referral)
    opened = making.edit(owner, case)
    about = {"section": Section.INCIDENT, "content": making.INCIDENT}
    about["revision"] = opened.revision(Section.INCIDENT)
    actions.edit_section(unlocked=owner, opened=opened, **about)  # type: ignore[arg-type]
    # Given again, and swapped in the database: another granter, a later end, an older copy of the handover.
    given = _send_again(network, case, referral)
    with pytest.raises(errors.SomeoneWasQuicker):
        _send_again(network, case, referral)
    rows = Referral.objects.filter(pk=referral.pk)
    changes = (
        {"handover_by": network.colleague},
        {"handover_by": None, "sent_by": network.colleague},
        {"consent_expires_at": given.consent_expires_at + timedelta(days=9)},  # type: ignore[operator]
    )
    before = Referral.objects.values("handover_by", "sent_by", "consent_expires_at").get(pk=referral.pk)
    for change in changes:
        rows.update(**change)
        with pytest.raises(Denied):
            _take_up(network, referral, "intake")
        rows.update(**before)
    # Withdrawn meanwhile: nothing is left to take up.
    fresh = people.unlock(network.owner)
    actions.withdraw_consent(unlocked=fresh, opened=making.edit(fresh, case), consent_id=consent_id)
    with pytest.raises(Denied):
        _take_up(network, referral, "intake")
    row = Referral.objects.get(pk=referral.pk)
    assert (bytes(row.handover), row.worker_left, row.handover_by_id) == (b"", False, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.each_database
def test_removal_against_giving_on_and_taking_up_against_withdrawal() -> None:
    """Removed first: told, and the key can come again. Given first: somebody works on it."""
    network = people.get_network()
    case, consent_id, referral = making.make_referral(network)
    taken = making.take(people.unlock(network.b.intake2), referral)
    intake2 = people.unlock(network.b.intake2)
    give = partial(
        actions.assign,
        unlocked=intake2,
        packet=making.packet(intake2, referral),
        person=network.b.worker,
        stay=False,
        version=taken.version,
    )
    administrator = people.unlock(network.b.administrator)
    both(give, partial(accounts.remove_person, administrator, person=network.b.intake2))
    row = Referral.objects.get(pk=referral.pk)
    works = readers(network, referral)[1]
    assert row.worker_left is (works == set())
    assert works <= {"worker"}
    if works:
        remove(network, network.b.worker, "b")
    _send_again(network, case, referral)
    intake, owner = people.unlock(network.b.intake), people.unlock(network.owner)
    packet = making.packet(intake, referral)
    both(
        partial(actions.take_up, unlocked=intake, packet=packet, version=packet.referral.version),
        partial(
            actions.withdraw_consent, unlocked=owner, opened=making.edit(owner, case), consent_id=consent_id
        ),
    )
    assert readers(network, referral) == (set(), set())
