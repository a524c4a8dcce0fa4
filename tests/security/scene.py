"""Somebody's case with a referral on its way, and everybody who may come to look at it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Person
from services import links
from services.codes import LinkKind
from services.models import District, Region, WorkingGroup
from tests import people
from tests.people import Network
from tests.referrals import making


@dataclass(frozen=True)
class Scene:
    """Somebody's case with a sent referral, and everybody who may come to look."""

    network: Network
    clients: dict[str, Client]
    there: dict[str, object]
    missing: dict[str, object]


def make_scene(network: Network) -> Scene:
    """Let the owner send one referral to agency B, and sign everybody in."""
    service = making.make_service(network.b.agency)
    case, consent_id, referral = making.make_referral(network, service=service)
    there: dict[str, object] = {
        "case_id": case.id,
        "consent_id": consent_id,
        "referral_id": referral.id,
        "service_id": service.id,
        "organization_id": service.organization_id,
        "person": network.a.colleague.id,
        "agency": network.b.agency.id,
        "run_id": uuid4(),
        "answer_token": links.make(
            kind=LinkKind.STILL_CORRECT, service=service, lasts=timedelta(days=14), by=None
        )[1],
        "group_id": _group().id,
        "code": "contact",
        "key": "member",
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


def _group() -> WorkingGroup:
    """List a working group in a place of its own."""
    place = {"names": {"en": "Namuna"}, "position": 0}
    region = Region.objects.create(
        code="XX-1", outline=[], latitude=40.0, longitude=68.0, time_zone="Asia/Tashkent", **place
    )
    district = District.objects.create(code="xx-1-namuna", region=region, **place)
    return WorkingGroup.objects.create(
        name="Safe evenings", region=region, district=district, member_kinds=["women", "police"]
    )
