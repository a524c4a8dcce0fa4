"""The demo network is sound data and can be mistaken for nothing real.

Only the files are read here, without Django. Where the published HSDS schemas lie beside the project, every
object is validated against them too, and every district is looked up in the list of places.
"""

import csv
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "services" / "demo"
SHARED = Path(os.environ.get("HAMROH_SHARED", ROOT.parent / "shared"))
REGION_OF_FILE = {
    "jizzakh": "UZ-JI",
    "namangan": "UZ-NG",
    "samarkand": "UZ-SA",
    "tashkent_city": "UZ-TK",
    "tashkent_region": "UZ-TO",
}
TYPES = {
    "health_medical",
    "psychosocial",
    "safe_house",
    "legal_assistance",
    "police_security",
    "livelihoods",
    "child_protection",
}
DUTIES = {
    "none",
    "notifies_police_of_serious_injury",
    "notifies_guardianship_for_minors",
    "must_register_and_notify_police",
}
STATUSES = {
    "capacity",
    "no-capacity",
    "waitlist",
    "additional-assessment-required",
    "temporarily-closed",
}
SERVICE_TEXTS = {
    "name",
    "description",
    "eligibility_description",
    "fees_description",
    "application_process",
}
EMERGENCY = {"102", "103", "112"}
WEEKDAYS = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
INVENTED = {
    "en": re.compile(r"\b(Namuna|Sinov|Misol|Demo|Imaginary)\b"),
    "uz": re.compile(r"namuna|sinov|misol|demo|xayoliy", re.IGNORECASE),
    "uz-Cyrl": re.compile(r"намуна|синов|мисол|демо|хаёлий", re.IGNORECASE),
    "ru": re.compile(r"намуна|синов|мисол|демо|воображаем|образцов", re.IGNORECASE),
}
Record = dict[str, Any]


def read(name: str) -> list[Record]:
    loaded: list[Record] = json.loads((DEMO / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


FILES = {name: read(name) for name in REGION_OF_FILE}
SERVICES = [service for services in FILES.values() for service in services]


def walk(value: object) -> Iterator[Record]:
    """Every object inside ``value``, itself included."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def locations(service: Record) -> list[Record]:
    return [place["location"] for place in service["service_at_locations"]]


def test_there_are_enough_services_of_every_type_in_every_region() -> None:
    assert len(SERVICES) >= 48
    for name, services in FILES.items():
        assert {service["service_type"] for service in services} == TYPES, name


def test_several_services_share_an_organization_and_some_work_in_two_regions() -> None:
    regions = defaultdict(set)
    for name, services in FILES.items():
        for service in services:
            regions[service["organization"]["id"]].add(name)
    assert 20 <= len(regions) <= 30
    assert sum(len(names) > 1 for names in regions.values()) >= 3


def test_an_id_is_a_uuid_and_always_means_the_same_object() -> None:
    seen: dict[str, Record] = {}
    for service in SERVICES:
        for record in walk(service):
            if "id" in record:
                UUID(record["id"])
                assert seen.setdefault(record["id"], record) == record
    assert len({service["id"] for service in SERVICES}) == len(SERVICES)


def test_phones_are_of_the_impossible_range() -> None:
    own = []
    for service in SERVICES:
        for record in walk(service):
            for phone in record.get("phones", []):
                number = phone["number"]
                if number not in EMERGENCY:
                    assert re.fullmatch(r"\+998 00 000 \d\d \d\d", number), number
                    own.append((number, phone["id"]))
    assert len({number for number, _ in own}) == len(set(own)), "two phones share a number"


def test_web_and_mail_addresses_lead_nowhere() -> None:
    for path in DEMO.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        for host in re.findall(r"https?://([^/\"]+)", text):
            assert host.endswith(".example") or host == "example.org", host
        for host in re.findall(r"@([\w.-]+)", text):
            assert host == "example.org", host


def test_nobody_can_mistake_an_organization_for_a_real_one() -> None:
    for service in SERVICES:
        organization = service["organization"]
        names = {"en": organization["name"]} | {
            language: texts["name"] for language, texts in organization["translations"].items()
        }
        for language, pattern in INVENTED.items():
            assert pattern.search(names[language]), names[language]


def test_no_named_person_stands_in_a_contact() -> None:
    for service in SERVICES:
        for contact in service["contacts"]:
            assert "name" not in contact
            assert contact["title"]


def test_service_texts_are_complete_in_four_languages() -> None:
    for service in SERVICES:
        for language in ("uz", "uz-Cyrl", "ru"):
            assert set(service["translations"][language]) == SERVICE_TEXTS
            assert set(service["organization"]["translations"][language]) == {"name", "description"}
            duty = service["organization"]["legal_notification_duty"]
            assert set(duty["translations"][language]) == {"description"}


def test_translations_differ_and_stand_in_their_own_script() -> None:
    cyrillic, latin = re.compile(r"[А-Яа-яЁёЎўҚқҒғҲҳ]"), re.compile(r"[A-Za-z]")
    for record in (record for service in SERVICES for record in walk(service) if "translations" in record):
        assert set(record["translations"]) == {"uz", "uz-Cyrl", "ru"}
        for field, uzbek in record["translations"]["uz"].items():
            uzbek_cyrillic = record["translations"]["uz-Cyrl"][field]
            russian = record["translations"]["ru"][field]
            texts = [record[field], uzbek, uzbek_cyrillic, russian]
            assert all(text.strip() == text and text for text in texts)
            assert len(set(texts)) == 4, texts
            assert not cyrillic.search(record[field] + uzbek), texts
            assert not latin.search((uzbek_cyrillic + russian).replace("ID-", "")), texts


def test_uzbek_latin_is_written_with_its_own_letters() -> None:
    wrong_turned_comma = re.compile(r"[oOgG]['’‘`ʼ´]")
    wrong_apostrophe = re.compile(r"['’‘`´]|(?<![oOgG])ʻ")
    for record in (record for service in SERVICES for record in walk(service)):
        texts = list(record.get("translations", {}).get("uz", {}).values())
        texts += [record[key] for key in ("address_1", "city", "name_uz_latn") if key in record]
        for text in texts:
            assert not wrong_turned_comma.search(text), text
            assert not wrong_apostrophe.search(text), text


def test_uzbek_cyrillic_has_no_russian_only_letters() -> None:
    for record in (record for service in SERVICES for record in walk(service)):
        for text in record.get("translations", {}).get("uz-Cyrl", {}).values():
            assert not re.search(r"[ыщЫЩ]", text), text


def test_a_shelter_says_its_region_and_its_phone_and_no_place() -> None:
    shelters = [service for service in SERVICES if service["service_type"] == "safe_house"]
    assert len(shelters) >= 6
    for shelter in shelters:
        for location in locations(shelter):
            assert set(location) == {"id", "location_type", "attributes"}
            assert location["location_type"] == "virtual"
            assert [attribute["value"] for attribute in location["attributes"]] == ["address-withheld"]
        for record in walk(shelter):
            assert not {"address_1", "addresses", "latitude", "longitude", "district"} & set(record)
        assert [area["extent"] for area in shelter["service_areas"]] == [region_of(shelter)]
        assert shelter["phones"]
        assert "capacities" not in shelter, "how many places a shelter has is not public"
        assert [(row["opens_at"], row["closes_at"]) for row in shelter["schedules"]] == [("00:00", "23:59")]


def region_of(service: Record) -> str:
    return next(REGION_OF_FILE[name] for name, services in FILES.items() if service in services)


def test_a_public_place_has_an_invented_address_in_its_region() -> None:
    for service in SERVICES:
        for location in locations(service):
            if location["location_type"] == "virtual":
                assert not location.get("addresses")
                continue
            assert location["district"]["region_iso"] == region_of(service)
            assert len(location["addresses"]) == 1
            assert re.fullmatch(r"Namuna koʻchasi \d+", location["addresses"][0]["address_1"])
            assert location["addresses"][0]["postal_code"] == "000000"
            for coordinate in (location["latitude"], location["longitude"]):
                assert round(coordinate, 1) == coordinate, "finer than a district"


def test_every_service_has_hours_that_can_be_read() -> None:
    for service in SERVICES:
        rows = service["schedules"] + [
            row for place in service["service_at_locations"] for row in place.get("schedules", [])
        ]
        assert rows
        for row in rows:
            assert row["freq"] == "WEEKLY"
            assert set(row["byday"].split(",")) <= WEEKDAYS
            assert row["timezone"] == 5
            for time in (row["opens_at"], row["closes_at"]):
                assert re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", time)
            assert row["opens_at"] != row["closes_at"]


def test_the_variety_that_the_pages_must_show_is_there() -> None:
    rows = [row for service in SERVICES for row in walk(service) if "opens_at" in row]
    assert any(row["closes_at"] < row["opens_at"] for row in rows), "past midnight"
    assert any(row["attending_type"] == "By appointment" for row in rows)
    assert any(row["byday"] == "SA" and row["closes_at"] <= "13:00" for row in rows), "half a Saturday"
    assert any(len(service["schedules"]) == 2 for service in SERVICES), "a lunch break"
    assert any(len(service["service_at_locations"]) == 2 for service in SERVICES)
    languages = {language["code"] for service in SERVICES for language in service["languages"]}
    assert languages >= {"uz", "ru", "kaa", "tg", "sgn"}
    assert {tuple(service["eligible_sexes"]) for service in SERVICES} == {
        ("female",),
        ("male",),
        ("female", "male"),
    }
    assert {service["accepts_children"] for service in SERVICES} == {True, False}
    assert any(option["amount"] > 0 for service in SERVICES for option in service["cost_options"])
    assert any(service.get("required_documents") for service in SERVICES)
    assert {service["organization"]["legal_notification_duty"]["code"] for service in SERVICES} == DUTIES
    for subtype in ("clinical_management_of_rape", "hotline", "interpreter", "protection_order_support"):
        assert any(subtype in service["service_subtypes"] for service in SERVICES), subtype


def test_type_and_subtypes_stand_as_taxonomy_terms_too() -> None:
    for service in SERVICES:
        by_kind = defaultdict(list)
        for attribute in service["attributes"]:
            assert attribute["taxonomy_term"]["code"] == attribute["value"]
            by_kind[attribute["link_type"]].append(attribute["value"])
        assert by_kind["service_type"] == [service["service_type"]]
        assert by_kind["service_subtype"] == service["service_subtypes"]


def test_the_police_must_notify_and_some_lawyers_notify_nobody() -> None:
    duty = {service["id"]: service["organization"]["legal_notification_duty"]["code"] for service in SERVICES}
    for service in SERVICES:
        is_police = service["service_type"] == "police_security"
        assert (duty[service["id"]] == "must_register_and_notify_police") == is_police
    assert any(
        duty[service["id"]] == "none" for service in SERVICES if service["service_type"] == "legal_assistance"
    )


def test_mediation_is_offered_nowhere() -> None:
    words = re.compile(
        r"mediat|reconcil|yarash|murosa|kelishtir|ярашти|муроса|келиштир|примир|медиац", re.IGNORECASE
    )
    for path in DEMO.glob("*.json"):
        assert not words.search(path.read_text(encoding="utf-8")), path.name


def test_availability_has_every_age_and_leaves_some_services_unknown() -> None:
    kinds = {service["id"]: service["service_type"] for service in SERVICES}
    latest: dict[str, int] = {}
    for report in read("availability"):
        assert set(report) == {
            "service_id",
            "status",
            "places_total",
            "places_free",
            "wait_days",
            "hours_ago",
            "source",
        }
        assert report["service_id"] in kinds
        assert report["status"] in STATUSES
        assert report["source"] == "provider_page"
        if report["places_free"] is not None:
            assert 0 <= report["places_free"] <= report["places_total"]
        if report["status"] == "no-capacity":
            assert report["places_free"] == 0
        age = latest.get(report["service_id"], report["hours_ago"])
        latest[report["service_id"]] = min(age, report["hours_ago"])
    ages = defaultdict(set)
    for service_id, hours in latest.items():
        is_shelter = kinds[service_id] == "safe_house"
        fresh, ageing = (2, 8) if is_shelter else (24, 72)
        ages[is_shelter].add("fresh" if hours < fresh else "ageing" if hours < ageing else "stale")
    assert ages[True] == ages[False] == {"fresh", "ageing", "stale"}
    assert len(set(kinds) - set(latest)) >= 5
    assert {report["status"] for report in read("availability")} == STATUSES


def test_every_object_validates_against_the_published_schemas() -> None:
    folder = SHARED / "data" / "hsds-3.1" / "schema"
    if not folder.is_dir():
        pytest.skip("the HSDS schemas are not beside the project")
    jsonschema = pytest.importorskip("jsonschema")
    referencing = pytest.importorskip("referencing")
    registry = referencing.Registry()
    for path in folder.glob("*.json"):
        if path.name != "openapi.json":
            resource = referencing.Resource.from_contents(
                json.loads(path.read_text(encoding="utf-8")),
                default_specification=referencing.jsonschema.DRAFT202012,
            )
            registry = registry.with_resource(path.name, resource)
    validator = jsonschema.Draft202012Validator(
        {"$ref": "service.json"}, registry=registry, format_checker=jsonschema.FormatChecker()
    )
    for service in SERVICES:
        assert [error.message for error in validator.iter_errors(service)] == []


def test_every_district_is_in_the_list_of_places() -> None:
    path = SHARED / "data" / "uzbekistan" / "districts.csv"
    if not path.is_file():
        pytest.skip("the list of places is not beside the project")
    with path.open(encoding="utf-8", newline="") as lines:
        known = {(row["region_iso"], row["name_uz_latn"]) for row in csv.DictReader(lines)}
    for service in SERVICES:
        for location in locations(service):
            if "district" in location:
                district = location["district"]
                assert (district["region_iso"], district["name_uz_latn"]) in known
