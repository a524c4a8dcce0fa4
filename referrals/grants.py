"""Permission rows and the vault's grants: the only place that makes, opens or ends one.

A row is bound, by the granter's signature and by the key's own encryption, to the object, the
permission, the holder and the end it names. Change any of these in the database and it is refused.
Who may give what to whom is decided in ``actions``; who may look is decided in ``access``.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet

from accounts import trust
from accounts.models import Agency, Person, PersonKey, QuickWrap, RoleKey
from accounts.roles import KeyName
from accounts.trust import TrustedKey
from accounts.unlocked import Unlocked
from referrals.models import (
    Case,
    CaseTransfer,
    CaseUserPermission,
    EmergencyOpening,
    Referral,
    ReferralGroupPermission,
    ReferralUserPermission,
)
from vault.errors import Refused
from vault.grants import Grant, Info, check, unwrap, wrap
from vault.keys import KeyPair, PublicKeys
from vault.sections import part_secret

VIEW_CASE = "view_case"
EDIT_CASE = "edit_case"
VIEW_DOCUMENTS = "view_case_documents"
SEND_REFERRAL = "send_referral"
# What the owner of a case holds, each in a row without an end.
WHOLE_CASE = (VIEW_CASE, EDIT_CASE, VIEW_DOCUMENTS)
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
# What opens the opaque part: the desk's row, or a worker's own.
OpaqueRow = ReferralUserPermission | ReferralGroupPermission
RowT = TypeVar("RowT", CaseUserPermission, ReferralUserPermission, ReferralGroupPermission)
AnyRow = TypeVar("AnyRow", CaseUserPermission, ReferralUserPermission, ReferralGroupPermission)


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


def give_owner(*, unlocked: Unlocked, case: Case, secret: bytes) -> None:
    """Make the signed-in person the owner of a case: one's own rows without an end."""
    for permission in WHOLE_CASE:
        give_case(
            unlocked=unlocked,
            case=case,
            person=unlocked.person,
            key=own_key(unlocked),
            permission=permission,
            secret=secret,
            expires_at=None,
        )


def is_genuine(unlocked: Unlocked, row: CaseUserPermission, key: TrustedKey) -> bool:
    """Say whether a row of somebody else was signed, just as it stands, by the granter it names.

    ``key`` is the holder's. What is wrapped in it cannot be seen: whom to believe is for the caller to say.
    """
    if key.epoch != row.recipient_key_epoch:
        return False
    grant = Grant(bytes(row.wrapped_key), bytes(row.signature))
    try:
        signing_keys = trust.signing_keys_of(unlocked, row.granted_by_id)
    except Refused:
        return False
    for signing_key in signing_keys:
        try:
            check(grant, _info(row, row.permission.codename, key), signing_key)
        except Refused:
            continue
        return True
    return False


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


def open_share(*, unlocked: Unlocked, case: Case, letter: str) -> bytes:
    """Open one of a case's two shares with the role's key that one holds. Raises ``Refused``.

    For an emergency opening only. No quick copy is kept of it.
    """
    name = KeyName.CONTINUITY_A if letter == "a" else KeyName.CONTINUITY_B
    epoch = getattr(case, f"share_{letter}_key_epoch")
    keys = unlocked.role_keys(case.agency_id, name, epoch)
    info = share_info(case, letter, TrustedKey(keys.public, epoch, case.agency_id))
    grant = Grant(bytes(getattr(case, f"share_{letter}")), bytes(getattr(case, f"share_{letter}_signature")))
    return _unwrap_signed(unlocked, grant, info, keys, case.shares_granted_by_id)


def release_share(*, unlocked: Unlocked, opening: EmergencyOpening, key: TrustedKey, share: bytes) -> None:
    """Wrap the custodians' share to who asked for the opening, signed by the custodian."""
    opening.recipient_key_epoch = key.epoch
    grant = wrap(share, _release_info(opening, key), key.public, unlocked.keys)
    opening.share_b, opening.share_b_signature = grant.wrapped, grant.signature


def open_released_share(*, unlocked: Unlocked, opening: EmergencyOpening) -> bytes:
    """Return the share that a custodian released to oneself. Raises ``Refused``."""
    if opening.released_by_id is None:
        raise Refused
    grant = Grant(bytes(opening.share_b), bytes(opening.share_b_signature))
    info = _release_info(opening, own_key(unlocked))
    return _unwrap_signed(unlocked, grant, info, unlocked.keys, opening.released_by_id)


def _release_info(opening: EmergencyOpening, key: TrustedKey) -> Info:
    return Info(
        kind="case-emergency",
        object=f"{opening.case_id}/{opening.id}",
        epoch=opening.key_epoch,
        section="share_b",
        recipient=str(opening.asked_by_id),
        recipient_epoch=opening.recipient_key_epoch,
        recipient_fingerprint=key.public.fingerprint,
        rights="open",
        not_after=_seconds(opening.ends_at),
        granter=str(opening.released_by_id),
    )


def give_transfer(*, unlocked: Unlocked, transfer: CaseTransfer, key: TrustedKey, secret: bytes) -> None:
    """Fill an offer's grant: the secret that opens what is sealed in it, for one colleague."""
    transfer.recipient_key_epoch = key.epoch
    grant = wrap(secret, _transfer_info(transfer, key), key.public, unlocked.keys)
    transfer.wrapped_key, transfer.signature = grant.wrapped, grant.signature


def open_transfer(*, unlocked: Unlocked, transfer: CaseTransfer) -> bytes:
    """Return the secret of an offer made to oneself. Raises ``Refused``. No quick copy is kept of it."""
    grant = Grant(bytes(transfer.wrapped_key), bytes(transfer.signature))
    info = _transfer_info(transfer, own_key(unlocked))
    return _unwrap_signed(unlocked, grant, info, unlocked.keys, transfer.offered_by_id)


def _transfer_info(transfer: CaseTransfer, key: TrustedKey) -> Info:
    return Info(
        kind="case-transfer",
        object=f"{transfer.case_id}/{transfer.id}",
        epoch=transfer.key_epoch,
        section="shares end" if transfer.ends_shares else "shares stay",
        recipient=str(transfer.offered_to_id),
        recipient_epoch=transfer.recipient_key_epoch,
        recipient_fingerprint=key.public.fingerprint,
        rights="take",
        not_after=_seconds(transfer.expires_at),
        granter=str(transfer.offered_by_id),
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


def open_handover(*, unlocked: Unlocked, referral: Referral) -> bytes:
    """Open the handover with the inbox key; return the identity part's secret. Raises ``Refused``.

    Called with the referral's row locked, by acceptance and by taking up what a colleague left: this is the
    moment from which the identity can be read, and it works once.
    """
    if _seconds(referral.consent_expires_at) > _seconds(referral.handover_until):
        raise Refused
    inbox = unlocked.role_keys(referral.recipient_agency_id, KeyName.INBOX, referral.handover_key_epoch)
    desk_key = TrustedKey(inbox.public, referral.handover_key_epoch, referral.recipient_agency_id)
    grant = Grant(bytes(referral.handover), bytes(referral.handover_signature))
    return _open_once(unlocked, grant, _handover_info(referral, desk_key), _gave_handover(referral))


def give_worker(
    *, unlocked: Unlocked, referral: Referral, person: Person, key: TrustedKey, opaque: bytes, identity: bytes
) -> None:
    """Let one person of the recipient read both parts: a row each, with that part's secret."""
    for permission, secret in ((VIEW_REFERRAL, opaque), (VIEW_IDENTITY, identity)):
        row = _referral_row(unlocked, referral, person, key, permission)
        row.expires_at = _whole_seconds(referral.consent_expires_at)
        _keep(unlocked, row, key, permission, secret)


def open_sender_secrets(unlocked: Unlocked, rows: Sequence[ReferralUserPermission]) -> list[bytes]:
    """Return the packet secrets of the sender's own rows, in order. Raises ``Refused``."""
    key = own_key(unlocked)
    return unlocked.open_grants([(row, _info(row, SEND_REFERRAL, key)) for row in rows])


def open_opaque_secrets(unlocked: Unlocked, rows: Sequence[OpaqueRow], agency: Agency) -> list[bytes]:
    """Return the opaque parts' secrets, in order: of the desk's rows, or of one's own. Raises ``Refused``."""
    mine = own_key(unlocked)
    desk: dict[int, TrustedKey] = {}
    for epoch in {row.recipient_key_epoch for row in rows if isinstance(row, ReferralGroupPermission)}:
        inbox = unlocked.role_keys(agency.id, KeyName.INBOX, epoch)
        desk[epoch] = TrustedKey(inbox.public, epoch, agency.id)
    keys = [
        desk[row.recipient_key_epoch] if isinstance(row, ReferralGroupPermission) else mine for row in rows
    ]
    return unlocked.open_grants(
        [(row, _info(row, VIEW_REFERRAL, key)) for row, key in zip(rows, keys, strict=True)]
    )


def open_identity_secret(unlocked: Unlocked, row: ReferralUserPermission) -> bytes:
    """Return the identity part's secret of the accepting worker's own row. Raises ``Refused``."""
    return unlocked.open_grant(row, _info(row, VIEW_IDENTITY, own_key(unlocked)))


def end_desk(referral: Referral) -> None:
    """Delete the desk's permission, and every quick copy of its key: somebody has taken it."""
    _drop(ReferralGroupPermission.objects.filter(content_object=referral))


def end_worker(*, referral: Referral, person_id: UUID) -> None:
    """Delete one worker's permissions and the quick copies of their keys."""
    _drop(workers_rows(referral).filter(user_id=person_id))


def workers_rows(referral: Referral) -> QuerySet[ReferralUserPermission]:
    """Return the rows of the recipient's workers: two for each of them."""
    both = [permission_id(VIEW_REFERRAL), permission_id(VIEW_IDENTITY)]
    return ReferralUserPermission.objects.filter(content_object=referral, permission_id__in=both)


def end_recipient(referral: Referral) -> None:
    """Delete every permission of the recipient's people: desk and workers."""
    ReferralGroupPermission.objects.filter(content_object=referral).delete()
    workers_rows(referral).delete()


def end_everybody(referral: Referral) -> None:
    """Delete every permission on a referral, the sender's too."""
    ReferralGroupPermission.objects.filter(content_object=referral).delete()
    ReferralUserPermission.objects.filter(content_object=referral).delete()


# --- Ends ---


def end_case(*, case: Case, person_id: UUID) -> int:
    """Delete somebody's permissions on one case; return how many there were."""
    return _drop(CaseUserPermission.objects.filter(content_object=case, user_id=person_id))


def end_all(case: Case) -> None:
    """Delete everybody's permissions on one case: its keys are being renewed."""
    _drop(CaseUserPermission.objects.filter(content_object=case))


def end_others(*, case: Case, person_id: UUID) -> list[UUID]:
    """Delete the permissions of everybody but one on a case; return whose there were."""
    rows = CaseUserPermission.objects.filter(content_object=case).exclude(user_id=person_id)
    people = list(rows.order_by("user_id").values_list("user_id", flat=True).distinct())
    _drop(rows)
    return people


def end_owner(*, case: Case) -> list[UUID]:
    """Delete the rows without an end: who had the case has left, or may not work with cases any more."""
    rows = CaseUserPermission.objects.filter(content_object=case, expires_at__isnull=True)
    people = list(rows.order_by("user_id").values_list("user_id", flat=True).distinct())
    _drop(rows)
    return people


def end_over(*, case: Case, now: datetime) -> list[UUID]:
    """Delete the permissions on a case whose end has come; return whose there were."""
    rows = CaseUserPermission.objects.filter(content_object=case, expires_at__lte=now)
    people = list(rows.order_by("user_id").values_list("user_id", flat=True).distinct())
    _drop(rows)
    return people


def end_sender(*, referral_ids: Sequence[UUID], person_id: UUID) -> None:
    """Delete somebody's reading of sent referrals."""
    _drop(
        ReferralUserPermission.objects.filter(
            content_object_id__in=referral_ids,
            user_id=person_id,
            permission_id=permission_id(SEND_REFERRAL),
        )
    )


def end_senders_but(*, referral_ids: Sequence[UUID], stay: Collection[UUID]) -> None:
    """Delete the reading of sent referrals of everybody who does not hold their case."""
    rows = ReferralUserPermission.objects.filter(
        content_object_id__in=referral_ids, permission_id=permission_id(SEND_REFERRAL)
    )
    _drop(rows.exclude(user_id__in=stay))


def forget_case(case: Case, *, unlocked: Unlocked | None = None) -> None:
    """Delete every wrap of a case's secret, the quick ones too."""
    _drop(CaseUserPermission.objects.filter(content_object=case), unlocked)


def forget_sent(referral_ids: Sequence[UUID], *, unlocked: Unlocked) -> None:
    """Delete every wrap of the secrets of packets that were sent, the quick ones too."""
    _drop(
        ReferralUserPermission.objects.filter(
            content_object_id__in=referral_ids, permission_id=permission_id(SEND_REFERRAL)
        ),
        unlocked,
    )


def forget_worker(*, person: Person) -> None:
    """Delete all permissions of a person on what was sent to their agency; what they sent stays theirs."""
    _drop(
        ReferralUserPermission.objects.filter(
            user=person, permission_id__in=[permission_id(VIEW_REFERRAL), permission_id(VIEW_IDENTITY)]
        )
    )


def forget_person(*, person: Person) -> None:
    """Delete all permissions of a person who leaves; the cases they held are due for new keys."""
    rows = CaseUserPermission.objects.filter(user=person)
    Case.objects.filter(pk__in=rows.values("content_object_id")).update(rotation_due=True)
    rows.delete()
    ReferralUserPermission.objects.filter(user=person).delete()


# --- Inside ---


def _drop(rows: QuerySet[AnyRow], unlocked: Unlocked | None = None) -> int:
    """Delete permission rows with the quick copies of the keys in them; return how many rows there were.

    A quick copy opens nothing without its row. It goes all the same: what somebody no longer may open
    should not lie about, sealed under a key that they keep. ``unlocked`` has made some in this request
    that are not written yet.
    """
    found = list(rows.select_related("permission"))
    digests = [one for row in found if (one := _digest(row, row.permission.codename)) is not None]
    QuickWrap.objects.filter(digest__in=digests).delete()
    if unlocked is not None:
        for digest in digests:
            unlocked.forget_quick(digest)
    rows.delete()
    return len(found)


def _digest(row: AnyRow, permission: str) -> bytes | None:
    """Return what a quick copy of this row's key is found by; None for a key that is not there any more."""
    holder: PersonKey | RoleKey | None
    if isinstance(row, ReferralGroupPermission):
        agency = row.content_object.recipient_agency_id
        name = KeyName.INBOX
        holder = RoleKey.objects.filter(agency=agency, name=name, epoch=row.recipient_key_epoch).first()
    else:
        agency = row.user.agency_id
        holder = PersonKey.objects.filter(person=row.user_id, epoch=row.recipient_key_epoch).first()
    if holder is None:
        return None
    try:
        key = TrustedKey(PublicKeys.from_bytes(bytes(holder.public)), holder.epoch, agency)
    except Refused:
        return None
    grant = Grant(bytes(row.wrapped_key), bytes(row.signature))
    return grant.digest(_info(row, permission, key))


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
        granter=str(_gave_handover(referral)),
    )


def _gave_handover(referral: Referral) -> UUID:
    return referral.handover_by_id or referral.sent_by_id


def _open_once(unlocked: Unlocked, grant: Grant, info: Info, granter: UUID) -> bytes:
    """Open a role's grant in full and keep no quick copy of it: it must not outlive its moment."""
    keys = unlocked.role_keys(unlocked.agency, KeyName.INBOX, info.recipient_epoch)
    return _unwrap_signed(unlocked, grant, info, keys, granter)


def _unwrap_signed(unlocked: Unlocked, grant: Grant, info: Info, keys: KeyPair, granter: UUID) -> bytes:
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
