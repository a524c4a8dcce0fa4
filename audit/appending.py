"""The three statements of an append: read the head under its lock, write the entry, write the head.

Written out, and for nothing else: every page that opens something waits for them, and Django takes
half a millisecond to put together each time what never changes. What is appended, and whether it may
be, is decided in ``audit.actions``.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import UUIDField

from audit.errors import LogFailed
from audit.merkle import Frontier

_HEAD = """
    SELECT size, frontier, EXISTS (SELECT 1 FROM audit_segment WHERE id = %s)
    FROM audit_log WHERE agency = %s"""
_ENTRY = """
    INSERT INTO audit_entry (log_id, seq, hour, segment_id, body, leaf, nodes)
    VALUES (%s, %s, %s, %s, %s, %s, %s)"""
_NEW_HEAD = "UPDATE audit_log SET size = %s, frontier = %s, root = %s WHERE agency = %s AND size = %s"

_ID = UUIDField()


@dataclass(frozen=True, slots=True)
class Head:
    """The end of an agency's tree, locked until the transaction ends."""

    frontier: Frontier
    has_segment: bool


def lock_head(*, agency: UUID, segment: UUID) -> Head:
    """Lock and return the head of a log, and whether the segment is stored. ``LogFailed`` without a log."""
    # On SQLite the transaction has the only lock there is since it began.
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(_HEAD + lock, [_column(segment), _column(agency)])
        found = cursor.fetchone()
    if found is None:
        raise LogFailed
    size, frontier, has_segment = found
    return Head(Frontier.from_bytes(size, bytes(frontier)), bool(has_segment))


def write_entry(*, agency: UUID, hour: int, segment: UUID, body: bytes, leaf: bytes, head: Head) -> None:
    """Write the entry that follows the locked head, and the head that follows the entry."""
    frontier, completed = head.frontier.append(leaf)
    log = _column(agency)
    with connection.cursor() as cursor:
        cursor.execute(_ENTRY, [log, frontier.size, hour, _column(segment), body, leaf, b"".join(completed)])
        cursor.execute(
            _NEW_HEAD, [frontier.size, frontier.to_bytes(), frontier.root, log, head.frontier.size]
        )
        if cursor.rowcount != 1:
            raise LogFailed


def _column(value: UUID) -> Any:
    """Return an id as this database keeps it."""
    return _ID.get_db_prep_value(value, connection)
