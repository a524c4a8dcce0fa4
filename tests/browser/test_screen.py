"""What hides a screen, in a browser: the cover, the lock, and a history that gives nothing back.

Playwright starts Chromium without its back/forward cache, which is what leaving has to withstand; so
the test of the history starts a browser of its own that has it.
"""

import os
from collections.abc import Callable

import pytest
from django.conf import settings
from django.middleware.csrf import CsrfViewMiddleware
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import NO_NETWORK, PHONE, NewPage, Watch
from tests.people import Network, sign_in
from tools import chromium

pytestmark = pytest.mark.django_db(transaction=True)


def bring_session(context: BrowserContext, origin: str, network: Network) -> None:
    """Give a browser the session of a caseworker."""
    cookies = sign_in(Client(), network.owner).cookies
    halves = (settings.SESSION_ID_COOKIE, settings.SESSION_HALF_COOKIE)
    context.add_cookies([{"name": name, "value": cookies[name].value, "url": origin} for name in halves])


def test_a_page_nobody_touches_is_covered_and_keeps_what_was_typed(
    new_page: NewPage, watch: Watch, network: Network, check_accessible: Callable[[Page], None]
) -> None:
    page = new_page(size=PHONE)
    bring_session(page.context, watch.origin, network)
    page.clock.install()
    page.goto("/work/cases/new/")
    typed, cover = page.locator("main input[type=text]").first, page.locator("#cover")
    typed.fill("Lola")
    page.clock.run_for(50_000)
    typed.press("a")
    page.clock.run_for(50_000)
    expect(cover).to_be_hidden()
    page.clock.run_for(11_000)
    expect(cover).to_be_visible()
    expect(page.get_by_role("button", name="Show again")).to_be_focused()
    assert page.evaluate("document.querySelector('main').inert")
    assert "blur" in page.evaluate("getComputedStyle(document.querySelector('main')).filter")
    expect(page.locator("#exit")).to_be_in_viewport()
    check_accessible(page)
    page.keyboard.press("Enter")
    expect(cover).to_be_hidden()
    expect(typed).to_have_value("Lolaa")
    expect(typed).to_be_focused()
    # Left for another tab. Chromium without a screen never hides a tab, so only the event is ours.
    page.evaluate(
        """() => { Object.defineProperty(document, "visibilityState", {value: "hidden"});
          document.dispatchEvent(new Event("visibilitychange")) }"""
    )
    expect(cover).to_be_visible()
    page.keyboard.press("Alt+l")
    expect(page.locator("h1")).to_have_text("Sign in")
    expect(page.locator("main")).to_contain_text("Locked.")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Sign in")


def test_a_page_locked_while_there_is_no_network_leaves_nothing_and_its_return_undoes_nothing(
    new_page: NewPage, watch: Watch, network: Network
) -> None:
    page = new_page(size=PHONE)
    bring_session(page.context, watch.origin, network)
    page.goto("/work/cases/new/")
    page.locator("main input[type=text]").first.fill("Lola")
    page.context.set_offline(True)
    page.locator("#lock button").click()
    expect(page.locator("body")).to_contain_text("Locked.")
    expect(page.locator("main, #cover, #exit")).to_have_count(0)
    page.context.set_offline(False)
    expect(page.locator("h1")).to_have_text("Sign in")
    for undo in (page.go_back, page.reload):
        undo()
        expect(page.locator("h1")).to_have_text("Sign in")


def test_what_was_typed_by_somebody_signed_out_meanwhile_is_kept_and_sent_when_they_are_back(
    new_page: NewPage, watch: Watch, network: Network
) -> None:
    page = new_page(size=PHONE)
    page.clock.install()
    bring_session(page.context, watch.origin, network)
    page.goto("/work/cases/new/")
    page.locator("main input[type=text]").first.fill("Lola")
    before = page.context.cookies()
    page.context.clear_cookies()
    page.clock.run_for(20_000)
    page.locator("[data-test=save]").click()
    bar = page.locator("#offline")
    expect(bar).to_contain_text("You were signed out.")
    expect(bar.get_by_role("link", name="Sign in")).to_be_visible()
    page.context.add_cookies([one for one in before if "csrf" not in one["name"]])  # a new token comes
    bar.get_by_role("button", name="Send again").click()
    expect(page.locator("h1")).to_have_text("How can she be reached safely?")


def test_a_slow_network_is_said_over_the_page_and_the_answer_takes_it_away(
    new_page: NewPage, watch: Watch, network: Network
) -> None:
    page = new_page(size=PHONE)
    bring_session(page.context, watch.origin, network)
    page.goto("/work/cases/new/")
    # Playwright asks a page nothing while another is on its way, so the page itself tells what it says.
    slow = {"offline": False, "latency": 5_000, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    said = page.evaluate(
        """() => new Promise((told) => {
          const bar = document.getElementById("offline");
          new MutationObserver(() => bar.hidden || told(bar.textContent)).observe(bar, {attributes: true});
          document.querySelector('.nav a[href="/directory/"]').click() })"""
    )
    assert "The network is slow." in said
    expect(page).to_have_url(f"{watch.origin}/directory/")
    expect(page.locator("#offline")).to_be_hidden()


def test_leaving_gives_nothing_back_from_the_back_forward_cache(
    browser: Browser,
    live_server: LiveServer,
    network: Network,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A plain link to another site keeps the page with what was typed; leaving does not."""
    away = live_server.url.replace("localhost", "127.0.0.1") + "/privacy/"
    assert not away.startswith(live_server.url)
    settings.QUICK_EXIT_TARGETS = [away]
    own = browser.browser_type.launch(
        executable_path=os.fspath(chromium.find() or ""),
        args=[*chromium.OPTIONS, NO_NETWORK],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    try:
        context = own.new_context(base_url=live_server.url)
        bring_session(context, live_server.url, network)
        page = context.new_page()
        page.goto("/work/")
        # Each page renews the same cookie. Chromium may take that for a change that ends what the page was
        # shown for, and keep nothing; what is asked here is what happens when it does keep it.
        monkeypatch.setattr(CsrfViewMiddleware, "_set_csrf_cookie", lambda *_: None)
        for leave, kept in ((lambda: page.goto(away), True), (page.locator("#exit").click, False)):
            page.goto("/work/cases/new/")
            page.locator("main input[type=text]").first.fill("Lola")
            leave()
            expect(page).to_have_url(away)
            page.go_back(wait_until="commit")  # a page from the cache loads nothing
            if kept:
                expect(page.locator("main input[type=text]").first).to_have_value("Lola")
                expect(page.locator("#cover")).to_be_visible()
            else:
                expect(page.locator("h1")).to_have_text("Sign in")
                assert "/sign-in/" in page.url
                assert "Lola" not in page.content()
    finally:
        own.close()
