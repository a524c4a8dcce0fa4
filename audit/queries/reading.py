"""Opened entries, newest first.

Bodies are sealed, so a filter works in the supervisor's own session: rows are opened from the newest
back until a page is full, and after a bounded number of rows the reader is asked whether to go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit import segments
from audit.entries import Body, open_body, stored
from audit.models import Checkpoint, Entry, Segment
from vault.errors import Refused
from vault.keys import KeyPair

_BATCH = 200


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    """One entry as a supervisor reads it; ``body`` is None where none of their keys opens it."""

    seq: int
    hour: int
    body: Body | None


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look for; empty parts match everything. ``object`` is the exact id or code."""

    action: str = ""
    actor: UUID | None = None
    object: str = ""
    outcome: str = ""

    @property
    def is_empty(self) -> bool:
        return self == EMPTY_FILTER

    def matches(self, body: Body) -> bool:
        return (
            self.action in ("", body.action)
            and self.actor in (None, body.actor)
            and self.object in ("", body.object)
            and self.outcome in ("", body.outcome)
        )


EMPTY_FILTER = Filter()


@dataclass(frozen=True, slots=True)
class Page:
    """A page of entries. ``next`` is the ``before`` of the next page, None at the beginning of the log.

    ``searched_to`` is the number of the oldest entry looked at; a filtered page may be short because
    the search paused there, not because there is nothing more.
    """

    entries: list[OpenedEntry]
    next: int | None
    searched_to: int


class _Keys:
    """Segment keys, opened once a page with whichever of the supervisor's key pairs fits."""

    def __init__(self, pairs: Sequence[KeyPair]) -> None:
        self._pairs = {pair.public.fingerprint: pair for pair in pairs}
        self._opened: dict[UUID, bytes | None] = {}

    def open(self, row: Entry) -> Body | None:
        try:
            key = self._key(row.segment)
            if key is None:
                return None
            return open_body(
                key,
                stored(row.body),
                agency=row.log_id,
                segment=row.segment_id,
                epoch=row.segment.auditor_epoch,
                seq=row.seq,
            )
        except Refused:
            return None

    def _key(self, segment: Segment) -> bytes | None:
        if segment.id not in self._opened:
            pair = self._pairs.get(bytes(segment.auditor_fingerprint))
            try:
                self._opened[segment.id] = segments.open_key(segment, pair) if pair else None
            except Refused:
                self._opened[segment.id] = None
        return self._opened[segment.id]


def entries(
    *,
    agency: UUID,
    keys: Sequence[KeyPair],
    before: int | None = None,
    filters: Filter = EMPTY_FILTER,
    limit: int = 50,
    search_at_most: int = 5000,
) -> Page:
    """Return entries of an agency's log, newest first, opened with the auditor key pairs given.

    ``keys`` are the auditor role's pairs of every epoch the reader holds. Where none opens an entry it
    is shown as sealed; with a filter it cannot match, and is left out.
    """
    opener = _Keys(keys)
    found: list[OpenedEntry] = []
    searched, last = 0, before or 0
    while True:
        batch = _rows(agency, before, min(_BATCH, max(limit, 1)) if filters.is_empty else _BATCH)
        for row in batch:
            before = last = row.seq
            searched += 1
            body = opener.open(row)
            if filters.is_empty or (body is not None and filters.matches(body)):
                found.append(OpenedEntry(row.seq, row.hour, body))
            if len(found) == limit or searched == search_at_most:
                return Page(found, next=last if last > 1 else None, searched_to=last)
        if not batch:
            return Page(found, next=None, searched_to=last)


def newest(*, agency: UUID, keys: Sequence[KeyPair], since: datetime, at_most: int) -> list[OpenedEntry]:
    """Return the entries of an agency's log since an hour, newest first, ``at_most`` so many. One query."""
    opener = _Keys(keys)
    hour = int(since.timestamp()) // 3600
    rows = [row for row in _rows(agency, None, at_most) if row.hour >= hour]
    return [OpenedEntry(row.seq, row.hour, opener.open(row)) for row in rows]


def last_signed(agency: UUID) -> Checkpoint | None:
    """Return the newest checkpoint of an agency's log, or None before the first."""
    return Checkpoint.objects.filter(log=agency).order_by("-size").first()


def _rows(agency: UUID, before: int | None, limit: int) -> list[Entry]:
    rows = Entry.objects.filter(log=agency).select_related("segment").order_by("-seq")
    if before is not None:
        rows = rows.filter(seq__lt=before)
    return list(rows[:limit])
