"""Where a referral may go: one service, as the directory knows it now.

What a consent and a referral need of the directory, read in one place. Whether something may be sent
there is decided by ``actions.guards``.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from accounts.models import Agency
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
    # Who receives what is sent there. A listing says its own name; the agency's is said beside it, so
    # that nobody consents to a name that somebody else put on their entry.
    agency_id: UUID | None
    agency_name: str
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
    service = (
        published().select_related("organization__agency").filter(pk=service_id, status=Status.ACTIVE).first()
    )
    if service is None:
        raise WrongState
    organization = service.organization
    return Destination(
        service_id=service.id,
        service_name=service.name,
        service_type=service.service_type,
        organization_id=organization.id,
        organization_name=organization.name,
        agency_id=organization.agency_id,
        agency_name=organization.agency.name if organization.agency else "",
        legal_duty=organization.legal_notification_duty,
        local_name=service.local_name,
        local_organization_name=organization.local_name,
        legal_duty_note=organization.local_legal_notification_note,
        legal_duty_hash=_duty_hash(organization),
    )


def agency_name(agency_id: UUID) -> str:
    """Return the name of the agency that receives; empty when there is none of this id."""
    return Agency.objects.filter(pk=agency_id).values_list("name", flat=True).first() or ""


# UNION drops what was found before, so a circle of parents ends too.
_BELOW_AND_BESIDE = """
WITH RECURSIVE behind(id, agency_id) AS (
    SELECT id, agency_id FROM services_organization WHERE id IN ({marks})
    UNION
    SELECT one.id, one.agency_id
    FROM services_organization one
    JOIN behind ON one.parent_organization_id = behind.id OR one.agency_id = behind.agency_id
)
SELECT id FROM behind
"""


def everybody_behind(organization_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return all whom excluding these organisations excludes.

    Bodies below them at any depth, every other listing of an agency among them, what the directory's
    editors found to be one body with any of these (services.queries.merging), and so on. A few queries,
    whatever the depth; none for nobody.
    """
    if not organization_ids:
        return frozenset()
    # Also those that the directory has no more: their listing may come back under the same id.
    found = same_organizations(organization_ids)
    while True:
        wider = _below_and_beside(found)
        found = same_organizations(wider)
        if found == wider:
            return found


def _below_and_beside(organization_ids: frozenset[UUID]) -> frozenset[UUID]:
    key = Organization._meta.pk
    sql = _BELOW_AND_BESIDE.format(marks=", ".join(["%s"] * len(organization_ids)))
    ids = [key.get_db_prep_value(one, connection) for one in organization_ids]
    return organization_ids | {one.pk for one in Organization.objects.raw(sql, ids)}


def _duty_hash(organization: Organization) -> str:
    """Return what stands for exactly this duty and these words, in whichever language they are read."""
    return plain_hash(
        "hamroh/v1/legal-duty",
        organization.legal_notification_duty,
        organization.legal_notification_note,
    ).hex()
