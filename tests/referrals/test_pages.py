"""The casework pages over HTTP: every form works, keeps what was typed, and does nothing twice."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from referrals import access
from referrals.models import Case
from services.models import Service
from tests import people
from tests.people import Network
from tests.referrals import making

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_person(network: Network) -> Callable[[Person], Client]:
    """Return a client signed in as somebody."""
    return lambda person: people.sign_in(Client(), person)


@pytest.fixture
def owner(network: Network) -> Client:
    return people.sign_in(Client(), network.owner)


@pytest.fixture
def desk(network: Network) -> Client:
    return people.sign_in(Client(), network.b.intake)


@pytest.fixture
def case(network: Network) -> Case:
    return making.make_case(people.unlock(network.owner))


@pytest.fixture
def service(network: Network) -> Service:
    return making.make_service(network.b.agency)


def page(name: str, *args: Any) -> str:
    return reverse(f"referrals:{name}", args=args)


def hidden(html: str, name: str) -> str:
    """Return the value of a hidden field as the page gave it."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
    assert found, f"no hidden {name}"
    return found[1]


def given(html: str, **answers: Any) -> dict[str, Any]:
    """Return the answers with the hidden key and version of the page's last form."""
    known = {
        name: re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
        for name in ("key", "version", "service", "duty_read")
    }
    return {name: values[-1] for name, values in known.items() if values} | answers


def text(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return response.content.decode()


# --- A case ---


def test_a_new_case_needs_only_an_alias_and_asks_the_rest_step_by_step(
    owner: Client, network: Network
) -> None:
    html = text(owner, page("case_new"))
    response = owner.post(page("case_new"), given(html, alias="Lola"))
    case = Case.objects.get()
    assert response.status_code == 303
    assert response["Location"] == f"{page('case_edit', case.id, 'contact')}?new=1&done=case-opened"
    step = text(owner, response["Location"])
    response = owner.post(f"{page('case_edit', case.id, 'contact')}?new=1", given(step, hours="mornings"))
    assert response["Location"] == f"{page('case_edit', case.id, 'incident')}?new=1"
    opened = access.case_for(people.unlock(network.owner), case.id)
    assert opened.card().alias == "Lola"
    assert opened.card().safe_contact.hours == "mornings"
