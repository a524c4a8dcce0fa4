"""What Chromium writes into its profile, where a restored tab or a finder of the machine would look.

It writes the state of each page into ``Default/Sessions`` every few seconds: what was typed, and what a form
sent to the page that answers it. A text area of the test's own, in a form that forbids nothing, says when it
has written; until then nothing was proved. Beside it lies the same once more, encrypted by the browser.
"""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import NO_NETWORK, PATIENCE
from tests.browser.test_screen import bring_session
from tests.people import Network, unlock
from tests.referrals import making
from tools import chromium

pytestmark = pytest.mark.django_db(transaction=True)

ALIAS = "Qaldirgoch"
WORDS = "halfathought"
SENT = "sentandputright"  # one word: a form's body joins several with signs of its own
NUMBER = "+998 00 111 22 33"  # no number belongs there, so the page comes back
HERS = (ALIAS, WORDS, SENT)
CONTROL = """() => document.body.insertAdjacentHTML("beforeend",
  `<form method="post"><textarea name="control"></textarea></form>`)"""


def written(profile: Path, *names: str) -> set[str]:
    """Return which of these words stand in any file of the profile, in UTF-8 or UTF-16."""
    found = set()
    for path in profile.rglob("*"):
        try:
            content = path.read_bytes()
        except OSError:  # a folder, a link to a process, or gone meanwhile
            continue
        found |= {name for name in names if name.encode() in content or name.encode("utf-16-le") in content}
    return found


def write_down(page: Page, profile: Path, mark: str) -> None:
    """Type ``mark`` where nothing forbids to keep it, and wait until it is in the profile."""
    page.evaluate(CONTROL)
    page.locator("[name=control]").fill(mark)
    until = time.monotonic() + PATIENCE / 1000
    while mark not in written(profile / "Default" / "Sessions", mark):
        assert time.monotonic() < until, "Chromium writes no sessions: nothing is proved"
        page.wait_for_timeout(200)


def test_chromium_writes_down_nothing_typed_or_sent(
    browser: Browser, live_server: LiveServer, network: Network, settings: Settings, tmp_path: Path
) -> None:
    away = live_server.url.replace("localhost", "127.0.0.1") + "/privacy/"
    settings.QUICK_EXIT_TARGETS = [away]
    case = making.make_case(unlock(network.owner), card=replace(making.CARD, alias=ALIAS))
    context = browser.browser_type.launch_persistent_context(
        tmp_path,
        executable_path=os.fspath(chromium.find() or ""),
        args=[*chromium.OPTIONS, NO_NETWORK],
        base_url=live_server.url,
    )
    try:
        bring_session(context, live_server.url, network)
        page = context.pages[0]
        page.goto(f"/work/cases/{case.id}/")
        expect(page.locator("h1")).to_have_text(ALIAS)
        page.locator("[name=text]").fill(WORDS)
        write_down(page, tmp_path, "first mark")
        assert written(tmp_path, *HERS) == set()

        page.goto(f"/work/cases/{case.id}/edit/contact/")
        page.locator("[name=channel][value=call]").check()
        page.locator("[name=safe_word]").fill(f"{SENT} {NUMBER}")
        page.locator("[data-test=save]").click()
        expect(page.locator(".summary-of-errors")).to_be_visible()
        expect(page.locator("[name=safe_word]")).to_have_value(f"{SENT} {NUMBER}")
        write_down(page, tmp_path, "second mark")
        assert written(tmp_path, *HERS) == set()

        page.locator("#exit").click()
        expect(page).to_have_url(away)
        write_down(page, tmp_path, "third mark")
    finally:
        context.close()
    assert written(tmp_path, *HERS) == set()
