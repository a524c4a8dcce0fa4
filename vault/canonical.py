"""One unambiguous byte string for a list of values: what keys and signatures are bound to.

Each part is a type letter, its length as eight bytes big-endian, and its bytes; so
``("ab", "c")`` and ``("a", "bc")`` differ, and so do ``"1"``, ``b"1"`` and ``1``.
"""

Part = str | bytes | int


def canonical(*parts: Part) -> bytes:
    """Encode ``parts``; whole numbers must fit in eight bytes unsigned (else OverflowError)."""
    return b"".join(_encode(part) for part in parts)


def _encode(part: Part) -> bytes:
    if isinstance(part, int):
        letter, body = b"i", part.to_bytes(8, "big")
    elif isinstance(part, str):
        letter, body = b"s", part.encode()
    else:
        letter, body = b"b", bytes(part)
    return letter + len(body).to_bytes(8, "big") + body
