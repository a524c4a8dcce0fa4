"""A word that finds nothing: what the directory has instead, for an everyday or a misspelt word.

No extension and no table of its own: every word that one slip away is, some hundreds, is looked up
in the token index. That takes as long in a small directory as in a large one.
"""

import re
from collections.abc import Iterable, Iterator

from django.db.models import Max

from services.folding import fold
from services.models import Service, ServiceToken
from services.queries.cards import ServiceCard
from services.queries.everyday import plainly
from services.queries.narrowing import Rows, having, with_prefix

SHORTEST = 4  # below, one letter more or less is another word
MOST = 5  # such words that are looked at: each may be of hidden services only
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_BETWEEN_WORDS = re.compile(r"[^\w'’‘ʻʼ]+")


def one_slip_away(word: str) -> set[str]:
    """Return every word with one letter left out, added, changed, or two neighbours swapped."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {head + tail[1:] for head, tail in cuts if tail}
    found |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    found |= {head + letter + tail[1:] for head, tail in cuts if tail for letter in _LETTERS}
    found |= {head + letter + tail for head, tail in cuts for letter in _LETTERS}
    return found - {word}


def meant(word: str) -> str:
    """Return what the public directory has for a folded word: the name of a kind of help, the word that
    it misspells, or the word itself.

    Names weigh more than other words; among words of one weight the first by letter.
    """
    if (plain := plainly(word)) is not None:
        return plain
    if len(word) < SHORTEST or having(Rows(with_prefix(word))).exists():
        return word
    near = (
        ServiceToken.objects.filter(token__in=one_slip_away(word))
        .values("token")
        .annotate(most=Max("weight"))
    )
    for token in near.order_by("-most", "token").values_list("token", flat=True)[:MOST]:
        if having(Rows(ServiceToken.objects.filter(token=token))).exists():
            return token
    return word


def as_written(words: str, typed: str, found: list[ServiceCard]) -> str:
    """Return folded words as somebody wrote them: as typed, else as a card says them in the reader's
    language, else as an entry found says them in another. One query; a word in none of them stays folded.
    """
    wanted = words.split()
    written: dict[str, str] = {}
    for text in _texts(typed, found):
        for word in _BETWEEN_WORDS.split(text):
            written.setdefault(fold(word), word.strip("'’‘"))
    return " ".join(written.get(word, word) for word in wanted)


def _texts(typed: str, found: list[ServiceCard]) -> Iterator[str]:
    yield typed
    for card in found:
        places = (*card.subtypes, *card.districts, *card.regions)
        yield from (str(text) for text in (card.name, card.organization_name, card.description))
        yield from (card.type_label, *(str(one.name) for one in places))
    entries = Service.objects.filter(pk__in=[card.id for card in found])
    for entry in entries.select_related("organization"):
        for row in (entry, entry.organization):
            yield from (row.name, row.alternate_name, row.description)
            yield from _values(row.translations.values())


def _values(translations: Iterable[dict[str, str]]) -> Iterator[str]:
    for texts in translations:
        yield from (texts[field] for field in ("name", "description") if field in texts)
