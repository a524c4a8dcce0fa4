"""Doors of the recipient: the desk's inbox, one packet's opaque part, and, once accepted, the identity.

Until somebody accepts, the desk reads the opaque part. From then on only who accepted it, and whom they
gave it to, read anything: through permission rows of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Person
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import record_first
from referrals import entries, grants
from referrals.access.common import (
    DESK_ROLES,
    WORKER_ROLES,
    denied,
    guardian_agrees,
    log_first,
    may_work,
    packet_context,
)
from referrals.codes import NUMBERS
from referrals.models import Referral, ReferralGroupPermission, ReferralHalf, ReferralUserPermission
from referrals.models.referrals import IDENTITY_OPEN, LIVE, WAITING, Part, State
from referrals.payload import AnswerPart, IdentityPart, MeetingPart, OpaquePart
from vault.envelope import unseal
from vault.errors import Refused
from vault.sections import section_key

RowsT = TypeVar("RowsT", bound=QuerySet[Any, Any])
PartT = TypeVar("PartT", OpaquePart, IdentityPart)


def part_key(secret: bytes, half: bytes, referral: Referral, part: Part) -> bytes:
    """Return the key of one part; ``secret`` is that part's secret."""
    return section_key(
        secret,
        half,
        kind="referral",
        object=str(referral.id),
        section=part.value,
        epoch=referral.epoch,
    )


def half_of(referral: Referral, part: Part) -> bytes:
    """Return the half the server holds; ``Refused`` once it was destroyed."""
    row = ReferralHalf.objects.filter(referral=referral, part=part).first()
    if row is None:
        raise Refused
    return bytes(row.half)


def still_hers(part: PartT, now: datetime) -> PartT:
    """Return an opened part, or ``Refused`` after the earlier end that she chose: it is sealed inside."""
    if part.until is not None and part.until <= now:
        raise Refused
    return part


class OpenPacket:
    """A referral as the desk or a worker sees it: the opaque part, and where it stands."""

    def __init__(
        self,
        *,
        unlocked: Unlocked,
        referral: Referral,
        opaque: OpaquePart,
        is_mine: bool,
        secret: bytes,
        answer: AnswerPart | None = None,
    ) -> None:
        self.referral = referral
        self.opaque = opaque
        # What the caseworker answered to the desk's question, if she has.
        self.answer = answer
        # The signed-in person accepted it, or was given it by who did.
        self.is_mine = is_mine
        self._unlocked = unlocked
        self._secret = secret

    def __repr__(self) -> str:
        return "<OpenPacket>"

    @property
    def id(self) -> UUID:
        return self.referral.id

    @property
    def secret(self) -> bytes:
        """The opaque part's secret, to hand the referral on to a worker; never shown."""
        return self._secret

    @property
    def is_claimed_by_me(self) -> bool:
        return (
            self.referral.is_claimed_at(self._unlocked.now)
            and self.referral.claimed_by_id == self._unlocked.person.id
        )

    @property
    def is_claimed_by_other(self) -> bool:
        return self.referral.is_claimed_at(self._unlocked.now) and not self.is_claimed_by_me


def packet_for(unlocked: Unlocked, referral_id: UUID) -> OpenPacket:
    """Open the part the desk may read, or raise ``Denied``. Logged first, in both agencies' logs.

    - the person works at the desk of the agency it was sent to, or works on it, is active and trained;
    - the referral is live at this moment: not ended, not expired, her consent not over;
    - the worker's own permission row or the desk's exists, guardian agrees, its key and the part's half
      open it. The desk's is gone once somebody has accepted.
    """
    row = _row_for(unlocked, referral_id)
    if (
        row is None
        or not row.content_object.is_readable_at(unlocked.now)
        or not guardian_agrees(unlocked, grants.VIEW_REFERRAL, row.content_object)
    ):
        raise denied(unlocked, entries.PACKET_VIEWED, "referral", referral_id)
    referral = row.content_object
    try:
        [secret] = grants.open_opaque_secrets(unlocked, [row], unlocked.agency)
        key = part_key(secret, half_of(referral, Part.OPAQUE), referral, Part.OPAQUE)
        sealed = unseal(key, bytes(referral.sealed_opaque), packet_context(referral, Part.OPAQUE))
        opaque = still_hers(OpaquePart.from_bytes(sealed), unlocked.now)
        answer = answer_in(referral, secret)
    except Refused:
        raise denied(unlocked, entries.PACKET_VIEWED, "referral", referral_id) from None
    log_first(unlocked, entries.PACKET_VIEWED, "referral", referral_id, also=referral.sender_agency_id)
    is_mine = _identity_rows(unlocked).filter(content_object=referral).exists()
    return OpenPacket(
        unlocked=unlocked, referral=referral, opaque=opaque, is_mine=is_mine, secret=secret, answer=answer
    )


def _row_for(unlocked: Unlocked, referral_id: UUID) -> grants.OpaqueRow | None:
    mine = _worker_rows(unlocked).filter(content_object_id=referral_id).first()
    return mine or _desk_rows(unlocked).filter(content_object_id=referral_id).first()


def answer_in(referral: Referral, secret: bytes) -> AnswerPart | None:
    """Open the answer to the desk's question; None while there is none. ``secret``: the opaque part's."""
    if not referral.sealed_answer:
        return None
    key = part_key(secret, half_of(referral, Part.ANSWER), referral, Part.ANSWER)
    return AnswerPart.from_bytes(
        unseal(key, bytes(referral.sealed_answer), packet_context(referral, Part.ANSWER))
    )


def is_still_theirs(unlocked: Unlocked, referral_id: UUID) -> bool:
    """Say whether the row it was opened by is still there: asked again under the referral's lock."""
    return _row_for(unlocked, referral_id) is not None


def identity_for(unlocked: Unlocked, referral_id: UUID, *, outside_hours: bool = False) -> IdentityPart:
    """Open the consented fields for a worker, or raise ``Denied``. Logged first, twice.

    While it is no safe hour to reach her the numbers are left out (``numbers_wait``). Somebody who was
    asked and goes on comes with ``outside_hours``: the log of both agencies says so first.

    - the referral is accepted, in progress or delivered, and her consent is not over;
    - the permission row was made for exactly this person, at acceptance or by a worker, and its key opens;
    - the half of the identity part has not been destroyed.
    """
    referral, secret = identity_secret_of(unlocked, referral_id)
    try:
        key = part_key(secret, half_of(referral, Part.IDENTITY), referral, Part.IDENTITY)
        sealed = unseal(key, bytes(referral.sealed_identity), packet_context(referral, Part.IDENTITY))
        identity = still_hers(IdentityPart.from_bytes(sealed), unlocked.now)
    except Refused:
        raise denied(unlocked, entries.IDENTITY_VIEWED, "referral", referral_id) from None
    also = referral.sender_agency_id
    log_first(unlocked, entries.IDENTITY_VIEWED, "referral", referral_id, also=also)
    if not numbers_wait(unlocked, identity):
        return identity
    if not outside_hours:
        return replace(identity, phone="", third_party="")
    log_first(unlocked, entries.CONTACT_OUTSIDE_HOURS, "referral", referral_id, also=also)
    return identity


def numbers_wait(unlocked: Unlocked, identity: IdentityPart) -> bool:
    """Say whether a number was consented to and it is no safe hour now. *Do not contact* has none."""
    contact = identity.safe_contact
    has_number = not NUMBERS.isdisjoint(identity.fields) and not contact.do_not_contact
    return has_number and not contact.is_safe_at(unlocked.now)


def identity_secret_of(unlocked: Unlocked, referral_id: UUID) -> tuple[Referral, bytes]:
    """Return the referral and its identity part's secret for the worker who accepted, or raise ``Denied``.

    Nothing is disclosed here: who shows something writes it down first.
    """
    row = _identity_rows(unlocked).filter(content_object_id=referral_id).first()
    if (
        row is None
        or row.content_object.state not in IDENTITY_OPEN
        or not row.content_object.is_readable_at(unlocked.now)
        or not guardian_agrees(unlocked, grants.VIEW_IDENTITY, row.content_object)
    ):
        raise denied(unlocked, entries.IDENTITY_VIEWED, "referral", referral_id)
    try:
        return row.content_object, grants.open_identity_secret(unlocked, row)
    except Refused:
        raise denied(unlocked, entries.IDENTITY_VIEWED, "referral", referral_id) from None


def meeting_for(unlocked: Unlocked, referral_id: UUID) -> MeetingPart | None:
    """Open the appointment for the worker who accepted; None while there is none. Logged first."""
    referral, secret = identity_secret_of(unlocked, referral_id)
    try:
        meeting = meeting_in(referral, secret)
    except Refused:
        raise denied(unlocked, entries.APPOINTMENT_VIEWED, "referral", referral_id) from None
    if meeting is not None:
        also = referral.sender_agency_id
        log_first(unlocked, entries.APPOINTMENT_VIEWED, "referral", referral_id, also=also)
    return meeting


def meeting_in(referral: Referral, secret: bytes) -> MeetingPart | None:
    """Open the appointment; None while there is none. ``secret``: the identity part's."""
    if not referral.sealed_meeting:
        return None
    key = part_key(secret, half_of(referral, Part.MEETING), referral, Part.MEETING)
    return MeetingPart.from_bytes(
        unseal(key, bytes(referral.sealed_meeting), packet_context(referral, Part.MEETING))
    )


@dataclass(frozen=True)
class EndedReferral:
    """What the recipient is told of a referral that has ended: how and on which day, nothing else."""

    id: UUID
    how: str  # "closed_by_referrer", or the recipient's own end: declined, expired, failed, closed
    ended_at: datetime | None


_OWN_ENDS = frozenset({State.DECLINED, State.EXPIRED, State.FAILED, State.CLOSED})


def ended_packet_for(unlocked: Unlocked, referral_id: UUID) -> EndedReferral | None:
    """Return how a referral to one's own desk ended; None while it is live, or when it is not theirs.

    Ask before ``packet_for``: a worker who had it open reads "closed by the referrer" and not a 404.
    Withdrawn and cancelled are the same to the recipient.
    """
    if not may_work(unlocked, WORKER_ROLES):
        return None
    referral = Referral.objects.filter(pk=referral_id, recipient_agency=unlocked.agency).first()
    if referral is None or referral.is_readable_at(unlocked.now):
        return None
    state = referral.state_at(unlocked.now)
    log_first(unlocked, entries.PACKET_ENDED_VIEWED, "referral", referral_id)
    how = state.value if state in _OWN_ENDS else "closed_by_referrer"
    return EndedReferral(id=referral.id, how=how, ended_at=referral.ended_at)


@dataclass(frozen=True)
class HandedReferral:
    """What the desk is told of a referral that somebody has taken: who works on it, nothing else."""

    id: UUID
    state: State
    workers: tuple[str, ...]


def handed_packet_for(unlocked: Unlocked, referral_id: UUID) -> HandedReferral | None:
    """Return who works on a live referral to one's own desk; None when it waits, or is one's own.

    Ask before ``packet_for``, like ``ended_packet_for``: a colleague at the desk reads who has taken it.
    """
    if not may_work(unlocked, DESK_ROLES) or _row_for(unlocked, referral_id) is not None:
        return None
    referral = Referral.objects.filter(pk=referral_id, recipient_agency=unlocked.agency).first()
    if referral is None or referral.state_at(unlocked.now) not in IDENTITY_OPEN:
        return None
    if not referral.is_readable_at(unlocked.now):
        return None
    log_first(unlocked, entries.PACKET_HANDED_VIEWED, "referral", referral_id)
    return HandedReferral(
        id=referral.id,
        state=referral.state_at(unlocked.now),
        workers=tuple(one.display_name for one in workers_of(referral)),
    )


def workers_of(referral: Referral) -> list[Person]:
    """Return who works on an accepted referral, by name; for whoever may know that it is there."""
    rows = grants.workers_rows(referral).filter(permission_id=grants.permission_id(grants.VIEW_IDENTITY))
    return [row.user for row in rows.select_related("user").order_by("user__display_name", "user_id")]


def inbox_for(unlocked: Unlocked) -> QuerySet[ReferralGroupPermission]:
    """Return the desk's rows of live referrals, most pressing first; keyset on (respond_by, id)."""
    return _live(unlocked, _desk_rows(unlocked))


def worked_on_by(unlocked: Unlocked) -> QuerySet[ReferralUserPermission]:
    """Return one's own rows of live referrals one works on; same order."""
    return _live(unlocked, _worker_rows(unlocked))


def _live(unlocked: Unlocked, rows: RowsT) -> RowsT:
    live = Q(content_object__state__in=LIVE, content_object__consent_expires_at__gt=unlocked.now)
    not_expired = ~Q(content_object__state__in=WAITING) | Q(content_object__expires_at__gt=unlocked.now)
    return (
        rows.filter(live, not_expired)
        .select_related("content_object__claimed_by", "content_object__sender_agency")
        .order_by("content_object__respond_by", "content_object_id")
    )


@dataclass(frozen=True)
class InboxRow:
    """A referral in the desk's list. ``opaque`` is None when it does not open."""

    referral: Referral
    opaque: OpaquePart | None = field(repr=False)
    is_mine: bool


def open_inbox_rows(unlocked: Unlocked, rows: Sequence[grants.OpaqueRow]) -> list[InboxRow]:
    """Open the opaque parts of a page of the inbox, in order: the same few queries for any length."""
    rows = list(rows)
    referrals = [row.content_object for row in rows]
    detail = {"count": str(len(rows))}
    if rows:
        detail |= {"first": str(referrals[0].id), "last": str(referrals[-1].id)}
    log_first(unlocked, entries.INBOX_LISTED, "referral", None, detail=detail)
    if not rows:
        return []
    halves = {
        half.referral_id: bytes(half.half)
        for half in ReferralHalf.objects.filter(referral__in=referrals, part=Part.OPAQUE)
    }
    mine = set(
        _identity_rows(unlocked)
        .filter(content_object__in=referrals)
        .values_list("content_object_id", flat=True)
    )
    secrets = _secrets_of(unlocked, rows)
    opened = []
    for row, referral in zip(rows, referrals, strict=True):
        opaque = None
        try:
            key = part_key(secrets[row.pk], halves[referral.id], referral, Part.OPAQUE)
            sealed = unseal(key, bytes(referral.sealed_opaque), packet_context(referral, Part.OPAQUE))
            opaque = still_hers(OpaquePart.from_bytes(sealed), unlocked.now)
        except (Refused, KeyError):
            record_first(
                entries.PACKET_VIEWED,
                agency=unlocked.agency.id,
                actor=unlocked.person.id,
                kind="referral",
                object=str(referral.id),
                outcome="denied",
            )
        opened.append(InboxRow(referral=referral, opaque=opaque, is_mine=referral.id in mine))
    return opened


def _secrets_of(unlocked: Unlocked, rows: Sequence[grants.OpaqueRow]) -> dict[int, bytes]:
    try:
        opened = grants.open_opaque_secrets(unlocked, rows, unlocked.agency)
        return dict(zip((row.pk for row in rows), opened, strict=True))
    except Refused:
        secrets = {}
        for row in rows:
            try:
                [secrets[row.pk]] = grants.open_opaque_secrets(unlocked, [row], unlocked.agency)
            except Refused:
                continue
        return secrets


def _desk_rows(unlocked: Unlocked) -> QuerySet[ReferralGroupPermission]:
    rows = ReferralGroupPermission.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=unlocked.now),
        group__user=unlocked.person,
        group__role__agency=unlocked.agency,
        group__role__name=RoleName.INTAKE,
        permission_id=grants.permission_id(grants.VIEW_REFERRAL),
        content_object__recipient_agency=unlocked.agency,
    ).select_related("content_object")
    return rows if may_work(unlocked, DESK_ROLES) else rows.none()


def _worker_rows(unlocked: Unlocked) -> QuerySet[ReferralUserPermission]:
    """Return one's own rows of the opaque part: there from the moment one works on it."""
    return _own_rows(unlocked, grants.VIEW_REFERRAL)


def _identity_rows(unlocked: Unlocked) -> QuerySet[ReferralUserPermission]:
    return _own_rows(unlocked, grants.VIEW_IDENTITY)


def _own_rows(unlocked: Unlocked, permission: str) -> QuerySet[ReferralUserPermission]:
    rows = ReferralUserPermission.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=unlocked.now),
        user=unlocked.person,
        user__is_active=True,
        permission_id=grants.permission_id(permission),
        content_object__recipient_agency=unlocked.agency,
    ).select_related("content_object")
    return rows if may_work(unlocked, WORKER_ROLES) else rows.none()
