"""Documents of a case: add one, download one, destroy one. What they are stands in the case."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.unlocked import Unlocked
from referrals import access, actions
from referrals.access import OpenCase
from referrals.api.cases import edited, viewed
from referrals.api.changes import Change, ChangeView, confirmed, who
from referrals.forms.documents import DocumentForm
from referrals.views.documents import attachment, with_documents


def _edited(unlocked: Unlocked, case_id: UUID) -> OpenCase:
    return with_documents(unlocked, edited(unlocked, case_id))


def _form(opened: OpenCase, data: dict[str, Any]) -> DocumentForm:
    files = {"file": data["file"]} if "file" in data else {}
    return DocumentForm(data, files)


def _add(unlocked: Unlocked, opened: OpenCase, form: Any) -> UUID:
    known = form.cleaned_data
    return actions.add_document(
        unlocked=unlocked,
        opened=opened,
        name=known["name"],
        content=known["file"].read(),
        once=known["key"],
    )


class Documents(ChangeView):
    parser_classes = (MultiPartParser,)
    change = Change(
        name="case_document_add",
        summary="Add a file, at most 10 MB, as multipart/form-data",
        door=_edited,
        form=DocumentForm,
        fill=_form,
        act=_add,
        makes=True,
        uploads=True,
    )


class DocumentItem(APIView):
    @extend_schema(
        operation_id="case_document",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, 404: None},
        summary="One file, to keep; asks for the password again",
    )
    def get(self, request: Request, case_id: UUID, document_id: UUID) -> HttpResponse:
        unlocked = who(request)
        opened = with_documents(unlocked, viewed(unlocked, case_id))
        confirmed(request)
        return attachment(access.document_for(unlocked, opened, document_id))


def _one(unlocked: Unlocked, case_id: UUID, document_id: UUID) -> tuple[OpenCase, UUID]:
    opened = _edited(unlocked, case_id)
    return opened, opened.document(document_id).id


def _delete(unlocked: Unlocked, found: tuple[OpenCase, UUID], form: Any) -> None:
    opened, document_id = found
    actions.delete_document(
        unlocked=unlocked, opened=opened, document_id=document_id, once=form.cleaned_data["key"]
    )


class DocumentDelete(ChangeView):
    change = Change(name="case_document_delete", summary="Destroy a file for good", door=_one, act=_delete)
