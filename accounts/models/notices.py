"""Who is told that there is an update, how, and what waits to be told. Never about what.

No row here names a case, a referral, a service or a reason: a person, a page of the site, a number.
"""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Agency, Person


class Channel(models.TextChoices):
    """How a notice leaves the site. ``CODE`` confirms a person's own address."""

    EMAIL = "email", _("E-mail")
    GATEWAY = "gateway", _("SMS or messenger")
    CODE = "code", _("Code to confirm an address")


class NoticeChoice(models.Model):
    """What one person chose. Without a row, or without a tick, nothing leaves the site.

    ``handle`` is all that a gateway learns of somebody: which telephone it means is known there only.
    """

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="notice_choice"
    )
    email = models.EmailField(max_length=200, blank=True)
    waiting_email = models.EmailField(max_length=200, blank=True)
    code_until = models.DateTimeField(null=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=10, default="uz")
    by_email = models.BooleanField(default=False)
    by_gateway = models.BooleanField(default=False)
    handle = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    emergencies_at_night = models.BooleanField(default=False)
    # To the minute: how often somebody is written to has a limit.
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.person_id)


class Update(models.Model):
    """So many updates on a page that a person has not looked at since. Looking deletes the row."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="updates")
    page = models.CharField(max_length=40)
    number = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "page"], name="one_update_a_page")]

    def __str__(self) -> str:
        return self.page


class Notice(models.Model):
    """The outbox: one notice to one person by one channel, however much there is to tell.

    ``not_before`` is also the claim of the clock that is sending it, and the wait after a failure.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    is_urgent = models.BooleanField(default=False)
    number = models.PositiveIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "channel"], name="one_notice_a_channel")]

    def __str__(self) -> str:
        return str(self.id)


class Gateway(models.Model):
    """Where an agency's own SMS or messenger gateway listens. Its secret is derived, never stored."""

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, primary_key=True, related_name="gateway")
    url = models.URLField(max_length=300)
    secret_epoch = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.agency_id)
