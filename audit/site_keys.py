"""The site's own signing keys, derived from ``settings.CHECKPOINT_SECRET``.

One signs checkpoints; the other signs the grants that wrap segment keys to the auditor role. Neither
opens anything: a thief of this secret can forge signatures, and reads no entry.
"""

from functools import lru_cache

from django.conf import settings

from vault.kdf import derive
from vault.keys import X25519_ONLY, KeyPair


def checkpoint_keys() -> KeyPair:
    """Return the pair that signs checkpoints."""
    return _pair(settings.CHECKPOINT_SECRET, "log/checkpoint")


def granter_keys() -> KeyPair:
    """Return the pair that signs the wrapping of segment keys."""
    return _pair(settings.CHECKPOINT_SECRET, "log/granter")


@lru_cache(maxsize=4)
def _pair(secret: str, label: str) -> KeyPair:
    # Only the signing half is ever used, so the suite is the one without the costly KEM pair.
    return KeyPair.from_seed(derive(secret.encode(), label), X25519_ONLY)
