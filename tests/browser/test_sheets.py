"""A caseworker on a phone without JavaScript takes a pocket paper for somebody."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, NewPage
from tests.services.conftest import PLACES

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_paper_is_three_choices_away(new_page: NewPage, check_accessible: Callable[[Page], None]) -> None:
    PLACES.get()
    page = new_page(size=PHONE, javascript=False)
    page.goto("/directory/")
    page.get_by_role("link", name="Papers to print").click()
    page.get_by_label("Region").select_option("UZ-JI")
    page.get_by_role("button", name="Show the papers").click()
    page.get_by_label("District").select_option("uz-ji-zomin-tumani")
    page.get_by_label("Language of the paper").select_option("uz-cyrl")
    page.get_by_role("button", name="Show the papers").click()
    with page.expect_download() as paper:
        page.locator('[data-test="pocket"]').click()
    assert paper.value.suggested_filename == "notes-uz-ji-zomin-tumani-uz-cyrl.pdf"
    for size in (PHONE, DESKTOP):
        looked_at = new_page(size=size)
        looked_at.goto(page.url)
        check_accessible(looked_at)
        assert looked_at.evaluate("document.documentElement.scrollWidth <= innerWidth")
