"""How long closed cases are kept: an agency's versions, and what two people keep for longer."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Agency, Person
from referrals.models.cases import Case


class RetentionPolicy(models.Model):
    """One version of how many years a closed case is kept. The newest that was decided counts.

    Shortening is decided as it is asked. Lengthening lowers a protection: it waits, at most one an agency,
    until another supervisor agrees. Without any row ``codes.RETENTION_YEARS`` counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="retention_policies")
    version = models.PositiveIntegerField()
    standard_years = models.PositiveSmallIntegerField()
    child_years = models.PositiveSmallIntegerField()
    is_longer = models.BooleanField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            # Also the index for the newest version of an agency.
            models.UniqueConstraint(fields=["agency", "version"], name="one_retention_policy_a_version"),
            models.UniqueConstraint(
                fields=["agency"], condition=Q(decided_by__isnull=True), name="one_retention_policy_waits"
            ),
            models.CheckConstraint(
                name="two_people_keep_longer",
                condition=Q(is_longer=False) | Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.version}"

    @property
    def asked(self) -> str:
        """What is asked for, to compare with what was on screen: a version is used again after a no."""
        return f"{self.version}/{self.standard_years}/{self.child_years}"


class CaseHold(models.Model):
    """A closed case that is kept longer than its time, because two people decided so; the reason is sealed
    in the case. Until the second agrees it waits, thirty days at most. Ending it takes two people too."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="hold")
    until = models.DateField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    agreed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    lift_asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="two_people_hold",
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="hold_is_lifted_after_it_was_agreed",
                condition=Q(lift_asked_by__isnull=True) | Q(agreed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_id)

    @property
    def asked(self) -> str:
        """What waits to be decided, to compare with what was on screen."""
        return f"{'let go' if self.lift_asked_by_id else 'keep'}/{self.until}"
