"""The supervisor's day in a real browser: a number at a page, what waits too long, and the timers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from referrals.actions.clock import tick
from tests.browser.conftest import PHONE, NewPage
from tests.browser.test_interface import overflow
from tests.people import Network, sign_in
from tests.referrals import making

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_supervisor_finds_what_is_late_and_decides_how_long_it_may_take(
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
    page = new_page(size=PHONE)
    cookies = sign_in(Client(), network.a.supervisor).cookies
    page.context.add_cookies(
        [{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in cookies.items()]
    )
    page.goto("/account/")
    link = page.get_by_role("link", name="Waiting too long 1 update")
    link.click()
    expect(page.locator("[data-test=late]")).to_contain_text("We sent it to Agency B.")
    expect(page.locator(".nav__updates")).to_have_count(0)
    assert overflow(page) <= 0
    check_accessible(page)
    page.get_by_role("link", name="How long answers may take").click()
    page.get_by_label("Urgent: answer within hours").fill("12")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("later than the answer is due").first).to_be_visible()
    assert overflow(page) <= 0
    page.get_by_label("Urgent: answer within hours").fill("6")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Version 1, decided on")).to_be_visible()
    check_accessible(page)
    page.goto("/account/notices/")
    assert overflow(page) <= 0
    check_accessible(page)
