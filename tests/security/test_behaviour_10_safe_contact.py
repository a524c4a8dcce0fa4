"""Behaviour 10: her number comes after the rules of reaching her, and never where she wants no contact."""

import dataclasses

import pytest

from referrals import access
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, page, text

pytestmark = pytest.mark.django_db

SILENT = dataclasses.replace(
    making.CARD, safe_contact=dataclasses.replace(making.CARD.safe_contact, do_not_contact=True)
)


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


def test_the_page_says_the_rules_before_the_number(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    reach = text(client_of(network.owner), page("case_reach", case.id))
    contact, number = making.CARD.safe_contact, making.IDENTITY.phone
    for rule in (contact.safe_word, contact.hours, contact.note):
        assert reach.index(rule) < reach.index(number)
    in_api = text(client_of(network.owner), f"/api/v1/cases/{case.id}/reach/")
    for rule in (contact.safe_word, contact.hours, contact.note):
        assert in_api.index(rule) < in_api.index(number)
    # Nowhere else on the way there.
    for url in (page("case", case.id), page("needs_me"), f"/api/v1/cases/{case.id}/"):
        assert number not in text(client_of(network.owner), url)


def test_whoever_wants_no_contact_has_no_number_on_any_page(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner), card=SILENT)
    owner = client_of(network.owner)
    in_api = (f"/api/v1/cases/{case.id}/", f"/api/v1/cases/{case.id}/reach/")
    for url in (page("case", case.id), page("case_reach", case.id), *in_api):
        shown = text(owner, url)
        assert making.IDENTITY.phone not in shown
        assert "444 55 66" not in shown  # of who may be reached instead of her
