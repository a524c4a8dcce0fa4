"""The door to one file of a case: the bytes leave only after both the log and the seal agreed."""

from dataclasses import dataclass, field
from uuid import UUID

from accounts.unlocked import Unlocked
from referrals import entries
from referrals.access.cases import OpenCase
from referrals.access.common import denied, document_context, log_first
from referrals.models import CaseDocument, DocumentHalf
from referrals.payload import Document
from vault.envelope import unseal
from vault.errors import Refused
from vault.sections import part_secret, section_key


@dataclass(frozen=True)
class OpenDocument:
    """A file that was opened, whole: a part of it is never given out before the rest was checked."""

    about: Document = field(repr=False)
    content: bytes = field(repr=False)


def document_for(unlocked: Unlocked, opened: OpenCase, document_id: UUID) -> OpenDocument:
    """Open one file of an opened case, or raise ``Denied``. Logged before the bytes are returned.

    - the share through which the case was opened includes its documents;
    - the file belongs to this case, its half is still there, and seal and size agree.
    """
    item = opened.document(document_id)
    row = CaseDocument.objects.filter(pk=document_id, case=opened.case).first()
    half = DocumentHalf.objects.filter(document_id=document_id).first()
    try:
        if row is None or half is None:
            raise Refused
        key = file_key(item.content, bytes(half.half), document_id)
        context = document_context(agency=item.content.agency_id, case=opened.id, document=document_id)
        content = unseal(key, bytes(row.sealed), context)
        if len(content) != item.content.size:
            raise Refused
    except Refused:
        raise denied(unlocked, entries.CASE_DOES_NOT_OPEN, "case", opened.id) from None
    log_first(unlocked, entries.DOCUMENT_DOWNLOADED, "case", opened.id, detail={"document": str(document_id)})
    if opened.case.is_open:
        opened.remember(entries.DOCUMENT_DOWNLOADED, document_id)
    return OpenDocument(about=item.content, content=content)


def file_key(about: Document, half: bytes, document_id: UUID) -> bytes:
    """Return the key of one file: its own secret, which the case keeps, and its own half. ``Refused``."""
    try:
        secret = bytes.fromhex(about.secret)
    except ValueError:
        raise Refused from None
    return section_key(
        part_secret(secret, "file"), half, kind="document", object=str(document_id), section="file", epoch=1
    )
