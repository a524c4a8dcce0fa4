"""A word that finds nothing: what the directory has instead, for an everyday or a misspelt word.

No extension and no table of its own: every word that one slip away is, some hundreds, is looked up
in the token index. That takes as long in a small directory as in a large one.
"""

from django.db.models import Max

from services.models import ServiceToken
from services.queries.everyday import plainly
from services.queries.narrowing import Rows, having, with_prefix

SHORTEST = 4  # below, one letter more or less is another word
MOST = 5  # such words that are looked at: each may be of hidden services only
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


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
