"""The run itself: find the pages, open each in every language and size, look, keep a picture."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tests.security.routes import doors
from tools import chromium
from tools.screenshots import moments, sheet, site
from tools.screenshots.looking import Ears, look_at
from tools.screenshots.sheet import Shot

SIZES = {"phone": (360, 740), "desktop": (1280, 800)}
NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
# On a picture of the whole page the button at the screen's lower edge would cover what stands there.
LET_GO = """() => {
  document.body.style.position = "relative";
  document.querySelectorAll(".exit").forEach((e) => { e.style.position = "absolute"; });
}"""
HOLD_AGAIN = """() => {
  document.body.removeAttribute("style");
  document.querySelectorAll(".exit").forEach((e) => e.removeAttribute("style"));
}"""


@dataclass
class Camera:
    """A browser for one language and size. Calling it with a name opens a page as that person."""

    browser: Browser
    origin: str
    language: str
    size: str
    folder: Path
    look: str = "light"
    is_pseudo: bool = False
    shots: list[Shot] = field(default_factory=list)
    _open: list[tuple[BrowserContext, Ears, str]] = field(default_factory=list)

    def __call__(self, person: str) -> Page:
        """Return a page of a browser in which this person is signed in ("" for nobody)."""
        width, height = SIZES[self.size]
        context = self.browser.new_context(
            base_url=self.origin,
            viewport={"width": width, "height": height},
            is_mobile=self.size == "phone",
            has_touch=self.size == "phone",
            locale=self.language,
            timezone_id=settings.TIME_ZONE,
            color_scheme="dark" if self.look == "dark" else "light",
            contrast="more" if self.look == "contrast" else "no-preference",
            forced_colors="active" if self.look == "forced" else "none",
            service_workers="block",
        )
        context.set_default_timeout(30_000)
        for name, value in site.cookies_of(site.signed_in(person), self.language).items():
            context.add_cookies([{"name": name, "value": value, "url": self.origin}])
        self._open.append((context, Ears(context, self.origin), person))
        page = context.new_page()
        if self.look == "print":
            page.emulate_media(media="print")
        return page

    def take(self, page: Page, name: str) -> Shot:
        """Look at a page this camera opened, and keep a picture of all of it."""
        ears, person = next((ears, who) for context, ears, who in self._open if context == page.context)
        folder = self.folder / f"{self.language}-{self.size}"
        folder.mkdir(parents=True, exist_ok=True)
        words = re.sub(r"\W+", "-", f"{name} {person or 'nobody'}").strip("-").lower()
        shot = Shot(
            language=self.language,
            size=self.size,
            person=person,
            name=name,
            path=page.url.removeprefix(self.origin),
            file=folder / f"{words}.png",
            wrong=look_at(page, self.language, is_pseudo=self.is_pseudo) + ears.heard(),
        )
        page.evaluate(LET_GO)
        page.screenshot(path=shot.file, full_page=True, animations="disabled")
        page.evaluate(HOLD_AGAIN)
        self.shots.append(shot)
        return shot

    @contextmanager
    def scene(self) -> Iterator[None]:
        """Close at its end what was opened meanwhile."""
        try:
            yield
        finally:
            for context, _ears, _person in self._open:
                context.close()
            self._open.clear()


def take_all(
    *,
    languages: list[str],
    sizes: list[str],
    look: str,
    is_pseudo: bool,
    only: tuple[str, ...],
    each: int,
    folder: Path,
) -> int:
    """Take every picture, write the sheets, print what was found; return the exit code."""
    path = chromium.find()
    if path is None:
        print("There is no Chromium. Install it with:  apt install chromium")
        return 2
    logging.disable(logging.CRITICAL)  # refusals and error pages are asked for on purpose
    settings.ROOT_URLCONF = "tools.screenshots.urls"
    shots: list[Shot] = []
    with site.running() as origin:
        stops = site.stops(each=each)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=[*chromium.OPTIONS, NO_NETWORK])
            for language in languages:
                for size in sizes:
                    camera = Camera(browser, origin, language, size, folder, look, is_pseudo)
                    _take(camera, [stop for stop in stops if stop.name.startswith(only)], only)
                    shots += camera.shots
                    print(f"{language:<8} {size:<8} {len(camera.shots)} pages", flush=True)
            browser.close()
    missed = {door.name for door in doors() if "api" not in door.pattern} - {stop.name for stop in stops}
    print("\n" + sheet.table(shots))
    print(f"\nNo page, or only after a form: {', '.join(sorted(missed))}")
    for file in sheet.write(folder, shots):
        print(file)
    return 1 if any(shot.wrong for shot in shots) else 0


def _take(camera: Camera, stops: list[site.Stop], only: tuple[str, ...]) -> None:
    for person in dict.fromkeys(stop.person for stop in stops):
        with camera.scene():
            page = camera(person)
            for stop in stops:
                if stop.person == person:
                    page.goto(stop.path)
                    camera.take(page, stop.name if stop.number == 1 else f"{stop.name} {stop.number}")
    for scene in moments.SCENES:
        if not scene.__name__.startswith(only):
            continue
        with camera.scene():
            try:
                for name, page in scene(camera):
                    camera.take(page, name)
            except Error as error:
                # One scene that no longer fits the site must not cost all other pictures.
                message = f"the scene stopped: {' '.join(str(error).split())[:200]}"
                camera.shots.append(
                    Shot(camera.language, camera.size, "", scene.__name__, "", camera.folder, [message])
                )
