"""`make accessibility`: a good page has no fault, and each fault that it looks for is found.

The whole walk is long and no part of the tests; one page here goes the same way.
"""

from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tools.accessibility import walking
from tools.accessibility.walking import Walker

# Each line breaks one promise; the words in FOUND say which.
BROKEN = """() => {
  const main = document.querySelector("main");
  document.documentElement.lang = "uz";
  document.querySelector("h1").outerHTML = "<h4>a heading that jumps</h4>";
  main.insertAdjacentHTML("beforeend", `
    <button id="nameless"></button>
    <button id="first" tabindex="3">first of all</button>
    <button id="small" aria-label="tiny"></button>
    <a id="ghost" href="/">nobody sees where I am</a>
    <p id="wide">a line that no phone holds</p>
    <p id="pale">pale words in the dark</p>
    <p id="running">running words</p>`);
  const style = new CSSStyleSheet();
  style.replaceSync(`
    #small { width: 12px; height: 12px; padding: 0; border: 0; min-height: 0; display: block }
    #wide { width: 500px } #running { transition: color 3s }
    #ghost:focus-visible { outline: none }
    @media (prefers-color-scheme: dark) { #pale { color: #444; background: #222 } }`);
  document.adoptedStyleSheets = [style];
  console.error("something of ours");
}"""
FOUND = (
    'the page says it is in "uz", not "ru"',
    "0 first headings (h1) instead of one",
    "heading <h4> after <h0>",
    "button-name",
    "no name for a button",
    "tabindex 3",
    "12 × 12 px",
    "px too wide at 320",
    "color-contrast",
    "no visible focus on <a id",
    "moves although motion is reduced",
    "console: something of ours",
)


def test_a_good_page_is_clean_and_each_fault_is_found(browser: Browser, live_server: LiveServer) -> None:
    walker = Walker(browser, live_server.url, "ru", "ru", keyboard=True)
    with walker.scene():
        page = walker("")
        page.goto("/sign-in/")
        walker.look(page, "accounts:sign_in")
        assert walker.faults == {}
        page.evaluate(BROKEN)
        walker.look(page, "accounts:sign_in")
    said = walking.table([walker])
    for fault in FOUND:
        assert fault in said
    colours = [place for (_, fault), places in walker.faults.items() if "pale" in fault for place in places]
    assert colours == [
        f"ru nobody {size} {look}" for size in ("desktop", "phone") for look in ("dark", "dark contrast")
    ]
