"""A grant: a key wrapped to one holder, signed by who gave it, bound to what it opens and until when.

``"HG" | version 1 | suite | HPKE encapsulation and ciphertext``; the signature covers the info and
the wrap. Changing the object, the section, the recipient, the rights, the end or the granter makes
it refuse: the row in the database cannot say more than the granter signed.
"""

from dataclasses import dataclass, field
from functools import cached_property

from vault.canonical import canonical
from vault.errors import Refused
from vault.kdf import KEY_BYTES, plain_hash
from vault.keys import KeyPair, PublicKeys, verify

_HEADER = b"HG\x01"


@dataclass(frozen=True)
class Info:
    """What a grant says. ``not_after`` is in Unix seconds, 0 for no end; ids are strings."""

    kind: str
    object: str
    epoch: int
    section: str
    recipient: str
    recipient_epoch: int
    recipient_fingerprint: bytes
    rights: str
    not_after: int
    granter: str

    def to_bytes(self) -> bytes:
        return self._bytes

    @cached_property
    def _bytes(self) -> bytes:
        """Encoded once: opening a grant needs it three times, and a list opens fifty."""
        return canonical(
            "hamroh/v1/grant",
            self.kind,
            self.object,
            self.epoch,
            self.section,
            self.recipient,
            self.recipient_epoch,
            self.recipient_fingerprint,
            self.rights,
            self.not_after,
            self.granter,
        )


@dataclass(frozen=True, slots=True)
class Grant:
    """The two columns that a permission row carries."""

    wrapped: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def digest(self, info: Info) -> bytes:
        """Return 32 bytes that stand for exactly this grant; a quick wrap is bound to them."""
        return plain_hash("hamroh/v1/grant/digest", info.to_bytes(), self.wrapped, self.signature)


def wrap(key: bytes, info: Info, recipient: PublicKeys, granter: KeyPair) -> Grant:
    """Wrap a 32-byte key to ``recipient``, whose fingerprint must be the one in ``info``."""
    if len(key) != KEY_BYTES or recipient.fingerprint != info.recipient_fingerprint:
        raise Refused
    wrapped = _HEADER + bytes([recipient.suite]) + recipient.encrypt(key, info.to_bytes())
    return Grant(wrapped=wrapped, signature=granter.sign(canonical(info.to_bytes(), wrapped)))


def check(grant: Grant, info: Info, granter_sign: bytes) -> None:
    """Raise ``Refused`` unless that granter signed exactly this; for who cannot open it themselves."""
    verify(granter_sign, grant.signature, canonical(info.to_bytes(), bytes(grant.wrapped)))


def unwrap(grant: Grant, info: Info, recipient: KeyPair, granter_sign: bytes) -> bytes:
    """Return the key if the grant is for this recipient and signed by that granter, else ``Refused``.

    Whether ``not_after`` has passed is the caller's to check: the vault has no clock.
    """
    wrapped = bytes(grant.wrapped)
    if wrapped[:4] != _HEADER + bytes([recipient.suite]):
        raise Refused
    if recipient.public.fingerprint != info.recipient_fingerprint:
        raise Refused
    verify(granter_sign, grant.signature, canonical(info.to_bytes(), wrapped))
    key = recipient.decrypt(wrapped[4:], info.to_bytes())
    if len(key) != KEY_BYTES:
        raise Refused
    return key
