"""Roles and the keys that come with them: giving, handing over, taking away, removing a person.

An administrator gives the role; the key of the role is handed over by a colleague who holds it.
So no administrator alone makes anybody (themselves included) a reader of the log, or of what an inbox
has received. A key that nobody holds any more begins anew, for what comes from then on.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from accounts import entries, minting, trust
from accounts.errors import LastHolder, NotAllowed, NotYourself, RolesApart
from accounts.models import Membership, NoticeChoice, Person, PersonKey, Role, RoleKey, RoleKeyHolding
from accounts.roles import APART, NEVER_WITHOUT_HOLDER, KeyName, RoleName, keys_of
from accounts.signals import person_removed, roles_changed
from accounts.unlocked import Unlocked
from audit.actions import record
from audit.registry import Action
from vault.errors import Refused
from vault.kdf import new_secret


def assign_role(unlocked: Unlocked, *, person: Person, roles: Collection[str]) -> list[KeyName]:
    """Set the roles of an active colleague; return the keys a holder must still hand over.

    Keys of roles taken away get a new epoch. Raises NotYourself, RolesApart, LastHolder, Refused
    (the caller holds no root key).
    """
    wanted = check_roles_for(frozenset(roles))
    unlocked.role_keys(unlocked.agency, KeyName.ROOT)
    if person.pk == unlocked.person.pk:
        raise NotYourself
    with transaction.atomic():
        person = _colleague(unlocked, person)
        lost = keys_of(roles_of(person)) - keys_of(wanted)
        _keep_one_holder(person, lost)
        put_roles(unlocked, person, wanted)
        _take_keys(unlocked, person, lost)
        waiting = give_keys(unlocked, person, wanted)
        roles_changed.send(sender=Person, person=person, roles=wanted, unlocked=unlocked)
        _record(unlocked, entries.ROLES_CHANGED, person)
    return waiting


def set_dates(
    unlocked: Unlocked, *, person: Person, trained_until: date | None, code_signed_until: date | None
) -> None:
    """Set until when a colleague's training and code of conduct are valid. Never one's own."""
    unlocked.role_keys(unlocked.agency, KeyName.ROOT)
    if person.pk == unlocked.person.pk:
        raise NotYourself
    with transaction.atomic():
        changed = Membership.objects.filter(person=person, person__agency=unlocked.agency).update(
            trained_until=trained_until, code_signed_until=code_signed_until
        )
        if not changed:
            raise NotAllowed
        _record(unlocked, entries.DATES_CHANGED, person)


def hand_over_key(unlocked: Unlocked, *, person: Person, name: str) -> None:
    """Wrap a role key one holds, in all epochs one holds, to a colleague who was given the role.

    The roles must be signed by the root, so that nobody who only writes in the database can wait
    for a kind colleague. Raises Refused, NotAllowed.
    """
    with transaction.atomic():
        person = _colleague(unlocked, person)
        roles = roles_of(person)
        trust.check_roles(person.membership, roles, root=trust.own_root(unlocked))
        if name not in keys_of(roles):
            raise NotAllowed
        _wrap_all_epochs(unlocked, person, KeyName(name))
        _record(unlocked, entries.KEY_HANDED_OVER, person, key=name)


def remove_person(unlocked: Unlocked, *, person: Person) -> None:
    """Remove a colleague at once: slots, sessions, keyring, holdings, roles, address and every grant.

    The row stays (the access log names it), and so do the public keys, revoked: older signatures
    stay verifiable. Every role key they held gets a new epoch. Raises NotYourself, LastHolder,
    Refused.
    """
    unlocked.role_keys(unlocked.agency, KeyName.ROOT)
    if person.pk == unlocked.person.pk:
        raise NotYourself
    with transaction.atomic():
        person = _colleague(unlocked, person)
        lost = keys_of(roles_of(person))
        _keep_one_holder(person, lost)
        person.is_active = False
        person.removed_on = unlocked.today
        person.save(update_fields=["is_active", "removed_on"])
        # Their private address for notices too: nobody writes to them any more.
        NoticeChoice.objects.filter(person=person).delete()
        for rows in (person.sessions, person.slots, person.quick_wraps, person.updates, person.notices):
            rows.all().delete()
        person.groups.clear()
        person.keyring.delete()
        PersonKey.objects.filter(person=person).update(revoked_on=unlocked.today)
        _take_keys(unlocked, person, lost)
        RoleKeyHolding.objects.filter(person=person).delete()
        person_removed.send(sender=Person, person=person, unlocked=unlocked)
        _record(unlocked, entries.REMOVED, person)


# --- Shared with the other ceremonies of this room ---


def check_roles_for(roles: frozenset[str]) -> frozenset[RoleName]:
    """Return the roles as names, or raise RolesApart, or NotAllowed for an unknown one."""
    try:
        wanted = frozenset(RoleName(role) for role in roles)
    except ValueError:
        raise NotAllowed from None
    if wanted >= set(APART):
        raise RolesApart
    return wanted


def roles_of(person: Person) -> frozenset[str]:
    """Return the roles a person holds in their agency."""
    held = Role.objects.filter(group__user=person, agency_id=person.agency_id)
    return frozenset(held.values_list("name", flat=True))


def put_roles(unlocked: Unlocked, person: Person, roles: frozenset[RoleName]) -> None:
    """Set the groups and have the root sign the list."""
    root = unlocked.role_keys(unlocked.agency, KeyName.ROOT)
    person.groups.set(
        Role.objects.filter(agency=unlocked.agency, name__in=roles).values_list("group_id", flat=True)
    )
    membership = Membership.objects.select_for_update().get(person=person)
    membership.roles_revision += 1
    message = trust.roles_message(
        agency=unlocked.agency.id, person=person.pk, revision=membership.roles_revision, roles=roles
    )
    membership.roles_signature = root.sign(message)
    membership.save(update_fields=["roles_revision", "roles_signature"])


def give_keys(unlocked: Unlocked, person: Person, roles: frozenset[RoleName]) -> list[KeyName]:
    """Wrap what the giver holds; start afresh a key nobody holds; return what must be handed over."""
    waiting = []
    held = RoleKeyHolding.objects.filter(person=person).values_list("role_key__name", flat=True)
    for name in sorted(keys_of(roles) - set(held)):
        if unlocked.held_epochs(name):
            _wrap_all_epochs(unlocked, person, name)
        elif _has_holder(unlocked, name):
            waiting.append(name)
        else:
            # Nobody can read what this key received; from now on this person can.
            _new_epoch(unlocked, name, holders=[person])
    return waiting


def _colleague(unlocked: Unlocked, person: Person) -> Person:
    # Locked before anything is looked at: no key is handed over while its role is being taken away.
    Membership.objects.select_for_update().filter(person=person).first()
    found = (
        Person.objects.select_related("agency", "membership")
        .filter(pk=person.pk, agency=unlocked.agency, is_active=True)
        .first()
    )
    if found is None:
        raise NotAllowed
    return found


def _keep_one_holder(person: Person, lost: frozenset[KeyName]) -> None:
    for name in lost & NEVER_WITHOUT_HOLDER:
        if not _holders(person.agency_id, name).exclude(person=person).exists():
            raise LastHolder


def _holders(agency: UUID, name: str) -> QuerySet[RoleKeyHolding]:
    return RoleKeyHolding.objects.filter(
        role_key__agency_id=agency, role_key__name=name, person__is_active=True
    )


def _has_holder(unlocked: Unlocked, name: str) -> bool:
    return _holders(unlocked.agency.id, name).exists()


def _take_keys(unlocked: Unlocked, person: Person, lost: frozenset[KeyName]) -> None:
    """Delete holdings and start a new epoch of each key for those who remain.

    The root is the exception: a new root means that everybody pins it anew, which is a ceremony of
    its own. A removed administrator's wrapped root is deleted here like every other holding.
    """
    RoleKeyHolding.objects.filter(person=person, role_key__name__in=lost).delete()
    for name in sorted(lost - {KeyName.ROOT}):
        remaining = Person.objects.filter(
            pk__in=_holders(unlocked.agency.id, name).exclude(person=person).values("person_id")
        )
        if remaining:
            _new_epoch(unlocked, name, holders=list(remaining))


def _new_epoch(unlocked: Unlocked, name: KeyName, *, holders: list[Person]) -> RoleKey:
    root = unlocked.role_keys(unlocked.agency, KeyName.ROOT)
    newest = RoleKey.objects.filter(agency=unlocked.agency, name=name).aggregate(Max("epoch"))
    seed = new_secret()
    role_key = minting.new_role_key(
        unlocked.agency,
        name,
        epoch=(newest["epoch__max"] or 0) + 1,
        seed=seed,
        root=root,
        root_epoch=trust.own_root(unlocked).epoch,
    )
    for holder in holders:
        _wrap(unlocked, role_key, seed, holder)
    unlocked.forget_role_keys()
    return role_key


def _wrap_all_epochs(unlocked: Unlocked, person: Person, name: KeyName) -> None:
    epochs = unlocked.held_epochs(name)
    if not epochs:
        raise Refused
    for epoch in epochs:
        role_key = RoleKey.objects.get(agency=unlocked.agency, name=name, epoch=epoch)
        _wrap(unlocked, role_key, unlocked.role_keys(unlocked.agency, name, epoch).seed, person)


def _wrap(unlocked: Unlocked, role_key: RoleKey, seed: bytes, person: Person) -> None:
    minting.hold(
        role_key,
        seed=seed,
        person=person,
        key=trust.current_person_key(unlocked, person.pk, today=unlocked.today),
        granter=unlocked.person,
        keys=unlocked.keys,
    )


def _record(unlocked: Unlocked, action: Action, person: Person, **detail: str) -> None:
    record(
        action,
        agency=unlocked.agency.id,
        actor=unlocked.person.id,
        kind="person",
        object=str(person.pk),
        detail=detail,
    )
