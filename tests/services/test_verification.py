"""Checks of entries: what moves the day, what the public still sees, the queue, the provider's link."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Entry
from referrals.destination import destination_of
from referrals.errors import WrongState
from services import actions, links
from services.codes import CheckAge, LinkKind
from services.errors import Missing, NotAllowed
from services.freshness import check_age, is_too_old, months_before
from services.models import OneTimeLink, Organization, Service, VerificationSession
from services.queries import SearchFilters, counts_by_region, match, search
from services.queries.matching import Needs
from services.queries.verification import due_page, reported
from tests.people import Team, sign_in, unlock

from .checkers import OTHERS, make_editors
from .conftest import Make, as_file, hsds_service, imported

pytestmark = pytest.mark.django_db

QUEUE = "/directory/verify/"


@pytest.fixture
def team(db: None) -> Team:
    return make_editors()


def aged(service: Service, months: int, days: int = 0) -> Service:
    """Let the last check of an entry lie so far back."""
    day = months_before(timezone.localdate(), months) - timedelta(days=days)
    Service.objects.filter(pk=service.pk).update(assured_date=day, vouched_on=day)
    service.refresh_from_db()
    return service


# --- how old a check is ---


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 40))
def test_months_are_counted_as_dateutil_counts_them(day: date, months: int) -> None:
    assert months_before(day, months) == day - relativedelta(months=months)


def test_ages_change_the_day_after_the_month_is_full() -> None:
    today = date(2026, 8, 31)
    ages = {
        date(2026, 8, 31): CheckAge.FRESH,
        date(2026, 2, 28): CheckAge.FRESH,
        date(2026, 2, 27): CheckAge.AGEING,
        date(2025, 8, 31): CheckAge.AGEING,
        date(2025, 8, 30): CheckAge.STALE,
        date(2020, 1, 1): CheckAge.STALE,
        None: CheckAge.UNCHECKED,
    }
    assert {day: check_age(day, today) for day in ages} == ages
    assert not is_too_old(date(2025, 2, 28), today)
    assert is_too_old(date(2025, 2, 27), today)


# --- what the public sees ---


def _may_be_sent_to(service_id: UUID) -> bool:
    try:
        return destination_of(service_id).service_id == service_id
    except WrongState:
        return False


def outputs(service: Service, client: Client) -> dict[str, bool]:
    """Say for each way to the public whether the service is there."""
    pk = service.pk
    found = search(SearchFilters(words="namuna")).cards
    return {
        "page": client.get(f"/directory/services/{pk}/").status_code == 200,
        "search page": str(pk) in client.get("/directory/?q=namuna").content.decode(),
        "search": pk in {card.id for card in found},
        "api list": str(pk) in client.get("/api/v1/services/").content.decode(),
        "api item": client.get(f"/api/v1/services/{pk}/").status_code == 200,
        "hsds": client.get(f"/api/hsds/services/{pk}").status_code == 200,
        "hsds list": str(pk) in client.get("/api/hsds/services").content.decode(),
        "export": str(pk) in client.get("/directory/data/json/").getvalue().decode(),
        "organization": client.get(f"/api/v1/organizations/{service.organization_id}/").status_code == 200,
        "availability": str(pk) in client.get(f"/api/v1/availability/?service={pk}").content.decode(),
        "map": any(region.services for region in counts_by_region()),
        "match": any(one.service.id == pk for one in match(Needs(), frozenset())),
        "referral": _may_be_sent_to(pk),
    }


def test_after_eighteen_months_the_public_sees_nothing_of_it_and_a_check_brings_it_back(
    make: Make, team: Team, client: Client
) -> None:
    service = aged(make(), 18)
    assert set(outputs(service, client).values()) == {True}
    aged(service, 18, days=1)
    assert set(outputs(service, client).values()) == {False}
    editor = sign_in(Client(), team.editor)
    page = editor.get(f"{QUEUE}{service.pk}/").content.decode()
    assert "does not see it until somebody checks it" in page
    assert "No longer public" in editor.get(QUEUE).content.decode()
    actions.check(service=service, method="phone_call", disposition="correct", by=unlock(team.editor))
    assert set(outputs(service, client).values()) == {True}


def test_an_import_neither_hides_a_checked_service_nor_brings_a_forgotten_one_back(
    places_loaded: None, client: Client
) -> None:
    fresh, old = hsds_service(), hsds_service(name="Old room Namuna")
    first, second = imported(fresh, old)
    aged(first, 1)
    aged(second, 20)
    actions.import_hsds(
        as_file(fresh | {"description": "New."}, old | {"description": "New."}), source="test", dry_run=False
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.assured_date, second.assured_date) == (None, None)
    assert client.get(f"/directory/services/{first.pk}/").status_code == 200
    assert client.get(f"/directory/services/{second.pk}/").status_code == 404
    actions.hide([second.pk])
    actions.publish([second.pk])
    assert client.get(f"/directory/services/{second.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("months", "words"),
    [(1, "Checked on"), (8, "Checked on"), (13, "Call before you go"), (None, "Nobody has checked")],
)
def test_the_public_page_says_how_old_the_check_is(
    months: int | None, words: str, make: Make, client: Client
) -> None:
    service = make(service_type="safe_house", service_at_locations=[])
    if months:
        aged(service, months)
    body = client.get(f"/directory/services/{service.pk}/").content.decode()
    assert words in body
    assert body.count("A phone to call, no address") == 1  # not above the word on the check too


# --- checks ---


@pytest.mark.parametrize(
    ("disposition", "moves", "status"),
    [
        ("correct", True, "active"),
        ("corrected", True, "active"),
        ("not_reached", False, "active"),
        ("moved", False, "active"),
        ("closed", False, "defunct"),
    ],
)
def test_only_a_check_that_says_it_is_right_moves_the_day(
    disposition: str, moves: bool, status: str, make: Make, team: Team
) -> None:
    service = aged(make(), 13)
    before = service.assured_date
    logged = Entry.objects.count()
    made = actions.check(
        service=service,
        method="visit",
        disposition=disposition,
        note="The door is green.",
        by=unlock(team.editor),
    )
    service.refresh_from_db()
    today = timezone.localdate()
    assert (service.assured_date, service.vouched_on) == ((today, today) if moves else (before, before))
    assert service.status == status
    assert (made.role, made.agency, made.note) == ("editor", team.agency, "The door is green.")
    assert str(team.editor.pk) not in str(VerificationSession.objects.values())
    assert Entry.objects.count() == logged + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "provider_link"},
        {"method": "x"},
        {"disposition": "reported"},
        {"disposition": "x"},
        {"note": "Ask on +998 00 111 22 33"},
        {"note": "AA1234567"},
        {"note": "x" * 301},
    ],
)
def test_what_no_editor_can_say_is_refused(wrong: dict[str, str], make: Make, team: Team) -> None:
    service = make()
    given = {"method": "visit", "disposition": "correct", "note": ""} | wrong
    with pytest.raises(NotAllowed):
        actions.check(service=service, by=unlock(team.editor), **given)
    assert not VerificationSession.objects.exists()
    service.refresh_from_db()
    assert service.assured_date is None


def test_a_check_is_never_changed(make: Make, team: Team) -> None:
    made = actions.check(service=make(), method="visit", disposition="moved", by=unlock(team.editor))
    with pytest.raises(NotAllowed):
        made.save()


def test_publishing_and_editing_do_not_move_the_day(make: Make) -> None:
    service = make()
    actions.hide([service.pk])
    actions.publish([service.pk])
    service.refresh_from_db()
    assert service.assured_date is None


# --- the editor's pages ---


def test_the_queue_has_the_most_overdue_first_and_one_tap_answers(
    places_loaded: None, team: Team, client: Client
) -> None:
    new, old, older, fresh, hidden = imported(
        *(hsds_service(name=f"Room {name}") for name in ("new", "old", "older", "fresh", "hidden"))
    )
    aged(old, 13)
    aged(older, 30)
    aged(fresh, 11)
    actions.hide([hidden.pk])
    assert [one.card.id for one in due_page().due] == [older.pk, old.pk, new.pk]
    sign_in(client, team.editor)
    page = client.get(QUEUE).content.decode()
    assert 'href="tel:+998000009901"' in page
    tap = {"method": "phone_call", "disposition": "correct"}
    for _click in range(2):
        answer = client.post(f"{QUEUE}{older.pk}/", tap)
        assert (answer.status_code, answer["Location"]) == (303, f"{QUEUE}?done=checked")
    assert VerificationSession.objects.count() == 1
    client.post(f"{QUEUE}{old.pk}/", tap | {"disposition": "not_reached"})
    assert [one.card.id for one in due_page().due] == [new.pk]
    again = due_page(now=timezone.now() + timedelta(days=3)).due
    assert [one.card.id for one in again] == [old.pk, new.pk]
    assert again[0].tried_at is not None
    assert [one.card.id for one in due_page(region="UZ-TK").due] == []


def test_the_queue_pages_and_asks_a_constant_number_of_queries(
    places_loaded: None, team: Team, client: Client
) -> None:
    made = imported(*(hsds_service(name=f"Room {n}") for n in range(23)))
    for service in made[:9]:
        aged(service, 14)
    sign_in(client, team.editor)
    client.get(QUEUE)  # the session notes its minute, once
    with CaptureQueriesContext(connection) as many:
        page = client.get(QUEUE).content.decode()
    asked = len(many)  # counted now: the next request empties the list
    assert page.count("data-service=") == 20
    seen = due_page(limit=20)
    assert seen.next is not None
    rest = due_page(after=seen.next).due
    assert {one.card.id for one in (*seen.due, *rest)} == {service.pk for service in made}
    address = f"{QUEUE}?after={seen.next[0]}_{seen.next[1]}"
    assert address.replace("&", "&amp;") in page
    assert client.get(address).content.decode().count("data-service=") == 3
    for service in made[1:]:
        aged(service, 1)
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as few:
        assert client.get(QUEUE).content.decode().count("data-service=") == 1
    assert asked == len(few)
    for odd in ("x", "2026-01-01", "2026-01-01_x", "%00"):
        assert client.get(f"{QUEUE}?after={odd}").status_code == 404


def test_closed_for_good_is_asked_twice_and_keeps_what_was_typed(
    make: Make, team: Team, client: Client
) -> None:
    service = make()
    sign_in(client, team.editor)
    sent = {"method": "visit", "disposition": "closed", "note": "A bakery now."}
    answer = client.post(f"{QUEUE}{service.pk}/", sent)
    assert answer.status_code == 400
    assert "A bakery now." in answer.content.decode()
    assert client.post(f"{QUEUE}{service.pk}/", sent | {"note": "+998 00 111 22 33"}).status_code == 400
    assert client.get(f"/directory/services/{service.pk}/").status_code == 200
    assert client.post(f"{QUEUE}{service.pk}/", sent | {"sure": "on"}).status_code == 303
    assert client.get(f"/directory/services/{service.pk}/").status_code == 404
    history = client.get(f"{QUEUE}{service.pk}/").content.decode()
    for words in ("Closed for good", "A bakery now.", "Visit", "Agency E"):
        assert words in history


def test_only_editors_see_and_check(make: Make, team: Team) -> None:
    service = make()
    for name in OTHERS:
        client = sign_in(Client(), getattr(team, name))
        for address in (QUEUE, f"{QUEUE}{service.pk}/", f"{QUEUE}{uuid4()}/"):
            assert client.get(address).status_code == 404
            assert client.post(address, {"method": "visit", "disposition": "correct"}).status_code in (
                404,
                405,
            )
    assert Client().get(QUEUE)["Location"].startswith("/sign-in/")
    assert sign_in(Client(), team.editor).get(f"{QUEUE}{uuid4()}/").status_code == 404
    assert not VerificationSession.objects.exists()


# --- the provider's link ---


def link_to(service: Service, **more: Any) -> tuple[OneTimeLink, str]:
    given: dict[str, Any] = {"kind": LinkKind.STILL_CORRECT, "lasts": timedelta(days=14), "by": None} | more
    link, token = links.make(service=service, **given)
    return link, f"/directory/still-correct/{token}/"


def test_looking_at_the_link_changes_nothing_and_one_tap_answers(make: Make, client: Client) -> None:
    service = aged(make(), 20)  # hidden from the public, but its provider may still answer
    _, address = link_to(service)
    for method in (client.get, client.head, client.get):
        assert method(address).status_code == 200
    page = client.get(address).content.decode()
    assert "Namuna street 1" in page
    assert "<title>Is this still correct? · Hamroh</title>" in page
    service.refresh_from_db()
    assert is_too_old(service.vouched_on)
    for _click in range(2):
        answer = client.post(address, {"correct": "yes"})
        assert (answer.status_code, answer["Location"]) == (303, "/directory/?done=still-correct")
    made = VerificationSession.objects.get()
    assert (made.method, made.disposition, made.role, made.agency) == (
        "provider_link",
        "correct",
        "provider",
        None,
    )
    service.refresh_from_db()
    assert service.assured_date == timezone.localdate()
    assert client.get(address).status_code == 404


def test_what_changed_is_heard_after_a_tap_too_many_and_a_tap_after_it_is_not(
    make: Make, client: Client
) -> None:
    _, address = link_to(aged(make(), 8))
    changed = {"changed": "yes", "note": "We have moved."}
    assert client.post(address, {"correct": "yes"}).status_code == 303
    for _click in range(2):
        answer = client.post(address, changed)
        assert (answer.status_code, answer["Location"]) == (303, "/directory/?done=change-told")
    assert [one.word for one in reported()] == ["We have moved."]
    assert client.post(address, {"correct": "yes"}).status_code == 404
    said = VerificationSession.objects.order_by("checked_at").values_list("disposition", flat=True)
    assert list(said) == ["correct", "reported"]


def test_something_changed_reaches_the_editors_and_moves_no_day(
    make: Make, team: Team, client: Client
) -> None:
    service = aged(make(), 8)
    Organization.objects.update(agency=team.agency)
    link, address = link_to(service)
    assert client.post(address, {"changed": "yes", "note": " "}).status_code == 400
    refused = client.post(address, {"changed": "yes", "note": "Call Nodira on +998 00 111 22 33"})
    assert refused.status_code == 400
    assert "Call Nodira" in refused.content.decode()
    assert client.post(address, {"changed": "yes", "note": "We close at four."}).status_code == 303
    with pytest.raises(Missing):
        links.use(link)
    service.refresh_from_db()
    assert service.assured_date == months_before(timezone.localdate(), 8)
    assert [one.word for one in reported()] == ["We close at four."]
    aged(service, 13)
    assert due_page().due == []  # it stands once, at the head
    aged(service, 8)
    editor = sign_in(Client(), team.editor)
    assert "We close at four." in editor.get(QUEUE).content.decode()
    actions.check(service=service, method="phone_call", disposition="not_reached", by=unlock(team.editor))
    assert len(reported()) == 1
    actions.check(service=service, method="phone_call", disposition="corrected", by=unlock(team.editor))
    assert reported() == []


def test_a_link_of_another_kind_or_an_old_one_is_nothing(make: Make, client: Client) -> None:
    service = make()
    _, provider = link_to(service, kind=LinkKind.PROVIDER)
    old, expired = link_to(service)
    OneTimeLink.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    for address in (provider, expired, "/directory/still-correct/sample/"):
        for answer in (client.get(address), client.post(address, {"correct": "yes"})):
            assert answer.status_code == 404
    assert not VerificationSession.objects.exists()


def test_a_confidential_place_shows_its_provider_no_address(make: Make, client: Client) -> None:
    service = make()
    Service.objects.update(service_type="safe_house", is_confidential=True)
    _, address = link_to(service)
    page = client.get(address).content.decode()
    assert "Namuna street" not in page
    assert "Address" not in page


def test_a_place_nobody_has_checked_for_a_year_stands_behind_its_equals(places_loaded: None) -> None:
    old, new = imported(hsds_service(name="A"), hsds_service(name="B"))
    aged(old, 13)
    aged(new, 2)
    found = match(Needs(), frozenset())
    assert [one.service.id for one in found] == [new.pk, old.pk]
    assert "check_stale" in {reason.code for reason in found[1].reasons}
