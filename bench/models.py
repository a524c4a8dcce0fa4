"""What Hamroh is compared with: the same cases without secrets, and the same cases the usual way.

*Plain*: ordinary columns and a join table. *Usual*: every answer a field encrypted with Fernet,
and guardian's generic permission table. Both are made by hand with the care a good team takes, so
that the comparison is fair: keys, indexes and the order of the page are the same.
"""

import base64
import hashlib
import json
import uuid
from functools import cache
from typing import Any

from cryptography.fernet import Fernet  # only here: this is what many projects do, and what we measure
from django.conf import settings
from django.db import models

from accounts.models import Agency, Person


class PlainCase(models.Model):
    """A case anybody with the database can read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    is_open = models.BooleanField()
    month_opened = models.DateField()
    rotation_due = models.BooleanField(default=False)
    alias = models.CharField(max_length=60)
    language = models.CharField(max_length=16)
    script = models.CharField(max_length=16)
    district = models.CharField(max_length=60)
    age_band = models.CharField(max_length=16)
    sex = models.CharField(max_length=16)
    displacement = models.CharField(max_length=16)
    disability = models.CharField(max_length=100)
    access_needs = models.CharField(max_length=100)
    children_count = models.PositiveSmallIntegerField()
    children_bands = models.CharField(max_length=40)
    contact_channel = models.CharField(max_length=16)
    contact_hours = models.CharField(max_length=100)
    contact_safe_word = models.CharField(max_length=60)
    contact_may_leave_message = models.BooleanField()
    contact_do_not_contact = models.BooleanField()
    contact_note = models.CharField(max_length=300)
    contact_reviewed_on = models.DateField(null=True)
    risk_level = models.CharField(max_length=16)
    statistics_consent = models.BooleanField()


class PlainHolder(models.Model):
    """Who may look at a plain case, until when."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(PlainCase, on_delete=models.CASCADE, related_name="holders")
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "case"], name="bench_one_holder")]


class PlainEntry(models.Model):
    """A line of an access log in the clear, without a chain: what an append is compared with."""

    agency = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    actor = models.UUIDField()
    action = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    object = models.CharField(max_length=200)
    outcome = models.CharField(max_length=10)
    detail = models.JSONField()


@cache
def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(settings.SECRET_KEY.encode()).digest()))


class Token(str):
    """A value that is encrypted already: two tables keep the same, and making it is half of their cost."""


def token(value: Any) -> Token:
    return Token(_fernet().encrypt(json.dumps(value).encode()).decode())


class FernetField(models.TextField):  # type: ignore[type-arg]  # Django knows no such brackets
    """A value that the server can always read: encrypted on save, decrypted with every row."""

    def get_prep_value(self, value: Any) -> str:
        return value if isinstance(value, Token) else token(value)

    def from_db_value(self, value: str, *_: Any) -> Any:
        return json.loads(_fernet().decrypt(value.encode()))


class UsualFields(models.Model):
    """Eight encrypted fields, under the server's one key."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    is_open = models.BooleanField()
    month_opened = models.DateField()
    rotation_due = models.BooleanField(default=False)
    alias = FernetField()
    language = FernetField()
    district = FernetField()
    age_band = FernetField()
    sex = FernetField()
    children = FernetField()
    contact = FernetField()
    risk_level = FernetField()

    class Meta:
        abstract = True


class UsualCase(UsualFields):
    """The usual case as Django makes it unless told otherwise: with a whole number for its key."""

    id = models.BigAutoField(primary_key=True)
    # In its address, and so that all pages show the same cases in the same order.
    public_id = models.UUIDField(unique=True)


class UsualUuidCase(UsualFields):
    """The same with a UUID for its key: guardian then compares without casting."""

    id = models.UUIDField(primary_key=True)

    @property
    def public_id(self) -> uuid.UUID:
        return self.id
