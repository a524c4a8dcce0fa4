"""Documents of a case: add one, download one, destroy one. The case's page lists them.

A file comes in through memory only (config/settings.py, FILE_UPLOAD_HANDLERS) and goes out as an
attachment with a neutral name: what it is called is sealed like what it says.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import may_open_cases, stepped_up
from accounts.unlocked import Unlocked
from referrals import access, actions, codes, entries, queries
from referrals.access import OpenCase, OpenDocument
from referrals.access.common import denied
from referrals.forms.base import WorkForm
from referrals.forms.documents import DocumentForm
from referrals.views import words
from referrals.views.answers import send, show, to

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


def document_rows(unlocked: Unlocked, opened: OpenCase) -> list[dict[str, Any]]:
    """Return what the case's page says about its files, newest first."""
    items = opened.documents()
    people = queries.names_of(unlocked, [item.content.added_by for item in items])
    return [
        {
            "name": item.content.name,
            "kind": words.label(codes.DocumentKind, item.content.kind),
            "size": filesizeformat(item.content.size or 0),
            "at": item.content.added_at,
            "by": people.get(item.content.added_by, ""),
            "url": reverse("referrals:case_document", args=[opened.id, item.id]),
            "delete_url": reverse("referrals:case_document_delete", args=[opened.id, item.id]),
        }
        for item in reversed(items)
    ]


def _was_too_large(request: HttpRequest) -> bool:
    """Say whether a file was sent that was never taken into memory, so that it seems to be missing."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return "file" not in request.FILES and length.isdecimal() and int(length) > codes.MOST_DOCUMENT_BYTES


@GET_OR_POST
def case_documents(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take a document."""
    unlocked = may_open_cases(request)
    opened = with_documents(unlocked, access.case_for(unlocked, case_id, to="edit"))
    is_sent = request.method == "POST"
    form = DocumentForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        too_large=is_sent and _was_too_large(request),
    )

    def add(answers: dict[str, Any]) -> UUID:
        return actions.add_document(
            unlocked=unlocked,
            opened=opened,
            name=answers["name"],
            content=answers["file"].read(),
            once=answers["key"],
        )

    if is_sent and send(form, add):
        return to("case", case_id, done="document-added")
    context = {"form": form, "back_url": reverse("referrals:case", args=[case_id])}
    return show(request, "case_document_new", context)


@require_safe
def case_document(request: HttpRequest, case_id: UUID, document_id: UUID) -> HttpResponse:
    """Give out one document. The answer is whole or it is a 404."""
    unlocked = may_open_cases(request)
    opened = with_documents(unlocked, access.case_for(unlocked, case_id))
    # It stays on the device afterwards: whoever finds a screen open must not take it along.
    stepped_up(request, then=f"{reverse('referrals:case', args=[case_id])}#documents")
    return attachment(access.document_for(unlocked, opened, document_id))


def attachment(found: OpenDocument) -> HttpResponse:
    """Return a document as a file to keep, under a neutral name."""
    response = HttpResponse(found.content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="document.{found.about.kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


@GET_OR_POST
def case_document_delete(request: HttpRequest, case_id: UUID, document_id: UUID) -> HttpResponse:
    """Say what destroying does, then do it."""
    unlocked = may_open_cases(request)
    opened = with_documents(unlocked, access.case_for(unlocked, case_id, to="edit"))
    form = WorkForm(request.POST or None)

    def delete(answers: dict[str, Any]) -> None:
        actions.delete_document(
            unlocked=unlocked, opened=opened, document_id=document_id, once=answers["key"]
        )

    if request.method == "POST" and send(form, delete):
        return to("case", case_id, done="document-deleted")
    context = {
        "form": form,
        "title": _("Destroy “%(name)s”?") % {"name": opened.document(document_id).content.name},
        "will_happen": [
            _("Its key is destroyed now. Nobody opens it any more, and nobody can bring it back."),
            _("Copies that somebody downloaded before are not touched."),
            _("The log keeps that there was a document, and who destroyed it."),
        ],
        "action": _("Destroy it"),
        "danger": True,
        "back_url": reverse("referrals:case", args=[case_id]),
    }
    return show(request, "confirm", context)


def with_documents(unlocked: Unlocked, opened: OpenCase) -> OpenCase:
    """Return the case; to whom a share left the documents out, these pages are not there."""
    if not opened.may_see_documents:
        raise denied(unlocked, entries.CASE_VIEWED, "case", opened.id)
    return opened
