"""Checks of entries: who made sure, how, and what came of it. Rows are only ever added.

No person stands here: a role and an agency do, and the access log knows who it was.
"""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from services.codes import CheckMethod, Disposition
from services.errors import NotAllowed
from services.models.entries import Service


class VerificationSession(models.Model):
    """One check. Whether it counts as one follows from its disposition (``codes.WARRANTS``)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="verification_sessions")
    method = models.CharField(max_length=20, choices=CheckMethod.choices)
    disposition = models.CharField(max_length=20, choices=Disposition.choices)
    note = models.CharField(max_length=300, blank=True)  # screened: about the place, never a person
    role = models.CharField(max_length=20)  # a role's name, or "provider" where a link was used
    agency = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(disposition__in=Disposition.values), name="services_check_disposition_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=CheckMethod.values), name="services_check_method_known"
            ),
        ]
        indexes = [
            # The history of one entry, and what came of its newest check, for the queue.
            models.Index(fields=["service", "-checked_at"], name="services_check_newest"),
            # What providers say has changed: the head of the queue.
            models.Index(fields=["disposition", "checked_at"], name="services_check_reported"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the check; a second save is refused."""
        if not self._state.adding:
            raise NotAllowed("Checks are only added.")
        super().save(*args, **kwargs)
