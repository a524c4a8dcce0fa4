"""Every read of this room that is more than one line. Nothing here fetches by an id from outside
without saying to whom it may be shown: that is ``accounts.access``."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from uuid import UUID

from django.db import connection
from django.db.models import UUIDField

from accounts import minting, trust
from accounts.models import (
    Agency,
    Agreement,
    Gateway,
    Invitation,
    NoticeChoice,
    Person,
    PersonKey,
    RoleKey,
    RoleKeyHolding,
    Session,
)
from accounts.notices import gateway, mail
from accounts.roles import KeyName, RoleName, keys_of
from accounts.sessions import has_ended
from accounts.unlocked import Unlocked
from audit.registry import AuditorKey, AuditorKeyMissing
from vault.errors import Refused
from vault.keys import PublicKeys


def public_keys_of(unlocked: Unlocked, person: UUID | Person) -> tuple[PublicKeys, int]:
    """Return the keys (and epoch) to wrap something to a person now, checked against the root
    pinned in the caller's keyring. Refused when anything in the chain was changed."""
    person_id = person.id if isinstance(person, Person) else person
    key = trust.current_person_key(unlocked, person_id, today=unlocked.today)
    return key.public, key.epoch


def role_public_keys(unlocked: Unlocked, agency: UUID | Agency, role: str) -> tuple[PublicKeys, int]:
    """Return the keys (and epoch) to wrap something to a role key of an agency now.

    ``role`` is a KeyName. Another agency's are believed through the valid signed agreement only.
    """
    agency_id = agency.id if isinstance(agency, Agency) else agency
    key = trust.current_role_key(unlocked, agency_id, str(role), today=unlocked.today)
    return key.public, key.epoch


def has_agreement(unlocked: Unlocked, agency: UUID | Agency) -> bool:
    """Say whether something may be sent to this agency today: one's own, or a signed agreement."""
    agency_id = agency.id if isinstance(agency, Agency) else agency
    try:
        trust.root_of(unlocked, agency_id, today=unlocked.today)
    except Refused:
        return False
    return True


# Written out: every entry of the log asks, and Django takes half a millisecond to put it together.
_ROOTS_AND_AUDITORS = """
    SELECT name, epoch, public, root_signature FROM accounts_rolekey
    WHERE agency_id = %s AND name IN ('root', 'auditor') ORDER BY epoch"""
_ID = UUIDField()


def auditor_key(agency: UUID) -> AuditorKey:
    """Return the key that seals an agency's log. Whoever writes the log may have no keys open, so
    the chain is checked as far as the database alone allows: signed by the agency's first root, the
    one that everybody pinned. A root put in beside it signs nothing here, and one put in its place
    is refused by everybody."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOTS_AND_AUDITORS, [_ID.get_db_prep_value(agency, connection)])
        rows = cursor.fetchall()
    roots = [bytes(public) for name, epoch, public, _ in rows if name == KeyName.ROOT and epoch == 1]
    auditors = [row for row in rows if row[0] == KeyName.AUDITOR]
    try:
        _, epoch, public, signature = auditors[-1]
        return _signed_auditor_key(agency, roots[0], epoch, bytes(public), bytes(signature))
    except (IndexError, Refused):
        raise AuditorKeyMissing from None


@lru_cache(maxsize=1000)
def _signed_auditor_key(agency: UUID, root: bytes, epoch: int, public: bytes, signature: bytes) -> AuditorKey:
    """Return the auditor's key if the root signed it, else Refused.

    What was checked is remembered by all that the check depends on, read from the
    database each time: another root, key, epoch or signature is checked anew, a refusal always.
    """
    row = RoleKey(name=KeyName.AUDITOR, epoch=epoch, public=public, root_signature=signature)
    key = trust.check_role_key(row, root=trust.TrustedKey(PublicKeys.from_bytes(root), 1, agency))
    return AuditorKey(public=key.public, epoch=key.epoch)


def colleagues(unlocked: Unlocked) -> list[Person]:
    """Return the active people of the caller's agency, by name: to share with, to assign to."""
    people = Person.objects.filter(agency=unlocked.agency, is_active=True)
    return list(people.select_related("membership").order_by("display_name"))


def partners(unlocked: Unlocked) -> list[Agency]:
    """Return the agencies with an agreement that is valid today (unchecked: ``has_agreement`` checks)."""
    valid = Agreement.objects.filter(agency=unlocked.agency, valid_until__gte=unlocked.today)
    return [row.partner for row in valid.select_related("partner").order_by("partner__name")]


# --- The people page ---


@dataclass(frozen=True, slots=True)
class Colleague:
    """One line of the people page."""

    person: Person
    roles: tuple[RoleName, ...]
    status: str  # active, invited, to_activate, removed
    cases_locked: bool
    waits_for: tuple[KeyName, ...]


def people_page(unlocked: Unlocked) -> list[Colleague]:
    """Return everybody of the agency, those to activate first. Four queries, however many people."""
    people = (
        Person.objects.filter(agency=unlocked.agency)
        .select_related("membership", "invitation")
        .prefetch_related("groups__role")
        .order_by("display_name")
    )
    held: dict[UUID, set[str]] = {}
    for person_id, name in RoleKeyHolding.objects.filter(person__agency=unlocked.agency).values_list(
        "person_id", "role_key__name"
    ):
        held.setdefault(person_id, set()).add(name)
    lines = [_colleague(person, held.get(person.id, set()), unlocked.today) for person in people]
    order = {"to_activate": 0, "invited": 1, "active": 2, "removed": 3}
    return sorted(lines, key=lambda line: order[line.status])


def _colleague(person: Person, held: set[str], today: date) -> Colleague:
    invitation: Invitation | None = getattr(person, "invitation", None)
    roles = tuple(sorted(RoleName(group.role.name) for group in person.groups.all()))
    if person.is_active:
        status = "active"
    elif person.removed_on is not None:
        status = "removed"
    else:
        status = "to_activate" if invitation and invitation.accepted_at else "invited"
        roles = tuple(RoleName(name) for name in invitation.roles) if invitation else ()
    waits_for = sorted(keys_of(frozenset(roles)) - held) if status == "active" else []
    return Colleague(
        person=person,
        roles=roles,
        status=status,
        cases_locked=not person.membership.is_current(today),
        waits_for=tuple(KeyName(name) for name in waits_for),
    )


@dataclass(frozen=True, slots=True)
class WaitingForKey:
    """A colleague who was given a role and waits for its key from somebody who holds it."""

    person: Person
    key: KeyName


def waiting_for_my_keys(unlocked: Unlocked) -> list[WaitingForKey]:
    """Return colleagues to whom the caller could hand over a role key."""
    mine = set(RoleKeyHolding.objects.filter(person=unlocked.person).values_list("role_key__name", flat=True))
    return [
        WaitingForKey(line.person, key)
        for line in people_page(unlocked)
        for key in line.waits_for
        if key in mine and line.person != unlocked.person
    ]


# --- The account page ---


def own_sessions(unlocked: Unlocked) -> list[Session]:
    """Return the person's living sessions, newest first."""
    rows = Session.objects.filter(person=unlocked.person, is_waiting=False).order_by("-started_at")
    return [row for row in rows if not has_ended(row, now=unlocked.now)]


def notice_choice(unlocked: Unlocked) -> NoticeChoice | None:
    """Return what the person chose about notices; None before they ever chose."""
    return NoticeChoice.objects.filter(person=unlocked.person).first()


def waits_for_code(unlocked: Unlocked, choice: NoticeChoice | None) -> bool:
    """Say whether an address waits for its code, and the code is not too old."""
    return bool(choice and choice.waiting_email and choice.code_until and choice.code_until > unlocked.now)


def mail_is_on() -> bool:
    """Say whether this site can send mail at all."""
    return mail.is_on()


def gateway_of(unlocked: Unlocked) -> Gateway | None:
    """Return the gateway of the own agency; None where there is none."""
    return Gateway.objects.filter(agency=unlocked.agency).exclude(url="").first()


def gateway_secret(row: Gateway | None) -> str:
    """Return the secret with which a gateway checks what comes from here."""
    return gateway.secret_of(row) if row else ""


# --- Comparing keys ---


def colleague_line(unlocked: Unlocked, person: Person) -> Colleague:
    """Return one person's line of the people page."""
    return next(line for line in people_page(unlocked) if line.person == person)


def keys_to_compare(person: Person) -> PublicKeys | None:
    """Return the unsigned keys of a colleague who accepted, for the administrator to compare."""
    accepted = Invitation.objects.filter(person=person, accepted_at__isnull=False).exists()
    row = PersonKey.objects.filter(person=person, epoch=1, root_signature__isnull=True).first()
    return minting.public_keys(row) if accepted and row else None


def root_to_compare(agency: Agency) -> PublicKeys | None:
    """Return another agency's newest root as the database shows it, for comparing with its people."""
    row = RoleKey.objects.filter(agency=agency, name=KeyName.ROOT).order_by("-epoch").first()
    return minting.public_keys(row) if row else None


def own_root_number(unlocked: Unlocked) -> str:
    """Return the number of the own agency's root, to read to a partner's administrator."""
    return trust.own_root(unlocked).public.safety_number


@dataclass(frozen=True, slots=True)
class Partner:
    """One line of the partners page; ``valid_until`` is None without a valid signed agreement."""

    agency: Agency
    valid_until: date | None


def partners_page(unlocked: Unlocked) -> list[Partner]:
    """Return every other active agency by name, with the end of our agreement if it is valid."""
    until = {row.partner_id: row.valid_until for row in Agreement.objects.filter(agency=unlocked.agency)}
    others = Agency.objects.filter(is_active=True).exclude(pk=unlocked.agency.id).order_by("name")
    return [
        Partner(one, until[one.id] if one.id in until and has_agreement(unlocked, one) else None)
        for one in others
    ]


# --- The administrator's home ---

# What ends within so many days is told beforehand.
SOON_DAYS = 30
# Without one of each an agency stands still; with one alone it stands still when that one is away.
_NEEDS_TWO = (RoleName.SUPERVISOR, RoleName.CUSTODIAN, RoleName.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Lapse:
    """Somebody whose training or code of conduct has ended (``on`` None: never was), or soon will."""

    person: Person
    on: date | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class AgencyHome:
    """What needs an administrator: people first, then what is about to end."""

    people: list[Colleague]
    lapses: list[Lapse]
    alone: list[RoleName]
    agreements: list[Agreement]
    has_partners: bool

    def of_status(self, status: str) -> list[Colleague]:
        return [line for line in self.people if line.status == status]


def agency_home(unlocked: Unlocked) -> AgencyHome:
    """Return what needs an administrator of the caller's agency. Five queries, however many people."""
    people = people_page(unlocked)
    active = [line for line in people if line.status == "active"]
    soon = unlocked.today + timedelta(days=SOON_DAYS)
    agreements = list(
        Agreement.objects.filter(agency=unlocked.agency)
        .select_related("partner")
        .order_by("valid_until", "partner__name")
    )
    return AgencyHome(
        people=people,
        lapses=[lapse for line in active if (lapse := _lapse(line.person, unlocked.today, soon))],
        alone=[role for role in _NEEDS_TWO if sum(role in line.roles for line in active) < 2],
        agreements=[row for row in agreements if row.valid_until <= soon],
        has_partners=bool(agreements),
    )


def _lapse(person: Person, today: date, soon: date) -> Lapse | None:
    """Return the earlier of the two dates of somebody, if it has passed or soon will."""
    dates = (person.membership.trained_until, person.membership.code_signed_until)
    ends = None if None in dates else min(day for day in dates if day is not None)
    return Lapse(person, ends, ends is None or ends < today) if ends is None or ends <= soon else None
