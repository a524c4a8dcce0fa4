"""Imports: the file's rows between dry run and commit, and what became of each.

Directory data only. ``data`` is already cleared of addresses of confidential sites
(hsds/confidential), so that no such address waits in a table.
"""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportRun(models.Model):
    class State(models.TextChoices):
        TRIED = "tried", _("Waiting for a yes")  # the dry run was done
        COMMITTED = "committed", _("Imported")
        DROPPED = "dropped", _("Not imported")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200, blank=True)
    file_hash = models.CharField(max_length=64)  # SHA-256 of the file, to know it again
    state = models.CharField(max_length=10, choices=State.choices, default=State.TRIED)
    started_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # {"accepted": 3, …}

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
    data = models.JSONField()

    class Meta:
        constraints = [
            # Also the order of rows on a run's page.
            models.UniqueConstraint(fields=["run", "number"], name="services_import_row_once"),
        ]
        indexes = [
            # The review queue: rows that were put aside.
            models.Index(fields=["outcome", "run"], name="services_import_review"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"
