"""Imports: where files come from, the rows between dry run and commit, and what became of each.

Directory data only. ``data`` is already cleared of addresses of confidential and suspect sites
(hsds/clearing), so that no such address waits in a table; it goes when the run is committed or
dropped, except where a row waits for review. A file as it was sent is kept sealed only, under a key
that this database does not have (services.actions.uploads).
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ImportSource(models.Model):
    """A name under which files come in. It belongs to the agency that first used it.

    Without an agency it is the operator's, who imports by command.
    """

    name = models.CharField(max_length=60, primary_key=True)
    agency = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    mapping = models.JSONField(default=dict)  # {header: field of the flat row}, from the last time
    # Whether an empty cell of its tables takes away what stands there, or says nothing.
    empty_clears = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class ImportUpload(models.Model):
    """A file that waits for its mapping or for its turn, sealed. It goes when it was read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200, blank=True)
    sealed = models.BinaryField()
    sent_by = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)


class ImportRun(models.Model):
    class State(models.TextChoices):
        READING = "reading", _("Being read")
        TRIED = "tried", _("Waiting for a yes")  # the dry run was done
        WRITING = "writing", _("Being written")
        COMMITTED = "committed", _("Imported")
        DROPPED = "dropped", _("Not imported")
        REFUSED = "refused", _("Refused")  # the file as a whole

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200, blank=True)
    file_hash = models.CharField(max_length=64)  # SHA-256 of the file, to know it again
    state = models.CharField(max_length=10, choices=State.choices, default=State.TRIED)
    started_by = models.UUIDField(null=True)
    committed_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # {"accepted": 3, …}
    # It changes what the public sees, so a second editor commits it.
    needs_second = models.BooleanField(default=False)
    # Services whose search rows are still to be written, after the commit.
    to_index = models.JSONField(default=list)
    # How far the work is: done of total steps, and when that was last said.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    said_at = models.DateTimeField(null=True)
    # Why the file, or the last commit, was refused: {"message": …, "advice": …, "line": …}.
    problem = models.JSONField(default=dict)

    class Meta:
        indexes = [
            # The import page: latest runs first.
            models.Index(fields=["-created_at"], name="services_import_latest"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ImportRow(models.Model):
    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("New")
        CHANGED = "changed", _("Changed")
        UNCHANGED = "unchanged", _("Unchanged")
        QUARANTINED = "quarantined", _("Put aside")

    class Review(models.TextChoices):
        NONE = "", _("Nothing to decide")
        WAITING = "waiting", _("Waiting for a decision")
        ASKED_PUBLIC = "asked_public", _("Public, if a second editor agrees")
        CONFIDENTIAL = "confidential", _("Came in as confidential")
        PUBLIC = "public", _("Public: comes in with the next file")
        DROPPED = "dropped", _("Left out")
        REPLACED = "replaced", _("A newer file brought it again")

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    path = models.CharField(max_length=200)  # JSON path in the file
    line = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=300, blank=True)
    object_id = models.UUIDField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    # [{"code": …, "path": …, "detail": …}]: words are found when shown, in the reader's language.
    notes = models.JSONField(default=list)
    # [{"table": …, "field": …, "old": …, "new": …}]: values while the run waits, then only the fields.
    changes = models.JSONField(default=list)
    is_published = models.BooleanField(default=False)  # it changes something the public sees
    data = models.JSONField()
    review = models.CharField(max_length=12, choices=Review.choices, default=Review.NONE, blank=True)
    reviewed_by = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Also the order of rows on a run's page.
            models.UniqueConstraint(fields=["run", "number"], name="services_import_row_once"),
        ]
        indexes = [
            # A run's page: the rows of one outcome, in the file's order.
            models.Index(fields=["run", "outcome", "number"], name="services_import_rows"),
            # The review queue, oldest first.
            models.Index(fields=["id"], name="services_import_review", condition=~Q(review="")),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class SiteDecision(models.Model):
    """What editors decided about a suspect site; every later file of the source keeps to it."""

    class Kind(models.TextChoices):
        CONFIDENTIAL = "confidential"
        PUBLIC = "public"
        DROPPED = "dropped"

    source = models.CharField(max_length=60)
    site = models.UUIDField()  # the id the location has, or would have, with us
    kind = models.CharField(max_length=12, choices=Kind.choices)
    decided_by = models.UUIDField()
    agreed_by = models.UUIDField(null=True)  # the second editor, for public
    decided_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "site"], name="services_site_decision_once"),
            models.CheckConstraint(
                condition=~Q(kind="public")
                | Q(agreed_by__isnull=False) & ~Q(agreed_by=models.F("decided_by")),
                name="services_public_takes_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}/{self.site}"
