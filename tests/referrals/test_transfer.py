"""Handing a case over: keys follow, the giver opens nothing from that moment, one of two at once wins."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from accounts import actions as accounts
from accounts import trust
from accounts.models import QuickWrap, Update
from accounts.unlocked import Unlocked
from audit.errors import Denied
from referrals import access, actions, errors, grants
from referrals.actions.clock import tick
from referrals.models import Case, CaseHalf, CaseTransfer, CaseUserPermission, ReferralUserPermission
from referrals.models.transfers import Outcome
from tests import people
from tests.people import Network
from tests.referrals import log, making, pages
from tests.referrals.test_at_once import both

pytestmark = pytest.mark.django_db


def offer(network: Network, case: Case, *, ends_shares: bool = True) -> CaseTransfer:
    owner = people.unlock(network.owner)
    return actions.offer_case(
        unlocked=owner,
        opened=making.edit(owner, case),
        person=network.colleague,
        ends_shares=ends_shares,
    )


def take(network: Network, transfer: CaseTransfer) -> Unlocked:
    colleague = people.unlock(network.colleague)
    actions.take_case(unlocked=colleague, offer=access.offer_for(colleague, transfer.id))
    return colleague


def denied(door: Any, *args: Any, **kwargs: Any) -> None:
    with pytest.raises(Denied):
        door(*args, **kwargs)


def test_taken_case_and_what_was_sent_follow_and_the_giver_opens_nothing(network: Network) -> None:
    case, consent_id, referral = making.make_referral(network)
    owner = people.unlock(network.owner)
    for door in (access.case_for, access.sent_referral_for):
        door(owner, case.id if door is access.case_for else referral.id)
    making.edit(owner, case)
    owner.finish()  # quick copies are kept
    kept = QuickWrap.objects.filter(person=network.owner).count()
    transfer = offer(network, case)
    colleague = people.unlock(network.colleague)
    # Until it is taken the colleague knows that it is offered, and reads nothing.
    assert access.offer_for(colleague, transfer.id).transfer.offered_by == network.owner
    denied(access.case_for, colleague, case.id)
    denied(access.offer_for, people.unlock(network.owner), transfer.id)
    denied(access.offer_for, people.unlock(network.outsider), transfer.id)
    assert Update.objects.get(person=network.colleague, page="referrals:needs_me").number == 1
    colleague = take(network, transfer)
    opened = making.edit(colleague, case)
    assert opened.is_owner
    assert opened.card().alias == "Lola"
    assert opened.consent(consent_id).content.is_active_at(colleague.now)  # the agency is the same
    assert access.sent_referral_for(colleague, referral.id).note.case_id == case.id
    owner = people.unlock(network.owner)
    denied(access.case_for, owner, case.id)
    denied(access.case_for, owner, case.id, to="edit")
    denied(access.sent_referral_for, owner, referral.id)
    assert not CaseUserPermission.objects.filter(user=network.owner).exists()
    assert not ReferralUserPermission.objects.filter(user=network.owner).exists()
    assert QuickWrap.objects.filter(person=network.owner).count() == kept - 3  # view, edit, sent
    case.refresh_from_db()
    assert (case.key_epoch, case.rotation_due) == (2, False)
    assert list(CaseHalf.objects.values_list("epoch", flat=True)) == [2]
    transfer.refresh_from_db()
    assert (transfer.outcome, bytes(transfer.sealed), bytes(transfer.wrapped_key)) == ("taken", b"", b"")
    assert Update.objects.get(person=network.owner, page="referrals:needs_me").number == 1
    seen = {one.content.action: one.content.actor for one in making.edit(colleague, case).history()}
    assert seen["case.take"] == network.colleague.id
    names = [body.action for body in log.newest(network.a, 30)]
    assert {"case.offer", "case.offer_view", "case.take", "case.renew"} <= set(names)
    # What follows works: the new owner cancels, shares back, closes.
    actions.cancel(
        unlocked=colleague,
        opened=making.edit(colleague, case),
        referral_id=referral.id,
        version=access.sent_referral_for(colleague, referral.id).referral.version,
    )
    actions.close_case(unlocked=colleague, opened=making.edit(colleague, case))


def test_shares_stay_or_end_as_the_giver_chose(network: Network) -> None:
    owner = people.unlock(network.owner)
    for ends in (True, False):
        case = making.make_case(owner)
        with_whom = network.a.supervisor
        actions.share_case(unlocked=owner, opened=making.edit(owner, case), person=with_whom, to="view")
        take(network, offer(network, case, ends_shares=ends))
        reader = people.unlock(with_whom)
        if ends:
            denied(access.case_for, reader, case.id)
        else:
            assert access.case_for(reader, case.id).card().alias == "Lola"
            holders = CaseUserPermission.objects.filter(content_object=case)
            assert {row.user_id for row in holders if row.expires_at is None} == {network.colleague.id}


def test_offer_is_for_a_caseworker_of_the_agency_and_from_its_owner_only(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    for person in (network.owner, network.outsider, network.a.supervisor, network.a.analyst):
        with pytest.raises(errors.Invalid):
            actions.offer_case(
                unlocked=owner, opened=making.edit(owner, case), person=person, ends_shares=True
            )
    actions.share_case(unlocked=owner, opened=making.edit(owner, case), person=network.colleague, to="edit")
    colleague = people.unlock(network.colleague)
    with pytest.raises(Denied):
        actions.offer_case(
            unlocked=colleague,
            opened=making.edit(colleague, case),
            person=network.owner,
            ends_shares=True,
        )


def test_the_form_that_took_one_offer_back_takes_the_next_one_back_as_well(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    owner, form = people.step_up(pages.client_of(network.owner)), {"key": str(uuid4())}
    for _ in range(2):
        transfer = offer(network, case)
        assert owner.post(pages.page("case_transfer", case.id), form).status_code == 303
        transfer.refresh_from_db()
        assert transfer.outcome == Outcome.TAKEN_BACK
        denied(access.offer_for, people.unlock(network.colleague), transfer.id)


def test_stale_declined_taken_back_and_old_offers_give_nothing(network: Network) -> None:
    owner, colleague = people.unlock(network.owner), people.unlock(network.colleague)
    case = making.make_case(owner)
    transfer = offer(network, case)
    with pytest.raises(errors.SomeoneWasQuicker):
        offer(network, case)
    opened = making.edit(owner, case)
    service = making.make_service(network.b.agency)
    making.send_under(owner, opened, making.consent_to(owner, opened, service))
    offered = access.offer_for(colleague, transfer.id)
    with pytest.raises(errors.WrongState, match="WrongState"):
        actions.take_case(unlocked=colleague, offer=offered)
    denied(access.case_for, colleague, case.id)
    actions.decline_offer(unlocked=colleague, offer=offered)
    with pytest.raises(errors.SomeoneWasQuicker):
        actions.take_case(unlocked=colleague, offer=offered)
    again = access.offer_for(colleague, offer(network, case).id)
    actions.take_back_offer(unlocked=owner, opened=making.edit(owner, case))
    with pytest.raises(errors.SomeoneWasQuicker):
        actions.take_case(unlocked=colleague, offer=again)
    last = offer(network, case)
    later = making.later(network.colleague, days=8)
    denied(access.offer_for, later, last.id)
    tick(now=later.now)
    last.refresh_from_db()
    assert (last.outcome, bytes(last.sealed)) == (Outcome.TAKEN_BACK, b"")
    tick(now=later.now + timedelta(days=15))
    assert not CaseTransfer.objects.exists()
    assert making.edit(people.unlock(network.owner), case).is_owner


def test_an_ended_offer_put_back_in_the_database_gives_nothing(network: Network) -> None:
    """A colleague who writes in the database puts the row back that was there before it was taken back."""
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    for ends in ("taken back", "declined", "over"):
        transfer = offer(network, case)
        row = CaseTransfer.objects.values().get(pk=transfer.pk)
        if ends == "taken back":
            actions.take_back_offer(unlocked=owner, opened=making.edit(owner, case))
        elif ends == "declined":
            colleague = people.unlock(network.colleague)
            actions.decline_offer(unlocked=colleague, offer=access.offer_for(colleague, transfer.id))
        else:
            tick(now=making.later(network.owner, days=8).now)
        making.edit(owner, case)  # the next who opens it
        CaseTransfer.objects.filter(pk=transfer.pk).update(**row)
        with pytest.raises((Denied, errors.WrongState)):
            take(network, transfer)
        CaseTransfer.objects.all().delete()


def test_what_was_entered_in_error_stands_in_nobodys_way(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    owner = people.unlock(network.owner)
    reported = actions.report_error(
        unlocked=owner,
        opened=making.edit(owner, case),
        referral_id=referral.id,
        version=referral.version,
    )
    supervisor = people.unlock(network.a.supervisor)
    supervised = access.supervised_for(supervisor, referral.id)
    actions.enter_in_error(unlocked=supervisor, supervised=supervised, version=reported.version)
    colleague = take(network, offer(network, case))
    assert making.edit(colleague, case).is_owner
    denied(access.sent_referral_for, colleague, referral.id)


def test_row_written_by_a_strange_hand_gets_no_new_key(network: Network) -> None:
    """Well signed by an analyst of the agency, for herself: renewing must not hand her the new secret."""
    owner, analyst = people.unlock(network.owner), people.unlock(network.a.analyst)
    case = making.make_case(owner)
    for unlocked, person in ((analyst, network.a.analyst), (analyst, network.colleague)):
        grants.give_case(
            unlocked=unlocked,
            case=case,
            person=person,
            key=trust.current_person_key(analyst, person.id, today=analyst.today),
            permission=grants.VIEW_CASE,
            secret=b"a secret she does not know......",
            expires_at=analyst.now + timedelta(days=9),
        )
    actions.share_case(
        unlocked=owner, opened=making.edit(owner, case), person=network.a.supervisor, to="view"
    )
    Case.objects.filter(pk=case.pk).update(rotation_due=True)
    making.edit(people.unlock(network.owner), case)
    case.refresh_from_db()
    assert case.key_epoch == 2
    holders = CaseUserPermission.objects.filter(content_object=case).values_list("user_id", flat=True)
    assert set(holders) == {network.owner.id, network.a.supervisor.id}
    # A viewer renews as well, and the owner stays the owner.
    Case.objects.filter(pk=case.pk).update(rotation_due=True)
    assert access.case_for(people.unlock(network.a.supervisor), case.id).card().alias == "Lola"
    case.refresh_from_db()
    assert case.key_epoch == 3
    assert making.edit(people.unlock(network.owner), case).is_owner
    assert not access.case_for(people.unlock(network.a.supervisor), case.id).is_owner


def test_share_that_ended_by_its_date_renews_the_keys_at_the_next_look(network: Network) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    actions.share_case(unlocked=owner, opened=making.edit(owner, case), person=network.colleague, to="view")
    colleague = people.unlock(network.colleague)
    old = access.case_for(colleague, case.id).secret
    later = making.later(network.owner, days=31)
    denied(access.case_for, making.later(network.colleague, days=31), case.id)
    opened = making.edit(later, case)  # no clock has run
    assert (opened.case.key_epoch, opened.card().alias) == (2, "Lola")
    assert opened.secret != old
    tick(now=later.now)
    assert not CaseUserPermission.objects.filter(user=network.colleague).exists()
    # With the clock first: marked, logged once, renewed by the next.
    actions.share_case(unlocked=later, opened=making.edit(later, case), person=network.colleague, to="view")
    much_later = making.later(network.owner, days=70)
    for _twice in range(2):
        tick(now=much_later.now)
    assert log.newest(network.a)[0].action == "case.share_end"
    case.refresh_from_db()
    assert case.rotation_due
    assert making.edit(much_later, case).case.key_epoch == 3


def test_offer_of_somebody_who_left_gives_nothing(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    transfer = offer(network, case)
    colleague = people.unlock(network.colleague)
    looked_at = access.offer_for(colleague, transfer.id)
    accounts.remove_person(people.unlock(network.a.administrator), person=network.owner)
    with pytest.raises(errors.SomeoneWasQuicker):
        actions.take_case(unlocked=colleague, offer=looked_at)
    with pytest.raises(Denied):  # it ended with who made it
        access.offer_for(people.unlock(network.colleague), transfer.id)
    denied(access.case_for, colleague, case.id)


def test_pages_from_offer_to_taking(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    owner, colleague = (people.step_up(pages.client_of(one)) for one in (network.owner, network.colleague))
    url = pages.page("case_transfer", case.id)
    html = pages.text(owner, url)
    empty = owner.post(url, pages.filled(html))
    assert empty.status_code == 422
    answers = pages.filled(html, person=str(network.colleague.pk), shares="end")
    check = owner.post(url, answers)
    assert check.status_code == 200
    assert not CaseTransfer.objects.exists()  # only looked at
    assert network.colleague.display_name in check.content.decode()
    for _twice in range(2):
        assert owner.post(url, answers | {"checked": "1"}).status_code == 303
    transfer = CaseTransfer.objects.get()
    assert 'data-test="offered"' in pages.text(owner, pages.page("case", case.id))
    home = pages.text(colleague, pages.page("needs_me"))
    offer_url = pages.page("offer", transfer.id)
    assert offer_url in home
    html = pages.text(colleague, offer_url)
    assert "Lola" not in html
    for again in (pages.filled(html, answer="take"), pages.filled(html, answer="take", key=str(uuid4()))):
        done = colleague.post(offer_url, again)
        assert done["Location"].startswith(pages.page("case", case.id))
    # Looked at again, or answered otherwise, the page says how it stands; and to nobody else.
    for answer in (colleague.get(offer_url), colleague.post(offer_url, pages.filled(html, answer="decline"))):
        assert answer.status_code == (200 if answer.request["REQUEST_METHOD"] == "GET" else 409)
        assert pages.page("case", case.id) in answer.content.decode()
    ended, missing = (owner.get(pages.page("offer", one)) for one in (transfer.id, uuid4()))
    assert (ended.status_code, ended.content) == (404, missing.content)
    assert "Lola" in pages.text(colleague, pages.page("case", case.id))
    assert owner.get(pages.page("case", case.id)).status_code == 404
    home = pages.text(owner, pages.page("needs_me"))
    assert str(case.id) not in home
    assert network.colleague.display_name in home


@pytest.mark.django_db(transaction=True)
@pytest.mark.each_database
def test_taking_against_sharing_one_wins_and_the_other_is_told() -> None:
    """Both wait for the case's row: shared first, the taker's new keys leave it out or keep it, as chosen;
    taken first, the giver shares nothing any more and is told why."""
    network = people.get_network()
    won = set()
    for _round in range(6):
        case = making.make_case(people.unlock(network.owner))
        transfer = offer(network, case)
        owner, colleague = people.unlock(network.owner), people.unlock(network.colleague)
        opened, offered = making.edit(owner, case), access.offer_for(colleague, transfer.id)
        about: dict[str, Any] = {
            "unlocked": owner,
            "opened": opened,
            "person": network.a.supervisor,
            "to": "view",
        }
        shared, taken = both(
            partial(actions.share_case, **about),
            partial(actions.take_case, unlocked=colleague, offer=offered),
        )
        outcome = {"share": shared, "take": taken}
        assert taken == case.id, outcome
        assert shared is None or isinstance(shared, errors.SomeoneWasQuicker), outcome
        won.add("share" if shared is None else "take")
        holders = set(
            CaseUserPermission.objects.filter(content_object=case).values_list("user_id", flat=True)
        )
        assert holders == {network.colleague.id}
        denied(access.case_for, people.unlock(network.a.supervisor), case.id)
        assert making.edit(people.unlock(network.colleague), case).is_owner
    assert won
