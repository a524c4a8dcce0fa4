"""The privacy page's list of cookies against what the site really sets."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from config.cookies import COOKIES
from tests import people
from tests.people import Network
from tests.security.routes import all_routes

pytestmark = pytest.mark.django_db

LISTED = {cookie.name for cookie in COOKIES}


def test_no_route_sets_a_cookie_that_the_page_does_not_list() -> None:
    for route in all_routes():
        client = Client()
        for response in (client.get(route.path), client.post(route.path)):
            assert set(response.cookies) <= LISTED, route.name


def test_every_cookie_of_the_settings_is_listed() -> None:
    names = {
        value for name, value in vars(settings._wrapped).items() if name.endswith(("_COOKIE", "_COOKIE_NAME"))
    }
    django_only = {"sessionid"}  # Django's session is not installed
    assert names - django_only == LISTED
    assert "django.contrib.sessions" not in settings.INSTALLED_APPS


def test_the_page_lists_each_with_purpose_and_life(client: Client) -> None:
    body = client.get("/privacy/").content.decode()
    for cookie in COOKIES:
        for part in (cookie.name, str(cookie.purpose), str(cookie.life)):
            assert part in body


def test_what_somebody_really_gets_from_signing_in_to_leaving_is_the_list_and_nothing_else(
    network: Network,
) -> None:
    client = Client(enforce_csrf_checks=False)
    given = {}
    steps = [
        client.get("/sign-in/"),
        client.post("/language/", {"language": "ru"}),
        client.post("/names/", {"show": "no"}),
        client.post("/sign-in/", {"name": network.owner.name, "password": people.PASSWORD}),
        client.get("/account/"),
        client.get("/work/"),
    ]
    for answer in steps:
        given |= {name: cookie for name, cookie in answer.cookies.items() if cookie.value}
    # The page itself sets the mark of a lock, and only when the server may not hear of it.
    assert set(given) == LISTED - {settings.LOCK_COOKIE}
    for name, cookie in given.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] in ("Strict", "Lax"), name
        assert not cookie["domain"], name
        # A year for the card of the device; everything else goes when the browser closes.
        assert cookie["max-age"] == (31536000 if name == settings.CARD_COOKIE else ""), name
    left = client.get("/exit/")
    assert {name for name, cookie in left.cookies.items() if cookie["max-age"] == 0} == LISTED
    assert not any(cookie.value for cookie in client.cookies.values())


def test_no_script_of_ours_keeps_anything_in_the_browser() -> None:
    kept = re.compile(r"localStorage|sessionStorage|indexedDB|caches\.|document\.cookie|serviceWorker")
    scripts = sorted((Path(settings.BASE_DIR) / "static" / "js").glob("*.js"))
    assert len(scripts) >= 3
    # But the mark of a lock (listed, without data): there is no other way to lock without a network.
    found = {script.name: kept.findall(script.read_text("utf-8")) for script in scripts}
    assert {name: uses for name, uses in found.items() if uses} == {"hamroh.js": ["document.cookie"]}
    assert "document.cookie = `${lock.dataset.cookie}=now;" in (scripts[0].parent / "hamroh.js").read_text(
        "utf-8"
    )


def test_the_page_says_why_no_banner_asks(client: Client) -> None:
    assert "no banner asks you" in client.get("/privacy/").content.decode()
