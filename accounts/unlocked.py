"""A signed-in person with their keys open, for the length of one request.

What lives here: the seed's uses (own keys, keyring, role keys, grants). Nothing here is stored,
pickled or shown: ``repr`` says only that somebody is unlocked. Who may do what is in ``access``.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import trust
from accounts.models import Agency, Keyring, Person, QuickWrap, Role, RoleKeyHolding, Session
from accounts.roles import RoleName
from vault.errors import Refused
from vault.grants import Grant, Info, unwrap
from vault.keyring import open_keyring, quick_open, quick_seal, seal_keyring
from vault.keys import KeyPair


class GrantRow(Protocol):
    """A row that carries a wrapped key: a permission row, a holding."""

    @property
    def wrapped_key(self) -> Any: ...
    @property
    def signature(self) -> Any: ...
    @property
    def granted_by_id(self) -> Any: ...


class OpenKeyring:
    """A person's keyring, opened. Changes are kept apart until ``save`` writes them once."""

    def __init__(self, *, person: UUID, seed: bytes, row: Keyring | None = None) -> None:
        self._person = person
        self._keys = KeyPair.from_seed(seed)  # the keyring's key does not depend on the suite
        self._changes: dict[str, Any] = {}
        self._content: dict[str, Any] = {}
        self._revision = 0
        self._load(row)

    def __repr__(self) -> str:
        return "<OpenKeyring>"

    def _load(self, row: Keyring | None = None) -> None:
        row = row or Keyring.objects.filter(person_id=self._person).first()
        if row is None:
            raise Refused
        self._revision = row.revision
        self._content = open_keyring(
            self._keys, owner=str(self._person), revision=row.revision, sealed=bytes(row.sealed)
        )

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value of the keyring (JSON), or the default."""
        return self._changes.get(name, self._content.get(name, default))

    def put(self, name: str, value: Any) -> None:
        """Change a value (JSON; None forgets it); nothing is written before ``save``."""
        self._changes[name] = value

    def save(self, *, merge: bool = True) -> None:
        """Write the changes as a new revision; a change made meanwhile elsewhere is kept too.

        With ``merge`` off such a change raises Refused: what was read (a code not used yet, say)
        must still have been true.
        """
        while self._changes:
            content = {
                name: value for name, value in (self._content | self._changes).items() if value is not None
            }
            revision = self._revision + 1
            sealed = seal_keyring(self._keys, owner=str(self._person), revision=revision, content=content)
            if Keyring.objects.filter(person_id=self._person, revision=self._revision).update(
                revision=revision, sealed=sealed
            ):
                self._content, self._revision, self._changes = content, revision, {}
            elif merge:
                self._load()
            else:
                raise Refused


class Unlocked:
    """A person whose seed is open. Made by sign-in and, on each request, by the middleware."""

    def __init__(
        self,
        *,
        person: Person,
        seed: bytes,
        session: Session | None = None,
        keyring: Keyring | None = None,
        now: datetime | None = None,
    ) -> None:
        self.person = person
        self.agency: Agency = person.agency
        self.session = session
        self.now = now or timezone.now()
        self.roots: dict[tuple[UUID, bytes], trust.TrustedKey] = {}
        self.signers: dict[UUID, list[bytes]] = {}
        self._seed = seed
        self._keyring_row = keyring
        self._role_keys: dict[tuple[UUID, str, int | None], KeyPair] = {}
        self._quick: dict[bytes, bytes] = {}
        self._new_quick: dict[bytes, bytes] = {}

    def __repr__(self) -> str:
        return "<Unlocked>"

    def __reduce__(self) -> Any:
        raise TypeError("An unlocked person cannot be pickled.")

    @property
    def today(self) -> date:
        """The date by the site's clock."""
        return timezone.localdate(self.now)

    @cached_property
    def keyring(self) -> OpenKeyring:
        """The person's keyring, opened when needed: from the row that came with the session, if one did."""
        return OpenKeyring(person=self.person.id, seed=self._seed, row=self._keyring_row)

    @cached_property
    def keys(self) -> KeyPair:
        """The person's own key pair."""
        return KeyPair.from_seed(self._seed, self.keyring.get("suite"))

    @property
    def epoch(self) -> int:
        """The epoch of the person's own key pair."""
        return int(self.keyring.get("epoch"))

    @cached_property
    def roles(self) -> frozenset[RoleName]:
        """The roles held in the person's agency."""
        names = Role.objects.filter(group__user=self.person, agency=self.agency)
        return frozenset(RoleName(name) for name in names.values_list("name", flat=True))

    @property
    def may_open_cases(self) -> bool:
        """Whether training and code of conduct are current: when they lapse, cases lock."""
        return self.person.membership.is_current(self.today)

    @property
    def stepped_up(self) -> bool:
        """Whether the password was asked again in the last minutes."""
        until = self.session.stepped_up_until if self.session else None
        return until is not None and self.now < until

    # --- Role keys ---

    def role_keys(self, agency: UUID | Agency, name: str, epoch: int | None = None) -> KeyPair:
        """Return the key pair of a role this person holds: the newest they hold, or that ``epoch``.

        Raises Refused when they do not hold it or something in the chain was changed.
        """
        agency_id = agency.id if isinstance(agency, Agency) else agency
        wanted = (agency_id, str(name), epoch)
        if wanted not in self._role_keys:
            self._role_keys[wanted] = self._open_role_key(agency_id, str(name), epoch)
        return self._role_keys[wanted]

    def forget_role_keys(self) -> None:
        """Forget opened role keys: a ceremony made a new epoch."""
        self._role_keys.clear()

    def held_epochs(self, name: str) -> list[int]:
        """Return the epochs of an own agency's role key that this person holds, newest first."""
        holdings = RoleKeyHolding.objects.filter(
            person=self.person, role_key__agency=self.agency, role_key__name=name
        )
        return list(holdings.order_by("-role_key__epoch").values_list("role_key__epoch", flat=True))

    def _open_role_key(self, agency: UUID, name: str, epoch: int | None) -> KeyPair:
        holdings = RoleKeyHolding.objects.filter(
            person=self.person, role_key__agency_id=agency, role_key__name=name
        )
        if epoch is not None:
            holdings = holdings.filter(role_key__epoch=epoch)
        holding = holdings.select_related("role_key").order_by("-role_key__epoch").first()
        if holding is None:
            raise Refused
        role_key = holding.role_key
        trusted = trust.check_role_key(role_key, root=trust.own_root(self))
        me = trust.TrustedKey(self.keys.public, holding.person_epoch, self.agency.id)
        info = trust.holding_info(role_key, person=self.person.id, key=me, granter=holding.granted_by_id)
        keys = KeyPair.from_seed(self.open_grant(holding, info), trusted.public.suite)
        if keys.public.fingerprint != trusted.public.fingerprint:
            raise Refused
        return keys

    # --- Grants ---

    def open_grant(self, row: GrantRow, info: Info) -> bytes:
        """Return the key in a grant made to this person or to a role they hold. Raises Refused.

        Whether the grant is still valid (its end, the state of what it opens) is the door's to check.
        """
        return self.open_grants([(row, info)])[0]

    def open_grants(self, rows: Sequence[tuple[GrantRow, Info]]) -> list[bytes]:
        """Return the keys of many grants, in order; those opened before cost one query together."""
        grants = [Grant(bytes(row.wrapped_key), bytes(row.signature)) for row, _ in rows]
        digests = [grant.digest(info) for grant, (_, info) in zip(grants, rows, strict=True)]
        self._load_quick(digests)
        return [
            self._open(grant, digest, row, info)
            for grant, digest, (row, info) in zip(grants, digests, rows, strict=True)
        ]

    def _load_quick(self, digests: list[bytes]) -> None:
        missing = [digest for digest in digests if digest not in self._quick]
        if missing:
            found = QuickWrap.objects.filter(person=self.person, digest__in=missing)
            wraps = found.values_list("digest", "sealed")
            self._quick |= {bytes(digest): bytes(sealed) for digest, sealed in wraps}

    def _open(self, grant: Grant, digest: bytes, row: GrantRow, info: Info) -> bytes:
        quick = self._quick.get(digest)
        if quick is not None:
            try:
                return quick_open(self.keys, quick, digest=digest, info=info)
            except Refused:
                # A damaged cache entry: the grant itself decides.
                QuickWrap.objects.filter(person=self.person, digest=digest).delete()
        key = self._unwrap(grant, row, info)
        self._quick[digest] = self._new_quick[digest] = quick_seal(self.keys, key, digest=digest, info=info)
        return key

    def _unwrap(self, grant: Grant, row: GrantRow, info: Info) -> bytes:
        if info.granter != str(row.granted_by_id):
            raise Refused
        keys = self._recipient(info)
        for signing_key in trust.signing_keys_of(self, row.granted_by_id):
            try:
                return unwrap(grant, info, keys, signing_key)
            except Refused:
                continue
        raise Refused

    def _recipient(self, info: Info) -> KeyPair:
        role = trust.parse_role_recipient(info.recipient)
        if role is not None:
            return self.role_keys(role[0], role[1], info.recipient_epoch)
        if info.recipient != str(self.person.id):
            raise Refused
        return self.keys

    def finish(self) -> None:
        """Write back what this request learned: called once, by the middleware, after the answer."""
        if "keyring" in self.__dict__:
            self.keyring.save()
        if self._new_quick:
            rows = [
                QuickWrap(person=self.person, digest=digest, sealed=sealed)
                for digest, sealed in self._new_quick.items()
            ]
            with transaction.atomic():
                QuickWrap.objects.bulk_create(rows, ignore_conflicts=True)
            self._new_quick = {}

    def forget_quick(self, digest: bytes) -> None:
        """Forget a grant that was opened in this request: what it opened is being destroyed."""
        self._quick.pop(digest, None)
        self._new_quick.pop(digest, None)

    # --- What only ceremonies of this room need ---

    def seed_for_new_slot(self) -> bytes:
        """Return the seed, to seal it into a new slot or session of the same person."""
        return self._seed
