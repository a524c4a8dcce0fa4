"""What an eye would trip over on a page, measured: width, clipped and torn words, headings, language.

The pictures still have to be looked at. This says where to look first.
"""

import ast
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

from tools import catalogues, pseudo

# Words that no Uzbek or Russian sentence has; two of them make a text English.
_ENGLISH = re.compile(
    r"\b(the|of|and|is|are|was|you|your|with|this|that|they|their|from|not|has|have|what|who|for|to)\b", re.I
)
_CATALOGUE = {"uz": "uz", "uz-cyrl": "uz_Cyrl", "ru": "ru"}

_MEASURE = r"""
() => {
  const root = document.documentElement;
  const seen = (e) => e.checkVisibility({visibilityProperty: true}) && !e.closest(".visually-hidden, .skip")
    && (e.getBoundingClientRect().width > 2 || getComputedStyle(e).display === "contents");
  const said = (e) => e.textContent.trim().replace(/\s+/g, " ").slice(0, 60);
  const wide = [];
  if (root.scrollWidth > root.clientWidth)
    for (const e of document.body.querySelectorAll("*"))
      if (seen(e) && e.getBoundingClientRect().right > root.clientWidth + 1 && !e.firstElementChild)
        wide.push(`<${e.localName}> ${said(e)}`);
  const tight = ".button, .tag, .bigtap, .exit__button, .nav a, .choice, summary, .langs__list button";
  const clipped = [...document.querySelectorAll(tight)].filter(seen)
    .filter((e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 2).map(said);
  const torn = [], texts = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement, text = node.data.trim().replace(/\s+/g, " ");
    if (!text || e.closest("script, style, textarea, option, [hidden]")) continue;
    if (!e.closest("[translate=no], [lang]:not(html)")) texts.add(text);
    if (!seen(e) || e.closest(".code, [translate=no]") || getComputedStyle(e).hyphens === "auto") continue;
    for (const word of node.data.matchAll(/[\p{L}\p{M}’ʻʼ']{4,}/gu)) {
      range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
      const tops = new Set([...range.getClientRects()].filter((r) => r.width).map((r) => Math.round(r.top)));
      if (tops.size > 1) torn.push(word[0]);
    }
  }
  for (const e of document.querySelectorAll("option, [placeholder], [aria-label], [title], [alt]")) {
    if (e.closest("[translate=no], [lang]:not(html)")) continue;
    const named = e.localName === "option" ? [said(e)]
      : ["placeholder", "aria-label", "title", "alt"].map((name) => e.getAttribute(name));
    named.filter(Boolean).forEach((text) => texts.add(text.trim()));
  }
  return {overflow: root.scrollWidth - root.clientWidth, wide: wide.slice(0, 3), clipped, torn,
          headings: document.querySelectorAll("h1").length, texts: [document.title, ...texts]};
}
"""


class Ears:
    """What a browser says on its own: errors in the console, failed scripts, requests to others."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self._origin = origin
        self._heard: list[str] = []
        self._refused: set[str] = set()
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", lambda error: self._heard.append(f"script error: {error.error}"))

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._origin}/", "data:", "blob:")):
            self._heard.append(f"request to another origin: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.request.is_navigation_request():
            self._refused.add(response.url)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium also reports a page that answers with a refusal as it should: a form, an error page.
        if message.type == "error" and message.location.get("url") not in self._refused:
            self._heard.append(f"console: {message.text}")

    def heard(self) -> list[str]:
        """Return what was heard since the last time."""
        heard, self._heard = self._heard, []
        return heard


def look_at(page: Page, language: str, *, is_pseudo: bool = False) -> list[str]:
    """Return what is wrong with the page as it stands, in words."""
    seen: dict[str, Any] = page.evaluate(_MEASURE)
    wrong = []
    if seen["overflow"] > 0:
        wrong.append(f"{seen['overflow']} px too wide: {'; '.join(seen['wide'])}")
    wrong += [f"clipped: {text}" for text in _once(seen["clipped"])]
    wrong += [f"torn: {word}" for word in _once(seen["torn"])]
    if seen["headings"] != 1:
        wrong.append(f"{seen['headings']} first headings (h1) instead of one")
    if is_pseudo:
        unmarked = [text for text in seen["texts"] if pseudo.is_unmarked(text, _typed())]
        return [*wrong, *(f"not marked for translation: {text[:80]}" for text in unmarked)]
    wrong += [f"English: {text[:80]}" for text in seen["texts"] if is_english(text, language)]
    return wrong


def is_english(text: str, language: str) -> bool:
    """Say whether a text of a page in another language was left in English.

    True for a text that the catalogue knows in English and has otherwise, and for an unknown one with
    English words in it that is not what the demo's people typed.
    """
    if language == "en" or text in _typed():
        return False
    translated = _catalogue(language).get(text)
    if translated is not None:
        return translated != text
    return len(set(_ENGLISH.findall(text.lower()))) > 1


@cache
def _catalogue(language: str) -> dict[str, str]:
    name = _CATALOGUE[language]
    return {
        message.id: str(message.string)
        for message in catalogues.read(catalogues.po_file(name), name)
        if isinstance(message.id, str) and message.id
    }


@cache
def _typed() -> frozenset[str]:
    """Return what the demo's people typed in English: it is shown as typed in every language."""
    folder = catalogues.PROJECT / "referrals" / "demo"
    return frozenset(
        node.value
        for file in folder.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
