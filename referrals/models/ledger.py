"""Small ledgers: which posts were done already, which needs stayed unmet, how long help took, what she said
of services.
"""

import uuid

from django.db import models

from accounts.models import Person
from referrals.codes import FeedbackQuestion, UnmetReason, Wait


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


class WaitSum(models.Model):
    """How often help of one kind took so long, in a quarter: from the first attempt until she was helped.

    A sum, for the same reason as below; no case, no agency, no service, no day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    quarter = models.DateField()
    service_type = models.CharField(max_length=40)
    wait = models.CharField(max_length=12, choices=Wait.choices)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            # Also the index for the page of one quarter.
            models.UniqueConstraint(fields=["quarter", "service_type", "wait"], name="one_wait_sum"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ServiceFeedback(models.Model):
    """How often she said what about a service, in a quarter: a sum, and never one person's answers.

    Sums and not rows: the order of rows would tell which answers came together, and in which order
    referrals ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Its id and no key: a merge leads from one entry to another, and the sums of both are read together.
    service = models.UUIDField()
    quarter = models.DateField()
    question = models.CharField(max_length=20, choices=FeedbackQuestion.choices)
    yes = models.PositiveIntegerField(default=0)
    no = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            # Also the index for the page of one service.
            models.UniqueConstraint(fields=["service", "quarter", "question"], name="one_feedback_sum"),
        ]

    def __str__(self) -> str:
        return str(self.id)
