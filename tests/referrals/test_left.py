"""A case whose caseworker has left: who opens it before and after, and that nobody takes it alone.

A referral whose only worker has left: who reads it then, and how it goes on.
"""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts import actions as accounts
from accounts.models import Person, Update
from accounts.unlocked import Unlocked
from audit.errors import Denied
from referrals import access, actions, errors, grants
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
        take = partial(
            actions.take_case, unlocked=colleague, offer=access.offer_for(colleague, transfer.id)
        )
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
    for who in (network.colleague, network.a.custodian, network.a.administrator, network.b.supervisor):
        unlocked = people.unlock(who)
        for door in (access.left_cases, partial(access.left_case_for, case_id=case.id)):
            with pytest.raises(Denied):
                if door is access.left_cases and who == network.b.supervisor:
                    assert not access.left_cases(unlocked)
                    raise Denied(None, agency=None, actor=None, kind="", object="")  # type: ignore[arg-type]
                door(unlocked)
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
