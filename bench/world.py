"""The data: agencies with real keys, and their cases three times over (sealed, plain, the usual way).

People, their keys, the agencies' keys and the access log come from the product's own first set-up,
with the cheap key derivation of tests. Every case has a secret and a half of its own, and its card
is really sealed. Every grant of the people who are measured is real: wrapped to their key, signed
by the giver, opened and checked in the measurement. The other people's rows are as many and as
long, but share a few wraps among them: nobody opens them, and a table does not get slower by what
its bytes mean. The same holds for the parts of a case that a list does not open.
"""

import os
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from guardian.models import UserObjectPermission

from accounts.actions import Founder, create_agency
from accounts.actions.unlocking import open_password_slot
from accounts.models import Agency, Person, QuickWrap
from accounts.roles import RoleName
from accounts.trust import TrustedKey
from accounts.unlocked import Unlocked
from bench.models import PlainCase, PlainHolder, Token, UsualCase, UsualUuidCase, token
from referrals import codes, grants
from referrals.access.cases import case_section_key
from referrals.access.common import item_context
from referrals.models import Case, CaseHalf, CaseItem, CaseUserPermission
from referrals.models.cases import SINGLETONS, Section
from referrals.payload import Card, Children, FollowUp, Incident, Payload, SafeContact
from services import places
from services.models import Region
from vault.envelope import seal
from vault.grants import Grant, Info, wrap
from vault.kdf import new_secret
from vault.keys import KeyPair

PASSWORD = "a long walk beside the river"  # noqa: S105 - of people who do not exist
_STAFF = (RoleName.SUPERVISOR, RoleName.CUSTODIAN, RoleName.ADMINISTRATOR)
_MONTHS = [date(2023 + month // 12, month % 12 + 1, 1) for month in range(36)]
_AT_ONCE = 1000


@dataclass(frozen=True)
class Scale:
    """How much there is in each agency, and how often things are measured."""

    people: int
    cases: int
    measured: int
    rounds: int
    log_seconds: float
    log_rounds: int
    sign_in_rounds: int


SCALES = {
    # In each of 10 agencies some 320 of 15,000 view grants are one worker's.
    "full": Scale(50, 10_000, 8, 24, 3.0, 5, 7),
    "small": Scale(6, 200, 2, 2, 0.1, 1, 2),
}


@dataclass
class World:
    """What was built so far. ``measured`` are caseworkers of the first agency, with their seeds."""

    scale: Scale
    agencies: list[Agency] = field(default_factory=list)
    measured: list[Person] = field(default_factory=list)
    seeds: dict[uuid.UUID, bytes] = field(default_factory=dict, repr=False)

    @classmethod
    def built(cls, scale: Scale, agencies: int) -> "World":
        """Build what is not there yet of so many agencies, and find the people who are measured."""
        world = cls(scale)
        if not Region.objects.exists():
            places.load()
        while Agency.objects.count() < agencies:
            world.grow(Agency.objects.count())
        world.agencies = list(Agency.objects.order_by("name"))
        workers = world.agencies[0].people.filter(groups__role__name=RoleName.CASEWORKER)
        names = sorted(workers.values_list("name", flat=True))
        world._measure(names[: scale.measured])
        return world

    def _measure(self, names: list[str]) -> None:
        people = Person.objects.select_related("agency", "membership")
        self.measured = [people.get(name=name) for name in names]
        for person in self.measured:
            self.seeds[person.id] = open_password_slot(person, password=PASSWORD, card=None)

    def unlocked(self, number: int) -> Unlocked:
        """Return one of the measured people as the middleware makes them for each request."""
        person = self.measured[number % len(self.measured)]
        person.__dict__.pop("_prefetched_objects_cache", None)
        return Unlocked(person=person, seed=self.seeds[person.id])

    def counts(self) -> dict[str, int]:
        return {
            "people": Person.objects.count(),
            "cases": Case.objects.count(),
            "view_grants": CaseUserPermission.objects.filter(permission=_permission("view_case")).count(),
            "edit_grants": CaseUserPermission.objects.filter(permission=_permission("edit_case")).count(),
            "case_items": CaseItem.objects.count(),
        }

    @transaction.atomic
    def grow(self, number: int) -> None:
        """Add one more agency with its people, cases and grants: all of it or nothing."""
        first = create_agency(
            name=f"Agency {number}",
            founders=[
                Founder(
                    name=f"person{index:02}.agency{number}",
                    display_name=f"Person {index} of {number}",
                    roles=frozenset({_STAFF[index].value if index < len(_STAFF) else "caseworker"}),
                    password=PASSWORD,
                    with_card=False,
                )
                for index in range(self.scale.people)
            ],
            does_casework=True,
            provides_services=False,
            trained_until=timezone.localdate() + timedelta(days=365),
            code_signed_until=timezone.localdate() + timedelta(days=365),
        )
        workers = [one.person for one in first[len(_STAFF) :]]
        keys = {}
        if number == 0:
            for person in workers:
                keys[person.id] = KeyPair.from_seed(open_password_slot(person, password=PASSWORD, card=None))
        real = workers[: self.scale.measured] if number == 0 else []
        maker = _Maker(
            workers[0].agency, workers, keys, {person.id for person in real}, random.Random(number)
        )
        for size in _portions(self.scale.cases):
            maker.add(size)


def _portions(count: int) -> Iterator[int]:
    while count > 0:
        yield min(count, _AT_ONCE)
        count -= _AT_ONCE


def _permission(codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label="referrals", codename=codename)


def _view_permission(model: type[models.Model]) -> Permission:
    kind = ContentType.objects.get_for_model(model)
    return Permission.objects.get(content_type=kind, codename=f"view_{kind.model}")


@cache
def _token_of(answer: str) -> Token:
    """Return one token for all who answered the same: it costs as much to decrypt."""
    return token(answer)


class _Maker:
    """Makes the cases of one agency, a portion at a time."""

    def __init__(
        self,
        agency: Agency,
        workers: list[Person],
        keys: dict[uuid.UUID, KeyPair],
        real: set[uuid.UUID],
        chance: random.Random,
    ) -> None:
        self.agency, self.workers, self.chance = agency, workers, chance
        self.keys, self.real = keys, real
        self.number = 0
        self.view, self.edit = _permission(grants.VIEW_CASE), _permission(grants.EDIT_CASE)
        self.usual_views = [_view_permission(model) for model in (UsualCase, UsualUuidCase)]
        stranger = KeyPair.from_seed(new_secret())
        # As long as real ones; made for nobody.
        self.wraps = [wrap_for_nobody(stranger) for _ in range(16)]
        self.shares_end = timezone.now().replace(microsecond=0) + timedelta(days=80)
        key = new_secret()
        context = item_context(
            agency=agency.id, case=agency.id, section="none", item=agency.id, epoch=1, revision=1
        )
        self.sealed = [seal(key, b"{}", context) for _ in range(16)]

    def add(self, size: int) -> None:
        rows: dict[type[models.Model], list[Any]] = {
            table: []
            for table in (
                *(Case, CaseHalf, CaseItem, CaseUserPermission, QuickWrap),
                *(PlainCase, PlainHolder, UsualCase, UsualUuidCase),
            )
        }
        for _ in range(size):
            self._case(rows)
        for table, made in rows.items():
            table._default_manager.bulk_create(made, batch_size=_AT_ONCE)
        # Whole numbers are known only now.
        UserObjectPermission.objects.bulk_create(self._usual_permissions(rows), batch_size=_AT_ONCE)

    def _case(self, rows: dict[type[models.Model], list[Any]]) -> None:
        chance, number = self.chance, self.number
        self.number += 1
        owner = self.workers[number % len(self.workers)]
        # Every second case is shared with one colleague: three view grants for two cases.
        step = 1 + number // len(self.workers) % (len(self.workers) - 1)
        holders = [owner]
        if number % 2:
            holders.append(self.workers[(number + step) % len(self.workers)])
        card, is_open, month = _card(chance), chance.random() < 0.8, chance.choice(_MONTHS)
        grant = chance.choice(self.wraps)
        case = Case(
            id=uuid.UUID(int=chance.getrandbits(128), version=4),
            agency=self.agency,
            is_open=is_open,
            month_opened=month,
            month_closed=None if is_open else _MONTHS[-1],
            retention_class=codes.RetentionClass.STANDARD,
            share_a=grant.wrapped,
            share_a_signature=grant.signature,
            share_a_key_epoch=1,
            share_b=grant.wrapped,
            share_b_signature=grant.signature,
            share_b_key_epoch=1,
            shares_granted_by=owner,
        )
        secret, half = new_secret(), new_secret()
        rows[Case].append(case)
        rows[CaseHalf].append(CaseHalf(case=case, epoch=1, half=half))
        real = (
            [Section.CARD, Section.INCIDENT, Section.FOLLOWUP]
            if self.real.intersection(one.id for one in holders)
            else []
        )
        contents: dict[Section, Payload] = {
            Section.CARD: card,
            Section.INCIDENT: Incident(gbv_type=codes.GbvType.PHYSICAL_ASSAULT),
            Section.FOLLOWUP: FollowUp(),
        }
        for section in (*SINGLETONS, Section.HISTORY):
            item = CaseItem(case=case, section=section, epoch=1, revision=1)
            if section in real or section == Section.CARD:
                item.sealed = _seal(case, item, secret, half, contents[section])
            else:
                item.sealed = chance.choice(self.sealed)
            rows[CaseItem].append(item)
        self._plain_and_usual(rows, case, card, holders)
        for holder in holders:
            rows[CaseUserPermission].append(self._grant(case, owner, holder, self.view, secret))
            if holder.id not in self.real:  # the measured people's come from their own first look
                sealed = chance.choice(self.sealed)
                rows[QuickWrap].append(QuickWrap(person=holder, digest=os.urandom(32), sealed=sealed))
        rows[CaseUserPermission].append(self._grant(case, owner, owner, self.edit, secret))

    def _grant(
        self, case: Case, owner: Person, holder: Person, permission: Permission, secret: bytes
    ) -> CaseUserPermission:
        row = CaseUserPermission(
            user=holder,
            permission=permission,
            content_object=case,
            key_epoch=1,
            recipient_key_epoch=1,
            granted_by=owner,
            expires_at=None if holder is owner else self.shares_end,
        )
        if holder.id in self.real:
            public = self.keys[holder.id].public
            info = grants._info(row, permission.codename, TrustedKey(public, 1, self.agency.id))
            grant = wrap(secret, info, public, self.keys[owner.id])
        else:
            grant = self.chance.choice(self.wraps)
        row.wrapped_key, row.signature = grant.wrapped, grant.signature
        return row

    def _plain_and_usual(
        self, rows: dict[type[models.Model], list[Any]], case: Case, card: Card, holders: list[Person]
    ) -> None:
        clear: dict[str, Any] = {
            "id": case.id,
            "agency": self.agency,
            "is_open": case.is_open,
            "month_opened": case.month_opened,
        }
        answers = {name: getattr(card, name) for name in _BOTH}
        contact = {name: getattr(card.safe_contact, name) for name in _CONTACT}
        plain = PlainCase(
            **clear,
            **answers,
            **{f"contact_{name}": value for name, value in contact.items()},
            script=card.script,
            displacement=card.displacement,
            disability=",".join(card.disability),
            access_needs=",".join(card.access_needs),
            children_count=card.children.count or 0,
            children_bands=",".join(card.children.bands),
            contact_reviewed_on=card.safe_contact.reviewed_on,
            statistics_consent=card.statistics_consent,
        )
        encrypted: dict[str, Any] = {name: _token_of(answer) for name, answer in answers.items()}
        encrypted |= {"alias": token(card.alias), "children": token(card.children.to_json())}
        encrypted["contact"] = token(card.safe_contact.to_json())
        rows[PlainCase].append(plain)
        rows[UsualUuidCase].append(UsualUuidCase(**clear, **encrypted))
        del clear["id"]
        rows[UsualCase].append(UsualCase(public_id=case.id, **clear, **encrypted))
        for holder in holders:
            rows[PlainHolder].append(PlainHolder(person=holder, case=plain))

    def _usual_permissions(self, rows: dict[type[models.Model], list[Any]]) -> Iterator[UserObjectPermission]:
        """Return guardian's rows of both usual ways, for the holders of the plain one."""
        holders: dict[uuid.UUID, list[uuid.UUID]] = {}
        for holder in rows[PlainHolder]:
            holders.setdefault(holder.case_id, []).append(holder.person_id)
        for model, view in zip((UsualCase, UsualUuidCase), self.usual_views, strict=True):
            for case in rows[model]:
                for person in holders[case.public_id]:
                    yield UserObjectPermission(
                        user_id=person,
                        permission=view,
                        content_type_id=view.content_type_id,
                        object_pk=str(case.pk),
                    )


_BOTH = ("alias", "language", "district", "age_band", "sex", "risk_level")
_CONTACT = ("channel", "hours", "safe_word", "may_leave_message", "do_not_contact", "note")


def _card(chance: random.Random) -> Card:
    """Return an invented card with most answers given, as a caseworker leaves it after a first talk."""
    return Card(
        alias=f"Alias {chance.getrandbits(32):08x}",
        language=chance.choice(["uz", "ru", "en"]),
        script=chance.choice(list(codes.Script)),
        district="UZ-JI/Zomin tumani",
        age_band=chance.choice([codes.AgeBand.YOUNG, codes.AgeBand.ADULT, codes.AgeBand.MIDDLE]),
        sex=codes.Sex.FEMALE,
        displacement=codes.Displacement.RESIDENT,
        disability=(codes.Disability.NONE,),
        access_needs=(codes.AccessNeed.FEMALE_STAFF,),
        children=Children(count=chance.randrange(4), bands=(codes.AgeBand.CHILD,)),
        safe_contact=SafeContact(
            channel=chance.choice(list(codes.Channel)),
            hours="10:00 to 12:00 on weekdays",
            safe_word="the blue notebook",
            may_leave_message=False,
            note="Say it is about the sewing course.",
            reviewed_on=_MONTHS[-1],
        ),
        risk_level=chance.choice(list(codes.RiskLevel)),
    )


def _seal(case: Case, item: CaseItem, secret: bytes, half: bytes, content: Payload) -> bytes:
    context = item_context(
        agency=case.agency_id, case=case.id, section=item.section, item=item.id, epoch=1, revision=1
    )
    key = case_section_key(secret, half, case=case.id, epoch=1, section=Section(item.section))
    return seal(key, content.to_bytes(), context)


def wrap_for_nobody(stranger: KeyPair) -> Grant:
    """Return a wrap as long as a real one, which nobody opens."""
    info = Info(
        kind="case",
        object=str(uuid.uuid4()),
        epoch=1,
        section="",
        recipient=str(uuid.uuid4()),
        recipient_epoch=1,
        recipient_fingerprint=stranger.public.fingerprint,
        rights=grants.VIEW_CASE,
        not_after=0,
        granter=str(uuid.uuid4()),
    )
    return wrap(new_secret(), info, stranger.public, stranger)
