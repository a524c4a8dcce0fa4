"""What free text looks like when it holds something we never ask for.

Only recognising lives here: passport numbers, personal numbers and phone numbers in any of the four
languages' habits. What a form does about it is the form's (forms/base.py).
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Two letters of any script and seven digits: AA1234567, АА 1234567.
_PASSPORT = re.compile(r"(?<![^\W\d_])[^\W\d_]{2}[\s-]?\d{7}(?!\d)")
# The fourteen digits of a personal number (JSHSHIR, PINFL).
_PERSONAL = re.compile(r"(?<!\d)\d(?:[\s-]?\d){13}(?!\d)")
# Nine to thirteen digits with the usual spaces, dashes and brackets between them.
_PHONE = re.compile(r"(?<!\d)\+?\(?\d(?:[\s().-]{0,2}\d){8,12}(?!\d)")

_KINDS: tuple[tuple[re.Pattern[str], Promise], ...] = (
    (_PASSPORT, _("This looks like a passport number.")),
    (_PERSONAL, _("This looks like a personal number.")),
    (_PHONE, _("This looks like a phone number.")),
)


def warning_for(text: str) -> Promise | None:
    """Return a sentence about the first thing that should not stand in ``text``, else None."""
    return next((sentence for pattern, sentence in _KINDS if pattern.search(text)), None)
