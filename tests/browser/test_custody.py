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


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_what_is_given_from_hand_to_hand(
    network: Network,
    live_server: LiveServer,
    new_page: NewPage,
    check_accessible: Callable[[Page], None],
    size: dict[str, int],
) -> None:
    case, _, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake), referral)

    def page_of(person: Person, path: str) -> Page:
        page = new_page(size=size)
        cookies = step_up(sign_in(Client(), person)).cookies
        page.context.add_cookies(
            [{"name": name, "value": one.value, "url": live_server.url} for name, one in cookies.items()]
        )
        page.goto(path)
        return page

    def looks_right(page: Page, name: str) -> None:
        assert overflow(page) <= 0, name
        check_accessible(page)
        if folder := os.environ.get("CUSTODY_PICTURES"):
            path = Path(folder) / f"{name}-{size['width']}.png"
            page.screenshot(path=path, full_page=True)

    page = page_of(network.b.administrator, "/work/duty/")
    looks_right(page, "duty-empty")
    page.get_by_label("Who?").select_option(label=network.b.worker.display_name)
    page.get_by_label("Monday").check()
    page.get_by_label("From").fill("09:00")
    page.get_by_label("Until").fill("17:00")
    page.get_by_role("button", name="Put on duty").click()
    expect(page.locator("[data-test=roster]")).to_contain_text(network.b.worker.display_name)
    looks_right(page, "duty")

    page = page_of(network.b.intake, f"/work/inbox/{referral.pk}/")
    page.get_by_role("link", name="Give it to a colleague").click()
    page.get_by_label(network.b.worker.display_name).check()
    looks_right(page, "assign")
    page.get_by_role("button", name="Give it to them").click()
    expect(page.get_by_role("heading", name="What I work on")).to_be_visible()
    page.goto(f"/work/inbox/{referral.pk}/")
    expect(page.locator("[data-test=handed]")).to_contain_text(network.b.worker.display_name)
    looks_right(page, "handed")

    page = page_of(network.owner, f"/work/cases/{case.id}/")
    page.get_by_role("link", name="Hand the case over").click()
    page.get_by_label(network.colleague.display_name).check()
    looks_right(page, "transfer")
    page.get_by_role("button", name="Go on").click()
    looks_right(page, "transfer-check")
    page.get_by_role("button", name="Offer the case").click()
    expect(page.locator("[data-test=offered]")).to_be_visible()
    looks_right(page, "case-offered")

    known = access.case_by_reference(people.unlock(network.a.supervisor), access.reference_of(case))
    assert known is not None
    page = page_of(network.a.supervisor, "/work/emergencies/ask/")
    page.get_by_label("Which case?").fill(access.reference_of(case))
    page.get_by_label("She is in danger now").check()
    looks_right(page, "emergency-ask")
    page.get_by_role("button", name="Go on").click()
    looks_right(page, "emergency-check")
    page.get_by_role("button", name="Ask a custodian").click()
    opening = EmergencyOpening.objects.get()
    waiting = page_of(network.a.custodian, f"/work/emergencies/{opening.pk}/")
    looks_right(waiting, "emergency-release")
    waiting.get_by_label("Yes, release it").check()
    waiting.get_by_role("button", name="Answer").click()
    looks_right(waiting, "emergencies")
    page.goto(f"/work/emergencies/{opening.pk}/")
    looks_right(page, "emergency-open")
    page.get_by_role("button", name="Open the case").click()
    expect(page.locator("[data-test=emergency]")).to_be_visible()
    looks_right(page, "emergency-case")

    page = page_of(network.owner, "/work/")
    looks_right(page, "home")
    page = page_of(network.colleague, "/work/")
    page.get_by_role("link", name="Look at the offer").click()
    looks_right(page, "offer")
    page.get_by_label("Yes, I take it over").check()
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_role("heading", name="Lola")).to_be_visible()
    looks_right(page, "case-taken")
