"""The casework pages over HTTP: every form works, keeps what was typed, and does nothing twice."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from referrals import access, actions
from referrals.models import Case, CaseItem, Referral, UnmetNeed
from referrals.models.cases import Section
from referrals.models.referrals import State
from referrals.payload import Incident
from referrals.views import home
from services import places
from services.models import District, Service, ServiceFacet
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import (
    DECISION,
    SENDING,
    client_of,
    decide,
    filled,
    hidden,
    page,
    send,
    step,
    text,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(network: Network) -> Client:
    return client_of(network.owner)


@pytest.fixture
def desk(network: Network) -> Client:
    return client_of(network.b.intake)


@pytest.fixture
def case(network: Network) -> Case:
    return making.make_case(people.unlock(network.owner))


@pytest.fixture
def service(network: Network) -> Service:
    return making.make_service(network.b.agency)


def opened(network: Network, case: Case) -> access.OpenCase:
    return access.case_for(people.unlock(network.owner), case.id)


# --- A case ---


def test_a_new_case_needs_only_an_alias_and_asks_the_rest_step_by_step(
    owner: Client, network: Network
) -> None:
    response = owner.post(page("case_new"), filled(text(owner, page("case_new")), alias="Lola"))
    case = Case.objects.get()
    assert response.status_code == 303
    assert response["Location"] == f"{page('case_edit', case.id, 'contact')}?new=1&done=case-opened"
    step = text(owner, response["Location"])
    response = owner.post(f"{page('case_edit', case.id, 'contact')}?new=1", filled(step, hours="mornings"))
    assert response["Location"] == f"{page('case_edit', case.id, 'incident')}?new=1"
    seen = opened(network, case)
    assert (seen.card().alias, seen.card().safe_contact.hours) == ("Lola", "mornings")
    # What nobody could dial is no number.
    contact = page("case_edit", case.id, "contact")
    mistyped = owner.post(contact, filled(text(owner, contact), phone="home"))
    assert (mistyped.status_code, 'href="#id_phone"' in mistyped.content.decode()) == (422, True)


def test_a_form_sent_twice_opens_one_case_and_leads_to_the_same_page(owner: Client) -> None:
    answers = filled(text(owner, page("case_new")), alias="Lola")
    first, second = (owner.post(page("case_new"), answers) for _ in range(2))
    assert Case.objects.count() == 1
    assert (second.status_code, second["Location"]) == (303, first["Location"])


def test_what_was_put_right_before_a_form_was_sent_again_is_not_done_already(
    owner: Client, case: Case, network: Network
) -> None:
    key = str(uuid4())
    for words in ("She sleeps at her aunt’s.", "She sleeps at her aunt’s.", "She sleeps at her sister’s."):
        assert owner.post(page("case_note", case.id), {"key": key, "text": words}).status_code == 303
    notes = making.edit(people.unlock(network.owner), case).notes()
    assert sorted(note.content.text for note in notes) == [
        "She sleeps at her aunt’s.",
        "She sleeps at her sister’s.",
    ]

    answers = filled(text(owner, page("case_documents", case.id)), name="certificate")
    for content in (making.PDF, making.PDF, making.PDF + b"%%EOF\n"):
        file = SimpleUploadedFile("one.pdf", content)
        assert owner.post(page("case_documents", case.id), answers | {"file": file}).status_code == 303
    assert len(making.edit(people.unlock(network.owner), case).documents()) == 2


def test_errors_keep_what_was_typed(owner: Client) -> None:
    html = text(owner, page("case_new"))
    response = owner.post(page("case_new"), filled(html, alias="", age_band="26-40", language="tg"))
    assert response.status_code == 422
    again = response.content.decode()
    assert 'role="alert"' in again
    assert 'value="26-40" id="id_age_band_3" aria-describedby' in again or 'value="26-40"' in again
    assert '<option value="tg" selected>' in again
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "words",
    ["her passport is AA1234567", "АА 1234567", "31201850020018", "+998 00 111 22 33", "00 111-22-33"],
)
def test_numbers_we_never_ask_for_are_looked_at_twice(
    owner: Client, case: Case, network: Network, words: str
) -> None:
    url = page("case_note", case.id)
    html = text(owner, page("case", case.id))
    response = owner.post(url, filled(html, text=words))
    assert response.status_code == 422
    assert not opened(network, case).notes()
    again = response.content.decode()
    assert words in again.replace("&#x27;", "'")
    assert owner.post(url, filled(again, text=words)).status_code == 303
    assert [item.content.text for item in opened(network, case).notes()] == [words]


def test_ordinary_words_and_small_numbers_are_kept_at_once(
    owner: Client, case: Case, network: Network
) -> None:
    words = "She came at 10:30 with 2 children; bus 147, room 12, 3 weeks."
    html = text(owner, page("case", case.id))
    assert owner.post(page("case_note", case.id), filled(html, text=words)).status_code == 303
    assert len(opened(network, case).notes()) == 1


EDITS: dict[str, tuple[dict[str, Any], Callable[[access.OpenCase], Any], Any]] = {
    "card": (
        {"alias": "Gul", "children": "1"},
        lambda it: (it.card().alias, it.card().children.count),
        ("Gul", 1),
    ),
    "contact": (
        {"do_not_contact": "on", "third_party": "an aunt"},
        lambda it: (it.card().safe_contact.do_not_contact, it.identity().third_party),
        (True, "an aunt"),
    ),
    "incident": ({"gbv_type": "rape"}, lambda it: it.incident().gbv_type, "rape"),
    "never-tell": ({"excluded_people": "an uncle"}, lambda it: it.incident().excluded_people, "an uncle"),
    "plan": ({"safety_plan": "the red bag"}, lambda it: it.plan().safety_plan, "the red bag"),
    "name": ({"name": "An Example"}, lambda it: it.identity().name, "An Example"),
}


@pytest.mark.parametrize("code", EDITS)
def test_each_part_can_be_changed_and_a_stale_page_is_told(
    owner: Client, case: Case, network: Network, code: str
) -> None:
    answers, read, expected = EDITS[code]
    url = page("case_edit", case.id, code)
    html = text(owner, url)
    response = owner.post(url, filled(html, **answers))
    assert (response.status_code, response["Location"]) == (303, page("case", case.id) + "?done=saved")
    assert read(opened(network, case)) == expected
    stale = owner.post(url, filled(html, **answers) | {"key": str(uuid4())})
    assert stale.status_code == 409
    repeated = owner.post(url, filled(html, **answers))
    assert repeated.status_code == 303


def test_a_page_of_two_sections_changes_both_or_neither(owner: Client, case: Case, network: Network) -> None:
    url = page("case_edit", case.id, "contact")
    html = text(owner, url)
    owner.post(
        page("case_edit", case.id, "name"),
        filled(text(owner, page("case_edit", case.id, "name")), name="New"),
    )
    response = owner.post(url, filled(html, hours="never at night"))
    assert response.status_code == 409
    lost = response.content.decode()
    assert "never at night" in lost
    assert "A colleague changed this part of the case." in lost
    assert f'href="{url}"' in lost
    assert opened(network, case).card().safe_contact.hours == making.CARD.safe_contact.hours


def test_hours_of_the_clinical_window_are_counted_and_shown(
    owner: Client, case: Case, network: Network
) -> None:
    url = page("case_edit", case.id, "incident")
    owner.post(url, filled(text(owner, url), time_window="within_72h", hours_ago="20"))
    for shown in (page("needs_me"), page("case", case.id), page("case_match", case.id)):
        assert "51 hours left" in text(owner, shown)
    # Saving again without a change does not move the end.
    before = opened(network, case).incident().clinical_window_ends_at
    owner.post(url, filled(text(owner, url), time_window="within_72h", hours_ago="20"))
    assert opened(network, case).incident().clinical_window_ends_at == before
    # What contradicts itself is asked again: nothing would be counted of it, and nobody would know.
    for said, hours in (("within_72h", "100"), ("72_to_120h", "20"), ("over_120h", "90")):
        again = owner.post(url, filled(text(owner, url), time_window=said, hours_ago=hours))
        assert (again.status_code, "do not go with" in again.content.decode()) == (422, True), said
    # The hours alone are enough.
    owner.post(url, filled(text(owner, url), time_window="", hours_ago="90"))
    assert opened(network, case).incident().time_window == "72_to_120h"
    assert "29 hours left" in text(owner, page("case", case.id))


def test_after_72_hours_those_up_to_120_are_counted_and_then_none(
    owner: Client, case: Case, network: Network
) -> None:
    url = page("case_edit", case.id, "incident")

    def happened(hours_ago: int) -> Incident:
        unlocked = people.unlock(network.owner)
        kept = access.case_for(unlocked, case.id, to="edit")
        ends = timezone.now() + timedelta(hours=72 - hours_ago, minutes=1)
        incident = replace(kept.incident(), time_window="within_72h", clinical_window_ends_at=ends)
        actions.edit_section(
            unlocked=unlocked,
            opened=kept,
            section=Section.INCIDENT,
            content=incident,
            revision=kept.revision(Section.INCIDENT),
        )
        return incident

    happened(81)
    for shown in (page("needs_me"), page("case", case.id), page("case_match", case.id)):
        assert "39 hours left" in text(owner, shown), shown
    # A week later the page can still be saved: hours that are over stand in nobody's way.
    long_ago = happened(168)
    assert "hours left" not in text(owner, page("case", case.id))
    asked = text(owner, url)
    assert 'value="168"' not in asked
    owner.post(url, filled(asked, time_window="within_72h", reported_elsewhere="on"))
    assert opened(network, case).incident().clinical_window_ends_at == long_ago.clinical_window_ends_at


def test_the_number_is_shown_after_the_rules_and_never_against_them(
    owner: Client, case: Case, network: Network
) -> None:
    number = making.IDENTITY.phone
    assert number not in text(owner, page("case", case.id))
    reach = text(owner, page("case_reach", case.id))
    assert reach.index(making.CARD.safe_contact.safe_word) < reach.index(number)
    url = page("case_edit", case.id, "contact")
    owner.post(url, filled(text(owner, url), phone=number, do_not_contact="on"))
    assert number not in text(owner, page("case_reach", case.id))
    assert page("case_reach", case.id) not in text(owner, page("case", case.id))


def test_closing_says_what_happens_and_leaves_a_case_to_read(owner: Client, case: Case) -> None:
    html = text(owner, page("case_close", case.id))
    assert owner.post(page("case_close", case.id), filled(html))["Location"] == (
        page("needs_me") + "?done=case-closed"
    )
    assert page("case", case.id) not in text(owner, page("needs_me"))
    closed = text(owner, page("case", case.id))
    assert 'data-test="find"' not in closed
    assert "edit/card" not in closed


def test_a_colleague_gets_the_case_and_only_what_was_given(
    owner: Client, case: Case, network: Network
) -> None:
    colleague = client_of(network.colleague)
    assert colleague.get(page("case", case.id)).status_code == 404
    assert owner.get(page("case_share", case.id))["Location"].startswith("/confirm/")
    people.step_up(owner)
    html = text(owner, page("case_share", case.id))
    answers = filled(html, person=str(network.colleague.pk), to="view", days="3")
    assert owner.post(page("case_share", case.id), answers).status_code == 303
    shared = text(colleague, page("case", case.id))
    assert "edit/card" not in shared
    # Whose it is stands there, and nothing that only they could do.
    assert f'data-test="owner">Her caseworker: {network.owner.display_name}<' in shared
    assert "Nothing has been sent" not in shared
    assert "Nothing has been sent" in text(owner, page("case", case.id))
    assert colleague.get(page("case_edit", case.id, "card")).status_code == 404


# --- Consent and sending ---


def test_nothing_of_a_decision_stands_in_an_address(owner: Client, case: Case, service: Service) -> None:
    response = decide(owner, case, service)
    assert response.status_code == 303
    assert str(service.pk) not in response["Location"]
    referral = send(owner, case, service, told=["alias"])
    html = text(owner, page("referral", referral.pk))
    assert str(referral.pk) not in page("case", case.id)
    links = [part.partition('"')[0] for part in html.split('href="')[1:]]
    assert not [link for link in links if str(case.pk) in link and str(referral.pk) in link]


def test_a_no_is_recorded_with_one_tap_and_asks_nothing(
    owner: Client, case: Case, service: Service, network: Network
) -> None:
    response = decide(owner, case, service, decision="refused", told=[], purpose="", points=[])
    assert response["Location"] == page("case", case.id) + "?done=refusal-recorded"
    [consent] = opened(network, case).consents()
    assert consent.content.decision == "refused"
    # It closes nothing: the same place may be asked for again.
    assert decide(owner, case, service).status_code == 303


def test_a_form_that_says_yes_and_no_is_a_no(
    owner: Client, case: Case, service: Service, network: Network
) -> None:
    for both in (["given", "refused"], ["refused", "given"]):
        decide(owner, case, service, decision=both)
    assert [one.content.decision for one in opened(network, case).consents()] == ["refused", "refused"]


@pytest.mark.parametrize(
    "changes",
    [
        {"told": []},
        {"purpose": ""},
        {"how": ""},
        {"points": ["legal_duty"]},
        {"days": "91"},
        {"given_by": "best_interest"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_unfinished_consent_comes_back_with_what_was_typed(
    owner: Client, case: Case, service: Service, network: Network, changes: dict[str, Any]
) -> None:
    response = decide(owner, case, service, **changes)
    html = response.content.decode()
    assert response.status_code == 422
    assert f'href="#id_{next(iter(changes))}' in html
    if "purpose" not in changes:
        assert DECISION["purpose"] in html
    assert not opened(network, case).consents()


def test_going_back_to_the_law_keeps_what_page_two_was_told(
    owner: Client, case: Case, service: Service
) -> None:
    url = page("consent_new", case.id)
    law = {"service": str(service.pk), "step": "decide", "read_aloud": "on"}
    html = owner.post(url, law).content.decode()
    wishes = DECISION | {"days": "400", "step": ["read", "duty"]}
    back = owner.post(url, filled(html) | wishes).content.decode()
    assert 'data-test="duty"' in back
    carried: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', back):
        carried.setdefault(name, []).append(value)
    again = owner.post(url, carried | law).content.decode()
    assert f'value="{DECISION["purpose"]}"' in again
    assert again.count("checked") == len(DECISION["told"]) + 2  # who decides, which letters
    # A number out of bounds is answered with both bounds.
    response = owner.post(url, filled(again) | DECISION | {"days": "400"})
    assert (response.status_code, "Choose a number from 1 to 90." in response.content.decode()) == (422, True)


def test_a_child_does_not_decide_alone_and_a_guardian_who_did_harm_is_not_asked(
    network: Network, owner: Client, service: Service
) -> None:
    child = replace(making.CARD, age_band="12-17")
    harmed = replace(making.INCIDENT, perpetrator_relationship="primary_caregiver")
    case = making.make_case(people.unlock(network.owner), card=child, incident=harmed)
    url = page("consent_new", case.id)
    html = owner.post(url, {"service": service.pk, "step": "decide", "read_aloud": "on"}).content.decode()
    assert 'value="best_interest"' in html
    assert 'value="survivor"' not in html
    assert 'value="guardian_with_assent"' not in html
    # Two people decide: the one who recorded it cannot confirm it, a colleague with the case can.
    recorded = decide(owner, case, service, given_by="best_interest")["Location"]
    assert recorded == f"{page('case', case.id)}?done=consent-recorded"  # nothing can be sent yet
    [consent] = opened(network, case).consents()
    to_send = page("consent_send", case.id, consent.id)
    refused = owner.post(to_send, filled(text(owner, to_send)) | SENDING)
    assert refused.status_code == 422
    people.step_up(owner)
    html = text(owner, page("case_share", case.id))
    # Only who may be given a case: a custodian would be refused.
    assert f'value="{network.a.custodian.pk}"' not in html
    owner.post(page("case_share", case.id), filled(html, person=str(network.colleague.pk), to="edit"))
    confirm = to_send.replace("/send/", "/confirm/")
    assert owner.post(confirm, filled(text(owner, confirm))).status_code == 422
    colleague = client_of(network.colleague)
    assert confirm in text(colleague, page("case", case.id))
    assert colleague.post(confirm, filled(text(colleague, confirm))).status_code == 303
    assert owner.post(to_send, filled(text(owner, to_send)) | SENDING).status_code == 303


def test_sending_twice_sends_once(owner: Client, case: Case, service: Service) -> None:
    to_send = decide(owner, case, service)["Location"].partition("?")[0]
    answers = filled(text(owner, to_send)) | SENDING
    first, second = (owner.post(to_send, answers) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Referral.objects.count() == 1


def test_a_refused_sending_says_why_and_keeps_the_words(
    owner: Client, case: Case, service: Service, network: Network
) -> None:
    to_send = decide(owner, case, service)["Location"].partition("?")[0]
    html = text(owner, to_send)
    actions.edit_section(
        unlocked=people.unlock(network.owner),
        opened=making.edit(people.unlock(network.owner), case),
        section=Section.INCIDENT,
        content=Incident(excluded_organizations=(service.organization_id,)),
        revision=1,
    )
    response = owner.post(to_send, filled(html) | SENDING | {"how_to_reach_worker": "ask for the late desk"})
    assert response.status_code == 422
    assert "ask for the late desk" in response.content.decode()
    assert not Referral.objects.exists()


# --- The life of a referral, on both sides ---


def test_desk_and_caseworker_go_the_whole_way(
    owner: Client, desk: Client, case: Case, service: Service
) -> None:
    referral = send(owner, case, service)
    packet = page("packet", referral.pk)
    assert making.IDENTITY.phone not in text(desk, packet)
    for code in ("claim", "accept", "start"):
        assert step(desk, referral, code).status_code == 303
    told = text(desk, packet)
    assert making.IDENTITY.phone in told
    assert making.IDENTITY.name not in told
    assert step(desk, referral, "deliver", outcome="partly").status_code == 303
    assert 'data-kind="delivered"' in text(owner, page("needs_me"))
    assert "What they may read" in text(owner, page("referral", referral.pk))
    asked = page("referral_asked", referral.pk)
    owner.post(asked, filled(text(owner, asked), answer="no"))
    referral.refresh_from_db()
    assert referral.state == State.IN_PROGRESS
    step(desk, referral, "deliver", outcome="service_received")
    owner.post(asked, filled(text(owner, asked), answer="yes"))
    referral.refresh_from_db()
    assert referral.state == State.CLOSED
    assert making.IDENTITY.phone not in text(desk, packet)
    # Nobody reads it any more, and its page does not say that somebody may.
    closed = text(owner, page("referral", referral.pk))
    assert "What they may read" not in closed
    assert f'href="{page("disclosures", case.id)}"' in closed


@pytest.mark.parametrize("how", ["cancel", "withdraw"])
def test_stopping_takes_two_taps_and_the_desk_learns_only_that_it_was_closed(
    owner: Client, desk: Client, case: Case, service: Service, network: Network, how: str
) -> None:
    referral = send(owner, case, service)
    step(desk, referral, "claim")
    step(desk, referral, "accept")
    url = page(f"referral_{how}", referral.pk)
    html = text(owner, url)
    referral.refresh_from_db()
    assert referral.state == State.ACCEPTED
    assert owner.post(url, filled(html)).status_code == 303
    assert owner.post(url, filled(html)).status_code in (303, 404)
    ended = text(desk, page("packet", referral.pk))
    assert 'data-test="ended"' in ended
    assert making.IDENTITY.phone not in ended
    for word in ("onsent", "ancel", "ithdr"):
        assert word not in ended.partition("<main")[2].partition("</main>")[0]
    assert page("packet", referral.pk) not in text(desk, page("inbox"))
    # Cancelled, her consent stays and can be sent again, as the page before it said; taken back, it cannot.
    assert ('data-test="send"' in text(owner, page("case", case.id))) == (how == "cancel")
    if how == "withdraw":
        # A page of before asks for nothing that is done: it leads to the case, which says how it stands.
        [consent] = opened(network, case).consents()
        for name in ("consent_send", "consent_withdraw"):
            assert owner.get(page(name, case.id, consent.id))["Location"] == page("case", case.id)
        again = owner.post(page("consent_withdraw", case.id, consent.id), {"key": str(uuid4())})
        assert again["Location"].startswith(page("case", case.id))


def test_declining_for_want_of_room_offers_the_places_page(
    owner: Client, desk: Client, case: Case, service: Service, network: Network
) -> None:
    other = making.make_service(network.b.agency, name="Another shelter", organization=service.organization)
    to_call = making.make_service(network.c.agency, name="Shelter of C")
    referral = send(owner, case, service)
    step(desk, referral, "claim")
    nothing = desk.post(
        page("packet_decline", referral.pk), filled(text(desk, page("packet_decline", referral.pk)))
    )
    assert nothing.status_code == 422
    asking = filled(text(desk, page("packet_decline", referral.pk)), reason="no_capacity")
    checking = desk.post(page("packet_decline", referral.pk), asking).content.decode()
    assert "What will happen:" in checking
    assert all(f'type="hidden" name="{name}"' in checking for name in ("reason", "checked"))
    referral.refresh_from_db()
    assert referral.state == State.SENT
    response = step(desk, referral, "decline", reason="no_capacity")
    assert response["Location"] == page("packet_full") + "?done=referral-declined"
    for _ in range(2):
        shown = text(owner, page("referral", referral.pk))
    assert UnmetNeed.objects.count() == 1
    assert 'data-test="after-no"' not in shown
    Referral.objects.update(reason_code="safety_concern")
    assert "They see a danger." in text(owner, page("referral", referral.pk))
    assert f'data-service="{other.pk}"' in shown
    assert f'data-service="{service.pk}"' not in shown
    # A place that nothing can be sent to says how to go on, too.
    assert "call them together with her" in shown.partition(f'data-service="{to_call.pk}"')[2]


def test_the_caseworker_can_end_what_will_not_come_about(
    owner: Client, desk: Client, case: Case, service: Service
) -> None:
    referral = send(owner, case, service)
    url = page("referral_fail", referral.pk)
    assert url not in text(owner, page("referral", referral.pk))
    step(desk, referral, "claim")
    step(desk, referral, "accept")
    assert url in text(owner, page("referral", referral.pk))
    assert owner.post(url, filled(text(owner, url))).status_code == 422
    assert owner.post(url, filled(text(owner, url), reason="moved")).status_code == 303
    referral.refresh_from_db()
    assert (referral.state, referral.reason_code) == (State.FAILED, "moved")


def test_a_place_without_an_agreement_is_called_and_not_sent_to(
    owner: Client, case: Case, network: Network
) -> None:
    there = {
        letter: making.make_service(team.agency, name=f"Shelter of {letter}")
        for letter, team in (("A", network.a), ("B", network.b), ("C", network.c))
    }
    html = owner.post(page("case_match", case.id), {"service_type": "safe_house"}).content.decode()
    for letter, service in there.items():
        assert f'data-service="{service.pk}"' in html
        assert (f'name="service" value="{service.pk}"' in html) == (letter == "B")


def test_two_at_the_desk_one_wins_and_the_other_is_told(
    owner: Client, desk: Client, case: Case, service: Service, network: Network
) -> None:
    second = client_of(network.b.intake2)
    referral = send(owner, case, service)
    htmls = [text(one, page("packet", referral.pk)) for one in (desk, second)]
    answers = [
        one.post(page("packet_claim", referral.pk), filled(html))
        for one, html in zip((desk, second), htmls, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [303, 409]
    lost = answers[1].content.decode()
    assert f"{network.b.intake.display_name} is answering this." in lost
    assert f'href="{page("packet", referral.pk)}"' in lost
    assert 'data-test="claim"' not in text(second, page("packet", referral.pk))


def test_a_colleague_at_the_desk_sees_that_it_was_accepted_and_nothing_of_her(
    owner: Client, desk: Client, case: Case, service: Service, network: Network
) -> None:
    referral = send(owner, case, service)
    step(desk, referral, "claim")
    step(desk, referral, "accept")
    html = text(client_of(network.b.intake2), page("packet", referral.pk))
    assert 'data-test="handed"' in html
    for what in ('data-test="identity"', 'data-test="start"', making.IDENTITY.phone):
        assert what not in html


def test_a_step_on_an_ended_referral_leads_to_the_page_that_says_so(
    owner: Client, desk: Client, case: Case, service: Service
) -> None:
    referral = send(owner, case, service)
    html = text(desk, page("packet", referral.pk))
    owner.post(
        page("referral_cancel", referral.pk), filled(text(owner, page("referral_cancel", referral.pk)))
    )
    response = desk.post(page("packet_claim", referral.pk), filled(html))
    assert (response.status_code, response["Location"]) == (303, page("packet", referral.pk))


# --- Closed doors ---

CASE_PAGES = [
    ("case", []), ("case_edit", ["card"]), ("case_reach", []), ("case_close", []), ("case_share", []),
    ("case_match", []), ("consent_new", []), ("consent_send", [UUID(int=7)]),
    ("consent_withdraw", [UUID(int=7)]), ("consent_confirm", [UUID(int=7)]),
]  # fmt: skip
REFERRAL_PAGES = ["referral", "referral_fail", "referral_cancel", "referral_withdraw", "referral_asked"]
DESK_PAGES = ["packet", "packet_decline", "packet_deliver", "packet_fail"]


def answer(client: Client, url: str) -> tuple[int, bytes, dict[str, str]]:
    response = client.get(url)
    return response.status_code, response.content, dict(response.headers)


def test_denied_and_missing_are_the_same_bytes(
    network: Network, owner: Client, case: Case, service: Service
) -> None:
    referral = send(owner, case, service)
    nowhere = uuid4()
    people_who_may_not = [
        network.outsider,
        network.colleague,
        network.a.supervisor,
        network.b.worker,
        network.b.intake,
    ]
    for person in people_who_may_not:
        client = client_of(person)
        urls = [(page(name, case.pk, *rest), page(name, nowhere, *rest)) for name, rest in CASE_PAGES] + [
            (page(name, referral.pk), page(name, nowhere)) for name in REFERRAL_PAGES
        ]
        if person != network.b.intake:
            urls += [(page(name, referral.pk), page(name, nowhere)) for name in DESK_PAGES]
        for denied, missing in urls:
            first, second = answer(client, denied), answer(client, missing)
            assert first == second, denied
            assert first[0] == 404, denied


def test_steps_and_notes_of_others_are_missing_too(
    network: Network, owner: Client, case: Case, service: Service
) -> None:
    referral = send(owner, case, service)
    answers = {"key": str(uuid4()), "version": "1", "text": "hello"}
    outsider = client_of(network.outsider)
    for url in (
        page("case_note", case.pk),
        *(page(f"packet_{code}", referral.pk) for code in ("claim", "release", "accept", "start")),
    ):
        assert outsider.post(url, answers).status_code == 404, url
    referral.refresh_from_db()
    assert (referral.state, referral.claimed_by_id) == (State.SENT, None)


def test_a_consent_of_another_case_is_missing(
    network: Network, owner: Client, case: Case, service: Service
) -> None:
    to_send = decide(owner, case, service)["Location"].partition("?")[0]
    other = making.make_case(people.unlock(network.owner))
    for url in (to_send, to_send.replace("/send/", "/withdraw/")):
        assert owner.get(url.replace(str(case.pk), str(other.pk))).status_code == 404


def test_nobody_sees_a_page_without_signing_in() -> None:
    for name in ("needs_me", "case_new", "inbox"):
        response = Client().get(page(name))
        assert response.status_code == 302
        assert "/sign-in/" in response["Location"]


def test_only_caseworkers_open_cases_and_only_the_desk_has_an_inbox(network: Network, desk: Client) -> None:
    supervisor = client_of(network.a.supervisor)
    assert desk.get(page("case_new")).status_code == 404
    assert supervisor.get(page("case_new")).status_code == 404
    assert supervisor.get(page("inbox")).status_code == 404
    assert client_of(network.owner).get(page("inbox")).status_code == 404


@pytest.mark.parametrize(
    "mark",
    [
        "nonsense",
        "2026-01-01_x",
        "_",
        "2026-01-01T00:00:00+00:00_" + "0" * 32,
        "0001-01-01T00:00:00+23:59_" + "0" * 32,
    ],
)
def test_a_strange_mark_of_a_next_page_shows_nothing_and_breaks_nothing(
    owner: Client, desk: Client, case: Case, mark: str
) -> None:
    for client, name in ((owner, "needs_me"), (desk, "inbox")):
        assert client.get(page(name), {"after": mark}).status_code == 200


# --- Few queries, whatever the length ---


def queries(client: Client, url: str) -> int:
    client.get(url)  # a first look keeps quick wraps
    with CaptureQueriesContext(connection) as seen:
        text(client, url)
    return len(seen)


def test_queries_do_not_grow_with_rows(owner: Client, desk: Client, network: Network) -> None:
    services = [making.make_service(network.b.agency, name=f"Shelter {n}") for n in range(4)]

    def referred(n: int) -> tuple[Case, Referral]:
        case, _, referral = making.make_referral(network, service=services[n])
        return case, referral

    case, referral = referred(0)
    few = {
        "needs": queries(owner, page("needs_me")),
        "inbox": queries(desk, page("inbox")),
        "case": queries(owner, page("case", case.pk)),
        "referral": queries(owner, page("referral", referral.pk)),
    }
    for n in (1, 2, 3):
        referred(n)
    unlocked = people.unlock(network.owner)
    for n in (1, 2, 3):
        door = making.edit(unlocked, case)
        making.send_under(unlocked, door, making.consent_to(unlocked, door, services[n]))
        actions.add_note(unlocked=unlocked, opened=door, text=f"note {n}")
    many = {
        "needs": queries(owner, page("needs_me")),
        "inbox": queries(desk, page("inbox")),
        "case": queries(owner, page("case", case.pk)),
        "referral": queries(owner, page("referral", referral.pk)),
    }
    assert many == few


def test_lists_go_on_page_by_page(owner: Client, network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "PAGE", 2)
    unlocked = people.unlock(network.owner)
    cases = {str(making.make_case(unlocked).pk) for _ in range(5)}
    seen: list[str] = []
    url = page("needs_me")
    while url:
        html = text(owner, url)
        seen += [pk for pk in cases if page("case", pk) in html]
        url = html.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert sorted(seen) == sorted(cases)


def test_nothing_is_kept_in_clear_between_the_pages(owner: Client, case: Case, service: Service) -> None:
    """No item is added before she has decided, and no cookie carries an answer."""
    before = CaseItem.objects.exclude(section="history").count()
    url = page("consent_new", case.id)
    response = owner.post(url, {"service": service.pk, "step": "decide", "read_aloud": "on"})
    assert CaseItem.objects.exclude(section="history").count() == before
    assert not [name for name in response.cookies if name != "csrf"]
    assert hidden(response.content.decode(), "duty_read")


def test_organisations_near_her_come_first_and_the_others_stay_folded(
    owner: Client, network: Network
) -> None:
    places.load()
    district = District.objects.filter(region="UZ-JI").first()
    assert district is not None
    near, far, ticked = (making.make_service(None, name=f"Place {n}") for n in range(3))
    ServiceFacet.objects.create(service=near, kind=ServiceFacet.Kind.REGION, code="UZ-JI")
    case = making.make_case(
        people.unlock(network.owner),
        card=replace(making.CARD, district=district.code),
        incident=Incident(excluded_organizations=(ticked.organization_id,)),
    )
    html = text(owner, page("case_edit", case.id, "never-tell"))
    before, folded = html.partition('<details class="more">')[::2]
    assert str(near.organization_id) in before
    assert f'value="{ticked.organization_id}" id="' in before
    assert str(far.organization_id) in folded


def test_who_was_slower_reads_what_happened_and_keeps_their_choice(
    owner: Client, desk: Client, case: Case, service: Service, network: Network
) -> None:
    referral = send(owner, case, service)
    stale = text(owner, page("referral_cancel", referral.pk))
    making.take(people.unlock(network.b.intake), referral)
    response = owner.post(page("referral_cancel", referral.pk), filled(stale))
    lost = response.content.decode()
    assert response.status_code == 409
    assert "They said yes, and now read what she agreed to." in lost
    assert f'href="{page("referral", referral.pk)}"' in lost
    old = text(desk, page("packet_fail", referral.pk))
    desk.post(page("packet_start", referral.pk), filled(text(desk, page("packet", referral.pk))))
    response = desk.post(page("packet_fail", referral.pk), filled(old, reason="no_show"))
    lost = response.content.decode()
    assert response.status_code == 409
    assert "Under way" in lost
    assert "Did not come" in lost
