"""An entry is corrected in a browser: told by the public, proposed on a phone, approved at a desk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from services.models import Service
from tests import people
from tests.browser.conftest import DESKTOP, PHONE, NewPage
from tests.services.conftest import DIRECTORY
from tests.services.editors import Editors, make_editors

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def editors(transactional_db: None) -> Editors:
    DIRECTORY.get()
    return make_editors()


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in/?next=/directory/edit/")
    page.fill("[name=name]", name)
    page.fill("[name=password]", people.PASSWORD)
    page.click("main button")
    expect(page.locator("[data-test=entries]")).to_be_visible()


def fits(page: Page) -> None:
    """The page does not scroll sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_wrong_number_is_told_proposed_and_approved(
    editors: Editors, new_page: NewPage, check_accessible: Callable[[Page], None]
) -> None:
    service = Service.objects.get(name="Emergency room of Demo Clinic Anorzor")
    public = f"/directory/services/{service.pk}/"
    stranger = new_page(size=PHONE, javascript=False)
    stranger.goto(public)
    stranger.get_by_role("link", name="Something is wrong here").click()
    stranger.get_by_label("The phone number is wrong").check()
    stranger.fill("[name=text]", "Nobody answers there.")
    fits(stranger)
    stranger.click("[data-test=wrong] button.button")
    expect(stranger.get_by_role("status").first).to_contain_text("kept nothing about you")

    first = new_page(size=PHONE)
    sign_in(first, editors.first.person.name)
    check_accessible(first)
    fits(first)
    first.click("[data-test=told] a")
    expect(first.locator("main")).to_contain_text("Nobody answers there.")
    check_accessible(first)
    first.get_by_role("link", name="Phones", exact=True).click()
    first.fill("[name=rows-0-number]", "*21#")
    first.click("[data-test=propose]")
    expect(first.get_by_role("alert")).to_contain_text("as one dials it")
    check_accessible(first)
    fits(first)
    first.fill("[name=rows-0-number]", "+998 00 000 77 77")
    first.click("[data-test=propose]")
    expect(first.locator("main")).to_contain_text("Who is waited for")
    expect(first.locator("[data-test=approve]")).to_have_count(0)
    fits(first)

    second = new_page(size=DESKTOP, javascript=False)
    sign_in(second, editors.second.person.name)
    second.click("[data-test=waiting] a")
    changes = second.locator("[data-test=changes]")
    expect(changes.locator("ins").first).to_contain_text("+998 00 000 77 77")
    second.click("[data-test=approve]")
    expect(second.get_by_role("status").first).to_contain_text("The entry says so now")
    stranger.goto(public)
    expect(stranger.locator("main")).to_contain_text("+998 00 000 77 77")
    first.goto(f"/directory/edit/{service.pk}/")
    expect(first.locator("main")).to_contain_text("Decided by: Directory editor")
    check_accessible(first)
    fits(first)
