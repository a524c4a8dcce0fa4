"""How labels stand together in a sentence. Labels begin with a capital, as on a button; inside a sentence
or after a comma they do not, but for what English writes large. No labels live here.
"""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import get_language

Words = str | Promise


def inside(said: Words) -> str:
    """Return a label inside a sentence: without its capital, but not of what is all capitals (ID, HIV)."""
    text = str(said)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def listed(labels: Iterable[Words], *, are_names: bool = False, between: str = ", ") -> str:
    """Return labels with commas between them; only the first keeps its capital.

    ``are_names``: of days or languages, which English alone writes large wherever they stand.
    ``between``: what parts them, where labels hold commas themselves.
    """
    said = [str(label) for label in labels]
    if are_names and get_language() == "en":
        return between.join(said)
    return between.join([*said[:1], *map(inside, said[1:])])


def from_to(first: str, last: str) -> str:
    """Return two times with a dash between them, behind which no line ends."""
    return f"{first}–\u2060{last}"
