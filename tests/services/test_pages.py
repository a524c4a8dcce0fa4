import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import RoleName
from audit.models import Entry
from services.hsds import reading
from services.models import AvailabilityReport, ImportRun, Organization, Service
from tests.people import Team, get_team, make_team, sign_in

from .conftest import Make, as_file, hsds_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(db: None) -> Team:
    """An agency with an editor and an intake person, beside those every agency has."""
    return get_team(
        "d",
        {
            "editor": RoleName.EDITOR,
            "intake": RoleName.INTAKE,
            "owner": RoleName.CASEWORKER,
            "supervisor": RoleName.SUPERVISOR,
            "custodian": RoleName.CUSTODIAN,
            "administrator": RoleName.ADMINISTRATOR,
        },
    )


@pytest.fixture
def ours(team: Team, make: Make) -> Service:
    """A service of the team's own organization."""
    service = make()
    Organization.objects.filter(pk=service.organization_id).update(agency=team.agency)
    return service


# --- public ---


def _all() -> list[Service]:
    return list(Service.objects.order_by("pk"))


@pytest.mark.parametrize("language", ["en", "uz", "uz-cyrl", "ru"])
def test_public_pages_answer_in_each_language(language: str, demo: None, client: Client) -> None:
    client.cookies["language"] = language
    pages = ["/directory/", "/directory/?q=yurist&region=UZ-SA&open=on", "/directory/places/"]
    # Every service in one language; in the others one of each type, for the words around them.
    services = {service.pk if language == "en" else service.service_type: service.pk for service in _all()}
    pages += [f"/directory/services/{pk}/" for pk in services.values()]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200
        assert "<h1" in response.content.decode()


def test_a_search_that_finds_nothing_says_what_to_do(demo: None, client: Client) -> None:
    body = client.get("/directory/?q=nothinglikeit").content.decode()
    assert "Nothing fits all of this" in body
    assert "112" in body


@pytest.mark.parametrize(
    "query",
    ["age=abc", "age=-1", "type=x", "region=x&district=y", "q=" + "x" * 300, "q=%00", "region=%00", "after="],
)
def test_odd_searches_are_no_error(query: str, demo: None, client: Client) -> None:
    assert client.get(f"/directory/?{query}").status_code == 200


def test_a_false_next_page_is_missing(demo: None, client: Client) -> None:
    assert client.get("/directory/?after=x").status_code == 404
    assert client.get("/api/v1/services/?after=x").status_code == 400


def test_the_title_of_a_service_does_not_name_it(make: Make, client: Client) -> None:
    body = client.get(f"/directory/services/{make().pk}/").content.decode()
    title = re.search("<title>(.*)</title>", body)
    assert title is not None
    assert "Namuna" not in title[1]


def test_a_service_page_shows_hours_phone_documents_duty_and_address(make: Make, client: Client) -> None:
    service = make(required_documents=[{"id": "d", "document": "Any paper"}], alternate_name="The blue door")
    Organization.objects.update(legal_notification_duty="must_register_and_notify_police")
    body = client.get(f"/directory/services/{service.pk}/").content.decode()
    for words in ("Round the clock", "+998 00 000 99 01", "Any paper", "Namuna street 1", "tell the police"):
        assert words in body
    assert "Also known as: The blue door" in body


def test_the_map_and_its_table_say_the_same(demo: None, client: Client) -> None:
    body = client.get("/directory/places/").content.decode()
    assert body.count('class="map__area"') == body.count("<tr>") - 1 == 14
    assert body.count('href="/directory/places/UZ-JI/"') == 2


def test_the_number_of_queries_of_the_search_page_is_constant(demo: None, client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get("/directory/?region=UZ-JI&open=on&q=na")
    assert len(queries) <= 34


# --- API ---


def test_the_api_searches_and_pages(demo: None, client: Client) -> None:
    seen: set[str] = set()
    after = ""
    while True:
        body = client.get(f"/api/v1/services/?limit=20&after={after}").json()
        seen |= {one["id"] for one in body["results"]}
        after = body["next"]
        if after is None:
            break
    assert len(seen) == Service.objects.count()
    found = client.get("/api/v1/services/?region=UZ-JI&service_type=safe_house").json()["results"]
    assert [one["service_type"] for one in found] == ["safe_house"] * len(found) != []
    assert found[0]["availability"]["places_free"] is None
    one = client.get(f"/api/v1/services/{found[0]['id']}/").json()
    assert one["service_at_locations"][0]["location"]["location_type"] == "virtual"
    assert "addresses" not in str(one)
    organization = client.get(f"/api/v1/organizations/{one['organization']['id']}/").json()
    assert organization["id"] == one["organization"]["id"]
    news = client.get(f"/api/v1/availability/?service={found[0]['id']}&service={uuid4()}").json()
    assert list(news) == [found[0]["id"]]


@pytest.mark.parametrize(
    "address",
    [
        "services/?limit=0",
        "services/?limit=x",
        "services/?age=x",
        "services/?service_type=x",
        "organizations/?after=x",
        "availability/",
        "availability/?service=x",
    ],
)
def test_the_api_says_what_is_wrong(address: str, demo: None, client: Client) -> None:
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"


def test_the_api_is_read_only(demo: None, client: Client) -> None:
    for address in ("services/", "organizations/", "availability/"):
        assert client.post(f"/api/v1/{address}", {}).status_code == 405


# --- the desk ---


def test_three_taps_report_the_room(ours: Service, team: Team, client: Client) -> None:
    sign_in(client, team.intake)
    desk = client.get("/directory/desk/").content.decode()
    tap = f"/directory/desk/{ours.pk}/?status=capacity"
    assert tap in desk
    assert 'name="places"' in client.get(tap).content.decode()
    logged = Entry.objects.count()
    response = client.post(f"/directory/desk/{ours.pk}/", {"status": "capacity", "places": "2"})
    assert (response.status_code, response["Location"]) == (
        303,
        "/directory/desk/?done=availability-reported",
    )
    report = AvailabilityReport.objects.get()
    assert (report.status, report.places_free, report.reported_by) == ("capacity", 2, team.intake.pk)
    assert Entry.objects.count() == logged + 1
    assert "2 places free" in client.get("/directory/desk/").content.decode()


def test_full_is_two_taps_and_has_no_places(ours: Service, team: Team, client: Client) -> None:
    sign_in(client, team.intake)
    page = client.get(f"/directory/desk/{ours.pk}/?status=no-capacity").content.decode()
    assert 'name="places"' not in page
    client.post(f"/directory/desk/{ours.pk}/", {"status": "no-capacity", "places": "5"})
    assert AvailabilityReport.objects.get().places_free == 0


@pytest.mark.parametrize(
    "sent",
    [{"status": "x"}, {}, {"status": "capacity", "places": "0"}, {"status": "capacity", "more_places": "5"}],
)
def test_a_report_that_makes_no_sense_is_asked_again(
    sent: dict[str, str], ours: Service, team: Team, client: Client
) -> None:
    sign_in(client, team.intake)
    assert client.post(f"/directory/desk/{ours.pk}/", sent).status_code == 400
    assert not AvailabilityReport.objects.exists()


def test_only_the_desk_of_the_own_agency_reports(ours: Service, make: Make, team: Team) -> None:
    theirs = make(organization={"id": "o", "name": "Other", "description": "x"})
    outsider = make_team("c").outsider
    for person, address in (
        (team.intake, f"/directory/desk/{theirs.pk}/"),
        (team.intake, f"/directory/desk/{uuid4()}/"),
        (team.owner, f"/directory/desk/{ours.pk}/"),
        (team.owner, "/directory/desk/"),
        (team.editor, "/directory/desk/"),
        (outsider, f"/directory/desk/{ours.pk}/"),
    ):
        client = sign_in(Client(), person)
        for response in (client.get(address), client.post(address, {"status": "capacity"})):
            assert response.status_code in ((404, 405) if address == "/directory/desk/" else (404,))
    assert not AvailabilityReport.objects.exists()
    assert Client().get("/directory/desk/").status_code in (302, 303)


# --- import ---


def upload(content: bytes, **more: Any) -> dict[str, Any]:
    return {"source": "page", "file": SimpleUploadedFile("services.json", content)} | more


def test_an_editor_tries_reads_and_commits(team: Team, places_loaded: None, client: Client) -> None:
    sign_in(client, team.editor)
    good, bad = hsds_service(), hsds_service(name="Second", status="open")
    assert client.get("/directory/import/").status_code == 200
    response = client.post("/directory/import/", upload(as_file(good, bad)))
    run = ImportRun.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/directory/import/{run.pk}/")
    page = client.get(response["Location"]).content.decode()
    for words in ("1 new", "1 put aside", "$[1].status", "Use a word of the HSDS schema."):
        assert words in page
    assert not Service.objects.exists()
    response = client.post(f"/directory/import/{run.pk}/", {"commit": "yes"})
    assert response["Location"] == f"/directory/import/{run.pk}/?done=imported"
    assert Service.objects.get().publication == "hidden"
    assert client.get("/directory/import/").status_code == 200


def test_a_broken_file_is_explained_on_the_page(team: Team, client: Client) -> None:
    sign_in(client, team.editor)
    response = client.post("/directory/import/", upload(b'[{"id": 1,\n "name": }]'))
    assert response.status_code == 400
    body = response.content.decode()
    assert "Line 2, column 10" in body
    assert "Nothing was written" in body
    assert client.post("/directory/import/", upload(b"")).status_code == 400
    assert client.post("/directory/import/", {"source": "x"}).status_code == 400


def test_a_dropped_run_cannot_be_committed(team: Team, places_loaded: None, client: Client) -> None:
    sign_in(client, team.editor)
    client.post("/directory/import/", upload(as_file(hsds_service())))
    run = ImportRun.objects.get()
    client.post(f"/directory/import/{run.pk}/", {"drop": "yes"})
    assert client.post(f"/directory/import/{run.pk}/", {"commit": "yes"}).status_code == 409
    assert not Service.objects.exists()


def test_only_editors_import(team: Team, places_loaded: None) -> None:
    editor = sign_in(Client(), team.editor)
    editor.post("/directory/import/", upload(as_file(hsds_service())))
    run = ImportRun.objects.get()
    for person in (team.owner, team.intake, team.administrator, team.supervisor):
        client = sign_in(Client(), person)
        for address in ("/directory/import/", f"/directory/import/{run.pk}/"):
            assert client.get(address).status_code == 404
            assert client.post(address, {"commit": "yes"}).status_code == 404
    assert editor.get(f"/directory/import/{uuid4()}/").status_code == 404
    assert not Service.objects.exists()


def test_a_file_too_large_is_told_so_and_the_source_stays(team: Team) -> None:
    file = SimpleUploadedFile("large.json", b" " * (reading.MAX_BYTES + 1))
    answer = sign_in(Client(), team.editor).post(
        "/directory/import/", {"source": "Namuna list", "file": file}
    )
    body = answer.content.decode()
    assert answer.status_code == 400
    assert "larger than 20 MB" in body
    assert "Split it" in body
    assert 'value="Namuna list"' in body
