"""Where a referral may go: one service, as the directory knows it now.

What a consent and a referral need of the directory, read in one place. Whether something may be sent
there is decided by ``actions.guards``.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from referrals.errors import WrongState
from services.codes import Status
from services.models import Organization
from services.queries.merging import same_organizations
from services.queries.search import published
from services.translated import Localized
from vault.kdf import plain_hash


@dataclass(frozen=True)
class Destination:
    """A service and who gives it. ``agency_id`` is None where the organisation does not take part."""

    service_id: UUID
    service_name: str
    service_type: str
    organization_id: UUID
    organization_name: str
    # The body it belongs to, if any: excluding that one excludes this one.
    parent_id: UUID | None
    agency_id: UUID | None
    legal_duty: str
    # In the reader's language: what the page reads to her before she decides.
    local_name: Localized
    local_organization_name: Localized
    legal_duty_note: str
    legal_duty_hash: str


def destination_of(service_id: UUID) -> Destination:
    """Return a published service; ``WrongState`` when the directory has none of this id any more.

    An entry that was merged into another is not led on: a consent names one, and she is asked again.
    """
    service = published().select_related("organization").filter(pk=service_id, status=Status.ACTIVE).first()
    if service is None:
        raise WrongState
    organization = service.organization
    return Destination(
        service_id=service.id,
        service_name=service.name,
        service_type=service.service_type,
        organization_id=organization.id,
        organization_name=organization.name,
        parent_id=organization.parent_organization_id,
        agency_id=organization.agency_id,
        legal_duty=organization.legal_notification_duty,
        local_name=service.local_name,
        local_organization_name=organization.local_name,
        legal_duty_note=organization.local_legal_notification_note,
        legal_duty_hash=_duty_hash(organization),
    )


def agencies_of(organization_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return the agencies behind these listings: one agency may be listed more than once."""
    found = Organization.objects.filter(pk__in=organization_ids, agency__isnull=False)
    return frozenset(one for one in found.values_list("agency_id", flat=True) if one is not None)


def listings_of_same_agencies(organization_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return these organisations and every other listing of the agencies behind them.

    Listings that the directory's editors found to be one body (services.queries.merging) count as one.
    """
    joined = same_organizations(organization_ids)
    same = Organization.objects.filter(agency_id__in=agencies_of(joined))
    return same_organizations(joined | frozenset(same.values_list("pk", flat=True)))


def _duty_hash(organization: Organization) -> str:
    """Return what stands for exactly this duty and these words, in whichever language they are read."""
    return plain_hash(
        "hamroh/v1/legal-duty",
        organization.legal_notification_duty,
        organization.legal_notification_note,
    ).hex()
