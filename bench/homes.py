"""How soon the three homes show something on a slow telephone: a processor four times slower, slow 3G.

``make trace``. A caseworker's, a desk's and a supervisor's first page: opened by its address in a browser
that was never here, and reached from another page of the site, as after signing in. Pages and static files
come compressed, as in production (decision 0033). Slow 3G is 400 kbit/s and 400 ms from request to answer
(WebPageTest's "3G Slow"), by the browser's own tools.
``answer`` is what this machine's server took: the browser notes it before it holds the answer back.
Exit code 1 when content takes longer than ``MOST`` from the site itself, or anything moves.
"""

import os
import sys
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tools import chromium
from tools.screenshots import throw_away

PEOPLE = {"caseworker": "dilnoza", "desk": "nodira", "supervisor": "saida"}
MOST = 2500  # milliseconds until content, docs/interface.md
STILL = 0.01  # layout shift that nobody sees
SLOW = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
TIMES_SLOWER = 4
ROUNDS = 3

_WATCH = """
window.trace = {content: 0, moved: 0};
new PerformanceObserver((list) => { for (const entry of list.getEntries()) trace.content = entry.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => { for (const entry of list.getEntries()) trace.moved += entry.value; })
  .observe({type: "layout-shift", buffered: true});
"""
_READ = """() => ({...trace,
  answer: performance.getEntriesByType("navigation")[0].responseStart,
  first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
  bytes: [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .reduce((sum, entry) => sum + entry.transferSize, 0)})"""


def main() -> int:
    path = chromium.find()
    if path is None:
        print("There is no Chromium. Install it with:  apt install chromium")
        return 2
    with throw_away.settings():
        from django.conf import settings
        from django.core.management import call_command

        from accounts.models import Person
        from accounts.views.answers import first_page
        from referrals.demo.network import PASSWORD
        from tests import people
        from tools.screenshots import site

        # As in production: collected, compressed, and nothing found in the source beside it.
        settings.WHITENOISE_USE_FINDERS = False
        compressed = "whitenoise.storage.CompressedManifestStaticFilesStorage"
        settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": compressed}}
        call_command("collectstatic", verbosity=0, interactive=False)
        with site.running(lambda handler: handler) as origin, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=chromium.OPTIONS)
            print(f"load {os.getloadavg()[0]:.1f}; milliseconds, the middle of {ROUNDS} rounds")
            print(f"{'home':<14}{'from':<9}{'answer':>8}{'first':>8}{'content':>9}{'moved':>8}{'bytes':>9}")
            good = True
            for role, name in PEOPLE.items():
                cookies = site.cookies_of(site.signed_in(name), "en")
                home = first_page(people.unlock(Person.objects.get(name=name), password=PASSWORD))
                rounds = [_visit(browser, origin, home, cookies) for _ in range(ROUNDS)]
                for at, come in enumerate(("address", "site")):
                    times = sorted((one[at] for one in rounds), key=lambda one: float(one["content"]))
                    middle = times[ROUNDS // 2]
                    good = good and (at == 0 or middle["content"] < MOST) and middle["moved"] < STILL
                    print(
                        f"{role:<14}{come:<9}{middle['answer']:>8.0f}{middle['first']:>8.0f}"
                        f"{middle['content']:>9.0f}{middle['moved']:>8.3f}{middle['bytes']:>9.0f}",
                        flush=True,
                    )
            browser.close()
    return 0 if good else 1


def _visit(
    browser: Browser, origin: str, path: str, cookies: dict[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Open somebody's home in a new browser by its address, then from another page. Return what was seen."""
    context = browser.new_context(
        base_url=origin, viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True
    )
    context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in cookies.items()])
    context.add_init_script(_WATCH)
    context.set_default_timeout(120_000)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", SLOW)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": TIMES_SLOWER})
    page.goto(path)
    page.wait_for_timeout(500)
    by_address = page.evaluate(_READ)
    page.goto("/accessibility/")
    with page.expect_navigation(url=f"**{path}"):
        page.evaluate("(path) => location.assign(path)", path)
    page.wait_for_timeout(500)
    from_the_site = page.evaluate(_READ)
    context.close()
    return by_address, from_the_site


if __name__ == "__main__":
    sys.exit(main())
