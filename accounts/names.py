"""Sign-in names and passwords: how a name is folded, and which passwords are refused."""

import re
import unicodedata
from itertools import pairwise

from accounts.errors import WeakPassword

LEAST_PASSWORD = 12
MOST_PASSWORD = 256
_APOSTROPHES = str.maketrans(dict.fromkeys("'`´ʻʼ‘’", "'"))
NAME_PATTERN = re.compile(r"[\w.'-]{2,60}")


def fold(name: str) -> str:
    """Return the one spelling under which a sign-in name is kept and looked up."""
    return unicodedata.normalize("NFKC", name).casefold().translate(_APOSTROPHES).strip()


# Letters that look alike in the scripts that names are written in, in one spelling.
_LOOK_ALIKES = str.maketrans("авсеніјкморԛѕтԝхуо0ıl1|", "abcehijkmopqstwxyooiiii")


def visible(name: str) -> str:
    """Return a name as it is kept to be shown: without what nobody sees or what turns the line around."""
    kept = "".join(letter if letter.isprintable() else " " * letter.isspace() for letter in name)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def looks_like(name: str) -> str:
    """Return one spelling for all names that a reader takes for the same: to compare, never to show."""
    plain = unicodedata.normalize("NFKD", visible(name)).casefold().translate(_LOOK_ALIKES)
    return "".join(letter for letter in plain if letter.isalnum())


def check_password(password: str, *names: str) -> None:
    """Raise WeakPassword unless the password is long enough and not made of the person's names.

    The rule is short on purpose: length is what Argon2id multiplies, and rules about kinds of
    characters are unkind on a telephone and across four scripts.
    """
    folded = fold(password)
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD or len(set(folded)) < 5 or folded.isdigit():
        raise WeakPassword
    for name in names:
        rest = folded
        for word in [fold(name), *fold(name).split()]:
            if len(word) >= 3:
                rest = rest.replace(word, "")
        if len(rest) < LEAST_PASSWORD // 2:
            raise WeakPassword
    # "123412341234", "aaaabbbbcccc": a short piece repeated, or a straight run of characters.
    if any(folded == (folded[:size] * len(folded))[: len(folded)] for size in range(1, 5)):
        raise WeakPassword
    steps = {ord(b) - ord(a) for a, b in pairwise(folded)}
    if steps <= {1} or steps <= {-1}:
        raise WeakPassword
