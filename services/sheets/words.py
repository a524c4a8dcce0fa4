"""The words of a printed sheet, and how hours, dates and the directory's own texts are written on it.

Everything is in the active language. Texts of the directory come here as they are, and leave as
plain text that the sheet's font can show.
"""

import unicodedata
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

from services.queries.entries import Day

_LONGEST_WORD = 30  # a column holds it at every size of type
_BREAK = "\u200b"  # lets a longer word go on in the next line
# What Noto Sans has of what people here write: Latin, Greek and Cyrillic with their marks, punctuation,
# currencies, № and its like.
_FONT_HAS = (
    (0x0020, 0x03E2),
    (0x03F0, 0x0530),
    (0x1D00, 0x1DFA),
    (0x1E00, 0x20C1),
    (0x2100, 0x2160),
)
_MISSING = "\ufffd"


def plain(text: object, most: int) -> str:
    """Return a text of the directory for paper: one line, at most ``most`` characters, whole words.

    Invisible characters that turn or hide text go; a letter that the font lacks shows as �, never as a gap.
    """
    shown = []
    for letter in unicodedata.normalize("NFC", str(text)):
        category = unicodedata.category(letter)
        if category in ("Zs", "Zl", "Zp", "Cc"):
            shown.append(" ")
        elif category[0] != "C":
            in_font = any(low <= ord(letter) < high for low, high in _FONT_HAS)
            shown.append(letter if in_font else _MISSING)
    line = " ".join("".join(shown).split())
    if len(line) > most:
        line = line[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "…"
    return " ".join(_breakable(word) for word in line.split(" "))


def _breakable(word: str) -> str:
    return _BREAK.join(word[at : at + _LONGEST_WORD] for at in range(0, len(word), _LONGEST_WORD)) or word


def printed_date(day: date) -> str:
    """Return a date that nobody reads the wrong way round. The month in words only in English:
    Django has none in Uzbek Cyrillic.
    """
    return date_format(day, "j F Y" if get_language() == "en" else "d.m.Y")


def _weekdays() -> list[str]:
    # Our own: Django's are Latin in Uzbek Cyrillic.
    return [
        pgettext("weekday, short", "Mon"),
        pgettext("weekday, short", "Tue"),
        pgettext("weekday, short", "Wed"),
        pgettext("weekday, short", "Thu"),
        pgettext("weekday, short", "Fri"),
        pgettext("weekday, short", "Sat"),
        pgettext("weekday, short", "Sun"),
    ]


def _day_names(days: list[int]) -> str:
    """Return weekdays as ``Mon–Fri, Sun``."""
    if days == list(range(7)):
        return gettext("every day")
    names = _weekdays()
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        names[run[0]] if len(run) == 1 else f"{names[run[0]]}{'–' if len(run) > 2 else ', '}{names[run[-1]]}"
        for run in runs
    )


def _overlap(times: tuple[tuple[str, str], ...]) -> bool:
    """Say whether hours of a day run into one another: they are of several sites."""
    ends = [closes if closes > opens else "24:00" for opens, closes in times]
    return any(end > later[0] for end, later in zip(ends, times[1:], strict=False))


def _times(times: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{opens}–{'24:00' if opens == closes else closes}" for opens, closes in times)


def hours(days: list[Day], *, round_the_clock: bool) -> str:
    """Return opening hours in one line: weekdays with the same hours stand together."""
    if round_the_clock:
        return gettext("day and night")
    same: dict[tuple[tuple[tuple[str, str], ...], bool], list[int]] = {}
    for day in days:
        same.setdefault((tuple(day.times), day.by_appointment), []).append(day.weekday)
    parts = []
    for (times, by_appointment), weekdays in same.items():
        if _overlap(times):
            parts.append(gettext("%(days)s, hours differ from site to site") % {"days": _day_names(weekdays)})
            continue
        text = f"{_day_names(weekdays)} {_times(times)}"
        parts.append(gettext("%(hours)s (make an appointment)") % {"hours": text} if by_appointment else text)
    return "; ".join(parts) or gettext("call and ask when")


def more_places(count: int) -> str:
    """Return how many places the public page has beyond this paper; empty for none."""
    if not count:
        return ""
    return ngettext(
        "%(count)s more place is on the public page.", "%(count)s more places are on the public page.", count
    ) % {"count": count}


def fixed() -> dict[str, str]:
    """Return the sentences that stand on every sheet, by the names the templates use."""
    return {
        "document_title": gettext("Useful numbers"),
        "title": gettext("Where to find help"),
        "lead": gettext(
            "You are not alone, and it is not your fault. You decide whom you tell and what comes next."
        ),
        "danger": gettext("In danger now? Call."),
        "care_title": gettext("After sexual violence: health care first"),
        "care_hours": gettext("hours"),
        "care_hiv": gettext("Medicine that can prevent HIV: start within 72 hours (3 days)."),
        "care_pregnancy": gettext("Pills that can prevent a pregnancy: take them within 120 hours (5 days)."),
        "care_soon": gettext("The sooner, the better. Later, care still helps."),
        "care_police": gettext("No police report is needed to get care."),
        "care_ask": gettext("Ask here"),
        "care_anywhere": gettext("Ask at any hospital or clinic, or call the ambulance."),
        "duty_title": gettext("Ask first: “Whom must you tell?”"),
        "duty_lead": gettext(
            "Some places must by law tell others what they hear. A number beside a name says so; "
            "no number: no such duty. You may ask before you give your name."
        ),
        "call_first": gettext("not checked lately: call first"),
        "bring": gettext("Bring, if you have it:"),
        "no_address": gettext("the address is told by phone"),
        "by_phone": gettext("by phone"),
        "scan": gettext("All places, and who has room today"),
        "change": gettext("Call before you go: things change."),
        "found": gettext(
            "Somebody else could find this paper. Keep it where it is safe for you, "
            "or learn the numbers and throw it away."
        ),
        "none": gettext("No services are known here yet. The numbers above help everywhere."),
        "notes": gettext("Notes"),
        "your_notes": gettext("For your own notes"),
    }


def emergency_label(kind: str) -> str:
    """Return who answers a public emergency number."""
    return {
        "police": gettext("Police"),
        "ambulance": gettext("Ambulance"),
        "any": gettext("Any emergency"),
    }[kind]
