"""Why a service is not offered, and writing down that there is none: by page and by API."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.roles import RoleName
from referrals.models import Case, UnmetNeed
from referrals.payload import Incident
from services.actions.indexing import reindex
from services.codes import Publication, ServiceType, Status
from services.models import Organization, Service
from tests import people
from tests.people import Network
from tests.referrals import log, making
from tests.referrals.asking import Asker
from tests.referrals.pages import client_of, page
from tests.services.editors import give_role

pytestmark = pytest.mark.django_db
SHELTER = ServiceType.SAFE_HOUSE
CARD = replace(making.CARD, district="", access_needs=(), children=replace(making.CARD.children, count=None))


def make_case(network: Network, *excluded: UUID, **incident: str) -> Case:
    told = Incident(excluded_organizations=excluded, **incident)
    return making.make_case(people.unlock(network.owner), card=CARD, incident=told)


def why(asker: Asker, case: Case, service: Service, **needs: Any) -> dict[str, Any]:
    body = {"service_type": SHELTER, "service": str(service.pk)} | needs
    [found] = asker.do(f"cases/{case.pk}/places/why/", body)["results"]
    return dict(found)


def change(service: Service, **fields: Any) -> Service:
    Service.objects.filter(pk=service.pk).update(**fields)
    service.refresh_from_db()
    return service


def test_each_reason_is_said_in_words(network: Network) -> None:
    owner, case = Asker(network.owner), make_case(network, perpetrator_authority="health")
    ours = making.make_service(network.b.agency)
    fits = why(owner, case, ours)
    assert (fits["place_in_list"], fits["because"]) == (1, [])
    for fields, needs, words in (
        ({}, {"service_type": "livelihoods"}, "another kind of help: Safe place"),
        ({"minimum_age": 60}, {}, "other ages: From 60 years"),
        ({"sex": "male"}, {}, "It is for others"),
        ({"accepts_children": False}, {"with_children": True}, "Children cannot come along"),
        ({}, {"open_now": True}, "open now: it is not open"),
        ({}, {"available_now": True}, "Room not known: call first"),
    ):
        service = change(making.make_service(network.b.agency, name="Another"), **fields)
        answer = why(owner, case, service, **needs)
        assert words in " ".join(answer["because"]), answer
        assert answer["place_in_list"] is None
        assert "ask how old" not in " ".join(answer["against"]), "what keeps it out is said once"
    # Only some of her years fit: it is offered, and says that one has to ask.
    some = change(making.make_service(network.b.agency, name="From thirty"), minimum_age=30)
    asked = why(owner, case, some)
    assert not asked["because"]
    assert "From 30 years: ask how old she is" in asked["against"]
    change(some, publication=Publication.HIDDEN)
    # What keeps nothing out of the list, but stops or delays a referral.
    closed = change(making.make_service(None, name="No account"), status=Status.TEMPORARILY_CLOSED)
    nobody = " ".join(why(owner, case, closed)["against"])
    assert "while it is closed" in nobody
    assert "Nobody there has an account" in nobody
    for agency, words in ((network.a, "your own organisation"), (network.c, "no valid agreement")):
        service = making.make_service(agency.agency, name="Somebody's")
        assert words in " ".join(why(owner, case, service)["against"])
    clinic = making.make_service(network.b.agency, service_type=ServiceType.HEALTH_MEDICAL, name="Clinic")
    against = why(owner, case, clinic, service_type=ServiceType.HEALTH_MEDICAL)["against"]
    assert "second colleague must look" in " ".join(against)
    unlocked = people.unlock(network.owner)
    opened = making.edit(unlocked, case)
    making.send_under(unlocked, opened, making.consent_to(unlocked, opened, ours))
    assert "under way there already" in " ".join(why(owner, case, ours)["against"])
    # Many fit: the list shows the first eight.
    for number in range(8):
        making.make_service(network.b.agency, name=f"Aa {number}")
    last = why(owner, case, making.make_service(network.b.agency, name="Zz"))
    assert "places fit better" in " ".join(last["because"])
    assert log.newest(network.a)[0].action == "case.why_not"


def test_whom_she_excluded_is_named_to_who_reads_her_exclusions_alone(network: Network) -> None:
    excluded = Organization.objects.create(name="First listing", agency=network.b.agency)
    service = making.make_service(network.b.agency, name="Second listing of theirs")
    reindex([service.pk])
    case, other = make_case(network, excluded.pk), make_case(network)
    owner = client_of(network.owner)
    answers = {"service_type": SHELTER, "words": "listing"}
    html = owner.post(page("case_why", case.pk), answers).content.decode()
    assert "She asked never to tell First listing, and this one belongs to it" in html
    # Nothing else is said of it, and nothing leads there.
    assert "Room not known" not in html
    assert page("consent_new", case.pk) not in html
    assert "never to tell" not in owner.post(page("case_why", other.pk), answers).content.decode()
    found = owner.post(page("case_match", case.pk), {"service_type": SHELTER}).content.decode()
    assert f'data-service="{service.pk}"' not in found
    for person in (network.colleague, network.a.supervisor, network.b.intake, network.outsider):
        client = client_of(person)
        nowhere = client.post(page("case_why", uuid4()), answers)
        denied = client.post(page("case_why", case.pk), answers)
        assert (denied.status_code, denied.content) == (404, nowhere.content)
        assert Asker(person).ask(f"cases/{case.pk}/places/why/", answers).status_code == 404


def test_an_entry_one_may_not_know_of_is_answered_as_none(network: Network) -> None:
    case, owner = make_case(network), Asker(network.owner)
    hidden = change(making.make_service(network.b.agency), publication=Publication.HIDDEN)
    old = change(
        making.make_service(network.b.agency, name="Invented old one"),
        vouched_on=timezone.localdate() - timedelta(days=600),
    )
    gone = change(making.make_service(network.a.agency, name="Invented own"), status=Status.DEFUNCT)
    entries = [hidden, old, gone]
    reindex([one.pk for one in entries])
    url = f"cases/{case.pk}/places/why/"
    nothing = owner.ask(url, {"service": str(uuid4())}).content
    assert nothing == b'{"results":[]}'
    for one in entries:
        assert owner.ask(url, {"service": str(one.pk)}).content == nothing
    assert owner.ask(url, {"words": "invented"}).content == nothing
    client = client_of(network.owner)
    html = client.post(page("case_why", case.pk), {"words": "invented"}).content.decode()
    assert "There is no such entry" in html
    assert client.post(page("case_why", case.pk), {"words": ""}).status_code == 422
    # Who corrects one's own agency's entries knows of those; who edits the directory, of all.
    give_role(network.owner, RoleName.ADMINISTRATOR)
    [own] = Asker(network.owner).do(url, {"words": "invented"})["results"]
    assert own["service"] == str(gone.pk)
    assert "closed for good" in own["because"][0]
    give_role(network.owner, RoleName.EDITOR)
    found = Asker(network.owner).do(url, {"words": "invented"})["results"]
    said = {one["service"]: " ".join(one["because"]) for one in found}
    assert set(said) == {str(one.pk) for one in entries}
    assert "not shown to the public" in said[str(hidden.pk)]
    assert "18 months" in said[str(old.pk)]


def test_nothing_found_is_written_down_once_and_only_while_it_is_true(network: Network) -> None:
    case = make_case(network)
    client, owner = client_of(network.owner), Asker(network.owner)
    url, needs = page("case_match", case.pk), {"service_type": SHELTER}
    looked = client.post(url, needs).content.decode()
    client.post(url, needs)
    assert 'data-test="nothing"' in looked
    assert not UnmetNeed.objects.exists(), "looking counts nothing"
    for _again in range(2):
        answer = client.post(url, needs | {"nothing": "1"})
        assert answer["Location"].endswith("?done=nothing-found")
    owner.do(f"cases/{case.pk}/places/none/", needs, status=204)
    counted = UnmetNeed.objects.get()
    assert (counted.service_type, counted.reason, counted.month.day) == (SHELTER, "unavailable", 1)
    opened = making.edit(people.unlock(network.owner), case)
    assert opened.plan().dispositions.safe_house == "unavailable"
    assert [one.content.action for one in opened.history()].count("case.nothing_found") == 1
    # Only full houses: there is help of the kind, and no room.
    making.make_service(network.b.agency, service_type=ServiceType.LIVELIHOODS)
    full = {"service_type": ServiceType.LIVELIHOODS, "available_now": True}
    owner.do(f"cases/{case.pk}/places/none/", full, status=204)
    assert UnmetNeed.objects.get(service_type=ServiceType.LIVELIHOODS).reason == "no_capacity"
    # There is one by now: nothing is written down, and the list is shown.
    making.make_service(network.b.agency, name="New shelter")
    assert "New shelter" in client.post(url, needs | {"nothing": "1"}).content.decode()
    owner.do(f"cases/{case.pk}/places/none/", needs, status=409)
    # Who may not change the case is not asked and cannot.
    assert client_of(network.colleague).post(url, needs | {"nothing": "1"}).status_code == 404
    # Without her yes to statistics it stands in the case alone.
    quiet = making.make_case(
        people.unlock(network.owner), card=replace(CARD, statistics_consent=False), incident=Incident()
    )
    client.post(page("case_match", quiet.pk), {"service_type": "legal_assistance", "nothing": "1"})
    assert UnmetNeed.objects.count() == 2
    again = making.edit(people.unlock(network.owner), quiet)
    assert again.plan().dispositions.legal_assistance == "unavailable"
