"""Files that wait between two requests: for their mapping, or for the process that reads them.

A file as it was sent may tell where a shelter is, so it waits sealed. Its key is made for it alone,
is not kept here, and travels with the form or to the process; the database alone opens nothing.
"""

import secrets
from datetime import timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from services.models import ImportUpload
from vault.envelope import Context, seal, unseal
from vault.errors import Refused

KEPT = timedelta(hours=24)
_KEY_BYTES = 32


def _context(upload: UUID, person: UUID) -> Context:
    return Context("import-upload", str(person), str(upload), "file", 1, 1)


def keep_upload(
    content: bytes, *, source: str, file_name: str, person: UUID, upload: UUID | None = None
) -> tuple[ImportUpload, bytes]:
    """Seal a file and return it with the key, which is nowhere else."""
    ImportUpload.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    key, pk = secrets.token_bytes(_KEY_BYTES), upload or uuid4()
    kept = ImportUpload.objects.create(
        id=pk,
        source=source,
        file_name=file_name[:200],
        sealed=seal(key, content, _context(pk, person)),
        sent_by=person,
    )
    return kept, key


def opened_upload(upload: ImportUpload, key: bytes) -> bytes | None:
    """Return the file, or None where the key is not its own."""
    if len(key) != _KEY_BYTES:
        return None
    try:
        return unseal(key, bytes(upload.sealed), _context(upload.pk, upload.sent_by))
    except Refused:
        return None


def forget_upload(upload: UUID) -> None:
    """Delete a file that was read or is not wanted."""
    ImportUpload.objects.filter(pk=upload).delete()
