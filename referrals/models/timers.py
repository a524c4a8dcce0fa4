"""How long an answer may take, as an agency decided: one row a version, none is ever changed."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Agency, Person


class TimerPolicy(models.Model):
    """One version of an agency's timers. The newest counts for what is sent from then on.

    Emergency and urgent in hours; routine in working days, its end in days. ``working_week`` holds the
    weekdays as digits, Monday is 0. Without any row the defaults of ``referrals.timers`` count.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="timer_policies")
    version = models.PositiveIntegerField()
    emergency_answer = models.PositiveSmallIntegerField()
    emergency_supervisor = models.PositiveSmallIntegerField()
    emergency_end = models.PositiveSmallIntegerField()
    urgent_answer = models.PositiveSmallIntegerField()
    urgent_supervisor = models.PositiveSmallIntegerField()
    urgent_end = models.PositiveSmallIntegerField()
    routine_answer = models.PositiveSmallIntegerField()
    routine_supervisor = models.PositiveSmallIntegerField()
    routine_end = models.PositiveSmallIntegerField()
    working_week = models.CharField(max_length=7)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField()

    class Meta:
        default_permissions = ()
        constraints = [
            # Also the index for the newest version of an agency.
            models.UniqueConstraint(fields=["agency", "version"], name="one_timer_policy_a_version"),
            *(
                models.CheckConstraint(
                    name=f"{urgency}_timers_in_order",
                    condition=Q(
                        **{
                            f"{urgency}_answer__gt": 0,
                            f"{urgency}_answer__lt": F(f"{urgency}_supervisor"),
                            f"{urgency}_supervisor__lt": F(f"{urgency}_end"),
                        }
                    ),
                )
                for urgency in ("emergency", "urgent", "routine")
            ),
            models.CheckConstraint(name="timers_have_a_working_day", condition=~Q(working_week="")),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.version}"
