"""Referrals by the hundred thousand: those that are looked at are real, the others are as many and as long.

The people who are measured have real packets: sealed under their own secrets and halves, wrapped to
their keys or to their desk's inbox key, signed by who sent them, and checked when opened. All others are
copied by the database itself from a few hundred rows, and share one wrap and one sealed part: nobody
opens them, and a table does not get slower by what its bytes mean. Their ids are random, their times differ.

As after some years of use, one referral in ten is live. Of the ended ones a third are still read by their
sender; the others' cases are closed, and closing forgot what was sealed.
"""

import os
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, TypeVar

from django.contrib.auth.models import Group
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.actions import Founder, agree, create_agency
from accounts.actions.unlocking import open_password_slot
from accounts.models import Agency, Person, Role, RoleKey
from accounts.roles import KeyName, RoleName
from accounts.trust import TrustedKey
from accounts.unlocked import Unlocked
from bench.world import PASSWORD, World, wrap_for_nobody
from referrals import codes, grants, tides
from referrals.access.common import packet_context
from referrals.access.packets import part_key
from referrals.models import (
    CaseUserPermission,
    Referral,
    ReferralGroupPermission,
    ReferralHalf,
    ReferralUserPermission,
)
from referrals.models.referrals import IDENTITY_OPEN, LIVE, WAITING, Part, State
from referrals.payload import IdentityPart, OpaquePart, Payload, SenderPart
from services.codes import ServiceType
from vault.envelope import seal
from vault.grants import wrap
from vault.kdf import new_secret
from vault.keys import KeyPair, PublicKeys
from vault.sections import part_secret

RowT = TypeVar("RowT", ReferralUserPermission, ReferralGroupPermission)

_LIVE_STATES = [State.SENT] * 8 + [State.NEEDS_INFO] + [State.ACCEPTED] * 4 + [State.IN_PROGRESS] * 5
_LIVE_STATES += [State.DELIVERED] * 2
_ENDED_STATES = [State.CLOSED] * 12 + [State.DECLINED] * 3 + [State.EXPIRED] * 2 + [State.CANCELLED] * 2
_ENDED_STATES += [State.CONSENT_WITHDRAWN]
_POLICY = {"respond_s": 86_400, "supervisor_s": 172_800, "expire_s": 604_800}
_ELSEWHERE = 40  # agencies that nobody is measured in, ten people in each
# A packet never changes: the version of a copied row says which growth it came with.
_FIRST_COPIES = 1000
_ENDED_READ_BY_SENDER = "01234"  # of the sixteen signs that an id begins with


@dataclass(frozen=True)
class Amounts:
    """How many there are of what is measured; of what grows with the table, at the smaller size."""

    live: int  # of each caseworker
    ended: int
    busy_live: int  # of the one whose referrals grow like the table
    busy_ended: int
    waiting: int  # at each desk; at the crowded one this grows like the table
    for_the_clock: int
    due: int  # of each kind, made due for the clock before every measured pass


@dataclass
class Desk:
    """An agency that provides services, and one of its people at the desk."""

    agency: Agency
    person: Person
    seed: bytes = field(repr=False)
    group: Group
    inbox: PublicKeys

    def unlocked(self) -> Unlocked:
        person = Person.objects.select_related("agency", "membership").get(pk=self.person.pk)
        return Unlocked(person=person, seed=self.seed)


class Packets:
    """The referrals of one database. ``grow`` adds what is missing."""

    def __init__(self, world: World, amounts: Amounts) -> None:
        self.world, self.amounts = world, amounts
        self.chance = random.Random(5)
        self.now = timezone.now().replace(microsecond=0)
        self.ours = world.agencies[0]
        *self.steady, self.busy = world.measured
        self.desk, self.crowded, self.for_the_clock = (
            self._desk(name) for name in ("Steady desk", "Crowded desk", "Clock desk")
        )
        self.elsewhere = self._elsewhere()
        self.stranger = wrap_for_nobody(KeyPair.from_seed(new_secret()))
        self.sealed = os.urandom(340)
        self.cases = {
            person.pk: list(
                CaseUserPermission.objects.filter(
                    user=person, permission_id=grants.permission_id(grants.VIEW_CASE), expires_at__isnull=True
                ).values_list("content_object_id", flat=True)
            )
            for person in [*world.measured, self._sender]
        }
        self._grown = 0

    @cached_property
    def _sender(self) -> Person:
        """A caseworker of ours who is not measured: everything at the desks is theirs."""
        workers = self.ours.people.filter(groups__role__name=RoleName.CASEWORKER).order_by("name")
        return workers.exclude(pk__in=[one.pk for one in self.world.measured])[0]

    # --- Who ---

    def _desk(self, name: str) -> Desk:
        short = name.split(maxsplit=1)[0].lower()
        roles = ("supervisor", "custodian", "administrator", "intake")
        later = timezone.localdate() + timedelta(days=365)
        people = create_agency(
            name=name,
            founders=[
                Founder(
                    name=f"{role}.{short}",
                    display_name=f"{role.title()} of the {name}",
                    roles=frozenset({role}),
                    password=PASSWORD,
                    with_card=False,
                )
                for role in roles
            ],
            does_casework=False,
            provides_services=True,
            trained_until=later,
            code_signed_until=later,
        )
        *_, administrator, intake = (one.person for one in people)
        agency = intake.agency
        ours = self.ours.people.get(groups__role__name=RoleName.ADMINISTRATOR)
        for administrator_, partner in ((administrator, self.ours), (ours, agency)):
            root = RoleKey.objects.get(agency=partner, name=KeyName.ROOT)
            agree(
                _unlocked(administrator_),
                partner=partner,
                partner_root_fingerprint=bytes(root.fingerprint),
                valid_until=later,
            )
        inbox = RoleKey.objects.get(agency=agency, name=KeyName.INBOX)
        return Desk(
            agency,
            intake,
            open_password_slot(intake, password=PASSWORD, card=None),
            Role.objects.get(agency=agency, name=RoleName.INTAKE).group,
            PublicKeys.from_bytes(bytes(inbox.public)),
        )

    def _elsewhere(self) -> list[tuple[Agency, Group, list[Person]]]:
        found = []
        for number in range(_ELSEWHERE):
            agency = Agency.objects.create(
                name=f"Elsewhere {number}", does_casework=True, provides_services=True
            )
            group = Group.objects.create(name=f"{agency.pk}/intake")
            Role.objects.create(agency=agency, name=RoleName.INTAKE, group=group)
            names = [f"person{one}.elsewhere{number}" for one in range(10)]
            people = [Person(agency=agency, name=name, display_name=name, is_active=True) for name in names]
            found.append((agency, group, Person.objects.bulk_create(people)))
        return found

    # --- What ---

    def grow_to(self, size: int, *, crowd: int) -> None:
        """Make so many referrals, one in ten live. ``crowd``: how often the growing amounts are there."""
        with _much_memory(), transaction.atomic():
            self._grown += 1
            if self._grown == 1:
                self._measured()
                self._make(
                    [
                        self._packet(self._sender, self.for_the_clock)
                        for _ in range(self.amounts.for_the_clock)
                    ]
                )
                self._patterns()
            self._crowd(crowd)
            live = size // 10
            self._copy(live - Referral.objects.filter(state__in=LIVE).count(), is_live=True)
            self._copy(size - live - Referral.objects.exclude(state__in=LIVE).count(), is_live=False)
            self._copied_parts()

    def _measured(self) -> None:
        packets = [self._packet(self._sender, self.desk) for _ in range(self.amounts.waiting)]
        for person in self.steady:
            packets += [self._sent(person, is_live=True) for _ in range(self.amounts.live)]
            packets += [self._sent(person, is_live=False) for _ in range(self.amounts.ended)]
        self._make(packets)

    def _crowd(self, times: int) -> None:
        """Let the crowded desk and the busy caseworker have so many times their first amounts."""
        there = Referral.objects.filter(recipient_agency=self.crowded.agency).count()
        packets = [
            self._packet(self._sender, self.crowded) for _ in range(self.amounts.waiting * times - there)
        ]
        sent = Referral.objects.filter(sent_by=self.busy)
        for is_live, amount in ((True, self.amounts.busy_live), (False, self.amounts.busy_ended)):
            there = sent.filter(ended_at__isnull=is_live).count()
            packets += [self._sent(self.busy, is_live=is_live) for _ in range(amount * times - there)]
        self._make(packets)

    def _sent(self, sender: Person, *, is_live: bool) -> "_Packet":
        """Return a referral of a measured caseworker to somewhere else."""
        agency, group, _people = self.chance.choice(self.elsewhere)
        return _Packet(self, sender, agency, group, None, is_live=is_live)

    def _packet(self, sender: Person, desk: Desk) -> "_Packet":
        return _Packet(self, sender, desk.agency, desk.group, desk.inbox, is_live=True)

    def _make(self, packets: list["_Packet"]) -> None:
        for first in range(0, len(packets), 1000):
            some = packets[first : first + 1000]
            Referral.objects.bulk_create([one.referral for one in some])
            ReferralHalf.objects.bulk_create([half for one in some for half in one.halves()])
            ReferralUserPermission.objects.bulk_create([one.sender_row for one in some])
            ReferralGroupPermission.objects.bulk_create([row for one in some for row in one.desk_rows()])

    @cached_property
    def seeds(self) -> dict[uuid.UUID, KeyPair]:
        people = [*self.world.measured, self._sender]
        return {
            person.pk: KeyPair.from_seed(open_password_slot(person, password=PASSWORD, card=None))
            for person in people
        }

    # --- Everybody else's ---

    def _patterns(self) -> None:
        """Make the rows that the others are copied from: a live and an ended one of each person."""
        rows = []
        for place, (agency, _group, people) in enumerate(self.elsewhere):
            recipients = [one for one, _, _ in self.elsewhere if one != agency] + [self.desk.agency]
            for number, person in enumerate(people):
                for is_live in (True, False):
                    row = self.row(
                        person, recipients[(place + 7 * number) % len(recipients)], is_live=is_live
                    )
                    if row.recipient_agency == self.desk.agency and is_live:
                        row.recipient_agency = recipients[0]
                    row.version = _FIRST_COPIES
                    row.sealed_opaque = row.sealed_identity = row.sealed_sender = self.sealed
                    if row.state in WAITING:
                        row.handover, row.handover_signature = self.stranger.wrapped, self.stranger.signature
                    rows.append(row)
        Referral.objects.bulk_create(rows)

    def row(self, sender: Person, recipient: Agency, *, is_live: bool) -> Referral:
        """Return a referral as it stands some time after it was sent, with nothing sealed in it."""
        chance, now = self.chance, self.now
        if is_live:
            sent_at = now - timedelta(minutes=chance.randrange(5 * 1440))
            respond_by = now + timedelta(seconds=chance.randrange(1 * 86_400, 6 * 86_400))
            times: dict[str, Any] = {
                "respond_by": respond_by,
                "escalate_at": respond_by + timedelta(days=1),
                "expires_at": respond_by + timedelta(days=5),
                "consent_expires_at": now + timedelta(minutes=chance.randrange(10 * 1440, 40 * 1440)),
            }
        else:
            sent_at = now - timedelta(days=chance.randrange(2, 1000))
            times = {"ended_at": sent_at + timedelta(days=1)}
        state = chance.choice(_LIVE_STATES if is_live else _ENDED_STATES)
        return Referral(
            sender_agency_id=sender.agency_id,
            recipient_agency=recipient,
            state=state,
            policy=_POLICY,
            sent_at=sent_at,
            accepted_at=sent_at if state in IDENTITY_OPEN else None,
            delivered_at=sent_at if state == State.DELIVERED else None,
            paused_until=now + timedelta(days=3) if state == State.NEEDS_INFO else None,
            handover_key_epoch=1,
            sent_by=sender,
            **times,
        )

    def _copy(self, missing: int, *, is_live: bool) -> None:
        """Let the database copy the patterns as often as it takes; each copy a little later than the last."""
        if missing <= 0:
            return
        changed = {"id": _NEW_ID[connection.vendor], "version": str(_FIRST_COPIES + self._grown)}
        if is_live:
            times = ("respond_by", "escalate_at", "expires_at", "consent_expires_at")
            changed |= {name: _LATER[connection.vendor].format(f"p.{name}") for name in times}
        columns = [str(one.column) for one in Referral._meta.local_concrete_fields]
        patterns = 10 * _ELSEWHERE
        kind = "IS NULL" if is_live else "IS NOT NULL"
        self._run(
            # Put together from names of our own tables and columns; values are parameters.
            f"INSERT INTO {_table(Referral)} ({', '.join(columns)})"  # noqa: S608 - as said
            " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
            f" SELECT {', '.join(changed.get(one, f'p.{one}') for one in columns)}"
            f" FROM n, (SELECT * FROM {_table(Referral)} WHERE version = {_FIRST_COPIES}"
            f" AND ended_at {kind}) p LIMIT %s",
            [-(-missing // patterns), missing],
        )

    def _copied_parts(self) -> None:
        """Give the new copies their halves, and their permission rows."""
        versions = (_FIRST_COPIES,) if self._grown == 1 else ()
        new = f"r.version IN ({', '.join(map(str, (*versions, _FIRST_COPIES + self._grown)))})"
        half = tides.seal_half(new_secret())
        live, waiting = (_listed(states) for states in (LIVE, WAITING))
        first = "substr(CAST(r.id AS varchar(36)), 1, 1)"
        read = f"({live} OR {first} IN ({', '.join(repr(one) for one in _ENDED_READ_BY_SENDER)}))"
        for part, which in ((Part.OPAQUE, live), (Part.IDENTITY, live), (Part.SENDER, read)):
            self._insert(
                ReferralHalf,
                {"referral_id": "r.id", "part": "%s", "half": "%s", "tide": "%s"},
                f"{_table(Referral)} r WHERE {new} AND {which}",
                [part.value, bytes(half), half.tide],
            )
        key = {
            "key_epoch": "1",
            "recipient_key_epoch": "1",
            "wrapped_key": "%s",
            "signature": "%s",
            "granted_by_id": "r.sent_by_id",
            "content_object_id": "r.id",
            "permission_id": "%s",
        }
        wrapped = [self.stranger.wrapped, self.stranger.signature]
        self._insert(
            ReferralUserPermission,
            {**key, "user_id": "r.sent_by_id", "expires_at": "NULL"},
            f"{_table(Referral)} r WHERE {new} AND {read}",
            [*wrapped, grants.permission_id(grants.SEND_REFERRAL)],
        )
        self._insert(
            ReferralGroupPermission,
            {**key, "group_id": "o.group_id", "expires_at": "r.consent_expires_at"},
            f"{_table(Referral)} r JOIN {_table(Role)} o ON o.agency_id = r.recipient_agency_id"
            f" AND o.name = 'intake' WHERE {new} AND {waiting}",
            [*wrapped, grants.permission_id(grants.VIEW_REFERRAL)],
        )

    def _insert(
        self, model: type[models.Model], values: dict[str, str], rows: str, parameters: list[Any]
    ) -> None:
        self._run(
            f"INSERT INTO {_table(model)} ({', '.join(values)})"  # noqa: S608 - names of our own tables
            f" SELECT {', '.join(values.values())} FROM {rows}",
            parameters,
        )

    def _run(self, statement: str, parameters: list[Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)


@contextmanager
def _much_memory() -> Iterator[None]:
    """Let SQLite keep the indexes it writes at random places in memory, which takes a fifth of the time."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size = -1000000")
    yield
    connection.close()


_NEW_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
_LATER = {
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', {}, '+' || (n.i * 37) || ' seconds')",
    "postgresql": "{} + n.i * 37 * interval '1 second'",
}


class _Packet:
    """One real referral of somebody who is measured, with what it takes to open it."""

    def __init__(
        self,
        packets: Packets,
        sender: Person,
        recipient: Agency,
        group: Group,
        inbox: PublicKeys | None,
        *,
        is_live: bool,
    ) -> None:
        self.packets, self.group, self.inbox = packets, group, inbox
        self.referral = packets.row(sender, recipient, is_live=is_live)
        if inbox is not None:
            self.referral.state, self.referral.paused_until = State.SENT, None
            self.referral.accepted_at = self.referral.delivered_at = None
        self.secret = new_secret()
        self.keys = packets.seeds[sender.pk]
        self._halves = {part: new_secret() for part in (Part.OPAQUE, Part.IDENTITY, Part.SENDER)}
        name, kind = "Centre for counselling", ServiceType.PSYCHOSOCIAL.value
        urgency = codes.Urgency.ROUTINE.value
        contents: dict[Part, Payload] = {
            Part.OPAQUE: OpaquePart(
                service_name=name,
                service_type=kind,
                urgency=urgency,
                age_band=codes.AgeBand.ADULT.value,
                language="uz",
            ),
            Part.IDENTITY: IdentityPart(fields=("alias",), alias="Alias"),
            Part.SENDER: SenderPart(
                service_name=name,
                service_type=kind,
                organization_name=recipient.name,
                urgency=urgency,
                case_id=packets.chance.choice(packets.cases[sender.pk]),
            ),
        }
        for part, content in contents.items():
            key = part_key(part_secret(self.secret, part.value), self._halves[part], self.referral, part)
            context = packet_context(self.referral, part)
            setattr(self.referral, f"sealed_{part.value}", seal(key, content.to_bytes(), context))

    def halves(self) -> list[ReferralHalf]:
        kept = self._halves if self.referral.state in LIVE else [Part.SENDER]
        return [ReferralHalf(referral=self.referral, part=part, half=self._halves[part]) for part in kept]

    @property
    def sender_row(self) -> ReferralUserPermission:
        row = ReferralUserPermission(
            user_id=self.referral.sent_by_id,
            permission_id=grants.permission_id(grants.SEND_REFERRAL),
            content_object=self.referral,
            key_epoch=1,
            recipient_key_epoch=1,
            granted_by_id=self.referral.sent_by_id,
        )
        return self._wrapped(row, grants.SEND_REFERRAL, self.keys.public, self.secret)

    def desk_rows(self) -> list[ReferralGroupPermission]:
        if self.referral.state not in WAITING:
            return []
        row = ReferralGroupPermission(
            group=self.group,
            permission_id=grants.permission_id(grants.VIEW_REFERRAL),
            content_object=self.referral,
            key_epoch=1,
            recipient_key_epoch=1,
            granted_by_id=self.referral.sent_by_id,
            expires_at=self.referral.consent_expires_at,
        )
        if self.inbox is None:
            row.wrapped_key, row.signature = self.packets.stranger.wrapped, self.packets.stranger.signature
            return [row]
        part = part_secret(self.secret, Part.OPAQUE.value)
        return [self._wrapped(row, grants.VIEW_REFERRAL, self.inbox, part)]

    def _wrapped(self, row: RowT, permission: str, public: PublicKeys, secret: bytes) -> RowT:
        agency = self.referral.recipient_agency_id
        grant = wrap(secret, grants._info(row, permission, TrustedKey(public, 1, agency)), public, self.keys)
        row.wrapped_key, row.signature = grant.wrapped, grant.signature
        return row


def _unlocked(person: Person) -> Unlocked:
    fresh = Person.objects.select_related("agency", "membership").get(pk=person.pk)
    return Unlocked(person=fresh, seed=open_password_slot(fresh, password=PASSWORD, card=None))


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _listed(states: frozenset[State]) -> str:
    return f"r.state IN ({', '.join(repr(one.value) for one in sorted(states))})"
