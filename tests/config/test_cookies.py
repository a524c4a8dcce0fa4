"""The privacy page's list of cookies against what the site really sets."""

import pytest
from django.conf import settings
from django.test import Client

from config.cookies import COOKIES
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
