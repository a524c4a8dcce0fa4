"""Possible duplicates: the score, the list, merging in two steps, where old ids lead, and undoing."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import formats, timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import Entry
from referrals.destination import everybody_behind
from services import actions, duplicates
from services.actions.duplicates import likely_pairs
from services.codes import AvailabilitySource, HoldKind, Publication
from services.duplicates import Profile, Sign, block_keys, likeness, phone_key, profile
from services.errors import NotAllowed
from services.models import DuplicatePair, Merge, Organization, Phone, PlaceHold, Service, Suggestion
from services.queries import current_id, desk_services, same_organizations, same_service
from services.queries.verification import check_history
from tests.people import Team, sign_in, unlock

from .checkers import OTHERS, make_editors
from .conftest import as_file, hsds_service, imported
from .editors import propose

LIST = "/directory/verify/duplicates/"
MERGES = f"{LIST}merges/"
PHONE, OTHER_PHONE = "+998 00 111 22 33", "+998 00 444 55 66"


def one(**changes: Any) -> Profile:
    about: dict[str, Any] = {
        "pk": uuid4(),
        "names": ["Umid counselling centre"],
        "phones": [PHONE],
        "emails": ["desk@umid.example"],
        "websites": ["https://www.umid.example/contact"],
        "service_type": "psychosocial",
        "districts": ["uz-ji-zomin-tumani"],
        "positions": [(39.9, 68.4)],
    }
    return profile(**(about | changes))


# --- the score ---


def test_the_same_service_written_twice_is_suggested() -> None:
    twin = one(
        names=["Умид каунселлинг центр", "UMID Counselling Centre"],
        phones=["00 111-22-33"],
        emails=["Desk@Umid.example"],
        websites=["umid.example"],
        positions=[(39.901, 68.4)],
    )
    like = likeness(one(), twin)
    assert like.is_suggested
    assert like.signs == [*list(Sign)[:7]]


def test_phone_and_name_alone_always_go_to_a_person() -> None:
    bare: dict[str, Any] = {"emails": [], "websites": [], "positions": []}
    like = likeness(one(**bare), one(**bare))
    assert like.score >= duplicates.SUGGESTED
    assert not like.is_suggested
    assert like.is_worth_a_look
    with_mail = likeness(one(**bare | {"emails": ["a@b.example"]}), one(**bare | {"emails": ["a@b.example"]}))
    assert with_mail.is_suggested


@pytest.mark.parametrize(
    ("first", "second", "vetoed"),
    [
        ("Clinic No 5", "Clinic No 12", True),
        ("Clinic №5", "Clinic № 05", False),
        ("Clinic No 5", "Clinic", False),
        ("Поликлиника 5-сон", "Poliklinika 6-son", True),
        ("Clinic ٥", "Clinic 6", True),
    ],
)
def test_differing_numbers_in_the_names_veto(first: str, second: str, vetoed: bool) -> None:
    like = likeness(one(names=[first]), one(names=[second]))
    assert (like.score == 0) == vetoed


def test_two_services_of_one_house_are_not_called_duplicates() -> None:
    house = uuid4()
    legal = one(names=["Free legal advice"], service_type="legal_assistance", organization=house)
    court = one(names=["Company to the court"], service_type="legal_assistance", organization=house)
    care = one(names=["Somebody who listens"], organization=house)
    for pair in ((legal, court), (legal, care), (court, care)):
        assert not likeness(*pair).is_worth_a_look


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("UZ-TK", set()),
        ("UZ-SA", {Sign.OTHER_DISTRICT}),
        ("uz-tk-sergeli-tumani", {Sign.OTHER_DISTRICT}),
        ("uz-tk-chilonzor-tumani", {Sign.DISTRICT}),
    ],
)
def test_a_region_speaks_for_no_district_in_it_and_against_none(place: str, says: set[Sign]) -> None:
    like = likeness(one(districts=["uz-tk-chilonzor-tumani"]), one(districts=[place]))
    assert {Sign.DISTRICT, Sign.OTHER_DISTRICT} & set(like.signs) == says


def test_contacts_and_place_of_another_kind_of_help_are_not_enough() -> None:
    like = likeness(one(), one(names=["Legal help"], service_type="legal_assistance"))
    assert not like.is_worth_a_look
    far = likeness(
        one(), one(districts=["uz-tk-sergeli-tumani"], phones=[OTHER_PHONE], emails=[], websites=[])
    )
    assert not far.is_worth_a_look


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("+998 (00) 111-22-33", "001112233"),
        ("998001112233", "001112233"),
        ("102", ""),
        ("", ""),
        ("*102#", ""),
    ],
)
def test_phones_meet_however_they_are_written(written: str, key: str) -> None:
    assert phone_key(written) == key


def test_a_page_on_a_site_of_everybody_says_nothing() -> None:
    for address in (
        "https://facebook.com/umid",
        "t.me/umid",
        "https://www.instagram.com/umid",
        "nonsense",
        "",
    ):
        assert duplicates.host_key(address) == ""
    assert duplicates.host_key("HTTP://user@WWW.Umid.example:80/x?y") == "umid.example"


texts = st.text(max_size=30) | st.sampled_from(
    ["Umid 5", "Umid 6", "Умид", PHONE, "a@b.example", "b.example"]
)
profiles = st.builds(
    profile,
    pk=st.uuids(),
    names=st.lists(texts, max_size=3),
    organization=st.none() | st.just(UUID(int=1)),
    phones=st.lists(texts, max_size=2),
    emails=st.lists(texts, max_size=2),
    websites=st.lists(texts, max_size=2),
    service_type=st.sampled_from(["", "psychosocial", "legal_assistance"]),
    districts=st.lists(st.sampled_from(["a", "b"]), max_size=2),
    positions=st.lists(st.tuples(st.floats(37, 46), st.floats(55, 74)), max_size=1),
)


@settings(max_examples=60)
@given(profiles, profiles)
def test_the_score_is_symmetric_bounded_and_never_suggested_below_its_tier(
    one: Profile, other: Profile
) -> None:
    like = likeness(one, other)
    assert like == likeness(other, one)
    assert 0 <= like.score <= 1
    assert not like.is_suggested or like.score >= duplicates.SUGGESTED
    if one.numbers and other.numbers and one.numbers != other.numbers:
        assert like.score == 0


@given(st.floats(37, 46), st.floats(55, 74), st.floats(-0.0025, 0.0025), st.floats(-0.003, 0.003))
def test_near_sites_share_a_key(latitude: float, longitude: float, north: float, east: float) -> None:
    here = one(names=[], phones=[], emails=[], websites=[], positions=[(latitude, longitude)])
    there = one(names=[], phones=[], emails=[], websites=[], positions=[(latitude + north, longitude + east)])
    if duplicates.is_near(here, there):
        assert set(block_keys(here)) & set(block_keys(there))


def test_thousands_of_entries_are_compared_by_shared_keys_only(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def counted(first: Profile, second: Profile) -> duplicates.Likeness:
        nonlocal compared
        compared += 1
        return likeness(first, second)

    monkeypatch.setattr(duplicates, "likeness", counted)
    many = [
        one(
            names=[f"Place {'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}{'uvwxyzabcd'[n // 100 % 10]}"],
            phones=[f"00 {n // 2:07d}"],
            emails=[],
            websites=["https://head-office.example/"],  # all share it: a key that tells nothing
            districts=[f"district-{n % 200}"],
            positions=[],
        )
        for n in range(3000)
    ]
    likely_pairs(many)
    assert 1500 <= compared < 100_000  # of 4.5 million


# --- the list ---


@pytest.fixture
def team(db: None) -> Team:
    return make_editors()


def twins(**changes: Any) -> tuple[Service, Service]:
    """Two published entries of one service, from two sources."""
    first = hsds_service(email="desk@umid.example")
    second = hsds_service(name="LISTENING ROOM «Namuna»", email="desk@umid.example") | changes
    [kept], [dropped] = imported(first), imported(second, source="other")
    return kept, dropped


@pytest.mark.django_db
def test_pairs_are_found_shown_and_remembered_as_different(
    places_loaded: None, team: Team, client: Client
) -> None:
    first, second = twins()
    actions.confirm(first.pk, on=timezone.localdate())
    imported(hsds_service(name="Far away", phones=[], service_at_locations=[]))
    sign_in(client, team.editor)
    assert "No pair waits" in client.get(LIST).content.decode()
    assert client.post(LIST)["Location"] == f"{LIST}?done=duplicates-found"
    pair = DuplicatePair.objects.get()
    assert (pair.is_suggested, {pair.first_id, pair.second_id}) == (True, {first.pk, second.pk})
    compare = f"{LIST}{pair.first_id}/{pair.second_id}/"
    page = client.get(LIST).content.decode()
    assert compare in page
    assert "The same phone" in page
    side = client.get(compare).content.decode()
    assert "Differs" in side
    assert formats.date_format(timezone.localdate()) in side
    assert "desk@umid.example" in side
    logged = Entry.objects.count()
    for _click in range(2):
        assert client.post(compare, {"different": "yes"}).status_code == 303
    assert Entry.objects.count() == logged + 1
    client.post(LIST)
    assert "No pair waits" in client.get(LIST).content.decode()
    assert DuplicatePair.objects.get().state == "different"


@pytest.mark.django_db
def test_what_no_longer_looks_alike_leaves_the_list(places_loaded: None) -> None:
    first, _ = twins()
    assert actions.find_duplicates() == 1
    Service.objects.filter(pk=first.pk).update(name="School No 3")
    assert actions.find_duplicates() == 1
    Service.objects.exclude(pk=first.pk).update(name="School No 4")
    assert actions.find_duplicates() == 0


@pytest.mark.django_db
def test_finding_and_listing_ask_a_constant_number_of_queries(
    places_loaded: None, team: Team, client: Client
) -> None:
    sign_in(client, team.editor)
    counts = []
    for times in (1, 4):
        for _time in range(times):
            twins()
        with CaptureQueriesContext(connection) as finding:
            actions.find_duplicates()
        asked = len(finding)  # counted now: the next request empties the list
        client.get(LIST)  # the session notes its minute, once
        with CaptureQueriesContext(connection) as listing:
            assert client.get(LIST).status_code == 200
        counts.append((asked, len(listing)))
    assert counts[0] == counts[1]
    assert DuplicatePair.objects.count() > 20
    page = client.get(LIST).content.decode()
    following = page.split('rel="next" href="')[1].split('"')[0]
    assert 'data-test="pairs"' in client.get(following).content.decode()
    for odd in ("x", "2_x", f"NaN_{uuid4()}", f"9_{uuid4()}", "0.9"):
        assert client.get(f"{LIST}?after={odd}").status_code == 404


# --- merging ---


@pytest.mark.django_db
def test_a_merge_is_asked_twice_keeps_history_and_leads_old_ids_on(
    places_loaded: None, team: Team, client: Client
) -> None:
    kept, dropped = twins(
        phones=[
            {"id": str(uuid4()), "number": "998000009901"},
            {"id": str(uuid4()), "number": OTHER_PHONE, "description": "At night"},
        ]
    )
    actions.find_duplicates()
    Organization.objects.filter(pk=kept.organization_id).update(agency=team.agency)
    actions.check(service=dropped, method="visit", disposition="correct", by=unlock(team.editor))
    report = actions.report_availability(
        service_id=dropped.pk, status="waitlist", source=AvailabilitySource.PHONE_CALL
    )
    sign_in(client, team.editor)
    compare = f"{LIST}{kept.pk}/{dropped.pk}/"
    asked = client.post(compare, {"keep": str(kept.pk)})
    assert "What will happen" in asked.content.decode()
    assert not Merge.objects.exists()
    done = client.post(compare, {"keep": str(kept.pk), "sure": "yes"})
    assert done["Location"] == f"{LIST}?done=merged"
    assert client.post(compare, {"keep": str(kept.pk), "sure": "yes"}).status_code == 404

    kept.refresh_from_db()
    dropped.refresh_from_db()
    assert (dropped.merged_into_id, dropped.publication) == (kept.pk, Publication.HIDDEN)
    assert sorted(kept.phones.values_list("number", flat=True)) == sorted([OTHER_PHONE, "+998 00 000 99 01"])
    assert (kept.latest_report_id, dropped.latest_report_id) == (report.pk, None)
    assert [row.method for row in check_history(kept).rows] == ["Visit"]
    assert same_service(kept.pk) == same_service(dropped.pk) == {kept.pk, dropped.pk}
    assert [card.id for card in desk_services(team.agency.pk)] == [kept.pk]

    public = Client()
    answer = public.get(f"/directory/services/{dropped.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/directory/services/{kept.pk}/")
    answer = public.get(f"/api/v1/services/{dropped.pk}/")
    assert (answer.status_code, answer["Location"]) == (307, f"/api/v1/services/{kept.pk}/")
    answer = public.get(f"/api/hsds/services/{dropped.pk}")
    assert (answer.status_code, answer["Location"]) == (307, f"/api/hsds/services/{kept.pk}")
    assert str(dropped.pk) not in public.get("/directory/?q=namuna").content.decode()
    actions.hide([kept.pk])
    assert public.get(f"/directory/services/{dropped.pk}/").status_code == 404
    assert public.get(f"/api/v1/services/{dropped.pk}/").status_code == 404
    assert public.get(f"/api/hsds/services/{dropped.pk}").status_code == 404


@pytest.mark.django_db
def test_a_merge_can_be_undone_for_thirty_days(places_loaded: None, team: Team, client: Client) -> None:
    kept, dropped = twins(
        phones=[{"id": str(uuid4()), "number": OTHER_PHONE}], email="desk@umid.example", url="umid.example"
    )
    own = actions.report_availability(
        service_id=kept.pk, status="capacity", source=AvailabilitySource.PHONE_CALL
    )
    theirs = actions.report_availability(
        service_id=dropped.pk, status="waitlist", source=AvailabilitySource.PHONE_CALL
    )
    before = list(Phone.objects.order_by("pk").values_list("pk", "service"))
    made = actions.merge(kept_id=kept.pk, dropped_id=dropped.pk, by=unlock(team.editor))
    assert actions.merge(kept_id=kept.pk, dropped_id=dropped.pk, by=unlock(team.editor)) == made
    sign_in(client, team.editor)
    assert "Undo" in client.get(MERGES).content.decode()
    with pytest.raises(NotAllowed):
        actions.publish([dropped.pk])
    for _click in range(2):
        assert client.post(f"{MERGES}{made.pk}/undo/")["Location"] == f"{MERGES}?done=merge-undone"
    kept.refresh_from_db()
    dropped.refresh_from_db()
    assert (dropped.merged_into_id, dropped.publication) == (None, Publication.PUBLISHED)
    assert (kept.latest_report_id, dropped.latest_report_id) == (own.pk, theirs.pk)
    assert list(Phone.objects.order_by("pk").values_list("pk", "service")) == before
    assert Client().get(f"/directory/services/{dropped.pk}/").status_code == 200
    assert current_id(dropped.pk) is None
    late = actions.merge(kept_id=kept.pk, dropped_id=dropped.pk, by=unlock(team.editor))
    Merge.objects.filter(pk=late.pk).update(merged_at=timezone.now() - timedelta(days=31))
    refused = client.post(f"{MERGES}{late.pk}/undo/")
    assert refused.status_code == 409
    assert "30 days" in refused.content.decode()


@pytest.mark.django_db
def test_an_import_of_a_merged_entry_makes_no_new_duplicate(places_loaded: None, team: Team) -> None:
    first = hsds_service()
    second = hsds_service(id="twin")
    [kept] = imported(first)
    actions.import_hsds(as_file(second), source="other", dry_run=False)
    dropped = Service.objects.exclude(pk=kept.pk).get()
    actions.merge(kept_id=kept.pk, dropped_id=dropped.pk, by=unlock(team.editor))
    actions.import_hsds(as_file(second | {"description": "New"}), source="other", dry_run=False)
    dropped.refresh_from_db()
    assert (Service.objects.count(), dropped.merged_into_id) == (2, kept.pk)
    assert actions.find_duplicates() == 0


@pytest.mark.django_db
def test_ids_lead_on_through_several_merges_and_the_middle_is_undone_last(
    places_loaded: None, team: Team
) -> None:
    by = unlock(team.editor)
    a, b, c = imported(*(hsds_service(name=f"Room {name}") for name in "abc"))
    first = actions.merge(kept_id=b.pk, dropped_id=a.pk, by=by)
    second = actions.merge(kept_id=c.pk, dropped_id=b.pk, by=by)
    assert current_id(a.pk) == current_id(b.pk) == c.pk
    assert same_service(a.pk) == {a.pk, b.pk, c.pk}
    for kept, dropped in ((a, c), (c, a), (c, c)):
        with pytest.raises(NotAllowed):
            actions.merge(kept_id=kept.pk, dropped_id=dropped.pk, by=by)
    with pytest.raises(NotAllowed):
        actions.undo_merge(merge_id=first.pk, by=by)
    actions.undo_merge(merge_id=second.pk, by=by)
    actions.undo_merge(merge_id=first.pk, by=by)
    assert current_id(a.pk) is None


@pytest.mark.django_db
def test_a_secret_address_and_the_way_of_referrals_are_never_merged_away(
    places_loaded: None, team: Team, client: Client
) -> None:
    by = unlock(team.editor)
    public, secret = twins()
    Service.objects.filter(pk=secret.pk).update(service_type="safe_house", is_confidential=True)
    with pytest.raises(NotAllowed):
        actions.merge(kept_id=public.pk, dropped_id=secret.pk, by=by)
    page = sign_in(client, team.editor).post(f"{LIST}{public.pk}/{secret.pk}/", {"keep": str(public.pk)})
    assert "keeps its address secret" in page.content.decode()
    assert "sure" not in page.content.decode().split("<form")[-1]
    actions.merge(kept_id=secret.pk, dropped_id=public.pk, by=by)
    assert Merge.objects.get().copied == {}
    ours, theirs = twins()
    Organization.objects.filter(pk=theirs.organization_id).update(agency=team.agency)
    with pytest.raises(NotAllowed):
        actions.merge(kept_id=ours.pk, dropped_id=theirs.pk, by=by)
    assert (
        client.post(f"{LIST}{ours.pk}/{theirs.pk}/", {"keep": str(ours.pk), "sure": "yes"}).status_code == 409
    )


@pytest.mark.django_db
def test_what_waits_at_an_entry_is_not_lost_with_it(places_loaded: None, team: Team) -> None:
    kept, dropped = twins()
    now = timezone.now()
    held = PlaceHold.objects.create(
        service=dropped,
        kind=HoldKind.ASKED,
        mark=b"m" * 32,
        made_at=now,
        expires_at=now + timedelta(minutes=90),
    )
    told = Suggestion.objects.create(service=dropped, about="number", told_on=now.date())
    by = unlock(team.editor)
    proposal = propose(dropped, "service_names", by, name="Another name")
    with pytest.raises(NotAllowed, match="waits for approval"):
        actions.merge(kept_id=kept.pk, dropped_id=dropped.pk, by=by)
    actions.withdraw(proposal_id=proposal.pk, by=by)
    actions.merge(kept_id=kept.pk, dropped_id=dropped.pk, by=by)
    for moved in (held, told):
        moved.refresh_from_db()
        assert moved.service_id == kept.pk


@pytest.mark.django_db
def test_whoever_excluded_one_listing_has_excluded_the_merged_one(places_loaded: None, team: Team) -> None:
    kept, dropped = twins()
    [other] = imported(hsds_service())
    made = actions.merge(kept_id=kept.pk, dropped_id=dropped.pk, by=unlock(team.editor))
    both = {kept.organization_id, dropped.organization_id}
    assert same_organizations([dropped.organization_id]) == both
    assert everybody_behind([dropped.organization_id]) == both
    assert same_organizations([other.organization_id]) == {other.organization_id}
    # Through the agency too: whoever excluded one of its listings, excluded what was merged with another.
    Organization.objects.filter(pk__in=(kept.organization_id, other.organization_id)).update(
        agency=team.agency
    )
    assert everybody_behind([other.organization_id]) == both | {other.organization_id}
    actions.undo_merge(merge_id=made.pk, by=unlock(team.editor))
    assert same_organizations([dropped.organization_id]) == {dropped.organization_id}


@pytest.mark.django_db
def test_only_editors_see_merge_and_undo(places_loaded: None, team: Team) -> None:
    kept, dropped = twins()
    made = actions.merge(kept_id=kept.pk, dropped_id=dropped.pk, by=unlock(team.editor))
    first, second = twins()
    addresses = (LIST, MERGES, f"{MERGES}{made.pk}/undo/", f"{LIST}{first.pk}/{second.pk}/")
    for name in OTHERS:
        client = sign_in(Client(), getattr(team, name))
        for address in addresses:
            assert client.get(address).status_code in (404, 405)
            assert client.post(address, {"keep": str(first.pk), "sure": "yes"}).status_code in (404, 405)
    editor = sign_in(Client(), team.editor)
    for missing in (
        f"{MERGES}{uuid4()}/undo/",
        f"{LIST}{first.pk}/{uuid4()}/",
        f"{LIST}{first.pk}/{first.pk}/",
    ):
        assert editor.post(missing, {"sure": "yes"}).status_code == 404
    assert Merge.objects.count() == 1
    assert not DuplicatePair.objects.exists()


# What points to a service, and why a merge may leave it where it is (or what it does with it).
POINTS: dict[str, str] = {
    **dict.fromkeys(
        ("phone", "language", "url", "requireddocument", "schedule", "servicearea", "costoption"),
        "copied to the kept entry, by kind",
    ),
    **dict.fromkeys(
        ("contact", "serviceatlocation", "servicecapacity", "scheduleexception"),
        "belongs to an entry that somebody has looked at: not copied",
    ),
    **dict.fromkeys(("servicetoken", "servicefacet", "servicehours"), "derived; the dropped entry is hidden"),
    "availabilityreport": "stays; the newest of both becomes the kept entry's",
    "verificationsession": "stays; the history of both is read together",
    "onetimelink": "revoked",
    **dict.fromkeys(("placehold", "suggestion"), "moved to the kept entry"),
    "proposal": "while one waits nothing is merged; the history stays",
    "noticesent": "stays: nobody is written to about a hidden entry",
    "service": "merged_into: chains are followed",
    "duplicatepair": "the pair is marked, others of the dropped entry go",
    "merge": "the record of it",
}


def test_somebody_decided_what_a_merge_does_with_each_table_that_points_to_a_service() -> None:
    pointing = {
        field.related_model._meta.model_name: field.related_model._meta.app_label
        for field in Service._meta.get_fields(include_hidden=True)
        if field.auto_created and not field.concrete and field.related_model is not None
    }
    assert set(pointing) == set(POINTS)
    assert set(pointing.values()) == {"services"}, (
        "rooms above keep sealed ids: queries.merging leads them on"
    )
    organizations = {
        relation.related_model._meta.app_label
        for relation in Organization._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and relation.related_model is not None
    }
    assert organizations == {"services"}
    assert "referrals" in {config.label for config in apps.get_app_configs()}


# --- two at once ---


def _at_once(*jobs: Any) -> list[Any]:
    """Run jobs in threads that begin together; return what each gave or raised."""
    together = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(number: int, job: Any) -> None:
        try:
            together.wait(10)
            results[number] = job()
        except Exception as error:  # noqa: BLE001  told to the test
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_at_once_in_both_directions_one_wins(places_loaded: None) -> None:
    team = make_editors()
    first, second = twins()
    by = [unlock(team.editor), unlock(team.second)]
    given = _at_once(
        lambda: actions.merge(kept_id=first.pk, dropped_id=second.pk, by=by[0]),
        lambda: actions.merge(kept_id=second.pk, dropped_id=first.pk, by=by[1]),
    )
    assert sorted(type(one).__name__ for one in given) == ["Merge", "NotAllowed"]
    assert Service.objects.filter(merged_into__isnull=True).count() == 1
    assert Merge.objects.count() == 1
