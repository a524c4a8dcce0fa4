"""What every scene is made of: how a page is pressed, chosen from and sent. The scenes: ``moments``."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page

Visit = Callable[[str], Page]
Scene = Callable[[Visit], Iterator[tuple[str, Page]]]


def send(page: Page, form: str = "main form.form") -> None:
    """Press the first button of a form."""
    page.locator(f"{form} .button").first.click()
    page.wait_for_load_state()


def press(page: Page, name: str) -> None:
    """Press what has this ``data-test``."""
    page.locator(f"[data-test={name}]").first.click()
    page.wait_for_load_state()


def choose(page: Page, name: str, *values: str) -> None:
    """Tick these answers, or the first one there is."""
    for value in values or ("",):
        page.locator(f"main [name={name}]" + (f"[value='{value}']" if value else "")).first.check()


def write(page: Page, name: str, text: str) -> None:
    page.locator(f"main [name={name}]").first.fill(text)
