"""Codes on paper: a person's card, a recovery code, an invitation.

128 random bits in Crockford's base 32 (no I, L, O, U) with two check letters, in seven groups of
four. What is typed may be in lower case, with O for 0 or I and L for 1, and in Cyrillic letters that
look the same.
"""

import secrets

from vault.errors import Refused
from vault.kdf import expand, plain_hash

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_LOOK_ALIKES = str.maketrans("OILАВСЕНКМРТХО", "011ABCEHKMPTX0")
_BODY_LETTERS = 26


def new_code() -> str:
    """Return a fresh code to print."""
    return to_text(secrets.token_bytes(16))


def code_from(draw: str, purpose: str, *, known: bytes) -> str:
    """Return the code that one draw, itself a code, gives for one purpose; ``Refused`` if it is none.

    ``known`` is a secret of whoever has the draw rightly: without it the draw gives nothing.
    """
    return to_text(expand(parse(draw), salt=known, label="paper", parts=(purpose,), length=16))


def to_text(code: bytes) -> str:
    """Return 16 bytes as seven groups of four letters."""
    number = int.from_bytes(code, "big") << 2
    body = _letters(number, _BODY_LETTERS)
    text = body + _check_letters(code)
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def parse(text: str) -> bytes:
    """Return the 16 bytes of a typed code; ``Refused`` when it is not one (a letter wrong, say)."""
    letters = "".join(letter for letter in text.upper().translate(_LOOK_ALIKES) if letter.isalnum())
    if len(letters) != _BODY_LETTERS + 2 or any(letter not in _VALUES for letter in letters):
        raise Refused
    number = 0
    for letter in letters[:_BODY_LETTERS]:
        number = number * 32 + _VALUES[letter]
    if number & 3:
        raise Refused
    code = (number >> 2).to_bytes(16, "big")
    if _check_letters(code) != letters[_BODY_LETTERS:]:
        raise Refused
    return code


def _check_letters(code: bytes) -> str:
    return _letters(int.from_bytes(plain_hash("hamroh/v1/code", code)[:2], "big") & 1023, 2)


def _letters(number: int, count: int) -> str:
    letters = []
    for _ in range(count):
        number, value = divmod(number, 32)
        letters.append(_ALPHABET[value])
    return "".join(reversed(letters))
