"""Fold words so that any script and spelling of Uzbek, Russian or English meets the same token.

oʻ o' ў ö → o; gʻ ғ ğ → g; sh ш ş; ch ч ç; q and k, x and h meet; Cyrillic is written in Latin;
look-alike letters of the other script inside a word are set right first. The result is plain
``a-z0-9``, so that a range over it sorts alike on every database. Search and index both use
``tokens``; nothing here is for display.
"""

import re
import unicodedata

# Latin letter ↔ the Cyrillic letter that looks the same (lower case; capitals are lowered first).
_LOOK_ALIKE = {
    "a": "а", "b": "в", "c": "с", "e": "е", "h": "н", "i": "і", "j": "ј", "k": "к", "m": "м",
    "o": "о", "p": "р", "q": "ԛ", "s": "ѕ", "t": "т", "w": "ԝ", "x": "х", "y": "у",
}  # fmt: skip
_TO_CYRILLIC = str.maketrans(_LOOK_ALIKE)
_TO_LATIN = str.maketrans({cyrillic: latin for latin, cyrillic in _LOOK_ALIKE.items()})
_LATIN_LIKE = frozenset(_LOOK_ALIKE)
_CYRILLIC_LIKE = frozenset(_LOOK_ALIKE.values())

_LETTERS = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "j", "з": "z", "и": "i",
    "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "",
    "э": "e", "ю": "yu", "я": "ya", "ў": "o", "қ": "k", "ғ": "g", "ҳ": "h", "ң": "n", "ә": "a", "ө": "o",
    "ү": "u", "ұ": "u", "і": "i", "ј": "j", "ѕ": "s", "ԛ": "k", "ԝ": "v",
    "ş": "sh", "ç": "ch", "ğ": "g", "ö": "o", "õ": "o", "ü": "u", "ı": "i", "ń": "n", "ñ": "n",
    "q": "k", "x": "h", "w": "v",
})  # fmt: skip
_APOSTROPHES = re.compile("[ʻʼʽˈ'’‘‛`´ʹʾʿ′＇]")
_WORD = re.compile(r"[^\W_]+")
_REPEATED = re.compile(r"([a-z])\1+")
# Written differently in Latin transcriptions of the same word. Applied after the letters above.
_SPELLINGS = (("kh", "h"), ("zh", "j"), ("dj", "j"), ("ts", "s"), ("ye", "e"))
_LONE_C = re.compile("c(?!h)")
MAX_TOKEN = 40


def _without_apostrophes(text: str) -> str:
    # Before NFKC too: it would make a space of the acute accent that some keyboards give.
    return _APOSTROPHES.sub("", unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text)))


def _one_script(word: str) -> str:
    """Write a word that mixes Latin and Cyrillic in the script that its certain letters show."""
    latin = sum("a" <= letter <= "z" for letter in word)
    cyrillic = sum("\u0400" <= letter <= "\u052f" for letter in word)
    if not latin or not cyrillic:
        return word
    sure_latin = sum("a" <= letter <= "z" and letter not in _LATIN_LIKE for letter in word)
    sure_cyrillic = sum("\u0400" <= letter <= "\u052f" and letter not in _CYRILLIC_LIKE for letter in word)
    # (certain letters, all letters): the certain ones decide, the others only a tie.
    if (sure_cyrillic, cyrillic) > (sure_latin, latin):
        return word.translate(_TO_CYRILLIC)
    return word.translate(_TO_LATIN)


def fold(word: str) -> str:
    """Return the token of one word: lower-case ``a-z0-9``, at most 40 characters, perhaps empty."""
    word = _without_apostrophes(word).lower()
    word = _one_script(unicodedata.normalize("NFC", word)).translate(_LETTERS)
    word = unicodedata.normalize("NFD", word)
    word = "".join(letter for letter in word if letter.isascii() and letter.isalnum())
    for spelling, folded in _SPELLINGS:
        word = word.replace(spelling, folded)
    word = _LONE_C.sub("k", word)
    return _REPEATED.sub(r"\1", word)[:MAX_TOKEN]


def folded_words(text: str, known: dict[str, str] | None = None) -> list[str]:
    """Split a text into its folded words, in order.

    ``known`` remembers tokens by word for as long as its owner works through many texts.
    """
    words = _WORD.findall(_without_apostrophes(text))
    if known is None:
        return [token for word in words if (token := fold(word))]
    for word in words:
        if word not in known:
            known[word] = fold(word)
    return [token for word in words if (token := known[word])]


def tokens(text: str, known: dict[str, str] | None = None) -> list[str]:
    """Return the folded words of a text, each once. ``known``: see ``folded_words``."""
    return list(dict.fromkeys(folded_words(text, known)))


def prefix_range(prefix: str) -> tuple[str, str | None]:
    """Return [low, high) that holds every token beginning with ``prefix``; high None is open.

    High stays within ``a-z0-9``, where every collation sorts alike.
    """
    stem = prefix.rstrip("z")
    if not stem:
        return prefix, None
    last = stem[-1]
    return prefix, stem[:-1] + ("a" if last == "9" else chr(ord(last) + 1))
