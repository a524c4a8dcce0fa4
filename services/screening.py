"""What free text looks like when it holds something we never ask for.

Only recognising lives here: passport numbers, personal numbers and phone numbers in any of the four
languages' habits. What a form does about it is the form's (forms/base.py).
"""

import re
import unicodedata

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Two letters of any script and seven digits: AA1234567, АА 1234567, АА № 123 45 67.
_PASSPORT = re.compile(r"(?<![^\W\d_])[^\W\d_]{2}[\s№#-]{0,3}\d(?:[\s-]?\d){6}(?!\d)")
# The fourteen digits of a personal number (JSHSHIR, PINFL).
_PERSONAL = re.compile(r"(?<!\d)\d(?:[\s-]?\d){13}(?!\d)")
# Nine to thirteen digits with the usual spaces, dashes and brackets between them.
_PHONE = re.compile(r"(?<!\d)\+?\(?\d(?:[\s().-]{0,2}\d){8,12}(?!\d)")

# The seven digits of a number in town, in their usual groups: 123-45-67.
_IN_TOWN = re.compile(r"(?<![\d-])\d{3}[\s-]\d{2}[\s-]\d{2}(?![\d-])")

_NUMBERS: tuple[tuple[re.Pattern[str], Promise], ...] = (
    (_PASSPORT, _("This looks like a passport number.")),
    (_PERSONAL, _("This looks like a personal number.")),
)
_PHONES: tuple[tuple[re.Pattern[str], Promise], ...] = (
    (_PHONE, _("This looks like a phone number.")),
    (_IN_TOWN, _("This looks like a phone number.")),
)


def warning_for(text: str, *, may_hold_phone: bool = False) -> Promise | None:
    """Return a sentence about the first thing that should not stand in ``text``, else None.

    ``may_hold_phone`` is for the few fields that are there for a phone number.
    """
    plain = unicodedata.normalize("NFKC", text)
    # What is not seen (soft hyphens, joiners) must not hide a number, nor a dash that a word processor wrote.
    plain = "".join(_plain(letter) for letter in plain)
    kinds = _NUMBERS if may_hold_phone else (*_NUMBERS, *_PHONES)
    return next((sentence for pattern, sentence in kinds if pattern.search(plain)), None)


def _plain(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Pd" or letter == "\u2212":
        return "-"
    return "" if category == "Cf" else letter
