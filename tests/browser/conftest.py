"""A real Chromium against a live server, on a phone and on a desktop, for every browser test.

Every page is watched: an error in the console, a failed script, an answer of 500 or a request to
another origin fails the test that opened the page, at its end. Nothing reaches the network: Chromium
resolves no name but the live server's.
Each test in this folder carries the marker ``browser``. A journey asks for ``way`` and names in its marker
``journey`` the ways it is walked; ``make journeys`` walks it in all of them.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from tools import chromium
from tools.accessibility import measuring
from tools.accessibility.axe import Axe

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "failed-browser-tests"
NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
NEUTRAL_PAGE = "<!doctype html><html lang='en'><title>Elsewhere</title><p>Elsewhere</p></html>"

# A busy machine is slow; what is asked here is what happens, never how fast.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)

NewPage = Callable[..., Page]


@dataclass(frozen=True)
class Way:
    """How a journey is walked: on which screen, in which language, with or without JavaScript."""

    size: dict[str, int]
    language: str
    javascript: bool

    @property
    def options(self) -> dict[str, Any]:
        """What ``new_page`` is told."""
        return {"size": self.size, "language": self.language, "javascript": self.javascript}

    @property
    def lang(self) -> str:
        """What the pages say they are written in."""
        return LANGUAGES[self.language]

    def says(self, text: str) -> str:
        """Return a text of the interface in this language."""
        with override(self.language.lower()):
            return gettext(text)

    def look(self, page: Page, check_accessible: Callable[[Page], None]) -> None:
        """Fail when the page is in another language or too wide, has no exit, or is not for everybody."""
        expect(page.locator("html")).to_have_attribute("lang", self.lang)
        expect(page.locator("h1")).to_have_count(1)
        expect(page.locator("#exit")).to_be_in_viewport()
        assert measuring.width_fault(page) == [], page.url
        # axe needs a script; of all ways only CI's few ask it, for make accessibility asks about every page.
        if self.javascript and not EVERY_WAY:
            check_accessible(page)


EVERY_WAY = os.environ.get("HAMROH_JOURNEYS") == "every"
LANGUAGES = {"en": "en", "uz": "uz-Latn", "uz-Cyrl": "uz-Cyrl", "ru": "ru"}
# Where there is no script, the telephone is the smallest.
_SCREENS = {
    "phone": (PHONE, True),
    "desktop": (DESKTOP, True),
    "phone-plain": ({"width": 320, "height": 568}, False),
    "desktop-plain": (DESKTOP, False),
}
WAYS = {
    f"{language}-{screen}": Way(size, language, javascript)
    for language in LANGUAGES
    for screen, (size, javascript) in _SCREENS.items()
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker("journey")
    if marker:
        names = list(WAYS) if EVERY_WAY else marker.args
        metafunc.parametrize("way", [WAYS[name] for name in names], ids=names)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once for the whole run."""
    path = chromium.find()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no Chromium, and CI never skips the browser tests.")
        pytest.skip("There is no Chromium. Install it with:  apt install chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, so Django takes every query for one made
        # inside asynchronous code. It is not: test and server are synchronous, each in its thread.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=[*chromium.OPTIONS, NO_NETWORK])
        yield browser
        browser.close()


class Watch:
    """What went wrong on the pages of one test, apart from what the test said it expects."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.problems: list[str] = []
        self._contexts: list[BrowserContext] = []
        self._leaving_to: tuple[str, ...] = ()
        self._refused: set[str] = set()

    def expect_leaving_to(self, *beginnings: str) -> None:
        """Allow requests to addresses that begin so; they get a neutral page, never the network."""
        self._leaving_to += beginnings
        for context in self._contexts:
            self._answer_for_others(context)

    def on(self, context: BrowserContext) -> None:
        """Watch every page of a browser context, those it opens itself included."""
        self._contexts.append(context)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"script error: {error.error}"))
        if self._leaving_to:
            self._answer_for_others(context)

    def _answer_for_others(self, context: BrowserContext) -> None:
        # Only where a test leaves: a route makes Chromium forget its cache and ask here about every request.
        context.route(
            lambda url: url.startswith(self._leaving_to),
            lambda route: route.fulfill(body=NEUTRAL_PAGE, content_type="text/html"),
        )

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:", *self._leaving_to)):
            self.problems.append(f"request to another origin: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"{response.status} from {urlsplit(response.url).path}")
        if response.status >= 400 and response.request.is_navigation_request():
            self._refused.add(response.url)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium also reports a page that answers 404 or 403 as asked: that is the test's matter.
        if message.type == "error" and message.location.get("url") not in self._refused:
            self.problems.append(f"console: {message.text}")


@pytest.fixture
def watch(live_server: LiveServer) -> Watch:
    """What the pages of this test did; ask it to expect leaving the site."""
    return Watch(live_server.url)


@pytest.fixture
def new_page(
    browser: Browser, live_server: LiveServer, watch: Watch, request: pytest.FixtureRequest
) -> Iterator[NewPage]:
    """Return ``new_page(size=PHONE, language="en", javascript=True, **context options)``.

    Each call is another person's browser: own cookies, own cache. Addresses are relative to the
    live server: ``page.goto("/directory/")``.
    """
    contexts: list[BrowserContext] = []

    def open_page(
        *, size: dict[str, int] = DESKTOP, language: str = "en", javascript: bool = True, **options: Any
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=size,
            is_mobile=size["width"] < 600,
            has_touch=size["width"] < 600,
            locale=language,
            timezone_id="Asia/Tashkent",
            java_script_enabled=javascript,
            service_workers="block",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watch.on(context)
        return context.new_page()

    yield open_page

    failed = request.node.stash.get(_failed, False) or bool(watch.problems)
    pages = [page for context in contexts for page in context.pages]
    if failed and pages:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"\W+", "-", request.node.name).strip("-")
        for number, page in enumerate(pages, start=1):
            page.screenshot(path=SCREENSHOTS / f"{name}-{number}.png", full_page=True)
    for context in contexts:
        context.close()
    if watch.problems:
        pytest.fail("The pages misbehaved:\n" + "\n".join(watch.problems))


@pytest.fixture
def phone(new_page: NewPage) -> Page:
    """Open a page on a phone: 360 × 740, touch."""
    return new_page(size=PHONE)


@pytest.fixture
def desktop(new_page: NewPage) -> Page:
    """Open a page on a desktop: 1280 × 800."""
    return new_page(size=DESKTOP)


class Eyes:
    """Looks at a page on a phone and on a desktop; the same look is looked at once in a run.

    Two pages made of the same elements and classes have the same faults, whatever their words: the long
    journeys meet each page in several languages and hands, and axe is the dearest part of them.
    """

    def __init__(self) -> None:
        self._axe = Axe()
        self._seen: set[str] = set()

    def __call__(self, page: Page) -> None:
        """Fail when the page as it stands is too wide, or axe or the accessibility tree finds anything."""
        assert measuring.width_fault(page) == []
        look = measuring.look_of(page)
        if look in self._seen:
            return
        own = page.viewport_size or DESKTOP
        faults = self._faults(page)
        page.set_viewport_size(DESKTOP if own["width"] < 600 else PHONE)
        faults += self._faults(page)
        page.set_viewport_size(own)
        if faults:
            pytest.fail(f"{urlsplit(page.url).path}:\n" + "\n".join(dict.fromkeys(faults)))
        self._seen.add(look)

    def _faults(self, page: Page) -> list[str]:
        ours = measuring.page_faults(page) + measuring.width_fault(page) + measuring.name_faults(page)
        return ours + self._axe.faults(page)


@pytest.fixture(scope="session")
def check_accessible() -> Eyes:
    """Return a function that fails when a page is not for everybody, on a phone or on a desktop."""
    return Eyes()
