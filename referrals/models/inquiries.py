"""A question to a provider without an account: only the opaque part, sealed under the link itself.

No column names the service, the organisation or the case. The key comes from the link's token, which
is kept nowhere, and from a half the server holds: without the link nobody opens it, and once the half
is destroyed not even the link does.
"""

import uuid
from datetime import datetime

from django.db import models

from accounts.models import Agency, Person
from referrals.codes import DeclineReason, InquiryAnswer
from referrals.models.halves import HalfField, TideField


class Inquiry(models.Model):
    """One question and its answer. Times are exact while it waits, and a day once it is over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="inquiries")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    token_hash = models.BinaryField(max_length=32, unique=True)
    sealed_opaque = models.BinaryField()
    asked_at = models.DateTimeField()
    # Never later than her consent.
    expires_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, choices=InquiryAnswer.choices, blank=True)
    reason_code = models.CharField(max_length=30, choices=DeclineReason.choices, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            # What the clock looks for: those that still wait.
            models.Index(
                fields=["expires_at"],
                name="inquiry_clock",
                condition=models.Q(expires_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="inquiry_waits_or_has_ended",
                condition=models.Q(expires_at__isnull=False, ended_at__isnull=True, answer="")
                | models.Q(expires_at__isnull=True, ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def waits_at(self, now: datetime) -> bool:
        """Say whether it can still be read and answered at ``now``."""
        return self.expires_at is not None and self.expires_at > now


class InquiryHalf(models.Model):
    """The half of an inquiry's key that the server holds. Destroying it is deleting the row."""

    inquiry = models.OneToOneField(Inquiry, on_delete=models.CASCADE, related_name="half")
    half = HalfField(max_length=32)
    tide = TideField()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(name="inquiry_half_is_there", condition=~models.Q(half=b""))]

    def __str__(self) -> str:
        return str(self.inquiry_id)
