"""Files of every kind come in whole, or not at all; what they change is shown; who may say yes."""

import copy
import csv
import io
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services import actions
from services.actions import imports as import_actions
from services.actions import planning, writing
from services.errors import ImportRefused, MappingNeeded
from services.files.archives import MAX_UNPACKED
from services.hsds import columns
from services.models import (
    ImportRow,
    ImportRun,
    ImportSource,
    ImportUpload,
    Location,
    Phone,
    Schedule,
    Service,
    ServiceToken,
    SiteDecision,
)

from .conftest import PROJECT, as_file, hsds_service, imported
from .files import HEADER, MAPPING, ROW, csv_file, xlsx_file, zip_file
from .test_confidential import MARKER, everything_stored, marked_location
from .test_import import rows_of_directory

pytestmark = pytest.mark.django_db

SAMPLE = PROJECT.parent / "shared" / "data" / "hsds-1.1-sample" / "all_resources"
EXAMPLES = PROJECT.parent / "shared" / "data" / "hsds-3.1" / "examples" / "csv"


def folder(path: Path) -> bytes:
    if not path.exists():
        pytest.skip("the standard's samples are not beside the project")
    return zip_file({file.name: file.read_bytes() for file in sorted(path.iterdir())})


def notes_of(run: ImportRun) -> set[tuple[str, int | None, str]]:
    return {(note["code"], note["line"], note["column"]) for row in run.rows.all() for note in row.notes}


# --- packages ---


def test_a_package_of_hsds_1_1_comes_in(places_loaded: None) -> None:
    run = actions.import_hsds(folder(SAMPLE), source="sample", dry_run=False, file_name="sample.zip")
    assert run.counts.get("quarantined", 0) == 0
    service = Service.objects.get(pk="c89eb05c-62dd-4b64-b494-0cc347b6ea7f")
    assert service.eligibility_description == "adult"
    assert {language.code for language in service.languages.all()} >= {"en"}
    assert Schedule.objects.filter(service=service, weekday=0, opens="09:00").exists()
    assert Location.objects.get(pk="30b83c60-64a1-11e6-8b77-86f30ca893d3").addresses.count() == 2
    again = actions.import_hsds(folder(SAMPLE), source="sample")
    assert set(again.counts) == {"unchanged"}


def test_a_package_of_hsds_3_1_comes_in(places_loaded: None) -> None:
    run = actions.import_hsds(folder(EXAMPLES), source="sample", dry_run=False)
    # The standard's own example holds parts of records that it does not hold.
    assert {code for code, _line, _column in notes_of(run) if code == "dangling"}
    assert Service.objects.get().organization.name == "Example Organization Inc."
    assert Phone.objects.count() == 1


@pytest.mark.parametrize("weekday", ["Monday", "1", "MO"])
def test_an_invented_2_0_package_says_where_it_is_wrong(weekday: str, places_loaded: None) -> None:
    files = {
        "data/organization.csv": b"id,name,url\no1,Namuna,namuna.example\n",
        "data/service.csv": b"id,organization_id,name,status,description\n"
        b"s1,o1,Listening room,active,One\\ntwo\ns2,o9,Nobody's,active,\ns3,o1,,active,\n",
        "data/location.csv": b"id,name\nl1,House\n",
        "data/service_at_location.csv": b"id,service_id,location_id\nx1,s1,l1\nx2,s1,l9\n",
        "data/physical_address.csv": b"id,location_id,address_1,city,state_province,country\n"
        b"a1,l1,Namuna street 1,Zomin,  Jizzax  ,UZ\n",
        "data/phone.csv": b"id,service_id,number\np1,s1,+998 00 000 99 01 x5\np2,s9,103\n",
        "data/regular_schedule.csv": b"id,service_id,weekday,opens_at,closes_at\n"
        + f"r1,s1,{weekday},9:00am,5pm\n".encode(),
        "datapackage.json": b"{}",
    }
    run = actions.import_hsds(zip_file(files), source="two", dry_run=False)
    # One link of s1 leads nowhere, so s1 waits until it is mended: nothing comes in by half.
    assert {("dangling", 3, "location_id"), ("no_organization", 3, "organization_id")} <= notes_of(run)
    assert ("missing", 4, "name") in notes_of(run)
    assert ("dangling", 3, "") in notes_of(run)
    files["data/service_at_location.csv"] = b"id,service_id,location_id\nx1,s1,l1\n"
    actions.import_hsds(zip_file(files), source="two", dry_run=False)
    service = Service.objects.get()
    assert service.description == "One\ntwo"
    assert service.organization.website == "https://namuna.example"
    assert (Phone.objects.get().number, Phone.objects.get().extension) == ("+998 00 000 99 01", "5")
    row = Schedule.objects.get()
    assert (row.weekday, str(row.opens), str(row.closes)) == (0, "09:00:00", "17:00:00")
    assert Location.objects.get().addresses.get().state_province == "Jizzax"
    assert Location.objects.get().district_id


# --- tables with a mapping ---


def test_a_table_is_mapped_once_and_then_by_itself(places_loaded: None) -> None:
    before = rows_of_directory()
    with pytest.raises(MappingNeeded):
        actions.import_hsds(csv_file(ROW), source="list")
    assert rows_of_directory() == before
    run = actions.import_hsds(csv_file(ROW), source="list", dry_run=False, mapping=MAPPING)
    assert run.counts == {"accepted": 1}
    assert Service.objects.get().url == "https://namuna.example"
    changed = [*ROW[:2], "+998 00 000 99 02", *ROW[3:]]
    run = actions.import_hsds(xlsx_file(changed), source="list")
    assert run.counts == {"changed": 1}
    change = next(one for one in run.rows.get().changes if one["field"] == "number")
    assert (change["old"], change["new"]) == ("+998 00 000 99 01", "+998 00 000 99 02")
    with pytest.raises(MappingNeeded):
        actions.import_hsds(csv_file([*ROW, "x"], header=[*HEADER, "Fax"]), source="list")


def test_what_a_table_does_not_say_stays_as_it_is(places_loaded: None) -> None:
    actions.import_hsds(csv_file(ROW), source="list", dry_run=False, mapping=MAPPING)
    # Meanwhile somebody has written and published more than the table has columns for.
    Service.objects.update(service_type="safe_house", description="Written by hand", minimum_age=18)
    actions.publish(Service.objects.values_list("pk", flat=True))
    changed = [*ROW[:2], "+998 00 000 99 02", ROW[3], *ROW[4:8], ""]
    run = actions.import_hsds(csv_file(changed), source="list", dry_run=False)
    assert run.counts == {"quarantined": 1}, "the site of what became a shelter is suspect"
    Service.objects.update(service_type="psychosocial")
    run = actions.import_hsds(csv_file(changed), source="list", dry_run=False)
    assert run.counts == {"changed": 1}
    service = Service.objects.get()
    assert (service.service_type, service.description, service.minimum_age) == (
        "psychosocial",
        "Written by hand",
        18,
    )
    assert Phone.objects.get().number == "+998 00 000 99 02"


WIDE = ["Service", "Organization", "Phone", "About", "About (ru)", "Sexes", "Kind", "Status", "Ages from"]
WIDE_MAPPING = dict(
    zip(
        WIDE,
        [
            *("name", "organization_name", "phones", "description", "description_ru", "eligible_sexes"),
            *("service_type", "status", "minimum_age"),
        ],
        strict=True,
    )
)


def test_an_empty_cell_clears_only_where_that_was_chosen(places_loaded: None) -> None:
    full = ["Advice", "Namuna", "+998 00 000 99 01", "Long ago", "Давно", "female", "psychosocial", "", "18"]
    emptied = [*full[:2], *[""] * 7]
    other = ["Other", *full[1:]]

    def sent(*rows: list[str], dry_run: bool = False, header: list[str] = WIDE, **how: Any) -> ImportRun:
        return actions.import_hsds(csv_file(*rows, header=header), source="wide", dry_run=dry_run, **how)

    sent(full, other, mapping=WIDE_MAPPING)
    Service.objects.filter(name="Advice").update(
        status="temporarily closed",
        translations={"uz": {"name": "Maslahat"}, "ru": {"description": "Давно", "name": "Совет"}},
    )
    assert sent(emptied, other).counts == {"unchanged": 2}, "off at first: an empty cell says nothing"
    before = rows_of_directory()
    tried = sent(emptied, other, dry_run=True, empty_clears=True)
    assert rows_of_directory() == before
    assert ImportSource.objects.get().empty_clears, "remembered"
    cleared = {(one["table"], one["field"]): one for one in tried.rows.get(outcome="changed").changes}
    assert cleared["service", "description"] == {
        "table": "service",
        "field": "description",
        "old": "Long ago",
        "new": "",
    }
    assert set(cleared) == {
        ("phone", ""),
        *(("service", name) for name in ("description", "description (ru)", "sex", "minimum_age")),
    }
    assert sent(emptied, other).counts == {"changed": 1, "unchanged": 1}
    assert sent(emptied, other).counts == {"unchanged": 2}, "the same again changes nothing"
    service = Service.objects.get(name="Advice")
    assert (service.description, service.minimum_age, service.sex) == ("", None, "any")
    # What is required, what kind of help it is and what the table has no column for stays.
    assert (service.service_type, service.status) == ("psychosocial", "temporarily closed")
    assert service.translations == {"uz": {"name": "Maslahat"}, "ru": {"name": "Совет"}}
    assert not service.phones.exists()
    assert Service.objects.get(name="Other").phones.get().number == "+998 00 000 99 01"
    # A row with too few cells lacks them and clears nothing; an empty name is refused, not cleared.
    short = csv_file(WIDE, header=WIDE).splitlines()[0] + b"\nOther,Namuna\n"
    run = actions.import_hsds(short, source="wide", dry_run=False)
    assert run.counts == {"unchanged": 1}
    assert sent(["", *other[1:]]).counts == {"quarantined": 1}
    # Two rows of one service: what one of them says is not taken away by the other.
    keyed = [[*full, "k"], [*emptied, "k"]]
    header = [*WIDE, "Id"]
    mapping = WIDE_MAPPING | {"Id": "id"}
    sent(*keyed, header=header, mapping=mapping)
    sent(*reversed(keyed), header=header)
    assert Service.objects.get(source_id="k").phones.exists()
    assert sent(full, dry_run=True, empty_clears=False).rows.exists()
    assert not ImportSource.objects.get().empty_clears


def test_rows_say_line_column_and_reason(places_loaded: None) -> None:
    rows = [
        ROW,
        ["", *ROW[1:]],
        ["=cmd()", *ROW[1:]],
        [*ROW[:8], "javascript:alert(1)"],
        [*ROW, "one more"],
        ["Odd hours", *ROW[1:6], "noon", *ROW[7:]],
    ]
    run = actions.import_hsds(csv_file(*rows), source="list", dry_run=False, mapping=MAPPING)
    assert {
        ("missing", 3, "Service"),
        ("formula", 4, "Service"),
        ("unknown_word", 5, "Website"),
        ("ragged", 6, ""),
    } <= notes_of(run)
    assert run.counts == {"accepted": 2, "quarantined": 4}


def test_our_own_flat_export_maps_by_itself(places_loaded: None) -> None:
    from services.hsds import flat

    row = flat.row_of(hsds_service())
    content = csv_file([str(row.get(name, "")) for name in flat.HEADER], header=[*flat.HEADER])
    assert columns.is_our_own([*flat.HEADER])
    assert actions.import_hsds(content, source="ours", dry_run=False).counts == {"accepted": 1}
    assert actions.import_hsds(content, source="ours").counts == {"unchanged": 1}


def test_a_district_written_by_name_is_looked_for_in_the_region_beside_it(places_loaded: None) -> None:
    columns_ = ["name", "organization_name", "region_iso", "district"]
    content = csv_file(["Listening room", "Namuna", "UZ-JI", "Zomin tumani"], header=columns_)
    actions.import_hsds(content, source="ours", mapping={name: name for name in columns_}, dry_run=False)
    assert Location.objects.get().district_id == "uz-ji-zomin-tumani"


@pytest.mark.parametrize(
    "mapping",
    [{"Service": "name"}, MAPPING | {"Phone": "nothing"}, MAPPING | {"Phone": "name"}, ["name"], {"a": 1}],
)
def test_a_mapping_that_cannot_serve_is_refused(mapping: Any, places_loaded: None) -> None:
    with pytest.raises(ImportRefused):
        actions.import_hsds(csv_file(ROW), source="list", mapping=mapping)
    assert not ImportSource.objects.exists()


# --- suspects ---


def suspect_row(**more: str) -> list[str]:
    return ["Shelter Namuna", *ROW[1:3], f"{MARKER} street 1", *ROW[4:]]


@pytest.mark.parametrize(
    "row",
    [
        suspect_row(),
        ["Maxfiy xona", *ROW[1:3], f"{MARKER} street 1", *ROW[4:]],
        ["Кризисная квартира", *ROW[1:3], f"{MARKER} street 1", *ROW[4:]],
        [*ROW[:3], f"PO Box 7, {MARKER}", *ROW[4:]],
        [*ROW[:3], f"а/я 7 {MARKER}", *ROW[4:]],
        [*ROW[:3], f"Abonent qutisi 7 {MARKER}", *ROW[4:]],
    ],
)
def test_a_suspect_row_waits_and_its_address_is_nowhere(row: list[str], places_loaded: None) -> None:
    run = actions.import_hsds(csv_file(row), source="list", dry_run=False, mapping=MAPPING)
    assert run.counts == {"quarantined": 1}
    assert run.rows.get().review == ImportRow.Review.WAITING
    assert MARKER not in everything_stored()


def test_a_column_says_that_a_site_is_confidential(places_loaded: None) -> None:
    content = csv_file([*suspect_row(), "ha"], header=[*HEADER, "Maxfiy"])
    run = actions.import_hsds(
        content, source="list", dry_run=False, mapping=MAPPING | {"Maxfiy": "confidential"}
    )
    assert run.counts == {"accepted": 1}
    assert Location.objects.get().is_confidential
    assert MARKER not in everything_stored()


def test_differences_of_a_site_that_becomes_confidential_hold_no_value(places_loaded: None) -> None:
    location = marked_location()
    service = hsds_service(service_at_locations=[{"id": str(uuid4()), "location": location}])
    imported(service, publish=False)
    changed = copy.deepcopy(service)
    changed["service_at_locations"][0]["location"]["attributes"] = [
        {"id": str(uuid4()), "link_type": "confidentiality", "value": "address-withheld"}
    ]
    run = actions.import_hsds(as_file(changed), source="test")
    assert run.counts == {"changed": 1}
    assert run.rows.get().changes
    assert MARKER not in json.dumps(run.rows.get().changes)


# --- whole or not at all, and how it grows ---


def test_values_go_when_a_run_is_done(places_loaded: None) -> None:
    service = hsds_service()
    imported(service, publish=False)
    run = actions.import_hsds(as_file(service | {"name": "Another name"}), source="test")
    assert "Another name" in json.dumps(run.rows.get().changes)
    actions.commit_import(run.pk)
    row = run.rows.get()
    assert (row.data, "Another name" in json.dumps(row.changes)) == ({}, False)
    dropped = actions.import_hsds(as_file(service), source="test")
    actions.drop_import(dropped.pk)
    assert dropped.rows.get().data == {}


def test_an_edit_between_plan_and_write_is_not_overwritten(
    places_loaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = hsds_service()
    imported(service, publish=False)
    run = actions.import_hsds(as_file(service | {"name": "From the file"}), source="test")
    plain = planning.make_plan

    def and_edit(*args: Any, **more: Any) -> Any:
        plan = plain(*args, **more)
        Service.objects.get().save()  # somebody edits the entry while the import is being planned
        return plan

    monkeypatch.setattr(import_actions, "make_plan", and_edit)
    with pytest.raises(ImportRefused, match="has changed"):
        actions.commit_import(run.pk)
    assert Service.objects.get().name == service["name"]


def test_queries_grow_by_chunk_only(places_loaded: None) -> None:
    def queries(number: int) -> int:
        rows = [[f"Room {uuid4().hex}", *ROW[1:]] for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            actions.import_hsds(csv_file(*rows), source="list", dry_run=False, mapping=MAPPING)
        # What is written goes in batches of as many values as the database takes.
        return sum(query["sql"].startswith("SELECT") for query in captured)

    queries(1)
    assert queries(40) <= queries(4) + 2


def test_a_long_commit_leaves_hidden_search_rows_for_later(
    places_loaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_INDEX_AT_ONCE", 1)
    indexed: list[int] = []
    monkeypatch.setattr(import_actions, "_index", lambda run, _progress: indexed.append(len(run.to_index)))
    run = actions.import_hsds(as_file(hsds_service(), hsds_service()), source="test", dry_run=False)
    assert indexed == [2]
    assert not ServiceToken.objects.exists()
    monkeypatch.undo()
    call_command("work_imports", verbosity=0)  # the process broke off: the command takes it up again
    run.refresh_from_db()
    assert run.to_index == []
    assert ServiceToken.objects.values("service").distinct().count() == 2


# --- the command ---


def test_the_command_asks_for_a_mapping_and_keeps_it(places_loaded: None, tmp_path: Path) -> None:
    file, mapping, report = tmp_path / "list.csv", tmp_path / "mapping.json", tmp_path / "report.csv"
    file.write_bytes(csv_file(ROW, ["", *ROW[1:]], header=["=Service", *HEADER[1:]]))
    with pytest.raises(CommandError, match='"Phone": "phones"'):
        call_command("import_directory", file, source="list")
    mapping.write_text(json.dumps({"=Service": "name"} | {key: MAPPING[key] for key in HEADER[1:]}))
    call_command("import_directory", file, source="list", mapping=mapping, report=report)
    lines = list(csv.reader(io.StringIO(report.read_text())))
    # A column's name comes from the file: in a spreadsheet it must be no formula.
    assert lines[2][2:4] == ["3", "'=Service"]
    call_command("import_directory", file, source="list", dry_run=True)


def test_a_file_of_two_gigabytes_is_refused_unread(places_loaded: None, tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    with file.open("wb") as sparse:
        sparse.truncate(2 * 1024**3)
    with pytest.raises(CommandError, match=f"larger than {MAX_UNPACKED // 1024**2} MB"):
        call_command("import_directory", file, source="large")


# --- whatever comes ---


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(max_size=10), min_size=9, max_size=10), min_size=1, max_size=3))
def test_any_table_is_taken_put_aside_or_refused(places_loaded: None, rows: list[list[str]]) -> None:
    before = Service.objects.count(), Location.objects.count(), Phone.objects.count()
    try:
        content = csv_file(ROW, *rows)
        run = actions.import_hsds(content, source=uuid4().hex, dry_run=False, mapping=MAPPING)
    except (ImportRefused, UnicodeEncodeError):
        assert (Service.objects.count(), Location.objects.count(), Phone.objects.count()) == before
        return
    assert Service.objects.count() == before[0] + run.counts.get("accepted", 0)


def test_nothing_waits_in_clear(places_loaded: None) -> None:
    upload, key = actions.keep_upload(
        csv_file(suspect_row()), source="list", file_name="list.csv", person=uuid4()
    )
    assert MARKER.encode() not in bytes(ImportUpload.objects.get().sealed)
    assert MARKER.encode() in (actions.opened_upload(upload, key) or b"")
    assert actions.opened_upload(upload, bytes(32)) is None
    assert actions.opened_upload(upload, b"") is None
    assert not SiteDecision.objects.exists()
