"""A question by link to a provider without an account: what it shows, what guards it, what ends it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.unlocked import Unlocked
from audit.models import Entry
from referrals import access, actions, entries, errors
from referrals.access import OpenCase
from referrals.models import Inquiry, InquiryHalf, Referral
from referrals.models.cases import Section
from services import actions as directory_actions
from services.codes import AvailabilitySource
from services.errors import Missing
from services.models import Organization, PlaceHold, Service, ServiceHours
from tests import people
from tests.people import Network
from tests.referrals import making, pages
from tests.referrals.log import newest
from tests.referrals.test_at_once import both

pytestmark = pytest.mark.django_db


class Asking:
    """The owner, her case, and a shelter nobody of which has an account."""

    def __init__(self, network: Network, **case: Any) -> None:
        self.network = network
        self.service = making.make_service(None)
        self.owner: Unlocked = people.unlock(network.owner)
        self.case = making.make_case(self.owner, **case)

    def opened(self, unlocked: Unlocked | None = None) -> OpenCase:
        return making.edit(unlocked or self.owner, self.case)

    def consent(self, **changes: Any) -> Any:
        return making.consent_to(self.owner, self.opened(), self.service, **changes)

    def ask(self, consent_id: Any = None, **changes: Any) -> tuple[Any, str]:
        return making.ask_under(self.owner, self.opened(), consent_id or self.consent(), **changes)


@pytest.fixture
def asking(network: Network) -> Asking:
    return Asking(network)


def test_the_link_shows_the_opaque_part_and_takes_one_answer(asking: Asking) -> None:
    inquiry_id, token = asking.ask()
    provider = Client()
    address = f"/work/ask/{token}/"
    logged = Entry.objects.count()
    shown = provider.get(address)
    page = shown.content.decode()
    assert Entry.objects.count() == logged + 1, "a look is in the log of the agency that asks"
    assert (shown.headers["Cache-Control"], shown.headers["Referrer-Policy"]) == ("no-store", "same-origin")
    for word in ("Invented shelter", "desk line +998 00 700 00 01", "Sign language"):
        assert word in page
    for hers in (making.CARD.alias, making.IDENTITY.name, making.IDENTITY.phone, "apricot", "a warm room"):
        assert hers not in page
    assert str(asking.case.id) not in page
    assert provider.post(address, {"answer": "maybe"}).status_code == 422
    assert provider.post(address, {"answer": "cannot"}).status_code == 422, "a no needs its reason"
    answer = provider.post(address, {"answer": "can", "reason": "no_capacity"})
    assert (answer.status_code, answer["Location"]) == (303, "/work/ask/answered/")
    assert "used up" in provider.get(answer["Location"]).content.decode()
    inquiry = Inquiry.objects.get(pk=inquiry_id)
    assert (inquiry.answer, inquiry.reason_code, bytes(inquiry.sealed_opaque)) == ("can", "", b"")
    assert not InquiryHalf.objects.exists()
    assert inquiry.asked_at.astimezone(timezone.get_current_timezone()).hour == 0
    for again in (provider.get(address), provider.post(address, {"answer": "call"})):
        assert again.status_code == 404
    hers = pages.client_of(asking.network.owner)
    case = pages.text(hers, f"/work/cases/{asking.case.id}/")
    assert "They can take her" in case
    # It waits for who asked, with the case it is about; for nobody else, and not for ever.
    home = pages.text(hers, "/work/")
    assert 'data-kind="asked_can"' in home
    assert "Invented shelter" in home
    assert making.CARD.alias in home
    assert "data-kind" not in pages.text(pages.client_of(asking.network.colleague), "/work/")
    Inquiry.objects.update(answer="nobody")
    assert 'data-kind="asked_nobody"' in pages.text(hers, "/work/")
    Inquiry.objects.update(ended_at=timezone.now() - timedelta(days=10))
    assert "asked_" not in pages.text(hers, "/work/")


def test_only_what_she_ticked_is_shown(asking: Asking) -> None:
    _, token = asking.ask(
        asking.consent(fields=["language"]), request=replace(making.REQUEST, needs="", household_size=None)
    )
    opaque = access.inquiry_for(token).opaque
    assert (opaque.language, opaque.age_band, opaque.access_needs) == ("uz", "", ())


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("withdrawn", errors.ConsentMissing),
        ("refused", errors.ConsentMissing),
        ("over", errors.ConsentMissing),
        ("household", errors.ConsentDoesNotCover),
        ("her phone", errors.NotSafe),
        ("excluded", errors.ConflictFound),
        ("duty", errors.LegalDutyNotShown),
        ("moved", errors.ConsentDoesNotCover),
        ("account", errors.ConsentDoesNotCover),
        ("urgency", errors.Invalid),
        ("twice", errors.AlreadySent),
    ],
)
def test_each_guard_stands_alone(asking: Asking, how: str, error: type[Exception]) -> None:
    """Fails for exactly the reason named; without it the same question is put."""
    changes: dict[str, Any] = {}
    fields = ["language"] if how == "household" else making.FIELDS
    consent = asking.consent(fields=fields)
    opened = asking.opened()
    if how == "withdrawn":
        actions.withdraw_consent(unlocked=asking.owner, opened=opened, consent_id=consent)
    if how == "refused":
        consent = actions.record_refusal(unlocked=asking.owner, opened=opened, service_id=asking.service.pk)
    if how == "over":
        asking.owner = making.later(asking.network.owner, days=31)
    if how == "her phone":
        changes["request"] = replace(making.REQUEST, needs="", how_to_reach_worker="call +998 00 111 22 33")
    if how == "excluded":
        incident = replace(making.INCIDENT, excluded_organizations=[asking.service.organization_id])
        actions.edit_section(
            unlocked=asking.owner, opened=opened, section=Section.INCIDENT, content=incident, revision=1
        )
    if how == "duty":
        changes["legal_duty_acknowledged"] = False
    if how == "moved":
        Service.objects.update(organization=Organization.objects.create(name="Another"))
    if how == "account":
        Organization.objects.update(agency=asking.network.b.agency)
    if how == "urgency":
        changes["urgency"] = "soon"
    if how == "twice":
        asking.ask(consent)
    before = Inquiry.objects.count()
    with pytest.raises(error) as raised:
        asking.ask(consent, **changes)
    assert type(raised.value) is error
    assert Inquiry.objects.count() == before


def test_an_organisation_with_an_account_gets_a_referral_and_no_link(network: Network) -> None:
    owner = people.unlock(network.owner)
    opened = making.edit(owner, making.make_case(owner))
    service = making.make_service(network.b.agency)
    with pytest.raises(errors.WrongState):
        making.ask_under(owner, opened, making.consent_to(owner, opened, service))
    assert not Referral.objects.exists()


@pytest.mark.parametrize("end", ["withdraw", "take_back", "close", "expire", "agency"])
def test_what_ends_it_ends_the_link_at_once(asking: Asking, end: str) -> None:
    consent = asking.consent()
    inquiry_id, token = asking.ask(consent)
    opened = asking.opened()
    if end == "withdraw":
        actions.withdraw_consent(unlocked=asking.owner, opened=opened, consent_id=consent)
    if end == "take_back":
        for _ in range(2):
            actions.take_back_inquiry(unlocked=asking.owner, opened=opened, inquiry_id=inquiry_id)
        said = [one.action for one in newest(asking.network.a, limit=50)]
        assert said.count(entries.INQUIRY_TAKEN_BACK.name) == 1, "a repeated click is no second act"
    if end == "close":
        actions.close_case(unlocked=asking.owner, opened=opened)
    if end == "expire":
        Inquiry.objects.update(expires_at=timezone.now())
    if end == "agency":
        asking.network.a.agency.__class__.objects.update(is_active=False)
    with pytest.raises(Missing):
        access.inquiry_for(token)
    if end in ("withdraw", "take_back", "close"):
        assert not InquiryHalf.objects.exists(), "not even a copy of the link opens a copy of the database"
        assert bytes(Inquiry.objects.get().sealed_opaque) == b""


def test_it_never_outlasts_her_consent(asking: Asking) -> None:
    ends = (asking.owner.now + timedelta(hours=2)).replace(microsecond=0)
    inquiry_id, _ = asking.ask(asking.consent(expires_at=ends), urgency="routine")
    assert Inquiry.objects.get(pk=inquiry_id).expires_at == ends


def test_a_question_of_another_case_is_not_taken_back(asking: Asking) -> None:
    inquiry_id, _ = asking.ask()
    other = making.make_case(asking.owner)
    client = pages.client_of(asking.network.owner)
    for case, status in ((other, 404), (asking.case, 303)):
        answer = client.post(f"/work/cases/{case.id}/asked/", {"inquiry": str(inquiry_id)})
        assert answer.status_code == status
        assert Inquiry.objects.filter(ended_at__isnull=True).exists() is (case is other)
    for odd in ("x", ""):
        assert client.post(f"/work/cases/{asking.case.id}/asked/", {"inquiry": odd}).status_code == 303


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once(asking: Asking) -> None:
    _, token = asking.ask()
    found = [access.inquiry_for(token) for _ in range(2)]
    results = both(
        lambda: actions.answer_inquiry(found=found[0], answer="can"),
        lambda: actions.answer_inquiry(found=found[1], answer="call"),
    )
    assert sorted(type(one).__name__ for one in results) == ["Missing", "NoneType"]


# --- From the finding page ---


def _search(**more: Any) -> dict[str, Any]:
    return {"service_type": "safe_house", **more}


def test_from_the_list_to_the_link(asking: Asking) -> None:
    client = pages.client_of(asking.network.owner)
    found = client.post(f"/work/cases/{asking.case.id}/find/", _search()).content.decode()
    assert "Ask them by a link" in found
    law = {"service": str(asking.service.pk), "step": "duty"}
    assert "Step 1 of 4" in client.post(f"/work/cases/{asking.case.id}/consent/", law).content.decode()
    consent = asking.consent()
    address = f"/work/cases/{asking.case.id}/consents/{consent}/send/"
    case = pages.text(client, f"/work/cases/{asking.case.id}/")
    assert address in case
    assert "Ask them by a link" in case
    assert "Send the referral" not in case
    page = pages.text(client, address)
    assert "apricot" not in page
    assert "Nigora" not in page
    sent = pages.filled(page, **pages.SENDING, household_size="3")
    made = client.post(address, sent).content.decode()
    link = re.search(r"https?://[^/]+(/work/ask/[\w-]{43}/)", made)
    assert link is not None
    assert address not in pages.text(client, f"/work/cases/{asking.case.id}/")  # it waits for an answer
    assert "What is asked" in Client().get(link[1]).content.decode()
    again = client.post(address, sent)
    assert again.status_code == 422
    assert link[1] not in again.content.decode()
    assert Inquiry.objects.count() == 1


def test_a_place_that_is_closed_is_called_so_once(network: Network) -> None:
    service = making.make_service(network.b.agency)
    # Without any row the hours are not known.
    ServiceHours.objects.create(service=service, weekday=1, opens=0, closes=1440, valid_to="2020-01-02")
    directory_actions.report_availability(
        service_id=service.pk, status="capacity", places_free=1, source=AvailabilitySource.PROVIDER_PAGE
    )
    client = pages.client_of(network.owner)
    address = f"/work/cases/{making.make_case(people.unlock(network.owner)).id}/find/"
    html = client.post(address, {"service_type": "safe_house"}).content.decode()
    assert "Closed at the moment" in html
    assert "Not open at this moment" not in html


def test_a_place_is_held_and_given_back_from_the_list(network: Network) -> None:
    service = making.make_service(network.b.agency)
    directory_actions.report_availability(
        service_id=service.pk, status="capacity", places_free=1, source=AvailabilitySource.PROVIDER_PAGE
    )
    clients, addresses = [], []
    for person in (network.owner, network.colleague):
        clients.append(pages.client_of(person))
        addresses.append(f"/work/cases/{making.make_case(people.unlock(person)).id}/find/")
    (mine, theirs), (here, there) = clients, addresses
    assert "Hold a place" in mine.post(here, _search()).content.decode()
    for _ in range(2):
        held = mine.post(here, _search(hold=str(service.pk))).content.decode()
        assert "You hold a place here until" in held
    assert PlaceHold.objects.count() == 1
    late = theirs.post(there, _search(hold=str(service.pk))).content.decode()
    assert "Somebody else was quicker" in late
    assert "All places are held at the moment" in late
    assert mine.post(here, _search(hold="x")).status_code == 200
    assert "not in the directory" in mine.post(here, _search(hold=str(uuid4()))).content.decode()
    back = mine.post(here, _search(release=str(service.pk))).content.decode()
    assert "Hold a place" in back
    assert not PlaceHold.objects.exists()


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_the_answer_to_a_referral_ends_exactly_the_senders_hold(network: Network, answer: str) -> None:
    service = making.make_service(network.b.agency)
    directory_actions.report_availability(
        service_id=service.pk, status="capacity", places_free=3, source=AvailabilitySource.PROVIDER_PAGE
    )
    hold = directory_actions.hold_place(service_id=service.pk, by=people.unlock(network.owner))
    other = directory_actions.hold_place(service_id=service.pk, by=people.unlock(network.colleague))
    _, _, referral = making.make_referral(network, service=service)
    desk = people.unlock(network.b.intake)
    packet = making.packet(desk, referral)
    assert packet.opaque.hold_id == hold.pk
    if answer == "accept":
        making.take(desk, referral)
    else:
        actions.decline(unlocked=desk, packet=packet, reason="no_capacity", version=referral.version)
    kinds = sorted(PlaceHold.objects.values_list("kind", flat=True))
    assert kinds == (["accepted", "asked"] if answer == "accept" else ["asked"])
    assert PlaceHold.objects.filter(pk=other.pk).exists()
    assert not PlaceHold.objects.filter(pk=hold.pk).exists()
