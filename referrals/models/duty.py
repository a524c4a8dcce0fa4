"""Who is on duty at an agency's desk, and when. How an agency works, nothing of any case."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Agency, Person


class DutyShift(models.Model):
    """One shift of one person: every week on ``weekday`` (Monday is 0), or once on ``day``.

    From ``starts`` until ``ends`` by the agency's clocks; an end that is not later is on the next morning.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="duty_shifts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    weekday = models.PositiveSmallIntegerField(null=True)
    day = models.DateField(null=True)
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        default_permissions = ()
        # The roster of one agency is read whole, for its page and for each notice to its desk.
        indexes = [models.Index(fields=["agency", "weekday", "day"], name="duty_of_an_agency")]
        constraints = [
            models.CheckConstraint(
                name="duty_weekly_or_once",
                condition=Q(weekday__isnull=False, weekday__lt=7, day__isnull=True)
                | Q(weekday__isnull=True, day__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
