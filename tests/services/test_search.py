import base64
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from services import actions
from services.codes import AvailabilitySource, Freshness
from services.errors import BadCursor, NotAllowed
from services.models import AvailabilityReport, Service
from services.queries import (
    Needs,
    SearchFilters,
    availability_of,
    counts_by_region,
    match,
    search,
)
from services.queries.entries import public_availability
from services.queries.leaving_out import why_left_out
from services.queries.matching import CANDIDATES

from .conftest import Make, hsds_service, imported

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 3, 2, 23, 30, tzinfo=ZoneInfo("Asia/Tashkent"))  # a Monday


def names(**filters: Any) -> list[str]:
    return [str(card.name) for card in search(SearchFilters(**filters), limit=100).cards]


def report(service: Service, status: str = "capacity", *, hours_ago: float = 0, **more: Any) -> None:
    actions.report_availability(
        service_id=service.pk,
        status=status,
        source=AvailabilitySource.PHONE_CALL,
        reported_at=timezone.now() - timedelta(hours=hours_ago),
        **more,
    )


def hours(*rows: tuple[str, str, str]) -> list[dict[str, str]]:
    return [
        {"id": str(uuid4()), "freq": "WEEKLY", "byday": days, "opens_at": opens, "closes_at": closes}
        for days, opens, closes in rows
    ]


# --- words and filters ---


@pytest.mark.parametrize(
    "words",
    ["Zomin", "зомин", "ZOMIN xona", "xonasi tinglash", "тинглаш", "ting", "nаmunа", "тинглаш зоми"],
)
def test_words_of_any_script_find_by_their_beginnings(words: str, make: Make) -> None:
    make(translations={"uz": {"name": "Tinglash xonasi"}, "uz-Cyrl": {"name": "Тинглаш хонаси"}})
    make(name="Other", organization={"id": "o", "name": "Misol", "description": "x"}, service_at_locations=[])
    assert names(words=words) == ["Listening room Namuna"]


@pytest.mark.parametrize("words", ["nothinglikeit", "tening", "'''", "%", "zomin nothinglikeit"])
def test_other_words_find_nothing(words: str, make: Make) -> None:
    make()
    assert names(words=words) == []


def test_each_filter_keeps_and_leaves_out(make: Make) -> None:
    make(
        name="Match",
        languages=[{"id": "l", "code": "tg"}],
        minimum_age=18,
        maximum_age=30,
        eligible_sexes=["female"],
        accepts_children=False,
        service_subtypes=["hotline"],
    )
    for filters in (
        {"service_type": "psychosocial"},
        {"subtype": "hotline"},
        {"region": "UZ-JI"},
        {"district": "uz-ji-zomin-tumani"},
        {"language": "tg"},
        {"sex": "female"},
        {"age": 18},
        {"age": 30},
        {"open_now": True},
    ):
        assert names(**filters) == ["Match"]
    for filters in (
        {"service_type": "livelihoods"},
        {"subtype": "day_care"},
        {"region": "UZ-TK"},
        {"district": "uz-ji-baxmal-tumani"},
        {"language": "ru"},
        {"sex": "male"},
        {"age": 17},
        {"age": 31},
        {"with_children": True},
        {"available_now": True},
        {"access": "wheelchair"},
    ):
        assert names(**filters) == []


def test_what_is_for_the_whole_region_is_found_in_each_district(make: Make) -> None:
    area = [{"id": "a", "name": "Jizzakh Region", "extent": "UZ-JI", "extent_type": "text"}]
    make(name="Phone", service_areas=area, service_at_locations=[])
    assert names(district="uz-ji-baxmal-tumani") == ["Phone"]
    assert names(district="uz-tk-sergeli-tumani") == []


def test_open_now_reaches_across_midnight(make: Make) -> None:
    make(name="Night", schedules=hours(("MO", "20:00", "08:00")))
    for moment, is_open in (
        (NIGHT, True),
        (NIGHT + timedelta(hours=8), True),
        (NIGHT + timedelta(hours=9), False),
        (NIGHT + timedelta(days=1), False),
        (NIGHT - timedelta(hours=4), False),
    ):
        assert bool(search(SearchFilters(open_now=True), now=moment).cards) is is_open
        assert search(SearchFilters(), now=moment).cards[0].availability.is_open is is_open


def test_pages_hold_every_service_once(demo: None) -> None:
    seen, after = [], None
    while True:
        page = search(SearchFilters(), after=after, limit=7)
        seen += [card.id for card in page.cards]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == Service.objects.count()


HALF_A_LETTER = base64.b64encode(b'["\\ud800", "00000000000000000000000000000000"]').decode()


@pytest.mark.parametrize("mark", ["x", "WzFd", "é", "bnVsbA==", "WyJhIiwiYiJd", "W" * 200, HALF_A_LETTER])
def test_a_mark_that_is_not_ours_is_refused(mark: str, make: Make) -> None:
    with pytest.raises(BadCursor):
        search(SearchFilters(), after=mark)


def test_what_is_left_out_and_why_say_the_same_as_the_match(demo: None) -> None:
    """Whatever she needs: a published service has a reason to be left out, or the match has it."""
    everything = [service.pk for service in Service.objects.all()]
    for needs in (
        Needs(service_types=["safe_house"]),
        Needs(service_types=["health_medical"], age=15, sex="female"),
        Needs(service_types=["psychosocial"], age=33, sex="male", district="uz-ji-zomin-tumani"),
        Needs(service_types=["safe_house"], age=65, sex="female", with_children=True),
        Needs(service_types=["child_protection"], age=33),
        Needs(service_types=["psychosocial"], age=12, oldest=17, sex="female"),
    ):
        left_out = {one.match.service.id: one.because for one in why_left_out(everything, needs)}
        assert set(left_out) == set(everything)
        fits = {pk for pk, because in left_out.items() if not because}
        matched = match(needs, limit=len(everything))
        assert len(matched) < CANDIDATES, "all that fit are judged"
        assert {one.service.id for one in matched} == fits
        assert len(fits) < len(everything)


def test_the_number_of_queries_does_not_grow(demo: None) -> None:
    full = SearchFilters(words="na", region="UZ-SA", language="uz", sex="female", age=30, open_now=True)
    for few, many in (
        (lambda: search(SearchFilters(), limit=2), lambda: search(SearchFilters(), limit=50)),
        (lambda: search(full, limit=1), lambda: search(full, limit=50)),
        (lambda: match(Needs(service_types=["safe_house"])), lambda: match(Needs())),
    ):
        counted = []
        for run in (few, many):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                run()
            counted.append(len(queries))
        # One more where the first tier of an order does not fill the page; never one a service.
        assert max(counted) - min(counted) <= 4
        assert max(counted) <= 30
    with CaptureQueriesContext(connection) as queries:
        counts_by_region()
    assert len(queries) <= 5


def test_texts_come_in_the_readers_language_and_say_which(make: Make) -> None:
    make(translations={"uz": {"name": "Tinglash xonasi"}})
    with translation.override("uz"):
        name = search(SearchFilters()).cards[0].name
        assert (name, name.tag) == ("Tinglash xonasi", "uz-Latn")
    with translation.override("ru"):
        assert search(SearchFilters()).cards[0].name == "Tinglash xonasi"
    with translation.override("en"):
        assert search(SearchFilters()).cards[0].name == "Listening room Namuna"


# --- availability ---


@pytest.mark.parametrize(
    ("service_type", "hours_ago", "freshness"),
    [
        ("safe_house", 1.9, "fresh"),
        ("safe_house", 2.1, "ageing"),
        ("safe_house", 7.9, "ageing"),
        ("safe_house", 8.1, "stale"),
        ("legal_assistance", 23.9, "fresh"),
        ("legal_assistance", 24.1, "ageing"),
        ("legal_assistance", 71.9, "ageing"),
        ("legal_assistance", 72.1, "stale"),
    ],
)
def test_news_grows_old_and_stale_is_never_available(
    service_type: str, hours_ago: float, freshness: str, make: Make
) -> None:
    service = make(service_type=service_type, service_at_locations=[])
    report(service, hours_ago=hours_ago)
    found = availability_of([service.pk])[service.pk]
    assert (found.freshness, found.is_available) == (freshness, freshness != "stale")
    assert bool(names(available_now=True)) is found.is_available
    (one,) = match(Needs())
    assert ("room" in {reason.code for reason in one.reasons}) is found.is_available


@pytest.mark.parametrize(
    "changes",
    [
        {"report": {"status": "no-capacity"}},
        {"report": {"status": "waitlist"}},
        {"report": {"status": "temporarily-closed"}},
        {"report": {"status": "additional-assessment-required"}},
        {"report": {"valid_until": timezone.now() - timedelta(minutes=1)}},
        {"report": None},
        {"service": {"schedules": []}},
        {"service": {"status": "temporarily closed"}},
    ],
)
def test_available_needs_room_hours_and_an_open_entry(changes: dict[str, Any], make: Make) -> None:
    service = make(**changes.get("service", {}))
    if changes.get("report", {}) is not None:
        report(service, **({"hours_ago": 1} | changes.get("report", {})))
    assert not availability_of([service.pk])[service.pk].is_available
    assert names(available_now=True) == []


def test_reports_are_only_added(make: Make) -> None:
    service = make()
    report(service, hours_ago=1, places_free=2)
    report(service, "no-capacity", hours_ago=3)  # told later, but older news
    assert availability_of([service.pk])[service.pk].status == "capacity"
    assert AvailabilityReport.objects.count() == 2
    with pytest.raises(NotAllowed):
        AvailabilityReport.objects.first().save()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "wrong",
    [
        {"places_free": 3, "places_total": 2},
        {"places_free": 0},
        {"places_free": -1},
        {"places_free": 1000},
        {"hours_ago": -1},
        {"status": "room"},
    ],
)
def test_a_report_that_contradicts_itself_is_refused(wrong: dict[str, Any], make: Make) -> None:
    service = make()
    with pytest.raises(NotAllowed):
        report(service, **wrong)
    assert not AvailabilityReport.objects.exists()


def test_numbers_are_public_only_where_the_provider_says_so(make: Make) -> None:
    service = make()
    report(service, places_free=2, note="ask for Namuna")
    assert search(SearchFilters()).cards[0].availability.places_free is None
    assert public_availability([service.pk])[service.pk].places_free is None
    card = match(Needs())[0].service
    assert (card.availability.places_free, card.availability.note) == (2, "ask for Namuna")
    Service.objects.update(shows_numbers=True)
    shown = search(SearchFilters()).cards[0].availability
    assert (shown.places_free, shown.note) == (2, "")


def test_never_reported_is_unknown(make: Make) -> None:
    service = make()
    assert availability_of([service.pk])[service.pk].freshness == Freshness.UNKNOWN


# --- match ---


def test_an_excluded_organization_is_never_suggested(demo: None) -> None:
    one_of_each = {one.service.organization_id: one for one in match(Needs(), limit=100)}
    assert len(one_of_each) > 3
    for organization in one_of_each:
        assert all(
            other.service.organization_id != organization
            for other in match(Needs(), {organization}, limit=100)
        )


def test_the_nearest_open_place_with_room_comes_first_with_its_reasons(places_loaded: None) -> None:
    near, far = hsds_service(name="Near"), hsds_service(name="Far")
    far["service_at_locations"][0]["location"] |= {
        "district": {"region_iso": "UZ-XO", "name_uz_latn": "Xiva tumani"},
        "latitude": 41.4,
        "longitude": 60.3,
    }
    near["required_documents"] = [{"id": "d", "document": "Any paper"}]
    services = imported(far, near)
    for service in services:
        report(service, places_free=2)
    found = match(Needs(district="uz-ji-zomin-tumani", languages=["uz"], lacks_documents=True))
    assert [str(one.service.name) for one in found] == ["Near", "Far"]
    codes = [{reason.code for reason in one.reasons} for one in found]
    assert {"open_now", "room", "same_district", "language", "documents", "legal_duty"} <= codes[0]
    assert {"other_region", "distance"} <= codes[1]
    assert "2 places free (just now)" in {str(reason.text) for reason in found[0].reasons}
    assert "Needs" in repr(Needs(district="uz-ji-zomin-tumani"))
    assert "zomin" not in repr(Needs(district="uz-ji-zomin-tumani"))


def test_within_the_clinical_window_medical_care_comes_first(places_loaded: None) -> None:
    care = hsds_service(
        name="Care", service_type="health_medical", service_subtypes=["clinical_management_of_rape"]
    )
    talk = hsds_service(name="Talk")
    report(imported(care, talk)[1])
    assert str(match(Needs(hours_since_incident=20))[0].service.name) == "Care"
    assert str(match(Needs(hours_since_incident=200))[0].service.name) == "Talk"


@pytest.mark.parametrize(
    ("changes", "needs"),
    [
        ({"minimum_age": 18}, Needs(age=15)),
        ({"eligible_sexes": ["female"]}, Needs(sex="male")),
        ({"accepts_children": False}, Needs(with_children=True)),
        ({}, Needs(service_types=["livelihoods"])),
    ],
)
def test_who_may_not_come_is_not_sent_there(changes: dict[str, Any], needs: Needs, make: Make) -> None:
    service = make(**changes)
    assert match(needs) == []
    assert [one.service.id for one in match(Needs())] == [service.pk]
    actions.hide([service.pk])
    assert match(Needs()) == []
