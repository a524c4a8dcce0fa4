"""What a device remembers of the people who sign in on it: a mark, and their printed card.

One HttpOnly cookie holds ``mark.card`` for each person, at most eight. The mark is an HMAC under
the pepper: it proves that this device opened the account before (see slow_down), and says to
nobody else whose it is.
"""

import re
from dataclasses import dataclass, field
from uuid import UUID

from accounts import minting
from vault import codes
from vault.errors import Refused
from vault.kdf import keyed_hash, same

_MOST = 8
_ENTRY = re.compile(r"([0-9a-f]{32})\.([0-9A-Z-]*)")


def _mark(person: UUID) -> str:
    return keyed_hash(minting.pepper(), "device", str(person))[:16].hex()


@dataclass(frozen=True, slots=True)
class Device:
    """The people this device knows: mark to card text (empty for a person without a card)."""

    known: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_cookie(cls, text: str) -> "Device":
        """Read the cookie; whatever is not an entry is ignored."""
        matches = (_ENTRY.fullmatch(part) for part in text.split("~")[:_MOST])
        return cls({match[1]: match[2] for match in matches if match})

    def to_cookie(self) -> str:
        return "~".join(f"{mark}.{card}" for mark, card in list(self.known.items())[-_MOST:])

    def knows(self, person: UUID) -> bool:
        """Say whether this person signed in here before."""
        mark = _mark(person)
        return any(same(mark.encode(), known.encode()) for known in self.known)

    def card_of(self, person: UUID) -> bytes | None:
        """Return the remembered card, or None."""
        try:
            return codes.parse(self.known.get(_mark(person), ""))
        except Refused:
            return None

    def remembering(self, person: UUID, card: bytes | None) -> "Device":
        """Return the device with this person's mark and card as the newest entry."""
        mark = _mark(person)
        others = {known: text for known, text in self.known.items() if known != mark}
        return Device(others | {mark: codes.to_text(card) if card else ""})

    def forgetting(self, person: UUID) -> "Device":
        """Return the device without this person."""
        mark = _mark(person)
        return Device({known: text for known, text in self.known.items() if known != mark})
