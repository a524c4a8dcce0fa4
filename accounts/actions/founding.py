"""First set-up of an agency: its keys, its first people, and a test decryption before it says done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts import entries, minting, names, trust
from accounts.errors import NameTaken, RolesApart, SetUpIncomplete
from accounts.models import Agency, Membership, Person, PersonKey, Role, RoleKey, RoleKeyHolding, Slot
from accounts.roles import APART, KeyName, RoleName, keys_of
from accounts.unlocked import Unlocked
from audit.actions import open_log, record
from vault import codes, slots
from vault.kdf import new_secret
from vault.keys import KeyPair

_NEEDED = {RoleName.ADMINISTRATOR, RoleName.SUPERVISOR, RoleName.CUSTODIAN}


@dataclass(frozen=True, slots=True)
class Founder:
    """One of the people an agency starts with."""

    name: str
    display_name: str
    roles: frozenset[str]
    password: str = field(repr=False)
    with_card: bool = True


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """A founder after the set-up, with what must be printed now."""

    person: Person
    papers: minting.Papers = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Made:
    founder: Founder
    person: Person
    seed: bytes = field(repr=False)
    key: PersonKey
    papers: minting.Papers = field(repr=False)


@transaction.atomic
def create_agency(
    *,
    name: str,
    founders: Sequence[Founder],
    does_casework: bool,
    provides_services: bool,
    trained_until: date | None = None,
    code_signed_until: date | None = None,
) -> list[FirstPerson]:
    """Create an agency with all its keys, its first people and its access log.

    The founders must include an administrator, a supervisor and a key custodian (never the same
    person for the last two). Every key is opened once with what each founder will use, before
    anything is committed. Raises SetUpIncomplete, RolesApart, NameTaken, WeakPassword, Refused.
    """
    _check(founders)
    agency = Agency.objects.create(
        name=name, does_casework=does_casework, provides_services=provides_services
    )
    roles = {
        role: Role.objects.create(
            agency=agency, name=role, group=Group.objects.create(name=f"{agency.id}/{role}")
        )
        for role in RoleName
    }
    seeds = {key: new_secret() for key in KeyName}
    root = KeyPair.from_seed(seeds[KeyName.ROOT])
    role_keys = {
        key: minting.new_role_key(agency, key, epoch=1, seed=seeds[key], root=root, root_epoch=1)
        for key in KeyName
    }
    made = [_make(agency, founder, root) for founder in founders]
    for one in made:
        one.person.groups.set([roles[RoleName(role)].group for role in one.founder.roles])
        Membership.objects.create(
            person=one.person,
            trained_until=trained_until,
            code_signed_until=code_signed_until,
            roles_revision=1,
            roles_signature=root.sign(
                trust.roles_message(
                    agency=agency.id, person=one.person.id, revision=1, roles=one.founder.roles
                )
            ),
        )
    granter = next(one for one in made if RoleName.ADMINISTRATOR in one.founder.roles)
    _hand_out(made, role_keys, seeds, granter)
    for one in made:
        _test_decryption(one, role_keys)
    open_log(agency=agency.id)
    record(
        entries.AGENCY_CREATED,
        agency=agency.id,
        actor=granter.person.id,
        kind="agency",
        object=str(agency.id),
    )
    return [FirstPerson(one.person, one.papers) for one in made]


def _check(founders: Sequence[Founder]) -> None:
    held = {RoleName(role) for founder in founders for role in founder.roles}
    if not held >= _NEEDED:
        raise SetUpIncomplete
    folded = [names.fold(founder.name) for founder in founders]
    if len(set(folded)) < len(folded) or Person.objects.filter(name__in=folded).exists():
        raise NameTaken
    for founder in founders:
        if founder.roles >= set(APART):
            raise RolesApart
        names.check_password(founder.password, founder.name, founder.display_name)


def _make(agency: Agency, founder: Founder, root: KeyPair) -> _Made:
    person = Person.objects.create(
        agency=agency,
        name=names.fold(founder.name),
        display_name=founder.display_name,
        is_active=True,
    )
    seed, key, papers = minting.new_person_keys(
        person,
        password=founder.password,
        with_card=founder.with_card,
        root_fingerprint=root.public.fingerprint,
    )
    minting.sign_person_key(key, agency=agency.id, root=root, root_epoch=1)
    return _Made(founder=founder, person=person, seed=seed, key=key, papers=papers)


def _hand_out(
    made: list[_Made], role_keys: dict[KeyName, RoleKey], seeds: dict[KeyName, bytes], granter: _Made
) -> None:
    granter_keys = KeyPair.from_seed(granter.seed)
    for one in made:
        for name in keys_of(one.founder.roles):
            minting.hold(
                role_keys[name],
                seed=seeds[name],
                person=one.person,
                key=trust.TrustedKey(minting.public_keys(one.key), one.key.epoch, one.person.agency_id),
                granter=granter.person,
                keys=granter_keys,
            )


def _test_decryption(one: _Made, role_keys: dict[KeyName, RoleKey]) -> None:
    """Open everything from the printed papers, as this person will; Refused undoes the set-up."""
    for kind, secret, card in (
        (Slot.Kind.PASSWORD_AND_CARD if one.papers.card else Slot.Kind.PASSWORD, one.founder.password, True),
        (Slot.Kind.RECOVERY, one.papers.recovery_code, False),
    ):
        row = Slot.objects.get(person=one.person, kind=kind)
        seed = slots.open_slot(
            slots.Slot(bytes(row.salt), bytes(row.verifier_hash), bytes(row.sealed)),
            kind=kind.value,
            owner=str(one.person.id),
            secret=secret,
            pepper=minting.pepper(),
            card=codes.parse(one.papers.card) if card and one.papers.card else None,
            cost=settings.KDF_COST,
        )
        person = Person.objects.select_related("agency", "membership").get(pk=one.person.pk)
        unlocked = Unlocked(person=person, seed=seed, now=timezone.now())
        for name in keys_of(one.founder.roles):
            unlocked.role_keys(person.agency, name)
    held = RoleKeyHolding.objects.filter(person=one.person, role_key__in=role_keys.values()).count()
    if held != len(keys_of(one.founder.roles)):
        raise SetUpIncomplete
