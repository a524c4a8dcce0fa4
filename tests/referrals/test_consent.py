"""What she agreed to, field by field; refusal; withdrawal; the end of a consent."""

import dataclasses
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from audit.errors import Denied
from referrals import access, actions, codes, disclosure, errors
from referrals.models import (
    Referral,
    ReferralGroupPermission,
    ReferralHalf,
    ReferralUserPermission,
    UnmetNeed,
)
from referrals.models.referrals import LIVE, State
from referrals.payload import IdentityPart, OpaquePart
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.markers import Marked

pytestmark = pytest.mark.django_db

# What stands in every packet: what is asked for, and whom the desk calls about it.
ALWAYS_OPAQUE = {
    *("service_id", "service_name", "service_type", "urgency", "how_to_reach_worker"),
    "hold_id",  # of a place in a shelter; nothing of hers
}


@pytest.mark.parametrize("field", codes.Field.values)
def test_one_tick_discloses_one_field(network: Network, field: str) -> None:
    incident = dataclasses.replace(
        making.INCIDENT, clinical_window_ends_at=people.unlock(network.owner).now + timedelta(hours=9)
    )
    # A number cannot be ticked alone: the safe contact goes with it, and nothing besides.
    ticked = {field, "safe_contact"} if field in codes.NUMBERS else {field}
    _, _, referral = making.make_referral(network, fields=sorted(ticked), incident=incident)
    desk = people.unlock(network.b.intake)
    opaque = set(access.packet_for(desk, referral.id).opaque.to_json()) - ALWAYS_OPAQUE
    expected = {"clinical_window_ends_at" if field == "clinical_window" else field}
    assert opaque == (expected if field in codes.OPAQUE_FIELDS else set())
    making.take(desk, referral)
    identity = set(access.identity_for(desk, referral.id).to_json()) - {"fields"}
    only_opaque = field in ("household_size", "access_needs", "clinical_window")
    assert identity == (set() if only_opaque else ticked)


def test_every_field_of_a_consent_leads_somewhere() -> None:
    parts = set(disclosure._IDENTITY) | set(disclosure._OPAQUE)
    assert parts == set(codes.Field.values)
    assert set(disclosure._OPAQUE) == codes.OPAQUE_FIELDS


def test_shapes_of_a_packet_hold_nothing_else() -> None:
    """A field added to a part must be a consented one: else it would leave without being asked for."""
    opaque = {name for _, name in disclosure._OPAQUE.values()} | ALWAYS_OPAQUE
    assert {one.name for one in dataclasses.fields(OpaquePart)} == opaque
    assert {one.name for one in dataclasses.fields(IdentityPart)} == {*disclosure._IDENTITY, "fields"}


def test_desk_reads_no_word_of_hers_before_accepting(network: Network) -> None:
    """Every text of the case is marked, everything is consented, and the desk's part has none of it."""
    marked = Marked()
    case, consent, referral = making.make_referral(
        network, fields=list(codes.Field.values), **marked.sections()
    )
    opaque = access.packet_for(people.unlock(network.b.intake), referral.id).opaque
    text = json.dumps(opaque.to_json(), ensure_ascii=False)
    assert [name for name, word in marked.found.items() if word in text] == []
    for hidden in (case.id, consent, network.owner.id, referral.id):
        assert str(hidden) not in text


def test_worker_reads_the_consented_words_and_no_other(network: Network) -> None:
    marked = Marked()
    _, _, referral = making.make_referral(
        network, fields=["alias", "phone", "safe_contact"], **marked.sections()
    )
    desk = people.unlock(network.b.intake)
    making.take(desk, referral)
    text = json.dumps(access.identity_for(desk, referral.id).to_json(), ensure_ascii=False)
    shown = {name for name, word in marked.found.items() if word in text}
    safe_contact = {name for name in marked.found if name.startswith("card.safe_contact.")}
    assert shown == {"card.alias", "identity.phone"} | safe_contact


def test_refusal_blocks_nothing_else(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    opened = making.edit(unlocked, making.make_case(unlocked))
    shelter = making.make_service(network.b.agency)
    legal = making.make_service(network.b.agency, service_type="legal_assistance", name="Lawyers")
    actions.record_refusal(unlocked=unlocked, opened=opened, service_id=shelter.id)
    consent = making.consent_to(unlocked, opened, legal)
    assert making.send_under(unlocked, opened, consent).state == State.SENT
    # And she may change her mind about the very same service.
    again = making.consent_to(unlocked, opened, shelter)
    assert making.send_under(unlocked, opened, again).state == State.SENT


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


@pytest.mark.parametrize("state", sorted(LIVE))
def test_withdrawal_ends_access_at_the_next_request(network: Network, state: str) -> None:
    case, consent, referral = making.make_referral(network)
    desk = people.unlock(network.b.intake)
    if state == State.NEEDS_INFO:
        referral = making.ask(desk, referral)
    elif state != State.SENT:
        referral = making.take(desk, referral)
        assert access.identity_for(desk, referral.id).alias == "Lola"
    if state in (State.IN_PROGRESS, State.DELIVERED):
        referral = actions.start(
            unlocked=desk, packet=making.packet(desk, referral), version=referral.version
        )
    if state == State.DELIVERED:
        referral = actions.deliver(
            unlocked=desk,
            packet=making.packet(desk, referral),
            outcome="partly",
            version=referral.version,
        )
    assert referral.state == state
    held = making.packet(desk, referral)
    desk.finish()

    owner = people.unlock(network.owner)
    actions.withdraw_consent(unlocked=owner, opened=making.edit(owner, case), consent_id=consent)

    assert set(ReferralHalf.objects.values_list("part", flat=True)) == {"sender"}
    assert not ReferralGroupPermission.objects.exists()
    assert not ReferralUserPermission.objects.filter(user__agency=network.b.agency).exists()
    desk = people.unlock(network.b.intake)
    for door in (access.packet_for, access.identity_for):
        with pytest.raises(Denied):
            door(desk, referral.id)
    assert list(access.inbox_for(desk)) == []
    ended = access.ended_packet_for(desk, referral.id)
    assert ended is not None
    assert ended.how == "closed_by_referrer"
    # Whoever had the page open can do nothing with it either.
    now = Referral.objects.get(pk=referral.id)
    for act in (actions.claim, actions.start):
        with pytest.raises((errors.WrongState, Denied)):
            act(unlocked=desk, packet=held, version=now.version)


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


def test_consent_that_ends_closes_the_packet_without_a_clock(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    desk = people.unlock(network.b.intake)
    making.take(desk, referral)
    over = making.later(network.b.intake, days=31)
    for door in (access.packet_for, access.identity_for):
        with pytest.raises(Denied):
            door(over, referral.id)
    assert list(access.inbox_for(over)) == []


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


def test_do_not_contact_wins_over_every_tick(network: Network) -> None:
    """A number that was ticked does not leave, also where the safe contact itself was not ticked."""
    card = dataclasses.replace(
        making.CARD, safe_contact=dataclasses.replace(making.CARD.safe_contact, do_not_contact=True)
    )
    _, _, referral = making.make_referral(
        network, fields=["alias", "phone", "third_party", "safe_contact"], card=card
    )
    desk = people.unlock(network.b.intake)
    making.take(desk, referral)
    identity = access.identity_for(desk, referral.id)
    assert (identity.alias, identity.phone, identity.third_party) == (making.CARD.alias, "", "")


def test_a_key_used_for_another_form_takes_nothing_from_a_withdrawal(network: Network) -> None:
    case, consent, _ = making.make_referral(network)
    owner = people.unlock(network.owner)
    opened = making.edit(owner, case)
    form = uuid4()
    actions.add_note(unlocked=owner, opened=opened, text="a note", once=form)
    assert actions.withdraw_consent(unlocked=owner, opened=opened, consent_id=consent, once=form) == 1
    assert actions.open_case(unlocked=owner, card=making.CARD, once=form).id != case.id
    assert Referral.objects.get().state == State.CONSENT_WITHDRAWN
