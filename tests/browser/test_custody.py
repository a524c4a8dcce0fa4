"""Who holds what, in a real browser: a roster, a referral given on, a case handed over, an emergency."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from referrals import access
from referrals.models import EmergencyOpening
from tests import people
from tests.browser.conftest import DESKTOP, PHONE, NewPage
from tests.browser.test_interface import overflow
from tests.people import Network, sign_in, step_up
from tests.referrals import making

pytestmark = pytest.mark.django_db(transaction=True)


class Hands:
    """Pages of people at one size of screen, each looked at: no sideways scroll, accessible."""

    def __init__(
        self, origin: str, new_page: NewPage, check: Callable[[Page], None], size: dict[str, int]
    ) -> None:
        self._origin, self._new_page, self._check, self._size = origin, new_page, check, size

    def page_of(self, person: Person, path: str) -> Page:
        page = self._new_page(size=self._size)
        cookies = step_up(sign_in(Client(), person)).cookies
        page.context.add_cookies(
            [{"name": name, "value": one.value, "url": self._origin} for name, one in cookies.items()]
        )
        page.goto(path)
        return page

    def look(self, page: Page, name: str) -> None:
        assert overflow(page) <= 0, name
        self._check(page)
        if folder := os.environ.get("HAMROH_TEST_PICTURES"):
            path = Path(folder) / f"custody-{name}-{self._size['width']}.png"
            page.screenshot(path=path, full_page=True)


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def hands(
    request: pytest.FixtureRequest,
    live_server: LiveServer,
    new_page: NewPage,
    check_accessible: Callable[[Page], None],
) -> Hands:
    return Hands(live_server.url, new_page, check_accessible, request.param)


def test_a_roster_and_a_referral_given_on(network: Network, hands: Hands) -> None:
    _, _, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake), referral)
    page = hands.page_of(network.b.administrator, "/work/duty/")
    hands.look(page, "duty-empty")
    page.get_by_label("Who?").select_option(label=network.b.worker.display_name)
    page.get_by_label("Monday").check()
    page.get_by_label("From").fill("09:00")
    page.get_by_label("Until").fill("17:00")
    page.get_by_role("button", name="Put on duty").click()
    expect(page.locator("[data-test=roster]")).to_contain_text(network.b.worker.display_name)
    hands.look(page, "duty")

    page = hands.page_of(network.b.intake, f"/work/inbox/{referral.pk}/")
    page.get_by_role("link", name="Give it to a colleague").click()
    page.get_by_label(network.b.worker.display_name).check()
    hands.look(page, "assign")
    page.get_by_role("button", name="Give it to them").click()
    expect(page.get_by_role("heading", name="What I work on")).to_be_visible()
    page.goto(f"/work/inbox/{referral.pk}/")
    expect(page.locator("[data-test=handed]")).to_contain_text(network.b.worker.display_name)
    hands.look(page, "handed")


def test_a_case_handed_over_and_opened_in_an_emergency(network: Network, hands: Hands) -> None:
    case = making.make_case(people.unlock(network.owner))
    page = hands.page_of(network.owner, f"/work/cases/{case.id}/")
    page.get_by_role("link", name="Hand the case over").click()
    page.get_by_label(network.colleague.display_name).check()
    hands.look(page, "transfer")
    page.get_by_role("button", name="Go on").click()
    hands.look(page, "transfer-check")
    page.get_by_role("button", name="Offer the case").click()
    expect(page.locator("[data-test=offered]")).to_be_visible()
    hands.look(page, "case-offered")

    page = hands.page_of(network.a.supervisor, "/work/emergencies/ask/")
    page.get_by_label("Which case?").fill(access.reference_of(case))
    page.get_by_label("She is in danger now").check()
    hands.look(page, "emergency-ask")
    page.get_by_role("button", name="Go on").click()
    hands.look(page, "emergency-check")
    page.get_by_role("button", name="Ask a custodian").click()
    opening = EmergencyOpening.objects.get()
    waiting = hands.page_of(network.a.custodian, f"/work/emergencies/{opening.pk}/")
    hands.look(waiting, "emergency-release")
    waiting.get_by_label("Yes, release it").check()
    waiting.get_by_role("button", name="Answer").click()
    hands.look(waiting, "emergencies")
    page.goto(f"/work/emergencies/{opening.pk}/")
    hands.look(page, "emergency-open")
    page.get_by_role("button", name="Open the case").click()
    expect(page.locator("[data-test=emergency]")).to_be_visible()
    hands.look(page, "emergency-case")

    page = hands.page_of(network.owner, "/work/")
    hands.look(page, "home")
    page = hands.page_of(network.colleague, "/work/")
    page.get_by_role("link", name="Look at the offer").click()
    hands.look(page, "offer")
    page.get_by_label("Yes, I take it over").check()
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_role("heading", name="Lola")).to_be_visible()
    hands.look(page, "case-taken")
