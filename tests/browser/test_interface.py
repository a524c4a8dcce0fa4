"""The base page and the components, as people meet them: four languages, phone and desktop,
by mouse and by keyboard, with and without JavaScript."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, Response, Route, expect

from tests.browser.conftest import DESKTOP, PHONE, NewPage, Watch
from tests.people import Network, sign_in, unlock
from tests.referrals import making
from tools.accessibility import walking
from tools.accessibility.axe import COLOURS, Axe

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ("/", "/style/", "/exit/about/", "/privacy/", "/accessibility/", "/no/such/page/")
LANGUAGES = {"en": "en", "uz": "uz-Latn", "uz-Cyrl": "uz-Cyrl", "ru": "ru"}
SMALLEST = {"width": 320, "height": 568}


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the screen."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


@pytest.fixture
def leaving(watch: Watch) -> Watch:
    """Let the quick exit lead to its neutral pages (which the watch answers itself)."""
    watch.expect_leaving_to(*settings.QUICK_EXIT_TARGETS)
    return watch


def expect_away(page: Page) -> None:
    expect(page).to_have_title("Elsewhere")
    assert page.url in settings.QUICK_EXIT_TARGETS


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_accessible_and_fit_every_screen(
    new_page: NewPage, check_accessible: Callable[[Page], None], language: str
) -> None:
    page = new_page(size=PHONE, language=language)
    for path in PAGES:
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == LANGUAGES[language]
        assert page.title().endswith("· Hamroh")
        check_accessible(page)
        for size in (SMALLEST, DESKTOP, PHONE):
            page.set_viewport_size(size)
            expect(page.locator("#exit")).to_be_in_viewport()
            assert overflow(page) <= 0, path


def test_pages_are_accessible_in_other_colours_and_large_enough_for_a_thumb(phone: Page) -> None:
    """44 CSS pixels, except links inside a sentence (which WCAG 2.5.8 exempts)."""
    axe = Axe()
    phone.emulate_media(**walking.LIGHT)
    for path in PAGES:
        phone.goto(path)
        for look in walking.LOOKS.values():
            phone.emulate_media(**look)
            assert axe.faults(phone, *COLOURS) == [], path
        phone.emulate_media(**walking.LIGHT)
        phone.locator(".langs summary").click()
        small = phone.evaluate(
            """() => [...document.querySelectorAll(
                "a, button, summary, select, textarea, input, label.choice")]
              .filter((e) => e.offsetParent !== null && !e.matches(".skip, label.choice input"))
              .filter((e) => !(e.tagName === "A" && getComputedStyle(e).display === "inline"))
              .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect().height])
              .filter(([, height]) => height < 43.5)"""
        )
        assert small == [], path


def test_the_keyboard_meets_skip_link_exit_and_every_part_in_order(desktop: Page) -> None:
    desktop.goto("/")
    met = []
    for _ in range(5):
        desktop.keyboard.press("Tab")
        met.append(desktop.evaluate("document.activeElement.className || document.activeElement.tagName"))
    assert met[:4] == ["skip", "exit__button", "brand", "SUMMARY"]
    desktop.goto("/")
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Enter")
    assert desktop.evaluate("document.activeElement.id") == "main"


def test_the_exit_bar_never_covers_what_has_the_focus(phone: Page) -> None:
    phone.goto("/style/")
    bar = phone.locator(".exit").bounding_box()
    assert bar is not None
    seen = 0
    for _ in range(70):
        phone.keyboard.press("Tab")
        hidden = phone.evaluate(
            """(top) => { const e = document.activeElement;
              if (!e || e === document.body || e.closest(".exit")) return null;
              const r = e.getBoundingClientRect();
              return r.top >= top - 4 ? e.outerHTML.slice(0, 90) : ""; }""",
            bar["y"],
        )
        if hidden is not None:
            seen += 1
            assert hidden == ""
    assert seen > 40


HANDS = {
    "phone, script": {"size": PHONE},
    "desktop, no script": {"size": DESKTOP, "javascript": False},
}


@pytest.mark.parametrize("options", HANDS.values(), ids=HANDS)
def test_the_language_switch_keeps_the_page_and_leaving_keeps_no_cookie(
    new_page: NewPage, leaving: Watch, options: dict[str, Any]
) -> None:
    page = new_page(**options)
    page.goto("/privacy/?from=here")
    page.locator(".langs summary").click()
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    assert page.url.endswith("/privacy/?from=here")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    assert page.context.cookies(leaving.origin)
    page.locator("#exit").click()
    expect_away(page)
    assert page.context.cookies(leaving.origin) == []


@pytest.mark.parametrize("options", HANDS.values(), ids=HANDS)
def test_after_leaving_back_shows_the_sign_in_page_and_never_the_case(
    new_page: NewPage, leaving: Watch, network: Network, options: dict[str, Any]
) -> None:
    case = making.make_case(unlock(network.owner))
    client = sign_in(Client(), network.owner)
    page = new_page(**options)
    halves = (settings.SESSION_ID_COOKIE, settings.SESSION_HALF_COOKIE)
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": leaving.origin} for name in halves]
    )
    page.goto("/work/cases/new/")
    page.locator("input[type=text]").first.fill("half a thought")
    page.goto(f"/work/cases/{case.id}/")
    expect(page.locator("h1")).to_have_text("Lola")
    page.locator("[name=text]").fill("half a thought about her")
    page.locator("#exit").click()
    expect_away(page)
    for step in (page.go_back, page.go_back, page.go_forward):
        step()
        if page.url.startswith(leaving.origin):
            assert "/sign-in/" in page.url
            assert "Lola" not in page.content()
            assert "half a thought" not in page.content()
    page.goto(f"/work/cases/{case.id}/")
    assert "/sign-in/" in page.url


def test_leaving_takes_the_page_out_of_the_history(desktop: Page, leaving: Watch) -> None:
    desktop.goto("/privacy/")
    desktop.goto("/style/")
    desktop.locator("#exit").click()
    expect_away(desktop)
    desktop.go_back()
    assert desktop.url.endswith("/privacy/")


def test_leaving_hides_the_page_before_the_server_answers(desktop: Page, leaving: Watch) -> None:
    desktop.goto("/style/")
    shown, title = desktop.evaluate(
        """() => { document.getElementById("exit").click();
          return [document.body.innerText, document.title] }"""
    )
    assert (shown.strip(), title) == ("Loading…", "Loading…")
    expect_away(desktop)


@pytest.mark.parametrize("keys", [("ShiftLeft",) * 3, ("ShiftRight", "ShiftLeft", "ShiftRight")])
def test_shift_three_times_leaves(desktop: Page, leaving: Watch, keys: tuple[str, ...]) -> None:
    desktop.goto("/style/")
    for key in keys:
        desktop.keyboard.press(key)
    expect_away(desktop)


def test_typing_capitals_does_not_leave(desktop: Page) -> None:
    desktop.goto("/style/")
    desktop.locator("#id_ok-alias").fill("")
    for letter in "ABCD":
        desktop.locator("#id_ok-alias").press(f"Shift+{letter}")
    desktop.keyboard.press("Shift")
    desktop.wait_for_timeout(200)
    expect(desktop.locator("#id_ok-alias")).to_have_value("ABCD")
    assert desktop.url.endswith("/style/")


def test_two_shifts_or_three_slow_ones_do_not_leave(desktop: Page) -> None:
    desktop.clock.install()
    desktop.goto("/style/")
    for _ in range(4):
        desktop.keyboard.press("Shift")
        desktop.clock.run_for(2600)
    assert desktop.url.endswith("/style/")
    expect(desktop.locator("h1")).to_have_text("Style")


def test_another_site_cannot_make_somebody_leave(desktop: Page, watch: Watch) -> None:
    watch.expect_leaving_to("https://other.example/")
    desktop.goto("https://other.example/")
    desktop.evaluate("(url) => { location.href = url }", f"{watch.origin}/exit/")
    expect(desktop.locator("h1")).to_have_text("Do you want to leave?")


def test_a_lost_connection_is_said_and_what_was_typed_can_be_sent_again(desktop: Page) -> None:
    desktop.goto("/style/")
    desktop.wait_for_load_state("networkidle")
    desktop.locator("#id_ok-notes").fill("kept")
    bar = desktop.locator("#offline")
    again = bar.get_by_role("button", name="Send again", include_hidden=True)
    desktop.context.set_offline(True)
    expect(bar).to_contain_text("No connection")
    expect(again).to_be_hidden()
    desktop.locator(".langs summary").click()
    desktop.get_by_role("button", name="Русский").click()
    expect(again).to_be_visible()
    expect(desktop.locator("#id_ok-notes")).to_have_value("kept")
    desktop.context.set_offline(False)
    expect(bar).to_contain_text("The connection is back")
    again.click()
    expect(desktop.locator("html")).to_have_attribute("lang", "ru")
    assert desktop.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_network_that_only_seems_to_be_there_loses_nothing_typed(desktop: Page, watch: Watch) -> None:
    """The phone says it is online, and nobody answers: asked before a form leaves an older page."""
    desktop.clock.install()
    desktop.goto("/join/")
    desktop.locator("main input[type=text]").first.fill("ABCD")
    desktop.context.route("**/*", lambda route: route.abort())
    desktop.clock.run_for(11_000)
    desktop.locator("main form .button").click()
    expect(desktop.locator("#offline")).to_contain_text("No connection")
    expect(desktop.locator("main input[type=text]").first).to_have_value("ABCD")
    desktop.context.unroute_all()
    desktop.get_by_role("button", name="Send again").click()
    expect(desktop.locator(".summary-of-errors")).to_be_visible()
    watch.problems = [problem for problem in watch.problems if "ERR_FAILED" not in problem]


def test_a_second_click_sends_nothing_twice(desktop: Page) -> None:
    desktop.goto("/privacy/")
    sent: list[Route] = []

    def hold(route: Route) -> None:
        sent.append(route)

    desktop.route("**/language/", hold)
    desktop.locator(".langs summary").click()
    box = desktop.get_by_role("button", name="Русский").bounding_box()
    assert box is not None
    for _ in range(3):
        desktop.mouse.click(box["x"] + 20, box["y"] + 20)
        desktop.wait_for_timeout(150)
    assert len(sent) == 1
    sent[0].continue_()
    expect(desktop.locator("html")).to_have_attribute("lang", "ru")


def test_the_error_summary_leads_to_each_question(desktop: Page) -> None:
    desktop.goto("/style/")
    links = desktop.locator(".summary-of-errors a")
    assert links.count() >= 5
    for number in range(links.count()):
        target = (links.nth(number).get_attribute("href") or "").removeprefix("#")
        links.nth(number).click()
        assert desktop.evaluate("document.activeElement.id") == target
    wrong = desktop.locator("#id_email")
    expect(wrong).to_have_value("not-an-address")
    described = (wrong.get_attribute("aria-describedby") or "").split()
    assert described
    for name in described:
        expect(desktop.locator(f"#{name}")).to_have_count(1)


def test_the_first_visit_asks_for_little_and_nothing_moves(phone: Page) -> None:
    """What the pages weigh is counted in tests/perf/test_weight.py; here, that a browser asks for no more."""
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    phone.on("response", note)
    phone.goto("/")
    phone.wait_for_load_state("networkidle")
    names = sorted(answer.url.removeprefix(phone.url) for answer in answers)
    assert names == [
        "",
        "static/css/hamroh.css",
        "static/icons.svg",
        "static/js/hamroh.js",
        "static/mark.svg",
    ]
    for path in PAGES:
        phone.goto(path)
        moved = phone.evaluate(
            """() => new Promise((done) => new PerformanceObserver((list) =>
                 done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0)))
                 .observe({type: "layout-shift", buffered: true}) || setTimeout(() => done(0), 100))"""
        )
        assert moved < 0.01, path
