"""The short guides, one a role: written in docs/guides/, shown on a page, printed on two.

A source is Markdown of four kinds of lines: a title, headings, items, paragraphs; a line ``---`` begins
the second page. What stands on the screen is in braces, ``{Inbox}`` or with its page
``{Inbox|referrals:inbox}``: the English text of a button or page, shown as the catalogue has it, so that
a guide names what the reader sees. Nothing in title, text or file name says what the work is about: a
paper is found by others (docs/decisions/0042).
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import RoleName
from services.sheets import printing, words

SOURCES = Path(settings.BASE_DIR) / "docs" / "guides"
TEMPLATE = Path(__file__).parent / "guide.typ"
_LABEL = re.compile(r"\{([^{}|]+)(?:\|([^{}]+))?\}")
_TAGS = {"uz": ("uz", "latn"), "uz-cyrl": ("uz", "cyrl"), "ru": ("ru", "cyrl"), "en": ("en", "latn")}


class GuideName(StrEnum):
    """Which guide; its place in this list is all that a file name says."""

    CASEWORKER = "caseworker"
    DESK = "desk"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"

    @property
    def whose(self) -> Promise | str:
        return _WHOSE[self][0]

    @property
    def roles(self) -> frozenset[RoleName]:
        return _WHOSE[self][1]

    def file_name(self, language: str) -> str:
        """Return a name that tells papers apart and says nothing else: it stays among the downloads."""
        return f"steps-{list(GuideName).index(self) + 1}-{language}.pdf"


_WHOSE: dict[GuideName, tuple[Promise | str, frozenset[RoleName]]] = {
    GuideName.CASEWORKER: (_("For caseworkers"), frozenset({RoleName.CASEWORKER})),
    GuideName.DESK: (_("For the desk of a provider"), frozenset({RoleName.INTAKE})),
    GuideName.SUPERVISOR: (
        _("For supervisors and custodians"),
        frozenset({RoleName.SUPERVISOR, RoleName.CUSTODIAN}),
    ),
    GuideName.ADMINISTRATOR: (
        _("For administrators and editors"),
        frozenset({RoleName.ADMINISTRATOR, RoleName.EDITOR}),
    ),
}


@dataclass(frozen=True)
class Piece:
    """Words of a guide: plain, or as they stand on the screen, with the route of the page they name."""

    text: str
    is_label: bool = False
    route: str = ""


@dataclass(frozen=True)
class Part:
    """A heading with its steps (numbered) or points."""

    heading: str
    is_numbered: bool
    items: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True)
class Guide:
    title: str
    lead: str
    pages: tuple[tuple[Part, ...], ...]


def source(name: GuideName, language: str) -> str:
    """Return the text of a guide as it was written, labels in braces."""
    return (SOURCES / f"{name}.{language}.md").read_text(encoding="utf-8")


@lru_cache(maxsize=len(GuideName) * len(settings.LANGUAGES))
def _blocks(name: GuideName, language: str) -> tuple[tuple[str, str], ...]:
    """Return a source as blocks: of which kind (``#``, ``##``, ``1``, ``-``, ``---``, text) and words."""
    found: list[tuple[str, str]] = []
    is_open = False
    for line in source(name, language).splitlines():
        start = re.match(r"(#{1,2}|-(?!-)|\d+\.) +", line)
        if line == "---":
            found.append(("---", ""))
        elif start:
            found.append((start[1] if start[1][0] in "#-" else "1", line[start.end() :]))
        elif line.strip() and is_open:
            kind, text = found.pop()
            found.append((kind, f"{text} {line.strip()}"))
        elif line.strip():
            found.append(("text", line.strip()))
        is_open = bool(line.strip()) and line != "---"
    return tuple(found)


def pieces(text: str) -> tuple[Piece, ...]:
    """Return words with their labels in the active language."""
    found: list[Piece] = []
    at = 0
    for label in _LABEL.finditer(text):
        found += [Piece(text[at : label.start()]), Piece(gettext(label[1]), True, label[2] or "")]
        at = label.end()
    return tuple(piece for piece in (*found, Piece(text[at:])) if piece.text)


def guide(name: GuideName) -> Guide:
    """Return a guide in the active language."""
    title, lead = "", ""
    pages: list[list[Part]] = [[]]
    for kind, text in _blocks(name, get_language() or settings.LANGUAGE_CODE):
        if kind == "#":
            title = text
        elif kind == "text":
            lead = text
        elif kind == "---":
            pages.append([])
        elif kind == "##":
            pages[-1].append(Part(text, is_numbered=False, items=()))
        else:
            part = pages[-1].pop()
            pages[-1].append(Part(part.heading, kind == "1", (*part.items, pieces(text))))
    return Guide(title, lead, tuple(tuple(page) for page in pages))


def paper(name: GuideName, *, printed: date) -> bytes:
    """Return a guide as a PDF of two A4 pages, in the active language. Raises TooBusy."""
    shown = guide(name)
    language, script = _TAGS[get_language() or settings.LANGUAGE_CODE]
    content: dict[str, Any] = {
        "lang": language,
        "script": script,
        "title": shown.title,
        "lead": shown.lead,
        "pages": [
            [
                {
                    "heading": part.heading,
                    "numbered": part.is_numbered,
                    "items": [
                        [{"text": piece.text, "label": piece.is_label} for piece in item]
                        for item in part.items
                    ],
                }
                for part in page
            ]
            for page in shown.pages
        ],
        "notes": gettext("Notes"),
        "careful": gettext("Keep this paper where others do not read it. You can print a new one any time."),
        "printed": words.printed_date(printed),
    }
    return printing.compiled(TEMPLATE, printing.as_text(content), printed)
