"""Attacks that once worked, each as its attacker would try it."""

import json
from dataclasses import replace
from uuid import uuid4

import pytest

from accounts import actions as accounts
from accounts.models import NoticeChoice
from audit.errors import Denied
from referrals import access, actions, disclosure, errors
from referrals.models import Case, CaseTransfer, EmergencyOpening, Referral
from referrals.models.cases import Section
from referrals.models.emergencies import Step
from services.codes import LegalDuty
from services.models import Organization
from tests import people
from tests.people import Network
from tests.referrals import log, making
from tests.referrals.asking import Asker
from tests.referrals.test_assigning import readers
from tests.security.test_behaviour_16_emergency_opening import ask, release

pytestmark = pytest.mark.django_db


def test_half_a_letter_is_no_text(network: Network) -> None:
    """JSON can say half of a surrogate pair, which no database and no page can be written with."""
    desk = Asker(network.b.intake)
    desk.client.raise_request_exception = False
    service = making.make_service(network.b.agency)
    for body in ({"status": "capacity", "note": "\ud800"}, {"status": "capacity", "\udfff": ""}):
        answer = desk.client.post(
            f"/api/v1/services/{service.pk}/availability/",
            json.dumps(body),
            content_type="application/json",
            headers={"Idempotency-Key": str(uuid4())},
        )
        assert answer.status_code == 400, answer.content


def _send_again(network: Network, case: Case, referral: Referral) -> Referral:
    owner = people.unlock(network.owner)
    version = Referral.objects.get(pk=referral.pk).version
    return actions.send_key_again(
        unlocked=owner, opened=making.edit(owner, case), referral_id=referral.id, version=version
    )


def test_a_worker_who_may_not_work_with_people_any_more_leaves_nobody_waiting(network: Network) -> None:
    """Without the role no door opened, and yet "somebody there works on it": she waited for nobody."""
    case, _, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake2), referral)
    administrator = people.unlock(network.b.administrator)
    accounts.assign_role(administrator, person=network.b.intake2, roles=["caseworker"])
    assert readers(network, referral) == ({"intake2"}, {"intake2"})  # another role that works with people
    accounts.assign_role(administrator, person=network.b.intake2, roles=["editor"])
    assert Referral.objects.get(pk=referral.pk).worker_left
    assert log.newest(network.a)[0].action == "referral.worker_left"
    # What they read they do not find again with the role: somebody else may have taken it up.
    accounts.assign_role(administrator, person=network.b.intake2, roles=["caseworker"])
    assert readers(network, referral) == (set(), set())
    _send_again(network, case, referral)


def test_who_is_no_supervisor_any_more_reads_no_case_that_was_opened_in_an_emergency(
    network: Network,
) -> None:
    """With another role that works with cases the door stood open until the 24 hours were over."""
    case = making.make_case(people.unlock(network.owner))
    administrator = people.unlock(network.a.administrator)
    for name in accounts.assign_role(
        administrator, person=network.colleague, roles=["caseworker", "supervisor"]
    ):
        accounts.hand_over_key(people.unlock(network.a.supervisor), person=network.colleague, name=name)
    opening = release(network, ask(network, case, by="colleague"))
    actions.open_in_emergency(unlocked=people.unlock(network.colleague), opening=opening)
    access.case_for(people.unlock(network.colleague), case.id)
    accounts.assign_role(administrator, person=network.colleague, roles=["caseworker"])
    with pytest.raises(Denied):
        access.case_for(people.unlock(network.colleague), case.id)
    assert EmergencyOpening.objects.get().step == Step.ENDED
    assert Case.objects.get(pk=case.pk).rotation_due


def test_what_was_not_received_does_not_go_back_to_somebody_who_has_left(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    taken = making.take(people.unlock(network.b.intake2), referral)
    worker = people.unlock(network.b.intake2)
    begun = actions.start(unlocked=worker, packet=making.packet(worker, referral), version=taken.version)
    actions.deliver(
        unlocked=worker,
        packet=making.packet(worker, referral),
        outcome="service_received",
        version=begun.version,
    )
    accounts.remove_person(people.unlock(network.b.administrator), person=network.b.intake2)
    owner = people.unlock(network.owner)
    row = Referral.objects.get(pk=referral.pk)
    assert not row.worker_left  # nothing waits for a worker, until she says that nobody came
    actions.reopen_not_received(
        unlocked=owner, opened=making.edit(owner, case), referral_id=referral.id, version=row.version
    )
    assert Referral.objects.get(pk=referral.pk).worker_left
    assert log.newest(network.a)[0].action == "referral.worker_left"
    _send_again(network, case, referral)


def test_the_key_goes_nowhere_that_she_was_not_told_about(network: Network) -> None:
    """Since she agreed they must report by law, or it came out that she is a child."""
    case, _, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake2), referral)
    accounts.remove_person(people.unlock(network.b.administrator), person=network.b.intake2)
    entry = Organization.objects.filter(agency=network.b.agency)
    known = entry.values("legal_notification_duty").get()
    entry.update(legal_notification_duty=LegalDuty.POLICE)
    with pytest.raises(errors.LegalDutyNotShown):
        _send_again(network, case, referral)
    entry.update(**known)
    owner = people.unlock(network.owner)
    for card, error in (
        (replace(making.CARD, age_band="12-17"), errors.MinorNeedsGuardian),
        (making.CARD, None),
    ):
        opened = making.edit(owner, case)
        actions.edit_section(
            unlocked=owner,
            opened=opened,
            section=Section.CARD,
            content=card,
            revision=opened.revision(Section.CARD),
        )
        if error is not None:
            with pytest.raises(error):
                _send_again(network, case, referral)
    _send_again(network, case, referral)


def test_nothing_that_was_offered_or_released_to_somebody_outlives_them(network: Network) -> None:
    """Who left still knows their password: with an old copy of the database for their keys and a new one, an
    offer that waits, or a half that was released, would open a case that was never theirs."""
    owner = people.unlock(network.owner)
    administrator = people.unlock(network.a.administrator)
    offered, released, given = (making.make_case(owner) for _ in range(3))
    offer = actions.offer_case(
        unlocked=owner, opened=making.edit(owner, offered), person=network.colleague, ends_shares=True
    )
    accounts.assign_role(administrator, person=network.colleague, roles=["caseworker", "supervisor"])
    opening = release(network, ask(network, released, by="colleague"))
    assert bytes(opening.share_b)
    NoticeChoice.objects.create(person=network.colleague, email="private@example.org", by_email=True)
    accounts.remove_person(administrator, person=network.colleague)
    assert not NoticeChoice.objects.exists()
    row = CaseTransfer.objects.get(pk=offer.pk)
    assert (row.outcome, bytes(row.wrapped_key), bytes(row.sealed)) == ("taken_back", b"", b"")
    ended = EmergencyOpening.objects.get(pk=opening.pk)
    assert (ended.step, bytes(ended.share_b), ended.ends_at) == (Step.ENDED, b"", None)
    # What they kept of either opens nothing either, once somebody has looked at the case.
    due = Case.objects.filter(rotation_due=True)
    assert {case.pk for case in due} == {offered.pk, released.pk}
    assert "emergency.end" in [body.action for body in log.newest(network.a, 8)]
    # An offer of somebody who left gives nothing: it is not shown as if it did.
    accounts.assign_role(administrator, person=network.a.analyst, roles=["caseworker"])
    waits = actions.offer_case(
        unlocked=owner, opened=making.edit(owner, given), person=network.a.analyst, ends_shares=True
    )
    accounts.remove_person(administrator, person=network.owner)
    assert not access.offers_to(people.unlock(network.a.analyst)).exists()
    assert not bytes(CaseTransfer.objects.get(pk=waits.pk).sealed)


def test_an_offer_does_not_go_past_the_supervisor_once_its_giver_may_not_work_with_cases(
    network: Network,
) -> None:
    """A case without a caseworker is taken over by who is named, not by whom its last owner had chosen."""
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    offer = actions.offer_case(
        unlocked=owner, opened=making.edit(owner, case), person=network.colleague, ends_shares=True
    )
    administrator = people.unlock(network.a.administrator)
    accounts.assign_role(administrator, person=network.owner, roles=["editor"])
    assert [left.id for left in access.left_cases(people.unlock(network.a.supervisor))] == [case.id]
    colleague = people.unlock(network.colleague)
    with pytest.raises(errors.SomeoneWasQuicker):
        actions.take_case(unlocked=colleague, offer=access.offer_for(colleague, offer.pk))
    accounts.assign_role(administrator, person=network.owner, roles=["caseworker"])
    actions.take_case(unlocked=colleague, offer=access.offer_for(colleague, offer.pk))
    assert making.edit(people.unlock(network.colleague), case).is_owner


@pytest.mark.parametrize(
    "words",
    [
        "ask for Nig\u00adora",  # as pasted from a page that parts words
        "ask for Ni\u200bgo\u2060ra",
        "ask for Nig\tora",
        "call\tNigora",
        "ask for Ｎｉｇｏｒａ",
        "call ９９８００１１１２２３３",
        "call ٩٩٨٠٠١١١٢٢٣٣",
    ],
)
def test_nothing_unseen_hides_her_name_or_number_from_the_look_at_the_words(words: str) -> None:
    """The packet keeps none of it, so the desk would read her name before it had said yes."""
    with pytest.raises(errors.NotSafe):
        disclosure.check_words(text=words, card=making.CARD, identity=making.IDENTITY)
    disclosure.check_words(
        text="desk\u00adline +998 00 700 00 01", card=making.CARD, identity=making.IDENTITY
    )
