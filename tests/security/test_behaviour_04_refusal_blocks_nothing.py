"""Behaviour 4: a no is an answer of equal standing and closes no other help, nor the same one later."""

import re

import pytest

from referrals import actions
from referrals.models.referrals import State
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import SENDING, client_of, decide, filled, page, text

pytestmark = pytest.mark.django_db


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


def test_after_a_no_every_place_is_offered_and_can_be_sent_to_as_before(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    shelter = making.make_service(network.b.agency)
    owner = client_of(network.owner)

    def offered() -> list[str]:
        found = owner.post(page("case_match", case.id), {"service_type": "safe_house"})
        return re.findall(r'data-service="([^"]+)"', found.content.decode())

    assert offered() == [str(shelter.pk)]
    assert decide(owner, case, shelter, decision="refused").status_code == 303
    assert offered() == [str(shelter.pk)]
    to_send = decide(owner, case, shelter)["Location"].partition("?")[0]
    assert owner.post(to_send, filled(text(owner, to_send)) | SENDING).status_code == 303
