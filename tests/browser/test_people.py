"""An administrator invites a colleague, who joins and is activated: in Russian, with the keys alone.

``make journeys`` walks it in every way.
"""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from tests.browser.conftest import NewPage, Way
from tests.browser.test_journey import Keys
from tests.people import Network, sign_in, step_up

NAME = "Шахноза Синова"
PASSWORD = "two rivers meet"


def _send(page: Page) -> None:
    """Press Enter in the last field, as people do who type."""
    page.keyboard.press("Enter")


@pytest.mark.journey("ru-desktop")
def test_inviting_and_joining_by_keyboard(
    way: Way, network: Network, new_page: NewPage, live_server: LiveServer
) -> None:
    keys = Keys()
    client = step_up(sign_in(Client(), network.a.administrator))
    admin, guest = (new_page(**way.options) for _ in range(2))
    admin.context.add_cookies(
        [
            {"name": name, "value": client.cookies[name].value, "url": live_server.url}
            for name in (settings.SESSION_ID_COOKIE, settings.SESSION_HALF_COOKIE)
        ]
    )
    admin.goto("/people/invite/")
    expect(admin.locator("html")).to_have_attribute("lang", way.lang)
    keys.write(admin.locator("[name=display_name]"), NAME)
    keys.write(admin.locator("[name=name]"), "shahnoza")
    keys.choose(admin.locator("[name=roles][value=caseworker]"))
    _send(admin)
    code = admin.locator(".code").inner_text()

    guest.goto("/join/")
    keys.write(guest.locator("[name=code]"), code)
    _send(guest)
    expect(guest.locator(".lead")).to_contain_text(NAME)
    keys.write(guest.locator("[name=new_password]"), PASSWORD)
    keys.write(guest.locator("[name=again]"), PASSWORD + "?")
    _send(guest)
    expect(guest.get_by_text(way.says("The two passwords are not the same.")).last).to_be_visible()
    for field in ("new_password", "again"):
        keys.write(guest.locator(f"[name={field}]"), PASSWORD)
    _send(guest)
    number = guest.locator(".code").last.inner_text()

    admin.goto("/people/")
    keys.press(admin.locator("main a[href$='/activate/']"))
    expect(admin.locator(".code")).to_have_text(number)
    keys.choose(admin.locator("main form.form input[type=checkbox]"))
    _send(admin)
    expect(admin).to_have_url(re.compile(r"/people/\?done=activated$|/people/$"))
    assert Person.objects.get(name="shahnoza").is_active
