"""The supervisor's pages of the access log, over HTTP, with real people and keys."""

import re
import uuid
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Agency
from accounts.views import log as log_views
from audit import notes, registry
from audit.actions import record_first
from audit.models import Entry, Log
from audit.verify_audit import Earlier, Verification
from tests.audit.tampering import flipped, refit
from tests.people import PASSWORD, Network, sign_in

registry.register("test.look", "Opened for a test")
pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(network: Network) -> Client:
    return sign_in(Client(), network.a.supervisor)


def look(network: Network, **changes: object) -> str:
    """Record that the owner opened something; return its id."""
    opened = str(uuid.uuid4())
    values = {"agency": network.a.agency.id, "actor": network.owner.id, "kind": "case", "object": opened}
    record_first("test.look", **{**values, **changes})  # type: ignore[arg-type]
    return opened


def text_of(client: Client, address: str, data: dict[str, str] | None = None) -> str:
    response = client.get(address) if data is None else client.post(address, data)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    return response.content.decode()


def size(agency: Agency) -> int:
    return Log.objects.get(pk=agency.id).size


def test_the_page_says_who_opened_what(network: Network, supervisor: Client) -> None:
    opened = look(network)
    look(network, outcome="denied", actor=None)
    page = text_of(supervisor, "/log/")
    assert "Owner of A" in page
    assert "Opened for a test" in page
    assert opened in page
    assert "Denied" in page
    assert "Nobody signed in" in page


def test_what_else_an_entry_says_is_in_words(network: Network, supervisor: Client) -> None:
    colleague, other = str(network.colleague.id), str(uuid.uuid4())
    look(network, detail={"person": colleague, "to": "edit", "last": other, "unheard_of": "12"})
    page = text_of(supervisor, "/log/")
    for words in (
        "Person: Colleague of A",
        "What it allows: May read and change",
        f"Last: {other[:8]}<",
        "unheard_of: 12",
    ):
        assert words in page
    assert colleague not in page.partition("<table")[2]
    assert other not in page


def test_reading_is_recorded_before_it_is_shown(network: Network, supervisor: Client) -> None:
    before = size(network.a.agency)
    page = text_of(supervisor, "/log/")
    assert size(network.a.agency) == before + 1
    assert "Access log read" in page


def test_only_supervisors_reach_it_and_others_find_nothing(network: Network) -> None:
    pages = ["/log/", "/log/verify/", "/log/export/", "/log/checkpoint/"]
    for person in (network.owner, network.a.administrator, network.a.custodian, network.a.analyst):
        client = sign_in(Client(), person)
        before = size(network.a.agency)
        for address in pages:
            answer = client.post(address)
            missing = client.post("/no/such/page/")
            assert (answer.status_code, answer.content) == (404, missing.content)
        assert client.get("/log/verifier/").status_code == 404
        assert size(network.a.agency) == before + 5, "each denied attempt is in the log"
    assert Client().get("/log/").status_code == 302


def test_another_agencys_log_is_not_there(network: Network) -> None:
    opened = look(network)
    assert opened not in text_of(sign_in(Client(), network.b.supervisor), "/log/")


def test_search_by_post(network: Network, supervisor: Client) -> None:
    wanted, other = look(network), look(network, actor=network.colleague.id)
    for data in ({"about": wanted}, {"only": wanted}, {"actor": str(network.owner.id)}):
        page = text_of(supervisor, "/log/", data)
        assert wanted in page
        assert other not in page
    denied = text_of(supervisor, "/log/", {"outcome": "denied"})
    assert wanted not in denied
    assert "Nothing found here" in denied
    wrong = text_of(supervisor, "/log/", {"about": "not a number"})
    assert 'aria-invalid="true"' in wrong or "field--wrong" in wrong


def test_older_entries(network: Network, supervisor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_views, "PER_PAGE", 2)
    opened = [look(network) for _ in range(4)]
    page = text_of(supervisor, "/log/")
    before = re.search(r'name="before" value="(\d+)"', page)
    assert before
    assert opened[3] in page
    assert opened[2] not in page
    assert "First page" not in page
    page = text_of(supervisor, "/log/", {"before": before.group(1)})
    assert opened[2] in page
    assert opened[3] not in page
    assert "First page" in page
    last = text_of(supervisor, "/log/", {"before": "2"})
    assert 'name="before"' not in last
    assert "First page" in last


def test_a_whole_log(network: Network, supervisor: Client) -> None:
    page = text_of(supervisor, "/log/verify/", {})
    assert "The log is whole" in page
    assert "next time the log is compared" in page
    look(network)
    page = text_of(supervisor, "/log/verify/", {})
    assert "The log is whole" in page
    assert "grew out of the one you saw last" in page


def test_a_changed_entry_is_named(network: Network, supervisor: Client) -> None:
    look(network)
    newest = size(network.a.agency)
    row = Entry.objects.filter(log=network.a.agency.id, seq=newest)
    row.update(body=flipped(row.get().body))
    page = text_of(supervisor, "/log/verify/", {})
    assert "Something does not fit" in page
    assert f"Entry {newest} was changed" in page


def test_a_past_made_to_fit_is_not_the_log_seen_before(network: Network, supervisor: Client) -> None:
    """Rows, hashes, head and checkpoints are consistent; only the supervisor's keyring knows better."""
    assert "The log is whole" in text_of(supervisor, "/log/verify/", {})
    agency = network.a.agency.id
    Log.objects.get(pk=agency).checkpoints.all().delete()
    Entry.objects.filter(log=agency, seq=2).update(body=flipped(Entry.objects.get(log=agency, seq=2).body))
    refit(agency)
    for _ in range(2):
        page = text_of(supervisor, "/log/verify/", {})
        assert "This is not the log you saw before" in page


def test_at_sign_in_the_supervisor_is_owed_a_proof(network: Network) -> None:
    def arrive() -> str:
        client = Client()
        answer = client.post("/sign-in/", {"name": "a.supervisor", "password": PASSWORD})
        assert answer.status_code == 302
        return answer.headers["Location"]

    for _ in range(2):
        assert "rewritten" not in arrive()
        look(network)
    agency = network.a.agency.id
    Log.objects.get(pk=agency).checkpoints.all().delete()
    Entry.objects.filter(log=agency, seq=2).update(body=flipped(Entry.objects.get(log=agency, seq=2).body))
    refit(agency)
    assert arrive() == "/log/rewritten/"
    assert arrive() == "/log/rewritten/", "the evidence is kept"
    page = text_of(sign_in(Client(), network.a.supervisor), "/log/rewritten/")
    assert "This is not the log you saw before" in page


def test_in_steps_with_and_without_htmx(
    network: Network, supervisor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        look(network)
    monkeypatch.setattr(log_views, "PER_STEP", 1 + size(network.a.agency) // 2)
    page = text_of(supervisor, "/log/verify/", {})
    token = re.search(r'name="progress" value="([^"]+)"', page)
    assert token
    assert "<progress" in page
    data = {"progress": token.group(1)}
    assert "The log is whole" in text_of(supervisor, "/log/verify/", data)
    part = supervisor.post("/log/verify/", data, headers={"HX-Request": "true"}).content.decode()
    assert "The log is whole" in part
    assert "<html" not in part


def test_download_and_verify_elsewhere(network: Network, supervisor: Client) -> None:
    # In the order of the page: a checkpoint taken after the log is ahead of it, and it would look cut.
    page = text_of(supervisor, "/log/")
    assert page.index('action="/log/checkpoint/"') < page.index('action="/log/export/"')
    note = supervisor.post("/log/checkpoint/").content
    look(network)
    response = supervisor.post("/log/export/")
    whole = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert re.fullmatch(
        r'attachment; filename="access-log-[\d-]+\.jsonl"', response.headers["Content-Disposition"]
    )
    assert Verification([Earlier(note)]).run(whole.splitlines(keepends=True)) == []
    assert notes.parse(note.decode()).origin == notes.origin_of(network.a.agency.id)
    at = whole.index(b'"body":"') + 40
    changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
    assert Verification().run(changed.splitlines(keepends=True))[0].line == 2
    program = supervisor.get("/log/verifier/").content
    assert program == (Path(log_views.verify_audit.__file__)).read_bytes()


def test_nothing_is_shown_when_the_log_fails(network: Network, supervisor: Client) -> None:
    opened = look(network)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_log SET size = size + 1")
    for answer in (supervisor.get("/log/"), supervisor.post("/log/export/")):
        assert answer.status_code == 503
        assert opened.encode() not in answer.content
