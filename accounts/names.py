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
