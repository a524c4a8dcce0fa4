"""One-time codes of an authenticator app (RFC 6238: SHA-1, six digits, thirty seconds).

SHA-1 because authenticator apps ignore other choices; HMAC-SHA-1 is not weakened by its collisions.
"""

import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

_STEP_SECONDS = 30


def new_secret() -> bytes:
    """Return 20 random bytes."""
    return secrets.token_bytes(20)


def uri(secret: bytes, *, name: str, issuer: str) -> str:
    """Return the ``otpauth:`` address that the QR code shows."""
    return _totp(secret).get_provisioning_uri(name, issuer)


def matching_step(secret: bytes, code: str, *, at: int, after: int = -1) -> int | None:
    """Return the time step for which ``code`` is right: this one or a neighbour, later than ``after``.

    ``at`` is in Unix seconds. Keep the step and pass it as ``after`` next time: a code works once.
    """
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        return None
    current = at // _STEP_SECONDS
    for step in (current, current - 1, current + 1):
        if step > after and _is_right(secret, code, step):
            return step
    return None


def _is_right(secret: bytes, code: str, step: int) -> bool:
    try:
        _totp(secret).verify(code.encode(), step * _STEP_SECONDS)
    except InvalidToken:
        return False
    return True


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, 6, hashes.SHA1(), _STEP_SECONDS)  # noqa: S303
