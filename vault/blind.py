"""A blind index: find an equal value without being able to read it.

The index is truncated on purpose: several values share one entry, so that the index itself says
little and an equal entry is a hint for a person, not a proof.
"""

from vault.errors import Refused
from vault.kdf import keyed_hash


def blind_index(key: bytes, *, field: str, value: str, length: int) -> bytes:
    """Return ``length`` bytes (1 to 32) for ``value``, which the caller has normalised."""
    if not 1 <= length <= 32:
        raise Refused
    return keyed_hash(key, "hamroh/v1/blind", field, value)[:length]
