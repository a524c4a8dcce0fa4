"""Behaviour 2: only the fields she ticked are told, one by one, on pages, in the API and in lists."""

import dataclasses
from datetime import timedelta

import pytest

from referrals import access, codes, disclosure
from referrals.payload import IdentityPart, OpaquePart
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.markers import Marked
from tests.referrals.pages import client_of, page, text

pytestmark = pytest.mark.django_db

# What stands in every packet: what is asked for, and whom the desk calls about it.
ALWAYS_OPAQUE = {
    *("service_id", "service_name", "service_type", "urgency", "how_to_reach_worker"),
    "hold_id",  # of a place in a shelter; nothing of hers
    "until",  # a day that she chose when she ended it earlier
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


def test_no_page_list_or_answer_of_the_api_tells_more(network: Network) -> None:
    """Every text of the case is marked, three fields are ticked, the desk accepts and reads everything."""
    marked = Marked()
    _, _, referral = making.make_referral(
        network, fields=["alias", "phone", "safe_contact"], **marked.sections()
    )
    making.take(people.unlock(network.b.intake), referral)
    desk = client_of(network.b.intake)
    told = {name for name in marked.found if name.startswith("card.safe_contact.")} | {
        "card.alias",
        "identity.phone",
    }
    assert _shown(marked, text(desk, page("packet", referral.pk))) <= told
    assert _shown(marked, text(desk, f"/api/v1/inbox/{referral.pk}/")) == told
    for url in (page("inbox"), "/api/v1/inbox/", f"/directory/?q={marked.card.alias}"):
        assert _shown(marked, text(desk, url).replace(f'value="{marked.card.alias}"', "")) <= told
    second = client_of(network.b.intake2)
    for url in (
        page("packet", referral.pk),
        page("inbox"),
        "/api/v1/inbox/",
    ):
        assert _shown(marked, text(second, url)) == set()
    assert _shown(marked, text(second, f"/api/v1/inbox/{referral.pk}/")) == set()


def _shown(marked: Marked, html: str) -> set[str]:
    return {name for name, word in marked.found.items() if word in html}


def test_every_field_of_a_consent_leads_somewhere() -> None:
    parts = set(disclosure._IDENTITY) | set(disclosure._OPAQUE)
    assert parts == set(codes.Field.values)
    assert set(disclosure._OPAQUE) == codes.OPAQUE_FIELDS


def test_shapes_of_a_packet_hold_nothing_else() -> None:
    """A field added to a part must be a consented one: else it would leave without being asked for."""
    opaque = {name for _, name in disclosure._OPAQUE.values()} | ALWAYS_OPAQUE
    assert {one.name for one in dataclasses.fields(OpaquePart)} == opaque
    assert {one.name for one in dataclasses.fields(IdentityPart)} == {
        *disclosure._IDENTITY,
        "fields",
        "until",
    }
