"""Giving an accepted referral to a colleague: who reads it follows the keys; the desk's own is dropped."""

import pytest

from accounts.models import Membership, Person, QuickWrap, Update
from audit.errors import Denied
from referrals import access, actions, errors
from referrals.models import Referral, ReferralGroupPermission, ReferralUserPermission
from tests import people
from tests.people import Network
from tests.referrals import log, making, pages

pytestmark = pytest.mark.django_db


def readers(network: Network, referral: Referral) -> tuple[set[str], set[str]]:
    """Return who at the recipient opens the packet, and who the identity."""
    packet: set[str] = set()
    identity: set[str] = set()
    for name in ("intake", "intake2", "worker", "supervisor"):
        if not Person.objects.get(pk=getattr(network.b, name).pk).is_active:
            continue  # has left
        unlocked = people.unlock(getattr(network.b, name))
        for door, through in ((access.packet_for, packet), (access.identity_for, identity)):
            try:
                door(unlocked, referral.id)
            except Denied:
                continue
            through.add(name)
    return packet, identity


def give(network: Network, referral: Referral, *, by: str, to: str, stay: bool = False) -> Referral:
    unlocked = people.unlock(getattr(network.b, by))
    return actions.assign(
        unlocked=unlocked,
        packet=making.packet(unlocked, referral),
        person=getattr(network.b, to),
        stay=stay,
        version=Referral.objects.get(pk=referral.pk).version,
    )


def test_keys_follow_from_hand_to_hand(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    desk = people.unlock(network.b.intake2)
    making.packet(desk, referral)
    desk.finish()  # a colleague at the desk has looked, and keeps a quick copy of the desk's key
    assert QuickWrap.objects.filter(person=network.b.intake2).exists()
    kept = QuickWrap.objects.filter(person=network.b.intake2).count()
    making.take(people.unlock(network.b.intake), referral)
    assert not ReferralGroupPermission.objects.exists()
    assert QuickWrap.objects.filter(person=network.b.intake2).count() == kept - 1
    assert readers(network, referral) == ({"intake"}, {"intake"})
    give(network, referral, by="intake", to="worker", stay=True)
    given = log.newest(network.b)[0]
    assert (given.action, given.detail["person"]) == ("referral.assign", str(network.b.worker.id))
    assert log.newest(network.a)[0].action == "referral.assign"
    assert readers(network, referral) == ({"intake", "worker"}, {"intake", "worker"})
    assert Update.objects.filter(person=network.b.worker, page="referrals:inbox").exists()
    give(network, referral, by="intake", to="worker")
    assert readers(network, referral) == ({"worker"}, {"worker"})
    worker = people.unlock(network.b.worker)
    appointed = making.appoint(worker, Referral.objects.get(pk=referral.pk))
    started = actions.start(
        unlocked=worker, packet=making.packet(worker, referral), version=appointed.version
    )
    back = give(network, started, by="worker", to="intake2")
    assert readers(network, referral) == ({"intake2"}, {"intake2"})
    assert access.meeting_for(people.unlock(network.b.intake2), referral.id) is not None
    owner = people.unlock(network.owner)
    actions.cancel(
        unlocked=owner, opened=making.edit(owner, case), referral_id=referral.id, version=back.version
    )
    assert readers(network, referral) == (set(), set())
    assert not ReferralUserPermission.objects.exclude(user=network.owner).exists()


def test_only_who_works_on_it_gives_it_and_only_to_who_may(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    intake = people.unlock(network.b.intake)
    with pytest.raises(errors.WrongState):
        give(network, referral, by="intake", to="worker")  # before acceptance
    making.take(intake, referral)
    with pytest.raises(Denied):
        give(network, referral, by="intake2", to="worker")
    packet, version = making.packet(intake, referral), Referral.objects.get(pk=referral.pk).version
    for person in (network.b.intake, network.owner, network.b.supervisor, network.outsider):
        with pytest.raises(errors.Invalid):
            actions.assign(unlocked=intake, packet=packet, person=person, stay=False, version=version)
    Membership.objects.filter(person=network.b.worker).update(trained_until="2020-01-01")
    with pytest.raises(errors.Invalid):
        give(network, referral, by="intake", to="worker")
    with pytest.raises(errors.SomeoneWasQuicker):
        actions.assign(
            unlocked=intake, packet=packet, person=network.b.intake2, stay=False, version=version - 1
        )
    assert readers(network, referral) == ({"intake"}, {"intake"})


def test_pages_of_giving_it_on(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake), referral)
    intake, second, worker = (
        people.step_up(pages.client_of(one))
        for one in (network.b.intake, network.b.intake2, network.b.worker)
    )
    page = pages.text(second, pages.page("packet", referral.id))
    assert network.b.intake.display_name in page
    assert "Invented shelter" not in page
    assert "Invented shelter" not in pages.text(second, pages.page("inbox"))
    assert "Invented shelter" in pages.text(intake, pages.page("inbox_mine"))
    url = pages.page("packet_assign", referral.id)
    assert second.get(url).status_code in (303, 404)
    html = pages.text(intake, url)
    assert intake.post(url, pages.filled(html)).status_code == 422
    answers = pages.filled(html, person=str(network.b.worker.pk), stay="no")
    assert intake.post(url, answers)["Location"].startswith(pages.page("inbox_mine"))
    assert "Lola" in pages.text(worker, pages.page("packet", referral.id))
    assert "Invented shelter" in pages.text(worker, pages.page("inbox_mine"))
    assert "Lola" not in pages.text(intake, pages.page("packet", referral.id))
