"""What all doors share: who may work with people at all, the denial, and the sealing of one place."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Model
from guardian.core import ObjectPermissionChecker

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import record_first
from audit.errors import Denied
from audit.registry import Action
from referrals.models import Referral
from vault.envelope import Context

# Who may be given a case at all. A supervisor only sees one that was shared with them.
CASE_ROLES = frozenset({RoleName.CASEWORKER, RoleName.SUPERVISOR})
DESK_ROLES = frozenset({RoleName.INTAKE})
# Who may be given an accepted referral to work on: the desk itself, or a colleague behind it.
WORKER_ROLES = DESK_ROLES | {RoleName.CASEWORKER}


def denied(unlocked: Unlocked, action: Action, kind: str, object_id: UUID | None) -> Denied:
    """Return the one error for missing and forbidden."""
    return Denied(
        action,
        agency=unlocked.agency.id,
        actor=unlocked.person.id,
        kind=kind,
        object=str(object_id) if object_id else "",
    )


def may_work(unlocked: Unlocked, roles: Iterable[RoleName]) -> bool:
    """Say whether the person is active, trained, bound by the code of conduct, and in one of the roles."""
    person = unlocked.person
    return (
        person.is_active
        and unlocked.agency.is_active
        and unlocked.may_open_cases
        and not unlocked.roles.isdisjoint(roles)
    )


def guardian_agrees(unlocked: Unlocked, permission: str, thing: Model) -> bool:
    """Ask guardian for one object. Never enough alone: the key must open as well."""
    return bool(ObjectPermissionChecker(unlocked.person).has_perm(permission, thing))


def log_first(
    unlocked: Unlocked,
    action: Action,
    kind: str,
    object_id: UUID | None,
    *,
    detail: dict[str, str] | None = None,
    also: UUID | None = None,
) -> None:
    """Write the access log before a disclosure; ``also`` names a second agency that must know of it."""
    for agency in dict.fromkeys([unlocked.agency.id, also or unlocked.agency.id]):
        record_first(
            action,
            agency=agency,
            actor=unlocked.person.id,
            kind=kind,
            object=str(object_id) if object_id else "",
            detail=detail,
        )


def item_context(*, agency: UUID, case: UUID, section: str, item: UUID, epoch: int, revision: int) -> Context:
    """Return where an item of a case belongs."""
    return Context(
        kind="case",
        agency=str(agency),
        object=str(case),
        section=f"{section}/{item}",
        epoch=epoch,
        revision=revision,
    )


def document_context(*, agency: UUID | None, case: UUID, document: UUID) -> Context:
    """Return where a file of a case belongs. It is sealed once, under a secret of its own."""
    return Context(
        kind="document",
        agency=str(agency),
        object=str(case),
        section=f"file/{document}",
        epoch=1,
        revision=1,
    )


def packet_context(referral: Referral, part: str) -> Context:
    """Return where a part of a packet belongs: between exactly these two agencies."""
    return Context(
        kind="referral",
        agency=f"{referral.sender_agency_id}/{referral.recipient_agency_id}",
        object=str(referral.id),
        section=part,
        epoch=referral.epoch,
        revision=referral.revision,
    )
