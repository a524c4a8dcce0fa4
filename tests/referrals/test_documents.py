"""Documents of a case: what is taken, how it comes out again, who sees that there are any, and destroying."""

import logging
import re
import struct
import tempfile
import time
import zipfile
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.errors import Denied
from referrals import access, actions, documents, errors, grants
from referrals.codes import MOST_DOCUMENT_BYTES
from referrals.models import Case, CaseDocument, CaseItem, CaseUserPermission, DocumentHalf
from tests import people
from tests.people import Network
from tests.referrals import log, making
from tests.referrals.markers import marker
from tests.referrals.pages import client_of, filled, page, text
from tests.security.thief import dump, hits

pytestmark = pytest.mark.django_db


def office(*names: str, **held: bytes) -> bytes:
    """Return a zip with empty parts of these names; ``mimetype`` may hold something."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in names:
            archive.writestr(name, held.get(name, b""))
    return whole.getvalue()


ODT = b"application/vnd.oasis.opendocument.text"
TAKEN = {
    "pdf": making.PDF,
    "jpg": b"\xff\xd8\xff\xe0" + b"picture",
    "png": b"\x89PNG\r\n\x1a\n" + b"picture",
    "txt": "Справка — maʼlumotnoma, 3 < 5".encode(),
    "docx": office("[Content_Types].xml", "word/document.xml"),
    "xlsx": office("[Content_Types].xml", "xl/workbook.xml"),
    "odt": office("mimetype", "content.xml", mimetype=ODT),
}
REFUSED = {
    "empty": b"",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>',
    "html": b"\n\n <!DOCTYPE html><p>words",
    "html in utf-16": "<html>".encode("utf-16"),
    "script in a text": b"words <ScRiPt>x()</script>",
    "shell": b"#!/bin/sh\nrm -rf /",
    "program": b"MZ\x90\x00\x03",
    "elf": b"\x7fELF\x02\x01",
    "old word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "gif": b"GIF89a\x01\x00",
    "pdf that acts": making.PDF + b"<</S/JavaScript/JS(app.alert(1))>>",
    "pdf that acts while it plays": making.PDF + b"<</S/Rendition/OP 0/JS(app.alert(1))>>",
    "pdf that acts, escaped": making.PDF + b"<</S/J#61vaScript/JS(x)>>",
    "pdf that acts, escaped otherwise": making.PDF + b"<</S/#4Aava#53crip#74/JS(x)>>",
    "pdf with a file in it": making.PDF + b"<</Type/EmbeddedFile>>",
    "zip": office("readme.txt"),
    "broken zip": b"PK\x03\x04broken",
    "macros": office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "odt macros": office("mimetype", "content.xml", "Basic/Standard/Module1.xml", mimetype=ODT),
    "another opendocument": office("mimetype", "content.xml", mimetype=ODT + b"-master"),
    "too large": b"%PDF-" + b"0" * MOST_DOCUMENT_BYTES,
}


@pytest.mark.parametrize("kind", TAKEN)
def test_kind_is_known_by_content(kind: str) -> None:
    assert documents.kind_of(TAKEN[kind]) == kind


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_act_or_is_not_known_is_refused(name: str) -> None:
    with pytest.raises(errors.Invalid) as caught:
        documents.kind_of(REFUSED[name])
    assert set(caught.value.fields) == {"file"}


def upload(client: Client, case: Case, called: str, content: bytes, **answers: str):  # type: ignore[no-untyped-def]
    url = page("case_documents", case.id)
    file = SimpleUploadedFile(called, content, content_type="text/html")
    return client.post(url, filled(text(client, url)) | {"name": "", "file": file} | answers)


@pytest.fixture
def case(network: Network) -> Case:
    return making.make_case(people.unlock(network.owner))


def test_ten_megabytes_that_are_dear_to_look_at_are_looked_at_quickly() -> None:
    """Escapes took eleven seconds, a list of two hundred thousand parts five: a few held up everybody."""
    first, part = b"PK\3\4" + b"\0" * 26, b"PK\1\2" + b"\0" * 24 + b"\1" + b"\0" * 17 + b"a"
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 3392, 3392, len(part) * 200_000, len(first), 0)
    before = time.process_time()
    assert documents.kind_of(making.PDF + b"#41" * 3_400_000) == "pdf"
    with pytest.raises(errors.Invalid):
        documents.kind_of(first + part * 200_000 + end)
    assert time.process_time() - before < 2


def test_a_document_comes_out_as_it_came_in_and_the_log_knows_it_first(network: Network, case: Case) -> None:
    owner = people.step_up(client_of(network.owner))
    content = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4000
    assert upload(owner, case, "C:\\scans\\certificate.html", content).status_code == 303
    shown = text(owner, page("case", case.id))
    assert "certificate" in shown
    assert network.owner.display_name in shown
    [item] = making.edit(people.unlock(network.owner), case).documents()
    answer = owner.get(page("case_document", case.id, item.id))
    assert answer.content == content
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="document.png"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    [body] = log.newest(network.a)
    assert (body.action, body.outcome) == ("document.download", "allowed")
    assert body.detail == {"document": str(item.id)}
    # Whoever finds the screen open later confirms first, and goes on at the case: at a file they would stay
    # where the password is asked. The link says nothing of a download: the browser would keep that page.
    asked = client_of(network.owner).get(page("case_document", case.id, item.id))
    assert asked["Location"] == f"/confirm/?next={page('case', case.id)}%23documents"
    [link] = re.findall(rf'<a [^>]*href="{page("case_document", case.id, item.id)}"[^>]*>', shown)
    assert "download" not in link.replace('data-test="download"', "")
    history = [one.content.action for one in making.edit(people.unlock(network.owner), case).history()]
    assert history.count("document.download") == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_file_stands_in_the_database_the_temporary_folder_or_the_output(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    network = people.get_network()
    case = making.make_case(people.unlock(network.owner))
    words = {name: marker(name) for name in ("kept", "kept.name", "refused", "refused.name", "asked.again")}
    owner = client_of(network.owner)
    whole = (words["kept"] * 250_000).encode()  # more than Django keeps in memory unless told so
    assert 2_621_440 < len(whole) < MOST_DOCUMENT_BYTES
    assert upload(owner, case, f"{words['kept.name']}.txt", whole).status_code == 303
    refused = upload(owner, case, f"{words['refused.name']}.svg", f"<svg>{words['refused']}".encode())
    assert refused.status_code == 422
    again = upload(owner, case, f"{words['asked.again']} AA1234567.txt", b"x")
    assert again.status_code == 422
    [item] = making.edit(people.unlock(network.owner), case).documents()
    assert people.step_up(owner).get(page("case_document", case.id, item.id)).content == whole
    printed = "\n".join(capfd.readouterr()) + caplog.text
    assert hits(words, {"database": dump(), "output": printed.encode()}) == []
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_too_large_is_refused_and_what_was_typed_stays(network: Network, case: Case) -> None:
    owner = client_of(network.owner)
    for size in (MOST_DOCUMENT_BYTES + 1, 20 * 1024 * 1024 + 1):  # read and measured; never taken at all
        answer = upload(owner, case, "scan.pdf", b"%PDF-" + b"0" * size, name="court paper")
        assert answer.status_code == 422
        shown = answer.content.decode()
        assert "larger than 10 MB" in shown
        assert 'value="court paper"' in shown
    assert not CaseDocument.objects.exists()


def test_a_file_name_is_screened_like_every_free_text(network: Network, case: Case) -> None:
    owner = client_of(network.owner)
    asked = upload(owner, case, "паспорт АА 1234567.txt", b"words")
    shown = asked.content.decode()
    assert "looks like a passport number" in shown
    assert "Choose the file again" in shown
    assert not CaseDocument.objects.exists()
    file = SimpleUploadedFile("x.txt", b"words")
    kept = owner.post(page("case_documents", case.id), filled(shown) | {"name": "AA1234567", "file": file})
    assert kept.status_code == 303


def test_a_share_without_documents_does_not_see_that_there_are_any(network: Network, case: Case) -> None:
    owner = people.unlock(network.owner)
    bare = making.make_case(owner, card=making.CARD)
    document = making.add_document(owner, case, name="Zertifikat")
    for one in (case, bare):
        actions.share_case(
            unlocked=owner, opened=making.edit(owner, one), person=network.colleague, to="edit"
        )
    colleague = people.step_up(client_of(network.colleague))
    with_one, without = (text(colleague, page("case", one.id)) for one in (case, bare))
    for shown in (with_one, without):
        assert "Zertifikat" not in shown
        assert 'data-test="documents"' not in shown
        assert "Documents" not in shown
    # What is there is answered as what is not, by page and by door.
    nowhere = uuid4()
    for name in ("case_document", "case_document_delete"):
        there = colleague.get(page(name, case.id, document))
        missing = colleague.get(page(name, case.id, nowhere))
        assert (there.status_code, there.content) == (404, missing.content)
    assert colleague.get(page("case_documents", case.id)).status_code == 404
    opened = making.edit(people.unlock(network.colleague), case)
    assert opened.documents() == []
    assert not any(one.content.action.startswith("document.") for one in opened.history())
    with pytest.raises(Denied):
        access.document_for(people.unlock(network.colleague), opened, document)
    with pytest.raises(Denied):
        actions.add_document(
            unlocked=people.unlock(network.colleague), opened=opened, name="x", content=making.PDF
        )
    # The same share with them.
    actions.share_case(
        unlocked=owner, opened=making.edit(owner, case), person=network.colleague, to="view", documents=True
    )
    colleague = people.step_up(client_of(network.colleague))
    assert "Zertifikat" in text(colleague, page("case", case.id))
    assert colleague.get(page("case_document", case.id, document)).content == making.PDF
    assert colleague.get(page("case_document_delete", case.id, document)).status_code == 404  # may read only


def test_a_document_of_another_case_is_not_there(network: Network, case: Case) -> None:
    owner = people.unlock(network.owner)
    other = making.make_case(owner)
    document = making.add_document(owner, other)
    client = people.step_up(client_of(network.owner))
    assert client.get(page("case_document", case.id, document)).status_code == 404
    assert client.get(page("case_document", other.id, document)).status_code == 200
    # A permission for documents that somebody wrote in by hand from another one opens nothing.
    row = CaseUserPermission.objects.filter(permission__codename=grants.VIEW_DOCUMENTS)
    first, second = row.get(content_object=case), row.get(content_object=other)
    row.filter(pk=first.pk).update(wrapped_key=second.wrapped_key, signature=second.signature)
    assert client.get(page("case", case.id)).status_code == 404


def test_destroying_asks_once_and_leaves_nothing(network: Network, case: Case) -> None:
    unlocked = people.unlock(network.owner)
    document = making.add_document(unlocked, case, name="old paper")
    kept = making.add_document(unlocked, case, name="new paper")
    client = people.step_up(client_of(network.owner))
    url = page("case_document_delete", case.id, document)
    asked = text(client, url)
    assert "old paper" in asked
    form = filled(asked)
    for _again in range(2):
        assert client.post(url, form).status_code == 303
    assert client.get(page("case_document", case.id, document)).status_code == 404
    assert [item.id for item in making.edit(unlocked, case).documents()] == [kept]
    assert not DocumentHalf.objects.filter(document_id=document).exists()
    assert not CaseItem.objects.filter(pk=document).exists()
    assert "document.delete" in {body.action for body in log.newest(network.a, 9)}


def test_the_same_form_sent_twice_keeps_one(network: Network, case: Case) -> None:
    client = client_of(network.owner)
    url = page("case_documents", case.id)
    form = filled(text(client, url))
    for _again in range(2):
        file = SimpleUploadedFile("paper.pdf", making.PDF)
        assert client.post(url, form | {"name": "paper", "file": file}).status_code == 303
    assert CaseDocument.objects.count() == 1
