"""Changes of entries that wait for a second person, what became of them, and what the public told us.

A row of ``Proposal`` is also the history of a change. Who is written as a role and an agency; the
person's id only serves to tell two people apart. Nothing here is ever published.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import RoleName
from services.models.entries import Organization, Service


class Decided(models.Model):
    """Who decided, as what, when and why."""

    decided_by = models.UUIDField(null=True)
    decided_role = models.CharField(max_length=20, blank=True, choices=RoleName.choices)
    decided_agency = models.ForeignKey(
        "accounts.Agency", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        abstract = True


class Suggestion(Decided):
    """What somebody without an account says is wrong. Neither sender nor time of day is kept."""

    class About(models.TextChoices):
        CLOSED = "closed", _("It is closed for good")
        MOVED = "moved", _("It has moved")
        NUMBER = "number", _("The phone number is wrong")
        HOURS = "hours", _("The opening hours are wrong")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        OPEN = "open", _("Not looked at yet")
        TAKEN = "taken", _("A change was proposed")
        CLOSED = "closed", _("Done with")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="suggestions")
    about = models.CharField(max_length=10, choices=About.choices)
    text = models.CharField(max_length=500, blank=True)  # emptied when it is done with
    told_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)

    class Meta:
        indexes = [
            # The editor's queue, oldest first.
            models.Index(fields=["state", "told_on", "id"], name="services_told_queue"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Proposal(Decided):
    """One change of one section of an entry: ``before`` is what it said, ``after`` what it shall say.

    Both have the shape of ``services.editing.records.snapshot``. What raises protection (hiding an
    entry, making a site confidential) is applied at once by one person and stands here as history.
    """

    class Kind(models.TextChoices):
        EDIT = "edit", _("Change")
        NEW = "new", _("New entry")
        SITE = "site", _("New site")
        PUBLISH = "publish", _("Show to the public")
        HIDE = "hide", _("Hide from the public")
        REVEAL = "reveal", _("Make a site public")
        CONCEAL = "conceal", _("Make a site confidential")
        REMOVE = "remove", _("Take a site out of the entry")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for another directory editor")
        APPLIED = "applied", _("Approved")
        REJECTED = "rejected", _("Turned down")
        WITHDRAWN = "withdrawn", _("Taken back")

    # What says where a site is, or was.
    TELLING = (Kind.EDIT, Kind.SITE, Kind.REMOVE)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    service = models.ForeignKey(Service, null=True, on_delete=models.CASCADE, related_name="proposals")
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.CASCADE, related_name="proposals"
    )
    section = models.CharField(max_length=40, blank=True)  # a code of services.editing.sections
    target = models.UUIDField(null=True)  # the record that the section is of
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    why = models.TextField(blank=True)
    suggestion = models.ForeignKey(Suggestion, null=True, on_delete=models.SET_NULL, related_name="proposals")
    proposed_by = models.UUIDField()
    proposed_role = models.CharField(max_length=20, choices=RoleName.choices)
    proposed_agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    # Who put it on top of a newer entry: as much its author as who wrote it.
    looked_again_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="applied")
                | Q(kind__in=("hide", "conceal"))  # actions.alone
                | (
                    Q(decided_by__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                    & (Q(looked_again_by__isnull=True) | ~Q(decided_by=F("looked_again_by")))
                ),
                name="services_applied_by_a_second_person",
            ),
        ]
        indexes = [
            # What waits for approval, oldest first.
            models.Index(fields=["state", "proposed_at", "id"], name="services_proposal_queue"),
            # An entry's page: what waits, and its history.
            models.Index(fields=["service", "proposed_at"], name="services_proposal_history"),
            models.Index(fields=["target", "state"], name="services_proposal_target"),
        ]

    def __str__(self) -> str:
        return str(self.id)
