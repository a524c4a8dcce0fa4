"""A language that does not exist: every text marked for translation, recognisable and a third longer.

«Ŝéñð ţĥé ŕéféŕŕàļ ~~~~~~» is readable English, so whoever builds a page can use it. A text that is still
plain was never marked; one without its » was cut off. It stands in the place of one of the site's
languages for as long as the process runs, and needs no catalogue: also a text of this minute shows.
"""

import re
from typing import Any

from django.utils.translation import trans_real

_PLAIN = "AaCcDdEeGgHhIiJjKkLlNnOoRrSsTtUuWwYyZz"
_ODD = "ÀàÇçÐðÉéĜĝĤĥÎîĴĵĶķĻļÑñÔôŔŕŜŝŢţÛûŴŵÝýŽž"
_LETTERS = str.maketrans(_PLAIN, _ODD)
# What a program fills in or reads: placeholders, tags, entities, addresses.
_KEPT = re.compile(r"(%\(\w+\)[a-z]|%[sd%]|\{\w*\}|<[^>]*>|&\w+;|https?://\S+)")
_LONGER = 0.35


def pseudo(text: str) -> str:
    """Return the text in odd letters, longer, between « and »; placeholders and tags stay as they are."""
    if not text.strip():
        return text
    parts = _KEPT.split(text)
    odd = "".join(part if number % 2 else part.translate(_LETTERS) for number, part in enumerate(parts))
    more = max(1, round(len(text) * _LONGER))
    # In words of eight: one long word would not wrap, and every page would be too wide.
    return f"«{odd} {' '.join('~' * min(8, more - done) for done in range(0, more, 8))}»"


class _Pseudo(trans_real.DjangoTranslation):
    def gettext(self, message: str) -> str:
        return pseudo(message.rsplit("\x04", 1)[-1])

    def ngettext(self, msgid1: str, msgid2: str, n: Any) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def install(language: str) -> None:
    """Speak the pseudo-language wherever ``language`` is asked for, in this process."""
    trans_real._translations[language] = _Pseudo(language)  # type: ignore[attr-defined]


def is_unmarked(text: str, known: frozenset[str] = frozenset()) -> bool:
    """Say whether a text of a page was never given to translation: English words in plain letters.

    ``known`` is what people typed. Names and numbers pass: a word of the language itself has to be in it.
    """
    return text not in known and bool(_ENGLISH.search(text)) and not any(letter in _ODD for letter in text)


_ENGLISH = re.compile(
    r"\b(the|and|are|you|your|with|this|that|they|their|from|not|has|have|what|who|for|open|close|save|send"
    r"|next|back|more|new|yes|no|on|at|by|in|to|of|is|was|day|days|hours?|page|none|all)\b"
)
