"""A slot: somebody's seed sealed under something they know (a password, with or without their
printed card; a recovery code). The database keeps the salt, SHA-256 of a verifier and the seal.

root = Argon2id(secret, salt, pepper); slot key and verifier = HKDF(root and card). The pepper is in
the server's configuration and the card in the person's pocket: a thief of the database cannot start
guessing, and a thief of both cannot where there is a card.
"""

import secrets
import unicodedata
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from vault.canonical import canonical
from vault.envelope import Context, seal, unseal
from vault.errors import Refused
from vault.kdf import derive, plain_hash, same

Cost = tuple[int, int, int]
"""Argon2id cost: memory in KiB, passes, lanes."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The columns of a slot."""

    salt: bytes = field(repr=False)
    verifier_hash: bytes = field(repr=False)
    sealed: bytes = field(repr=False)


def new_slot(
    *, kind: str, owner: str, seed: bytes, secret: str, pepper: bytes, card: bytes | None, cost: Cost
) -> Slot:
    """Seal ``seed`` under ``secret`` (and ``card``) for ``owner``."""
    salt = secrets.token_bytes(32)
    key, verifier = _keys(
        kind=kind, owner=owner, secret=secret, salt=salt, pepper=pepper, card=card, cost=cost
    )
    return Slot(salt=salt, verifier_hash=plain_hash(verifier), sealed=seal(key, seed, _context(kind, owner)))


def open_slot(
    slot: Slot, *, kind: str, owner: str, secret: str, pepper: bytes, card: bytes | None, cost: Cost
) -> bytes:
    """Return the seed, or ``Refused``; always one Argon2id run."""
    key, verifier = _keys(
        kind=kind, owner=owner, secret=secret, salt=bytes(slot.salt), pepper=pepper, card=card, cost=cost
    )
    if not same(plain_hash(verifier), bytes(slot.verifier_hash)):
        raise Refused
    return unseal(key, bytes(slot.sealed), _context(kind, owner))


def burn(*, secret: str, pepper: bytes, cost: Cost) -> None:
    """Do the work of one attempt, for a name that does not exist: the time must not tell."""
    _keys(kind="", owner="", secret=secret, salt=bytes(32), pepper=pepper, card=None, cost=cost)


def _context(kind: str, owner: str) -> Context:
    return Context(kind="slot", agency="", object=owner, section=kind, epoch=1, revision=1)


def _keys(
    *, kind: str, owner: str, secret: str, salt: bytes, pepper: bytes, card: bytes | None, cost: Cost
) -> tuple[bytes, bytes]:
    memory, passes, lanes = cost
    # One password typed on two keyboards may be two byte strings: NFKC makes them one.
    typed = unicodedata.normalize("NFKC", secret).encode("utf-8", "surrogatepass")
    root = Argon2id(
        salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory, secret=pepper
    ).derive(typed)
    material = canonical(root, card or b"")
    return derive(material, "slot/key", kind, owner), derive(material, "slot/verifier", kind, owner)
