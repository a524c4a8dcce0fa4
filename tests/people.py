"""The people of most tests: two agencies with real keys, three named people each, and an outsider.

``network`` makes them by the product's own set-up. ``sign_in`` gives a test client a real session.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import actions, sessions
from accounts.actions import Founder
from accounts.actions.signing_in import start_session
from accounts.actions.unlocking import open_password_slot
from accounts.minting import Papers
from accounts.models import Agency, Person, RoleKey
from accounts.roles import KeyName, RoleName
from accounts.unlocked import Unlocked
from tests.copies import Copies

PASSWORD = "a long walk beside the river"


@dataclass(frozen=True)
class Team:
    """One agency and its people by what they are called in tests."""

    agency: Agency
    people: dict[str, Person]
    papers: dict[str, Papers] = field(repr=False)

    def __getattr__(self, name: str) -> Person:
        people: dict[str, Person] = self.__dict__.get("people", {})
        if name in people:
            return people[name]
        raise AttributeError(name)


@dataclass(frozen=True)
class Network:
    """Agency A does casework, agency B provides services, and an outsider's agency has no agreement.

    ``a``: owner and colleague (caseworkers), supervisor, custodian, administrator, analyst.
    ``b``: intake and intake2, worker (caseworker), supervisor, custodian, administrator.
    ``c``: outsider (caseworker), supervisor, custodian, administrator.
    """

    a: Team
    b: Team
    c: Team

    @property
    def owner(self) -> Person:
        return self.a.owner

    @property
    def colleague(self) -> Person:
        return self.a.colleague

    @property
    def outsider(self) -> Person:
        return self.c.outsider


_SHARED = {
    "supervisor": RoleName.SUPERVISOR,
    "custodian": RoleName.CUSTODIAN,
    "administrator": RoleName.ADMINISTRATOR,
}
TEAMS: dict[str, dict[str, RoleName]] = {
    "a": {
        "owner": RoleName.CASEWORKER,
        "colleague": RoleName.CASEWORKER,
        "analyst": RoleName.ANALYST,
        **_SHARED,
    },
    "b": {
        "intake": RoleName.INTAKE,
        "intake2": RoleName.INTAKE,
        "worker": RoleName.CASEWORKER,
        **_SHARED,
    },
    "c": {"outsider": RoleName.CASEWORKER, **_SHARED},
}


def make_team(letter: str, *, people: dict[str, RoleName] | None = None, with_card: bool = False) -> Team:
    """Make one agency by the real first set-up; names are ``<letter>.<person>``."""
    people = people or TEAMS[letter]
    first = actions.create_agency(
        name=f"Agency {letter.upper()}",
        founders=[
            Founder(
                name=f"{letter}.{name}",
                display_name=f"{name.title()} of {letter.upper()}",
                roles=frozenset({role.value}),
                password=PASSWORD,
                with_card=with_card,
            )
            for name, role in people.items()
        ],
        does_casework=True,
        provides_services=letter == "b",
        trained_until=next_year(),
        code_signed_until=next_year(),
    )
    return Team(
        agency=first[0].person.agency,
        people={name: one.person for name, one in zip(people, first, strict=True)},
        papers={name: one.papers for name, one in zip(people, first, strict=True)},
    )


def get_team(letter: str, people: dict[str, RoleName]) -> Team:
    """Return one agency, made once and copied into later tests; not beside the network, whose rows it
    would meet."""
    key = (letter, *people.items())
    copies = _TEAMS.setdefault(key, Copies(lambda: make_team(letter, people=people), "accounts", "audit"))
    return copies.get()


_TEAMS: dict[object, Copies[Team]] = {}


def get_network() -> Network:
    """Return the network, made once by the real set-up and copied row by row into later tests."""
    return _NETWORK.get()


def make_network() -> Network:
    """Make the three agencies; A and B have signed an agreement with each other."""
    network = Network(a=make_team("a"), b=make_team("b"), c=make_team("c"))
    make_agreement(network.a, network.b)
    make_agreement(network.b, network.a)
    return network


_NETWORK = Copies(make_network, "accounts", "audit")


def make_agreement(ours: Team, theirs: Team, *, valid_until: date | None = None) -> None:
    """Have our administrator sign an agreement with their agency."""
    root = RoleKey.objects.get(agency=theirs.agency, name=KeyName.ROOT)
    actions.agree(
        unlock(ours.administrator),
        partner=theirs.agency,
        partner_root_fingerprint=bytes(root.fingerprint),
        valid_until=valid_until or next_year(),
    )


def next_year() -> date:
    """Return a date on which everything is still valid."""
    return timezone.localdate() + timedelta(days=365)


def seed_of(person: Person, *, password: str = PASSWORD, card: bytes | None = None) -> bytes:
    """Return a person's seed, opened from their password slot."""
    return open_password_slot(person, password=password, card=card)


def unlock(person: Person, *, password: str = PASSWORD, card: bytes | None = None) -> Unlocked:
    """Return the person unlocked, without a session: for tests of rules below the web."""
    fresh = Person.objects.select_related("agency", "membership").get(pk=person.pk)
    return Unlocked(person=fresh, seed=seed_of(fresh, password=password, card=card))


def sign_in(client: Client, person: Person, *, password: str = PASSWORD) -> Client:
    """Give the client a real session of this person: two cookies and a row. Returns the client."""
    seed = seed_of(person, password=password)
    session_id, half = start_session(person, seed=seed, is_waiting=False, now=timezone.now())
    client.cookies[settings.SESSION_ID_COOKIE] = session_id
    client.cookies[settings.SESSION_HALF_COOKIE] = half
    return client


def step_up(client: Client) -> Client:
    """Mark the client's session as confirmed a moment ago."""
    found = sessions.find(
        client.cookies[settings.SESSION_ID_COOKIE].value,
        client.cookies[settings.SESSION_HALF_COOKIE].value,
        now=timezone.now(),
    )
    if found is None or found.session is None:
        raise LookupError("not signed in")
    found.session.stepped_up_until = timezone.now() + timedelta(seconds=settings.STEP_UP_SECONDS)
    found.session.save(update_fields=["stepped_up_until"])
    return client
