"""An entry is corrected in a browser: told by the public, proposed by one editor, approved by another.

``make journeys`` walks it in every way.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from config.done import SENTENCES
from services.models import Service
from tests import people
from tests.browser.conftest import NewPage, Way
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


@pytest.mark.journey("en-phone", "ru-desktop-plain")
def test_a_wrong_number_is_told_proposed_and_approved(
    way: Way, editors: Editors, new_page: NewPage, check_accessible: Callable[[Page], None]
) -> None:
    service = Service.objects.get(name="Emergency room of Demo Clinic Anorzor")
    public = f"/directory/services/{service.pk}/"
    stranger, first, second = (new_page(**way.options) for _ in range(3))
    stranger.goto(public)
    stranger.get_by_role("link", name=way.says("Something is wrong here")).click()
    stranger.get_by_label(way.says("The phone number is wrong")).check()
    stranger.fill("[name=text]", "Nobody answers there.")
    way.look(stranger, check_accessible)
    stranger.click("[data-test=wrong] button.button")
    expect(stranger.get_by_role("status").first).to_contain_text(way.says(str(SENTENCES["told"])))

    sign_in(first, editors.first.person.name)
    way.look(first, check_accessible)
    first.click("[data-test=told] a")
    expect(first.locator("main")).to_contain_text("Nobody answers there.")
    way.look(first, check_accessible)
    first.get_by_role("link", name=way.says("Phones"), exact=True).click()
    first.fill("[name=rows-0-number]", "*21#")
    first.click("[data-test=propose]")
    expect(first.get_by_role("alert")).to_contain_text(
        way.says("Write a number with digits, as one dials it.")
    )
    way.look(first, check_accessible)
    first.fill("[name=rows-0-number]", "+998 00 000 77 77")
    first.click("[data-test=propose]")
    expect(first.locator("main")).to_contain_text(way.says("Who is waited for"))
    expect(first.locator("[data-test=approve]")).to_have_count(0)
    way.look(first, check_accessible)

    sign_in(second, editors.second.person.name)
    second.click("[data-test=waiting] a")
    changes = second.locator("[data-test=changes]")
    expect(changes.locator("ins").first).to_contain_text("+998 00 000 77 77")
    second.click("[data-test=approve]")
    expect(second.get_by_role("status").first).to_contain_text(way.says(str(SENTENCES["change-approved"])))
    stranger.goto(public)
    expect(stranger.locator("main")).to_contain_text("+998 00 000 77 77")
    first.goto(f"/directory/edit/{service.pk}/")
    decided = way.says("Decided by: %(role)s, %(agency)s, %(day)s").partition("%")[0]
    expect(first.locator("main")).to_contain_text(decided.strip())
    way.look(first, check_accessible)
