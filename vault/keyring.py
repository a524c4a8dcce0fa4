"""A person's keyring, and quick wraps.

The keyring is a small JSON object only its owner opens: pinned organisation roots, the last audit
checkpoint seen, the TOTP secret. A quick wrap is a key that its owner already received through a
grant, sealed again under the keyring's key: a list of fifty cases then costs fifty AES operations
instead of fifty key decapsulations. It is bound to the exact grant, so a changed grant is opened and
checked in full.
"""

import json
from typing import Any

from vault.envelope import Context, seal, unseal
from vault.errors import Refused
from vault.grants import Info
from vault.keys import KeyPair


def seal_keyring(keys: KeyPair, *, owner: str, revision: int, content: dict[str, Any]) -> bytes:
    """Seal ``content`` (JSON values) as revision ``revision`` of the owner's keyring."""
    plaintext = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    return seal(keys.derive("keyring"), plaintext, _keyring_context(owner, revision))


def open_keyring(keys: KeyPair, *, owner: str, revision: int, sealed: bytes) -> dict[str, Any]:
    """Open the keyring; an earlier revision put back in its place is ``Refused``."""
    plaintext = unseal(keys.derive("keyring"), sealed, _keyring_context(owner, revision))
    content = json.loads(plaintext)
    if not isinstance(content, dict):
        raise Refused
    return content


def quick_seal(keys: KeyPair, key: bytes, *, digest: bytes, info: Info) -> bytes:
    """Seal a key for fast reopening by its holder; ``digest`` is that of the grant it came through."""
    return seal(keys.quick, key, _quick_context(digest, info))


def quick_open(keys: KeyPair, sealed: bytes, *, digest: bytes, info: Info) -> bytes:
    """Return the key, or ``Refused`` when ``digest`` is not of the grant it was made for.

    The digest must come from the grant as it stands in its row now (``Grant.digest``).
    """
    return unseal(keys.quick, sealed, _quick_context(digest, info))


def _keyring_context(owner: str, revision: int) -> Context:
    return Context(kind="keyring", agency="", object=owner, section="", epoch=1, revision=revision)


def _quick_context(digest: bytes, info: Info) -> Context:
    return Context(
        kind="quick",
        agency="",
        object=info.object,
        section=digest.hex(),
        epoch=info.epoch,
        revision=1,
    )
