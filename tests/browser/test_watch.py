"""The watch itself: what must fail a browser test is seen, what a test expects is not."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watch


@pytest.fixture
def problems(watch: Watch) -> list[str]:
    """Return what the watch saw so far."""
    return watch.problems


def wait_for(problems: list[str], wanted: str, page: Page) -> None:
    """Wait until the watch has seen ``wanted``, then hand the test's end a clean sheet."""
    for _ in range(100):
        if wanted in "\n".join(problems):
            problems.clear()
            return
        page.wait_for_timeout(100)
    pytest.fail(f"The watch did not see {wanted!r}, only: {problems}")


def test_front_page_is_quiet(phone: Page, desktop: Page) -> None:
    for page in (phone, desktop):
        answer = page.goto("/")
        assert answer is not None
        assert answer.status == 200


def test_request_to_another_origin_is_seen_and_stopped(desktop: Page, problems: list[str]) -> None:
    desktop.goto("/")
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        desktop.goto("https://tracker.example/pixel")
    wait_for(problems, "another origin: https://tracker.example/pixel", desktop)


def test_leaving_the_site_as_expected_is_no_problem(desktop: Page, watch: Watch) -> None:
    watch.expect_leaving_to("https://weather.example/")
    desktop.goto("https://weather.example/today")
    assert desktop.title() == "Elsewhere"


def test_console_errors_and_script_errors_are_seen(desktop: Page, problems: list[str]) -> None:
    desktop.goto("/")
    desktop.evaluate("console.error('the page complains')")
    wait_for(problems, "the page complains", desktop)
    desktop.evaluate("setTimeout(() => { throw new Error('the script broke') }, 0)")
    wait_for(problems, "the script broke", desktop)


def test_missing_picture_is_seen_but_a_missing_page_asked_for_is_not(
    desktop: Page, problems: list[str]
) -> None:
    desktop.goto("/no-such-page")
    desktop.goto("/")
    assert problems == []
    desktop.evaluate("document.body.append(Object.assign(new Image(), {src: '/no-such-picture.png'}))")
    wait_for(problems, "404", desktop)
