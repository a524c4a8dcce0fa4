"""Words as people write them in spreadsheets, in four languages: days, languages, kinds, yes and no.

Each reader returns the code that HSDS or our profile has for it, or None where it is not understood;
what then is said about it is the caller's.
"""

import re
from functools import cache
from typing import Any

from django.utils import translation

from services import codes
from services.folding import folded_words
from services.hours import WEEKDAYS, parse_time

_LANGUAGES = ("en", "uz", "uz-cyrl", "ru")
# Beginnings of the folded names of each day, Monday first.
_DAYS = (
    ("mo", "du", "pn", "pon"),
    ("tu", "se", "vt"),
    ("we", "cho", "sr"),
    ("th", "pa", "cht", "chet"),
    ("fr", "ju", "pt", "pyat"),
    ("sa", "sha", "shan", "sb", "sub"),
    ("su", "ya", "vs", "vos"),
)
_EVERY_DAY = frozenset({"daily", "everyday", "harkuni", "ejednevno", "kruglosutochno"})
_AND = frozenset({"", "and", "va", "i"})
_YES = frozenset({"yes", "y", "true", "1", "ha", "da", "bor", "est"})
_NO = frozenset({"no", "n", "false", "0", "yok", "net", "yo"})


def _folded(text: str) -> str:
    return "".join(folded_words(text))


def _day(word: str) -> int | None:
    if word.isdigit():
        return int(word) - 1 if 1 <= int(word[:3]) <= 7 else None
    found = [
        (len(stem), number) for number, stems in enumerate(_DAYS) for stem in stems if word.startswith(stem)
    ]
    return max(found)[1] if found else None


def days(text: str) -> str | None:
    """Return ``MO,TU`` for ``Mon-Tue``, ``Du, Se``, ``пн–вт``, ``1-2`` or ``daily``; 1 is Monday."""
    if _folded(text) in _EVERY_DAY:
        return ",".join(WEEKDAYS)
    found: list[int] = []
    joined = re.sub(r"\s*[-–—]\s*", "-", text)
    for part in re.split(r"[,;/\s]+", joined):
        if _folded(part) in _AND:
            continue
        ends = [_day(_folded(word)) for word in part.split("-") if word]
        numbers = [end for end in ends if end is not None]
        if len(numbers) != len(ends) or len(numbers) not in (1, 2):
            return None
        first, last = numbers[0], numbers[-1]
        found += [day % 7 for day in range(first, (last if last >= first else last + 7) + 1)]
    return ",".join(WEEKDAYS[day] for day in dict.fromkeys(found)) or None


def clock(text: str) -> str | None:
    """Return ``09:00:00`` for ``9:00``, ``9am``, ``9.00``, ``0900``."""
    written = text.strip().replace(".", ":") if re.fullmatch(r"\s*\d{1,2}\.\d{2}\s*", text) else text.strip()
    if re.fullmatch(r"\d{3,4}", written):
        written = f"{written[:-2]}:{written[-2:]}"
    elif re.fullmatch(r"\d{1,2}", written):
        written += ":00"
    try:
        return parse_time(written).isoformat()
    except ValueError:
        return None


def yes_no(text: str) -> bool | None:
    """Return what a yes or no means; None for anything else."""
    word = _folded(text)
    return True if word in _YES else False if word in _NO else None


def is_marked_confidential(text: str) -> bool:
    """Say whether a cell of a column *confidential* marks the site. What is not clearly a no, does."""
    return bool(text.strip()) and yes_no(text) is not False


@cache
def _words_of(kind: str) -> dict[str, str]:
    """Return {folded word: code} of service types or languages, from codes and labels."""
    labels: dict[Any, Any] = dict(codes.ServiceType.choices) if kind == "type" else codes.LANGUAGES
    found: dict[str, str] = {}
    for code, label in labels.items():
        found[_folded(str(code))] = str(code)
        for language in _LANGUAGES:
            with translation.override(language):
                found.setdefault(_folded(str(label)), str(code))
    if kind == "language":
        found |= {_folded(alias): code for alias, code in codes.LANGUAGE_ALIASES.items()}
        found |= {
            "uzbekcha": "uz",
            "ozbekcha": "uz",
            "ozbek": "uz",
            "ruscha": "ru",
            "rus": "ru",
            "russkiy": "ru",
        }
        found |= {"uzbekskiy": "uz", "inglizcha": "en", "ingliz": "en", "angliyskiy": "en"}
    return found


def service_type(text: str) -> str:
    """Return the code of a service type written as code or label; the text itself if it is neither."""
    return _words_of("type").get(_folded(text), text.strip())


def language(text: str) -> str:
    """Return the code of a language written as code or name; the text itself if it is neither."""
    return _words_of("language").get(_folded(text), text.strip())


def several(text: str) -> list[str]:
    """Split a cell with several values: by semicolon, line break or bar; a comma where none of these is."""
    parts = re.split(r"[;|\n]", text.replace("\\n", "\n"))
    if len(parts) == 1:
        parts = text.split(",")
    return [part.strip() for part in parts if part.strip()]
