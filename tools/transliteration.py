"""Uzbek in Latin letters written in Cyrillic ones, for the uz_Cyrl catalogue.

The official Latin alphabet of 1995 is read with whatever apostrophe somebody typed. What no rule
decides (ц, ь, э in words borrowed from Russian) stands in a list of stems: put a wrong word right
there, so that every text with it is right. Placeholders, tags, addresses and abbreviations that
Uzbek leaves in Latin letters are not touched.

``alifbe`` (PyPI) was tried first: it has no rule for ye → е and e → э ("yer", "eng" come out wrong).
"""

import re

_APOSTROPHES = "'`´‘’ʻʼ′"
_VOWELS = set("aeiouʻ")

_LETTERS = dict(
    zip(
        "a b d e f g h i j k l m n o p q r s t u v x y z".split(),
        "а б д е ф г ҳ и ж к л м н о п қ р с т у в х й з".split(),
        strict=True,
    )
)
_PAIRS = {"sh": "ш", "ch": "ч", "yo": "ё", "yu": "ю", "ya": "я", "ye": "е"}

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
_KEPT = {"PDF", "CSV", "JSON", "API", "HSDS", "TOTP", "QR", "URL", "ID", "PIN", "SMS", "USB", "IT", "HTML"}

_UNTOUCHED = re.compile(
    r"%%"
    r"|%\(\w+\)[-#0 +]*[\d.]*[a-zA-Z]"  # %(name)s
    r"|%[-#0+]*[\d.]*[sdifr]\b"  # %s
    r"|\{[^{}]*\}"  # {name}
    r"|<[^<>]+>"  # tags
    r"|&\#?\w+;"  # entities
    r"|https?://\S+|www\.\S+"
    r"|[\w.+-]+@[\w-]+\.[\w.-]+"  # mail addresses
    r"|\b[\w-]+\.(?:py|csv|json|pdf|html|txt|xlsx|uz|org|com|ru)\b"  # files and sites
)
_WORD = re.compile(rf"[a-zA-Z](?:[a-zA-Z]|[{_APOSTROPHES}](?=[a-zA-Z])|(?<=[oOgG])[{_APOSTROPHES}])*")


def to_cyrillic(text: str) -> str:
    """Return ``text`` in Uzbek Cyrillic, leaving placeholders, tags and addresses as they are."""
    parts: list[str] = []
    at = 0
    for match in _UNTOUCHED.finditer(text):
        parts += [_WORD.sub(_word, text[at : match.start()]), match.group()]
        at = match.end()
    parts.append(_WORD.sub(_word, text[at:]))
    return "".join(parts)


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
            return _cased(_STEMS[stem], read[: len(stem)]) + _letters(read[len(stem) :], inside=True)
    return _letters(read, inside=False)


def _cased(cyrillic: str, latin: str) -> str:
    """Return the Cyrillic word in the case of the Latin one."""
    if len(latin) > 1 and latin.isupper():
        return cyrillic.upper()
    return cyrillic.capitalize() if latin[:1].isupper() else cyrillic


def _letters(word: str, *, inside: bool) -> str:
    """Transliterate letter by letter; ``inside`` says that a stem stands before."""
    out: list[str] = []
    lower = word.lower()
    at = 0
    while at < len(word):
        length, cyrillic = _next(lower, at, inside=inside or at > 0)
        # A tutuq belgisi has no case of its own: it takes that of the letter before.
        is_upper = word[at - 1 : at].isupper() and word[at + 1 : at + 2].isupper()
        upper = is_upper if word[at] == "ʼ" else word[at].isupper()
        out.append(cyrillic.upper() if upper and len(cyrillic) == 1 else _first_upper(cyrillic, word, at, upper))
        at += length
    return "".join(out)


def _first_upper(cyrillic: str, word: str, at: int, upper: bool) -> str:
    if not upper:
        return cyrillic
    return cyrillic.upper() if word[at + 1 : at + 2].isupper() else cyrillic.capitalize()


def _next(lower: str, at: int, *, inside: bool) -> tuple[int, str]:
    """Return how many letters are read at ``at``, and what they become."""
    rest = lower[at:]
    if rest.startswith("oʻ"):
        return 2, "ў"
    if rest.startswith("gʻ"):
        return 2, "ғ"
    if rest.startswith("yoʻ"):
        return 1, "й"
    # Borrowed endings: -tsiya, -tsion-, -ksiya, -psiya, -nsiya.
    if re.match(r"ts(?=iya|ion(?!i))", rest):
        return 2, "ц"
    if rest.startswith("siya") and lower[at - 1 : at] in {"k", "p", "n"} and inside:
        return 1, "ц"
    if rest.startswith("sion") and lower[at - 1 : at] in {"k", "p", "n"} and inside:
        return 1, "ц"
    if rest[:2] in _PAIRS:
        return 2, _PAIRS[rest[:2]]
    if rest[0] == "e" and (not inside or lower[at - 1 : at] in _VOWELS):
        return 1, "э"
    if rest[0] == "ʼ":
        # In "Isʼhoq" it only keeps s and h apart.
        return 1, "" if lower[at - 1 : at] == "s" and rest[1:2] == "h" else "ъ"
    return 1, _LETTERS.get(rest[0], rest[0])
