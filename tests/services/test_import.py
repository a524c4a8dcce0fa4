import contextlib
import copy
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Agency
from services import actions
from services.codes import Publication
from services.errors import ImportRefused
from services.hsds import reading
from services.models import (
    Contact,
    ImportRow,
    ImportRun,
    ImportSource,
    ImportUpload,
    Organization,
    Phone,
    Service,
    SiteDecision,
)

from .conftest import DEMO, SHARED_HSDS, as_file, hsds_service, imported

pytestmark = pytest.mark.django_db
IMPORTS_OWN = (ImportRun, ImportRow, ImportSource, ImportUpload, SiteDecision)


def rows_of_directory() -> dict[str, list[dict[str, Any]]]:
    """Return every row of this room's tables but the imports' own."""
    return {
        model.__name__: sorted(model._default_manager.values(), key=str)
        for model in apps.get_app_config("services").get_models()
        if model not in IMPORTS_OWN
    }


def counts(*services: Any, source: str = "test") -> dict[str, int]:
    return actions.import_hsds(as_file(*services), source=source).counts


# --- the whole way ---


@pytest.mark.parametrize(
    "file", [*sorted(DEMO.glob("*_*.json")), DEMO / "jizzakh.json"], ids=lambda f: f.name
)
def test_a_dry_run_writes_nothing_and_the_commit_all(file: Any, places_loaded: None) -> None:
    before = rows_of_directory()
    run = actions.import_hsds(file.read_bytes(), source="demo")
    number = len(json.loads(file.read_bytes()))
    assert run.counts == {"accepted": number}
    assert rows_of_directory() == before
    actions.commit_import(run.pk)
    assert Service.objects.count() == number
    assert set(Service.objects.values_list("publication", "assured_date")) == {(Publication.HIDDEN, None)}


def test_importing_again_changes_nothing(demo: None) -> None:
    before = rows_of_directory()
    for file in DEMO.glob("*.json"):
        if file.name != "availability.json":
            run = actions.import_hsds(file.read_bytes(), source="demo", dry_run=False)
            assert set(run.counts) == {"unchanged"}
    assert rows_of_directory() == before


@pytest.mark.parametrize(
    "name",
    [
        "service_full",
        "service_list",
        "organization_full",
        "organization_list",
        "service_at_location_full",
        "service_at_location_list",
        "location",
        "taxonomy",
        "taxonomy_list",
        "taxonomy_term",
        "taxonomy_term_list",
    ],
)
def test_the_standards_own_examples_come_in(name: str, places_loaded: None) -> None:
    file = SHARED_HSDS / "examples" / f"{name}.json"
    if not file.exists():
        pytest.skip("the standard's examples are not beside the project")
    run = actions.import_hsds(file.read_bytes(), source="examples", dry_run=False)
    assert set(run.counts) == {"accepted"}
    again = actions.import_hsds(file.read_bytes(), source="examples")
    assert set(again.counts) == {"unchanged"}


def test_shapes_of_files_give_the_same_rows(places_loaded: None) -> None:
    one, two = hsds_service(), hsds_service()
    for content in (
        as_file(one, two),
        json.dumps({"contents": [one, two], "total_items": 2}).encode(),
        b"\n".join(json.dumps(service).encode() for service in (one, two)),
        b"\xef\xbb\xbf" + as_file(one, two),
        as_file(one, two).decode().encode("utf-16"),
        json.dumps({"organizations": [], "services": [one, two]}).encode(),
    ):
        assert actions.import_hsds(content, source="test").counts == {"accepted": 2}
    assert actions.import_hsds(json.dumps(one).encode(), source="test").counts == {"accepted": 1}


def test_an_organization_with_its_services(places_loaded: None) -> None:
    service = hsds_service()
    organization = service.pop("organization") | {"services": [service]}
    run = actions.import_hsds(json.dumps(organization).encode(), source="test", dry_run=False)
    assert run.counts == {"accepted": 1}
    assert str(Service.objects.get().organization_id) == organization["id"]


def test_ids_that_are_no_uuid_become_the_same_uuid_each_time(places_loaded: None) -> None:
    service = hsds_service(id="room-7")
    actions.import_hsds(as_file(service), source="test", dry_run=False)
    found = Service.objects.get()
    assert (found.id.version, found.source_id) == (5, "room-7")
    assert counts(service) == {"unchanged": 1}
    assert counts(service, source="other")["quarantined"] == 1  # its organization is another source's


# --- changes ---


def test_a_change_is_seen_and_what_vanished_goes(places_loaded: None) -> None:
    service = hsds_service()
    imported(service, publish=False)
    changed = copy.deepcopy(service)
    changed["name"] = "Another name"
    changed["phones"] = [{"id": str(uuid4()), "number": "+998 00 000 99 02"}]
    assert counts(changed) == {"changed": 1}
    imported(changed, publish=False)
    assert Service.objects.get().name == "Another name"
    assert list(Phone.objects.values_list("number", flat=True)) == ["+998 00 000 99 02"]
    del changed["phones"]  # not said is not empty
    assert counts(changed) == {"unchanged": 1}


def test_one_part_under_two_services_is_kept_for_both(places_loaded: None) -> None:
    shared = {"id": str(uuid4()), "number": "+998 00 000 99 03"}
    organization = hsds_service()["organization"]
    service = hsds_service(phones=[shared], organization=organization)
    service["contacts"] = [{"id": str(uuid4()), "name": "Ann Persona", "title": "Desk", "phones": [shared]}]
    imported(service)
    phone = Phone.objects.get()
    assert (str(phone.service_id), phone.contact) == (service["id"], Contact.objects.get())


def test_a_persons_name_is_not_stored(places_loaded: None) -> None:
    service = hsds_service(contacts=[{"id": str(uuid4()), "name": "Ann Persona", "title": "Desk"}])
    imported(service)
    assert "Persona" not in str(rows_of_directory())


def test_another_source_cannot_change_a_record(places_loaded: None) -> None:
    service = hsds_service()
    imported(service, publish=False)
    before = rows_of_directory()
    run = actions.import_hsds(as_file(service | {"name": "Taken over"}), source="thief", dry_run=False)
    assert run.counts == {"quarantined": 1}
    assert rows_of_directory() == before


def test_another_source_cannot_take_a_phone(places_loaded: None) -> None:
    service = hsds_service()
    imported(service, publish=False)
    before = rows_of_directory()
    thief = hsds_service(phones=[service["phones"][0] | {"number": "+998 00 000 66 66"}])
    run = actions.import_hsds(as_file(thief), source="thief", dry_run=False)
    assert run.counts == {"quarantined": 1}
    assert rows_of_directory() == before


def test_a_changed_phone_is_not_a_checked_phone(places_loaded: None) -> None:
    service, other = hsds_service(), hsds_service()
    checked, untouched = imported(service, other)
    for one in (checked, untouched):
        actions.confirm(one.pk, on=timezone.localdate())
    changed = copy.deepcopy(service)
    changed["phones"][0]["number"] = "+998 00 000 66 66"
    assert counts(changed, other) == {"changed": 1, "unchanged": 1}
    imported(changed, other, publish=False)
    checked.refresh_from_db()
    untouched.refresh_from_db()
    assert (checked.assured_date, untouched.assured_date) == (None, timezone.localdate())


def test_what_only_shows_in_a_service_is_not_checked_either(places_loaded: None) -> None:
    """A desk of the organization, a phone at the site: files name them without the service too."""
    service = hsds_service()
    [checked] = imported(service)
    phone = lambda: {"phones": [{"id": str(uuid4()), "number": "+998 00 000 66 66"}]}  # noqa: E731
    link = service["service_at_locations"][0]
    by_ids = {"service_id": service["id"], "location_id": link["location"]["id"]}
    for record in (
        service["organization"],
        link["location"],
        by_ids | {"id": link["id"]},
        by_ids | {"id": str(uuid4())},
    ):
        actions.confirm(checked.pk, on=timezone.localdate())
        run = actions.import_hsds(as_file(record | phone()), source="test", dry_run=False)
        assert run.counts != {"unchanged": 1}
        checked.refresh_from_db()
        assert checked.assured_date is None, record


def test_a_check_made_elsewhere_takes_away_none_made_here(places_loaded: None) -> None:
    service = hsds_service(assured_date="2026-01-02")
    [checked] = imported(service)
    actions.confirm(checked.pk, on=timezone.localdate())
    again = service | {"assured_date": "2026-02-03"}
    assert counts(again) == {"unchanged": 1}
    imported(again, publish=False)
    checked.refresh_from_db()
    assert checked.assured_date == timezone.localdate()


def test_a_file_does_not_lead_referrals_to_another_agency(places_loaded: None) -> None:
    theirs, ours = hsds_service(), hsds_service()
    shelter, _ = imported(theirs, ours)
    for service, name in ((theirs, "Shelter agency"), (ours, "Agency that wants them")):
        agency = Agency.objects.create(name=name)
        Organization.objects.filter(pk=service["organization"]["id"]).update(agency=agency)
    taken = {**theirs, "organization": copy.deepcopy(ours["organization"])}
    assert counts(taken) == {"quarantined": 1}
    imported(taken, publish=False)
    shelter.refresh_from_db()
    assert str(shelter.organization_id) == theirs["organization"]["id"]


def test_a_commit_refuses_when_the_directory_has_moved_on(places_loaded: None) -> None:
    service = hsds_service()
    run = actions.import_hsds(as_file(service), source="test")
    imported(service, publish=False)
    with pytest.raises(ImportRefused):
        actions.commit_import(run.pk)
    run.refresh_from_db()
    assert run.state == ImportRun.State.TRIED


def test_committing_twice_is_committing_once(places_loaded: None) -> None:
    run = actions.import_hsds(as_file(hsds_service()), source="test")
    actions.commit_import(run.pk)
    before = rows_of_directory()
    actions.commit_import(run.pk)
    assert rows_of_directory() == before


def test_a_failure_half_way_leaves_nothing(places_loaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows_of_directory()
    run = actions.import_hsds(as_file(hsds_service()), source="test")

    def fail(ids: Any) -> None:
        raise OSError

    monkeypatch.setattr("services.actions.imports.reindex", fail)
    with pytest.raises(OSError, match=r"^$"):
        actions.commit_import(run.pk)
    assert rows_of_directory() == before


# --- rows that are put aside ---


def _without(key: str) -> Callable[[dict[str, Any]], Any]:
    return lambda service: service.pop(key)


@pytest.mark.parametrize(
    ("spoil", "code", "path"),
    [
        (_without("id"), "missing", "$[0].id"),
        (lambda s: s.update(name="  "), "missing", "$[0].name"),
        (lambda s: s.update(name=["x"]), "wrong_type", "$[0].name"),
        (lambda s: s.update(name="x" * 301), "too_long", "$[0].name"),
        (lambda s: s.update(status="open"), "unknown_word", "$[0].status"),
        (lambda s: s.update(minimum_age=-1), "bad_number", "$[0].minimum_age"),
        (lambda s: s.update(minimum_age=1e300), "bad_number", "$[0].minimum_age"),
        (lambda s: s.update(minimum_age=20, maximum_age=10), "ages_reversed", "$[0].minimum_age"),
        (_without("organization"), "no_organization", "$[0]"),
        (lambda s: s.update(phones={"number": "1"}), "wrong_type", "$[0].phones"),
        (lambda s: s.update(phones=["103"]), "wrong_type", "$[0].phones[0]"),
        (lambda s: s.update(phones=[{"id": "a"}]), "missing", "$[0].phones[0].number"),
        (lambda s: s.update(name='=HYPERLINK("http://x")'), "formula", "$[0].name"),
        (lambda s: s.update(description="@SUM(1)"), "formula", "$[0].description"),
        (lambda s: s.update(url="javascript:alert(1)"), "unknown_word", "$[0].url"),
        (
            lambda s: s.update(service_at_locations=[{"id": "x", "location_id": str(uuid4())}]),
            "dangling",
            "$[0].service_at_locations[0]",
        ),
    ],
)
def test_a_bad_row_is_put_aside_with_its_place_and_reason(
    spoil: Callable[[dict[str, Any]], Any], code: str, path: str, places_loaded: None
) -> None:
    bad, good = hsds_service(), hsds_service()
    spoil(bad)
    run = actions.import_hsds(as_file(bad, good), source="test", dry_run=False)
    assert run.counts == {"quarantined": 1, "accepted": 1}
    notes = run.rows.get(number=1).notes
    assert (code, path) in {(note["code"], note["path"]) for note in notes}
    assert list(Service.objects.values_list("pk", flat=True)) == [run.rows.get(number=2).object_id]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda s: s["service_at_locations"][0]["location"].update(latitude=100), "coordinates_dropped"),
        (lambda s: s.update(cost_options=[{"id": "a", "valid_from": "soon"}]), "date_dropped"),
        (lambda s: s["schedules"][0].update(opens_at="noon"), "date_dropped"),
        (lambda s: s["schedules"][0].update(freq="MONTHLY"), "hours_kept_raw"),
        (lambda s: s.update(service_type="mediation"), "type_unknown"),
    ],
)
def test_a_small_fault_is_left_out_and_said(
    spoil: Callable[[dict[str, Any]], Any], code: str, places_loaded: None
) -> None:
    service = hsds_service()
    spoil(service)
    run = actions.import_hsds(as_file(service), source="test", dry_run=False)
    assert run.counts == {"accepted": 1}
    assert code in {note["code"] for note in run.rows.get().notes}


# --- files that are refused whole ---

_deep = b"[" * 100 + b"]" * 100
_service = b'{"id": "a", "name": "b", "status": "active"}'


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", ""),
        (b"  \n ", ""),
        (b"[]", ""),
        (b'[{"id": "a",\n "name": }]', "2:10"),
        (b'[{"id": "a"', "1:12"),
        (b"name,status\nx,active", "1:1"),
        (b'[{"id": "a", "name": "\xff"}]', "1:23"),
        (b"PK\x03\x04rest of a zip", ""),
        (b'[{"id": "a",\n  "id": "b"}]', "2:3"),
        (b'[{"id": "a", "latitude": NaN}]', "1:26"),
        (b'[{"id": "a", "latitude": -Infinity}]', "1:26"),
        (b'[{"id": "a", "minimum_age": 1e999}]', "1:29"),
        (b'[{"id": "a", "minimum_age": ' + b"9" * 5000 + b"}]", "1:29"),
        (_deep, "1:33"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "1:161"),
        (b'[{"id": "a", "status": "active", "name": "\\ud800"}]', "$[0].name"),
        (b'[{"id": "a", "status": "active", "name": "x\\u0000y"}]', "$[0].name"),
        (b'[{"id": "a", "status": "active"}, 7]', "$[1]"),
        (b'{"version": "3.0", "profile": "x"}', "$"),
        (b'"a text"', "$"),
        (_service + b"\n" + _service + b"\n{broken", "3:2"),
        (b'{"services": {"id": 1}}', "$.services"),
        (b'[{"i\\u0064": "a",\n "id": "b"}]', "2:2"),
    ],
)
def test_a_broken_or_hostile_file_is_refused_with_its_place(
    content: bytes, place: str, places_loaded: None
) -> None:
    before = rows_of_directory()
    with pytest.raises(ImportRefused) as refused:
        actions.import_hsds(content, source="test", dry_run=False)
    assert refused.value.place == place
    assert str(refused.value.message)
    assert str(refused.value.advice)
    assert rows_of_directory() == before
    assert not ImportRun.objects.exists()


def test_a_file_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 100)
    with pytest.raises(ImportRefused):
        reading.read(b" " * 101)


@pytest.mark.parametrize("source", ["", "  ", "x" * 61, "a\x00b"])
def test_a_source_needs_a_plain_name(source: str, places_loaded: None) -> None:
    with pytest.raises(ImportRefused):
        actions.import_hsds(as_file(hsds_service()), source=source)


# --- whatever comes ---

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _spots(value: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) inside a JSON value."""
    found: list[tuple[Any, Any]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items):
        found.append((value, key))
        found += _spots(item)
    return found


def rows_per_table() -> dict[str, int]:
    """Return how many rows each table has: enough to see a half-written tree, and cheap."""
    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_app_config("services").get_models()
        if model not in IMPORTS_OWN
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_value_anywhere_is_taken_put_aside_or_refused(data: st.DataObject, places_loaded: None) -> None:
    service = hsds_service(
        contacts=[{"id": "c", "title": "Desk", "phones": [{"id": "p", "number": "1"}]}],
        cost_options=[{"id": "o", "amount": 5, "currency": "UZS"}],
        capacities=[
            {"id": "k", "unit": {"id": "u", "name": "bed"}, "available": 1, "updated": "2026-01-01T00:00Z"}
        ],
        attributes=[{"id": "t", "link_type": "x", "taxonomy_term": {"id": "z", "name": "Z", "code": "z"}}],
        service_areas=[{"id": "s", "name": "Jizzax viloyati"}],
        translations={"uz": {"name": "Xona"}},
    )
    container, key = data.draw(st.sampled_from(_spots(service)))
    container[key] = data.draw(_json)
    before = rows_per_table()
    try:
        run = actions.import_hsds(as_file(service), source=f"s{uuid4().hex[:8]}", dry_run=False)
    except ImportRefused:
        assert rows_per_table() == before
        return
    assert sum(run.counts.values()) == 1
    if "quarantined" in run.counts:
        assert rows_per_table() == before


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode) | _json.map(json.dumps).map(str.encode))
def test_reading_raises_nothing_but_a_refusal(content: bytes) -> None:
    with contextlib.suppress(ImportRefused):
        assert reading.read(content)


# --- the command ---


def test_the_command_reports_and_refuses(places_loaded: None, tmp_path: Any) -> None:
    file, report = tmp_path / "services.json", tmp_path / "report.csv"
    file.write_bytes(as_file(hsds_service(), hsds_service(name="")))
    call_command("import_directory", file, source="test", dry_run=True, report=report)
    assert not Organization.objects.exists()
    lines = report.read_text().splitlines()
    assert len(lines) == 3
    assert "$[1].name" in lines[2]
    call_command("import_directory", file, source="test")
    assert Organization.objects.count() == 1
    file.write_text("[{")
    with pytest.raises(CommandError, match=r"Refused \(1:3\)"):
        call_command("import_directory", file, source="test")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_directory", tmp_path / "none.json", source="test")
