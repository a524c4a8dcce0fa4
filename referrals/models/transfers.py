"""A case on its way from one caseworker to another of the same agency, until she has taken it."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from referrals.models.cases import Case


class Outcome(models.TextChoices):
    """Where an offer stands, and how it ended."""

    WAITING = "waiting", _("Waiting")
    TAKEN = "taken", _("Taken over")
    DECLINED = "declined", _("Not taken")
    TAKEN_BACK = "taken_back", _("Taken back")


class CaseTransfer(models.Model):
    """An offer. Its keys wait here for one colleague, and are gone when it ends.

    ``wrapped_key`` opens ``sealed``: the case's secret and the secrets of what was sent, so that no column
    says which referrals belong to the case. Neither opens anything without the server's halves, and the
    door gives those only to who has taken the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="transfers")
    offered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    offered_to = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    ends_shares = models.BooleanField()
    offered_on = models.DateField()
    expires_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
    key_epoch = models.PositiveIntegerField()
    recipient_key_epoch = models.PositiveIntegerField()
    wrapped_key = models.BinaryField(blank=True)
    signature = models.BinaryField(blank=True)
    sealed = models.BinaryField(blank=True)

    class Meta:
        default_permissions = ()
        indexes = [
            # "What needs me now" of who is offered a case, and of who offered one.
            models.Index(fields=["offered_to", "outcome"], name="case_transfer_to"),
            models.Index(fields=["offered_by", "outcome"], name="case_transfer_by"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(outcome=Outcome.WAITING.value), name="one_offer_of_a_case"
            ),
            models.CheckConstraint(
                name="case_transfer_keys_until_it_ends",
                condition=(
                    Q(outcome=Outcome.WAITING.value, expires_at__isnull=False, ended_on__isnull=True)
                    & ~Q(wrapped_key=b"")
                    & ~Q(signature=b"")
                    & ~Q(sealed=b"")
                )
                | (
                    ~Q(outcome=Outcome.WAITING.value)
                    & Q(
                        expires_at__isnull=True,
                        ended_on__isnull=False,
                        wrapped_key=b"",
                        signature=b"",
                        sealed=b"",
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def waits_at(self, now: datetime) -> bool:
        """Say whether it can still be taken at ``now``."""
        waits = self.outcome == Outcome.WAITING and self.expires_at is not None
        return waits and self.expires_at is not None and self.expires_at > now
