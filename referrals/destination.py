"""Where a referral may go: one service, as the directory knows it now.

What a consent and a referral need of the directory, read in one place. Whether it may be sent there
is decided in ``actions``.
"""

from dataclasses import dataclass
from uuid import UUID

from referrals.errors import WrongState
from services import queries as directory
from vault.kdf import plain_hash


@dataclass(frozen=True)
class Destination:
    """A service and who gives it. ``agency_id`` is None where the organisation does not take part."""

    service_id: UUID
    service_name: str
    service_type: str
    organization_id: UUID
    organization_name: str
    agency_id: UUID | None
    legal_duty: str
    legal_duty_note: str

    @property
    def legal_duty_hash(self) -> str:
        """Return what stands for exactly this duty and these words: a consent names what was shown."""
        return plain_hash("hamroh/v1/legal-duty", self.legal_duty, self.legal_duty_note).hex()


def destination_of(service_id: UUID) -> Destination:
    """Return a published service; ``WrongState`` when the directory has none of this id any more."""
    found = directory.service_for_referral(service_id)
    if found is None:
        raise WrongState
    raise NotImplementedError
