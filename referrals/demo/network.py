"""The demo's directory, agencies and people. All invented; telephones are of a range that cannot exist."""

import json
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import actions as accounts
from accounts.actions import Founder
from accounts.actions.unlocking import open_password_slot
from accounts.models import Agency, Person, RoleKey
from accounts.roles import KeyName, RoleName
from accounts.unlocked import Unlocked
from services import actions as directory
from services import places
from services.codes import AvailabilitySource
from services.models import Organization, Service

# Printed at the end of ``make demo``: it opens nothing but invented cases on this machine.
PASSWORD = "walk beside me today"  # noqa: S105 - shown on purpose

_FILES = settings.BASE_DIR / "services" / "demo"
_SOURCE = "demo"


@dataclass(frozen=True)
class DemoPerson:
    """Who can sign in, and what they come for."""

    name: str
    display_name: str
    roles: tuple[RoleName, ...]


@dataclass(frozen=True)
class DemoAgency:
    """An agency; ``listed_as`` is its organisation in the demo directory, where it gives services."""

    name: str
    people: tuple[DemoPerson, ...]
    listed_as: str = ""


CASEWORK = (
    DemoAgency(
        "Demo Casework Centre Jizzakh",
        (
            DemoPerson("dilnoza", "Dilnoza Sinova", (RoleName.CASEWORKER,)),
            DemoPerson("malika", "Malika Namunova", (RoleName.CASEWORKER,)),
            DemoPerson("saida", "Saida Misolova", (RoleName.SUPERVISOR, RoleName.EDITOR)),
            DemoPerson("karima", "Karima Demova", (RoleName.CUSTODIAN, RoleName.ADMINISTRATOR)),
        ),
    ),
    DemoAgency(
        "Demo Casework Centre Tashkent",
        (
            DemoPerson("feruza", "Feruza Sinova", (RoleName.CASEWORKER, RoleName.SUPERVISOR)),
            DemoPerson(
                "lobar", "Lobar Namunova", (RoleName.CUSTODIAN, RoleName.ADMINISTRATOR, RoleName.EDITOR)
            ),
        ),
    ),
)
PROVIDERS = (
    DemoAgency(
        "Namuna Yordam Uyi",
        (
            DemoPerson("nodira", "Nodira Misolova", (RoleName.INTAKE,)),
            DemoPerson("zulfiya", "Zulfiya Demova", (RoleName.INTAKE, RoleName.SUPERVISOR)),
            DemoPerson("oydin", "Oydin Sinova", (RoleName.CUSTODIAN, RoleName.ADMINISTRATOR)),
        ),
        listed_as="Namuna Yordam Uyi",
    ),
    DemoAgency(
        "Demo Clinic Anorzor",
        (
            DemoPerson("barno", "Barno Namunova", (RoleName.INTAKE, RoleName.SUPERVISOR)),
            DemoPerson("iroda", "Iroda Demova", (RoleName.CUSTODIAN, RoleName.ADMINISTRATOR)),
        ),
        listed_as="Demo Clinic Anorzor",
    ),
    DemoAgency(
        "Sinov Legal Room Tarozi",
        (
            DemoPerson("gavhar", "Gavhar Misolova", (RoleName.INTAKE, RoleName.SUPERVISOR)),
            DemoPerson("ziyoda", "Ziyoda Sinova", (RoleName.CUSTODIAN, RoleName.ADMINISTRATOR)),
        ),
        listed_as="Sinov Legal Room Tarozi",
    ),
)


@transaction.atomic
def make_directory() -> bool:
    """Import, publish and assure the demo directory; False when it is there already."""
    places.load()
    if Service.objects.filter(source=_SOURCE).exists():
        return False
    for file in sorted(_FILES.glob("*.json")):
        if file.name != "availability.json":
            directory.import_hsds(file.read_bytes(), source=_SOURCE, dry_run=False, file_name=file.name)
    services = list(Service.objects.filter(source=_SOURCE).order_by("pk"))
    directory.publish(service.pk for service in services)
    for number, service in enumerate(services):
        # Checked on different days of the last four months.
        directory.confirm(service.pk, on=timezone.localdate() - timedelta(days=number * 7 % 120))
    _report_availability({str(service.pk): service for service in services})
    return True


def _report_availability(services: dict[str, Service]) -> None:
    now = timezone.now()
    for report in json.loads((_FILES / "availability.json").read_text(encoding="utf-8")):
        directory.report_availability(
            service_id=services[report["service_id"]].pk,
            status=report["status"],
            source=AvailabilitySource(report["source"]),
            places_total=report["places_total"],
            places_free=report["places_free"],
            wait_days=report["wait_days"],
            reported_at=now - timedelta(hours=report["hours_ago"]),
        )


def unlock(name: str, *, hours_ago: float = 0) -> Unlocked:
    """Return one of the demo's people with their keys open, at a moment of the last days."""
    person = Person.objects.select_related("agency", "membership").get(name=name)
    seed = open_password_slot(person, password=PASSWORD, card=None)
    return Unlocked(person=person, seed=seed, now=timezone.now() - timedelta(hours=hours_ago))


@transaction.atomic
def make_agencies() -> bool:
    """Create the agencies with their people, link them to the directory, sign the agreements."""
    if Agency.objects.filter(name=CASEWORK[0].name).exists():
        return False
    for plan in (*CASEWORK, *PROVIDERS):
        _make_agency(plan)
    for ours in CASEWORK:
        for theirs in PROVIDERS:
            _agree(ours, theirs)
            _agree(theirs, ours)
    return True


def _make_agency(plan: DemoAgency) -> None:
    valid_until = timezone.localdate() + timedelta(days=300)
    first = accounts.create_agency(
        name=plan.name,
        founders=[
            Founder(
                name=person.name,
                display_name=person.display_name,
                roles=frozenset(role.value for role in person.roles),
                password=PASSWORD,
                with_card=False,
            )
            for person in plan.people
        ],
        does_casework=not plan.listed_as,
        provides_services=bool(plan.listed_as),
        trained_until=valid_until,
        code_signed_until=valid_until,
    )
    if plan.listed_as:
        Organization.objects.filter(source=_SOURCE, name=plan.listed_as).update(agency=first[0].person.agency)


_administrators: dict[str, Unlocked] = {}


def _agree(ours: DemoAgency, theirs: DemoAgency) -> None:
    if ours.name not in _administrators:
        _administrators[ours.name] = unlock(
            next(one.name for one in ours.people if RoleName.ADMINISTRATOR in one.roles)
        )
    partner = Agency.objects.get(name=theirs.name)
    root = RoleKey.objects.get(agency=partner, name=KeyName.ROOT)
    accounts.agree(
        _administrators[ours.name],
        partner=partner,
        partner_root_fingerprint=bytes(root.fingerprint),
        valid_until=timezone.localdate() + timedelta(days=300),
    )
