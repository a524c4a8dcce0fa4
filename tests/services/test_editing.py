"""Changes by hand: nobody's goes live by that person alone, and none over what they have not seen."""

from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Entry
from services import actions
from services.codes import Publication
from services.editing import records
from services.editing.fields import Clock
from services.editing.sections import SECTIONS, SITE_SECTIONS
from services.errors import ChangedMeanwhile, NotAllowed
from services.models import ImportRow, Location, Organization, Phone, Proposal, Service
from services.queries import SearchFilters, search
from tests.services.editors import Editors, client, make_editors, owned_by_desk, propose, snapshot

from .conftest import Make, as_file, hsds_service, imported

pytestmark = pytest.mark.django_db


@pytest.fixture
def editors(db: None) -> Editors:
    return make_editors()


def section_page(service: Service, code: str, target: Any = None) -> str:
    return reverse("services:edit_section", args=[service.pk, code, (target or service).pk])


def posted(page: str, client: Client, **changes: Any) -> dict[str, Any]:
    """Return what the browser would send: every field of the page's form, with changes."""
    form = client.get(page).context["form"]
    data = {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}
    return data | changes


# --- the whole way, over HTTP ---


def test_a_change_is_seen_by_the_public_when_a_second_editor_has_approved_it(
    make: Make, editors: Editors
) -> None:
    service = make()
    first, second, stranger = client(editors.first), client(editors.second), Client()
    page = section_page(service, "service_phones")
    public = reverse("services:service", args=[service.pk])
    data = posted(page, first, **{"rows-0-number": "+998 00 000 77 07", "why": "called the desk"})

    answer = first.post(page, data)
    assert answer.status_code == 303
    again = first.post(page, data)
    assert again["Location"] == answer["Location"], "a repeated click makes no second proposal"
    proposal = Proposal.objects.get()
    assert "+998 00 000 77 07" not in stranger.get(public).content.decode()

    decide = reverse("services:edit_proposal", args=[proposal.pk])
    own = first.get(decide).content.decode()
    assert "Who is waited for" in own
    assert 'name="approve"' not in own
    refused = first.post(decide, {"approve": "yes"})
    assert refused.status_code == 422
    assert "Another editor has to approve this" in refused.content.decode()

    shown = second.get(decide).content.decode()
    assert "<del>+998 00 000 99 01</del>" in shown
    assert "<ins>+998 00 000 77 07</ins>" in shown
    assert second.post(decide, {"approve": "yes"}).status_code == 303
    assert "+998 00 000 77 07" in stranger.get(public).content.decode()
    assert second.post(decide, {"approve": "yes"}).status_code == 409

    history = first.get(reverse("services:edit_entry", args=[service.pk])).content.decode()
    assert "Decided by: Directory editor, Agency C" in history
    assert Entry.objects.filter(log__agency=editors.second.agency.pk).count() >= 1


def test_what_was_typed_is_kept_and_every_mistake_named(make: Make, editors: Editors) -> None:
    service = make()
    first = client(editors.first)
    page = section_page(service, "service_phones")
    answer = first.post(page, posted(page, first, **{"rows-0-number": "*21*5#", "rows-1-extension": "12"}))
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "*21*5#" in body
    assert "Fill this in, or take the whole out." in body
    page = section_page(service, "service_description")
    answer = first.post(page, posted(page, first, description="Ask for AA1234567 at the door"))
    assert answer.status_code == 422
    assert "passport" in answer.content.decode()
    page = section_page(service, "service_areas")
    answer = first.post(page, posted(page, first, areas="Zomin tumani\nAtlantis"))
    assert "Atlantis" in answer.content.decode()
    page = section_page(service, "service_hours")
    answer = first.post(page, posted(page, first, **{"hours-2-1-opens": "10:00"}))
    assert answer.status_code == 422
    assert not Proposal.objects.exists()


def test_every_section_can_be_read_changed_and_read_again(make: Make, editors: Editors) -> None:
    """What the form sends unchanged changes nothing: no screen loses what it does not show."""
    service = make()
    first = client(editors.first)
    link = service.service_at_locations.get()
    targets = {
        "service": service,
        "organization": service.organization,
        "link": link,
        "site": link.location,
    }
    for code in SECTIONS:
        target = targets[code.split("_")[0]]
        page = section_page(service, code, target)
        answer = first.post(page, posted(page, first))
        assert answer.status_code == 422, code
        assert "what the entry says already" in answer.content.decode(), code


CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "service_names": ("service", {"name": "Another name", "name_uz": "Boshqa nom", "name_ru": "Имя"}),
    "service_kind": ("service", {"service_type": "legal_assistance", "subtypes": ["legal_advice"]}),
    "service_who": ("service", {"minimum_age": 18, "accepts_children": True, "sex": "female"}),
    "service_languages": ("service", {"languages": ["ru", "tg"]}),
    "service_areas": ("service", {"areas": ["UZ-JI", "UZ-SA"]}),
    "service_hours": (
        "service",
        {"hours": [{"weekday": 1, "opens": "09:00", "closes": "17:30", "by_appointment": True}]},
    ),
    "service_days": (
        "service",
        {
            "rows": [
                {
                    "id": str(uuid4()),
                    "date_from": "2027-01-01",
                    "date_to": "2027-01-02",
                    "opens": None,
                    "closes": None,
                    "note": "Holiday",
                }
            ]
        },
    ),
    "organization_duty": ("organization", {"legal_notification_duty": "none"}),
    "site_place": ("site", {"place": "UZ-SA"}),
    "site_position": ("site", {"latitude": 40.1, "longitude": 67.8}),
    "site_names": ("site", {"name": "Left wing", "transportation": "Bus 3"}),
}


def test_an_approved_change_is_what_the_entry_says(make: Make, editors: Editors) -> None:
    service = make()
    before = service.modified_at
    site = service.service_at_locations.get().location
    targets = {"service": service, "organization": service.organization, "site": site}
    for code, (of, changes) in CHANGES.items():
        proposal = propose(service, code, editors.first, target=targets[of], **changes)
        actions.approve(proposal_id=proposal.pk, by=editors.second)
        said = snapshot(code, targets[of])
        assert {key: said[key] for key in changes} == changes, code
    service.refresh_from_db()
    assert service.modified_at > before
    assert service.assured_date is None, "only a check assures"
    for words in ("Boshqa", "Имя", "Left wing", "Samarkand"):
        found = search(SearchFilters(words=words, service_type="legal_assistance")).cards
        assert [card.id for card in found] == [service.pk], words
    phones = [{"id": str(uuid4()), "number": "1146", "extension": "", "description": ""}]
    proposal = propose(service, "service_phones", editors.first, rows=phones)
    actions.approve(proposal_id=proposal.pk, by=editors.second)
    assert list(service.phones.values_list("number", flat=True)) == ["1146"]


# --- two people ---


def test_author_and_approver_are_never_one_person(make: Make, editors: Editors) -> None:
    service = make()
    proposal = propose(service, "service_names", editors.first, name="Mine alone")
    with pytest.raises(NotAllowed):
        actions.approve(proposal_id=proposal.pk, by=editors.first)
    with pytest.raises(NotAllowed):
        actions.approve(proposal_id=proposal.pk, by=editors.caseworker)
    # The database holds it too.
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(state="applied", decided_by=editors.first.person.pk)
    assert Service.objects.get(pk=service.pk).name == service.name


def test_a_proposal_for_an_older_entry_must_be_looked_at_again(make: Make, editors: Editors) -> None:
    service = make()
    mine = propose(service, "service_names", editors.first, name="From the first")
    theirs = propose(service, "service_names", editors.second, alternate_name="From the second")
    actions.approve(proposal_id=theirs.pk, by=editors.first)
    with pytest.raises(ChangedMeanwhile):
        actions.approve(proposal_id=mine.pk, by=editors.second)
    page = reverse("services:edit_proposal", args=[mine.pk])
    second = client(editors.second)
    body = second.get(page).content.decode()
    assert "has changed since this was proposed" in body
    assert 'name="approve"' not in body
    old = {"again": "yes", "seen": "0" * 32}
    assert second.post(page, old).status_code == 409
    seen = second.get(page).context["decision"].seen
    assert second.post(page, {"again": "yes", "seen": seen}).status_code == 303
    # Who put it on top of the newer entry is its author too; the first one wrote it.
    for by in (editors.first, editors.second):
        with pytest.raises(NotAllowed):
            actions.approve(proposal_id=mine.pk, by=by)
    mine.refresh_from_db()
    assert (mine.after["name"], mine.after["alternate_name"]) == ("From the first", "From the second")


def test_a_form_of_an_older_page_is_told_and_keeps_what_was_typed(make: Make, editors: Editors) -> None:
    service = make()
    first = client(editors.first)
    page = section_page(service, "service_names")
    data = posted(page, first, name="Typed for long")
    theirs = propose(service, "service_names", editors.second, alternate_name="Quicker")
    actions.approve(proposal_id=theirs.pk, by=editors.first)
    answer = first.post(page, data)
    assert answer.status_code == 409
    assert "Typed for long" in answer.content.decode()
    again = {name: answer.context["form"][name].value() or "" for name in answer.context["form"].fields}
    assert first.post(page, again).status_code == 303


def test_turning_down_needs_a_reason_and_changes_nothing(make: Make, editors: Editors) -> None:
    service = make()
    proposal = propose(service, "service_names", editors.first, name="No")
    page = reverse("services:edit_proposal", args=[proposal.pk])
    second = client(editors.second)
    refused = second.post(page, {"reject": "yes", "reason": ""})
    assert refused.status_code == 422
    assert 'href="#id_reason"' in refused.content.decode(), "the summary leads to the field"
    assert second.post(page, {"reject": "yes", "reason": "The desk says otherwise."}).status_code == 303
    assert "The desk says otherwise." in client(editors.first).get(page).content.decode()
    assert Service.objects.get(pk=service.pk).name == service.name
    mine = propose(service, "service_names", editors.first, name="Again")
    with pytest.raises(NotAllowed):
        actions.withdraw(proposal_id=mine.pk, by=editors.second)
    actions.withdraw(proposal_id=mine.pk, by=editors.first)
    with pytest.raises(ChangedMeanwhile):
        actions.approve(proposal_id=mine.pk, by=editors.second)


def test_publishing_takes_two_and_hiding_one(make: Make, editors: Editors) -> None:
    service = make()
    first, second = client(editors.first), client(editors.second)
    page = reverse("services:edit_publication", args=[service.pk])
    assert first.post(page, {"key": str(uuid4()), "reason": "Fire", "hide": "yes"}).status_code == 303
    public = reverse("services:service", args=[service.pk])
    assert Client().get(public).status_code == 404
    answer = first.post(page, {"key": str(uuid4()), "reason": "Open again"})
    assert answer.status_code == 303
    assert Client().get(public).status_code == 404
    asked = Proposal.objects.get(kind="publish")
    # Somebody changes what would be shown: the second editor must not approve it unseen.
    change = propose(service, "service_names", editors.second, name="Quite another")
    actions.approve(proposal_id=change.pk, by=editors.first)
    decide = reverse("services:edit_proposal", args=[asked.pk])
    assert second.post(decide, {"approve": "yes"}).status_code == 409
    seen = first.get(decide).context["decision"].seen
    assert first.post(decide, {"again": "yes", "seen": seen}).status_code == 303
    assert second.post(decide, {"approve": "yes"}).status_code == 303
    assert Client().get(public).status_code == 200


def test_a_new_entry_is_approved_then_filled_then_shown(places_loaded: None, editors: Editors) -> None:
    first = client(editors.first)
    page = reverse("services:edit_new")
    data = {
        "key": str(uuid4()),
        "organization_name": "Namuna",
        "name": "Sewing room",
        "service_type": "livelihoods",
        "description": "Learn to sew.",
        "phone": "+998 00 000 00 55",
        "place": "UZ-JI",
    }
    assert first.post(page, data | {"place": ""}).status_code == 422
    assert first.post(page, data).status_code == 303
    assert not Service.objects.exists()
    proposal = Proposal.objects.get()
    assert "Sewing room" in client(editors.second).get(
        reverse("services:edit_proposal", args=[proposal.pk])
    ).content.decode()  # fmt: skip
    actions.approve(proposal_id=proposal.pk, by=editors.second)
    service = Service.objects.get()
    assert service.publication == Publication.HIDDEN
    asked = actions.ask_to_publish(key=uuid4(), service_id=service.pk, why="", by=editors.first)
    actions.approve(proposal_id=asked.pk, by=editors.second)
    assert [card.name for card in search(SearchFilters(words="sewing", region="UZ-JI")).cards] == [
        "Sewing room"
    ]


def test_a_new_site_has_an_address_or_is_confidential_never_both(make: Make, editors: Editors) -> None:
    service = make()
    first = client(editors.first)
    page = reverse("services:edit_new_site", args=[service.pk])
    data = {"key": str(uuid4()), "place": "UZ-SA", "address_1": "Marker lane 2", "city": "Samarkand"}
    assert first.post(page, data | {"is_confidential": "on"}).status_code == 422
    assert first.post(page, data).status_code == 303
    proposal = Proposal.objects.get()
    actions.approve(proposal_id=proposal.pk, by=editors.second)
    public = reverse("services:service", args=[service.pk])
    assert "Marker lane 2" in Client().get(public).content.decode()
    secret = {"key": str(uuid4()), "place": "UZ-SA", "is_confidential": "on"}
    assert first.post(page, secret).status_code == 303
    actions.approve(proposal_id=Proposal.objects.get(state="waiting").pk, by=editors.second)
    assert "Marker lane 2" not in Client().get(public).content.decode()
    service.refresh_from_db()
    assert service.is_confidential
    # Now that the service is confidential, neither its editors nor the history tell where it is.
    for address in (
        reverse("services:edit_entry", args=[service.pk]),
        reverse("services:edit_proposal", args=[proposal.pk]),
    ):
        assert "Marker lane 2" not in first.get(address).content.decode()
    assert "address_1" not in first.get(page).content.decode()


# --- who may what ---


def test_a_provider_proposes_for_its_own_entries_and_decides_about_none(make: Make, editors: Editors) -> None:
    ours, theirs = owned_by_desk(make(), editors), make()
    desk = client(editors.desk)
    assert desk.get(reverse("services:edit_entry", args=[ours.pk])).status_code == 200
    listed = desk.get(reverse("services:edit")).content.decode()
    assert str(ours.pk) in listed
    assert str(theirs.pk) not in listed
    page = section_page(ours, "service_names")
    assert desk.post(page, posted(page, desk, name="We say so")).status_code == 303
    proposal = Proposal.objects.get()
    assert proposal.proposed_role == "intake"
    decide = reverse("services:edit_proposal", args=[proposal.pk])
    assert 'name="approve"' not in desk.get(decide).content.decode()
    assert desk.post(decide, {"approve": "yes"}).status_code == 422
    other = propose(theirs, "service_names", editors.first, name="Not theirs to read")
    for address in (
        section_page(theirs, "service_names"),
        section_page(ours, "service_names", theirs),
        section_page(ours, "no_such_section"),
        reverse("services:edit_entry", args=[theirs.pk]),
        reverse("services:edit_proposal", args=[other.pk]),
        reverse("services:edit_publication", args=[ours.pk]),
        reverse("services:edit_site", args=[ours.pk, ours.service_at_locations.get().location_id]),
        reverse("services:told"),
        reverse("services:edit_new"),
        f"{reverse('services:edit_new')}?organization={theirs.organization_id}",
    ):
        assert desk.get(address).status_code == 404, address
        assert desk.post(address, {"hide": "yes", "reason": "x", "key": str(uuid4())}).status_code in (
            404,
            405,
        )
    assert client(editors.caseworker).get(reverse("services:edit")).status_code == 404


def test_the_list_filters_finds_and_pages_with_the_same_few_queries(make: Make, editors: Editors) -> None:
    first = client(editors.first)
    page = reverse("services:edit")
    services = [make(name=f"Room {letter}") for letter in "abc"]
    actions.hide([services[0].pk])
    propose(services[1], "service_names", editors.first, name="Other")
    Organization.objects.filter(pk=services[2].organization_id).update(agency=editors.first.agency)

    def listed(**filters: str) -> list[Any]:
        return [line.id for line in first.get(page, filters).context["found"]]

    assert listed() == [service.pk for service in services]
    assert listed(show="hidden") == [services[0].pk]
    assert listed(show="waiting") == [services[1].pk]
    assert listed(show="ours") == [services[2].pk]
    assert listed(show="stale") == listed()
    assert listed(q="ROOM namuna") == listed()
    assert listed(q="комната") == []
    assert first.get(page, {"after": "broken"}).status_code == 404

    def queries(address: str) -> int:
        first.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert first.get(address).status_code == 200
        return len(captured)

    entry = reverse("services:edit_entry", args=[services[1].pk])
    few = [queries(page), queries(entry)]
    more = [
        Service(
            organization_id=services[0].organization_id, name=f"Room d{number}", sort_name=f"room d{number}"
        )
        for number in range(22)
    ]
    Service.objects.bulk_create(more)
    for number in range(6):
        propose(services[1], "service_names", editors.first, name=f"Other {number}")
    assert [queries(page), queries(entry)] == few
    body = first.get(page)
    assert body.context["next_url"]
    assert len(first.get(body.context["next_url"]).context["found"]) == 5


# --- confidential sites ---


def test_a_site_is_confidential_at_once_and_public_again_by_two(make: Make, editors: Editors) -> None:
    service = make()
    site = service.service_at_locations.get().location
    first, second = client(editors.first), client(editors.second)
    named = propose(service, "site_names", editors.first, target=site, name="Marker wing")
    actions.approve(proposal_id=named.pk, by=editors.second)
    waits = propose(service, "site_address", editors.first, target=site, rows=[])
    page = reverse("services:edit_site", args=[service.pk, site.pk])
    sent = {"key": str(uuid4()), "reason": "They asked", "conceal": "yes"}
    assert first.post(page, sent).status_code == 303
    assert first.post(page, sent).status_code == 303, "sent again it is kept once"
    assert Proposal.objects.filter(kind="conceal").count() == 1
    site.refresh_from_db()
    assert site.is_confidential
    assert not site.addresses.exists()
    for model in apps.get_app_config("services").get_models():
        assert "Namuna street" not in str(list(model._default_manager.values())), model
    # Neither what waits nor the history tells it any longer, to nobody.
    waits.refresh_from_db()
    assert (waits.state, waits.before, waits.after) == ("withdrawn", {}, {})
    addresses = [reverse("services:edit_proposal", args=[one.pk]) for one in (named, waits)]
    addresses += [reverse("services:edit_entry", args=[service.pk]), page]
    for address in addresses:
        body = first.get(address).content.decode()
        assert "Marker wing" not in body
        assert "Namuna street" not in body
    for section in SITE_SECTIONS:
        expected = 404 if section.tells_where else 200
        assert first.get(section_page(service, section.code, site)).status_code == expected

    shows = first.get(page)
    assert service.name in shows.content.decode()
    seen = shows.context["seen"]
    assert first.post(page, {"key": str(uuid4()), "reason": "", "seen": seen}).status_code == 422
    asked = first.post(page, {"key": str(uuid4()), "reason": "They moved", "seen": seen})
    assert asked.status_code == 303
    assert Location.objects.get(pk=site.pk).is_confidential
    reveal = Proposal.objects.get(kind="reveal")
    decide = reverse("services:edit_proposal", args=[reveal.pk])
    assert "What will become visible" in second.get(decide).content.decode()
    assert first.post(decide, {"approve": "yes"}).status_code == 422
    # Meanwhile the service gets another site: something else would become visible now.
    other = make()
    other_site = other.service_at_locations.get()
    other_site.service = service
    other_site.save(update_fields=["service"])
    assert second.post(decide, {"approve": "yes"}).status_code == 409
    body = second.get(decide).content.decode()
    assert "Namuna street 1, Zomin" in body, "what else becomes visible is said before"
    seen = first.get(decide).context["decision"].seen
    assert first.post(decide, {"again": "yes", "seen": seen}).status_code == 303
    assert second.post(decide, {"approve": "yes"}).status_code == 303
    assert not Location.objects.get(pk=site.pk).is_confidential
    assert not Service.objects.get(pk=service.pk).is_confidential


def test_a_site_is_taken_out_by_two_even_the_last_and_the_history_stays(make: Make, editors: Editors) -> None:
    service = make()
    link = service.service_at_locations.get()
    Phone.objects.create(service_at_location=link, number="+998 00 000 12 34")
    first, second, desk = (client(one) for one in (editors.first, editors.second, editors.desk))
    waits = propose(service, "site_address", editors.first, target=link.location, rows=[])
    page = reverse("services:edit_remove_site", args=[service.pk, link.location_id])
    assert desk.get(page).status_code == 404
    asked = first.get(page)
    body = asked.content.decode()
    assert "Namuna street 1" in body
    assert "This is the only site of the entry" in body
    sent = {"key": str(uuid4()), "reason": "They moved out", "seen": asked.context["seen"]}
    assert first.post(page, sent | {"reason": ""}).status_code == 422
    assert first.post(page, sent | {"seen": "old"}).status_code == 409
    assert [first.post(page, sent).status_code for _ in range(2)] == [303, 303], "sent again it is kept once"
    proposal = Proposal.objects.get(kind="remove")
    decide = reverse("services:edit_proposal", args=[proposal.pk])
    assert "Namuna street 1" in second.get(decide).content.decode()
    waiting = second.get(reverse("services:edit_entry", args=[service.pk])).content.decode()
    assert f'href="{decide}" data-test="removal"' in waiting, "what was asked leads to the decision"
    assert page not in waiting, "and is not asked for twice"
    assert first.post(decide, {"approve": "yes"}).status_code == 422, "not by its author"
    assert service.service_at_locations.exists()
    assert second.post(decide, {"approve": "yes"}).status_code == 303
    assert second.post(decide, {"approve": "yes"}).status_code == 409
    assert not service.service_at_locations.exists()
    assert not Phone.objects.filter(number="+998 00 000 12 34").exists()
    public = first.get(f"/directory/services/{service.pk}/").content.decode()
    assert "Namuna street" not in public
    entry = first.get(reverse("services:edit_entry", args=[service.pk])).content.decode()
    assert "Take a site out of the entry</a>: Approved" in entry
    assert "Namuna street 1" in first.get(decide).content.decode()
    # Whoever becomes a shelter had no site either.
    kind = propose(service, "service_kind", editors.first, service_type="safe_house")
    actions.approve(proposal_id=kind.pk, by=editors.second)
    for one in (proposal, waits):
        one.refresh_from_db()
        assert "Namuna street" not in str((one.before, one.after))
    assert waits.state == "withdrawn"


def test_taking_out_a_confidential_site_says_what_becomes_visible(make: Make, editors: Editors) -> None:
    service, other = make(), make()
    site = service.service_at_locations.get().location
    second_site = other.service_at_locations.get()
    second_site.service = service
    second_site.save(update_fields=["service"])
    actions.conceal(
        key=uuid4(), service_id=service.pk, location_id=site.pk, why="They asked", by=editors.first
    )
    page = reverse("services:edit_remove_site", args=[service.pk, site.pk])
    first, second = client(editors.first), client(editors.second)
    asked = first.get(page)
    assert "What will become visible" in asked.content.decode()
    assert "This address: Namuna street 1, Zomin" in asked.content.decode()
    sent = {"key": str(uuid4()), "reason": "Closed", "seen": asked.context["seen"]}
    assert first.post(page, sent).status_code == 303
    decide = reverse("services:edit_proposal", args=[Proposal.objects.get(kind="remove").pk])
    assert "This address: Namuna street 1, Zomin" in second.get(decide).content.decode()
    public = f"/directory/services/{service.pk}/"
    assert "Namuna street" not in second.get(public).content.decode()
    assert second.post(decide, {"approve": "yes"}).status_code == 303
    assert "Namuna street" in second.get(public).content.decode()


def test_no_file_brings_back_the_address_of_a_site_made_confidential(
    places_loaded: None, editors: Editors
) -> None:
    file = hsds_service()
    [service] = imported(file)
    waits = actions.import_hsds(as_file(file | {"name": "Other"}), source="test")
    site = service.service_at_locations.get().location
    actions.conceal(key=uuid4(), service_id=service.pk, location_id=site.pk, why="", by=editors.first)
    waits.refresh_from_db()
    assert waits.state == "dropped"
    actions.import_hsds(as_file(file | {"name": "Another"}), source="test", dry_run=False)
    site.refresh_from_db()
    assert (site.is_confidential, site.latitude, site.addresses.exists()) == (True, None, False)


@pytest.mark.parametrize("how", ["mark", "kind"])
def test_a_file_that_makes_a_site_confidential_forgets_where_it_is(
    how: str, places_loaded: None, editors: Editors
) -> None:
    """As an editor does: words of proposals go, and imports that would write the address again."""
    file = hsds_service()
    [service] = imported(file)
    link, site = service.service_at_locations.get(), file["service_at_locations"][0]["location"]
    by_itself = {"id": str(link.pk), "service_id": file["id"], "location": dict(site)}
    waits = actions.import_hsds(as_file(by_itself | {"description": "Marker"}), source="test")
    proposal = propose(service, "site_names", editors.first, target=link.location, name="Marker")
    if how == "mark":
        mark = {"id": str(uuid4()), "link_type": "confidentiality", "value": "address-withheld"}
        file["service_at_locations"][0]["location"] = site | {"attributes": [mark]}
    else:
        file |= {"service_type": "safe_house"}
        del file["service_at_locations"]
    actions.import_hsds(as_file(file), source="test", dry_run=False)
    waits.refresh_from_db()
    proposal.refresh_from_db()
    assert (waits.state, proposal.state, proposal.after) == ("dropped", "withdrawn", {})
    rows = str(list(ImportRow.objects.values_list("data", "changes")))
    assert "Namuna street" not in rows
    assert "Marker" not in rows


def test_pages_of_a_shelter_tell_no_place_and_its_kind_is_not_changed_unseen(
    make: Make, editors: Editors
) -> None:
    """A shelter's site that nobody marked is withheld all the same."""
    service = make()
    proposal = propose(service, "service_kind", editors.first, service_type="safe_house")
    waits = propose(
        service,
        "site_names",
        editors.first,
        target=service.service_at_locations.get().location,
        name="Marker",
    )
    actions.approve(proposal_id=proposal.pk, by=editors.second)
    first = client(editors.first)
    for address in (
        reverse("services:edit_entry", args=[service.pk]),
        reverse("services:edit_proposal", args=[waits.pk]),
    ):
        body = first.get(address).content.decode()
        assert "Namuna street" not in body
        assert "Marker" not in body
    back = propose(service, "service_kind", editors.first, service_type="psychosocial")
    body = client(editors.second).get(reverse("services:edit_proposal", args=[back.pk])).content.decode()
    assert "This ends the protection of a shelter" in body


def test_snapshots_have_one_mark_each() -> None:
    assert records.digest({"a": 1, "b": 2}) == records.digest({"b": 2, "a": 1})
    assert records.digest({"a": 1}) != records.digest({"a": "1"})


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9", "09:00"),
        ("9.30", "09:30"),
        ("0930", "09:30"),
        ("24:00", "00:00"),
        ("18,15", "18:15"),
        ("x", None),
    ],
)
def test_a_time_is_read_as_people_write_it(typed: str, read: str | None) -> None:
    field = Clock(required=False)
    if read is None:
        with pytest.raises(ValidationError):
            field.clean(typed)
        return
    assert f"{field.clean(typed):%H:%M}" == read
