"""An editor checks and merges on a phone; a provider answers by link, without JavaScript."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from services import actions, links
from services.codes import LinkKind
from services.models import Merge, Service, VerificationSession
from tests.browser.conftest import PHONE, NewPage
from tests.browser.test_interface import overflow
from tests.people import sign_in
from tests.services.checkers import make_editors
from tests.services.conftest import PLACES, hsds_service, imported

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(page: Page, client: Client, origin: str) -> None:
    """Give the browser the session that the test client has."""
    names = (settings.SESSION_ID_COOKIE, settings.SESSION_HALF_COOKIE)
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": origin} for name in names]
    )


def test_an_editor_checks_and_merges_on_a_phone(
    new_page: NewPage, live_server: object, check_accessible: Callable[[Page], None]
) -> None:
    PLACES.get()
    team = make_editors()
    imported(hsds_service(email="desk@umid.example"))
    imported(hsds_service(name="LISTENING ROOM Namuna", email="desk@umid.example"), source="other")
    Service.objects.update(vouched_on=timezone.localdate() - timedelta(days=700))
    actions.find_duplicates()
    page = new_page(size=PHONE)
    signed_in(page, sign_in(Client(), team.editor), str(live_server))
    page.goto("/directory/verify/")
    assert overflow(page) <= 0
    check_accessible(page)
    page.locator("[data-test=due] button", has_text="All correct").first.click()
    expect(page.locator("[role=status]").first).to_contain_text("Written down")
    page.get_by_role("link", name="Possible duplicates").click()
    page.locator("[data-test=pairs] a").first.click()
    assert overflow(page) <= 0
    check_accessible(page)
    page.locator("[data-test=keep-first]").click()
    check_accessible(page)
    page.locator("[data-test=sure]").click()
    expect(page.locator("h1")).to_have_text("Possible duplicates")
    assert VerificationSession.objects.count() == Merge.objects.count() == 1


def test_a_provider_says_still_correct_without_javascript(new_page: NewPage) -> None:
    PLACES.get()
    [service] = imported(hsds_service())
    _, token = links.make(kind=LinkKind.STILL_CORRECT, service=service, lasts=timedelta(days=14), by=None)
    page = new_page(size=PHONE, javascript=False)
    page.goto(f"/directory/still-correct/{token}/")
    assert overflow(page) <= 0
    assert not VerificationSession.objects.exists()
    page.locator("[data-test=correct]").click()
    expect(page.locator("[role=status]").first).to_contain_text("marked as checked")
    assert VerificationSession.objects.get().service_id == service.pk
