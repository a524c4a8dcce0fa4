"""Uzbek in Latin letters written in Cyrillic ones, for the uz_Cyrl catalogue.

The official Latin alphabet of 1995 is read with whatever apostrophe somebody typed. What no rule
decides (ц, ь, э in words borrowed from Russian) stands in a list of stems: put a wrong word right
there, so that every text with it is right. Placeholders, tags, addresses, names of fields and
abbreviations that Uzbek leaves in Latin letters are not touched. “Quotation marks” become «such».

``alifbe`` (PyPI) was tried first: it has no rule for ye → е and e → э ("yer", "eng" come out wrong).
"""

import re

_APOSTROPHES = "'`´‘’ʻʼ′"

_LETTERS = dict(zip("abdefghijklmnopqrstuvxyz", "абдефгҳижклмнопқрстувхйз", strict=True))
# Tried in this order at each place in a word; what stands before and after is looked at, not read.
_RULES = [
    (re.compile(pattern), cyrillic)
    for pattern, cyrillic in (
        ("oʻ", "ў"),
        ("gʻ", "ғ"),
        ("y(?=oʻ)", "й"),
        ("ts(?=iya|ion(?!i))", "ц"),  # borrowed endings: -tsiya, -tsion, -ksiya, -psiya, -nsiya
        ("(?<=[kpn])s(?=iya|ion)", "ц"),
        ("sh", "ш"),
        ("ch", "ч"),
        ("yo", "ё"),
        ("yu", "ю"),
        ("ya", "я"),
        ("ye", "е"),
        ("(?<![a-zʻʼ])e|(?<=[aeiouʻ])e", "э"),  # at the beginning and after a vowel
        ("(?<=s)ʼ(?=h)", ""),  # in "Isʼhoq" it only keeps s and h apart
        ("ʼ", "ъ"),
    )
]

# Beginnings of words, longest first: any ending may follow.
_STEMS = {
    "litsey": "лицей",
    "litsenz": "лиценз",
    "ofitser": "офицер",
    "protsent": "процент",
    "protsess": "процесс",
    "protsedur": "процедур",
    "retsept": "рецепт",
    "retsidiv": "рецидив",
    "meditsina": "медицина",
    "vaksina": "вакцина",
    "shpris": "шприц",
    "sirk": "цирк",
    "sellofan": "целлофан",
    "sement": "цемент",
    "sentner": "центнер",
    "senzura": "цензура",
    "aksent": "акцент",
    "konsert": "концерт",
    "konsepsiya": "концепция",
    "konsultatsiya": "консультация",
    "konsultativ": "консультатив",
    "rayon": "район",
    "mayor": "майор",
    "mayonez": "майонез",
    "bulyon": "бульон",
    "kompyuter": "компьютер",
    "intervyu": "интервью",
    "obyekt": "объект",
    "subyekt": "субъект",
    "obyektiv": "объектив",
    "subyektiv": "субъектив",
    "syezd": "съезд",
    "adyunkt": "адъюнкт",
    "albom": "альбом",
    "filtr": "фильтр",
    "gospital": "госпиталь",
    "multfilm": "мультфильм",
    "film": "фильм",
    "ultratovush": "ультратовуш",
    "psixoanaliz": "психоанализ",
    "moʻjiza": "мўъжиза",
    "moʻtabar": "мўътабар",
    "moʻtadil": "мўътадил",
    "pensiya": "пенсия",
    "pensioner": "пенсионер",
    "dispanser": "диспансер",
}
# Whole words: the soft sign goes when an ending is added.
_WORDS = {
    "yanvar": "январь",
    "fevral": "февраль",
    "aprel": "апрель",
    "iyun": "июнь",
    "iyul": "июль",
    "sentabr": "сентябрь",
    "oktabr": "октябрь",
    "noyabr": "ноябрь",
    "dekabr": "декабрь",
    "parol": "пароль",
    "rol": "роль",
    "nol": "ноль",
    "model": "модель",
    "kabel": "кабель",
    "kalendar": "календарь",
    "seyf": "сейф",
}
# The months' stems with an ending ("iyunda"): й is not heard, ь is not written.
_STEMS |= {"iyun": "июн", "iyul": "июл", "sentabr": "сентябр", "oktabr": "октябр", "kalendar": "календар"}
_STEMS_LONGEST_FIRST = sorted(_STEMS, key=len, reverse=True)
# Written in Latin letters in Uzbek Cyrillic too.
_KEPT = {
    *("PDF", "CSV", "JSON", "NDJSON", "XLSX", "XML", "HTML", "API", "HSDS", "UTF", "ISO", "URL"),
    *("JPEG", "PNG", "ZIP", "Zip", "zip", "UUID", "NUL", "null", "GET", "POST"),
    *("TOTP", "QR", "ID", "id", "PIN", "SMS", "USB", "IT", "AA", "UZS"),
    *("Alt", "Shift"),  # what stands on the key
    *("Hamroh", "Python", "OpenAPI", "ETag"),  # names: ours stands so on the page and on the telephone
    # words of the HSDS schema
    *("organization", "organizations", "taxonomies", "proximity", "latitude", "longitude"),
    *("metadata", "funding", "program", "name"),
}
_MARKS = str.maketrans("“”", "«»")

_UNTOUCHED = re.compile(
    r"%%"
    r"|%\(\w+\)[-#0 +]*[\d.]*[a-zA-Z]"  # %(name)s
    r"|%[-#0+]*[\d.]*[sdifr]\b"  # %s
    r"|\{[^{}]*\}"  # {name}
    r"|<[^<>]+>"  # tags
    r"|&\#?\w+;"  # entities
    r"|\bAlt \+ [A-Z]\b"  # keys to press
    r"|\b(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))+\b"  # weekdays of iCalendar
    r"|https?://\S*|www\.\S+"
    r"|[\w.+-]+@[\w-]+\.[\w.-]+"  # mail addresses
    r"|\b[\w-]+\.(?:py|csv|json|pdf|html|txt|xlsx|uz|org|com|ru)\b"  # files and sites
    r"|\b[a-zA-Z]\w*_\w+\b"  # names of fields and columns
    r"|\b(?:Content-Type|Retry-After|Idempotency-Key|X-CSRFToken|address-withheld|uz-Cyrl)\b"
    r"|\bapplication/json\b|\bmake clean\b|\bUZ-[A-Z]{2}\b"
    r"|\bOpen Referral\b|\bHuman Services Data Specification\b"
)
_WORD = re.compile(rf"[a-zA-Z](?:[a-zA-Z]|[{_APOSTROPHES}](?=[a-zA-Z])|(?<=[oOgG])[{_APOSTROPHES}])*")


def to_cyrillic(text: str) -> str:
    """Return ``text`` in Uzbek Cyrillic, leaving placeholders, tags and addresses as they are."""
    parts: list[str] = []
    at = 0
    for match in _UNTOUCHED.finditer(text):
        parts += [_read(text[at : match.start()]), match.group()]
        at = match.end()
    parts.append(_read(text[at:]))
    return "".join(parts)


def _read(text: str) -> str:
    return _WORD.sub(_word, text).translate(_MARKS)


def _word(match: re.Match[str]) -> str:
    word = match.group()
    if word in _KEPT:
        return word
    # oʻ and gʻ become one sign each for reading, every other apostrophe is the tutuq belgisi.
    read = re.sub(rf"([oOgG])[{_APOSTROPHES}]", r"\1ʻ", word)
    read = re.sub(rf"[{_APOSTROPHES.replace('ʻ', '')}]|(?<![oOgG])ʻ", "ʼ", read)
    lower = read.lower()
    if re.search(r"c(?!h)|w", lower):
        return word  # not Uzbek: a name such as Microsoft
    if lower in _WORDS:
        return _cased(_WORDS[lower], read)
    for stem in _STEMS_LONGEST_FIRST:
        if lower.startswith(stem):
            return _cased(_STEMS[stem], read[: len(stem)]) + _letters(read, start=len(stem))
    return _letters(read, start=0)


def _cased(cyrillic: str, latin: str) -> str:
    """Return the Cyrillic word in the case of the Latin one."""
    if len(latin) > 1 and latin.isupper():
        return cyrillic.upper()
    return cyrillic.capitalize() if latin[:1].isupper() else cyrillic


def _letters(word: str, *, start: int) -> str:
    """Transliterate the rest of a word from ``start``, by rule or else letter by letter."""
    out: list[str] = []
    lower = word.lower()
    at = start
    while at < len(word):
        length, cyrillic = _next(lower, at)
        # A tutuq belgisi has no case: it takes that of the letters around it.
        around = word[at - 1 : at + 2].replace("ʼ", "") if word[at] == "ʼ" else word[at]
        out.append(cyrillic.upper() if around.isupper() else cyrillic)
        at += length
    return "".join(out)


def _next(lower: str, at: int) -> tuple[int, str]:
    """Return how many letters are read at ``at``, and the one they become."""
    for pattern, cyrillic in _RULES:
        match = pattern.match(lower, at)
        if match:
            return len(match.group()), cyrillic
    return 1, _LETTERS.get(lower[at], lower[at])
