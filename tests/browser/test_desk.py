"""The provider's desk in a real browser: three taps on the smallest phone, and a line that breaks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from services import actions
from services.codes import AvailabilitySource
from services.models import AvailabilityReport, Service
from tests.browser.conftest import NewPage, Watch
from tests.browser.test_interface import SMALLEST, overflow
from tests.people import Network, sign_in
from tests.referrals import making

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(network: Network, live_server: LiveServer, new_page: NewPage) -> Page:
    """Somebody at the desk of agency B, signed in on a phone of 320 × 568, with one shelter."""
    making.make_service(network.b.agency, name="Invented shelter with quite a long name")
    cookies = sign_in(Client(), network.b.intake).cookies
    page = new_page(size=SMALLEST)
    page.context.add_cookies(
        [{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in cookies.items()]
    )
    return page


def test_three_taps_on_the_smallest_phone_without_scrolling(
    desk: Page, check_accessible: Callable[[Page], None]
) -> None:
    desk.goto("/directory/desk/")
    assert overflow(desk) <= 0
    check_accessible(desk)
    desk.get_by_role("link", name="Has room").tap()
    save = desk.locator("[data-test=save]")
    box, bar = save.bounding_box(), desk.locator(".exit").bounding_box()
    assert box is not None
    assert bar is not None
    assert desk.evaluate("window.scrollY") == 0
    assert box["y"] + box["height"] <= bar["y"], "Save is on the first screen, above the bar"
    check_accessible(desk)
    desk.get_by_text("2", exact=True).tap()
    save.tap()
    expect(desk.locator("[data-test=desk]")).to_contain_text("2 places free")
    expect(desk.locator("[data-test=saved]")).to_contain_text("Saved at")
    check_accessible(desk)
    desk.get_by_role("link", name="Last 30 days").tap()
    expect(desk.locator("svg.chart rect")).to_have_count(1)
    assert overflow(desk) <= 0
    check_accessible(desk)


def test_a_lost_line_says_so_and_keeps_the_tap(desk: Page, watch: Watch) -> None:
    service = Service.objects.get()
    desk.goto(f"/directory/desk/{service.pk}/?status=capacity")
    desk.get_by_text("3", exact=True).tap()
    desk.context.set_offline(True)
    desk.locator("[data-test=save]").tap()
    lost = desk.locator("form [data-lost]")
    expect(lost).to_be_visible()
    expect(lost).to_contain_text("nothing is saved yet")
    expect(desk.locator("#offline")).to_be_hidden()  # it would lie over "Try again"
    expect(desk.get_by_label("3", exact=True)).to_be_checked()
    expect(desk.locator("[data-test=save]")).to_have_text("Try again")
    assert not AvailabilityReport.objects.exists()
    desk.context.set_offline(False)
    desk.locator("[data-test=save]").tap()
    expect(desk.locator("[data-test=desk]")).to_contain_text("3 places free")
    assert AvailabilityReport.objects.count() == 1
    watch.problems[:] = [one for one in watch.problems if "ERR_INTERNET_DISCONNECTED" not in one]
    assert desk.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_tap_of_who_was_signed_out_meanwhile_is_kept_and_sent_when_they_are_back(desk: Page) -> None:
    service = Service.objects.get()
    desk.clock.install()
    desk.goto(f"/directory/desk/{service.pk}/?status=capacity")
    desk.get_by_text("3", exact=True).tap()
    before = desk.context.cookies()
    desk.context.clear_cookies()
    desk.clock.run_for(20_000)
    desk.locator("[data-test=save]").tap()
    bar = desk.locator("#offline")
    expect(bar).to_contain_text("You were signed out.")
    expect(desk.get_by_label("3", exact=True)).to_be_checked()
    assert not AvailabilityReport.objects.exists()
    desk.context.add_cookies([one for one in before if "csrf" not in one["name"]])  # a new token comes
    bar.get_by_role("button", name="Send again").tap()
    expect(desk.locator("[data-test=desk]")).to_contain_text("3 places free")
    assert AvailabilityReport.objects.count() == 1


def test_a_provider_uses_a_link_without_javascript(
    network: Network, new_page: NewPage, check_accessible: Callable[[Page], None]
) -> None:
    service = making.make_service(None)
    _, token = actions.make_provider_link(service=service, lasts=timedelta(days=1), by=None)
    page = new_page(size=SMALLEST, javascript=False)
    page.goto(f"/directory/link/{token}/")
    assert overflow(page) <= 0
    page.get_by_role("link", name="Full").tap()
    page.locator("[data-test=save]").tap()
    expect(page.locator("[data-test=used]")).to_contain_text("You can put a slip right until")
    [report] = AvailabilityReport.objects.all()
    assert (report.status, report.source) == ("no-capacity", AvailabilitySource.PROVIDER_LINK)
