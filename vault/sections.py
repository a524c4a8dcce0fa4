"""Keys of the parts of a case or a packet.

Each part has a key of its own, so that a grant can open one and not the rest. A part's key needs the
secret (which people hold) and the half (which the server holds): destroy the half and nothing opens
the part again, in the database or in any copy of it.
"""

from vault.canonical import canonical
from vault.errors import Refused
from vault.kdf import KEY_BYTES, derive


def part_secret(secret: bytes, section: str) -> bytes:
    """Return the secret of one section: all that a grant for that section alone wraps."""
    return derive(secret, "part", section)


def section_key(part: bytes, half: bytes, *, kind: str, object: str, section: str, epoch: int) -> bytes:  # noqa: A002
    """Return the key that seals one section of one object at one epoch.

    ``part`` is what ``part_secret`` returned for that section; both it and ``half`` are 32 bytes.
    """
    if len(part) != KEY_BYTES or len(half) != KEY_BYTES:
        raise Refused
    return derive(canonical(part, half), "section", kind, object, section, epoch)
