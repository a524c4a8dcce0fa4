"""The end of a case in a real browser: told ahead, kept longer by two people, erased because she asks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from referrals import actions, retention
from referrals.models import Case, CaseHold
from tests import people
from tests.browser.conftest import PHONE, NewPage
from tests.browser.test_interface import overflow
from tests.people import Network
from tests.referrals import making

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(page: Page, live_server: LiveServer, person: Person) -> Page:
    client = people.step_up(people.sign_in(Client(), person))
    page.context.add_cookies(
        [
            {"name": name, "value": cookie.value, "url": live_server.url}
            for name, cookie in client.cookies.items()
        ]
    )
    return page


def test_a_case_is_kept_by_two_and_erased_by_her_wish(
    network: Network,
    live_server: LiveServer,
    new_page: NewPage,
    check_accessible: Callable[[Page], None],
) -> None:
    owner = people.unlock(network.owner)
    case = making.make_case(owner)
    actions.close_case(unlocked=owner, opened=making.edit(owner, case))
    soon = retention.due_before(timezone.localdate())
    Case.objects.filter(pk=case.pk).update(destroy_after=soon)

    def look(page: Page) -> None:
        assert overflow(page) <= 0
        check_accessible(page)

    page = signed_in(new_page(size=PHONE), live_server, network.owner)
    if timezone.localdate() >= retention.erased_on(soon) - timedelta(days=30):
        page.goto("/work/")
        expect(page.locator("[data-test=ending]")).to_contain_text("Lola")
        look(page)
    page.goto(f"/work/cases/{case.id}/")
    page.locator("[data-test=keep]").click()
    page.get_by_label("How much longer?").select_option("2")
    page.get_by_role("button", name="Ask to keep it").click()
    expect(page.get_by_text("Say why").first).to_be_visible()
    look(page)
    page.get_by_label("Why is it still needed?").fill("There is a hearing in spring.")
    page.get_by_role("button", name="Ask to keep it").click()
    expect(page.get_by_text("A supervisor was asked to keep it until")).to_be_visible()
    look(page)

    supervisor = signed_in(new_page(size=PHONE), live_server, network.a.supervisor)
    supervisor.goto("/account/")
    supervisor.locator(".nav__more summary").filter(has_text="1 update").click()
    supervisor.get_by_role("link", name="Kept and erased 1 update").click()
    expect(supervisor.locator("[data-test=waiting]")).to_contain_text("asks to keep one case until")
    expect(supervisor.locator("main")).not_to_contain_text("hearing")
    look(supervisor)
    supervisor.locator("[data-test=agree]").click()
    expect(supervisor.get_by_text("Nothing. When somebody asks")).to_be_visible()
    supervisor.get_by_label("Years after closing", exact=True).fill("7")
    supervisor.get_by_role("button", name="Save").click()
    expect(supervisor.get_by_text("another supervisor has to agree").first).to_be_visible()
    look(supervisor)

    page.goto(f"/work/cases/{case.id}/erase/")
    expect(page.get_by_text("A supervisor has to let it go first.")).to_be_visible()
    # Letting it go takes two people as well: tests/referrals and behaviour 26.
    CaseHold.objects.all().delete()
    page.reload()
    look(page)
    page.locator("[data-test=go-on]").click()
    page.get_by_label("What is she called in this case?").fill("Nobody")
    page.locator("[data-test=erase-now]").click()
    expect(page.get_by_text("This is not how she is called").first).to_be_visible()
    look(page)
    page.get_by_label("What is she called in this case?").fill("lola")
    page.locator("[data-test=erase-now]").click()
    expect(page.get_by_text("The case was erased.")).to_be_visible()
    assert not Case.objects.exists()
