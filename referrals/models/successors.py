"""Who shall take over a case whose caseworker has left: named by a supervisor, signed, for two weeks."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from referrals.models.cases import Case


class CaseSuccessor(models.Model):
    """A supervisor's word and no key: whoever holds the case's keys gives them to nobody else.

    Without the signature of somebody whose role the agency's root signed, the row says nothing.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="successor")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    named_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()
    signature = models.BinaryField()

    class Meta:
        default_permissions = ()
        # "What needs me now" of who is named.
        indexes = [models.Index(fields=["person", "until"], name="case_successor_to")]
        constraints = [
            # The database, too, knows that nobody takes a case by their own word.
            models.CheckConstraint(name="successor_is_named_by_another", condition=~Q(person=F("named_by"))),
            models.CheckConstraint(name="successor_is_signed", condition=~Q(signature=b"")),
        ]

    def __str__(self) -> str:
        return str(self.case_id)
