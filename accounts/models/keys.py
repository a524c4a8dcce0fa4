"""Keys of people and of agencies. Public halves are clear and signed; secrets are only wrapped.

Every key has an epoch from the start, so that rotating one is a new row and never a new format.
"""

import uuid

from django.db import models

from accounts.models.people import Agency, Person
from accounts.roles import KeyName


class PersonKey(models.Model):
    """A person's public keys of one epoch. Worth nothing before the agency's root signed them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="public_keys")
    epoch = models.PositiveIntegerField(default=1)
    public = models.BinaryField()
    fingerprint = models.BinaryField(max_length=32)
    root_epoch = models.PositiveIntegerField(null=True)
    root_signature = models.BinaryField(null=True)
    # Kept after a person left: older signatures must stay verifiable, new grants must not be made.
    revoked_on = models.DateField(null=True)

    class Meta:
        constraints = [
            # Also the index for "this person's newest key" (every grant and every share page).
            models.UniqueConstraint(fields=["person", "epoch"], name="one_person_key_an_epoch"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}/{self.epoch}"


class RoleKey(models.Model):
    """The public half of an agency's key of one epoch, signed by the agency's root."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(max_length=20, choices=KeyName.choices)
    epoch = models.PositiveIntegerField(default=1)
    public = models.BinaryField()
    fingerprint = models.BinaryField(max_length=32)
    root_epoch = models.PositiveIntegerField()
    root_signature = models.BinaryField()

    class Meta:
        constraints = [
            # Also the index for "the newest key of this name" (sending a referral, opening an inbox).
            models.UniqueConstraint(fields=["agency", "name", "epoch"], name="one_role_key_an_epoch"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}/{self.name}/{self.epoch}"


class RoleKeyHolding(models.Model):
    """The seed of a role key, wrapped to one person: holding the row is holding the key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role_key = models.ForeignKey(RoleKey, on_delete=models.CASCADE, related_name="holdings")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="holdings")
    person_epoch = models.PositiveIntegerField()
    wrapped_key = models.BinaryField()
    signature = models.BinaryField()
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="holdings_granted")

    class Meta:
        constraints = [
            # Also the index for a person's own holdings (each first use of a role key).
            models.UniqueConstraint(fields=["person", "role_key"], name="one_holding_a_role_key"),
            models.CheckConstraint(name="holding_has_a_key", condition=~models.Q(wrapped_key=b"")),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Slot(models.Model):
    """A person's seed, sealed under something only they have. Together the only way in."""

    class Kind(models.TextChoices):
        PASSWORD = "password"  # noqa: S105 - a kind of slot
        PASSWORD_AND_CARD = "password+card"  # noqa: S105 - a kind of slot
        RECOVERY = "recovery"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="slots")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    pepper_version = models.PositiveSmallIntegerField(default=1)
    salt = models.BinaryField()
    verifier_hash = models.BinaryField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            # Also the index that sign-in uses.
            models.UniqueConstraint(fields=["person", "kind"], name="one_slot_of_a_kind"),
            # A password with the card would be worth nothing beside the same password without.
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(kind__startswith="password"), name="one_password_slot"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Keyring(models.Model):
    """What a person must keep and the server must not read: pinned root, TOTP secret, last checkpoint."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="keyring")
    revision = models.PositiveIntegerField(default=1)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return str(self.person_id)


class QuickWrap(models.Model):
    """A key somebody already received through a grant, sealed again for fast reopening by them alone.

    A cache: losing a row costs one key decapsulation. It is bound to the exact grant, so it never
    opens for a changed one, and it is only looked for when the grant's own row is still there.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="quick_wraps")
    digest = models.BinaryField(max_length=32)
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            # Also the index by which a page of fifty cases finds its fifty keys in one query.
            models.UniqueConstraint(fields=["person", "digest"], name="one_quick_wrap_a_grant"),
        ]

    def __str__(self) -> str:
        return str(self.id)
