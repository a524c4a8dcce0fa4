"""Tables of the access log: one tree per agency, its entries, and the keys that open their bodies.

Agencies, people and objects appear here as plain values only, and inside the sealed body except for
the agency. Rows are written by ``audit.actions`` and never changed, the head row excepted; whoever
changes one by other means is found by ``audit.verification`` and by ``audit/verify_audit.py``.
"""

from django.db import models

from audit.merkle import EMPTY_ROOT

# Every tree of this many more entries is signed, whoever appends; a missing checkpoint is a fault.
CHECKPOINT_EVERY = 1000


class Log(models.Model):
    """The head of one agency's tree. An append locks this row, so entries stand in one order."""

    agency = models.UUIDField(primary_key=True, editable=False)
    # The number of entries, and so the number of the newest one: the first entry is number 1.
    size = models.PositiveBigIntegerField(default=0)
    frontier = models.BinaryField(default=bytes)
    root = models.BinaryField(default=EMPTY_ROOT)
    opened_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.agency)


class Segment(models.Model):
    """The key of one process, log and hour, wrapped to the auditor role.

    The id is a hash of the row, and every entry's leaf holds the id: the wrapped key cannot be
    exchanged unseen.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="segments")
    # Whole hours since 1970-01-01 00:00 UTC.
    hour = models.PositiveBigIntegerField()
    auditor_epoch = models.PositiveIntegerField()
    auditor_fingerprint = models.BinaryField()
    wrapped = models.BinaryField()
    signature = models.BinaryField()

    def __str__(self) -> str:
        return str(self.id)


class Entry(models.Model):
    """One sealed entry. What is clear: its number, its hour and which segment key opens it."""

    # (log, seq) is also the index behind every page of the log: newest first, by keyset.
    pk = models.CompositePrimaryKey("log_id", "seq")
    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="entries", db_index=False)
    seq = models.PositiveBigIntegerField()
    hour = models.PositiveBigIntegerField()
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="+", db_index=False)
    body = models.BinaryField()
    leaf = models.BinaryField()
    # The inner nodes this leaf completed (level 1 first): a proof reads a few rows, not the whole log.
    nodes = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="audit_entry_first_is_1"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id} {self.seq}"


class Checkpoint(models.Model):
    """A signed note on the tree at one size, with the cosignatures of the supervisors who saw it."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="checkpoints", db_index=False)
    size = models.PositiveBigIntegerField()
    note = models.TextField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # Also the index that finds the latest one, for the log page and at a supervisor's sign-in.
            models.UniqueConstraint(fields=["log", "size"], name="audit_checkpoint_one_per_size"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id} {self.size}"
