"""The open HSDS API: what it answers, that it is valid, and what it costs."""

import importlib.util
import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from services import actions
from services.models import (
    Location,
    OpenUse,
    Organization,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)

from .conftest import PROJECT, SHARED_HSDS, Make, hsds_service, imported

pytestmark = pytest.mark.django_db
API = "/api/hsds/"
LISTS = ("services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms")
PAGE = {"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents"}


def ask(client: Client, path: str, status: int = 200, **given: Any) -> Any:
    response = client.get(API + path, given)
    assert response.status_code == status, response.content
    return response.json()


def ids(page: dict[str, Any]) -> list[str]:
    return [one["id"] for one in page["contents"]]


def checker() -> Any:
    """Return the checker of shared/tools as a module; skip where it is not there."""
    tool = PROJECT.parent / "shared" / "tools" / "hsds_check.py"
    if not (tool.exists() and SHARED_HSDS.exists()):
        pytest.skip("the HSDS schemas are not on this machine")
    spec = importlib.util.spec_from_file_location("hsds_check", tool)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def errors(check: Any, value: Any) -> list[str]:
    return [f"{list(error.absolute_path)}: {error.message[:200]}" for error in check.iter_errors(value)]


def untidy() -> dict[str, Any]:
    """Return a service with what real files hold and the schema does not take."""
    return hsds_service(
        email="none",
        url="https://пример.уз/с пробелом",
        phones=[{"id": str(uuid4()), "number": "102", "extension": "007"}],
        schedules=[
            {"id": str(uuid4()), "freq": "DAILY", "interval": "2", "opens_at": "09:00"},
            {"id": str(uuid4()), "freq": "MONTHLY", "bymonthday": "15", "count": "3", "wkst": "XX"},
        ],
        capacities=[
            {
                "id": str(uuid4()),
                "unit": {"id": str(uuid4()), "name": "room"},
                "available": 2,
                "updated": "2026-01-31T09:00:00Z",
            }
        ],
    )


def test_the_root_names_version_profile_and_description(client: Client) -> None:
    about = ask(client, "")
    assert about["version"] == "3.1"
    assert b"HSDS" in client.get(about["profile"]).content
    described = client.get(about["openapi_url"]).json()
    assert described["servers"] == [{"url": "http://testserver/api/hsds"}]
    assert {f"/{kind}" for kind in LISTS} | {f"/{kind}/{{id}}" for kind in LISTS} | {"/"} == set(
        described["paths"]
    )


def test_everything_validates(demo: None, client: Client, settings: Any) -> None:
    settings.OPEN_API_PER_MINUTE = 100_000
    check = checker()
    schema = SHARED_HSDS / "schema"
    imported(untidy())
    found: list[str] = []
    for kind, name in zip(
        LISTS, ("service", "organization", "service_at_location", "taxonomy", "taxonomy_term"), strict=True
    ):
        listed = check.validator(schema, f"page:{name}_list" if name[:3] != "tax" else f"page:{name}")
        whole = check.validator(schema, name)
        whole_page = check.validator(schema, f"page:{name}")
        page = ask(client, kind, per_page=100)
        assert page["contents"], kind
        assert page.keys() == PAGE
        found += errors(listed, page)
        for asked in ({"full": "true"}, {"minimal": "true"}, {"full_service": "true"}):
            minimal = kind == "services" and "minimal" in asked
            answer = ask(client, kind, per_page=40, **asked)
            found += errors(listed if minimal else whole_page, answer)
        for one in page["contents"][:4]:
            found += errors(whole, ask(client, f"{kind}/{one['id']}"))
    assert found == []


@pytest.fixture
def several(places_loaded: None) -> None:
    imported(*(hsds_service() for _ in range(9)))


def test_pages_are_numbered_and_whole(several: None, client: Client) -> None:
    everything = ask(client, "services", per_page=100)
    total = everything["total_items"]
    assert total == Service.objects.count() == len(everything["contents"])
    seen: list[str] = []
    for number in range(1, 100):
        page = ask(client, "services", per_page=4, page=number)
        assert (page["page_number"], page["size"]) == (number, len(page["contents"]))
        assert page["first_page"] == (number == 1)
        seen += ids(page)
        if page["last_page"]:
            break
    assert seen == ids(everything)
    assert page["total_pages"] == number == -(-total // 4)
    ask(client, "services", 404, per_page=4, page=number + 1)
    nothing = ask(client, "services", search="thereisnosuchword")
    assert nothing["empty"]
    assert nothing["contents"] == []
    assert nothing["first_page"] is nothing["last_page"] is True


def test_lines_are_the_pages(several: None, client: Client) -> None:
    response = client.get(f"{API}services", {"format": "ndjson", "full": "true"})
    assert response["Content-Type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in response.getvalue().splitlines()]
    assert lines == ask(client, "services", full="true", per_page=100)["contents"]


def test_a_post_reads_the_same_from_its_body(several: None, client: Client) -> None:
    for kind in LISTS:
        asked = {"per_page": 3, "page": 1, "full": True}
        by_address = ask(client, kind, per_page=3, full="true")
        by_json = client.post(API + kind, json.dumps(asked), content_type="application/json")
        by_form = client.post(API + kind, {"per_page": "3", "full": "true"})
        assert by_address == by_json.json() == by_form.json()
        assert "ETag" not in by_json.headers
        assert by_json["Cache-Control"] == "no-store"


def test_filters_narrow(make: Make, client: Client) -> None:
    term = {
        "id": str(uuid4()),
        "code": "t1",
        "name": "Term one",
        "description": "",
        "taxonomy_detail": {"id": str(uuid4()), "name": "Taxonomy one", "description": ""},
    }
    carried = {"id": str(uuid4()), "link_type": "taxonomy", "taxonomy_term": term}
    one, other = make(name="Kasbhunar", attributes=[carried]), make()
    assert ids(ask(client, "services", taxonomy_term_id=term["id"])) == [str(one.pk)]
    assert ids(ask(client, "services", taxonomy_id=term["taxonomy_detail"]["id"])) == [str(one.pk)]
    assert ids(ask(client, "services", organization_id=other.organization_id)) == [str(other.pk)]
    assert ids(ask(client, "services", search="касбҳунар")) == [str(one.pk)]
    assert ids(ask(client, "organizations", taxonomy_term_id=term["id"])) == [str(one.organization_id)]
    sites = ask(client, "service_at_locations", organization_id=one.organization_id)
    assert [row["service_id"] for row in sites["contents"]] == [str(one.pk)]
    assert ids(ask(client, "taxonomy_terms", taxonomy_id=term["taxonomy_detail"]["id"])) == [term["id"]]
    assert ids(ask(client, "taxonomies", search="taxonomy ONE")) == [term["taxonomy_detail"]["id"]]
    moment = other.modified_at.isoformat()
    later = ask(client, "services", modified_after=moment)
    assert ids(later) == [str(other.pk)]
    assert ids(ask(client, "services", modified_after=moment.replace("+", " "))) == ids(later)
    assert ask(client, "services", modified_after="2199-01-01")["empty"]
    assert ask(client, "services", search="касбҳунар", organization_id=other.organization_id)["empty"]


def test_sites_are_found_around_a_place_but_never_confidential_ones(make: Make, client: Client) -> None:
    service = make()
    link = ServiceAtLocation.objects.get(service=service)
    make(service_type="safe_house", service_at_locations=[hidden_site()])

    def around(**given: Any) -> list[str]:
        response = client.post(
            f"{API}service_at_locations", json.dumps(given), content_type="application/json"
        )
        assert response.status_code == 200, response.content
        return ids(response.json())

    assert around(latitude=39.9, longitude=68.41, proximity=1000) == [str(link.pk)]
    assert around(latitude=39.9, longitude=68.41, proximity="800") == []
    assert around(district="uz-ji-zomin-tumani", proximity=200_000) == [str(link.pk)]
    assert len(around(district="uz-ji-zomin-tumani")) == 2  # the district of a shelter is public
    assert around(postcode="000000") == [str(link.pk)]
    refused = ask(client, "service_at_locations", 400, latitude="39.9", longitude="68.4", proximity="900")
    assert "POST" in refused["detail"]
    ask(client, "service_at_locations", 400, proximity="900")
    assert ask(client, "service_at_locations", district="nowhere")["empty"]


def hidden_site() -> dict[str, Any]:
    mark = {"id": str(uuid4()), "link_type": "confidentiality", "value": "address-withheld"}
    place = {"region_iso": "UZ-JI", "name_uz_latn": "Zomin tumani"}
    location = {"id": str(uuid4()), "location_type": "virtual", "district": place, "attributes": [mark]}
    return {"id": str(uuid4()), "location": location}


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("services", {"page": "0"}),
        ("services", {"page": "x"}),
        ("services", {"per_page": "101"}),
        ("services", {"format": "xml"}),
        ("services", {"full": "perhaps"}),
        ("services", {"organization_id": "7"}),
        ("services", {"modified_after": "yesterday"}),
        ("services", {"modified_after": "0001-01-01T00:00:00+23:00"}),
        ("services", {"search": "a\x00b"}),
        ("services", {"search": "a" * 301}),
        ("service_at_locations", {"proximity": "nan", "district": "UZ-JI"}),
    ],
)
def test_what_cannot_be_read_is_refused_with_advice(db: None, client: Client, path: str, given: Any) -> None:
    response = client.get(API + path, given)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert list(response.json()["errors"]) == [next(iter(given))]


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"search": {"a": 1}}', b'{"search": "\\ud800"}', b"[" * 100_000]
)
def test_a_body_that_cannot_be_read_is_refused(db: None, client: Client, body: bytes) -> None:
    response = client.post(f"{API}services", body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["title"] == "Bad Request"


def test_what_is_not_published_is_not_there(make: Make, client: Client) -> None:
    service = make(
        attributes=[{"id": "a", "taxonomy_term": {"id": "t", "name": "Only here", "taxonomy": "x"}}]
    )
    term = TaxonomyTerm.objects.get(name="Only here")
    link = ServiceAtLocation.objects.get()
    paths = {
        f"services/{service.pk}": 1,
        f"organizations/{service.organization_id}": 1,
        f"service_at_locations/{link.pk}": 1,
        f"taxonomy_terms/{term.pk}": 1,
    }
    for path in paths:
        ask(client, path)
    actions.hide([service.pk])
    for path in paths:
        hidden = client.get(API + path)
        assert hidden.status_code == 404
        kind = path.split("/")[0]
        assert hidden.content == client.get(f"{API}{kind}/{uuid4()}").content
        assert hidden.content == client.get(f"{API}{kind}/anything").content
        assert ask(client, kind)["empty"]


def test_a_list_costs_the_same_few_queries_however_long(make: Make, client: Client) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        # The limit is written down at every tenth request, whatever is asked.
        counted = [one["sql"] for one in queries if "SAVEPOINT" not in one["sql"]]
        return len([sql for sql in counted if "services_openuse" not in sql])

    paths = [f"{API}{kind}?per_page=50&full={full}" for kind in LISTS for full in ("true", "false")]
    paths += [f"{API}organizations?full_service=true", f"{API}services?minimal=true"]
    make(), make(service_type="safe_house", service_at_locations=[hidden_site()])
    client.get(paths[0])
    few = {path: cost(path) for path in paths}
    for _ in range(4):
        make()
        make(service_type="safe_house", service_at_locations=[hidden_site()])
    assert {path: cost(path) for path in paths} == few
    assert max(few.values()) < 75


def test_who_has_it_already_gets_304(make: Make, client: Client) -> None:
    service = make()
    for path in ("", "openapi.json", "services", f"services/{service.pk}"):
        first = client.get(API + path)
        assert first["Cache-Control"] == "public, max-age=300"
        again = client.get(API + path, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert again["Access-Control-Allow-Origin"] == "*"
    tag = client.get(f"{API}services")["ETag"]
    Service.objects.filter(pk=service.pk).update(name="Another name")
    assert client.get(f"{API}services", headers={"If-None-Match": tag}).status_code == 200


def test_other_sites_may_ask_and_nothing_else_may_be_done(db: None, client: Client) -> None:
    before = client.options(f"{API}services", headers={"Origin": "https://elsewhere.example"})
    assert before.status_code == 204
    assert before["Access-Control-Allow-Origin"] == "*"
    assert "POST" in before["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in before.headers
    assert client.put(f"{API}services").status_code == 405
    assert client.post(f"{API}services/{uuid4()}").status_code == 405
    # Without a token, and from another site: it changes nothing and knows no session.
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{API}services", headers={"Origin": "https://elsewhere.example"}).status_code == 200


def test_who_asks_too_often_waits_and_is_not_known(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OPEN_API_PER_MINUTE = 30
    now = timezone.now().replace(second=30)
    monkeypatch.setattr(timezone, "now", lambda: now)  # no minute ends between
    client = Client(REMOTE_ADDR="203.0.113.77")
    answers = [client.get(API) for _ in range(45)]
    refused = answers[-1]
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused["Access-Control-Allow-Origin"] == "*"
    assert refused.json()["status"] == 429
    assert 30 <= sum(answer.status_code == 200 for answer in answers) <= 40
    assert Client(REMOTE_ADDR="198.51.100.5").get(API).status_code == 200
    stored = list(OpenUse.objects.values_list("key", "minute", "spent"))
    assert len(stored) == 2
    assert "203.0.113" not in str(stored)


def test_a_site_that_is_also_a_shelters_is_withheld_for_every_service(make: Make, client: Client) -> None:
    """A shelter that came to a public site by another way than import: the other service tells nothing."""
    service = make()
    site = Location.objects.get()
    hidden = Service.objects.create(
        organization=Organization.objects.get(), name="Hidden", service_type="safe_house"
    )
    ServiceAtLocation.objects.create(service=hidden, location=site)
    out = client.get(f"{API}services/{service.pk}").content + client.get(f"{API}service_at_locations").content
    assert b"Namuna street" not in out
    assert b"39.9" not in out
    assert Taxonomy.objects.count() == 0
