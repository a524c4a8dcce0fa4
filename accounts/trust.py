"""Whose public keys may be believed. What the database says is believed only when it is signed.

The chain: the root's fingerprint is pinned in the signed-in person's own keyring; that root signs
the keys of the agency's people and roles, and the agreements with partner agencies; an agreement
names the fingerprint of the partner's root. A key substituted anywhere in the database breaks the
chain and is ``Refused``. Only what is signed and checked here; who may do what is elsewhere.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from accounts.models import Agreement, Membership, PersonKey, RoleKey
from accounts.roles import KeyName
from vault.canonical import canonical
from vault.errors import Refused
from vault.grants import Info
from vault.kdf import same
from vault.keys import PublicKeys, verify

if TYPE_CHECKING:
    from accounts.unlocked import Unlocked


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """Public keys whose chain was checked, with their epoch."""

    public: PublicKeys
    epoch: int
    agency: UUID


# --- What the root signs ---


def person_key_message(*, agency: UUID, person: UUID, epoch: int, public: bytes) -> bytes:
    """Return the bytes the root signs for a person's key."""
    return canonical("hamroh/v1/person-key", str(agency), str(person), epoch, public)


def role_key_message(*, agency: UUID, name: str, epoch: int, public: bytes) -> bytes:
    """Return the bytes the root signs for a role's key, and for itself."""
    return canonical("hamroh/v1/role-key", str(agency), str(name), epoch, public)


def roles_message(*, agency: UUID, person: UUID, revision: int, roles: frozenset[str]) -> bytes:
    """Return the bytes the root signs for the list of roles somebody holds."""
    return canonical("hamroh/v1/roles", str(agency), str(person), revision, *sorted(map(str, roles)))


def agreement_message(*, agency: UUID, partner: UUID, root: bytes, valid_until: date) -> bytes:
    """Return the bytes the root signs for an information-sharing agreement."""
    return canonical("hamroh/v1/agreement", str(agency), str(partner), root, valid_until.isoformat())


def holding_info(role_key: RoleKey, *, person: UUID, key: TrustedKey, granter: UUID) -> Info:
    """Return what the grant of a role key's seed to one person says."""
    return Info(
        kind="role_key",
        object=str(role_key.id),
        epoch=role_key.epoch,
        section=role_key.name,
        recipient=str(person),
        recipient_epoch=key.epoch,
        recipient_fingerprint=key.public.fingerprint,
        rights="hold",
        not_after=0,
        granter=str(granter),
    )


def role_recipient(agency: UUID, name: str) -> str:
    """Return how a grant's info names a role as the recipient."""
    return f"role:{agency}:{name}"


def parse_role_recipient(recipient: str) -> tuple[UUID, str] | None:
    """Return agency and key name when the recipient is a role, None when it is a person."""
    kind, _, rest = recipient.partition(":")
    agency, _, name = rest.partition(":")
    if kind != "role" or not name:
        return None
    try:
        return UUID(agency), name
    except ValueError:
        raise Refused from None


# --- Checking the chain ---


def own_root(unlocked: "Unlocked") -> TrustedKey:
    """Return the root of the person's own agency: the one pinned in their keyring, no other."""
    pinned = bytes.fromhex(unlocked.keyring.get("root", ""))
    return _root(unlocked, unlocked.agency.id, pinned)


def root_of(unlocked: "Unlocked", agency: UUID, *, today: date | None = None) -> TrustedKey:
    """Return the root of any agency: one's own, or a partner's through the signed agreement.

    With ``today`` the agreement must still be valid; without it (to check who signed something
    earlier) an agreement that ended is enough. Raises Refused.
    """
    if agency == unlocked.agency.id:
        return own_root(unlocked)
    agreement = Agreement.objects.filter(agency_id=unlocked.agency.id, partner_id=agency).first()
    if agreement is None or (today is not None and agreement.valid_until < today):
        raise Refused
    message = agreement_message(
        agency=unlocked.agency.id,
        partner=agency,
        root=bytes(agreement.partner_root_fingerprint),
        valid_until=agreement.valid_until,
    )
    verify(own_root(unlocked).public.sign, bytes(agreement.root_signature), message)
    return _root(unlocked, agency, bytes(agreement.partner_root_fingerprint))


def _root(unlocked: "Unlocked", agency: UUID, fingerprint: bytes) -> TrustedKey:
    known = unlocked.roots.get((agency, fingerprint))
    if known is None:
        row = RoleKey.objects.filter(agency_id=agency, name=KeyName.ROOT, fingerprint=fingerprint).first()
        if row is None:
            raise Refused
        public = PublicKeys.from_bytes(bytes(row.public))
        if not same(public.fingerprint, fingerprint):
            raise Refused
        known = unlocked.roots[(agency, fingerprint)] = TrustedKey(public, row.epoch, agency)
    return known


def check_person_key(row: PersonKey, *, root: TrustedKey) -> TrustedKey:
    """Return the keys of the row if this root signed them for this very person, else Refused."""
    if row.root_signature is None:
        raise Refused
    message = person_key_message(
        agency=root.agency, person=row.person_id, epoch=row.epoch, public=bytes(row.public)
    )
    verify(root.public.sign, bytes(row.root_signature), message)
    return TrustedKey(PublicKeys.from_bytes(bytes(row.public)), row.epoch, root.agency)


def check_role_key(row: RoleKey, *, root: TrustedKey) -> TrustedKey:
    """Return the keys of the row if this root signed them for this very role, else Refused."""
    message = role_key_message(agency=root.agency, name=row.name, epoch=row.epoch, public=bytes(row.public))
    verify(root.public.sign, bytes(row.root_signature), message)
    return TrustedKey(PublicKeys.from_bytes(bytes(row.public)), row.epoch, root.agency)


def check_roles(membership: Membership, roles: frozenset[str], *, root: TrustedKey) -> None:
    """Raise Refused unless this root signed exactly these roles for this person."""
    if membership.roles_signature is None:
        raise Refused
    message = roles_message(
        agency=root.agency,
        person=membership.person_id,
        revision=membership.roles_revision,
        roles=roles,
    )
    verify(root.public.sign, bytes(membership.roles_signature), message)


def signing_keys_of(unlocked: "Unlocked", person: UUID) -> list[bytes]:
    """Return the signing keys this person has had, newest first: to check what they signed.

    Somebody who left is included: what they signed stays signed. Raises Refused.
    """
    known = unlocked.signers.get(person)
    if known is None:
        rows = list(
            PersonKey.objects.filter(person_id=person, root_signature__isnull=False)
            .select_related("person")
            .order_by("-epoch")
        )
        if not rows:
            raise Refused
        root = root_of(unlocked, rows[0].person.agency_id)
        known = unlocked.signers[person] = [check_person_key(row, root=root).public.sign for row in rows]
    return known


def current_person_key(unlocked: "Unlocked", person: UUID, *, today: date) -> TrustedKey:
    """Return the keys to wrap something to somebody now: active, signed, not revoked. Raises Refused."""
    row = (
        PersonKey.objects.filter(
            person_id=person, person__is_active=True, revoked_on__isnull=True, root_signature__isnull=False
        )
        .select_related("person")
        .order_by("-epoch")
        .first()
    )
    if row is None:
        raise Refused
    return check_person_key(row, root=root_of(unlocked, row.person.agency_id, today=today))


def current_role_key(unlocked: "Unlocked", agency: UUID, name: str, *, today: date) -> TrustedKey:
    """Return the keys to wrap something to a role now. Raises Refused."""
    row = (
        RoleKey.objects.filter(agency_id=agency, name=name, agency__is_active=True).order_by("-epoch").first()
    )
    if row is None:
        raise Refused
    return check_role_key(row, root=root_of(unlocked, agency, today=today))


def named_key(person: UUID, epoch: int, agency: UUID) -> TrustedKey | None:
    """Return a person's key as its row says it, *unchecked*: to name a grant, never to give or open one."""
    row = PersonKey.objects.filter(person_id=person, epoch=epoch).first()
    return TrustedKey(PublicKeys.from_bytes(bytes(row.public)), epoch, agency) if row else None
