"""The envelope: how everything that must be secret is sealed.

``"HV" | version 1 | suite 1 | salt 32 | commitment 32 | AES-256-GCM ciphertext``

A fresh salt gives each message its own key, nonce and commitment (HKDF-SHA256, 76 bytes), so no
nonce has to be counted, and a ciphertext opens under one key only. The plaintext is length-prefixed
and padded (Padmé, at least 256 bytes), so sizes say little. The context is authenticated: a sealed
value moved to another row, column, epoch or revision does not open.
"""

import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.canonical import canonical
from vault.errors import Refused
from vault.kdf import expand, same

HEADER = b"HV\x01\x01"
_SALT = slice(4, 36)
_COMMITMENT = slice(36, 68)
_CIPHERTEXT = slice(68, None)
_TAG_BYTES = 16
_LEAST_PADDED = 256
_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class Context:
    """Where a sealed value belongs. ``revision`` grows with each change, ``epoch`` with each new key."""

    kind: str
    agency: str
    object: str
    section: str
    epoch: int
    revision: int

    def bind(self, header: bytes) -> bytes:
        """Return the additional authenticated data."""
        return canonical(
            "hamroh/v1/envelope",
            header,
            self.kind,
            self.agency,
            self.object,
            self.section,
            self.epoch,
            self.revision,
        )


def seal(key: bytes, plaintext: bytes, context: Context) -> bytes:
    """Seal ``plaintext`` under a 32-byte key for one place."""
    return _seal(key, plaintext, context, salt=secrets.token_bytes(32))


def _seal(key: bytes, plaintext: bytes, context: Context, *, salt: bytes) -> bytes:
    message_key, nonce, commitment = _message_keys(key, salt)
    ciphertext = AESGCM(message_key).encrypt(nonce, _pad(plaintext), context.bind(HEADER))
    return HEADER + salt + commitment + ciphertext


def unseal(key: bytes, sealed: bytes, context: Context) -> bytes:
    """Open what ``seal`` made for the same key and place; anything else is ``Refused``."""
    sealed = bytes(sealed)
    if sealed[:4] != HEADER or len(sealed) < 68 + _LEAST_PADDED + _TAG_BYTES:
        raise Refused
    message_key, nonce, commitment = _message_keys(key, sealed[_SALT])
    if not same(commitment, sealed[_COMMITMENT]):
        raise Refused
    try:
        padded = AESGCM(message_key).decrypt(nonce, sealed[_CIPHERTEXT], context.bind(HEADER))
    except InvalidTag:
        raise Refused from None
    return _unpad(padded)


def _message_keys(key: bytes, salt: bytes) -> tuple[bytes, bytes, bytes]:
    material = expand(key, salt=salt, label="seal", length=76)
    return material[:32], material[32:44], material[44:]


def _pad(plaintext: bytes) -> bytes:
    body = len(plaintext).to_bytes(_LENGTH_BYTES, "big") + plaintext
    return body.ljust(padded_length(len(body)), b"\x00")


def _unpad(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    end = _LENGTH_BYTES + length
    if end > len(padded) or padded[end:].strip(b"\x00"):
        raise Refused
    return padded[_LENGTH_BYTES:end]


def padded_length(length: int) -> int:
    """Return the Padmé length (Nikitin et al., PETS 2019): at most 12 % more, few distinct sizes."""
    if length <= _LEAST_PADDED:
        return _LEAST_PADDED
    exponent = length.bit_length() - 1
    kept_bits = exponent.bit_length()
    mask = (1 << (exponent - kept_bits)) - 1
    return (length + mask) & ~mask
