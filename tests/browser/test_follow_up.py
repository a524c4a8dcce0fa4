"""Follow-up and what is counted, in a real browser: a task from writing down to done; the public tables."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from referrals import statistics
from referrals.models import UnmetNeed
from tests import people
from tests.browser.conftest import PHONE, NewPage
from tests.browser.test_interface import overflow
from tests.people import Network, sign_in
from tests.referrals import making

pytestmark = pytest.mark.django_db(transaction=True)


def seen(page: Page, name: str, check: Callable[[Page], None]) -> None:
    """Look at a page as it stands."""
    assert overflow(page) <= 0, name
    check(page)


def test_a_task_from_writing_down_to_done_and_what_was_missing(
    network: Network,
    live_server: LiveServer,
    new_page: NewPage,
    check_accessible: Callable[[Page], None],
) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    [quarter] = statistics.finished_quarters(timezone.localdate())[:1]
    for kind, reason, number in (
        ("safe_house", "no_capacity", 14),
        ("safe_house", "no_answer", 7),
        ("legal_assistance", "unavailable", 6),
        ("psychosocial", "declined_by_survivor", 3),
    ):
        UnmetNeed.objects.bulk_create(
            UnmetNeed(id=uuid4(), month=quarter, service_type=kind, reason=reason) for _ in range(number)
        )
    page = new_page(size=PHONE)
    cookies = sign_in(Client(), network.owner).cookies
    page.context.add_cookies(
        [{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in cookies.items()]
    )
    page.goto(f"/work/cases/{case.id}/")
    page.locator("[data-test=task-new]").click()
    page.get_by_label("What is to be done?").fill("Ask whether the lawyer called back")
    page.get_by_label("By when?").fill(str(timezone.localdate()))
    seen(page, "task", check_accessible)
    page.locator("[data-test=save]").click()
    expect(page.locator("[data-test=tasks]")).to_contain_text("Today")
    seen(page, "case", check_accessible)
    page.goto("/work/")
    page.locator("[data-kind=task] a").first.click()
    page.locator("[data-test=task-done]").click()
    expect(page.locator("[data-test=tasks]")).to_have_count(0)
    page.goto("/work/")
    expect(page.locator("[data-kind=task]")).to_have_count(0)
    page.goto("/work/unmet/")
    expect(page.get_by_role("img", name="By kind of help")).to_be_visible()
    seen(page, "unmet", check_accessible)
