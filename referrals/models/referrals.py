"""A referral: its state in clear, its packet sealed, no link to the case it came from."""

import uuid
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Person
from referrals.models.halves import HalfField, TideField


class State(models.TextChoices):
    """Where a referral stands. A draft discloses nothing and is no row."""

    SENT = "sent", _("Sent")
    NEEDS_INFO = "needs_info", _("Question asked")
    ACCEPTED = "accepted", _("Accepted")
    IN_PROGRESS = "in_progress", _("In progress")
    DELIVERED = "delivered", _("Delivered")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Cancelled")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("Consent withdrawn")
    FAILED = "failed", _("Failed")
    ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")


class Told(models.IntegerChoices):
    """How far the clock has told people about a late answer: each step once."""

    NOBODY = 0
    BOTH_SIDES = 1
    SUPERVISORS = 2


class Side(models.TextChoices):
    """Who may take a step."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    CLOCK = "clock"
    # Of the sending agency. Acts on clear columns only, and opens neither case nor packet.
    SUPERVISOR = "supervisor"


LIVE = frozenset({State.SENT, State.NEEDS_INFO, State.ACCEPTED, State.IN_PROGRESS, State.DELIVERED})
# Not answered yet: the time to answer runs, or stands still while a question is open.
WAITING = frozenset({State.SENT, State.NEEDS_INFO})
# The states in which the accepting worker reads the consented identity.
IDENTITY_OPEN = frozenset({State.ACCEPTED, State.IN_PROGRESS, State.DELIVERED})

TRANSITIONS: dict[tuple[State, State], frozenset[Side]] = {
    (State.SENT, State.NEEDS_INFO): frozenset({Side.RECIPIENT}),
    (State.NEEDS_INFO, State.SENT): frozenset({Side.SENDER}),
    (State.SENT, State.ACCEPTED): frozenset({Side.RECIPIENT}),
    (State.SENT, State.DECLINED): frozenset({Side.RECIPIENT}),
    (State.SENT, State.EXPIRED): frozenset({Side.CLOCK}),
    (State.NEEDS_INFO, State.EXPIRED): frozenset({Side.CLOCK}),
    (State.ACCEPTED, State.IN_PROGRESS): frozenset({Side.RECIPIENT}),
    (State.IN_PROGRESS, State.DELIVERED): frozenset({Side.RECIPIENT}),
    (State.ACCEPTED, State.FAILED): frozenset({Side.SENDER, Side.RECIPIENT}),
    (State.IN_PROGRESS, State.FAILED): frozenset({Side.SENDER, Side.RECIPIENT}),
    (State.DELIVERED, State.CLOSED): frozenset({Side.SENDER}),
    (State.DELIVERED, State.IN_PROGRESS): frozenset({Side.SENDER}),
    **{(state, State.CANCELLED): frozenset({Side.SENDER, Side.SUPERVISOR}) for state in LIVE},
    **{(state, State.CONSENT_WITHDRAWN): frozenset({Side.SENDER, Side.CLOCK}) for state in LIVE},
    **{
        (state, State.ENTERED_IN_ERROR): frozenset({Side.SUPERVISOR})
        for state in State
        if state != State.ENTERED_IN_ERROR
    },
}


class Referral(models.Model):
    """A packet from one agency to another and where it stands.

    Neither the case, the service nor its type is here in clear. Times are exact while it is live,
    because people wait for them, and rounded to the day once it has ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sender_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="referrals_sent")
    recipient_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="referrals_received")
    state = models.CharField(max_length=20, choices=State.choices, default=State.SENT)
    reason_code = models.CharField(max_length=30, blank=True)
    version = models.PositiveIntegerField(default=1)
    # The timers as they were when it was sent, in seconds: respond_s, supervisor_s, expire_s.
    policy = models.JSONField()
    sent_at = models.DateTimeField()
    respond_by = models.DateTimeField(null=True)
    escalate_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    consent_expires_at = models.DateTimeField(null=True)
    # Until when the clock stands still for the desk's one question; once answered, when that was. The
    # three times above already stand later by the pause, so that whoever compares them needs no sum.
    paused_until = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Says nothing that respond_by and escalate_at do not say.
    told = models.PositiveSmallIntegerField(choices=Told.choices, default=Told.NOBODY)
    claimed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    # Who says that it should never have been: another person, a supervisor, decides.
    error_asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    # The packet. A packet never changes after it was sent, so its epoch and revision stay 1.
    epoch = models.PositiveIntegerField(default=1)
    revision = models.PositiveIntegerField(default=1)
    sealed_opaque = models.BinaryField()
    sealed_identity = models.BinaryField()
    sealed_sender = models.BinaryField()
    # The answer to the desk's question: a part of its own, written after the packet was sent.
    sealed_answer = models.BinaryField(blank=True, default=b"")
    # When she is expected, and where to ask: as closed as the identity.
    sealed_meeting = models.BinaryField(blank=True, default=b"")
    # The identity part's secret, waiting for acceptance under the recipient's inbox key.
    handover = models.BinaryField(blank=True)
    handover_signature = models.BinaryField(blank=True)
    handover_key_epoch = models.PositiveIntegerField()
    # The end that the handover's signature names. Her consent may end earlier since, never later.
    handover_until = models.DateTimeField(null=True)
    # Who signed the handover, where it is not who sent the referral: somebody gave it to the desk again.
    handover_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    # The only person who worked on it has left; until somebody takes it up, or it ends.
    worker_left = models.BooleanField(default=False)
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        permissions = [
            ("send_referral", "Read what one has sent"),
            ("view_referral", "Read the part for the desk"),
            ("view_identity", "Read the consented identity"),
        ]
        indexes = [
            # The desk's list: live referrals of one agency, most pressing first.
            models.Index(fields=["recipient_agency", "state", "respond_by", "id"], name="referral_inbox"),
            # The supervisors' list of what is late, as sender.
            models.Index(fields=["sender_agency", "state", "respond_by", "id"], name="referral_sent_late"),
            # What stands still at a desk because its only worker has left: few.
            models.Index(
                fields=["recipient_agency", "id"],
                name="referral_worker_left",
                condition=models.Q(worker_left=True),
            ),
            # What the clock looks for: only rows that can still become due. The state is in the index and not
            # in its condition: SQLite plans before it knows the values asked for, and would walk all rows.
            models.Index(
                fields=["state", "expires_at"],
                name="referral_clock_end",
                condition=models.Q(expires_at__isnull=False),
            ),
            models.Index(
                fields=["consent_expires_at"],
                name="referral_clock_consent",
                condition=models.Q(consent_expires_at__isnull=False),
            ),
            models.Index(
                fields=["state", "told", "respond_by"],
                name="referral_clock_late",
                condition=models.Q(respond_by__isnull=False),
            ),
            models.Index(
                fields=["state", "told", "escalate_at"],
                name="referral_clock_escalate",
                condition=models.Q(escalate_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="referral_leaves_the_agency",
                condition=~models.Q(sender_agency=models.F("recipient_agency")),
            ),
            models.CheckConstraint(
                name="referral_question_has_an_end",
                condition=~models.Q(state=State.NEEDS_INFO.value) | models.Q(paused_until__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_has_timers_until_it_ends",
                condition=models.Q(state__in=sorted(state.value for state in LIVE), expires_at__isnull=False)
                | models.Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def state_at(self, now: datetime) -> State:
        """Return the state as it really is at ``now``: nobody answers an expired referral."""
        state = State(self.state)
        if state in WAITING:
            if self.consent_expires_at is None or self.consent_expires_at <= now:
                return State.CONSENT_WITHDRAWN
            if self.expires_at is None or self.expires_at <= now:
                return State.EXPIRED
            # A question that nobody answered falls away, and the clock goes on.
            if self.paused_until is None or self.paused_until <= now:
                return State.SENT
        return state

    def is_readable_at(self, now: datetime) -> bool:
        """Say whether the recipient may read anything of it at ``now``."""
        consented = self.consent_expires_at is not None and self.consent_expires_at > now
        return consented and self.state_at(now) in LIVE

    def is_overdue_at(self, now: datetime) -> bool:
        """Say whether the recipient should have answered before ``now`` and has not."""
        return self.state_at(now) == State.SENT and self.respond_by is not None and self.respond_by <= now

    def is_claimed_at(self, now: datetime) -> bool:
        """Say whether somebody holds the claim at ``now``."""
        return self.claimed_by_id is not None and self.claimed_until is not None and self.claimed_until > now


class Part(models.TextChoices):
    """The parts of a packet, each with its own key and half."""

    OPAQUE = "opaque"
    IDENTITY = "identity"
    SENDER = "sender"
    ANSWER = "answer"
    MEETING = "meeting"


class ReferralHalf(models.Model):
    """The half of one part's key that the server holds. Destroying it is deleting the row."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="halves")
    part = models.CharField(max_length=10, choices=Part.choices)
    half = HalfField(max_length=32)
    tide = TideField()

    class Meta:
        default_permissions = ()
        constraints = [
            # Also the index for opening a packet or a page of them.
            models.UniqueConstraint(fields=["referral", "part"], name="one_referral_half_a_part"),
            models.CheckConstraint(name="referral_half_is_there", condition=~models.Q(half=b"")),
        ]

    def __str__(self) -> str:
        return str(self.referral_id)
