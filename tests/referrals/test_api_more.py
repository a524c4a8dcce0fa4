"""The rest of the pages through the API: follow-up, documents, less of a consent, hand-overs, erasing.

The main job: test_api_journey.py.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from referrals import entries
from referrals.models import Case, CaseDocument, ServiceFeedback
from services.models import AvailabilityReport
from tests.people import Network
from tests.referrals import log, making
from tests.referrals.asking import Asker, fields_in
from tests.referrals.test_api_journey import new_case

pytestmark = pytest.mark.django_db

PROBLEM = "urn:hamroh:problem:"


@pytest.fixture
def owner(network: Network) -> Asker:
    return Asker(network.owner, stepped_up=True)


def test_follow_up_closing_reopening_and_erasing(network: Network, owner: Asker) -> None:
    case = new_case(owner)
    there = f"cases/{case}/"
    today = timezone.localdate()
    key = uuid4()
    for _ in range(2):
        owner.do(f"{there}tasks/", {"text": "ask about school", "due_on": str(today)}, status=204, key=key)
    owner.do(f"{there}tasks/", {"text": "call the clinic", "due_on": str(today)}, status=204)
    wrong = {"text": "x", "due_on": str(today - timedelta(days=1))}
    assert fields_in(owner.do(f"{there}tasks/", wrong, status=422)) == ["due_on"]
    [due] = owner.get("needs-me/")["results"]
    assert (due["kind"], due["case_id"], due["alias"], due["count"]) == ("task", case, "Lola", 2)
    kept = owner.get(there)["follow_up"]
    first, second = kept["tasks"]
    later = {"version": kept["version"], "due_on": str(today + timedelta(days=3))}
    moved = owner.do(f"{there}tasks/{first['id']}/", later, method="patch")
    stale = owner.do(f"{there}tasks/{first['id']}/", later, method="patch", status=409)
    assert (stale["type"], stale["version"]) == (f"{PROBLEM}someone-was-quicker", moved["version"])
    owner.do(f"{there}tasks/{first['id']}/done/", status=204)
    owner.do(f"{there}tasks/{first['id']}/done/", status=404)
    owner.do(f"{there}tasks/{second['id']}/delete/", status=204)
    for _ in range(2):
        owner.do(f"{there}contact/", status=204)
    kept = owner.get(there)["follow_up"]
    assert kept["last_contact_on"] == str(today)
    assert [(one["text"], one["done_on"]) for one in kept["tasks"]] == [("ask about school", str(today))]
    assert owner.get("needs-me/")["results"] == []

    owner.do(f"{there}close/", {"done": "a job was found", "agreed": "yes"}, status=204)
    assert owner.get("cases/")["results"] == []
    [row] = owner.get("cases/closed/")["results"]
    assert (row["id"], row["is_open"]) == (case, False)
    owner.do(f"{there}tasks/", {"text": "x", "due_on": str(today)}, status=409)
    assert fields_in(owner.do(f"{there}reopen/", status=422)) == ["reason"]
    owner.do(f"{there}reopen/", {"reason": "came_back"}, status=204)
    [closing] = owner.get(there)["closings"]
    assert (closing["done"], closing["agreed"], closing["reopen_reason"]) == (
        "a job was found",
        "yes",
        "came_back",
    )

    erase = f"{there}erase/"
    asked = Asker(network.owner).do(erase, {"alias": "Lola"}, status=403)
    assert asked["type"] == f"{PROBLEM}step-up-needed"
    assert fields_in(owner.do(erase, {"alias": "Gul"}, status=422)) == ["alias"]
    key = uuid4()
    for _ in range(2):  # repeated after a lost answer: the case is gone, and the answer is the same
        owner.do(erase, {"alias": " lola"}, status=204, key=key)
    assert not Case.objects.exists()
    owner.get(there, status=404)


def upload(owner: Asker, path: str, content: bytes, *, key: Any = None, **fields: Any) -> Any:
    """Send a file as a form does."""
    file = SimpleUploadedFile("certificate.pdf", content)
    headers = {"Idempotency-Key": str(key or uuid4())}
    return owner.client.post(f"/api/v1/{path}", {"file": file, **fields}, headers=headers)


def test_a_document_comes_in_once_goes_out_as_it_was_and_is_destroyed(network: Network, owner: Asker) -> None:
    case = new_case(owner)
    there = f"cases/{case}/documents/"
    key = uuid4()
    made = [upload(owner, there, making.PDF, key=key, name="certificate") for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201]
    assert made[0].json() == made[1].json()
    other = upload(owner, there, making.PDF + b"%", key=key, name="certificate")
    assert other.json()["type"] == f"{PROBLEM}key-used-elsewhere"
    [about] = owner.get(f"cases/{case}/")["documents"]
    assert (about["name"], about["kind"], about["size"]) == ("certificate", "pdf", len(making.PDF))
    assert set(about) == {"id", "name", "kind", "size", "added_at"}  # never what opens it
    url = f"{there}{about['id']}/"
    file = owner.client.get(f"/api/v1/{url}")
    assert (file.content, file["Cache-Control"]) == (making.PDF, "no-store")
    assert file["Content-Disposition"] == 'attachment; filename="document.pdf"'
    assert Asker(network.owner).get(url, status=403)["type"] == f"{PROBLEM}step-up-needed"

    for content, fields, names in (
        (b"MZ\x90\x00", {}, ["file"]),
        (making.PDF, {"name": "passport AA1234567"}, ["file", "name"]),
        (making.PDF, {"nam": "Gulnora"}, ["#"]),
    ):
        wrong = upload(owner, there, content, **fields)
        assert (wrong.status_code, sorted(fields_in(wrong.json()))) == (422, names)
        assert b"Gulnora" not in wrong.content
    owner.do(there, {"name": "x"}, status=415)
    assert upload(owner, there, b"%PDF-" + b"0" * (20 * 1024 * 1024)).status_code == 413
    outsider = Asker(network.outsider)
    assert upload(outsider, there, making.PDF).status_code == 404
    owner.do(f"{url}delete/", status=204)
    assert not CaseDocument.objects.exists()


def test_less_of_a_consent_what_was_told_feedback_and_a_colleague_at_the_desk(
    network: Network, owner: Asker
) -> None:
    service = making.make_service(network.b.agency)
    case = new_case(owner)
    owner.do(f"cases/{case}/sections/card/", {"version": 2, "statistics_consent": True}, method="patch")
    consent = owner.decide(case, service.pk)
    sending = {"urgency": "urgent", "how_to_reach_worker": "desk", "household_size": 3, "duty_known": True}
    referral = owner.do(f"cases/{case}/consents/{consent}/send/", sending, status=201)["id"]
    desk, second = Asker(network.b.intake, stepped_up=True), Asker(network.b.intake2)
    url = f"inbox/{referral}/"
    assert desk.get(f"{url}assign/") == {"colleagues": []}
    desk.do(f"{url}claim/", {"version": 1})
    desk.do(f"{url}accept/", {"version": 2})

    # Who else is at the desk is told who has it, and nothing of what it is.
    handed = second.get(url)
    name = network.b.intake.display_name
    assert (handed["state"], handed["handed"]) == ("accepted", f"{name} works with her.")
    assert [handed[part] for part in ("opaque", "identity", "contact", "version")] == [None] * 4
    slower = second.do(f"{url}start/", {"version": 3}, status=409)
    assert (slower["type"], slower["state"]) == (f"{PROBLEM}someone-was-quicker", "accepted")
    assert name in slower["detail"]

    # She takes a part back: what was sent is cut.
    narrow = f"cases/{case}/consents/{consent}/narrow/"
    for body in ({"left": []}, {"left": ["phone"]}, {"left": ["name"]}):
        assert fields_in(owner.do(narrow, body, status=422)) == ["left"], body
    owner.do(narrow, {"left": ["age_band", "alias", "phone", "safe_contact"]}, status=204)
    assert "household_size" not in desk.get(url)["identity"]
    told = owner.get(f"cases/{case}/disclosures/")["results"]
    assert {one["title"] for one in told} == {
        "She agreed",
        "A referral was sent",
        "They said yes",
        "She took a part back",
    }
    assert all(one["day"] == str(timezone.localdate()) and one["at"] for one in told)
    assert log.newest(network.a)[0].action == entries.DISCLOSURES_VIEWED.name

    # One at the desk gives it to the other.
    people = desk.get(f"{url}assign/")["colleagues"]
    assert str(network.b.intake2.pk) in [one["person"] for one in people]
    given = {"version": desk.get(url)["version"], "person": str(network.b.intake2.pk)}
    asked = Asker(network.b.intake).do(f"{url}assign/", given, status=403)
    assert asked["type"] == f"{PROBLEM}step-up-needed"
    nobody = desk.do(f"{url}assign/", given | {"person": str(network.owner.pk)}, status=422)
    assert fields_in(nobody) == ["person"]
    version = desk.do(f"{url}assign/", given)["version"]
    assert desk.get(url)["handed"]
    assert second.get(url)["identity"]["alias"] == "Lola"
    for step, more in (("start", {}), ("deliver", {"outcome": "service_received"})):
        version = second.do(f"{url}{step}/", {"version": version, **more})["version"]

    # She is asked, then what she said of the service is added up.
    feedback, answers = f"referrals/{referral}/feedback/", {"reached": "yes", "safe": "no"}
    assert owner.do(feedback, answers, status=409)["type"] == f"{PROBLEM}wrong-state"
    owner.do(f"referrals/{referral}/asked/", {"version": version, "answer": "yes"})
    assert owner.get(f"referrals/{referral}/")["may_give_feedback"] is True
    assert fields_in(owner.do(feedback, status=422)) == ["reached"]
    owner.do(feedback, answers, status=204)
    assert {(one.question, one.yes, one.no) for one in ServiceFeedback.objects.all()} == {
        ("reached", 1, 0),
        ("safe", 0, 1),
    }
    assert owner.get(f"referrals/{referral}/")["may_give_feedback"] is False


def test_a_case_is_offered_taken_back_declined_and_taken(network: Network, owner: Asker) -> None:
    case = new_case(owner)
    offering = f"cases/{case}/transfer/"
    colleague = Asker(network.colleague, stepped_up=True)
    to_her = {"person": str(network.colleague.pk)}
    plain = Asker(network.owner).do(offering, to_her, status=403)
    assert plain["type"] == f"{PROBLEM}step-up-needed"
    abroad = owner.do(offering, {"person": str(network.outsider.pk)}, status=422)
    assert fields_in(abroad) == ["person"]

    def offer() -> str:
        made: str = owner.do(offering, to_her, status=201)["id"]
        return made

    first = offer()
    owner.do(offering, to_her, status=409)
    assert [one["id"] for one in colleague.get("offers/")["to_me"]] == [first]
    assert [one["outcome"] for one in owner.get("offers/")["mine"]] == ["waiting"]
    owner.do(f"{offering}take-back/", status=204)
    late = colleague.do(f"offers/{first}/take/", status=409)
    assert (late["type"], late["state"]) == (f"{PROBLEM}ended", "over")
    second = offer()
    owner.do(f"offers/{second}/take/", status=404)
    # An answer given twice, also with another key: nothing is done twice, and it says how it stands.
    for _ in range(2):
        colleague.do(f"offers/{second}/decline/", status=204)
    assert colleague.do(f"offers/{second}/take/", status=409)["state"] == "declined"
    third = offer()
    colleague.get(f"cases/{case}/", status=404)
    key = uuid4()
    for once in (key, key, uuid4()):
        assert colleague.do(f"offers/{third}/take/", status=201, key=once) == {"id": case}
    assert colleague.do(f"offers/{third}/decline/", status=409)["state"] == "taken"
    # Whom it was not made to learns nothing: what has ended is what was never there.
    for stranger in (owner, Asker(network.a.supervisor), Asker(network.outsider)):
        ended, missing = (stranger.ask(f"offers/{one}/take/") for one in (third, uuid4()))
        assert (ended.status_code, ended.content) == (404, missing.content)
    assert colleague.get(f"cases/{case}/")["is_owner"] is True
    owner.get(f"cases/{case}/", status=404)
    mine = owner.get("offers/")["mine"]
    assert {(one["outcome"], one["case_id"]) for one in mine} == {("taken", None), ("declined", case)}


def test_the_desk_says_how_much_room_it_has(network: Network) -> None:
    service = making.make_service(network.b.agency)
    before = AvailabilityReport.objects.filter(service=service).count()
    desk, key = Asker(network.b.intake), uuid4()
    url = f"services/{service.pk}/availability/"
    for _ in range(2):
        desk.do(url, {"status": "capacity", "places": "3"}, status=204, key=key)
    assert AvailabilityReport.objects.filter(service=service).count() == before + 1
    service.refresh_from_db()
    assert service.latest_report is not None
    assert service.latest_report.places_free == 3
    yesterday = str(timezone.localdate() - timedelta(days=1))
    for body, names in (
        ({"status": "never"}, ["status"]),
        ({"status": "temporarily-closed", "opens_again": yesterday}, ["opens_again"]),
        ({"status": "capacity", "place": "3"}, ["#"]),
    ):
        assert fields_in(desk.do(url, body, status=422)) == names
    elsewhere = making.make_service(network.a.agency, name="Elsewhere")
    desk.do(f"services/{elsewhere.pk}/availability/", {"status": "capacity"}, status=404)
    Asker(network.owner).do(url, {"status": "capacity"}, status=404)
