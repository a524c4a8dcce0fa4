"""Makes new keys and the rows that hold them: people's slots, role keys, holdings.

Only building blocks: the ceremonies that call them (with their checks, transaction and log entry)
are in ``accounts.actions``.
"""

from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings

from accounts import trust
from accounts.models import Agency, Keyring, Person, PersonKey, RoleKey, RoleKeyHolding, Slot
from accounts.roles import KeyName
from vault import codes, slots
from vault.grants import wrap
from vault.kdf import new_secret
from vault.keyring import seal_keyring
from vault.keys import KeyPair, PublicKeys

PEPPER_VERSION = 1


def pepper() -> bytes:
    """Return the pepper of the server's configuration."""
    return str(settings.PEPPER).encode()


@dataclass(frozen=True, slots=True)
class Papers:
    """What is printed once and kept nowhere: the card (if the person has one), the recovery code."""

    card: str | None = field(repr=False)
    recovery_code: str = field(repr=False)


def new_person_keys(
    person: Person, *, password: str, with_card: bool, root_fingerprint: bytes
) -> tuple[bytes, PersonKey, Papers]:
    """Make a person's first seed, unsigned public key, slots and keyring with the pinned root."""
    seed, papers = new_secret(), new_papers(with_card=with_card)
    public = KeyPair.from_seed(seed).public
    row = PersonKey.objects.create(
        person=person, epoch=1, public=public.to_bytes(), fingerprint=public.fingerprint
    )
    content = {"root": root_fingerprint.hex(), "suite": public.suite, "epoch": row.epoch}
    sealed = seal_keyring(KeyPair.from_seed(seed), owner=str(person.id), revision=1, content=content)
    Keyring.objects.create(person=person, revision=1, sealed=sealed)
    new_slots(person, seed=seed, password=password, papers=papers)
    return seed, row, papers


def new_papers(*, with_card: bool, draw: str = "", known: bytes = b"") -> Papers:
    """Draw what is to be printed. One ``draw`` (a code) gives the same papers again, none gives any.

    Only together with what its person alone has, ``known``: whoever opened the form before them, and saw
    the draw in it, must not know their papers.
    """
    draw = draw or codes.new_code()
    card = codes.code_from(draw, "card", known=known) if with_card else None
    return Papers(card=card, recovery_code=codes.code_from(draw, "recovery", known=known))


def new_slots(person: Person, *, seed: bytes, password: str, papers: Papers) -> None:
    """Replace all of a person's slots: password (with the card, if there is one), recovery code."""
    card = codes.parse(papers.card) if papers.card else None
    person.slots.all().delete()
    put_password_slot(person, seed=seed, password=password, card=card)
    put_slot(person, kind=Slot.Kind.RECOVERY, seed=seed, secret=papers.recovery_code, card=None)


def put_password_slot(person: Person, *, seed: bytes, password: str, card: bytes | None) -> None:
    """Replace a person's password slot, with their card mixed in if they have one."""
    person.slots.filter(kind__startswith="password").delete()
    kind = Slot.Kind.PASSWORD if card is None else Slot.Kind.PASSWORD_AND_CARD
    put_slot(person, kind=kind, seed=seed, secret=password, card=card)


def put_slot(person: Person, *, kind: Slot.Kind, seed: bytes, secret: str, card: bytes | None) -> None:
    """Add one slot."""
    slot = slots.new_slot(
        kind=kind.value,
        owner=str(person.id),
        seed=seed,
        secret=secret,
        pepper=pepper(),
        card=card,
        cost=settings.KDF_COST,
    )
    Slot.objects.create(
        person=person,
        kind=kind,
        pepper_version=PEPPER_VERSION,
        salt=slot.salt,
        verifier_hash=slot.verifier_hash,
        sealed=slot.sealed,
    )


def new_role_key(
    agency: Agency, name: KeyName, *, epoch: int, seed: bytes, root: KeyPair, root_epoch: int
) -> RoleKey:
    """Add the public half of a role key, signed by the agency's root (the root signs itself)."""
    public = KeyPair.from_seed(seed).public
    message = trust.role_key_message(agency=agency.id, name=name, epoch=epoch, public=public.to_bytes())
    return RoleKey.objects.create(
        agency=agency,
        name=name,
        epoch=epoch,
        public=public.to_bytes(),
        fingerprint=public.fingerprint,
        root_epoch=root_epoch,
        root_signature=root.sign(message),
    )


def sign_person_key(row: PersonKey, *, agency: UUID, root: KeyPair, root_epoch: int) -> None:
    """Put the root's signature under a person's public key."""
    message = trust.person_key_message(
        agency=agency, person=row.person_id, epoch=row.epoch, public=bytes(row.public)
    )
    row.root_epoch, row.root_signature = root_epoch, root.sign(message)
    row.save(update_fields=["root_epoch", "root_signature"])


def hold(
    role_key: RoleKey, *, seed: bytes, person: Person, key: trust.TrustedKey, granter: Person, keys: KeyPair
) -> RoleKeyHolding:
    """Wrap a role key's seed to one person, signed by the granter."""
    info = trust.holding_info(role_key, person=person.id, key=key, granter=granter.id)
    grant = wrap(seed, info, key.public, keys)
    holding, _ = RoleKeyHolding.objects.update_or_create(
        person=person,
        role_key=role_key,
        defaults={
            "person_epoch": key.epoch,
            "wrapped_key": grant.wrapped,
            "signature": grant.signature,
            "granted_by": granter,
        },
    )
    return holding


def public_keys(row: PersonKey | RoleKey) -> PublicKeys:
    """Return the public keys in a row, unchecked: to show a safety number, never to wrap to."""
    return PublicKeys.from_bytes(bytes(row.public))
