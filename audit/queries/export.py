"""The log as one file: JSON lines that ``audit/verify_audit.py`` checks on any machine, without a key.

A header, every row as it is stored, and each signed checkpoint at its place; the last line is the
checkpoint of every row. Bodies stay sealed, and wrapped keys are left out: the file can be given to
somebody who must not read it. Rows are not checked here: what was changed shall be found by others.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from uuid import UUID

from audit import notes, site_keys
from audit.entries import stored
from audit.models import Checkpoint, Entry
from vault.errors import Refused

FORMAT = "hamroh-access-log/1"
_BATCH = 500


def export_lines(*, agency: UUID, note: str, witnesses: Mapping[str, bytes] | None = None) -> Iterator[bytes]:
    """Yield the file line by line, up to the checkpoint ``note`` that was made for this export.

    ``witnesses`` are the names and Ed25519 public keys of the supervisors whose cosignatures the file
    shall carry; others' are left out, because nobody could check them.
    """
    witnesses = dict(witnesses or {})
    last = notes.parse(note)
    yield _line(
        {
            "format": FORMAT,
            "origin": notes.origin_of(agency),
            "key": _text(site_keys.checkpoint_keys().public.sign),
            "witnesses": {name: _text(key) for name, key in sorted(witnesses.items())},
            "entries": last.size,
            "root": _text(last.root),
        }
    )
    signed = dict(
        Checkpoint.objects.filter(log=agency, size__lte=last.size)
        .order_by("size")
        .values_list("size", "note")
    )
    signed[last.size] = note
    if 0 in signed:
        yield _checkpoint(signed.pop(0), witnesses)
    for row in _rows(agency, last.size):
        yield _line(
            {
                "seq": row.seq,
                "hour": row.hour,
                "segment": str(row.segment_id),
                "body": _text(stored(row.body)),
                "leaf": _text(stored(row.leaf)),
            }
        )
        if row.seq in signed:
            yield _checkpoint(signed.pop(row.seq), witnesses)
    # Where rows were deleted their checkpoints are still there, and show it.
    for size in sorted(signed):
        yield _checkpoint(signed[size], witnesses)


def _checkpoint(text: str, witnesses: Mapping[str, bytes]) -> bytes:
    try:
        note = notes.parse(text)
    except Refused:
        return _line({"checkpoint": text})
    for signature in note.signatures:
        if signature.name != note.origin and signature.name not in witnesses:
            note = note.without_signature(signature)
    return _line({"checkpoint": str(note)})


def _rows(agency: UUID, end: int) -> Iterator[Entry]:
    after = 0
    while True:
        rows = Entry.objects.filter(log=agency, seq__gt=after, seq__lte=end).order_by("seq")[:_BATCH]
        batch = list(rows)
        if not batch:
            return
        yield from batch
        after = batch[-1].seq


def _line(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
