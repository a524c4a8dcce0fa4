"""Every change of the log: open it, append to it, sign a checkpoint, keep a supervisor's cosignature.

``record`` and ``record_first`` are what the rooms above call. Either the entry is written or
``LogFailed`` leaves them, and then nothing may be shown and nothing may change.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from audit import notes, segments, site_keys
from audit.appending import lock_head, write_entry
from audit.entries import Body, Outcome, request_id, row_leaf, seal_body
from audit.errors import Denied, LogFailed
from audit.merkle import Frontier
from audit.models import CHECKPOINT_EVERY, Checkpoint, Log, Segment
from audit.queries.proofs import still_holds
from audit.registry import Action, action, auditor_key
from vault.errors import Refused
from vault.keys import KeyPair

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


def open_log(*, agency: UUID) -> None:
    """Start an agency's log, once, when the agency is created and has its auditor key.

    ``LogFailed`` without an auditor key, or where the log exists: a second head row would hide the first.
    """

    def start() -> None:
        auditor_key(agency)
        with transaction.atomic():
            Log(agency=agency).save(force_insert=True)

    _or_log_failed(start)


def record(
    named: Action | str,
    *,
    agency: UUID | None,
    actor: UUID | None,
    kind: str,
    object: str,  # noqa: A002
    outcome: Outcome = "allowed",
    detail: Mapping[str, str] | None = None,
) -> int:
    """Append an entry inside the caller's transaction, as the last statement of a change.

    Return the entry's number. On any failure ``LogFailed``, and the innermost open transaction block
    can only roll back: a caller who swallows the error still changes nothing. ``agency`` None is the
    site's own log, for what a stranger does with a link.

    - the action is registered; kind, object and detail hold codes and ids only (``NotLoggable``);
    - a transaction is open (else RuntimeError: without one the change would stand without its entry).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs inside the transaction of the change it records.")
    try:
        return _or_log_failed(
            lambda: _append(agency or _site_agency(), _body(named, actor, kind, object, outcome, detail))
        )
    except Exception:
        transaction.set_rollback(True)
        raise


def record_first(
    named: Action | str,
    *,
    agency: UUID,
    actor: UUID | None,
    kind: str,
    object: str,  # noqa: A002
    outcome: Outcome = "allowed",
    detail: Mapping[str, str] | None = None,
) -> int:
    """Append an entry that is committed when this returns: call it before anything is disclosed.

    Return the entry's number, or raise ``LogFailed``. RuntimeError inside an open transaction, because
    the entry could still be rolled back after the page was shown.
    """

    def append() -> int:
        with transaction.atomic(durable=True):
            return _append(agency, _body(named, actor, kind, object, outcome, detail))

    return _or_log_failed(append)


def record_denied(attempt: Denied) -> int:
    """Write a denied attempt down, committed when this returns. ``LogFailed`` if that is impossible."""
    agency = attempt.agency or _site_agency()
    return record_first(
        attempt.action,
        agency=agency,
        actor=attempt.actor,
        kind=attempt.kind,
        object=attempt.object,
        outcome="denied",
        detail=attempt.detail,
    )


def make_checkpoint(*, agency: UUID) -> str:
    """Sign the tree as it stands and return the note; the one that exists if nothing was added since."""

    def make() -> str:
        with transaction.atomic():
            log = Log.objects.select_for_update().get(pk=agency)
            return _checkpoint(log)

    return _or_log_failed(make)


def keep_cosignature(*, agency: UUID, note: str) -> None:
    """Add the cosignatures of a note to the stored checkpoint of the same size and root.

    ``Refused`` if this site has no such checkpoint. Who cosigned was checked by the caller, who knows
    people and their keys.
    """
    cosigned = notes.parse(note)
    with transaction.atomic():
        Log.objects.select_for_update().get(pk=agency)
        checkpoint = Checkpoint.objects.filter(log=agency, size=cosigned.size).first()
        if checkpoint is None:
            raise Refused
        kept = notes.parse(checkpoint.note)
        if kept.text != cosigned.text:
            raise Refused
        for signature in cosigned.signatures:
            kept = kept.with_signature(signature)
        checkpoint.note = str(kept)
        checkpoint.save(update_fields=["note"])


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What a supervisor saw at sign-in. Keep ``note`` in the keyring only where it is ``consistent``."""

    note: str
    consistent: bool


def witness(*, agency: UUID, person: UUID, keys: KeyPair, last_seen: str | None) -> Witnessed:
    """Show a supervisor the log's present checkpoint and prove that it grew out of the last one they saw.

    If it did, they cosign it, and the cosignature is kept. If not (rolled back, rewritten, or signed by
    another key) nothing is cosigned: warn them, and keep the note they have, which is the evidence.
    """
    note = make_checkpoint(agency=agency)
    if last_seen is not None and not still_holds(agency=agency, seen=last_seen, now=note):
        return Witnessed(note=note, consistent=False)
    at = int(datetime.now(UTC).timestamp())
    cosigned = str(notes.cosign(notes.parse(note), keys, name=notes.witness_name(person), at=at))
    keep_cosignature(agency=agency, note=cosigned)
    return Witnessed(note=cosigned, consistent=True)


def _or_log_failed(work: Callable[[], Result]) -> Result:
    """Run a write to the log; whatever goes wrong is ``LogFailed``, without the values it went wrong on."""
    try:
        return work()
    except (LogFailed, RuntimeError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it was, the entry is not there
        # The type is enough to find the cause, and holds no value.
        logger.error("The access log failed: %s", type(error).__name__)
        raise LogFailed from None


def _body(  # noqa: PLR0917
    named: Action | str,
    actor: UUID | None,
    kind: str,
    object: str,  # noqa: A002
    outcome: Outcome,
    detail: Mapping[str, str] | None,
) -> Body:
    return Body(
        action=action(named).name,
        actor=actor,
        kind=kind,
        object=object,
        outcome=outcome,
        detail=dict(detail or {}),
        request=request_id.get(),
    )


def _append(agency: UUID, body: Body) -> int:
    """Add one entry under the lock of the head row: the same few statements whatever the log's size."""
    hour = int(datetime.now(UTC).timestamp()) // 3600
    segment = segments.current(agency=agency, hour=hour, auditor=auditor_key(agency))
    head = lock_head(agency=agency, segment=segment.row.id)
    if not head.has_segment:
        # Another thread of this process may have stored it since; after a rollback it is stored again.
        Segment.objects.bulk_create([segment.row], ignore_conflicts=True)
    seq = head.frontier.size + 1
    sealed = seal_body(
        segment.key,
        body,
        agency=agency,
        segment=segment.row.id,
        epoch=segment.row.auditor_epoch,
        seq=seq,
    )
    leaf = row_leaf(agency=agency, seq=seq, hour=hour, segment=segment.row.id, body=sealed)
    write_entry(agency=agency, hour=hour, segment=segment.row.id, body=sealed, leaf=leaf, head=head)
    if seq % CHECKPOINT_EVERY == 0:
        _checkpoint(Log.objects.get(pk=agency))
    return seq


def _checkpoint(log: Log) -> str:
    """Sign the head that the caller has locked."""
    existing = Checkpoint.objects.filter(log=log, size=log.size).first()
    if existing is not None:
        return existing.note
    root = Frontier.from_bytes(log.size, bytes(log.frontier)).root
    if root != bytes(log.root):
        raise LogFailed
    note = notes.Note(origin=notes.origin_of(log.agency), size=log.size, root=root)
    signed = str(notes.sign(note, site_keys.checkpoint_keys()))
    Checkpoint.objects.create(log=log, size=log.size, note=signed)
    return signed


def _site_agency() -> UUID:
    """Return whose log takes what belongs to no agency: the one set up first, which runs the site."""
    try:
        first = Log.objects.order_by("opened_at", "agency").values_list("agency", flat=True).first()
    except DatabaseError:
        raise LogFailed from None
    if first is None:
        raise LogFailed
    return first
