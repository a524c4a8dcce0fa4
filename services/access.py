"""The doors of the directory: what somebody may reach, by role and agency.

Reading the public directory needs no door. Denied and missing are the same 404.
"""

from uuid import UUID

from django.http import HttpRequest

from accounts import access
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from services.models import ImportRow, ImportRun, ImportUpload, Service
from services.queries.entries import desk_service
from services.queries.imports import import_run, import_upload, review_row


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
