"""Behaviour 20: before she decides she hears what the recipient must do by law and who receives it, and
nothing that tells who she is is ticked for her."""

import re

import pytest
from django.test import Client

from referrals import errors
from referrals.models import Case
from services.codes import LegalDuty
from services.models import Organization, Service
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, decide, page, text
from tests.referrals.sending import Ready, nothing_leaves

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(network: Network) -> Client:
    return client_of(network.owner)


@pytest.fixture
def case(network: Network) -> Case:
    return making.make_case(people.unlock(network.owner))


@pytest.fixture
def service(network: Network) -> Service:
    return making.make_service(network.b.agency, duty=LegalDuty.POLICE)


def test_the_law_is_read_before_she_is_asked(owner: Client, case: Case, service: Service) -> None:
    url = page("consent_new", case.id)
    response = owner.post(url, {"service": service.pk, "step": "decide"})
    assert 'data-test="agrees"' not in response.content.decode()
    assert 'data-test="duty"' in response.content.decode()
    assert str(LegalDuty.POLICE.label) in response.content.decode()


def test_the_page_names_who_receives_it_beside_the_name_of_the_listing(
    network: Network, owner: Client, case: Case, service: Service
) -> None:
    """A listing may call itself like somebody else: what she hears is also whose desk reads it."""
    Organization.objects.filter(pk=service.organization_id).update(name="The well-known centre")
    url = page("consent_new", case.id)
    for step in ({"step": "duty"}, {"step": "decide", "read_aloud": "on"}):
        html = owner.post(url, {"service": service.pk} | step).content.decode()
        assert "The well-known centre" in html
        assert f"Received by: {network.b.agency.name}" in html
    to_send = decide(owner, case, service)["Location"].partition("?")[0]
    assert network.b.agency.name in text(owner, to_send)


def test_nothing_of_hers_is_ticked_for_her(owner: Client, case: Case, service: Service) -> None:
    answers = {"service": service.pk, "step": "decide", "read_aloud": "on"}
    html = owner.post(page("consent_new", case.id), answers).content.decode()
    told = [tag for tag in re.findall(r"<input[^>]*>", html) if 'name="told"' in tag]
    assert len(told) > 5
    assert not [tag for tag in told if "checked" in tag]


@pytest.mark.parametrize(
    "change",
    [
        {"legal_notification_duty": LegalDuty.POLICE},
        {"legal_notification_note": "They tell the police of everything now."},
    ],
)
def test_legal_duty_that_changed_since(network: Network, change: dict[str, str]) -> None:
    ready = Ready(network)
    Organization.objects.filter(pk=ready.service.organization_id).update(**change)
    with nothing_leaves(errors.LegalDutyNotShown):
        ready.send()
