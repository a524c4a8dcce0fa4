"""Segment keys: one per process, log and hour, in this process's memory and nowhere else.

Each is wrapped to the agency's auditor role the moment it is made, so supervisors can open what is
sealed under it and the server, an hour later, no longer can.
"""

import os
import threading
from dataclasses import dataclass, field
from uuid import UUID

from audit.models import Segment
from audit.registry import AuditorKey
from audit.site_keys import granter_keys
from vault.errors import Refused
from vault.grants import Grant, Info, unwrap, wrap
from vault.kdf import new_secret, plain_hash
from vault.keys import KeyPair

_Place = tuple[UUID, int, int, bytes]


@dataclass(frozen=True, slots=True)
class LiveSegment:
    """A segment this process seals under: the key, and the row that must be stored beside the entry."""

    key: bytes = field(repr=False)
    row: Segment


_live: dict[_Place, LiveSegment] = {}
_lock = threading.Lock()


def current(*, agency: UUID, hour: int, auditor: AuditorKey) -> LiveSegment:
    """Return this process's segment for the log and hour, made on first use."""
    place = (agency, hour, auditor.epoch, auditor.public.fingerprint)
    with _lock:
        found = _live.get(place)
        if found is None:
            for old in [one for one in _live if one[1] != hour]:
                del _live[old]
            found = _live[place] = _new(agency=agency, hour=hour, auditor=auditor)
        return found


def forget() -> None:
    """Drop every key. A process that was forked must not share keys with its parent."""
    with _lock:
        _live.clear()


def _forget_after_fork() -> None:
    global _lock  # noqa: PLW0603 - the parent may have held the lock at the moment of the fork
    _lock = threading.Lock()
    _live.clear()


os.register_at_fork(after_in_child=_forget_after_fork)


def _new(*, agency: UUID, hour: int, auditor: AuditorKey) -> LiveSegment:
    key = new_secret()
    info = _info(agency=agency, hour=hour, epoch=auditor.epoch, fingerprint=auditor.public.fingerprint)
    grant = wrap(key, info, auditor.public, granter_keys())
    row = Segment(
        log_id=agency,
        hour=hour,
        auditor_epoch=auditor.epoch,
        auditor_fingerprint=auditor.public.fingerprint,
        wrapped=grant.wrapped,
        signature=grant.signature,
    )
    row.id = row_id(row)
    return LiveSegment(key=key, row=row)


def row_id(row: Segment) -> UUID:
    """Return the id that belongs to what the row holds; another one means that the row was changed."""
    info = _row_info(row)
    digest = plain_hash("hamroh/v1/log-segment", info.to_bytes(), bytes(row.wrapped), bytes(row.signature))
    return UUID(bytes=digest[:16])


def open_key(row: Segment, auditor: KeyPair) -> bytes:
    """Return the segment's key for a holder of the auditor role it was wrapped to, else ``Refused``."""
    if row_id(row) != row.id:
        raise Refused
    grant = Grant(wrapped=bytes(row.wrapped), signature=bytes(row.signature))
    return unwrap(grant, _row_info(row), auditor, granter_keys().public.sign)


def _row_info(row: Segment) -> Info:
    return _info(
        agency=row.log_id,
        hour=row.hour,
        epoch=row.auditor_epoch,
        fingerprint=bytes(row.auditor_fingerprint),
    )


def _info(*, agency: UUID, hour: int, epoch: int, fingerprint: bytes) -> Info:
    return Info(
        kind="log.segment",
        object=f"{agency}/{hour}",
        epoch=epoch,
        section="body",
        recipient=f"{agency}/auditor",
        recipient_epoch=epoch,
        recipient_fingerprint=fingerprint,
        rights="read",
        not_after=0,
        granter="site",
    )
