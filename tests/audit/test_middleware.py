"""Denied attempts survive the rollback; where the log fails nothing is shown."""

import uuid
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from audit import segments
from audit.actions import open_log
from audit.entries import Body, open_body
from audit.models import Entry, Log
from tests.audit.conftest import Auditors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.audit.urls")]


def bodies(agency: UUID, auditors: Auditors) -> list[Body]:
    found = []
    for row in Entry.objects.filter(log=agency).order_by("seq").select_related("segment"):
        key = segments.open_key(row.segment, auditors.pairs[agency][0])
        epoch = row.segment.auditor_epoch
        found.append(
            open_body(key, row.body, agency=agency, segment=row.segment_id, epoch=epoch, seq=row.seq)
        )
    return found


def test_a_denied_attempt_survives_the_rollback(client: Client, log: UUID, auditors: Auditors) -> None:
    response = client.get(f"/denied/{log}/")
    assert response.status_code == 404
    assert Log.objects.count() == 1, "the change was not rolled back"
    assert [body.outcome for body in bodies(log, auditors)] == ["denied"]


def test_the_api_records_denied_attempts_too(client: Client, log: UUID, auditors: Auditors) -> None:
    response = client.get(f"/api/denied/{log}/")
    assert (response.status_code, response.json()["status"]) == (404, 404)
    assert [body.outcome for body in bodies(log, auditors)] == ["denied"]
    auditors.pairs.clear()
    assert client.get(f"/api/denied/{log}/").status_code == 503


def test_a_denied_page_is_the_missing_page(client: Client, log: UUID) -> None:
    denied, missing = client.get(f"/denied/{log}/"), client.get("/no/such/page/")
    assert (denied.status_code, denied.content) == (missing.status_code, missing.content)
    assert denied.headers == missing.headers


def test_a_strangers_attempt_goes_to_the_sites_own_log(client: Client, log: UUID, auditors: Auditors) -> None:
    later = uuid.uuid4()
    auditors.new_epoch(later)
    open_log(agency=later)
    assert client.get("/stranger/").status_code == 404
    assert [row.log_id for row in Entry.objects.all()] == [log]


def test_a_denied_attempt_that_cannot_be_recorded_is_no_404(client: Client, agency: UUID) -> None:
    assert client.get(f"/denied/{agency}/").status_code == 503
    assert client.get("/stranger/").status_code == 503


def test_the_entries_of_one_click_share_an_id(client: Client, log: UUID, auditors: Auditors) -> None:
    client.get(f"/page/{log}/")
    client.get(f"/page/{log}/")
    first, second, third, fourth = (body.request for body in bodies(log, auditors))
    assert first == second != third == fourth
    assert first.isalnum()


@pytest.mark.parametrize("broken", ["head row does not fit", "no table", "no auditor"])
def test_nothing_is_shown_when_the_log_fails(
    client: Client, log: UUID, auditors: Auditors, broken: str
) -> None:
    assert b"what the case says" in client.get(f"/page/{log}/").content
    table, aside = Entry._meta.db_table, "audit_entry_put_aside"
    if broken == "head row does not fit":
        Log.objects.update(size=99)
    elif broken == "no auditor":
        auditors.pairs.clear()
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} RENAME TO {aside}")
    try:
        response = client.get(f"/page/{log}/")
        denied = client.get(f"/denied/{log}/")
    finally:
        if broken == "no table":
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER TABLE {aside} RENAME TO {table}")
    for answer in (response, denied):
        assert answer.status_code == 503
        assert b"what the case says" not in answer.content
        assert answer.headers["Cache-Control"] == "no-store"
