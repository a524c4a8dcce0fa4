"""Agencies, people, and what people do there."""

import uuid
from datetime import date

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import RoleName


def site_time_zone() -> str:
    """Return the site's time zone, which an agency has unless it says otherwise."""
    return str(settings.TIME_ZONE)


class Agency(models.Model):
    """An organisation that takes part: does casework, provides services, or both."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    does_casework = models.BooleanField(default=False)
    provides_services = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # Where it works: its working days and its nights are counted there.
    time_zone = models.CharField(max_length=40, default=site_time_zone)
    # Where "Leave now" leads its people, whole addresses; without any, where the site leads everybody.
    leaves_to = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return self.name


class Person(AbstractBaseUser):
    """Someone who signs in. Signing in means unlocking their keys: no password hash is kept.

    ``is_active`` is false until an administrator has signed the person's keys, and again from
    the moment they are removed. The row itself stays: the access log names it.
    """

    password = None  # type: ignore[assignment]  # Django's way to drop the column
    last_login = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="people")
    # Folded (accounts.names.fold): one spelling, so that two people cannot look alike.
    name = models.CharField(_("sign-in name"), max_length=100, unique=True)
    display_name = models.CharField(_("name"), max_length=100)
    is_active = models.BooleanField(default=False)
    removed_on = models.DateField(null=True, blank=True)
    groups = models.ManyToManyField(Group, related_name="user_set", related_query_name="user")

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: list[str] = []  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="removed_person_is_not_active",
                condition=models.Q(removed_on__isnull=True) | models.Q(is_active=False),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_superuser(self) -> bool:
        """There is no superuser: guardian would show them everything. No column, no setter."""
        return False

    @property
    def is_staff(self) -> bool:
        return False


class Role(models.Model):
    """One role of one agency. Its Django group is what guardian's group permissions name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="roles")
    name = models.CharField(max_length=20, choices=RoleName.choices)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="role")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="one_role_of_a_name")]

    def __str__(self) -> str:
        return self.get_name_display()


class Membership(models.Model):
    """A person's standing in their agency: dates that lock cases, and the signed list of roles.

    The roles themselves are the person's groups, so that there is one truth. The signature of
    the agency's root over their list lets the colleague who hands over a role key see that an
    administrator, and not a hand in the database, gave the role.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="membership")
    trained_until = models.DateField(_("confidentiality training valid until"), null=True, blank=True)
    code_signed_until = models.DateField(_("code of conduct valid until"), null=True, blank=True)
    roles_revision = models.PositiveIntegerField(default=0)
    roles_signature = models.BinaryField(null=True)

    def __str__(self) -> str:
        return str(self.person_id)

    def is_current(self, today: date) -> bool:
        """Say whether training and code of conduct are both valid on ``today``."""
        return bool(
            self.trained_until
            and self.code_signed_until
            and self.trained_until >= today
            and self.code_signed_until >= today
        )
