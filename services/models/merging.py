"""Two entries of the same service: suspected (pairs), and put together (merges).

A merged entry stays in its table, hidden, with its own history and its place in imports; what points
to it is led on (services.queries.merging).
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from services.models.entries import Service


class DuplicatePair(models.Model):
    """Two entries that look alike. ``first`` is the smaller id, so that each pair stands once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a look")
        DIFFERENT = "different", _("Not the same")  # remembered: never suggested again
        MERGED = "merged", _("Merged")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    score = models.DecimalField(max_digits=4, decimal_places=3)  # 0 to 1
    is_suggested = models.BooleanField()  # the upper tier; otherwise only worth a look
    reasons = models.JSONField(default=list)  # codes of services.duplicates
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="services_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="services_pair_in_order"),
        ]
        indexes = [
            # The editor's list of possible duplicates, the surest first.
            models.Index(fields=["state", "-score", "id"], name="services_pairs_waiting"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Merge(models.Model):
    """One merge, with what it changed, so that it can be undone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="merges_kept")
    dropped = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="merges_dropped")
    was_published = models.BooleanField()  # whether the dropped entry was public before
    copied = models.JSONField(default=dict)  # {"phone": [ids], …}: parts that the kept entry was given
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dropped"], condition=Q(undone_at__isnull=True), name="services_merged_once"
            ),
            models.CheckConstraint(condition=~Q(kept=F("dropped")), name="services_merge_of_two"),
        ]
        indexes = [
            # The list of merges, newest first.
            models.Index(fields=["-merged_at"], name="services_merges_latest"),
        ]

    def __str__(self) -> str:
        return str(self.id)
