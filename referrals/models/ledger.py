"""Small ledgers: which posts were done already, and which needs stayed unmet."""

import uuid

from django.db import models

from accounts.models import Person
from referrals.codes import UnmetReason


class DoneOnce(models.Model):
    """A form that was posted: a repeated click finds it and does nothing twice. Kept for a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    # The id of what the first post made, where it made something with a page; or what stands for a request
    # of the API (actions/posts.py).
    result = models.UUIDField(null=True)
    day = models.DateField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="done_once")]

    def __str__(self) -> str:
        return str(self.id)


class UnmetNeed(models.Model):
    """A need that stayed unmet: where, what, why, in which month. No case, no agency, no person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    month = models.DateField()
    district = models.CharField(max_length=60, blank=True)
    service_type = models.CharField(max_length=40)
    reason = models.CharField(max_length=30, choices=UnmetReason.choices)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.id)
