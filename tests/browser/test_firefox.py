"""Firefox keeps pages and typed words in other ways than Chromium: what it gives back and writes down."""

import os
import time
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.test import Client
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.marionette import Firefox, find, firefox
from tests.people import Network, sign_in, unlock
from tests.referrals import making

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "half a thought about her"
SENT = "sentandputright"
HERS = (WORDS, SENT, "Lola")
SEND = f"""
document.querySelector("[name=channel][value=call]").checked = true;
document.querySelector("[name=safe_word]").value = "{SENT} +998 00 111 22 33";
document.querySelector("[data-test=save]").click()"""  # no number belongs there, so the page comes back


def typed(browser: Firefox) -> str:
    return str(browser.run("return document.querySelector('[name=text]')?.value ?? ''"))


def until_true(browser: Firefox, script: str) -> None:
    until = time.monotonic() + 60
    while browser.run(script) is not True:
        assert time.monotonic() < until, script
        time.sleep(0.1)


def test_leaving_gives_nothing_back_in_firefox_nor_to_a_restored_tab(
    live_server: LiveServer, network: Network, settings: Settings, tmp_path: Path
) -> None:
    path = find()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no Firefox, and CI never skips the browser tests.")
        pytest.skip("There is no Firefox. Install it with:  apt install firefox-esr")
    away = live_server.url.replace("localhost", "127.0.0.1") + "/privacy/"
    settings.QUICK_EXIT_TARGETS = [away]
    case = making.make_case(unlock(network.owner))
    page = f"{live_server.url}/work/cases/{case.id}/"
    cookies = sign_in(Client(), network.owner).cookies
    with firefox(path, tmp_path) as browser:
        browser.open(f"{live_server.url}/accessibility/")
        for name in (site_settings.SESSION_ID_COOKIE, site_settings.SESSION_HALF_COOKIE):
            browser.ask("WebDriver:AddCookie", {"cookie": {"name": name, "value": cookies[name].value}})
        browser.open(page)
        assert browser.run("return document.querySelector('h1').textContent") == "Lola"
        browser.run(f"document.querySelector('[name=text]').value = {WORDS!r}")
        for name in HERS:
            assert name not in browser.kept_for_restoring(), "not even while the page is open"
        browser.open(f"{page}edit/contact/")
        browser.run(SEND)
        until_true(browser, "return document.querySelector('.summary-of-errors') !== null")
        for name in HERS:
            assert name not in browser.kept_for_restoring(), "nor what a form sent"
        browser.open(page)
        browser.run(f"document.querySelector('[name=text]').value = {WORDS!r}")
        browser.open(away)
        browser.back()
        assert browser.run("return location.href") == page, "nobody left: she is still signed in"
        assert typed(browser) == ""
        browser.run(f"document.querySelector('[name=text]').value = {WORDS!r}")
        browser.run("document.getElementById('exit').click()")
        until_true(browser, f"return location.href === {away!r}")
        for name in HERS:
            assert name not in browser.kept_for_restoring()
        browser.open(page)
        assert "/sign-in/" in browser.run("return location.href")
        browser.back()
        browser.back()
        assert all(name not in browser.run("return document.body.innerText") for name in HERS)
