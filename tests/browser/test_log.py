"""A supervisor reads the log, checks it and takes it elsewhere, on a phone and on a desktop."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import gettext, override
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.views import log as log_views
from audit.actions import record_first
from audit.models import Entry
from tests.audit.tampering import flipped
from tests.browser.conftest import DESKTOP, PHONE, NewPage
from tests.people import Network, sign_in

Check = Callable[[Page], None]


@pytest.fixture
def supervisor(network: Network, new_page: NewPage, live_server: LiveServer) -> Callable[..., Page]:
    """Open the log as the supervisor of agency A, who has some entries to read."""
    client = sign_in(Client(), network.a.supervisor)
    for number in range(6):
        record_first(
            "person.sign_in_failed" if number % 2 else "person.invite",
            agency=network.a.agency.id,
            actor=network.owner.id,
            kind="person",
            object=str(network.colleague.id),
            outcome="denied" if number % 3 == 0 else "allowed",
            detail={"reason": "other"},
        )

    def open_log(**options: object) -> Page:
        page = new_page(**options)

        names = (settings.SESSION_ID_COOKIE, settings.SESSION_HALF_COOKIE)
        page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url} for name in names]
        )
        page.goto("/log/")
        return page

    return open_log


def test_reading_and_searching(supervisor: Callable[..., Page], check_accessible: Check) -> None:
    page = supervisor(size=PHONE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Who opened what")
    expect(page.get_by_role("cell", name="Owner of A").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    check_accessible(page)
    page.get_by_text("Search", exact=True).first.click()
    check_accessible(page)
    page.get_by_label("Outcome").select_option("denied")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    assert "?" not in page.url, "what was looked for is in no address"
    page.get_by_role("button", name="(show only its entries)").first.click()
    expect(page.locator("tbody tr")).to_have_count(6)
    check_accessible(page)


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "without JavaScript"])
def test_checking_in_steps(
    supervisor: Callable[..., Page],
    check_accessible: Check,
    monkeypatch: pytest.MonkeyPatch,
    javascript: bool,
) -> None:
    monkeypatch.setattr(log_views, "PER_STEP", 3)
    page = supervisor(size=PHONE, javascript=javascript)
    page.get_by_role("button", name="Check the whole log").click()
    while not javascript and page.get_by_role("button", name="Go on").count():
        page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("The log is whole")).to_be_visible()
    if javascript:
        check_accessible(page)


def test_a_changed_entry_is_named(
    supervisor: Callable[..., Page], check_accessible: Check, network: Network
) -> None:
    page = supervisor(size=DESKTOP)
    row = Entry.objects.filter(log=network.a.agency.id, seq=2)
    row.update(body=flipped(row.get().body))
    page.get_by_role("button", name="Check the whole log").click()
    expect(page.get_by_text("Entry 2 was changed")).to_be_visible()
    check_accessible(page)


def test_taking_it_elsewhere(supervisor: Callable[..., Page], tmp_path: Path) -> None:
    """Download checkpoint, log and program, and run them outside; then change one byte."""
    page = supervisor(size=DESKTOP)
    page.clock.install()
    page.reload()

    def download(name: str, click: Callable[[], None]) -> Path:
        with page.expect_download() as waiting:
            click()
        path = tmp_path / name
        waiting.value.save_as(path)
        return path

    kept = download("kept.txt", page.get_by_role("button", name="Download the checkpoint").click)
    log = download("log.jsonl", page.get_by_role("button", name="Download the log").click)
    page.get_by_text("Check it on another machine").click()
    program = download("verify_audit.py", page.get_by_role("link", name="Download the program").click)
    page.clock.fast_forward(6_000)  # a page that stays, as after every file, is no slow network
    expect(page.locator("#offline")).to_be_hidden()

    def run() -> tuple[int, str]:
        command = [sys.executable, "-I", str(program), str(log), "--earlier", str(kept)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    assert run()[0] == 0
    whole = log.read_bytes()
    at = whole.index(b'"body":"') + 40
    log.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    code, said = run()
    assert code == 1
    assert "line 2" in said


def test_checking_and_taking_it_in_uzbek_on_a_phone(
    supervisor: Callable[..., Page], check_accessible: Check, tmp_path: Path
) -> None:
    """What a supervisor reads, presses and carries away is in her language and fits her telephone."""
    page = supervisor(size=PHONE, language="uz")
    with override("uz"):
        title, check, whole = (
            gettext("Who opened what"),
            gettext("Check the whole log"),
            gettext("The log is whole"),
        )
        download, back = gettext("Download the log"), gettext("Back to the log")
    assert title != "Who opened what"
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.get_by_role("button", name=check).tap()
    expect(page.get_by_text(whole, exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    check_accessible(page)
    page.get_by_role("link", name=back).tap()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=download).tap()
    log = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(log)
    command = [sys.executable, "-I", str(settings.BASE_DIR / "audit" / "verify_audit.py"), str(log)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
