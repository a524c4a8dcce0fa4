"""Orders, numbers, misspelt words, holidays, and the pages of places."""

import base64
import json
from datetime import UTC, date, datetime, time, timedelta
from math import cos, inf, radians
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from services import actions, holidays
from services.codes import LegalDuty
from services.errors import BadCursor
from services.hours import DAY_MINUTES, Minutes, is_open
from services.models import District, Organization, Region, Service, ServiceHours, ServiceToken
from services.places import short_name
from services.queries import Needs, SearchFilters, search
from services.queries import facets as facet_module
from services.queries.availability import has_fresh_room
from services.queries.cards import ServiceCard
from services.queries.facets import facets
from services.queries.matching import _candidates
from services.queries.narrowing import folded
from services.queries.orders import Sort
from services.queries.places import country_map, region_map
from services.queries.search import narrowed, open_at
from services.queries.spelling import one_slip_away

from .conftest import Make, hsds_service, imported

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Tashkent")


def names(sort: str = Sort.BEST, **filters: Any) -> list[str]:
    return [str(card.name) for card in search(SearchFilters(**filters), sort=sort, limit=100).cards]


def at(service: dict[str, Any], north: float, east: float) -> dict[str, Any]:
    service["service_at_locations"][0]["location"] |= {"latitude": north, "longitude": east}
    return service


# --- filters ---


def test_cost_papers_duty_and_check_narrow_the_search(places_loaded: None) -> None:
    free = {"cost_options": [{"id": str(uuid4()), "amount": 0, "currency": "UZS"}]}
    dear = {"cost_options": [{"id": str(uuid4()), "amount": 5000, "currency": "UZS"}]}
    paper = {"required_documents": [{"id": str(uuid4()), "document": "A passport"}]}
    other = {"organization": {"id": str(uuid4()), "name": "Other", "description": "Invented."}}
    services = imported(
        hsds_service(name="Free", **free), hsds_service(name="Dear", **dear, **paper, **other)
    )
    Organization.objects.filter(name="Namuna").update(legal_notification_duty=LegalDuty.NONE)
    Service.objects.filter(pk=services[0].pk).update(assured_date=timezone.localdate() - timedelta(days=20))
    for filters in ({"free": True}, {"no_papers": True}, {"no_duty": True}, {"checked_within": 3}):
        assert names(**filters) == ["Free"]


def test_the_page_and_the_api_take_every_filter(make: Make, client: Client) -> None:
    make(name="Kept", required_documents=[{"id": str(uuid4()), "document": "A passport"}])
    for name in ("children", "free", "papers", "duty"):
        found = client.get("/directory/", {name: "on"}).content.decode()
        assert ("Kept" in found) is (name == "children")
    assert "Kept" not in client.get("/directory/?checked=3").content.decode()
    for name in ("free", "no_papers", "no_duty"):
        assert client.get("/api/v1/services/", {name: "true"}).json()["results"] == []
    assert client.get("/api/v1/services/?sort=odd").status_code == 400
    assert client.get("/directory/?sort=odd&checked=x").status_code == 200


# --- orders ---


def test_the_nearest_comes_first_from_the_chosen_place_outwards(places_loaded: None) -> None:
    middle = Region.objects.get(pk="UZ-JI")
    imported(
        at(hsds_service(name="Far"), middle.latitude + 2, middle.longitude),
        at(hsds_service(name="Near"), middle.latitude, middle.longitude + 0.1),
        at(hsds_service(name="Next"), middle.latitude + 0.3, middle.longitude),
        hsds_service(name="Nowhere", service_at_locations=[]),
    )
    page = search(SearchFilters(district="uz-ji-baxmal-tumani"), sort=Sort.NEAR)
    assert [str(card.name) for card in page.cards] == ["Near", "Next", "Far", "Nowhere"]
    assert page.origin is not None
    assert (page.origin.whole_region, page.origin.latitude) == (True, middle.latitude)
    middle.districts.filter(pk="uz-ji-baxmal-tumani").update(
        latitude=middle.latitude + 2, longitude=middle.longitude
    )
    page = search(SearchFilters(district="uz-ji-baxmal-tumani"), sort=Sort.NEAR)
    assert str(page.cards[0].name) == "Far"
    assert page.origin is not None
    assert not page.origin.whole_region


def test_the_newest_check_comes_first_and_what_is_a_year_old_last(places_loaded: None) -> None:
    services = imported(*(hsds_service(name=name) for name in ("A stale", "B unknown", "F old", "G new")))
    for service, days in zip(services, (400, None, 200, 10), strict=True):
        if days:
            service.assured_date = timezone.localdate() - timedelta(days=days)
            service.save(update_fields=["assured_date"])
    assert names(Sort.CHECKED) == ["G new", "F old", "B unknown", "A stale"]
    assert names(Sort.NAME) == ["B unknown", "F old", "G new", "A stale"]


def test_a_word_in_a_name_is_a_better_match_than_one_in_the_text(places_loaded: None) -> None:
    imported(hsds_service(name="Aaa", description="Sewing for everybody."), hsds_service(name="Zzz sewing"))
    assert names(words="sewing") == ["Zzz sewing", "Aaa"]
    assert names(Sort.NAME, words="sewing") == ["Aaa", "Zzz sewing"]


def test_pages_of_every_order_hold_every_service_once(demo: None) -> None:
    ids = sorted(Service.objects.values_list("pk", flat=True))
    for number, pk in enumerate(ids[:30]):
        assured = timezone.localdate() - timedelta(days=15 * number)
        Service.objects.filter(pk=pk).update(assured_date=assured)
    Service.objects.filter(pk__in=ids[30:36]).update(assured_date=None)
    for sort in Sort.values:
        for filters in (SearchFilters(region="UZ-JI"), SearchFilters(words="na")):
            # "Nearest first" begins at the region and does not end at its border.
            wanted = SearchFilters() if sort == Sort.NEAR and filters.region else filters
            seen: list[UUID] = []
            after = None
            while after is not None or not seen:
                page = search(filters, sort=sort, after=after, limit=5)
                seen += [card.id for card in page.cards]
                after = page.next
                if after is None:
                    break
            assert len(seen) == len(set(seen))
            assert set(seen) == set(narrowed(wanted, timezone.now()).values_list("pk", flat=True))


@pytest.mark.parametrize(
    "parts",
    [
        ["name", 0, "a", uuid4().hex],
        ["best", 9, "a", uuid4().hex],
        ["best", 0, 1.5, uuid4().hex],
        ["best", True, "a", uuid4().hex],
        ["best", 0, "a\0", uuid4().hex],
        ["best", 0, float("nan"), uuid4().hex],
    ],
)
def test_a_mark_of_another_order_or_none_is_refused(parts: list[Any], make: Make) -> None:
    mark = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()
    with pytest.raises(BadCursor):
        search(SearchFilters(), after=mark)
    dated = base64.urlsafe_b64encode(json.dumps(["checked", 0, "x", uuid4().hex]).encode()).decode()
    with pytest.raises(BadCursor):
        search(SearchFilters(), sort=Sort.CHECKED, after=dated)


ASKED: list[dict[str, Any]] = [
    {"words": "namuna"},
    {"words": "zzyzx namuna"},
    {"words": "yordam zomin", "language": "uz"},
    {"region": "UZ-JI", "open_now": True},
    {"available_now": True},
    {"available_now": True, "region": "UZ-JI", "language": "uz"},
    {"district": "uz-ji-zomin-tumani", "sex": "female", "age": 30},
]


@pytest.mark.parametrize("rare", [1000, 0])
def test_however_it_is_asked_the_same_is_found_as_by_looking_at_every_card(
    demo: None, monkeypatch: pytest.MonkeyPatch, rare: int
) -> None:
    for name in ("RARE", "RARE_WITH_ANOTHER"):
        monkeypatch.setattr(f"services.queries.narrowing.{name}", rare)
    Service.objects.update(assured_date=timezone.localdate())  # what is a year old comes last
    now = timezone.now()
    known = search(SearchFilters(), limit=100, now=now).cards
    assert 40 < len(known) < 100
    for asked in ASKED:
        found = search(SearchFilters(**asked), sort=Sort.NAME, limit=100, now=now).cards
        passing = [card.id for card in known if _passes(card, **asked)]
        assert [card.id for card in found] == passing, asked
        assert bool(found) is (asked != ASKED[1])
    for region in Region.objects.all()[:4]:
        near = search(SearchFilters(region=region.code), sort=Sort.NEAR, limit=100, now=now).cards
        assert {card.id for card in near} == {card.id for card in known}
        distances = [_far(card, region) for card in near]
        assert distances == sorted(distances)


def _passes(card: ServiceCard, **asked: Any) -> bool:
    """Say the same as the search of one card alone, in plain Python."""
    words = list(ServiceToken.objects.filter(service=card.id).values_list("token", flat=True))
    codes = {region.code for region in card.regions} | {district.code for district in card.districts}
    wanted = [asked[name] for name in ("region", "district") if name in asked]
    return (
        all(any(word.startswith(token) for word in words) for token in folded(asked.get("words", "")))
        and all(code in codes or (code.startswith("uz-ji") and card.whole_region) for code in wanted)
        and ("UZ-JI" in codes or not wanted)
        and ("language" not in asked or asked["language"] in {one.code for one in card.languages})
        and (not asked.get("open_now") or card.availability.is_open)
        and (not asked.get("available_now") or card.availability.is_available)
        and ("sex" not in asked or card.sex in ("any", asked["sex"]))
        and ("age" not in asked or (card.minimum_age or 0) <= asked["age"] <= (card.maximum_age or 150))
    )


def _far(card: ServiceCard, region: Region) -> float:
    """Return the square of the distance on a flat map; what has no place is the furthest."""
    service = Service.objects.get(pk=card.id)
    if service.near_latitude is None or service.near_longitude is None:
        return inf
    east = (service.near_longitude - region.longitude) * cos(radians(region.latitude))
    return round((service.near_latitude - region.latitude) ** 2 + east**2, 9)


@pytest.mark.parametrize("rare", [1000, 0])
def test_whom_a_match_judges_is_who_a_plain_walk_finds(
    demo: None, monkeypatch: pytest.MonkeyPatch, rare: int
) -> None:
    """Near with room, near, in the region with room, in the region, with room, all others: each by name."""
    for name in ("RARE", "RARE_WITH_ANOTHER"):
        monkeypatch.setattr(f"services.queries.narrowing.{name}", rare)
    monkeypatch.setattr("services.queries.matching.CANDIDATES", 9)
    Service.objects.update(assured_date=timezone.localdate())  # what is a year old comes last
    now = timezone.now()
    known = search(SearchFilters(), sort=Sort.NAME, limit=100, now=now).cards
    room = set(narrowed(SearchFilters(), now).filter(has_fresh_room(now)).values_list("pk", flat=True))
    assert 0 < len(room) < len(known)
    for place in District.objects.filter(pk__in=[one.code for card in known for one in card.districts]):

        def step(card: ServiceCard, place: District = place) -> int:
            near = place.code in {one.code for one in card.districts}
            region = place.region_id in {one.code for one in card.regions}
            return (0 if near else 2 if region else 4) + (card.id not in room)

        needs = Needs(district=place.code, region=place.region_id)
        expected = [card.id for card in sorted(known, key=step)][:9]
        assert _candidates(needs, Q(), now) == expected


# --- words ---


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9), st.data())
def test_every_single_slip_is_one_away(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcxyz"))
    near = one_slip_away(word)
    assert word not in near
    slips = {word[:place] + word[place + 1 :], word[:place] + letter + word[place:]}
    slips.add(word[:place] + letter + word[place + 1 :])
    assert slips - {word} <= near
    assert all(abs(len(one) - len(word)) <= 1 for one in near)


def test_a_word_misspelt_by_one_letter_finds_and_says_what(make: Make, client: Client) -> None:
    make()
    for words in ("zomim", "zmin", "zoomyin", "ozmin", "Зомим"):
        page = search(SearchFilters(words=words))
        assert (page.instead.split()[0], len(page.cards)) == ("Zomin", 1), words
    body = client.get("/directory/?q=listenink").content.decode()
    assert "These have: Listening" in body  # as the entry writes it, not as the index folds it
    russian = {"ru": {"name": "Комната разговора"}}
    make(name="Lawyer's room", translations=russian)
    with override("ru"):
        for words, shown in (
            ("lowyers", "Lawyer's"),
            ("камната", "Комната"),
            ("камната zomin", "Комната zomin"),
        ):
            assert search(SearchFilters(words=words)).instead == shown
    assert search(SearchFilters(words="zimim")).instead == ""
    assert search(SearchFilters(words="zomin")).instead == ""


def test_a_misspelt_word_never_finds_what_is_hidden(make: Make) -> None:
    actions.hide([make().pk])
    assert search(SearchFilters(words="zomim")).instead == ""


# --- numbers ---


def test_the_numbers_are_those_of_what_is_found(demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    filters = SearchFilters(region="UZ-JI")
    found = facets(filters)
    cards = search(filters, limit=100).cards
    assert found.found == len(cards) > 3
    for kind, number in found.types.items():
        assert number == sum(card.service_type == kind for card in cards)
    for code, number in found.languages.items():
        assert number == sum(code in {one.code for one in card.languages} for card in cards)
    assert found.regions["UZ-JI"] == len(cards)
    assert found.open_now == sum(card.availability.is_open for card in cards)
    assert found.available_now == sum(card.availability.is_available for card in cards)
    monkeypatch.setattr(facet_module, "MOST", 3)
    assert facets(filters).found is None
    with CaptureQueriesContext(connection) as queries:
        facets(filters)
    assert len(queries) <= 4


def test_links_to_narrow_down_lead_to_as_many_as_they_say(demo: None, client: Client) -> None:
    response = client.get("/directory/?region=UZ-JI")
    links = [link for group in response.context["narrower"] for link in group["links"]]
    assert len(links) > 4
    for link in links[:4]:
        assert client.get(link["url"]).context["counted"].found == link["count"]


# --- holidays ---


@given(day=st.dates(date(2025, 1, 1), date(2030, 12, 31)), at=st.times())
def test_on_a_holiday_only_what_never_closes_is_open(day: date, at: time) -> None:
    office = [Minutes(weekday, 0, DAY_MINUTES - 1) for weekday in range(7)]
    always = [Minutes(weekday, 0, DAY_MINUTES) for weekday in range(7)]
    holiday = holidays.is_holiday(day, "Asia/Samarkand")
    assert holiday is ((day.month, day.day) in {(1, 1), (3, 8), (3, 21), (5, 9), (9, 1), (10, 1), (12, 8)})
    assert not holidays.is_holiday(day, "Europe/Paris")
    local = datetime.combine(day, at)
    assert is_open(always, [], local, holiday=holiday)
    minute = at.hour * 60 + at.minute
    assert is_open(office, [], local, holiday=holiday) is (not holiday and minute < DAY_MINUTES - 1)


def test_the_search_knows_holidays_too(make: Make) -> None:
    make()
    navruz = datetime(2027, 3, 21, 12, 0, tzinfo=ZONE).astimezone(UTC)
    assert Service.objects.filter(open_at(navruz)).exists()  # round the clock
    ServiceHours.objects.update(closes=DAY_MINUTES - 1)
    assert not Service.objects.filter(open_at(navruz)).exists()
    assert Service.objects.filter(open_at(navruz + timedelta(days=1))).exists()
    for moment, expected in ((navruz, False), (navruz + timedelta(days=1), True)):
        assert search(SearchFilters(), now=moment).cards[0].availability.is_open is expected


# --- places ---


def test_a_district_page_has_what_is_there_and_what_is_for_the_region(make: Make, client: Client) -> None:
    area = [{"id": str(uuid4()), "name": "Jizzakh Region", "extent": "UZ-JI", "extent_type": "text"}]
    make(name="Here")
    make(name="Everywhere", service_areas=area, service_at_locations=[])
    hidden = make(name="Not shown")
    actions.hide([hidden.pk])
    body = client.get("/directory/places/uz-ji-zomin-tumani/").content.decode()
    for words in ("Here", "Everywhere", "+998 00 000 99 01", "Round the clock", "Namuna street 1"):
        assert words in body
    assert "Not shown" not in body
    assert "http://testserver/directory/places/uz-ji-zomin-tumani/" in body.replace("<wbr>", "")
    papers = "/directory/sheets/?region=UZ-JI&amp;district=uz-ji-zomin-tumani#papers"
    assert f'href="{papers}"' in body
    offered = client.get("/directory/sheets/?region=UZ-JI&district=uz-ji-zomin-tumani")
    assert set(offered.context["papers"]) == {"sheet", "pocket"}
    assert "Zomin" not in body[body.index("<title>") : body.index("</title>")]
    other = client.get("/directory/places/uz-ji-baxmal-tumani/").content.decode()
    assert "Everywhere" in other
    assert ">Here<" not in other
    region = client.get("/directory/places/UZ-JI/")
    assert {one.services for one in region.context["place"].districts} == {1, 2}
    for missing in ("UZ-XX", "uz-ji", "sample"):
        assert client.get(f"/directory/places/{missing}/").status_code == 404


def test_a_place_without_services_says_what_to_do(places_loaded: None, client: Client) -> None:
    body = client.get("/directory/places/uz-ji-zomin-tumani/").content.decode()
    assert "No service is listed here yet" in body
    assert "112" in body


def test_place_pages_ask_as_much_for_many_as_for_few(demo: None, client: Client) -> None:
    counted = []
    for code in ("UZ-XO", "UZ-JI", "UZ-SA"):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/directory/places/{code}/")
        counted.append(len(queries))
    # A part that none of a place's services has is not asked for further: a query or two less.
    assert abs(counted[1] - counted[2]) <= 2
    assert max(counted) <= 45


def test_maps_shade_by_what_has_room_and_the_legend_says_how(demo: None) -> None:
    country, region = country_map(), region_map("UZ-JI")
    assert country is not None
    assert region is not None
    assert region_map("UZ-XX") is None
    shown = {line.shade: (line.lowest, line.highest) for line in country.legend}
    for area in country.areas:
        lowest, highest = shown[area.shade]
        assert lowest <= area.count.available <= highest
    assert [area.count.region.code for area in region.areas if area.is_chosen] == ["UZ-JI"]
    assert 1 < len(region.areas) < len(country.areas)
    assert {area.shade for area in region.areas} <= set(shown)


@pytest.mark.parametrize(
    ("name", "short"),
    [("Jizzax viloyati", "Jizzax"), ("Republic of Karakalpakstan", "Karakalpakstan"), ("City", "City")],
)
def test_a_label_leaves_out_the_word_for_the_kind(name: str, short: str) -> None:
    assert short_name(name) == short


def test_kinds_of_help_are_found_by_everyday_words(make: Make) -> None:
    """In each language and script, alone and beside another word; where the word itself stands, as it is."""
    make(name="Namuna", service_type="legal_assistance")
    make(name="Sinov", service_type="livelihoods")
    for words in ("yuridik", "Юридик", "qonun", "юрист", "закон", "lawyer", "legal aid", "yurist Zomin"):
        page = search(SearchFilters(words=words))
        assert [card.name for card in page.cards] == ["Namuna"], words
    with override("ru"):
        assert search(SearchFilters(words="юрист")).instead == "Правовая помощь"
    for words in ("деньги", "pul", "money"):
        assert [card.name for card in search(SearchFilters(words=words)).cards] == ["Sinov"], words
    make(name="Yuridik klinika", service_type="psychosocial")
    page = search(SearchFilters(words="yuridik"))
    assert ([card.name for card in page.cards], page.instead) == (["Yuridik klinika"], "")
