"""Verify a stored log: compute its tree again from the rows and say where it first does not fit.

Needs no key. It finds what was changed in the database by other means than ``audit.actions``. It
cannot find what was never written; and whoever can write the database *and* sign as this site can
make a new past, which only a checkpoint kept elsewhere shows (docs/log.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.core import signing
from django.db.models import Max
from django.utils.translation import gettext as _

from audit import notes, segments, site_keys
from audit.entries import row_leaf, stored
from audit.merkle import Frontier
from audit.models import CHECKPOINT_EVERY, Checkpoint, Entry, Log, Segment
from vault.errors import Refused

_BATCH = 1000
_SALT = "audit.verification"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a verification came: entries checked, the frontier there, the last good checkpoint."""

    checked: int = 0
    frontier: bytes = b""
    checkpoint: int = 0

    def to_text(self, agency: UUID) -> str:
        """Return a signed token for the next step's form, good for this log only."""
        content = [str(agency), self.checked, self.frontier.hex(), self.checkpoint]
        return signing.dumps(content, salt=_SALT)

    @classmethod
    def from_text(cls, text: str, agency: UUID) -> "Progress":
        """Read the token of an earlier step; ``Refused`` if it is not ours, or an hour old."""
        try:
            owner, checked, frontier, checkpoint = signing.loads(text, salt=_SALT, max_age=3600)
        except signing.BadSignature:
            raise Refused from None
        if owner != str(agency):
            raise Refused
        return cls(checked, bytes.fromhex(frontier), checkpoint)


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that does not fit: a code, the entries it concerns (0 for none), plain words."""

    code: str
    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of a step. ``finished`` with ``finding`` None: everything fits."""

    size: int
    progress: Progress
    finished: bool
    finding: Finding | None = None
    root: bytes = field(default=b"")


def verify_log(*, agency: UUID, progress: Progress | None = None, limit: int | None = None) -> Verification:
    """Verify a log, or the next ``limit`` entries of it from where ``progress`` stopped.

    It stops at the first fault: behind it, nothing can be said about the tree.
    """
    progress = progress or Progress()
    # The rows are looked at before the head: an entry appended meanwhile is then never one too many.
    newest = Entry.objects.filter(log=agency).aggregate(newest=Max("seq"))["newest"] or 0
    head = Log.objects.filter(pk=agency).first()
    if head is None:
        text = _("The head of the log is missing, so nothing can be recorded.")
        return Verification(newest, progress, finished=True, finding=_found("no_head", 0, 0, text))
    if newest > head.size:
        text = _("Entries {first} to {last} were put in after the end of the log.")
        finding = _found("beyond_head", head.size + 1, newest, text)
        return Verification(head.size, progress, finished=True, finding=finding)
    step = _Step(head, progress)
    end = head.size if limit is None else min(head.size, progress.checked + limit)
    found = step.read(end)
    if found is None and end == head.size:
        found = step.at_the_end()
    return Verification(
        size=head.size,
        progress=step.progress,
        finished=found is not None or end == head.size,
        finding=found,
        root=stored(head.root),
    )


class _Step:
    """One pass over a stretch of the log."""

    def __init__(self, head: Log, progress: Progress) -> None:
        self.head = head
        self.agency = head.agency
        self.tree = Frontier.from_bytes(progress.checked, progress.frontier)
        self.checkpoint = progress.checkpoint
        self._segments: set[UUID] = set()

    @property
    def progress(self) -> Progress:
        return Progress(self.tree.size, self.tree.to_bytes(), self.checkpoint)

    def read(self, end: int) -> Finding | None:
        """Check every row up to ``end``, and each checkpoint at its place."""
        signed = dict(
            Checkpoint.objects.filter(log=self.agency, size__gt=self.tree.size, size__lte=end).values_list(
                "size", "note"
            )
        )
        for row in _rows(self.agency, self.tree.size, end):
            finding = self._row(row) or self._checkpoint(signed.get(self.tree.size))
            if finding:
                return finding
        if self.tree.size < end:
            return self._missing(end)
        return None

    def _missing(self, last: int) -> Finding:
        return _found("missing", self.tree.size + 1, last, _("Entries {first} to {last} are missing."))

    def _row(self, row: Entry) -> Finding | None:
        seq = self.tree.size + 1
        if row.seq != seq:
            return self._missing(row.seq - 1)
        try:
            leaf = row_leaf(
                agency=self.agency, seq=seq, hour=row.hour, segment=row.segment_id, body=stored(row.body)
            )
        except (OverflowError, TypeError):  # an hour that is no number we write
            leaf = b""
        if leaf != stored(row.leaf):
            return _found("changed", seq, seq, _("Entry {first} was changed: it does not fit its hash."))
        tree, completed = self.tree.append(leaf)
        if b"".join(completed) != stored(row.nodes):
            text = _("An entry before entry {first}, or the hashes kept beside it, were changed.")
            return _found("nodes", seq, seq, text)
        if not self._segment_fits(row.segment_id):
            text = _("The wrapped key that opens entry {first} was exchanged or removed.")
            return _found("segment", seq, seq, text)
        self.tree = tree
        return None

    def _segment_fits(self, segment_id: UUID) -> bool:
        if segment_id not in self._segments:
            segment = Segment.objects.filter(pk=segment_id, log=self.agency).first()
            if segment is None or segments.row_id(segment) != segment.id:
                return False
            self._segments.add(segment_id)
        return True

    def _checkpoint(self, note: str | None) -> Finding | None:
        size = self.tree.size
        if note is None:
            if size % CHECKPOINT_EVERY:
                return None
            return _found("no_checkpoint", size, size, _("The checkpoint of {first} entries is missing."))
        try:
            parsed = notes.parse(note)
            public = site_keys.checkpoint_keys().public.sign
            notes.check(parsed, origin=notes.origin_of(self.agency), public=public)
            if parsed.size != size:
                raise Refused
        except Refused:
            text = _("The checkpoint of {first} entries was changed: this site did not sign it.")
            return _found("signature", size, size, text)
        if parsed.root != self.tree.root:
            text = _(
                "Something among entries {first} to {last} was changed, and its hashes made to fit. "
                "The signed checkpoint says otherwise."
            )
            return _found("rewritten", self.checkpoint + 1, size, text)
        self.checkpoint = size
        return None

    def at_the_end(self) -> Finding | None:
        """Check the head row against the tree, and that nothing was signed beyond it."""
        size = self.head.size
        beyond = (
            Checkpoint.objects.filter(log=self.agency, size__gt=size)
            .order_by("-size")
            .values_list("size", flat=True)
            .first()
        )
        # The log may have grown, and been signed, since its head was read.
        if beyond is not None and not Log.objects.filter(pk=self.agency, size__gte=beyond).exists():
            text = _("The end was cut off: entries {first} to {last} were signed and are gone.")
            return _found("truncated", size + 1, beyond, text)
        if stored(self.head.frontier) != self.tree.to_bytes() or stored(self.head.root) != self.tree.root:
            text = _("The head of the log does not fit its {last} entries.")
            return _found("head", self.checkpoint + 1, size, text)
        return None


def _rows(agency: UUID, after: int, end: int) -> Iterator[Entry]:
    while after < end:
        batch = list(Entry.objects.filter(log=agency, seq__gt=after, seq__lte=end).order_by("seq")[:_BATCH])
        if not batch:
            return
        yield from batch
        after = batch[-1].seq


def _found(code: str, first: int, last: int, text: str) -> Finding:
    return Finding(code, first, last, text.format(first=first, last=last))
