"""Two shares of a secret: both are needed, and one alone says nothing (exclusive or)."""

import secrets

from vault.errors import Refused


def split(secret: bytes) -> tuple[bytes, bytes]:
    """Return two shares as long as the secret."""
    share_a = secrets.token_bytes(len(secret))
    return share_a, _xor(share_a, secret)


def join(share_a: bytes, share_b: bytes) -> bytes:
    """Return the secret of two shares that belong together."""
    if len(share_a) != len(share_b):
        raise Refused
    return _xor(share_a, share_b)


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
