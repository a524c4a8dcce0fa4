"""The supervisor's day in a real browser: a number at a page, what waits too long, and the timers.

``make journeys`` walks it in every way.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from referrals.actions.clock import tick
from tests.browser.conftest import NewPage, Way
from tests.people import Network, sign_in
from tests.referrals import making

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.journey("en-phone")
def test_the_supervisor_finds_what_is_late_and_decides_how_long_it_may_take(
    way: Way,
    network: Network,
    live_server: LiveServer,
    new_page: NewPage,
    check_accessible: Callable[[Page], None],
) -> None:
    _, _, referral = making.make_referral(network)
    type(referral).objects.update(
        respond_by=timezone.now() - timedelta(hours=9), escalate_at=timezone.now() - timedelta(hours=1)
    )
    tick(now=timezone.now())
    page = new_page(**way.options)
    cookies = sign_in(Client(), network.a.supervisor).cookies
    page.context.add_cookies(
        [{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in cookies.items()]
    )
    page.goto("/account/")
    link = page.locator("nav a", has_text=way.says("Waiting too long"))
    if not link.is_visible():
        page.locator(".nav__more summary").click()
    expect(link.locator(".nav__updates")).to_contain_text("1")
    link.click()
    expect(page.locator("[data-test=late]")).to_contain_text("Agency B")
    expect(page.locator(".nav__updates")).to_have_count(0)
    way.look(page, check_accessible)
    page.get_by_role("link", name=way.says("How long answers may take")).click()
    answered, save = page.locator("[name=urgent_answer]"), page.locator("main form .button").first
    answered.fill("12")
    save.click()
    late = way.says("The supervisor is told later than the answer is due.")
    expect(page.get_by_text(late).first).to_be_visible()
    way.look(page, check_accessible)
    answered.fill("6")
    save.click()
    decided = way.says("Version %(number)s, decided on %(date)s.").partition("%(date)")[0]
    expect(page.locator("main")).to_contain_text(decided % {"number": 1})
    way.look(page, check_accessible)
    page.goto("/account/notices/")
    way.look(page, check_accessible)
