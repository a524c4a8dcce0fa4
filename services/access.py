"""The doors of the directory: what somebody may reach, by role and agency.

Reading the public directory needs no door. Denied and missing are the same 404.
"""

from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest

from accounts import access
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from services import links
from services.codes import LinkKind
from services.editing.sections import SECTIONS, Section
from services.models import (
    ImportRow,
    ImportRun,
    ImportUpload,
    Location,
    Merge,
    OneTimeLink,
    Organization,
    Proposal,
    Service,
    Suggestion,
    WorkingGroup,
)
from services.queries.comparing import Comparison, compare
from services.queries.editing import entry_service, organization_to_add_to, part_of, site_of
from services.queries.entries import any_service, desk_service, public_service
from services.queries.groups import group_card
from services.queries.imports import import_run, import_upload, review_row
from services.queries.merging import merge_of
from services.queries.proposals import find_proposal, open_suggestion
from services.queries.verification import answered_by

Found = TypeVar("Found")


def _found(request: HttpRequest, unlocked: Unlocked, found: Found | None) -> Found:
    """Return what a door leads to; Denied, in the log too, where there is nothing for this person."""
    if found is None:
        raise access.denied(request, unlocked)
    return found


def desk(request: HttpRequest) -> Unlocked:
    """Return who is signed in if they are at a provider's desk (intake); otherwise Denied."""
    return access.with_role(request, RoleName.INTAKE)


def service_at_desk(request: HttpRequest, service_id: UUID) -> tuple[Unlocked, Service]:
    """Return a service of the person's own agency; otherwise Denied."""
    unlocked = desk(request)
    return unlocked, _found(request, unlocked, desk_service(unlocked.agency.pk, service_id))


def service_to_link(request: HttpRequest, service_id: UUID) -> tuple[Unlocked, Service]:
    """Return a service somebody may make a link for: an editor any, a desk its own; otherwise Denied."""
    unlocked = access.with_role(request, RoleName.EDITOR, RoleName.INTAKE)
    service = any_service(service_id) if is_editor(unlocked) else desk_service(unlocked.agency.pk, service_id)
    return unlocked, _found(request, unlocked, service)


def service_heard_of(request: HttpRequest, service_id: UUID) -> tuple[Unlocked, Service]:
    """Return a caseworker and a published service they have called; otherwise Denied."""
    unlocked = access.with_role(request, RoleName.CASEWORKER)
    return unlocked, _found(request, unlocked, public_service(service_id))


def editor(request: HttpRequest) -> Unlocked:
    """Return who is signed in if they edit the directory; otherwise Denied."""
    return access.with_role(request, RoleName.EDITOR)


def run_for_editor(request: HttpRequest, run_id: UUID) -> tuple[Unlocked, ImportRun]:
    """Return an editor and an import run; otherwise Denied."""
    unlocked = editor(request)
    return unlocked, _found(request, unlocked, import_run(run_id))


# Providers may propose changes of their own entries; only editors decide about any.
_PROPOSERS = (RoleName.EDITOR, RoleName.INTAKE, RoleName.ADMINISTRATOR)


def proposer(request: HttpRequest) -> Unlocked:
    """Return who is signed in if they may propose changes of some entries; otherwise Denied."""
    return access.with_role(request, *_PROPOSERS)


def is_editor(unlocked: Unlocked) -> bool:
    return RoleName.EDITOR in unlocked.roles


def _editor_or_own(request: HttpRequest, unlocked: Unlocked, owner: Organization | None) -> None:
    """Let editors pass, and people of the agency behind an organization; otherwise Denied."""
    own = owner.agency_id == unlocked.agency.pk if owner is not None else False
    if not is_editor(unlocked) and not own:
        raise access.denied(request, unlocked)


def entry_for_proposer(request: HttpRequest, service_id: UUID) -> tuple[Unlocked, Service]:
    """Return an entry that the person may propose changes of: any for an editor, else their agency's own."""
    unlocked = proposer(request)
    service = _found(request, unlocked, entry_service(service_id))
    _editor_or_own(request, unlocked, service.organization)
    return unlocked, service


def entry_for_editor(request: HttpRequest, service_id: UUID) -> tuple[Unlocked, Service]:
    """Return an editor and any entry; otherwise Denied."""
    unlocked = editor(request)
    return unlocked, _found(request, unlocked, entry_service(service_id))


def part_for_proposer(
    request: HttpRequest, service_id: UUID, section: str, target: UUID
) -> tuple[Unlocked, Service, Section, Any]:
    """Return a section of an entry, and its record, for who may propose a change of it; otherwise Denied.

    A withheld site has no section that tells where it is.
    """
    unlocked, service = entry_for_proposer(request, service_id)
    what = _found(request, unlocked, SECTIONS.get(section))
    return unlocked, service, what, _found(request, unlocked, part_of(service, what, target))


def site_for_editor(
    request: HttpRequest, service_id: UUID, location_id: UUID
) -> tuple[Unlocked, Service, Location]:
    """Return an editor, an entry and one of its sites; otherwise Denied."""
    unlocked, service = entry_for_editor(request, service_id)
    return unlocked, service, _found(request, unlocked, site_of(service, location_id))


def organization_for_proposer(request: HttpRequest, organization_id: UUID) -> tuple[Unlocked, Organization]:
    """Return an organization that the person may propose a new entry of; otherwise Denied."""
    unlocked = proposer(request)
    found = _found(request, unlocked, organization_to_add_to(organization_id))
    _editor_or_own(request, unlocked, found)
    return unlocked, found


def proposal_for_reader(request: HttpRequest, proposal_id: UUID) -> tuple[Unlocked, Proposal]:
    """Return a proposal for an editor, or for people of the agency whose entry it is about."""
    unlocked = proposer(request)
    found = _found(request, unlocked, find_proposal(proposal_id))
    _editor_or_own(request, unlocked, found.organization)
    return unlocked, found


def suggestion_for_editor(request: HttpRequest, suggestion_id: UUID) -> tuple[Unlocked, Suggestion]:
    """Return an editor and a suggestion that waits; otherwise Denied."""
    unlocked = editor(request)
    return unlocked, _found(request, unlocked, open_suggestion(suggestion_id))


def two_entries_for_editor(
    request: HttpRequest, service_id: UUID, other_id: UUID
) -> tuple[Unlocked, Comparison]:
    """Return an editor and two entries side by side; otherwise Denied."""
    unlocked = editor(request)
    return unlocked, _found(request, unlocked, compare(service_id, other_id))


def merge_for_editor(request: HttpRequest, merge_id: UUID) -> tuple[Unlocked, Merge]:
    """Return an editor and a merge; otherwise Denied."""
    unlocked = editor(request)
    return unlocked, _found(request, unlocked, merge_of(merge_id))


def group_for_editor(request: HttpRequest, group_id: UUID) -> tuple[Unlocked, WorkingGroup]:
    """Return an editor and a working group, also one that no longer meets; otherwise Denied."""
    unlocked = editor(request)
    return unlocked, _found(request, unlocked, group_card(group_id, for_editor=True)).group


def still_correct_link(token: str) -> tuple[OneTimeLink, str]:
    """Return the link of a token, and what was answered by it a moment ago, if it was; else Missing."""
    link = links.open_link(token, kind=LinkKind.STILL_CORRECT, corrections=links.ANY, within=links.JUST_USED)
    return link, answered_by(link)


def upload_for_editor(request: HttpRequest, upload_id: UUID) -> tuple[Unlocked, ImportUpload]:
    """Return an editor and the file they have sent themselves; otherwise Denied."""
    unlocked = editor(request)
    upload = import_upload(upload_id)
    is_own = upload is not None and upload.sent_by == unlocked.person.pk
    return unlocked, _found(request, unlocked, upload if is_own else None)


def row_for_editor(request: HttpRequest, row_id: int) -> tuple[Unlocked, ImportRow]:
    """Return an editor and a row of the review queue; otherwise Denied."""
    unlocked = editor(request)
    return unlocked, _found(request, unlocked, review_row(row_id))
