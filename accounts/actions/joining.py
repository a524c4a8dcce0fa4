"""A new colleague: invited on paper, makes their own keys, is activated after comparing numbers.

Until an administrator signed the keys the person can do nothing: nobody wraps anything to them.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from accounts import entries, minting, names, trust
from accounts.actions import slow_down
from accounts.actions.roles import check_roles_for, give_keys, put_roles
from accounts.errors import CodeUnknown, KeysChanged, NameAlike, NameTaken, NotAllowed
from accounts.models import Agency, Invitation, Membership, Person, PersonKey
from accounts.roles import KeyName
from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from vault import codes
from vault.envelope import Context, seal, unseal
from vault.errors import Refused
from vault.kdf import derive, keyed_hash, plain_hash, same

INVITATION_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """The invited person and the code to write on paper; the code is kept nowhere."""

    person: Person
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewColleague:
    """A colleague with fresh keys: what they print, and the number they read to the administrator."""

    person: Person
    papers: minting.Papers = field(repr=False)
    safety_number: str


def invite(
    unlocked: Unlocked,
    *,
    name: str,
    display_name: str,
    roles: Collection[str],
    trained_until: date | None,
    code_signed_until: date | None,
) -> NewInvitation:
    """Invite somebody for seven days. Raises Refused (no root key), NameTaken, RolesApart, and
    NameAlike where colleagues could not tell the new person from another one on a page."""
    root = unlocked.role_keys(unlocked.agency, KeyName.ROOT)
    check_roles_for(frozenset(roles))
    trusted_root = trust.own_root(unlocked)
    code = codes.new_code()
    check_key = _check_key(code)
    try:
        with transaction.atomic():
            _tell_apart(unlocked, display_name)
            person = Person.objects.create(
                agency=unlocked.agency, name=names.fold(name), display_name=names.visible(display_name)
            )
            Membership.objects.create(
                person=person, trained_until=trained_until, code_signed_until=code_signed_until
            )
            Invitation.objects.create(
                person=person,
                invited_by=unlocked.person,
                code_hash=_code_hash(code),
                roles=sorted(map(str, roles)),
                root_fingerprint=trusted_root.public.fingerprint,
                root_epoch=trusted_root.epoch,
                root_check=_root_check(check_key, person, trusted_root.public.fingerprint),
                sealed_check_key=seal(root.derive("invitations"), check_key, _context(person, roles)),
                expires_at=unlocked.now.replace(second=0, microsecond=0) + INVITATION_LIFE,
            )
            _record(unlocked, entries.INVITED, person)
    except IntegrityError:
        raise NameTaken from None
    return NewInvitation(person, code)


def find_invitation(*, code: str, address: str, now: datetime) -> Invitation:
    """Return the open invitation of a typed code. Raises SlowDown, CodeUnknown."""
    slow_down.attempt([(slow_down.INVITATION, slow_down.address_prefix(address))], now=now)
    try:
        code_hash = _code_hash(code)
    except Refused:
        raise CodeUnknown from None
    invitation = (
        Invitation.objects.select_related("person__agency")
        .filter(code_hash=code_hash, accepted_at__isnull=True, expires_at__gt=now)
        .first()
    )
    if invitation is None:
        raise CodeUnknown
    return invitation


def accept_invitation(
    *, code: str, password: str, with_card: bool, address: str, now: datetime
) -> NewColleague:
    """Make the colleague's keys under their own password, bound to the paper code.

    Raises SlowDown, CodeUnknown, WeakPassword, and Refused when the root in the database is not
    the one the code was made with.
    """
    found = find_invitation(code=code, address=address, now=now)
    names.check_password(password, found.person.name, found.person.display_name)
    check_key = _check_key(code)
    expected = _root_check(check_key, found.person, bytes(found.root_fingerprint))
    if not same(expected, bytes(found.root_check)):
        raise Refused
    with transaction.atomic():
        # Two browsers with one code: the second finds it used.
        if not Invitation.objects.filter(pk=found.pk, accepted_at__isnull=True).update(
            accepted_at=now.replace(second=0, microsecond=0)
        ):
            raise CodeUnknown
        person = found.person
        _, key, papers = minting.new_person_keys(
            person,
            password=password,
            with_card=with_card,
            root_fingerprint=bytes(found.root_fingerprint),
        )
        Invitation.objects.filter(pk=found.pk).update(
            keys_check=_keys_check(check_key, person, bytes(key.fingerprint))
        )
        record(
            entries.ACCEPTED,
            agency=person.agency_id,
            actor=person.id,
            kind="person",
            object=str(person.id),
        )
    return NewColleague(person, papers, minting.public_keys(key).safety_number)


def activate(unlocked: Unlocked, *, person: Person, compared_fingerprint: bytes) -> list[KeyName]:
    """Sign a colleague's keys, give the invited roles, wrap the role keys the administrator holds.

    ``compared_fingerprint`` is the one whose number was on the administrator's page. Returns the
    names of the keys that a colleague who holds them must still hand over. Raises KeysChanged when
    the keys are others, or were not made with the paper code.
    """
    root = unlocked.role_keys(unlocked.agency, KeyName.ROOT)
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update()
            .filter(person=person, person__agency=unlocked.agency, accepted_at__isnull=False)
            .first()
        )
        key = PersonKey.objects.filter(person=person, epoch=1, revoked_on__isnull=True).first()
        if invitation is None or key is None or person.is_active or person.removed_on is not None:
            raise NotAllowed
        public = minting.public_keys(key)
        try:
            check_key = unseal(
                root.derive("invitations"),
                bytes(invitation.sealed_check_key),
                _context(person, invitation.roles),
            )
        except Refused:
            raise KeysChanged from None
        expected = _keys_check(check_key, person, public.fingerprint)
        if not same(public.fingerprint, compared_fingerprint) or not same(
            expected, bytes(invitation.keys_check or b"")
        ):
            raise KeysChanged
        minting.sign_person_key(key, agency=unlocked.agency.id, root=root, root_epoch=invitation.root_epoch)
        roles = check_roles_for(frozenset(invitation.roles))
        person.is_active = True
        person.save(update_fields=["is_active"])
        put_roles(unlocked, person, roles)
        waiting = give_keys(unlocked, person, roles)
        invitation.delete()
        _record(unlocked, entries.ACTIVATED, person)
    return waiting


def withdraw_invitation(unlocked: Unlocked, *, person: Person) -> None:
    """Take back an invitation that was not activated: the person's row and keys go with it."""
    unlocked.role_keys(unlocked.agency, KeyName.ROOT)
    with transaction.atomic():
        # Also when the paper's time ran out and the clock deleted the invitation itself.
        found = Person.objects.filter(
            pk=person.pk, agency=unlocked.agency, is_active=False, removed_on__isnull=True
        )
        if not found.exists():
            raise NotAllowed
        _record(unlocked, entries.REMOVED, person)
        person.delete()


def _tell_apart(unlocked: Unlocked, display_name: str) -> None:
    """Raise NameAlike where somebody of the agency has a name that looks the same.

    Cases are shared and handed over by these names: an administrator must not make a second one of whom a
    case is meant for.
    """
    Agency.objects.select_for_update().get(pk=unlocked.agency.pk)
    others = Person.objects.filter(agency=unlocked.agency, removed_on__isnull=True)
    wanted = names.looks_like(display_name)
    if not wanted or wanted in map(names.looks_like, others.values_list("display_name", flat=True)):
        raise NameAlike


def _check_key(code: str) -> bytes:
    return derive(codes.parse(code), "invitation")


def _code_hash(code: str) -> bytes:
    return plain_hash("hamroh/v1/invitation", codes.parse(code))


def _root_check(check_key: bytes, person: Person, fingerprint: bytes) -> bytes:
    return keyed_hash(check_key, "root", str(person.agency_id), str(person.pk), fingerprint)


def _keys_check(check_key: bytes, person: Person, fingerprint: bytes) -> bytes:
    return keyed_hash(check_key, "keys", str(person.agency_id), str(person.pk), fingerprint)


def _context(person: Person, roles: Collection[str]) -> Context:
    """Bind the roles too: a hand in the database must not add one before the activation signs them."""
    return Context(
        kind="invitation",
        agency=str(person.agency_id),
        object=str(person.pk),
        section="/".join(["check_key", *sorted(map(str, roles))]),
        epoch=1,
        revision=1,
    )


def _record(unlocked: Unlocked, action: Action, person: Person) -> None:
    record(
        action,
        agency=unlocked.agency.id,
        actor=unlocked.person.id,
        kind="person",
        object=str(person.pk),
    )
