"""The walk itself: each page is opened once for each language, and shown in every width and colour.

Widths and colours change on the open page, so nothing is loaded or signed in for them again. What words can
change is measured on every page in every language; axe is slow, and asked where something is new (``Seen``).
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Error, Page, ViewportSize, sync_playwright

from tests.security.routes import doors
from tools import chromium
from tools.accessibility import measuring
from tools.accessibility.axe import COLOURS, Axe
from tools.screenshots import moments, site
from tools.screenshots.looking import Ears
from tools.screenshots.taking import NO_NETWORK

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
# Less motion in each: axe would measure a colour on its way to the next.
LIGHT: dict[str, Any] = {
    "color_scheme": "light",
    "contrast": "no-preference",
    "forced_colors": "none",
    "reduced_motion": "reduce",
}
LOOKS: dict[str, dict[str, Any]] = {
    "dark": LIGHT | {"color_scheme": "dark"},
    "contrast": LIGHT | {"contrast": "more"},
    "dark contrast": LIGHT | {"color_scheme": "dark", "contrast": "more"},
    "forced": LIGHT | {"forced_colors": "active"},
}
# One question reached by two ways, from a consent and from what was sent by it: one title is right for both.
SAME_PAGES = ({"referrals:consent_withdraw", "referrals:referral_withdraw"},)


@dataclass
class Seen:
    """What axe was asked about already, in any language: one walk has one.

    ``looks`` are the makes of whole pages by size, ``inks`` what colours depend on by size and look.
    """

    looks: set[tuple[str, str]] = field(default_factory=set)
    inks: dict[str, set[str]] = field(default_factory=dict)

    def is_new_look(self, page: Page, size: str) -> bool:
        look = (size, measuring.look_of(page))
        is_new = look not in self.looks
        self.looks.add(look)
        return is_new

    def has_new_ink(self, page: Page, where: str) -> bool:
        """Say whether some words stand in colours not met before in this size and look."""
        inks, known = measuring.inks_of(page), self.inks.setdefault(where, set())
        is_new = not inks <= known
        known |= inks
        return is_new


@dataclass
class Walker:
    """A browser in one language. Calling it with a name opens a page as that person ("" for nobody)."""

    browser: Browser
    origin: str
    language: str
    lang: str
    keyboard: bool
    words: bool = False
    seen: Seen = field(default_factory=Seen)
    # (page, fault) → where it was found
    faults: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    pages: Counter[str] = field(default_factory=Counter)
    _titles: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _axe: Axe = field(default_factory=Axe)
    _open: list[tuple[BrowserContext, Ears, str]] = field(default_factory=list)

    def __call__(self, person: str) -> Page:
        context = self.browser.new_context(
            base_url=self.origin,
            viewport=DESKTOP,
            locale=self.language,
            timezone_id=settings.TIME_ZONE,
            service_workers="block",
            **LIGHT,
        )
        context.set_default_timeout(60_000)
        for name, value in site.cookies_of(site.signed_in(person), self.language).items():
            context.add_cookies([{"name": name, "value": value, "url": self.origin}])
        self._open.append((context, Ears(context, self.origin), person))
        return context.new_page()

    def look(self, page: Page, name: str) -> None:
        """Look at an open page in every width and colour, and leave it as it was."""
        ears, person = next((ears, who) for context, ears, who in self._open if context == page.context)
        self.pages[person or "nobody"] += 1
        self._titles.setdefault((person, page.title()), set()).add(name)

        def note(where: str, found: list[str]) -> None:
            for fault in found:
                place = f"{self.language} {person or 'nobody'} {where}"
                if (name, fault) not in self.faults:  # at once: a walk may be stopped
                    print(f"{name}: {fault} ({place})", flush=True)
                self.faults.setdefault((name, fault), []).append(place)

        note("desktop", measuring.page_faults(page, self.lang) + measuring.name_faults(page))
        note("desktop", measuring.width_fault(page) + self._asked_of_axe(page, "desktop"))
        self._in_colours(page, "desktop", note)
        for width in measuring.ZOOMS:
            page.set_viewport_size({"width": width, "height": 740})
            note(f"{width} px", measuring.width_fault(page))
        page.set_viewport_size(PHONE)
        _touch(page)
        note("phone", measuring.page_faults(page, self.lang) + measuring.width_fault(page))
        note("phone", self._asked_of_axe(page, "phone"))
        self._in_colours(page, "phone", note)
        page.set_viewport_size(DESKTOP)
        if self.keyboard:
            _touch(page)
            note("keyboard", measuring.focus_faults(page) + measuring.motion_faults(page))
        note("browser", ears.heard())

    def _asked_of_axe(self, page: Page, size: str) -> list[str]:
        return [] if self.words or not self.seen.is_new_look(page, size) else self._axe.faults(page)

    def _in_colours(self, page: Page, size: str, note: Any) -> None:
        if self.words:
            return
        for look, media in LOOKS.items():
            page.emulate_media(**media)
            where = f"{size} {look}"
            if self.seen.has_new_ink(page, where):
                note(where, self._axe.faults(page, *COLOURS))
        page.emulate_media(**LIGHT)

    def titles(self) -> None:
        """Note the titles that two routes share for one person: tabs and history tell pages apart by them."""
        for (person, title), names in self._titles.items():
            routes = {name.partition(" ")[0] for name in names if ":" in name}
            if len(routes) > 1 and routes not in SAME_PAGES:
                fault = f"title of more than one page: {title} (2.4.2)"
                self.faults.setdefault((", ".join(sorted(routes)), fault), []).append(
                    f"{self.language} {person or 'nobody'}"
                )

    @contextmanager
    def scene(self) -> Iterator[None]:
        """Close at its end what was opened meanwhile."""
        try:
            yield
        finally:
            for context, _ears, _person in self._open:
                context.close()
            self._open.clear()


def _touch(page: Page) -> None:
    """Keep a page from covering itself, or uncover it: on a busy machine a look takes over a minute."""
    page.keyboard.press("Escape")


def walk(
    *, languages: dict[str, str], only: tuple[str, ...], each: int, every_role: bool, words: bool
) -> int:
    """Look at every page, print what was found; return the exit code."""
    path = chromium.find()
    if path is None:
        print("There is no Chromium. Install it with:  apt install chromium")
        return 2
    logging.disable(logging.CRITICAL)  # refusals and error pages are asked for on purpose
    settings.ROOT_URLCONF = "tools.screenshots.urls"
    walkers: list[Walker] = []
    seen = Seen()
    with site.running() as origin:
        stops = site.stops(each=each, every_role=every_role)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=[*chromium.OPTIONS, NO_NETWORK])
            try:
                for number, (language, lang) in enumerate(languages.items()):
                    # What Tab meets is the same in every language.
                    walker = Walker(
                        browser,
                        origin,
                        language,
                        lang,
                        keyboard=number == 0 and not words,
                        words=words,
                        seen=seen,
                    )
                    walkers.append(walker)
                    _walk(walker, [stop for stop in stops if stop.name.startswith(only)], only)
                    walker.titles()
            except KeyboardInterrupt:
                print("Stopped: this is what was seen until now.")
            browser.close()
    missed = {door.name for door in doors() if "api" not in door.pattern} - {stop.name for stop in stops}
    print("\n" + table(walkers))
    print(f"\nNo page, or only after a form: {', '.join(sorted(missed))}")
    return 1 if any(walker.faults for walker in walkers) else 0


def _walk(walker: Walker, stops: list[site.Stop], only: tuple[str, ...]) -> None:
    for person in dict.fromkeys(stop.person for stop in stops):
        begun = monotonic()
        with walker.scene():
            page = walker(person)
            for stop in stops:
                if stop.person == person:
                    page.goto(stop.path)
                    walker.look(page, stop.name if stop.number == 1 else f"{stop.name} {stop.number}")
        seen = walker.pages[person or "nobody"]
        print(
            f"{walker.language:<8} {person or 'nobody'}: {seen} pages, {monotonic() - begun:.0f} s",
            flush=True,
        )
    for scene in moments.SCENES:
        if not scene.__name__.startswith(only):
            continue
        with walker.scene():
            try:
                for name, page in scene(walker):
                    walker.look(page, name)
            except Error as error:
                # One scene that no longer fits the site must not cost all other pages.
                fault = f"the scene stopped: {' '.join(str(error).split())[:200]}"
                walker.faults.setdefault((scene.__name__, fault), []).append(walker.language)


def table(walkers: list[Walker]) -> str:
    """Return each fault with where it was found, and how many pages each role saw in each language."""
    where: dict[tuple[str, str], list[str]] = {}
    for walker in walkers:
        for key, places in walker.faults.items():
            where.setdefault(key, []).extend(places)
    lines = [
        f"{name}: {fault}\n    {len(places)} ×: {'; '.join(places[:4])}"
        for (name, fault), places in sorted(where.items())
    ]
    people = list(dict.fromkeys(person for walker in walkers for person in walker.pages))
    lines += ["", f"{'pages':<12}" + "".join(f"{walker.language:>9}" for walker in walkers)]
    lines += [
        f"{person:<12}" + "".join(f"{walker.pages[person]:>9}" for walker in walkers) for person in people
    ]
    lines.append(f"{'faults':<12}" + "".join(f"{len(walker.faults):>9}" for walker in walkers))
    return "\n".join(lines)
