"""What she agreed to, field by field; refusal; withdrawal; the end of a consent."""

import dataclasses
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from audit.errors import Denied
from referrals import access, actions, errors
from referrals.models import (
    Referral,
    UnmetNeed,
)
from referrals.models.referrals import State
from tests import people
from tests.people import Network
from tests.referrals import making, pages

pytestmark = pytest.mark.django_db

# What stands in every packet: what is asked for, and whom the desk calls about it.


@pytest.mark.parametrize("agrees", [True, False])
def test_refusal_is_counted_only_where_she_agreed(network: Network, agrees: bool) -> None:
    unlocked = people.unlock(network.owner)
    card = dataclasses.replace(making.CARD, statistics_consent=agrees)
    opened = making.edit(unlocked, making.make_case(unlocked, card=card))
    actions.record_refusal(
        unlocked=unlocked, opened=opened, service_id=making.make_service(network.b.agency).id
    )
    # Words typed where a district belongs do not reach the clear column.
    assert [need.district for need in UnmetNeed.objects.all()] == ([""] if agrees else [])


def test_nothing_new_is_sent_under_a_yes_after_she_said_no_to_the_same_service(network: Network) -> None:
    # Three minutes: what is written down is so to the second.
    early, owner, later = (people.unlock(network.owner) for _ in range(3))
    early.now, owner.now = later.now - timedelta(minutes=2), later.now - timedelta(minutes=1)
    case, service = making.make_case(early), making.make_service(network.b.agency)
    yes = making.consent_to(early, making.edit(early, case), service)
    client, send = pages.client_of(network.owner), pages.page("consent_send", case.id, yes)
    assert send in pages.text(client, pages.page("case", case.id))
    other = making.make_service(network.b.agency, name="Lawyers")
    for refused, status in ((other, 200), (service, 303)):
        actions.record_refusal(
            unlocked=owner, opened=making.edit(owner, case), service_id=refused.id, purpose=""
        )
        assert client.get(send).status_code == status
    assert send not in pages.text(client, pages.page("case", case.id))
    with pytest.raises(errors.ConsentMissing):
        making.send_under(owner, making.edit(owner, case), yes)
    # Asked again she agrees: her last word counts.
    again = making.consent_to(later, making.edit(later, case), service)
    assert making.send_under(later, making.edit(later, case), again).state == State.SENT


def test_withdrawal_and_cancel_read_the_same(network: Network) -> None:
    case, _, referral = making.make_referral(network)
    owner = people.unlock(network.owner)
    actions.cancel(
        unlocked=owner, opened=making.edit(owner, case), referral_id=referral.id, version=referral.version
    )
    ended = access.ended_packet_for(people.unlock(network.b.intake), referral.id)
    assert ended is not None
    assert ended.how == "closed_by_referrer"


def test_withdrawal_ends_only_what_was_sent_under_it(network: Network) -> None:
    case, consent, first = making.make_referral(network)
    owner = people.unlock(network.owner)
    opened = making.edit(owner, case)
    legal = making.make_service(network.b.agency, service_type="legal_assistance", name="Lawyers")
    second = making.send_under(owner, opened, making.consent_to(owner, opened, legal))
    assert actions.withdraw_consent(unlocked=owner, opened=opened, consent_id=consent) == 1
    assert Referral.objects.get(pk=first.id).state == State.CONSENT_WITHDRAWN
    assert access.packet_for(people.unlock(network.b.intake), second.id).opaque.service_name == "Lawyers"


def test_expired_referral_is_never_shown_as_live(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    late = making.later(network.b.intake, hours=24, seconds=1)
    assert Referral.objects.get(pk=referral.id).state == State.SENT
    assert referral.state_at(late.now) == State.EXPIRED
    assert list(access.inbox_for(late)) == []
    with pytest.raises(Denied):
        access.packet_for(late, referral.id)
    early = making.packet(people.unlock(network.b.intake), referral)
    with pytest.raises(errors.WrongState):
        actions.claim(unlocked=late, packet=early)
    with pytest.raises(errors.WrongState):
        actions.accept(unlocked=late, packet=early, version=referral.version)


def test_overdue_is_derived(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    sent = referral.sent_at
    assert not referral.is_overdue_at(sent + timedelta(hours=3, minutes=59))
    assert referral.is_overdue_at(sent + timedelta(hours=4))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fields": []}, "fields"),
        ({"purpose": ""}, "purpose"),
        ({"given_by": ""}, "given_by"),
        ({"given_by": "guardian_with_assent"}, "given_by"),
        ({"how": ""}, "how"),
        ({"language": ""}, "language"),
        ({"points_explained": ["what_is_shared"]}, "points_explained"),
        ({"fields": ["passport"]}, "fields"),
    ],
)
def test_consent_that_is_not_complete(network: Network, change: dict[str, Any], field: str) -> None:
    unlocked = people.unlock(network.owner)
    opened = making.edit(unlocked, making.make_case(unlocked))
    service = making.make_service(network.b.agency)
    with pytest.raises(errors.Invalid) as caught:
        making.consent_to(unlocked, opened, service, **change)
    assert set(caught.value.fields) == {field}


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_consent_lasts_at_most_ninety_days(network: Network, days: int) -> None:
    unlocked = people.unlock(network.owner)
    opened = making.edit(unlocked, making.make_case(unlocked))
    service = making.make_service(network.b.agency)
    with pytest.raises(errors.Invalid):
        making.consent_to(unlocked, opened, service, expires_at=unlocked.now + timedelta(days=days))


def test_consent_lasts_thirty_days_unless_said(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    opened = making.edit(unlocked, making.make_case(unlocked))
    consent = opened.consent(making.consent_to(unlocked, opened, making.make_service(network.b.agency)))
    assert consent.content.is_active_at(unlocked.now + timedelta(days=29, hours=23))
    assert not consent.content.is_active_at(unlocked.now + timedelta(days=30))


def test_same_withdrawal_posted_twice(network: Network) -> None:
    case, consent, _ = making.make_referral(network)
    owner, form = people.unlock(network.owner), uuid4()
    opened = making.edit(owner, case)
    assert actions.withdraw_consent(unlocked=owner, opened=opened, consent_id=consent, once=form) == 1
    assert actions.withdraw_consent(unlocked=owner, opened=opened, consent_id=consent, once=form) == 0


def test_a_key_used_for_another_form_takes_nothing_from_a_withdrawal(network: Network) -> None:
    case, consent, _ = making.make_referral(network)
    owner = people.unlock(network.owner)
    opened = making.edit(owner, case)
    form = uuid4()
    actions.add_note(unlocked=owner, opened=opened, text="a note", once=form)
    assert actions.withdraw_consent(unlocked=owner, opened=opened, consent_id=consent, once=form) == 1
    assert actions.open_case(unlocked=owner, card=making.CARD, once=form).id != case.id
    assert Referral.objects.get().state == State.CONSENT_WITHDRAWN
