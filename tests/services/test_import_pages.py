"""The import's pages: mapping, dry run, second editor, long work, report, and the review queue."""

import csv
import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import RoleName
from audit.models import Entry
from services import actions, work
from services.actions import imports as import_actions
from services.models import (
    ImportRow,
    ImportRun,
    ImportSource,
    ImportUpload,
    Location,
    Service,
    SiteDecision,
)
from tests.people import Team, get_team, make_team, sign_in

from .conftest import as_file, hsds_service, imported
from .files import MAPPING, ROW, csv_file
from .test_confidential import MARKER, everything_stored, marked_location

pytestmark = pytest.mark.django_db
IMPORT = "/directory/import/"
REVIEW = "/directory/import/review/"


@pytest.fixture
def team(places_loaded: None) -> Team:
    """An agency with two editors."""
    return get_team(
        "d",
        {
            "editor": RoleName.EDITOR,
            "second": RoleName.EDITOR,
            "owner": RoleName.CASEWORKER,
            "supervisor": RoleName.SUPERVISOR,
            "custodian": RoleName.CUSTODIAN,
            "administrator": RoleName.ADMINISTRATOR,
        },
    )


@pytest.fixture
def editor(team: Team) -> Client:
    return sign_in(Client(), team.editor)


@pytest.fixture
def second(team: Team) -> Client:
    return sign_in(Client(), team.second)


def send(client: Client, content: bytes, *, source: str = "list", name: str = "list.csv") -> Any:
    return client.post(IMPORT, {"source": source, "file": SimpleUploadedFile(name, content)})


def chosen(page: str, **more: str) -> dict[str, str]:
    """Return what the mapping page's form would send as it stands."""
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    found = {"key": key[1]}
    for name, options in re.findall(r'<select name="(column_\d+)".*?>(.*?)</select>', page, re.DOTALL):
        option = re.search(r'value="([^"]*)" selected', options)
        found[name] = option[1] if option else ""
    return found | more


def test_an_editor_maps_a_table_once(editor: Client, team: Team) -> None:
    answer = send(editor, csv_file(ROW))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert ROW[0] in page, "values of each column are shown"
    address = re.search(r'action="(/directory/import/map/[^"]+)"', page)
    assert address
    form = chosen(page)
    assert form["column_2"] == "phones"
    # Nobody else opens it, and without its key nobody does.
    assert sign_in(Client(), team.second).post(address[1], form).status_code == 404
    assert editor.get(address[1])["Location"] == IMPORT
    assert editor.post(address[1], form | {"key": "AAAA"})["Location"] == IMPORT
    again = editor.post(address[1], form | {"column_0": ""})
    assert again.status_code == 400
    assert "No column is mapped to Name" in again.content.decode()
    done = editor.post(address[1], form)
    assert done.status_code == 303
    assert not ImportUpload.objects.exists()
    assert ImportSource.objects.get().mapping["Phone"] == "phones"
    run = ImportRun.objects.get()
    assert "What happens" in editor.get(done["Location"]).content.decode()
    assert editor.post(done["Location"], {"commit": "yes"}).status_code == 303
    after = editor.get(done["Location"]).content.decode()
    assert ("What happens" in after, "What was done" in after) == (False, True)
    assert Service.objects.get().publication == "hidden"
    next_time = send(editor, csv_file(["Another room", *ROW[1:]]))
    assert next_time.status_code == 303
    assert next_time["Location"] != f"{IMPORT}{run.pk}/"


def test_a_source_is_its_agencys_own(editor: Client, team: Team) -> None:
    send(editor, as_file(hsds_service()), source="ours", name="a.json")
    assert ImportSource.objects.get().agency == team.agency
    other = make_team(
        "e",
        people={
            "editor": RoleName.EDITOR,
            "supervisor": RoleName.SUPERVISOR,
            "custodian": RoleName.CUSTODIAN,
            "administrator": RoleName.ADMINISTRATOR,
        },
    )
    answer = send(sign_in(Client(), other.editor), as_file(hsds_service()), source=" ours ", name="a.json")
    assert answer.status_code == 400
    assert "belongs to somebody else" in answer.content.decode()
    imported(hsds_service(), source="by command")
    answer = send(editor, as_file(hsds_service()), source="by command", name="a.json")
    assert answer.status_code == 400, "what came by command is the operator's"
    assert ImportRun.objects.filter(started_by=None).count() == 1


def test_what_is_published_is_changed_by_two(editor: Client, second: Client, team: Team) -> None:
    service = hsds_service()
    send(editor, as_file(service), name="a.json")
    actions.commit_import(ImportRun.objects.get().pk)
    actions.publish([service["id"]])
    changed = service | {"name": "Dial this instead"}
    where = send(editor, as_file(changed, hsds_service()), name="a.json")["Location"]
    page = editor.get(where).content.decode()
    assert "<del>Listening room Namuna</del> → <ins>Dial this instead</ins>" in page
    assert "second editor" in page
    assert 'name="commit"' not in page
    assert editor.post(where, {"commit": "yes"}).status_code == 409
    assert Service.objects.get(pk=service["id"]).name == "Listening room Namuna"
    assert "You are the second editor" in second.get(where).content.decode()
    assert second.post(where, {"commit": "yes"}).status_code == 303
    assert Service.objects.get(pk=service["id"]).name == "Dial this instead"
    run = ImportRun.objects.latest("created_at")
    assert (run.started_by, run.committed_by) == (team.editor.pk, team.second.pk)


@pytest.mark.parametrize("what", ["organization", "location", "phone", "site", "vanished"])
def test_it_is_published_whatever_part_of_it_changes(what: str, editor: Client) -> None:
    service = hsds_service()
    send(editor, as_file(service), name="a.json")
    run = ImportRun.objects.get()
    actions.commit_import(run.pk)
    actions.publish([service["id"]])
    site = service["service_at_locations"][0]["location"]
    change: dict[str, Any] = {
        "organization": service["organization"] | {"email": "new@namuna.example"},
        "location": site | {"latitude": 40.1},
        "phone": service | {"phones": [service["phones"][0] | {"number": "+998 00 000 66 66"}]},
        "site": {"id": str(uuid4()), "service_id": service["id"], "location": marked_location()},
        "vanished": service | {"phones": []},
    }[what]
    where = send(editor, as_file(change), name="a.json")["Location"]
    assert ImportRun.objects.get(pk=where.split("/")[-2]).needs_second
    assert editor.post(where, {"commit": "yes"}).status_code == 409
    # Published in the meantime counts too: looked at again when it is written.
    actions.hide([service["id"]])
    where = send(editor, as_file(change), name="a.json")["Location"]
    assert not ImportRun.objects.get(pk=where.split("/")[-2]).needs_second
    actions.publish([service["id"]])
    assert editor.post(where, {"commit": "yes"}).status_code == 409


def test_long_work_leaves_the_request(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_actions, "AT_ONCE", 1)
    started: list[tuple[Any, bytes]] = []
    monkeypatch.setattr(work, "start", lambda run, key=b"": started.append((run, key)))
    secret = hsds_service(
        service_type="safe_house", service_at_locations=[{"id": "x", "location": marked_location()}]
    )
    where = send(editor, as_file(hsds_service(), secret), name="a.json")["Location"]
    run, key = started.pop()
    shown = editor.get(where)
    assert shown["Refresh"] == "3"
    assert "<progress" in shown.content.decode()
    assert MARKER not in everything_stored(), "what waits to be read is sealed"
    actions.go_on(run, key=key)
    assert not ImportUpload.objects.exists()
    shown = editor.get(where)
    assert "Refresh" not in shown
    assert "1 new" in shown.content.decode()
    assert editor.post(where, {"commit": "yes"}).status_code == 303
    assert Service.objects.count() == 0
    call_command("work_imports", verbosity=0)
    assert Service.objects.count() == 1
    editor.post(where, {"commit": "yes"})
    assert Service.objects.count() == 1


def test_work_that_was_broken_off_can_go_on(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_actions, "AT_ONCE", 1)
    monkeypatch.setattr(work, "start", lambda *_given: None)
    where = send(editor, as_file(hsds_service(), hsds_service()), name="a.json")["Location"]
    pk = where.split("/")[-2]
    long_ago = timezone.now() - timedelta(hours=1)
    ImportRun.objects.update(said_at=long_ago)
    assert "Send the file again" in editor.get(where).content.decode()
    assert actions.go_on(pk, key=bytes(32)).state == ImportRun.State.REFUSED
    assert "no longer here" in editor.get(where).content.decode()
    actions.import_hsds(as_file(hsds_service()), source="other")
    run = ImportRun.objects.latest("created_at")
    ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.WRITING, said_at=long_ago)
    where = f"{IMPORT}{run.pk}/"
    assert 'name="again"' in editor.get(where).content.decode()
    assert editor.post(where, {"again": "yes"}).status_code == 303
    actions.go_on(run.pk)
    assert Service.objects.count() == 1


def test_rows_come_by_page_and_as_a_table(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = [hsds_service(name="", id=str(uuid4())) for _ in range(60)]
    where = send(editor, as_file(hsds_service(), *bad), name="a.json")["Location"]
    with CaptureQueriesContext(connection) as captured:
        page = editor.get(where).content.decode()
    assert len(captured) < 15
    assert page.count("<tr>") == 51
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert editor.get(following[1].replace("&amp;", "&")).content.decode().count("<tr>") == 11
    assert editor.get(f"{where}?show=accepted").content.decode().count("<tr>") == 2
    for odd in ("?show=x", "?after=x", "?after=99999999999999999999", "?show=%00"):
        assert editor.get(f"{where}{odd}").status_code == 200
    report = editor.get(f"{where}report/")
    lines = list(csv.reader(io.StringIO(report.getvalue().decode("utf-8-sig"))))
    assert len(lines) == 62
    assert lines[2][8] == "A required value is missing."
    assert "attachment" in report["Content-Disposition"]


# --- the review queue ---


def suspects(editor: Client, *names: str, source: str = "list") -> list[ImportRow]:
    """Import shelters with an address; return the rows that wait."""
    rows = [hsds_service(name=name, service_at_locations=[]) for name in names]
    for row in rows:
        row["service_at_locations"] = [{"id": str(uuid4()), "location": marked_location()}]
    where = send(editor, as_file(*rows), source=source, name="a.json")["Location"]
    editor.post(where, {"commit": "yes"})
    return list(ImportRow.objects.filter(review="waiting").order_by("pk"))


def decide(client: Client, row: ImportRow, **what: str) -> int:
    status: int = client.post(f"{REVIEW}{row.pk}/", what).status_code
    row.refresh_from_db()
    return status


def test_a_suspect_comes_in_as_confidential(editor: Client) -> None:
    (row,) = suspects(editor, "Shelter Namuna")
    assert "Shelter Namuna" in editor.get(REVIEW).content.decode()
    assert "wait for a decision" in editor.get(IMPORT).content.decode()
    assert decide(editor, row, decision="confidential") == 303
    assert (row.review, row.outcome) == ("confidential", "accepted")
    assert Location.objects.get().is_confidential
    assert decide(editor, row, decision="confidential") == 303, "once more changes nothing"
    assert Service.objects.count() == 1
    assert decide(editor, row, decision="public") == 409
    assert MARKER not in everything_stored()
    assert Entry.objects.exists()


def test_a_suspect_is_public_only_when_two_say_so(editor: Client, second: Client, team: Team) -> None:
    service = hsds_service(name="Shelter for books")
    service["service_at_locations"] = [{"id": str(uuid4()), "location": marked_location()}]
    file = as_file(service)
    editor.post(send(editor, file, name="a.json")["Location"], {"commit": "yes"})
    row = ImportRow.objects.get(review="waiting")
    assert decide(editor, row, decision="public") == 303
    assert decide(editor, row, decision="public") == 409
    assert row.review == "asked_public"
    assert not SiteDecision.objects.exists()
    assert decide(second, row, decision="public") == 303
    decision = SiteDecision.objects.get()
    assert (decision.kind, decision.decided_by, decision.agreed_by) == (
        "public",
        team.editor.pk,
        team.second.pk,
    )
    assert not Service.objects.exists(), "its address was not kept: the next file brings it"
    editor.post(send(editor, file, name="a.json")["Location"], {"commit": "yes"})
    assert not Location.objects.get().is_confidential
    assert Location.objects.get().addresses.count() == 1


def test_a_suspect_is_left_out_and_asked_again_when_taken_back(editor: Client) -> None:
    (row,) = suspects(editor, "Shelter Namuna")
    assert decide(editor, row, decision="dropped") == 303
    assert "Nothing waits" in editor.get(REVIEW).content.decode()
    assert "Shelter Namuna" in editor.get(f"{REVIEW}?show=decided").content.decode()
    run = actions.import_hsds(as_file(row.data), source="list")
    assert [note["code"] for note in run.rows.get().notes] == ["left_out"]
    assert decide(editor, row, reopen="yes") == 303
    assert row.review == "waiting"
    assert not SiteDecision.objects.exists()


def test_a_newer_file_replaces_what_waits(editor: Client) -> None:
    (old,) = suspects(editor, "Shelter Namuna")
    again = hsds_service(id=old.data["id"], name="Shelter Namuna")
    again["service_at_locations"] = [{"id": str(uuid4()), "location": marked_location()}]
    editor.post(send(editor, as_file(again), name="a.json")["Location"], {"commit": "yes"})
    old.refresh_from_db()
    assert old.review == "replaced"
    assert ImportRow.objects.filter(review="waiting").count() == 1
    assert decide(editor, old, decision="confidential") == 409


def test_one_editor_does_not_change_what_is_published_by_a_decision(editor: Client, second: Client) -> None:
    service = hsds_service()
    send(editor, as_file(service), name="a.json")
    actions.commit_import(ImportRun.objects.get().pk)
    actions.publish([service["id"]])
    service |= {"name": "Shelter Namuna", "phones": [{"id": str(uuid4()), "number": "+998 00 000 66 66"}]}
    service["service_at_locations"] = [{"id": str(uuid4()), "location": marked_location()}]
    editor.post(send(editor, as_file(service), name="a.json")["Location"], {"commit": "yes"})
    row = ImportRow.objects.get(review="waiting")
    assert decide(editor, row, decision="confidential") == 409
    assert Service.objects.get().name == "Listening room Namuna"
    assert not SiteDecision.objects.exists()
    assert decide(second, row, decision="confidential") == 303
    assert Service.objects.get().name == "Shelter Namuna"


def test_the_queue_is_for_editors_and_comes_by_page(editor: Client, team: Team) -> None:
    rows = suspects(editor, *(f"Shelter {number}" for number in range(22)))
    with CaptureQueriesContext(connection) as captured:
        page = editor.get(REVIEW).content.decode()
    assert len(captured) < 15
    assert page.count("<article") == 20
    assert "after=" in page
    for person in (team.owner, team.administrator, team.supervisor):
        client = sign_in(Client(), person)
        assert client.get(REVIEW).status_code == 404
        assert client.post(f"{REVIEW}{rows[0].pk}/", {"decision": "dropped"}).status_code == 404
        assert client.get(f"{IMPORT}{rows[0].run_id}/report/").status_code == 404
    for odd in ("99999999999999", "0"):
        assert editor.post(f"{REVIEW}{odd}/", {"decision": "dropped"}).status_code == 404
    assert decide(editor, rows[0], decision="something") == 409
    assert rows[0].review == "waiting"


def test_what_an_empty_cell_means_is_asked_again_when_wished(editor: Client) -> None:
    page = send(editor, csv_file(ROW)).content.decode()
    address = re.search(r'action="(/directory/import/map/[^"]+)"', page)
    assert address
    assert 'name="empty_clears"' in page
    assert editor.post(address[1], chosen(page, empty_clears="on")).status_code == 303
    assert ImportSource.objects.get().empty_clears
    file = SimpleUploadedFile("list.csv", csv_file(ROW))
    again = editor.post(IMPORT, {"source": "list", "file": file, "ask_again": "on"}).content.decode()
    address = re.search(r'action="(/directory/import/map/[^"]+)"', again)
    assert address
    assert re.search(r'name="empty_clears"[^>]* checked', again)
    assert editor.post(address[1], chosen(again)).status_code == 303
    assert not ImportSource.objects.get().empty_clears


def test_the_mapping_serves_a_remembered_source(editor: Client) -> None:
    actions.import_hsds(csv_file(ROW), source="mine", mapping=MAPPING)
    assert send(editor, csv_file(ROW), source="mine").status_code == 400, "it is the operator's"
