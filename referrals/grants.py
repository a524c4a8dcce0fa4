"""Permission rows and the vault's grants: the only place that makes, opens or ends one.

A row is bound, by the granter's signature and by the key's own encryption, to the object, the
permission, the holder and the end it names. Change any of these in the database and it is refused.
Who may give what to whom is decided in ``actions``; who may look is decided in ``access``.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.contrib.auth.models import Group, Permission

from accounts import trust
from accounts.models import Agency, Person
from accounts.roles import KeyName
from accounts.trust import TrustedKey
from accounts.unlocked import Unlocked
from referrals.models import (
    Case,
    CaseUserPermission,
    Referral,
    ReferralGroupPermission,
    ReferralUserPermission,
)
from vault.errors import Refused
from vault.grants import Grant, Info, unwrap, wrap
from vault.sections import part_secret

VIEW_CASE = "view_case"
EDIT_CASE = "edit_case"
VIEW_DOCUMENTS = "view_case_documents"
SEND_REFERRAL = "send_referral"
VIEW_REFERRAL = "view_referral"
VIEW_IDENTITY = "view_identity"

# Which part of a packet or a case a permission opens; the sender's opens the whole packet.
_PART_OF = {
    SEND_REFERRAL: "",
    VIEW_REFERRAL: "opaque",
    VIEW_IDENTITY: "identity",
    VIEW_DOCUMENTS: "documents",
}


class CaseGrant(Protocol):
    """What a grant on a case is bound to: a permission row, or these columns of one read as values."""

    @property
    def user_id(self) -> UUID: ...
    @property
    def content_object_id(self) -> UUID: ...
    @property
    def key_epoch(self) -> int: ...
    @property
    def recipient_key_epoch(self) -> int: ...
    @property
    def wrapped_key(self) -> Any: ...
    @property
    def signature(self) -> Any: ...
    @property
    def granted_by_id(self) -> UUID: ...
    @property
    def expires_at(self) -> datetime | None: ...


_OF_REFERRALS = (ReferralUserPermission, ReferralGroupPermission)
Row = CaseGrant | ReferralUserPermission | ReferralGroupPermission
RowT = TypeVar("RowT", CaseUserPermission, ReferralUserPermission, ReferralGroupPermission)


def own_key(unlocked: Unlocked) -> TrustedKey:
    """Return the signed-in person's own public keys, from their own seed and not from the database."""
    return TrustedKey(unlocked.keys.public, unlocked.epoch, unlocked.agency.id)


@cache
def permission_id(codename: str) -> int:
    """Return the id of one of this room's permissions: remembered, because it stays (but see ``apps``).

    A row found by a wrong one would not open: the grant itself names the permission, and is signed.
    """
    return Permission.objects.get(content_type__app_label="referrals", codename=codename).pk


# --- Cases ---


def give_case(
    *,
    unlocked: Unlocked,
    case: Case,
    person: Person,
    key: TrustedKey,
    permission: str,
    secret: bytes,
    expires_at: datetime | None,
) -> CaseUserPermission:
    """Give somebody a permission on a case: wrap the case ``secret`` to them.

    ``view_case_documents`` wraps that section's secret alone.
    """
    row = CaseUserPermission(
        user=person,
        permission_id=permission_id(permission),
        content_object=case,
        key_epoch=case.key_epoch,
        recipient_key_epoch=key.epoch,
        granted_by=unlocked.person,
        expires_at=_whole_seconds(expires_at),
    )
    part = _PART_OF.get(permission, "")
    return _keep(unlocked, row, key, permission, part_secret(secret, part) if part else secret)


def open_case_secrets(unlocked: Unlocked, rows: Sequence[CaseGrant], permission: str) -> list[bytes]:
    """Return what the person's own rows wrap, in order; ``Refused`` if one is not right."""
    key = own_key(unlocked)
    return unlocked.open_grants([(row, _info(row, permission, key)) for row in rows])


def share_with_roles(*, unlocked: Unlocked, case: Case, shares: tuple[bytes, bytes]) -> None:
    """Fill the case's two share columns: A for the supervisors' key, B for the custodians'."""
    case.shares_granted_by = unlocked.person
    for letter, name, share in (
        ("a", KeyName.CONTINUITY_A, shares[0]),
        ("b", KeyName.CONTINUITY_B, shares[1]),
    ):
        key = trust.current_role_key(unlocked, case.agency_id, name, today=unlocked.today)
        setattr(case, f"share_{letter}_key_epoch", key.epoch)
        grant = wrap(share, share_info(case, letter, key), key.public, unlocked.keys)
        setattr(case, f"share_{letter}", grant.wrapped)
        setattr(case, f"share_{letter}_signature", grant.signature)


def share_info(case: Case, letter: str, key: TrustedKey) -> Info:
    """Return what the grant of share ``a`` or ``b`` says."""
    name = KeyName.CONTINUITY_A if letter == "a" else KeyName.CONTINUITY_B
    return Info(
        kind="case-share",
        object=str(case.id),
        epoch=case.key_epoch,
        section=f"share_{letter}",
        recipient=trust.role_recipient(case.agency_id, name),
        recipient_epoch=key.epoch,
        recipient_fingerprint=key.public.fingerprint,
        rights="recover",
        not_after=0,
        granter=str(case.shares_granted_by_id),
    )


# --- Referrals ---


def give_sender(
    *,
    unlocked: Unlocked,
    referral: Referral,
    person: Person,
    key: TrustedKey,
    packet_secret: bytes,
    expires_at: datetime | None = None,
) -> ReferralUserPermission:
    """Let the sender, or a colleague on the case, read what was sent."""
    row = _referral_row(unlocked, referral, person, key, SEND_REFERRAL)
    row.expires_at = _whole_seconds(expires_at)
    return _keep(unlocked, row, key, SEND_REFERRAL, packet_secret)


def give_desk(
    *, unlocked: Unlocked, referral: Referral, group: Group, key: TrustedKey, packet_secret: bytes
) -> ReferralGroupPermission:
    """Let the recipient's desk read the opaque part."""
    row = ReferralGroupPermission(
        group=group,
        permission_id=permission_id(VIEW_REFERRAL),
        content_object=referral,
        key_epoch=referral.epoch,
        recipient_key_epoch=key.epoch,
        granted_by=unlocked.person,
        expires_at=_whole_seconds(referral.consent_expires_at),
    )
    return _keep(unlocked, row, key, VIEW_REFERRAL, part_secret(packet_secret, "opaque"))


def give_handover(*, unlocked: Unlocked, referral: Referral, key: TrustedKey, packet_secret: bytes) -> None:
    """Fill the handover columns: the identity part's secret, waiting for acceptance."""
    referral.handover_key_epoch = key.epoch
    referral.handover_until = referral.consent_expires_at
    info = _handover_info(referral, key)
    grant = wrap(part_secret(packet_secret, "identity"), info, key.public, unlocked.keys)
    referral.handover, referral.handover_signature = grant.wrapped, grant.signature


def take_handover(*, unlocked: Unlocked, referral: Referral) -> ReferralUserPermission:
    """Open the handover with the inbox key and give the identity part to oneself. Raises ``Refused``.

    Called by acceptance only, with the referral's row locked: this is the moment from which the
    identity can be read, and it works once.
    """
    if _seconds(referral.consent_expires_at) > _seconds(referral.handover_until):
        raise Refused
    inbox = unlocked.role_keys(referral.recipient_agency_id, KeyName.INBOX, referral.handover_key_epoch)
    desk_key = TrustedKey(inbox.public, referral.handover_key_epoch, referral.recipient_agency_id)
    grant = Grant(bytes(referral.handover), bytes(referral.handover_signature))
    secret = _open_once(unlocked, grant, _handover_info(referral, desk_key), referral.sent_by_id)
    key = own_key(unlocked)
    row = _referral_row(unlocked, referral, unlocked.person, key, VIEW_IDENTITY)
    row.expires_at = _whole_seconds(referral.consent_expires_at)
    return _keep(unlocked, row, key, VIEW_IDENTITY, secret)


def open_sender_secrets(unlocked: Unlocked, rows: Sequence[ReferralUserPermission]) -> list[bytes]:
    """Return the packet secrets of the sender's own rows, in order. Raises ``Refused``."""
    key = own_key(unlocked)
    return unlocked.open_grants([(row, _info(row, SEND_REFERRAL, key)) for row in rows])


def open_desk_secrets(
    unlocked: Unlocked, rows: Sequence[ReferralGroupPermission], agency: Agency
) -> list[bytes]:
    """Return the opaque parts' secrets of the desk's rows, in order. Raises ``Refused``."""
    keys: dict[int, TrustedKey] = {}
    for epoch in {row.recipient_key_epoch for row in rows}:
        inbox = unlocked.role_keys(agency.id, KeyName.INBOX, epoch)
        keys[epoch] = TrustedKey(inbox.public, epoch, agency.id)
    return unlocked.open_grants(
        [(row, _info(row, VIEW_REFERRAL, keys[row.recipient_key_epoch])) for row in rows]
    )


def open_identity_secret(unlocked: Unlocked, row: ReferralUserPermission) -> bytes:
    """Return the identity part's secret of the accepting worker's own row. Raises ``Refused``."""
    return unlocked.open_grant(row, _info(row, VIEW_IDENTITY, own_key(unlocked)))


def end_recipient(referral: Referral) -> None:
    """Delete every permission of the recipient's people: desk and worker."""
    ReferralGroupPermission.objects.filter(content_object=referral).delete()
    ReferralUserPermission.objects.filter(
        content_object=referral, permission_id=permission_id(VIEW_IDENTITY)
    ).delete()


def end_everybody(referral: Referral) -> None:
    """Delete every permission on a referral, the sender's too."""
    ReferralGroupPermission.objects.filter(content_object=referral).delete()
    ReferralUserPermission.objects.filter(content_object=referral).delete()


# --- Ends ---


def end_case(*, case: Case, person_id: UUID) -> int:
    """Delete somebody's permissions on one case; return how many there were."""
    return CaseUserPermission.objects.filter(content_object=case, user_id=person_id).delete()[0]


def end_sender(*, referral_ids: Sequence[UUID], person_id: UUID) -> None:
    """Delete somebody's reading of sent referrals."""
    ReferralUserPermission.objects.filter(
        content_object_id__in=referral_ids, user_id=person_id, permission_id=permission_id(SEND_REFERRAL)
    ).delete()


def forget_person(*, person: Person, **_: Any) -> None:
    """Delete all permissions of a person who leaves; the cases they held are due for new keys."""
    rows = CaseUserPermission.objects.filter(user=person)
    Case.objects.filter(pk__in=rows.values("content_object_id")).update(rotation_due=True)
    rows.delete()
    ReferralUserPermission.objects.filter(user=person).delete()


# --- Inside ---


def _referral_row(
    unlocked: Unlocked, referral: Referral, person: Person, key: TrustedKey, permission: str
) -> ReferralUserPermission:
    return ReferralUserPermission(
        user=person,
        permission_id=permission_id(permission),
        content_object=referral,
        key_epoch=referral.epoch,
        recipient_key_epoch=key.epoch,
        granted_by=unlocked.person,
    )


def _keep(unlocked: Unlocked, row: RowT, key: TrustedKey, permission: str, secret: bytes) -> RowT:
    grant = wrap(secret, _info(row, permission, key), key.public, unlocked.keys)
    row.wrapped_key, row.signature = grant.wrapped, grant.signature
    row.save(force_insert=True)
    return row


def _info(row: Row, permission: str, key: TrustedKey) -> Info:
    """Return what a row says, from the row's own columns: a changed column is another grant."""
    if isinstance(row, ReferralGroupPermission):
        recipient = trust.role_recipient(key.agency, KeyName.INBOX)
    else:
        recipient = str(row.user_id)
    return Info(
        kind="referral" if isinstance(row, _OF_REFERRALS) else "case",
        object=str(row.content_object_id),
        epoch=row.key_epoch,
        section=_PART_OF.get(permission, ""),
        recipient=recipient,
        recipient_epoch=row.recipient_key_epoch,
        recipient_fingerprint=key.public.fingerprint,
        rights=permission,
        not_after=_seconds(row.expires_at),
        granter=str(row.granted_by_id),
    )


def _handover_info(referral: Referral, key: TrustedKey) -> Info:
    return Info(
        kind="referral-handover",
        object=str(referral.id),
        epoch=referral.epoch,
        section="identity",
        recipient=trust.role_recipient(referral.recipient_agency_id, KeyName.INBOX),
        recipient_epoch=key.epoch,
        recipient_fingerprint=key.public.fingerprint,
        rights="accept",
        # The end of her consent is signed: moving the date in the database closes the door for good.
        not_after=_seconds(referral.handover_until),
        granter=str(referral.sent_by_id),
    )


def _open_once(unlocked: Unlocked, grant: Grant, info: Info, granter: UUID) -> bytes:
    """Open a role's grant in full and keep no quick copy of it: it must not outlive its moment."""
    keys = unlocked.role_keys(unlocked.agency, KeyName.INBOX, info.recipient_epoch)
    for signing_key in trust.signing_keys_of(unlocked, granter):
        try:
            return unwrap(grant, info, keys, signing_key)
        except Refused:
            continue
    raise Refused


def _whole_seconds(moment: datetime | None) -> datetime | None:
    return moment.replace(microsecond=0) if moment else None


def _seconds(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0
