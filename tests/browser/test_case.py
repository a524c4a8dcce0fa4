"""A case in a real browser: a number outside her hours, a document, closing and opening again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import PHONE, NewPage
from tests.browser.test_interface import overflow
from tests.people import Network, sign_in, step_up, unlock
from tests.referrals import making
from tests.security.test_behaviour_10_safe_contact import not_now

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_number_waits_a_document_is_kept_and_a_case_is_closed_and_opened_again(
    network: Network,
    live_server: LiveServer,
    new_page: NewPage,
    check_accessible: Callable[[Page], None],
    tmp_path: Path,
) -> None:
    case = making.make_case(unlock(network.owner), card=not_now())
    page = new_page(size=PHONE)
    cookies = step_up(sign_in(Client(), network.owner)).cookies
    page.context.add_cookies(
        [{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in cookies.items()]
    )
    home = f"/work/cases/{case.id}/"

    def look() -> None:
        assert overflow(page) == 0
        check_accessible(page)

    page.goto(f"{home}reach/")
    expect(page.get_by_text("This is not a safe hour. Show anyway?")).to_be_visible()
    look()
    page.locator("[data-test=show-anyway]").click()
    expect(page.locator("[data-test=number]")).to_contain_text(making.IDENTITY.phone)

    page.goto(f"{home}documents/")
    paper = tmp_path / "medical certificate.pdf"
    paper.write_bytes(making.PDF)
    page.get_by_label("The file").set_input_files(paper)
    look()
    page.locator("[data-test=save]").click()
    expect(page.get_by_role("heading", name="medical certificate")).to_be_visible()
    look()
    with page.expect_download() as found:
        page.locator("[data-test=download]").click()
    assert found.value.suggested_filename == "document.pdf"
    assert Path(found.value.path()).read_bytes() == making.PDF

    page.locator("[data-test=close]").click()
    look()
    page.get_by_label("What was done?").fill("She found a place with her sister")
    page.get_by_label("Yes, she agrees").check()
    page.locator("[data-test=confirm]").click()
    page.locator("[data-test=closed-cases]").click()
    look()
    page.get_by_role("link", name="Lola").click()
    expect(page.locator("[data-test=closing]")).to_contain_text("She found a place with her sister")
    look()
    page.locator("[data-test=reopen]").click()
    page.get_by_label("She came back").check()
    look()
    page.locator("[data-test=confirm]").click()
    expect(page.locator("[data-test=find]")).to_be_visible()
