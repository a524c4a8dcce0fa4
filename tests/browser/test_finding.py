"""Finding a service on a phone and on a desktop: a misspelt word, a filter, the map, a page to print."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.services.conftest import DIRECTORY

pytestmark = pytest.mark.django_db(transaction=True)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_from_a_misspelt_word_to_a_page_on_the_wall(
    phone: Page, desktop: Page, check_accessible: Callable[[Page], None]
) -> None:
    DIRECTORY.get()
    for page in (phone, desktop):
        page.goto("/directory/")
        page.get_by_label("What do you need?").fill("shelfer")
        page.get_by_role("button", name="Show services").click()
        expect(page.get_by_text("These have: shelter")).to_be_visible()
        page.get_by_text("Narrow down").click()
        page.locator("[data-test=narrower] a").first.click()
        expect(page.locator("[data-test=found] li.card").first).to_be_visible()
        assert fits(page)
    check_accessible(phone)

    # By keyboard alone: the map, a region, a district.
    desktop.goto("/directory/places/")
    # How many have room depends on the hour: the invented services close at night.
    area = desktop.get_by_role("link", name=re.compile(r"^Jizzakh Region: \d+$"))
    area.focus()
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/places/UZ-JI/")
    for page in (phone, desktop):
        page.goto("/directory/places/UZ-JI/")
        assert fits(page)
        check_accessible(page)
    desktop.emulate_media(media="print")
    expect(desktop.locator(".map")).to_be_hidden()
    code = desktop.locator(".share__code svg")
    expect(code).to_be_visible()
    # The whole drawing, not its corner: half a code leads nowhere.
    right_edge = "drawn => drawn.getBoundingClientRect().right"
    assert code.locator("path").last.evaluate(right_edge) <= code.evaluate(right_edge) + 1
    if folder := os.environ.get("FINDING_SHOTS"):
        desktop.set_viewport_size({"width": 794, "height": 1100})
        desktop.screenshot(path=Path(folder) / "print.png", full_page=True)
        phone.screenshot(path=Path(folder) / "phone.png")
