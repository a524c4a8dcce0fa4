"""A word misspelt by one letter: find what the directory has instead.

No extension and no table of its own: every word that one slip away is, some hundreds, is looked up
in the token index. That takes as long in a small directory as in a large one.
"""

from services.models import ServiceToken
from services.queries.narrowing import published, with_prefix

SHORTEST = 4  # below, one letter more or less is another word
MOST = 3
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
    """Return the word of the public directory that a folded word misspells, or the word itself.

    Names weigh more than other words; among words of one weight the first by letter.
    """
    shown = published()
    if len(word) < SHORTEST or with_prefix(word).filter(service__in=shown.values("pk")).exists():
        return word
    near = ServiceToken.objects.filter(token__in=one_slip_away(word), service__in=shown.values("pk"))
    best = near.order_by("-weight", "token").values_list("token", flat=True).first()
    return best or word
