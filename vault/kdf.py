"""Keys from secrets: HKDF-SHA256 (RFC 5869) for random secrets, HMAC for look-ups, fresh secrets."""

import hashlib
import secrets

from cryptography.hazmat.primitives import constant_time, hashes, hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vault.canonical import Part, canonical

KEY_BYTES = 32


def new_secret() -> bytes:
    """Return 32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def derive(secret: bytes, label: str, *parts: Part) -> bytes:
    """Return a 32-byte key for one purpose, named by ``label`` and bound to ``parts``."""
    return expand(secret, salt=b"", label=label, parts=parts, length=KEY_BYTES)


def expand(secret: bytes, *, salt: bytes, label: str, parts: tuple[Part, ...] = (), length: int) -> bytes:
    """Return ``length`` bytes of HKDF-SHA256 output; ``label`` gets the prefix ``hamroh/v1/``."""
    info = f"hamroh/v1/{label}".encode() + canonical(*parts)
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt or None, info=info).derive(secret)


def keyed_hash(key: bytes, *parts: Part) -> bytes:
    """Return HMAC-SHA256 over the canonical parts: for look-ups that must not be guessable."""
    mac = hmac.HMAC(key, hashes.SHA256())
    mac.update(canonical(*parts))
    return mac.finalize()


def mac_of_bytes(key: bytes, message: bytes) -> bytes:
    """Return HMAC-SHA256 over the message as it is: what a partner's program can check by itself."""
    mac = hmac.HMAC(key, hashes.SHA256())
    mac.update(message)
    return mac.finalize()


def plain_hash(*parts: Part) -> bytes:
    """Return SHA-256 over the canonical parts: for values that are random already."""
    return hashlib.sha256(canonical(*parts)).digest()


def same(left: bytes, right: bytes) -> bool:
    """Compare in constant time."""
    return constant_time.bytes_eq(left, right)
