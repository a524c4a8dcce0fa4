"""A session: the seed sealed under a random half that only the browser keeps.

The database holds SHA-256 of the session's id and the seal; the browser holds id and half. Either
side alone opens nothing, and killing a session is deleting its row.
"""

import base64
import binascii
import secrets
from dataclasses import dataclass, field

from vault.canonical import canonical
from vault.envelope import Context, seal, unseal
from vault.errors import Refused
from vault.kdf import derive, plain_hash


@dataclass(frozen=True, slots=True)
class NewSession:
    """``id`` and ``half`` go to the browser as two cookies, ``id_hash`` and ``sealed`` to the database."""

    id: str = field(repr=False)
    half: str = field(repr=False)
    id_hash: bytes = field(repr=False)
    sealed: bytes = field(repr=False)


def new_session(*, owner: str, seed: bytes, pepper: bytes) -> NewSession:
    """Start a session for ``owner``."""
    session_id, half = secrets.token_urlsafe(32), secrets.token_bytes(32)
    hashed = id_hash(session_id)
    sealed = seal(_key(half, pepper, hashed), seed, _context(owner))
    return NewSession(id=session_id, half=_text(half), id_hash=hashed, sealed=sealed)


def open_session(*, owner: str, id: str, half: str, sealed: bytes, pepper: bytes) -> bytes:  # noqa: A002
    """Return the seed, or ``Refused``."""
    return unseal(_key(_bytes(half), pepper, id_hash(id)), sealed, _context(owner))


def id_hash(session_id: str) -> bytes:
    """Return what the database keeps of a session's id (32 bytes)."""
    return plain_hash("hamroh/v1/session", session_id)


def _key(half: bytes, pepper: bytes, hashed: bytes) -> bytes:
    return derive(canonical(half, pepper), "session", hashed)


def _context(owner: str) -> Context:
    return Context(kind="session", agency="", object=owner, section="", epoch=1, revision=1)


def _text(half: bytes) -> str:
    return base64.urlsafe_b64encode(half).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        half = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refused from None
    if len(half) != 32:
        raise Refused
    return half
