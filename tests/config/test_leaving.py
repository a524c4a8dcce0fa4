"""The quick exit: ends everything, leads away, and cannot be set off by another site."""

import pytest
from django.conf import settings
from django.test import Client

from config.cookies import COOKIES

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
