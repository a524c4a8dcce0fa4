"""Opening a case in an emergency: asked for by a supervisor, released by a custodian, for 24 hours."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from referrals.codes import EmergencyReason
from referrals.models.cases import Case


class Step(models.TextChoices):
    """Where an emergency opening stands."""

    ASKED = "asked", _("Waits for a custodian")
    RELEASED = "released", _("Released by a custodian")
    OPENED = "opened", _("Opened")
    REFUSED = "refused", _("Refused")
    ENDED = "ended", _("Ended")


class EmergencyOpening(models.Model):
    """One opening. ``share_b``: the custodians' half of the case's secret, wrapped to who asked, until used.

    ``ends_at`` is the end of asking, then of reading. What was done is in the access log for good; this row
    is kept for 90 days so that the owner sees it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="emergencies")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=12, choices=EmergencyReason.choices)
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    step = models.CharField(max_length=10, choices=Step.choices, default=Step.ASKED)
    asked_on = models.DateField()
    ends_at = models.DateTimeField(null=True)
    key_epoch = models.PositiveIntegerField()
    recipient_key_epoch = models.PositiveIntegerField(default=0)
    share_b = models.BinaryField(blank=True)
    share_b_signature = models.BinaryField(blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["case", "asked_by"],
                condition=Q(step__in=[Step.ASKED.value, Step.RELEASED.value, Step.OPENED.value]),
                name="one_emergency_opening_at_a_time",
            ),
            # The database, too, knows that it takes two.
            models.CheckConstraint(
                name="emergency_opening_takes_two", condition=~Q(released_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="emergency_opened_only_when_released",
                condition=~Q(step__in=[Step.RELEASED.value, Step.OPENED.value])
                | Q(released_by__isnull=False, ends_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def step_at(self, now: datetime) -> Step:
        """Return where it really stands at ``now``: it ends by itself."""
        step = Step(self.step)
        if step in (Step.ASKED, Step.RELEASED, Step.OPENED) and (self.ends_at is None or self.ends_at <= now):
            return Step.ENDED
        return step
