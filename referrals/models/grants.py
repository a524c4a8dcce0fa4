"""Permission rows that are keys (guardian's direct-foreign-key models).

A row says who may do what with one object, and carries the wrapped key without which the permission
is worth nothing. Neither Python nor the database takes a row without a key and a signature. Only
``referrals.grants`` makes these rows.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.models import Person
from referrals.models.cases import Case
from referrals.models.referrals import Referral

HAS_A_KEY = ~models.Q(wrapped_key=b"") & ~models.Q(signature=b"")


class GrantColumns(models.Model):
    """What makes a permission row a grant. ``expires_at`` is signed; the door compares it with the clock."""

    key_epoch = models.PositiveIntegerField()
    recipient_key_epoch = models.PositiveIntegerField()
    wrapped_key = models.BinaryField()
    signature = models.BinaryField()
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse a permission without a key; the database refuses it too."""
        if not self.wrapped_key or not self.signature:
            raise ValidationError("A permission needs a key: use referrals.grants.")
        super().save(*args, **kwargs)


class CaseUserPermission(GrantColumns, UserObjectPermissionBase):
    """A person's right to a case: ``view_case`` or ``edit_case``, each with the case secret."""

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="user_grants")

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()
        # What the clock looks for: shares that end.
        indexes = [
            models.Index(
                fields=["expires_at"], name="case_share_clock", condition=models.Q(expires_at__isnull=False)
            ),
            # Who holds this one: without it SQLite may go through everybody's rows of that permission.
            models.Index(fields=["content_object", "permission"], name="case_grant_holders"),
        ]
        constraints = [
            models.CheckConstraint(name="case_user_grant_has_a_key", condition=HAS_A_KEY),
            # A share has an end; the row without one is the owner's, and there is one owner.
            models.UniqueConstraint(
                fields=["content_object", "permission"],
                condition=models.Q(expires_at__isnull=True),
                name="one_owner_of_a_case",
            ),
        ]


class ReferralUserPermission(GrantColumns, UserObjectPermissionBase):
    """``send_referral`` of the sender, ``view_identity`` of the worker who accepted."""

    content_object = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="user_grants")

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()
        # What the clock looks for: a share of a case that ends, and with it what was sent from it.
        indexes = [
            models.Index(
                fields=["permission", "expires_at"],
                name="referral_share_clock",
                condition=models.Q(expires_at__isnull=False),
            ),
            # Who is told, and whose rows go when it ends.
            models.Index(fields=["content_object", "permission"], name="referral_grant_holders"),
        ]
        constraints = [models.CheckConstraint(name="referral_user_grant_has_a_key", condition=HAS_A_KEY)]


class ReferralGroupPermission(GrantColumns, GroupObjectPermissionBase):
    """``view_referral`` of the recipient's desk: the opaque part, under the agency's inbox key."""

    content_object = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="group_grants")

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()
        constraints = [models.CheckConstraint(name="referral_group_grant_has_a_key", condition=HAS_A_KEY)]
