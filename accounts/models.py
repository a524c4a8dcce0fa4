"""People, the agencies they work for, and the roles they hold.

An *agency* is an organisation that takes part: it has people and keys. A listed organisation
without people here is a ``services.Organization`` (HSDS) and nothing more. Keys of people and
roles, sessions and invitations live beside these tables.
"""

import uuid

from django.contrib.auth.models import AbstractBaseUser, Group
from django.db import models


class Agency(models.Model):
    """An organisation that takes part: does casework, provides services, or both."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    does_casework = models.BooleanField(default=False)
    provides_services = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Person(AbstractBaseUser):
    """Someone who signs in. Signing in means unlocking their keys: no password hash is kept."""

    password = None
    last_login = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="people")
    name = models.CharField(max_length=100, unique=True)
    display_name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=False)  # type: ignore[misc]
    groups = models.ManyToManyField(Group, related_name="user_set", related_query_name="user")

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: list[str] = []

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_superuser(self) -> bool:
        """There is no superuser: guardian would show them everything. No column, no setter."""
        return False

    @property
    def is_staff(self) -> bool:
        return False
