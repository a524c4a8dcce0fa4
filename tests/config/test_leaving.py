"""The quick exit: ends everything, leads away, and cannot be set off by another site."""

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import sessions
from accounts.models import Session
from config import checks
from config.cookies import COOKIES
from tests.people import Network, sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["get", "post"])
def test_leaving_deletes_every_cookie_and_leads_to_a_neutral_page(method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    response = getattr(client, method)("/exit/", headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 303
    assert response.headers["Location"] in settings.QUICK_EXIT_TARGETS
    assert response.headers["Cache-Control"] == "no-store"
    for cookie in COOKIES:
        gone = response.cookies[cookie.name]
        assert (gone.value, gone["max-age"], gone["path"], gone["domain"]) == ("", 0, "/", "")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://other.example"},
        {"Referer": "https://other.example/page"},
        {"Referer": "http://testserver.other.example/"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Purpose": "prefetch;prerender"},
    ],
)
def test_another_site_cannot_make_somebody_leave(client: Client, headers: dict[str, str]) -> None:
    response = client.get("/exit/", headers=headers)
    assert response.status_code == 403
    assert not response.cookies
    assert "Leave now" in response.content.decode()


def test_an_old_phone_that_says_nothing_may_leave(client: Client) -> None:
    assert client.get("/exit/").status_code == 303
    assert client.get("/exit/", headers={"Referer": "http://testserver/directory/"}).status_code == 303


def test_one_of_several_neutral_pages_is_picked(client: Client) -> None:
    assert {client.get("/exit/").headers["Location"] for _ in range(60)} == set(settings.QUICK_EXIT_TARGETS)


def test_the_page_about_leaving_says_that_history_stays(client: Client) -> None:
    assert "history stays" in client.get("/exit/about/").content.decode()


def test_leaving_ends_the_session_on_the_server_too(network: Network) -> None:
    client = sign_in(Client(), network.owner)
    kept = {
        name: client.cookies[name].value
        for name in (settings.SESSION_ID_COOKIE, settings.SESSION_HALF_COOKIE)
    }
    assert client.get("/account/").status_code == 200
    client.get("/exit/")
    assert not Session.objects.filter(person=network.owner).exists()
    thief = Client()
    for name, value in kept.items():
        thief.cookies[name] = value
    assert thief.get("/account/").status_code == 302


def test_leaving_works_while_the_database_does_not(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in(Client(raise_request_exception=False), network.owner)

    def down(*args: object, **kwargs: object) -> None:
        raise OperationalError

    monkeypatch.setattr(sessions, "find", down)
    assert client.get("/account/").status_code == 503
    assert client.get("/exit/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 503
    response = client.get("/exit/")
    assert response.status_code == 303
    assert response.cookies[settings.SESSION_HALF_COOKIE].value == ""


def test_the_page_about_leaving_names_where_it_leads_and_the_first_pages_lead_to_it(client: Client) -> None:
    about = client.get("/exit/about/").content.decode()
    for name in ("wikipedia.org", "obhavo.uz", "google.com"):
        assert f">{name}<" in about
    for first in ("/", "/sign-in/", "/join/"):
        body = client.get(first).content.decode()
        assert "You can leave any page at once" in body
        assert "The browser’s history stays" in body
        assert 'href="/exit/about/"' in body


@pytest.mark.parametrize(
    "targets",
    [[], ["http://example.com/"], ["https://"], ["example.com"], ["https://example.com/", "/exit/"]],
)
def test_a_site_that_cannot_be_left_does_not_start(targets: list[str], settings: Settings) -> None:
    settings.QUICK_EXIT_TARGETS = targets
    assert [message.id for message in checks.quick_exit_targets()] == ["hamroh.E003"]
    settings.QUICK_EXIT_TARGETS = ["https://one.example/", "https://two.example/"]
    assert checks.quick_exit_targets() == []
