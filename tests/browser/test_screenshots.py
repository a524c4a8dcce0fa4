"""The pictures of `make screenshots`: they are taken, and what an eye would trip over is found.

The whole run is long and no part of the tests; two pages here go the same way.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tools.screenshots import sheet
from tools.screenshots.looking import is_english
from tools.screenshots.taking import Camera

BROKEN = """() => {
  document.querySelector("h1").outerHTML = "<p>no heading</p>";
  const main = document.querySelector("main");
  main.insertAdjacentHTML("beforeend", `
    <p id="wide" class="card">a table that nobody measured</p>
    <p id="tight"><span class="button">Подтверждаю</span></p>
    <p id="narrow">Конфиденциальность</p>
    <p>Ask your administrator to enter what they have.</p>`);
  document.querySelector("#wide").style.width = "900px";
  document.querySelector("#tight .button").style.width = "60px";
  document.querySelector("#narrow").style.width = "70px";
  console.error("something of ours");
}"""


def test_pages_are_taken_and_what_is_wrong_on_them_is_said(
    browser: Browser, live_server: LiveServer, tmp_path: Path
) -> None:
    camera = Camera(browser, live_server.url, "ru", "phone", tmp_path)
    with camera.scene():
        page = camera("")
        page.goto("/")
        good = camera.take(page, "home")
        page.goto("/sign-in/")
        page.evaluate(BROKEN)
        bad = camera.take(page, "accounts:sign_in")
    assert good.wrong == []
    assert good.file.read_bytes().startswith(b"\x89PNG")
    said = "\n".join(bad.wrong)
    for finding in (
        "px too wide",
        "a table that nobody measured",
        "clipped: Подтверждаю",
        "torn: Конфиденциальность",
        "0 first headings",
        "English: Ask your administrator",
        "console: something of ours",
    ):
        assert finding in said
    [written] = sheet.write(tmp_path, camera.shots)
    assert written.name == "ru-phone.html"
    assert "px too wide" in written.read_text("utf-8")
    assert "ru-phone/home-nobody.png" in written.read_text("utf-8")
    assert "with findings" in sheet.table(camera.shots)


@pytest.mark.parametrize(
    ("text", "language", "english"),
    [
        ("Sign in", "uz", True),  # known, and translated otherwise
        ("Sign in", "en", False),
        ("Dilnoza Sinova", "ru", False),
        ("A room for two.", "ru", False),  # typed by somebody in the demo
        ("This is what you see", "uz-cyrl", True),  # known to nobody
    ],
)
def test_what_was_left_in_english(text: str, language: str, english: bool) -> None:
    assert is_english(text, language) is english
