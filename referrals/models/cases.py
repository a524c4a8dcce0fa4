"""A survivor's case: a few clear columns, its half, and sealed items."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Person
from referrals.codes import RetentionClass
from referrals.models.halves import HalfField, TideField


class Section(models.TextChoices):
    """The parts of a case. Each has its own key."""

    CARD = "card", _("Card")
    IDENTITY = "identity", _("Identity")
    INCIDENT = "incident", _("Incident")
    PLAN = "plan", _("Safety plan")
    FOLLOWUP = "followup", _("Follow-up")
    NOTES = "notes", _("Notes")
    CONSENTS = "consents", _("Consents")
    REFERRALS = "referrals", _("Referrals")
    INQUIRIES = "inquiries", _("Questions by link")
    DOCUMENTS = "documents", _("Documents")
    CLOSINGS = "closings", _("Closings")
    HISTORY = "history", _("History")
    PACKETS = "packets", _("Keys of what was sent")


# One item each, made when the case is opened: a missing one has been deleted by a strange hand, and
# the case then refuses to open (an incident deleted from the database would hide whom she excluded).
SINGLETONS = (Section.CARD, Section.IDENTITY, Section.INCIDENT, Section.PLAN, Section.FOLLOWUP)


class Case(models.Model):
    """A case. The shares are for the day its holders are gone: neither role opens it alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="cases")
    is_open = models.BooleanField(default=True)
    month_opened = models.DateField()
    month_closed = models.DateField(null=True)
    retention_class = models.CharField(max_length=16, choices=RetentionClass.choices)
    # The month after which the clock erases it, as it was decided when the case was closed.
    destroy_after = models.DateField(null=True)
    # Who works on it was told that it will be erased: says nothing that ``destroy_after`` does not say.
    erasure_told = models.BooleanField(default=False)
    key_epoch = models.PositiveIntegerField(default=1)
    rotation_due = models.BooleanField(default=False)
    # Whoever worked on it has left: finds what a supervisor has to look at. Decided by the rows of grants.
    owner_left = models.BooleanField(default=False)
    # Grows with each change: the optimistic lock of the whole case.
    version = models.PositiveIntegerField(default=1)
    share_a = models.BinaryField()
    share_a_signature = models.BinaryField()
    share_a_key_epoch = models.PositiveIntegerField()
    share_b = models.BinaryField()
    share_b_signature = models.BinaryField()
    share_b_key_epoch = models.PositiveIntegerField()
    shares_granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        # Permissions of our own; Django's add, change, delete and view mean nothing here.
        default_permissions = ()
        permissions = [
            ("view_case", "View case"),
            ("edit_case", "Edit case"),
            ("view_case_documents", "View documents of a case"),
        ]
        indexes = [
            # What the clock looks for: closed cases, those erased first in front.
            models.Index(
                fields=["destroy_after", "id"],
                name="case_clock_erase",
                condition=models.Q(destroy_after__isnull=False),
            ),
            # The supervisors' list of cases that have no caseworker: few, whatever the agency holds.
            models.Index(
                fields=["agency", "id"],
                name="case_owner_left",
                condition=models.Q(owner_left=True, is_open=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="case_open_or_closed_in_a_month",
                condition=models.Q(is_open=True, month_closed__isnull=True)
                | models.Q(is_open=False, month_closed__isnull=False),
            ),
            models.CheckConstraint(
                name="case_has_both_shares",
                condition=~models.Q(share_a=b"")
                & ~models.Q(share_a_signature=b"")
                & ~models.Q(share_b=b"")
                & ~models.Q(share_b_signature=b""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class CaseHalf(models.Model):
    """The half of a case's keys that the server holds, one an epoch. Destroying it is deleting the row."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="halves")
    epoch = models.PositiveIntegerField()
    half = HalfField(max_length=32)
    tide = TideField()

    class Meta:
        default_permissions = ()
        constraints = [
            # Also the index for opening a case or a page of cards.
            models.UniqueConstraint(fields=["case", "epoch"], name="one_case_half_an_epoch"),
            models.CheckConstraint(name="case_half_is_there", condition=~models.Q(half=b"")),
        ]

    def __str__(self) -> str:
        return str(self.case_id)


class CaseItem(models.Model):
    """One sealed piece of a case: the card, a note, a consent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="items")
    section = models.CharField(max_length=16, choices=Section.choices)
    epoch = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=1)
    sealed = models.BinaryField()

    class Meta:
        default_permissions = ()
        indexes = [
            # A section of one case, and the cards of a page of cases.
            models.Index(fields=["case", "section"], name="case_item_by_section"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "section"],
                condition=models.Q(section__in=[section.value for section in SINGLETONS]),
                name="one_item_of_a_single_section",
            ),
            models.CheckConstraint(name="case_item_is_sealed", condition=~models.Q(sealed=b"")),
        ]

    def __str__(self) -> str:
        return str(self.id)


class CaseDocument(models.Model):
    """One sealed file of a case, apart from its item: lists and pages never read the bytes.

    Its id is the id of the item that says what it is and holds its secret.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    # Django's own index serves erasing a whole case; a file is found by its id.
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="documents")
    sealed = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="case_document_is_sealed", condition=~models.Q(sealed=b""))
        ]

    def __str__(self) -> str:
        return str(self.id)


class DocumentHalf(models.Model):
    """The server's half of one file's key. Destroying it is deleting the row."""

    document = models.OneToOneField(CaseDocument, on_delete=models.CASCADE, related_name="half")
    half = HalfField(max_length=32)
    tide = TideField()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(name="document_half_is_there", condition=~models.Q(half=b""))]

    def __str__(self) -> str:
        return str(self.document_id)
