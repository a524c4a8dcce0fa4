"""Somebody's case with a referral on its way, and everybody who may come to look at it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Person, Session
from referrals import actions
from referrals.models import Case
from services import actions as directory
from services import links
from services.codes import LinkKind
from services.editing import records
from services.editing.sections import SECTIONS
from services.models import District, Proposal, Region, Service, WorkingGroup
from tests import people
from tests.copies import Copies
from tests.people import Network
from tests.referrals import making


@dataclass(frozen=True)
class Scene:
    """Somebody's case with a sent referral, and everybody who may come to look."""

    network: Network
    clients: dict[str, Client]
    there: dict[str, object]
    missing: dict[str, object]


def _propose(network: Network, service: Service) -> Proposal:
    """Let the desk propose a change of its own entry."""
    before = records.snapshot(SECTIONS["service_names"], service)
    return directory.propose_change(
        key=uuid4(),
        service_id=service.id,
        section="service_names",
        target=service.id,
        seen=records.digest(before),
        after=before | {"alternate_name": "Another name"},
        by=people.unlock(network.b.intake),
    )


def _a_region() -> Region:
    """Return a region with an outline, so that the map and the pages of places have something to show."""
    outline = [[[[69.0, 41.0], [69.5, 41.0], [69.5, 41.5], [69.0, 41.0]]]]
    values = {"names": {"en": "Sample"}, "outline": outline, "latitude": 41.2, "longitude": 69.3}
    place = {"time_zone": "Asia/Tashkent", "position": 99}
    return Region.objects.get_or_create(code="XX-SA", defaults=values | place)[0]


def get_scene() -> Scene:
    """Return a copy of the scene, as if everybody had signed in and confirmed it a moment ago."""
    scene = _SCENE.get()
    now = timezone.now()
    Session.objects.update(started_at=now, seen_at=now)
    Session.objects.filter(stepped_up_until__isnull=False).update(stepped_up_until=now + timedelta(minutes=5))
    return scene


def make_scene(network: Network) -> Scene:
    """Let the owner send one referral to agency B, and sign everybody in."""
    service = making.make_service(network.b.agency)
    case, consent_id, referral = making.make_referral(network, service=service)
    there: dict[str, object] = {
        "case_id": case.id,
        "consent_id": consent_id,
        "referral_id": referral.id,
        "document_id": making.add_document(people.unlock(network.owner), case),
        "task_id": _task(network, case),
        "service_id": service.id,
        "organization_id": service.organization_id,
        "person": network.a.colleague.id,
        "agency": network.b.agency.id,
        "run_id": uuid4(),
        "location_id": uuid4(),
        "suggestion_id": uuid4(),
        "proposal_id": _propose(network, service).id,
        "section": "service_names",
        "target": service.id,
        "answer_token": links.make(
            kind=LinkKind.STILL_CORRECT, service=service, lasts=timedelta(days=14), by=None
        )[1],
        "group_id": _group().id,
        "code": "contact",
        "place_code": _a_region().code,
        "place": _a_region().code,
        "key": "member",
        "text": "uz",
        "guide": "desk",
    }
    missing = {name: uuid4() if isinstance(value, UUID) else value for name, value in there.items()}
    who = {
        "owner": network.owner,
        "colleague": network.colleague,
        "outsider": network.outsider,
        "intake": network.b.intake,
        "supervisor": network.a.supervisor,
        "custodian": network.a.custodian,
        "administrator": network.a.administrator,
        "analyst": network.a.analyst,
        "lapsed": network.b.worker,
        "removed": network.b.intake2,
    }
    # Confirmed a moment ago: what is asked again must not hide a door that stands open.
    clients = {name: people.step_up(people.sign_in(Client(), person)) for name, person in who.items()}
    clients["stranger"] = Client()
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(person=network.b.worker).update(trained_until=yesterday)
    Person.objects.filter(pk=network.b.intake2.pk).update(is_active=False)
    clients["removed"].get("/")  # the first answer after it ended takes the cookies away
    return Scene(network, clients, there, missing)


def _task(network: Network, case: Case) -> UUID:
    """Write down something to do."""
    owner = people.unlock(network.owner)
    opened = making.edit(owner, case)
    actions.add_task(unlocked=owner, opened=opened, text="ask about the job", due_on=owner.today)
    task_id = opened.follow_up().tasks[0].id
    owner.finish()
    assert task_id is not None
    return task_id


def _group() -> WorkingGroup:
    """List a working group in a district."""
    district = District.objects.create(
        code="xx-sa-namuna", region=_a_region(), names={"en": "Namuna"}, position=0
    )
    return WorkingGroup.objects.create(
        name="Safe evenings", region=_a_region(), district=district, member_kinds=["women", "police"]
    )


_SCENE = Copies(lambda: make_scene(people.get_network()), "accounts", "audit", "services", "referrals")
