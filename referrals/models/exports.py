"""Which roles of an agency may take copies out: none, until two people said so."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Agency, Person
from accounts.roles import RoleName


class ExportSwitch(models.Model):
    """One role's copies: asked for by one person, on once another has approved. Off is no row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="export_switches")
    role = models.CharField(max_length=20, choices=RoleName.choices)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            # Also the index for the page of an agency's switches.
            models.UniqueConstraint(fields=["agency", "role"], name="one_export_switch_a_role"),
            models.CheckConstraint(
                name="export_switch_takes_two",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.role}"
