"""The doors of the directory: what somebody may reach, by role and agency.

Reading the public directory needs no door. Denied and missing are the same 404.
"""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest

from accounts import access
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from services import links
from services.codes import LinkKind
from services.errors import Missing
from services.models import (
    ImportRow,
    ImportRun,
    ImportUpload,
    Merge,
    OneTimeLink,
    Service,
    WorkingGroup,
)
from services.queries.comparing import Comparison, compare
from services.queries.entries import desk_service
from services.queries.groups import group_card
from services.queries.imports import import_run, import_upload, review_row
from services.queries.merging import merge_of
from services.queries.verification import entry


def desk(request: HttpRequest) -> Unlocked:
    """Return who is signed in if they are at a provider's desk (intake); otherwise Denied."""
    return access.with_role(request, RoleName.INTAKE)


def service_at_desk(request: HttpRequest, service_id: UUID) -> tuple[Unlocked, Service]:
    """Return a service of the person's own agency; otherwise Denied."""
    unlocked = desk(request)
    service = desk_service(unlocked.agency.pk, service_id)
    if service is None:
        raise access.denied(request, unlocked)
    return unlocked, service


def editor(request: HttpRequest) -> Unlocked:
    """Return who is signed in if they edit the directory; otherwise Denied."""
    return access.with_role(request, RoleName.EDITOR)


def run_for_editor(request: HttpRequest, run_id: UUID) -> tuple[Unlocked, ImportRun]:
    """Return an editor and an import run; otherwise Denied."""
    unlocked = editor(request)
    run = import_run(run_id)
    if run is None:
        raise access.denied(request, unlocked)
    return unlocked, run


def entry_for_editor(request: HttpRequest, service_id: UUID) -> tuple[Unlocked, Service]:
    """Return an editor and an entry that stands for itself, hidden ones too; otherwise Denied."""
    unlocked = editor(request)
    service = entry(service_id)
    if service is None:
        raise access.denied(request, unlocked)
    return unlocked, service


def two_entries_for_editor(
    request: HttpRequest, service_id: UUID, other_id: UUID
) -> tuple[Unlocked, Comparison]:
    """Return an editor and two entries side by side; otherwise Denied."""
    unlocked = editor(request)
    both = compare(service_id, other_id)
    if both is None:
        raise access.denied(request, unlocked)
    return unlocked, both


def merge_for_editor(request: HttpRequest, merge_id: UUID) -> tuple[Unlocked, Merge]:
    """Return an editor and a merge; otherwise Denied."""
    unlocked = editor(request)
    found = merge_of(merge_id)
    if found is None:
        raise access.denied(request, unlocked)
    return unlocked, found


def group_for_editor(request: HttpRequest, group_id: UUID) -> tuple[Unlocked, WorkingGroup]:
    """Return an editor and a working group, also one that no longer meets; otherwise Denied."""
    unlocked = editor(request)
    found = group_card(group_id, for_editor=True)
    if found is None:
        raise access.denied(request, unlocked)
    return unlocked, found.group


JUST_USED = timedelta(minutes=10)


def still_correct_link(token: str) -> tuple[OneTimeLink, bool]:
    """Return the link of a token and whether it was used a moment ago (a second click); else Missing."""
    try:
        return links.open_link(token, kind=LinkKind.STILL_CORRECT), False
    except Missing:
        return links.open_link(token, kind=LinkKind.STILL_CORRECT, corrections=1, within=JUST_USED), True


def upload_for_editor(request: HttpRequest, upload_id: UUID) -> tuple[Unlocked, ImportUpload]:
    """Return an editor and the file they have sent themselves; otherwise Denied."""
    unlocked = editor(request)
    upload = import_upload(upload_id)
    if upload is None or upload.sent_by != unlocked.person.pk:
        raise access.denied(request, unlocked)
    return unlocked, upload


def row_for_editor(request: HttpRequest, row_id: int) -> tuple[Unlocked, ImportRow]:
    """Return an editor and a row of the review queue; otherwise Denied."""
    unlocked = editor(request)
    row = review_row(row_id)
    if row is None:
        raise access.denied(request, unlocked)
    return unlocked, row
