"""Who edits the directory in tests: two editors of two agencies, beside the people of ``tests.people``."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import Person, Role
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from services import actions
from services.editing import records
from services.editing.sections import SECTIONS, Data
from services.models import Organization, Proposal, Service
from tests import people
from tests.people import Network


@dataclass(frozen=True)
class Editors:
    """``first`` and ``second`` edit, in different agencies; ``desk`` is the owning agency's intake,
    ``caseworker`` nobody's.
    """

    network: Network
    first: Unlocked
    second: Unlocked
    desk: Unlocked
    caseworker: Unlocked


def give_role(person: Person, name: RoleName) -> None:
    """Let a person act in a role that comes with no key."""
    role = Role.objects.filter(agency=person.agency, name=name).first()
    if role is None:
        group = Group.objects.create(name=f"{person.agency_id}:{name}")
        role = Role.objects.create(agency=person.agency, name=name, group=group)
    person.groups.add(role.group)


def make_editors() -> Editors:
    network = people.get_network()
    for person in (network.colleague, network.outsider):
        give_role(person, RoleName.EDITOR)
    return Editors(
        network,
        *(
            people.unlock(person)
            for person in (network.colleague, network.outsider, network.b.intake, network.owner)
        ),
    )


def owned_by_desk(service: Service, editors: Editors) -> Service:
    """Give the service's organization to the agency of ``desk``."""
    Organization.objects.filter(pk=service.organization_id).update(agency=editors.desk.agency)
    return Service.objects.get(pk=service.pk)


def client(unlocked: Unlocked) -> Client:
    return people.sign_in(Client(), unlocked.person)


def snapshot(code: str, target: Any) -> Data:
    """Return what a section says of a record in the database now."""
    section = SECTIONS[code]
    return records.snapshot(section, section.of._default_manager.get(pk=target.pk))


def propose(service: Service, code: str, by: Unlocked, *, target: Any = None, **changes: Any) -> Proposal:
    """Propose a change of one section through the action."""
    target = target or service
    before = snapshot(code, target)
    return actions.propose_change(
        key=uuid4(),
        service_id=service.pk,
        section=code,
        target=UUID(str(target.pk)),
        seen=records.digest(before),
        after=before | changes,
        by=by,
    )
