"""How a person joins an agency, and how two agencies come to trust each other's keys."""

import uuid

from django.db import models

from accounts.models.people import Agency, Person


class Invitation(models.Model):
    """A one-time paper code that lets one new colleague make their own keys.

    The code itself is kept nowhere. ``root_check`` proves to the colleague that the agency's root
    is the one the administrator meant; ``keys_check`` proves to the administrator that the public
    keys came from whoever held the paper. ``sealed_check_key`` opens for administrators only.
    """

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="invitation"
    )
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="invitations_made")
    code_hash = models.BinaryField(max_length=32, unique=True)
    roles = models.JSONField(default=list)
    root_fingerprint = models.BinaryField(max_length=32)
    root_check = models.BinaryField(max_length=32)
    root_epoch = models.PositiveIntegerField(default=1)
    sealed_check_key = models.BinaryField()
    keys_check = models.BinaryField(max_length=32, null=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.person_id)


class Agreement(models.Model):
    """An information-sharing agreement: our root's signature under a partner's root fingerprint.

    It is one-sided: each agency signs its own. A key of the partner is trusted through it only.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="agreements")
    partner = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="agreements_of_partners")
    partner_root_fingerprint = models.BinaryField(max_length=32)
    valid_until = models.DateField()
    root_epoch = models.PositiveIntegerField()
    root_signature = models.BinaryField()

    class Meta:
        constraints = [
            # Also the index for "may we send to this partner" (each match and each send).
            models.UniqueConstraint(fields=["agency", "partner"], name="one_agreement_a_partner"),
            models.CheckConstraint(
                name="agreement_is_with_another", condition=~models.Q(agency=models.F("partner"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} > {self.partner_id}"
