"""What somebody who can write the database can do to a log, with and without making the hashes fit."""

from uuid import UUID

from audit.entries import row_leaf
from audit.merkle import Frontier
from audit.models import Entry, Log


def renumber(agency: UUID, start: int) -> None:
    """Number the rows from ``start`` on without a gap, as if nothing had stood between them."""
    for number, row in enumerate(Entry.objects.filter(log=agency).order_by("seq"), start=1):
        if row.seq >= start and row.seq != number:
            Entry.objects.filter(log=agency, seq=row.seq).update(seq=number)


def refit(agency: UUID) -> None:
    """Compute every hash and the head again, so that only what was signed before can contradict."""
    tree = Frontier()
    for row in Entry.objects.filter(log=agency).order_by("seq"):
        leaf = row_leaf(
            agency=agency, seq=row.seq, hour=row.hour, segment=row.segment_id, body=bytes(row.body)
        )
        tree, completed = tree.append(leaf)
        Entry.objects.filter(log=agency, seq=row.seq).update(leaf=leaf, nodes=b"".join(completed))
    Log.objects.filter(pk=agency).update(size=tree.size, frontier=tree.to_bytes(), root=tree.root)


def flipped(data: bytes | memoryview, at: int = -1) -> bytes:
    changed = bytearray(bytes(data))
    changed[at] ^= 1
    return bytes(changed)
