"""Exports: what comes out can be read by others, starts no formula, and comes back as it was."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from services import actions, models
from services.exports import FORMATS, export
from services.hsds import flat

from .conftest import SHARED_HSDS, Make, hsds_service, imported
from .test_hsds_api import checker, errors, hidden_site, untidy

pytestmark = pytest.mark.django_db
ORIGIN = "https://hamroh.example/"


def exported(code: str) -> bytes:
    return b"".join(export(code, origin=ORIGIN, at=timezone.now()))


def some_id() -> dict[str, Any]:
    return {"id": str(uuid4())}


def attribute(**more: Any) -> dict[str, Any]:
    taxonomy = some_id() | {"name": "Kinds", "description": "", "version": "2"}
    term = some_id() | {
        "code": "k",
        "name": "Kind",
        "description": "d",
        "parent_id": str(uuid4()),
        "taxonomy_detail": taxonomy,
        "language": "en",
        "term_uri": "https://kinds.example/k",
    }
    return some_id() | {"link_type": "kind", "value": "v", "label": "Label", "taxonomy_term": term} | more


def everything() -> dict[str, Any]:
    """Return a service with something in every name of the profile."""
    phone = lambda **more: some_id() | {  # noqa: E731
        "number": "+998 00 000 99 02", "extension": 12, "type": "voice", "description": "Ask for the desk.",
        "languages": [some_id() | {"code": "ru", "name": "Russian", "note": "mornings"}],
    } | more  # fmt: skip
    contact = lambda: some_id() | {  # noqa: E731
        "title": "Desk", "department": "Intake", "email": "desk@namuna.example", "phones": [phone()],
    }  # fmt: skip
    weekly = {"freq": "WEEKLY", "byday": "MO,WE", "opens_at": "09:00", "closes_at": "13:00",
              "valid_from": "2026-01-01", "valid_to": "2027-01-01", "description": "Ring twice.",
              "attending_type": "By appointment"}  # fmt: skip
    area = lambda: some_id() | {  # noqa: E731
        "name": "Zomin district", "description": "All of it", "extent": "uz-ji-zomin-tumani",
        "extent_type": "district", "uri": "https://places.example/zomin",
        "translations": {"uz": {"name": "Zomin"}},
    }  # fmt: skip
    service = hsds_service(
        alternate_name="Another name",
        url="https://namuna.example/a",
        email="room@namuna.example",
        interpretation_services="Sign language on request",
        application_process="Call first.\nThen come.",
        fees_description="-50 % for students",
        wait_time="a day",
        accreditations="Invented",
        licenses="None",
        alert="Closed on holidays",
        eligibility_description="Women",
        minimum_age=18,
        maximum_age=60,
        service_type="legal_assistance",
        service_subtypes=["legal_advice", "accompaniment"],
        eligible_sexes=["female"],
        accepts_children=False,
        translations={"uz": {"name": "Xona"}, "uz-Cyrl": {"name": "Хона"}, "ru": {"description": "Слушают."}},
        additional_urls=[some_id() | {"label": "Map", "url": "https://namuna.example/b"}],
        phones=[phone(), phone(extension="007"), phone(extension="12a")],
        schedules=[some_id() | weekly, some_id() | {"freq": "MONTHLY", "bymonthday": "15", "count": 3}],
        service_areas=[area()],
        cost_options=[some_id() | {"valid_from": "2026-01-01", "valid_to": "2026-12-31", "option": "Students",
                                   "currency": "UZS", "amount": 1234567.25, "amount_description": "a visit",
                                   "translations": {"ru": {"option": "Студенты"}}}],
        required_documents=[some_id() | {"document": "None", "uri": "https://namuna.example/c",
                                         "translations": {"uz": {"document": "Kerak emas"}}}],
        contacts=[contact()],
        capacities=[some_id() | {"available": 2, "maximum": 5, "description": "rooms",
                                 "updated": "2026-01-31T09:00:00Z",
                                 "unit": some_id() | {"name": "room", "scheme": "own", "identifier": "r",
                                                      "uri": "https://units.example/r"}}],
        attributes=[attribute()],
    )  # fmt: skip
    organization = service["organization"]
    organization |= {
        "alternate_name": "N", "email": "all@namuna.example", "website": "https://namuna.example/",
        "year_incorporated": 2001, "legal_status": "Invented", "logo": "https://namuna.example/l.svg",
        "uri": "https://namuna.example/u", "translations": {"ru": {"name": "Намуна"}},
        "additional_websites": [some_id() | {"label": "Blog", "url": "https://blog.example/"}],
        "contacts": [contact()], "phones": [phone()], "attributes": [attribute()],
        "legal_notification_duty": {
            "code": "notifies_guardianship_for_minors", "description": "For children.",
            "translations": {"uz": {"description": "Bolalar uchun."}},
        },
    }  # fmt: skip
    link = service["service_at_locations"][0]
    link |= {"description": "In the yard", "service_areas": [area()], "contacts": [contact()],
             "phones": [phone()], "schedules": [some_id() | weekly], "attributes": [attribute()]}  # fmt: skip
    link["location"] |= {
        "organization_id": organization["id"], "name": "The yard", "alternate_name": "Yard",
        "description": "Green door", "transportation": "Bus 7", "url": "https://namuna.example/y",
        "external_identifier": "E1", "external_identifier_type": "UPRN",
        "translations": {"uz": {"name": "Hovli"}},
        "languages": [some_id() | {"code": "uz", "name": "Uzbek", "note": "always"}],
        "contacts": [contact()], "phones": [phone()], "schedules": [some_id() | weekly],
        "accessibility": [some_id() | {"description": "No steps", "details": "Ramp",
                                       "url": "https://namuna.example/r",
                                       "translations": {"ru": {"description": "Без ступеней"}}}],
        "attributes": [attribute()],
    }  # fmt: skip
    return service


@pytest.fixture
def directory(places_loaded: None) -> None:
    """Everything there is in the profile, an untidy service, a shelter, and one that shares a site."""
    whole = everything()
    shared = hsds_service(organization=whole["organization"], service_at_locations=[
        some_id() | {"location": whole["service_at_locations"][0]["location"]}
    ])  # fmt: skip
    shelter = hsds_service(service_type="safe_house", service_at_locations=[hidden_site()])
    imported(whole, untidy(), shelter, shared)


def services_of(content: bytes) -> list[dict[str, Any]]:
    """Return the services of a JSON export without what an import never takes over."""
    services: list[dict[str, Any]] = json.loads(content)["services"]
    for service in services:
        service.pop("last_modified")
    return sorted(services, key=lambda service: str(service["id"]))


def forget_all() -> None:
    for model in (
        models.ServiceAtLocation,
        models.Service,
        models.Location,
        models.Organization,
        models.Attribute,
        models.TaxonomyTerm,
        models.Taxonomy,
        models.Unit,
    ):
        model.objects.all().delete()


@pytest.mark.parametrize("code", sorted(FORMATS))
def test_a_file_comes_back_as_it_was(directory: None, code: str) -> None:
    content = exported(code)
    before = services_of(exported("json"))
    again = actions.import_hsds(content, source="test")
    # The untidy one was told as the schema allows it, so that much has changed.
    services = again.rows.filter(kind="service")
    outcomes = sorted(services.values_list("outcome", flat=True))
    assert outcomes == ["changed", "unchanged", "unchanged", "unchanged"]
    assert not again.rows.filter(outcome="quarantined").exists()
    forget_all()
    run = actions.import_hsds(content, source="another", dry_run=False)
    assert set(run.counts) == {"accepted"}
    actions.publish(models.Service.objects.values_list("pk", flat=True))
    assert services_of(exported("json")) == before


def _hidden_words() -> list[dict[str, Any]]:
    """Return all rows of which an export tells only a part, or another word, at a withheld site."""
    return [
        {"table": model.__name__} | row
        for model in (
            *(models.Location, models.Address, models.ServiceAtLocation, models.ServiceArea),
            *(models.Phone, models.Language, models.Schedule, models.Contact, models.Attribute),
            models.Service,
        )
        for row in model.objects.order_by("pk").values()
    ]


def test_what_an_export_withholds_stays_when_the_file_is_brought_back(places_loaded: None) -> None:
    """Neither words of a withheld site nor the day of its check go, whichever way it is withheld."""
    area = lambda: some_id() | {  # noqa: E731
        "name": "All the valley", "description": "And further", "extent": "UZ-JI", "extent_type": "text",
    }  # fmt: skip
    marked, bare, shared = hidden_site(), hidden_site(), hsds_service()
    marked["phones"] = [some_id() | {
        "number": "+998 00 000 99 03", "type": "voice", "description": "At night",
        "languages": [some_id() | {"code": "ru", "note": "mornings"}, some_id() | {"name": "Other"}],
    }]  # fmt: skip
    marked["schedules"] = [some_id() | {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00",
                                        "closes_at": "13:00", "description": "Ring twice."}]  # fmt: skip
    marked["service_areas"] = [area()]
    marked["location"]["attributes"] += [attribute(label="Ours")]
    shelters = imported(
        hsds_service(service_type="safe_house", service_at_locations=[marked], service_areas=[area()]),
        hsds_service(service_type="safe_house", service_at_locations=[bare]),
        shared,
    )
    # As editors leave it: a word on the way, a mark that no file made, a shelter at a site with an address.
    link = models.ServiceAtLocation.objects.get(service=shelters[0])
    models.ServiceAtLocation.objects.filter(pk=link.pk).update(description="By the gate")
    models.Contact.objects.create(id=uuid4(), service_at_location=link, title="Desk")
    models.Attribute.objects.filter(link_id=bare["location"]["id"]).delete()
    models.Service.objects.filter(pk=shelters[2].pk).update(service_type="safe_house")
    actions.reindex([shelters[2].pk])
    models.Service.objects.update(assured_date=timezone.localdate())
    before = _hidden_words()
    for code in sorted(FORMATS):
        run = actions.import_hsds(exported(code), source="test", dry_run=False)
        assert [(row.name, row.changes) for row in run.rows.exclude(outcome="unchanged")] == [], code
        assert _hidden_words() == before

    # A site that is withheld needs no second mark.
    unmarked = next(one for one in services_of(exported("json")) if one["id"] == str(shelters[0].pk))
    del unmarked["service_at_locations"][0]["location"]["attributes"]
    imported(unmarked, publish=False)
    assert _hidden_words() == before

    # Who names less than was told takes it away: a shelter's number may be somebody else's by now.
    told = services_of(exported("json"))
    less = next(one for one in told if one["id"] == str(shelters[1].pk))
    less["phones"] = []
    imported(less, publish=False)
    assert not models.Phone.objects.filter(service=shelters[1]).exists()

    # A source's own word that its site is confidential is no echo: what tells goes.
    mark = some_id() | {"link_type": "confidentiality", "value": "address-withheld"}
    site = {"id": shared["service_at_locations"][0]["location"]["id"], "location_type": "virtual"}
    shared |= {"service_type": "safe_house"}
    shared["service_at_locations"][0]["location"] = site | {"attributes": [mark]}
    imported(shared, publish=False)
    assert models.Location.objects.get(pk=site["id"]).is_confidential
    assert not models.Address.objects.filter(location=site["id"]).exists()
    # And what is said otherwise is taken: a number, and another region.
    told = services_of(exported("json"))
    again = next(one for one in told if one["id"] == str(shelters[0].pk))
    again["service_at_locations"][0]["phones"][0]["number"] = "+998 00 000 99 04"
    again["service_areas"][0] |= {"extent": "UZ-TK", "name": "Tashkent City"}
    imported(again, publish=False)
    assert models.Phone.objects.get(service_at_location=link).number == "+998 00 000 99 04"
    assert models.ServiceArea.objects.get(service=shelters[0]).region_id == "UZ-TK"


def test_lines_are_the_services_each_with_its_watermark(directory: None) -> None:
    lines = [json.loads(line) for line in exported("ndjson").splitlines()]
    assert {line.pop("exported_from") for line in lines} == {ORIGIN}
    assert {line.pop("exported_at")[:4] for line in lines} == {str(timezone.now().year)}
    assert lines == json.loads(exported("json"))["services"]


def test_every_service_is_valid(directory: None) -> None:
    check = checker().validator(SHARED_HSDS / "schema", "service")
    services = json.loads(exported("json"))["services"]
    assert [error for service in services for error in errors(check, service)] == []


def _csv_rows(content: bytes) -> list[list[Any]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _xlsx_rows(content: bytes) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(content), read_only=True).active
    assert sheet is not None
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type != "f"
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize(("code", "read"), [("csv", _csv_rows), ("xlsx", _xlsx_rows)])
def test_rows_are_the_services(directory: None, code: str, read: Callable[[bytes], list[list[Any]]]) -> None:
    header, *rows = read(exported(code))
    assert tuple(header) == flat.HEADER
    named = [dict(zip(header, row, strict=True)) for row in rows]
    assert {row["exported_from"] for row in named} == {ORIGIN}
    services = json.loads(exported("json"))["services"]
    assert [flat.service_of(row) for row in named] == services
    for row in rows:
        for cell in row:
            assert not isinstance(cell, str) or not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_no_text_becomes_a_formula(make: Make) -> None:
    service = make()
    evil = '=HYPERLINK("https://elsewhere.example","Open")'
    models.Service.objects.filter(pk=service.pk).update(name=evil, description="@SUM(1)", alert="\x07-1+1")
    for read, code in ((_csv_rows, "csv"), (_xlsx_rows, "xlsx")):
        header, row = read(exported(code))
        named = dict(zip(header, row, strict=True))
        assert (named["name"], named["description"]) == (f"'{evil}", "'@SUM(1)")
        assert flat.service_of(named)["name"] == evil
    with zipfile.ZipFile(io.BytesIO(exported("datapackage"))) as archive:
        assert f"'{evil}".replace('"', '""') in archive.read("services.csv").decode()


def test_the_package_is_valid(directory: None, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    path = tmp_path / "directory.zip"
    path.write_bytes(exported("datapackage"))
    report = frictionless.validate(str(path), type="package")
    assert report.valid, report.flatten(["fieldName", "rowNumber", "note"])
    with zipfile.ZipFile(path) as archive:
        described = json.loads(archive.read("datapackage.json"))
        rows = {
            one["name"]: len(archive.read(one["path"]).decode().splitlines()) - 1
            for one in described["resources"]
        }
    assert described["homepage"] == ORIGIN
    assert (rows["organization"], rows["location"], rows["service_at_location"]) == (3, 3, 4)
    assert all(rows.values()), "every table has rows"


def test_everybody_may_take_a_file_along(make: Make, client: Client, settings: Any) -> None:
    make()
    page = client.get("/directory/data/").content.decode()
    for code, one in FORMATS.items():
        assert f"/directory/data/{code}/" in page
        response = client.get(f"/directory/data/{code}/")
        assert response["Content-Type"] == one.media_type
        assert response["Content-Disposition"].endswith(f'.{one.suffix}"')
        assert len(response.getvalue()) > 500
    assert client.get("/directory/data/exe/").status_code == 404
    assert client.head("/directory/data/csv/").getvalue() == b""
    settings.OPEN_API_PER_MINUTE = 20
    slowed = client.get("/directory/data/csv/")
    assert slowed.status_code == 429
    assert int(slowed["Retry-After"]) <= 60


def test_a_hidden_service_is_in_no_file(make: Make) -> None:
    actions.hide([make(name="Zumradxona").pk])
    for code in FORMATS:
        assert b"Zumradxona" not in exported(code)
    assert json.loads(exported("json"))["services"] == []


def test_the_command_writes_a_new_file(make: Make, tmp_path: Path) -> None:
    make()
    path = tmp_path / "out.json"
    call_command("export_directory", format="json", output=path, origin=ORIGIN, verbosity=0)
    assert json.loads(path.read_text())["exported_from"] == ORIGIN
    with pytest.raises(CommandError, match="exists"):
        call_command("export_directory", format="json", output=path)
    with pytest.raises(CommandError, match="directory"):
        call_command("export_directory", format="json", output=tmp_path / "no" / "out.json")
