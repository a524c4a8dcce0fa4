"""Doors of the sender: what was sent, to find the case behind a referral and to read it again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import record_first
from referrals import entries, grants
from referrals.access.common import CASE_ROLES, denied, guardian_agrees, log_first, may_work, packet_context
from referrals.access.packets import answer_in, half_of, meeting_in, part_key
from referrals.models import Referral, ReferralHalf, ReferralUserPermission
from referrals.models.referrals import Part
from referrals.payload import AnswerPart, IdentityPart, MeetingPart, OpaquePart, SenderPart
from vault.envelope import unseal
from vault.errors import Refused
from vault.sections import part_secret


class OpenSent:
    """A referral as its sender sees it. ``note`` names the case; the packet itself can be read again
    while its halves exist."""

    def __init__(self, *, unlocked: Unlocked, referral: Referral, note: SenderPart, secret: bytes) -> None:
        self.referral = referral
        self.note = note
        self._unlocked = unlocked
        self._secret = secret

    def __repr__(self) -> str:
        return "<OpenSent>"

    @property
    def id(self) -> UUID:
        return self.referral.id

    @property
    def secret(self) -> bytes:
        """The packet's secret, for sharing the case; never shown."""
        return self._secret

    def opaque(self) -> OpaquePart | None:
        """Return what the desk reads; None once the referral has ended."""
        data = self._part(Part.OPAQUE, bytes(self.referral.sealed_opaque))
        return OpaquePart.from_bytes(data) if data is not None else None

    def identity(self) -> IdentityPart | None:
        """Return the consented fields as they were sent; None once the referral has ended."""
        data = self._part(Part.IDENTITY, bytes(self.referral.sealed_identity))
        return IdentityPart.from_bytes(data) if data is not None else None

    def answer(self) -> AnswerPart | None:
        """Return what was answered to the desk's question; None when nothing was, or it has ended."""
        try:
            return answer_in(self.referral, part_secret(self._secret, Part.OPAQUE.value))
        except Refused:
            raise denied(self._unlocked, entries.REFERRAL_SENT_VIEWED, "referral", self.referral.id) from None

    def meeting(self) -> MeetingPart | None:
        """Return the appointment the provider gave; None when there is none, or it has ended."""
        try:
            return meeting_in(self.referral, part_secret(self._secret, Part.IDENTITY.value))
        except Refused:
            raise denied(self._unlocked, entries.REFERRAL_SENT_VIEWED, "referral", self.referral.id) from None

    def _part(self, part: Part, sealed: bytes) -> bytes | None:
        row = ReferralHalf.objects.filter(referral=self.referral, part=part).first()
        if row is None:
            return None
        try:
            key = part_key(part_secret(self._secret, part.value), bytes(row.half), self.referral, part)
            return unseal(key, sealed, packet_context(self.referral, part))
        except Refused:
            raise denied(self._unlocked, entries.REFERRAL_SENT_VIEWED, "referral", self.referral.id) from None


def sent_referral_for(unlocked: Unlocked, referral_id: UUID) -> OpenSent:
    """Open a referral that one's agency sent, or raise ``Denied``. Logged before anything is shown.

    The person sent it themselves or works on its case; acting on it needs the case, opened to edit.
    """
    row = _sender_rows(unlocked).filter(content_object_id=referral_id).first()
    if row is None or not guardian_agrees(unlocked, grants.SEND_REFERRAL, row.content_object):
        raise denied(unlocked, entries.REFERRAL_SENT_VIEWED, "referral", referral_id)
    referral = row.content_object
    try:
        [secret] = grants.open_sender_secrets(unlocked, [row])
        note = _note(secret, half_of(referral, Part.SENDER), referral)
    except Refused:
        raise denied(unlocked, entries.REFERRAL_SENT_VIEWED, "referral", referral_id) from None
    log_first(unlocked, entries.REFERRAL_SENT_VIEWED, "referral", referral_id)
    return OpenSent(unlocked=unlocked, referral=referral, note=note, secret=secret)


def log_late_list(unlocked: Unlocked) -> None:
    """Let the log know, before it is shown, that a supervisor looks at what is late."""
    if RoleName.SUPERVISOR not in unlocked.roles:
        raise denied(unlocked, entries.LATE_LISTED, "referral", None)
    log_first(unlocked, entries.LATE_LISTED, "referral", None)


def sent_for(unlocked: Unlocked) -> QuerySet[ReferralUserPermission]:
    """Return one's own rows of referrals sent, most pressing first."""
    return (
        _sender_rows(unlocked)
        .select_related("content_object__recipient_agency")
        .order_by("content_object__respond_by", "content_object_id")
    )


@dataclass(frozen=True)
class SentRow:
    """A referral in its sender's list. ``note`` is None when it does not open."""

    referral: Referral
    note: SenderPart | None = field(repr=False)


def open_sent_rows(unlocked: Unlocked, rows: Sequence[ReferralUserPermission]) -> list[SentRow]:
    """Open the sender's notes of a page of referrals, in order: the same few queries for any length."""
    rows = list(rows)
    referrals = [row.content_object for row in rows]
    log_first(unlocked, entries.REFERRAL_SENT_LISTED, "referral", None, detail={"count": str(len(rows))})
    halves = {
        half.referral_id: bytes(half.half)
        for half in ReferralHalf.objects.filter(referral__in=referrals, part=Part.SENDER)
    }
    secrets = _secrets_of(unlocked, rows)
    opened = []
    for row, referral in zip(rows, referrals, strict=True):
        note = None
        try:
            note = _note(secrets[row.pk], halves[referral.id], referral)
        except (Refused, KeyError):
            record_first(
                entries.REFERRAL_SENT_VIEWED,
                agency=unlocked.agency.id,
                actor=unlocked.person.id,
                kind="referral",
                object=str(referral.id),
                outcome="denied",
            )
        opened.append(SentRow(referral=referral, note=note))
    return opened


def sent_secret_of(unlocked: Unlocked, referral: Referral) -> bytes:
    """Return the packet's secret of one own referral, for a change that seals another part of it."""
    found = open_sent_secrets(unlocked, [referral.id])
    if not found:
        raise denied(unlocked, entries.REFERRAL_SENT_VIEWED, "referral", referral.id)
    return found[0][1]


def open_sent_secrets(unlocked: Unlocked, referral_ids: Sequence[UUID]) -> list[tuple[Referral, bytes]]:
    """Return own referrals among these with their packet secrets, for a change that shares them.

    Nothing is disclosed to the person here; the change logs itself. A row that does not open is ``Denied``.
    """
    rows = list(_sender_rows(unlocked).filter(content_object_id__in=referral_ids))
    try:
        secrets = grants.open_sender_secrets(unlocked, rows)
    except Refused:
        raise denied(unlocked, entries.REFERRAL_SENT_VIEWED, "referral", None) from None
    return list(zip((row.content_object for row in rows), secrets, strict=True))


def _note(secret: bytes, half: bytes, referral: Referral) -> SenderPart:
    key = part_key(part_secret(secret, Part.SENDER.value), half, referral, Part.SENDER)
    return SenderPart.from_bytes(
        unseal(key, bytes(referral.sealed_sender), packet_context(referral, Part.SENDER))
    )


def _secrets_of(unlocked: Unlocked, rows: Sequence[ReferralUserPermission]) -> dict[int, bytes]:
    try:
        opened = grants.open_sender_secrets(unlocked, rows)
        return dict(zip((row.pk for row in rows), opened, strict=True))
    except Refused:
        secrets = {}
        for row in rows:
            try:
                [secrets[row.pk]] = grants.open_sender_secrets(unlocked, [row])
            except Refused:
                continue
        return secrets


def _sender_rows(unlocked: Unlocked) -> QuerySet[ReferralUserPermission]:
    rows = ReferralUserPermission.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=unlocked.now),
        user=unlocked.person,
        user__is_active=True,
        permission_id=grants.permission_id(grants.SEND_REFERRAL),
        content_object__sender_agency=unlocked.agency,
    ).select_related("content_object")
    return rows if may_work(unlocked, CASE_ROLES) else rows.none()
