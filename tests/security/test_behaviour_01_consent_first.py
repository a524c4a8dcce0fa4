"""Behaviour 1: nothing leaves without her active yes to exactly that organisation, whatever a client says."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from referrals import actions
from referrals.models import Referral
from referrals.models.cases import Section
from services.models import Organization, Service
from tests.people import Network
from tests.referrals.pages import SENDING, client_of, page
from tests.referrals.sending import Ready

pytestmark = pytest.mark.django_db

# What a client could think of to say in her place.
FLAGS = {
    **dict.fromkeys(
        ("force", "override", "consent", "consented", "confirmed", "is_active", "looked_again"), "on"
    ),
    "decision": "given",
    "consent_expires_at": "2099-01-01",
    "version": "1",
    "agency_id": "",
    "withdrawn_at": "",
}


def _missing(ready: Ready) -> UUID:
    return uuid4()


def _refused(ready: Ready) -> UUID:
    return actions.record_refusal(unlocked=ready.unlocked, opened=ready.opened, service_id=ready.service.id)


def _withdrawn(ready: Ready) -> UUID:
    actions.withdraw_consent(unlocked=ready.unlocked, opened=ready.opened, consent_id=ready.consent)
    return ready.consent


def _over(ready: Ready) -> UUID:
    item = ready.opened.consent(ready.consent)
    over = replace(item.content, expires_at=item.content.decided_at)
    assert ready.opened.replace(Section.CONSENTS, item.id, over, revision=item.revision)
    return ready.consent


def _of_another(ready: Ready) -> UUID:
    other = Organization.objects.create(name="Another", agency=ready.service.organization.agency)
    Service.objects.filter(pk=ready.service.pk).update(organization=other)
    return ready.consent


@pytest.mark.parametrize("how", [_missing, _refused, _withdrawn, _over, _of_another])
def test_without_her_yes_no_flag_of_a_client_sends(network: Network, how: Callable[[Ready], UUID]) -> None:
    ready = Ready(network)
    consent = how(ready)
    response = post(network, ready, consent)
    assert response.status_code == (404 if how is _missing else 422)
    assert not Referral.objects.exists()


def post(network: Network, ready: Ready, consent: UUID) -> Any:
    url = page("consent_send", ready.case.id, consent)
    return client_of(network.owner).post(url, {"key": str(uuid4())} | SENDING | FLAGS)


def test_with_it_the_same_post_sends(network: Network) -> None:
    ready = Ready(network)
    assert post(network, ready, ready.consent).status_code == 303
    assert Referral.objects.get().recipient_agency == network.b.agency
