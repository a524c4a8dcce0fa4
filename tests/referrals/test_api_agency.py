"""An agency's own decisions through the API: emergencies, keeping, copies, duty, its places, who has left."""

from typing import Any
from uuid import uuid4

import pytest

from referrals.models import ExportSwitch
from services.models import AvailabilityReport
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.asking import Asker, fields_in
from tests.referrals.test_api_journey import new_case
from tests.referrals.test_left import remove, share

pytestmark = pytest.mark.django_db

PROBLEM = "urn:hamroh:problem:"


def test_two_people_open_a_case_in_an_emergency_and_two_keep_one_longer(network: Network) -> None:
    owner = Asker(network.owner, stepped_up=True)
    supervisor, custodian = (
        Asker(one, stepped_up=True) for one in (network.a.supervisor, network.a.custodian)
    )
    case = new_case(owner)
    reference = owner.get(f"cases/{case}/")["holding"]["reference"]

    # A supervisor looks whose case it is, and asks; a custodian releases; both once.
    looked = supervisor.do("emergencies/look/", {"reference": reference})
    assert looked == {"reference": reference, "caseworker": network.owner.display_name}
    for path in ("emergencies/look/", "emergencies/"):
        body = {"reference": "0000-0000"} | ({"reason": "danger"} if path == "emergencies/" else {})
        assert fields_in(supervisor.do(path, body, status=422)) == ["reference"]
        assert custodian.ask(path, body).status_code == 404
    asking = {"reference": reference, "reason": "danger"}
    plain = Asker(network.a.supervisor).do("emergencies/", asking, status=403)
    assert plain["type"] == f"{PROBLEM}step-up-needed"
    key = uuid4()
    [opening] = {supervisor.do("emergencies/", asking, status=201, key=key)["id"] for _ in range(2)}
    assert supervisor.do("emergencies/", asking, status=409)["type"] == f"{PROBLEM}someone-was-quicker"
    [told] = owner.get("needs-me/")["emergencies"]
    assert (told["reference"], told["asked_by"]) == (reference, network.a.supervisor.display_name)
    there = f"emergencies/{opening}/"
    supervisor.do(f"{there}release/", status=404)
    assert supervisor.do(f"{there}open/", status=409)["state"] == "asked"
    custodian.do(f"{there}release/", status=204)
    assert custodian.do(f"{there}refuse/", status=409)["state"] == "released"
    supervisor.get(f"cases/{case}/", status=404)
    assert supervisor.do(f"{there}open/", status=201) == {"id": case}
    assert supervisor.get(f"cases/{case}/")["holding"]["emergency"] is True
    assert [one["step"] for one in custodian.get("emergencies/")["results"]] == ["opened"]
    custodian.do(f"{there}end/", status=204)
    assert custodian.do(f"{there}end/", status=409)["state"] == "ended"
    supervisor.get(f"cases/{case}/", status=404)

    _keep_longer(owner, supervisor, case)


def _keep_longer(owner: Asker, supervisor: Asker, case: str) -> None:
    """Closed, a supervisor is asked to keep it, who sees that somebody asks and not why; then the years."""
    keeping = {"years": 2, "reason": "a court asks for it"}
    assert owner.do(f"cases/{case}/keep/", keeping, status=409)["type"] == f"{PROBLEM}wrong-state"
    owner.do(f"cases/{case}/close/", status=204)
    assert fields_in(owner.do(f"cases/{case}/keep/", {"years": 9}, status=422)) == ["years", "reason"]
    owner.do(f"cases/{case}/keep/", keeping, status=204)
    owner.do(f"cases/{case}/keep/", keeping, status=409)
    kept = supervisor.get("kept/")
    assert (kept["closed"], kept["version"], kept["standard"]) == (1, 0, 5)
    [waits] = kept["waiting"]
    assert (waits["case_id"], waits["lets_go"], waits["mine"]) == (case, False, False)
    assert "court" not in str(kept)
    agree = {"decision": "agree", "asked": waits["asked"]}
    stale = supervisor.do(f"kept/{case}/", agree | {"asked": "keep/2020-01-01"}, status=409)
    assert stale["type"] == f"{PROBLEM}someone-was-quicker"
    supervisor.do(f"kept/{case}/", agree, status=204)
    assert owner.get(f"cases/{case}/")["retention"]["is_held"] is True
    owner.do(f"cases/{case}/let-go/", status=204)
    [waits] = supervisor.get("kept/")["waiting"]
    supervisor.do(f"kept/{case}/", {"decision": "agree", "asked": waits["asked"]}, status=204)
    assert owner.get(f"cases/{case}/")["retention"]["is_held"] is False
    supervisor.do(f"kept/{case}/", agree, status=404)

    # Fewer years count at once; more wait for another.
    supervisor.do("kept/", {"version": 0, "standard": 3, "child": 10}, status=204)
    assert supervisor.do("kept/", {"version": 0, "standard": 2, "child": 9}, status=409)["version"] == 1
    assert fields_in(supervisor.do("kept/", {"version": 1, "standard": 99, "child": 10}, status=422)) == [
        "standard"
    ]
    supervisor.do("kept/", {"version": 1, "standard": 8, "child": 10}, status=204)
    kept = supervisor.get("kept/")
    assert (kept["version"], kept["standard"], kept["waiting_years"]["mine"]) == (1, 3, True)
    asked = kept["waiting_years"]["asked"]
    alone = supervisor.do("kept/years/", {"decision": "agree", "asked": asked}, status=409)
    assert alone["type"] == f"{PROBLEM}wrong-state"
    supervisor.do("kept/years/", {"decision": "refuse", "asked": asked}, status=204)
    assert supervisor.get("kept/")["waiting_years"] is None


def test_copies_take_two_people_and_are_files(network: Network) -> None:
    owner, supervisor, administrator = (
        Asker(one, stepped_up=True) for one in (network.owner, network.a.supervisor, network.a.administrator)
    )
    new_case(owner)
    owner.get("copies/", status=404)
    owner.do("copies/", {"what": "cases", "file_type": "csv"}, status=404)
    switch = {"role": "caseworker", "do": "ask"}
    for _ in range(2):
        supervisor.do("copies/switches/", switch, status=204)
    assert supervisor.do("copies/switches/", switch | {"do": "approve"}, status=409)["detail"]
    assert not ExportSwitch.objects.filter(approved_by__isnull=False).exists()
    [row, *_others] = administrator.get("copies/switches/")["results"]
    assert (row["role"], row["is_on"], row["may_approve"]) == ("caseworker", False, True)
    administrator.do("copies/switches/", switch | {"do": "approve"}, status=204)
    assert owner.get("copies/") == {"what": ["cases", "referrals"]}
    taking = {"what": "cases", "file_type": "csv"}
    assert fields_in(owner.do("copies/", taking | {"what": "statistics"}, status=422)) == ["what"]
    asked = Asker(network.owner).do("copies/", taking, status=403)
    assert asked["type"] == f"{PROBLEM}step-up-needed"
    file = owner.ask("copies/", taking)
    assert (file.status_code, file["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert file["Content-Disposition"].startswith("attachment;")
    assert "Lola" in file.content.decode()
    assert network.owner.display_name in file.content.decode()
    supervisor.do("copies/switches/", switch | {"do": "off"}, status=204)
    owner.get("copies/", status=404)


def test_the_desk_says_and_takes_back_what_it_has_and_who_is_there(network: Network) -> None:
    service = making.make_service(network.b.agency)
    desk, planner, caseworker = (
        Asker(one) for one in (network.b.intake, network.b.supervisor, network.owner)
    )
    url = f"services/{service.pk}/availability/"
    for places in (3, "2"):  # as a number, or as the page sends it
        desk.do(url, {"status": "capacity", "places": places}, status=204)
    [row] = desk.get("desk/")["results"]
    assert (row["service"], row["availability"]["places_free"]) == (str(service.pk), 2)
    for _ in range(2):
        desk.do(f"{url}undo/", {"report": row["undo"]}, status=204)
    [row] = desk.get("desk/")["results"]
    assert (row["availability"]["places_free"], row["undo"]) == (3, None)
    assert desk.do(f"{url}undo/", {"report": str(uuid4())}, status=409)["type"] == f"{PROBLEM}wrong-state"
    steps = desk.get(f"{url}history/")["results"]
    assert (steps[0]["status"], steps[0]["free"]) == ("capacity", 3)
    caseworker.do(f"{url}heard/", {"status": "no-capacity"}, status=204)
    newest = AvailabilityReport.objects.filter(service=service).latest("written_at")
    assert (newest.status, newest.source, newest.reported_by) == (
        "no-capacity",
        "phone_call",
        network.owner.pk,
    )

    key = uuid4()
    link = desk.do(f"{url}links/", {"days": 7}, status=201, key=key)
    assert desk.client.get(link["path"]).status_code == 200
    assert desk.do(f"{url}links/", {"days": 7}, status=409, key=key)["type"] == f"{PROBLEM}shown-once"
    assert fields_in(desk.do(f"{url}links/", {"days": 365}, status=422)) == ["days"]
    assert [one["id"] for one in desk.get(f"{url}links/")["results"]] == [link["id"]]
    for _ in range(2):
        desk.do(f"{url}links/{link['id']}/take-back/", status=204)
    assert desk.get(f"{url}links/")["results"] == []

    shift: dict[str, Any] = {
        "person": str(network.b.intake2.pk),
        "weekdays": ["0", "1", "2", "3", "4", "5", "6"],
        "starts": "00:00",
        "ends": "23:59",
    }
    assert fields_in(planner.do("duty/", shift | {"day": "2020-01-01"}, status=422)) == ["weekdays"]
    abroad = planner.do("duty/", shift | {"person": str(network.owner.pk)}, status=422)
    assert fields_in(abroad) == ["person"]
    desk.do("duty/", shift, status=404)
    for _ in range(2):  # the same shift twice is one shift
        planner.do("duty/", shift, status=204)
    roster = desk.get("duty/")
    assert [one["weekday"] for one in roster["shifts"]] == list(range(7))
    assert str(network.b.intake2.pk) in {one["person"] for one in roster["colleagues"]}
    planner.do(f"duty/{roster['shifts'][0]['id']}/drop/", status=204)
    assert len(desk.get("duty/")["shifts"]) == 6


def test_the_desk_goes_on_with_what_its_only_worker_left(network: Network) -> None:
    _, _, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake2), referral)
    remove(network, network.b.intake2, "b")
    owner, desk = Asker(network.owner, stepped_up=True), Asker(network.b.intake)
    sent, handed = f"referrals/{referral.pk}/", f"inbox/{referral.pk}/"
    assert (owner.get(sent)["nobody_works"], owner.get(sent)["key_waits"]) == (True, False)
    listed = desk.get("inbox/")
    assert ([one["sender"] for one in listed["left"]], listed["results"]) == (["Agency A"], [])
    body = {"version": owner.get(sent)["version"]}
    desk.do(f"{handed}take-up/", body, status=409)
    asked = Asker(network.owner).do(f"{sent}key/", body, status=403)
    assert asked["type"] == f"{PROBLEM}step-up-needed"
    desk.do(f"{sent}key/", body, status=404)
    key = uuid4()
    [version] = {owner.do(f"{sent}key/", body, key=key)["version"] for _ in range(2)}
    assert owner.do(f"{sent}key/", body, status=409)["type"] == f"{PROBLEM}someone-was-quicker"
    assert owner.get(sent)["key_waits"] is True
    listed = desk.get("inbox/")
    assert (listed["left"], [one["id"] for one in listed["results"]]) == ([], [str(referral.pk)])
    assert desk.get(handed)["identity"] is None
    key = uuid4()
    for _ in range(2):
        desk.do(f"{handed}take-up/", {"version": version}, key=key)
    assert desk.get(handed)["identity"]["alias"] == "Lola"
    assert (owner.get(sent)["nobody_works"], owner.get(sent)["key_waits"]) == (False, False)


def test_a_case_without_a_caseworker_gets_a_new_one(network: Network) -> None:
    case, other = (making.make_case(people.unlock(network.owner)) for _ in range(2))
    share(network, case, network.colleague)
    share(network, other, network.a.supervisor)
    remove(network, network.owner)
    supervisor, colleague = (Asker(one, stepped_up=True) for one in (network.a.supervisor, network.colleague))
    assert (supervisor.get("needs-me/")["left"], colleague.get("needs-me/")["left"]) == (True, False)
    colleague.get("left/", status=404)
    rows = {one["id"]: one for one in supervisor.get("left/")["results"]}
    assert [one["name"] for one in rows[str(case.pk)]["holders"]] == [network.colleague.display_name]
    assert "Lola" not in str(rows)
    named = {"person": str(network.colleague.pk)}
    assert named["person"] in {one["person"] for one in supervisor.get("left/")["colleagues"]}
    there, takes = f"left/{case.pk}/", f"cases/{case.pk}/successor/take/"
    colleague.do(there, named, status=404)
    colleague.do(takes, status=404)
    for person in (network.a.supervisor, network.outsider):
        assert fields_in(supervisor.do(there, {"person": str(person.pk)}, status=422)) == ["person"]
    asked = Asker(network.a.supervisor).do(there, named, status=403)
    assert asked["type"] == f"{PROBLEM}step-up-needed"
    for one in (case, other):
        supervisor.do(f"left/{one.pk}/", named, status=204)
    waits = {one["reference"]: one for one in colleague.get("needs-me/")["successions"]}
    assert {one["case_id"] for one in waits.values()} == {str(case.pk), None}
    assert {one["is_me"] for one in waits.values()} == {True}

    # Named and opening it: taken. Opening it, and a colleague is named: handed over.
    mine = colleague.do(f"cases/{case.pk}/successor/hand-over/", status=409)
    assert mine["type"] == f"{PROBLEM}wrong-state"
    key = uuid4()
    for _ in range(2):
        assert colleague.do(takes, status=201, key=key) == {"id": str(case.pk)}
    assert colleague.get(f"cases/{case.pk}/")["is_owner"] is True
    colleague.do(f"cases/{other.pk}/successor/take/", status=404)
    supervisor.do(f"cases/{other.pk}/successor/take/", status=404)
    offer = supervisor.do(f"cases/{other.pk}/successor/hand-over/", status=201)["id"]
    [waits] = supervisor.get("needs-me/")["successions"]
    assert (waits["case_id"], waits["is_offered"], waits["is_me"]) == (None, True, False)
    assert colleague.do(f"offers/{offer}/take/", status=201) == {"id": str(other.pk)}
    assert (supervisor.get("left/")["results"], supervisor.get("needs-me/")["left"]) == ([], False)
