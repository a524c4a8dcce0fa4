"""What stands on a sheet, as plain JSON for the templates. Reads nothing itself, and knows no markup.

Confidential places give a phone and a district or region here, as their cards do, and no site.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.utils.translation import get_language, gettext

from services.codes import LegalDuty, ServiceType, Sex
from services.queries.entries import ServicePage
from services.queries.matching import age_text
from services.queries.sheets import SECTORS, Listed, SheetPlace, SheetServices
from services.saying import listed
from services.sheets import words
from services.translated import Localized

VALID = timedelta(days=90)  # a quarter: the places are called anew before a sheet is printed again
EMERGENCY_FILE = Path(__file__).parents[1] / "data" / "emergency.json"
PHONES, LANGUAGES = 2, 4  # of one service

# A number on the sheet for each duty; without duty there is no number.
_MARKS = {
    LegalDuty.SERIOUS_INJURY.value: "1",
    LegalDuty.MINORS.value: "2",
    LegalDuty.POLICE.value: "3",
    LegalDuty.UNKNOWN.value: "?",
}
_TAGS = {"uz": ("uz", "latn"), "uz-cyrl": ("uz", "cyrl"), "ru": ("ru", "cyrl"), "en": ("en", "latn")}


class Kind(StrEnum):
    """The two papers: one page to hang up or hand out, and one that folds into a pocket."""

    SHEET = "sheet"
    POCKET = "pocket"


@dataclass(frozen=True)
class PublicPage:
    """Where the same is up to date: the address for the QR code, and what is printed below it."""

    address: str
    shown: str


@cache
def _emergency_numbers() -> dict[str, list[dict[str, str]]]:
    numbers: dict[str, list[dict[str, str]]] = json.loads(EMERGENCY_FILE.read_text("utf-8"))["numbers"]
    return numbers


def _emergency(country: str) -> list[dict[str, str]]:
    return [
        {"number": one["number"], "label": words.emergency_label(one["kind"])}
        for one in _emergency_numbers().get(country, [])
    ]


def _text(text: Localized, most: int) -> dict[str, str]:
    """Return a text of the directory with its language, for screen readers."""
    return {"text": words.plain(text, most), "lang": _TAGS.get(text.language, _TAGS["en"])[0]}


def _place_names(page: ServicePage) -> str:
    named = page.card.districts or page.card.regions
    return words.plain(", ".join(str(place.name) for place in named[:2]), 80)


def _where(page: ServicePage, *, is_elsewhere: bool) -> str:
    """Return the street of a public site; of a confidential one the district or region, and no more."""
    card = page.card
    if card.is_confidential or card.service_type == ServiceType.SAFE_HOUSE:
        return ", ".join(
            part for part in (_place_names(page), gettext("the address is told by phone")) if part
        )
    lines = [line for site in page.sites if not site.is_confidential for line in site.lines]
    if lines:
        return words.plain(lines[0], 90)
    return _place_names(page) if is_elsewhere or card.districts else gettext("by phone")


def _for_whom(page: ServicePage) -> list[str]:
    card = page.card
    parts = [card.sex_label] if card.sex != Sex.ANY else []
    if card.minimum_age is not None or card.maximum_age is not None:
        parts.append(str(age_text(card)))
    return [words.plain(part, 40) for part in parts]


def _phones(page: ServicePage) -> list[str]:
    return [words.plain(number, 30) for number in page.card.phones[:PHONES]]


def _entry(one: Listed) -> dict[str, Any]:
    page, card = one.page, one.page.card
    return {
        "sector": SECTORS.index(ServiceType(card.service_type)),
        "name": _text(card.name, 90),
        "mark": _MARKS.get(card.legal_duty, ""),
        "phones": _phones(page),
        "hours": words.plain(words.hours(page.days, round_the_clock=page.round_the_clock), 120),
        "where": _where(page, is_elsewhere=one.is_elsewhere),
        "languages": words.plain(
            listed((spoken.name for spoken in card.languages[:LANGUAGES]), are_names=True), 80
        ),
        "for": _for_whom(page),
        "bring": [_text(document, 60) for document in card.documents[:3]],
        "is_stale": one.is_stale,
    }


def _duties(found: SheetServices) -> list[dict[str, str]]:
    """Return what the numbers beside the names on this sheet mean."""
    used = {one.page.card.legal_duty for one in found.listed} | {page.card.legal_duty for page in found.care}
    return [
        {"mark": mark, "text": str(LegalDuty(code).label)} for code, mark in _MARKS.items() if code in used
    ]


def qr_svg(address: str) -> str:
    """Return the QR code of an address, black on nothing: paper is white."""
    return segno.make(address, error="m", micro=False).svg_inline(border=0, omitsize=True)


def content(place: SheetPlace, found: SheetServices, *, page: PublicPage, printed: date) -> dict[str, Any]:
    """Return all that the templates of both papers read, in the active language.

    ``more[n]`` says how many places are only on the public page when ``n`` entries did not fit.
    """
    language, script = _TAGS[get_language() or "en"]
    entries = [_entry(one) for one in found.listed]
    shown_here = sum(not one.is_elsewhere for one in found.listed)
    left_out = max(0, found.total - shown_here)
    until = printed + VALID
    return {
        "lang": language,
        "script": script,
        "place": words.plain(place.name, 80),
        "region": words.plain(place.region_name, 80) if place.district else "",
        "words": words.fixed(),
        "emergency": _emergency(place.country),
        "care": [
            {
                "name": _text(one.card.name, 90),
                "mark": _MARKS.get(one.card.legal_duty, ""),
                "phones": _phones(one),
                "hours": words.plain(words.hours(one.days, round_the_clock=one.round_the_clock), 120),
                "where": _where(one, is_elsewhere=True),
            }
            for one in found.care
        ],
        "sectors": [str(sector.label) for sector in SECTORS],
        "entries": entries,
        "duties": _duties(found),
        "more": [words.more_places(left_out + hidden) for hidden in range(len(entries) + 1)],
        "printed": gettext("Printed on %(date)s. True until %(until)s: then take a new one.")
        % {"date": words.printed_date(printed), "until": words.printed_date(until)},
        "address": words.plain(page.shown, 120),
        "qr": qr_svg(page.address),
    }
