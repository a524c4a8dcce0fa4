"""Documents of a case: keep one, destroy one. Reading one is ``access.documents``."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from referrals import entries
from referrals.access.cases import OpenCase
from referrals.access.common import denied, document_context
from referrals.access.documents import file_key
from referrals.actions.steps import Once, bump, lock_case, log_case
from referrals.codes import MOST_DOCUMENTS
from referrals.documents import kind_of
from referrals.errors import Invalid
from referrals.models import CaseDocument, DocumentHalf
from referrals.models.cases import Section
from referrals.payload import Document
from vault.envelope import seal
from vault.kdf import new_secret


def add_document(
    *, unlocked: Unlocked, opened: OpenCase, name: str, content: bytes, once: UUID | None = None
) -> UUID:
    """Seal a file (at most 10 MB, of a kind we keep: ``documents.kind_of``) into the case; return its id.

    It gets a secret and a half of its own, so that the case's keys can be renewed without it.
    """
    secret, half = new_secret(), new_secret()
    about = Document(
        name=name,
        kind=kind_of(content),
        size=len(content),
        secret=secret.hex(),
        agency_id=opened.case.agency_id,
        added_by=unlocked.person.id,
        added_at=unlocked.now,
    )
    if not about.name:
        raise Invalid({"name": _("Say in a few words what it is.")})
    with transaction.atomic():
        form = Once(unlocked, once, "add_document", opened.id)
        if form.is_repeat:
            return form.result
        case = lock_case(unlocked, opened)
        _only_with_documents(unlocked, opened)
        if len(opened.documents()) >= MOST_DOCUMENTS:
            raise Invalid({"file": _("A case holds 50 documents. Destroy one that is not needed first.")})
        item = opened.put(Section.DOCUMENTS, about)
        sealed = seal(
            file_key(about, half, item),
            content,
            document_context(agency=about.agency_id, case=case.id, document=item),
        )
        CaseDocument.objects.create(pk=item, case=case, sealed=sealed)
        DocumentHalf.objects.create(document_id=item, half=half)
        form.made(item)
        bump(case)
        log_case(unlocked, opened, entries.DOCUMENT_ADDED, {"document": str(item)})
    return item


def delete_document(
    *, unlocked: Unlocked, opened: OpenCase, document_id: UUID, once: UUID | None = None
) -> None:
    """Destroy a file: its half first of all, so that no copy of the database opens it either."""
    with transaction.atomic():
        if Once(unlocked, once, "delete_document", document_id).is_repeat:
            return
        case = lock_case(unlocked, opened)
        _only_with_documents(unlocked, opened)
        item = opened.document(document_id)
        DocumentHalf.objects.filter(document_id=item.id).delete()
        CaseDocument.objects.filter(pk=item.id, case=case).delete()
        opened.drop(Section.DOCUMENTS, item.id)
        bump(case)
        log_case(unlocked, opened, entries.DOCUMENT_DELETED, {"document": str(item.id)})


def _only_with_documents(unlocked: Unlocked, opened: OpenCase) -> None:
    if not opened.may_see_documents:
        raise denied(unlocked, entries.DOCUMENT_ADDED, "case", opened.id)
