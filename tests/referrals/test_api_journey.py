"""The whole main job through the API alone, as a partner's program would do it, and each refusal."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from referrals.models import DoneOnce, Referral, UnmetNeed
from services.models import Service
from tests.people import Network
from tests.referrals import making
from tests.referrals.asking import SENDING, Asker, fields_in

pytestmark = pytest.mark.django_db

NEW = {"alias": "Lola", "age_band": "26-40", "sex": "female", "language": "uz"}
CONTACT = {"phone": "+998 00 111 22 33", "channel": "call", "hours": "after nine", "safe_word": "apricot"}


@pytest.fixture
def service(network: Network) -> Service:
    return making.make_service(network.b.agency)


@pytest.fixture
def owner(network: Network) -> Asker:
    return Asker(network.owner, stepped_up=True)


@pytest.fixture
def desk(network: Network) -> Asker:
    return Asker(network.b.intake)


def new_case(owner: Asker, **answers: Any) -> str:
    made: str = owner.do("cases/", NEW | answers, status=201)["id"]
    owner.do(f"cases/{made}/sections/contact/", CONTACT | {"version": "1-1"}, method="patch")
    return made


def refused(asker: Asker, path: str, body: Any, status: int, code: str, **how: Any) -> Any:
    """Make a mistake; return the problem, after looking at what every one of them has."""
    response = asker.ask(path, body, **how)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json"), path
    said = response.json()
    assert (said["type"], said["status"]) == (f"urn:hamroh:problem:{code}", status), said
    assert said["title"]
    assert said["detail"]
    return said


@pytest.mark.django_db(transaction=True)  # the log is written outside of every change's transaction
def test_a_whole_caseload_by_two_programs_with_the_mistakes_they_make(
    network: Network, service: Service
) -> None:
    """From signing in to reopening the case; each of the two with a session of its own, from the pages."""
    owner, desk = (Asker.through_the_door(one) for one in (network.owner, network.b.intake))
    case = _open_and_fill(owner, desk)
    referral = _send_once(owner, desk, case, service)
    _work_on_it(owner, desk, referral)
    owner.do(f"referrals/{referral}/feedback/", {"reached": "yes", "safe": "yes"}, status=204)
    refused(owner, f"referrals/{referral}/feedback/", {"reached": "yes"}, 409, "wrong-state")
    owner.do(f"cases/{case}/close/", status=204)
    assert owner.get(f"cases/{case}/")["is_open"] is False
    refused(owner, f"cases/{case}/notes/", {"text": "too late"}, 409, "wrong-state")
    owner.do(f"cases/{case}/reopen/", {"reason": "came_back"}, status=204)
    owner.do(f"cases/{case}/notes/", {"text": "she came back"}, status=204)
    for asker in (owner, desk):  # who leaves leaves nothing open
        asker.client.post("/exit/", headers=asker.proof())
        assert asker.client.get(f"/api/v1/cases/{case}/").status_code == 401


def _open_and_fill(owner: Asker, desk: Asker) -> str:
    assert fields_in(refused(owner, "cases/", NEW | {"alias": ""}, 422, "not-right")) == ["alias"]
    unproven = owner.client.post("/api/v1/cases/", NEW, content_type="application/json")
    assert unproven.json()["type"] == "urn:hamroh:problem:forgery-proof-missing"
    case = new_case(owner)
    refused(desk, f"cases/{case}/notes/", {"text": "x"}, 404, "not-there")
    versions = owner.get(f"cases/{case}/")["versions"]
    assert versions["contact"] == "2-2"
    card = {"version": versions["card"], "children": 2, "child_bands": ["0-11"], "statistics_consent": True}
    assert owner.do(f"cases/{case}/sections/card/", card, method="patch") == {"version": "3"}
    stale = refused(owner, f"cases/{case}/sections/card/", card, 409, "someone-was-quicker", method="patch")
    assert stale["version"] == "3"
    owner.do(f"cases/{case}/sections/plan/", {"version": 1, "safety_plan": "the green bag"}, method="patch")
    key = uuid4()
    owner.do(f"cases/{case}/notes/", {"text": "she called back"}, status=204, key=key)
    refused(owner, f"cases/{case}/notes/", {"text": "another"}, 422, "key-used-elsewhere", key=key)
    known = owner.get(f"cases/{case}/")
    # What was left out of a change stayed as it was.
    assert (known["card"]["alias"], known["card"]["children"]["count"]) == ("Lola", 2)
    assert known["contact"]["safe_word"] == "apricot"
    assert (known["is_owner"], known["may_edit"]) == (True, True)
    assert [one["text"] for one in known["notes"]] == ["she called back"]
    assert owner.get(f"cases/{case}/reach/")["numbers"] == {"phone": CONTACT["phone"]}
    return case


def _send_once(owner: Asker, desk: Asker, case: str, service: Service) -> str:
    """Nothing leaves before she has heard it, and nothing twice."""
    [place] = owner.do(f"cases/{case}/places/", {"service_type": "safe_house"})["results"]
    assert (place["service"], place["can_refer"]) == (str(service.pk), True)
    consent = owner.decide(case, service.pk)
    sending = f"cases/{case}/consents/{consent}/send/"
    unread = SENDING | {"duty_known": False}
    assert fields_in(refused(owner, sending, unread, 422, "not-right")) == ["duty_known"]
    referral: str = owner.do(sending, SENDING, status=201)["id"]
    refused(owner, sending, SENDING, 409, "already-sent")
    row = desk.get("inbox/")["results"][0]
    assert (row["id"], row["state"], row["identity"]) == (referral, "sent", None)
    refused(owner, f"referrals/{referral}/asked/", {"version": 1, "answer": "yes"}, 409, "wrong-state")
    return referral


def _work_on_it(owner: Asker, desk: Asker, referral: str) -> None:
    """The desk's part, and what the caseworker answers meanwhile."""

    def step(code: str, **answers: Any) -> None:
        """Take a step from what is read, and see that the answer is what stands then."""
        version = desk.get(f"inbox/{referral}/")["version"]
        said = desk.do(f"inbox/{referral}/{code}/", {"version": version, **answers})
        after = desk.get(f"inbox/{referral}/")["version"]
        assert said["version"] == str(after if after is not None else version + 1)

    refused(desk, f"inbox/{referral}/accept/", {"version": 1}, 409, "wrong-state")
    step("claim")
    refused(desk, f"inbox/{referral}/claim/", {"version": 1}, 409, "someone-was-quicker")
    step("release")
    step("claim")
    step("ask", question="household_size")
    assert desk.get(f"inbox/{referral}/")["question"] == "household_size"
    asked = owner.get(f"referrals/{referral}/")
    assert asked["state"] == "needs_info"
    answer = {"version": asked["version"], "answer": "told", "household_size": 4}
    owner.do(f"referrals/{referral}/answer/", answer)
    assert desk.get(f"inbox/{referral}/")["answer"]["household_size"] == 4
    step("claim")
    step("accept")
    told = desk.get(f"inbox/{referral}/")
    assert told["identity"]["phone"] == CONTACT["phone"]
    assert told["contact"]["safe_word"] == "apricot"
    when = (timezone.now() + timedelta(days=2)).isoformat()
    step("appoint", starts_at=when, ask_for="second door")
    step("start")
    assert desk.get(f"inbox/{referral}/")["meeting"]["ask_for"] == "second door"
    sent = owner.get(f"referrals/{referral}/")
    assert (sent["meeting"]["ask_for"], sent["contact"]["hours"]) == ("second door", "after nine")
    assert fields_in(refused(desk, f"inbox/{referral}/deliver/", {"version": 9}, 422, "not-right")) == [
        "outcome"
    ]
    step("deliver", outcome="service_received")
    _ask_her(owner, referral, lambda: step("deliver", outcome="partly"))
    assert desk.get(f"inbox/{referral}/")["state"] == "closed"
    assert refused(desk, f"inbox/{referral}/start/", {"version": 9}, 409, "ended")["state"] == "closed"


def _ask_her(owner: Asker, referral: str, deliver_again: Callable[[], None]) -> None:
    """She says that it was not received, then that it was."""
    for reply, state in (("no", "in_progress"), ("yes", "closed")):
        version = owner.get(f"referrals/{referral}/")["version"]
        said = owner.do(f"referrals/{referral}/asked/", {"version": version, "answer": reply})
        now = owner.get(f"referrals/{referral}/")
        assert (now["state"], str(now["version"])) == (state, said["version"])
        if reply == "no":
            deliver_again()


def test_no_yes_and_no_again(network: Network, owner: Asker, desk: Asker, service: Service) -> None:
    """Refuse, agree, withdraw; cancel; decline with other places; give up from either side."""
    case = new_case(owner)
    owner.do(f"cases/{case}/sections/card/", {"version": 2, "statistics_consent": True}, method="patch")
    second = making.make_service(network.b.agency, name="Second shelter")
    # A need counts once a case and quarter: she refuses help of another kind.
    clinic = making.make_service(network.b.agency, name="Clinic", service_type="health_medical")
    owner.do(f"cases/{case}/refusals/", {"service": str(clinic.pk)}, status=201)
    consent = owner.decide(case, service.pk)
    first = owner.do(f"cases/{case}/consents/{consent}/send/", SENDING, status=201)["id"]
    owner.do(f"cases/{case}/consents/{consent}/withdraw/", status=204)
    assert desk.get(f"inbox/{first}/")["state"] == "closed_by_referrer"
    gone = desk.do(f"inbox/{first}/claim/", {"version": 1}, status=409)
    assert (gone["type"], gone["state"]) == ("urn:hamroh:problem:ended", "closed_by_referrer")

    cancelled = owner.refer(case, service.pk)
    assert owner.do(f"referrals/{cancelled}/cancel/", {"version": 1}) == {"version": "2"}
    withdrawn = owner.refer(case, service.pk)
    owner.do(f"referrals/{withdrawn}/withdraw/", status=204)
    assert owner.get(f"referrals/{withdrawn}/")["state"] == "consent_withdrawn"

    declined = owner.refer(case, service.pk)
    desk.do(f"inbox/{declined}/decline/", {"version": 1, "reason": "no_capacity"})
    unmet = UnmetNeed.objects.count()
    read = owner.get(f"referrals/{declined}/")
    assert (read["state"], read["reason_code"]) == ("declined", "no_capacity")
    assert [one["service"] for one in read["alternatives"]] == [str(second.pk)]
    assert UnmetNeed.objects.count() == unmet + 1

    for side in (owner, desk):
        failed = owner.refer(case, second.pk, after=declined)
        desk.do(f"inbox/{failed}/claim/", {"version": 1})
        desk.do(f"inbox/{failed}/accept/", {"version": 2})
        path = "referrals" if side is owner else "inbox"
        side.do(f"{path}/{failed}/fail/", {"version": 3, "reason": "no_show"})
        item = owner.get(f"referrals/{failed}/")
        assert (item["state"], item["after_referral_id"]) == ("failed", declined)


def test_two_colleagues_and_two_supervisors(network: Network, owner: Asker, service: Service) -> None:
    """Share, the second person's look, take back; cancel and take out without opening; the timers."""
    case = new_case(owner, age_band="12-17")
    colleague = str(network.colleague.pk)
    plain = Asker(network.owner)
    share = {"person": colleague, "to": "edit", "days": 7}
    asked = plain.do(f"cases/{case}/shares/", share, status=403)
    assert asked["type"] == "urn:hamroh:problem:step-up-needed"
    owner.do(f"cases/{case}/shares/", share, status=204)
    assert {one["person"] for one in owner.get(f"cases/{case}/shares/")["holders"]} == {
        colleague,
        str(network.owner.pk),
    }
    consent = owner.decide(case, service.pk, given_by="best_interest")
    sending = f"cases/{case}/consents/{consent}/send/"
    assert owner.do(sending, SENDING, status=409)["type"] == "urn:hamroh:problem:minor-needs-guardian"
    Asker(network.colleague).do(f"cases/{case}/consents/{consent}/confirm/", status=204)
    referral = owner.do(sending, SENDING, status=201)["id"]
    owner.do(f"cases/{case}/shares/{colleague}/end/", status=204)
    Asker(network.colleague).get(f"cases/{case}/", status=404)

    owner.do(f"referrals/{referral}/mistake/", {"version": 1})
    supervisor = Asker(network.a.supervisor)
    [row] = supervisor.get("supervise/")["results"]
    assert (row["id"], row["may_decide"], row["version"]) == (referral, True, 2)
    supervisor.do(f"supervise/{referral}/cancel/", {"version": 2})
    key = uuid4()
    for _ in range(2):  # what was taken out is gone, and the repeated request is answered all the same
        said = supervisor.do(f"supervise/{referral}/decide/", {"version": 3, "decision": "take_out"}, key=key)
        assert said == {"version": "4"}
    assert Referral.objects.get(pk=referral).state == "entered_in_error"
    owner.get(f"referrals/{referral}/", status=404)
    assert supervisor.get("late/") == {"results": [], "next": None}
    other = owner.refer(case, service.pk, given_by="guardian_with_assent", guardian_is_safe=True)
    supervisor.do(f"supervise/{other}/report/", {"version": 1})

    timers = supervisor.get("timers/")
    assert supervisor.do("timers/", timers | {"urgent_answer": 3}) == {"version": "1"}
    assert supervisor.get("timers/")["urgent_answer"] == 3
    wrong = supervisor.do("timers/", timers | {"version": 1, "urgent_answer": 30}, status=422)
    assert fields_in(wrong) == ["urgent_answer", "urgent_supervisor"]


def test_ask_who_has_no_account_and_hold_a_place(network: Network, owner: Asker, service: Service) -> None:
    case = new_case(owner)
    alone = making.make_service(None, name="Shelter without an account")
    consent = owner.decide(case, alone.pk, told=["age_band"])
    asking = {name: value for name, value in SENDING.items() if name != "household_size"}
    key = uuid4()
    link = owner.do(f"cases/{case}/consents/{consent}/ask/", asking, status=201, key=key)
    assert "apricot" not in owner.client.get(link["path"]).content.decode()
    # The link is kept nowhere, so it cannot be shown again.
    again = owner.do(f"cases/{case}/consents/{consent}/ask/", asking, status=409, key=key)
    assert again["type"] == "urn:hamroh:problem:shown-once"
    [asked] = owner.get(f"cases/{case}/")["inquiries"]
    assert asked["waits"] is True
    owner.do(f"cases/{case}/inquiries/take-back/", {"inquiry": link["id"]}, status=204)
    assert owner.get(f"cases/{case}/")["inquiries"][0]["waits"] is False
    refused = owner.do("places/hold/", {"service": str(service.pk)}, status=409)
    assert refused["type"] == "urn:hamroh:problem:wrong-state"
    owner.do("places/release/", {"service": str(service.pk)}, status=204)
    owner.do("places/hold/", {"service": str(uuid4())}, status=404)


# --- Once ---


def test_a_repeated_key_does_nothing_twice_and_is_answered_the_same(
    network: Network, owner: Asker, desk: Asker, service: Service
) -> None:
    key = uuid4()
    first = owner.do("cases/", NEW, status=201, key=key)
    assert owner.do("cases/", NEW, status=201, key=key) == first
    assert len(owner.get("cases/")["results"]) == 1
    case = first["id"]
    for body in (NEW | {"alias": "Gul"}, NEW | {"sex": "unknown"}):
        other = owner.do("cases/", body, status=422, key=key)
        assert other["type"] == "urn:hamroh:problem:key-used-elsewhere"
    owner.do(f"cases/{case}/notes/", {"text": "another address"}, status=422, key=key)
    # What was refused has not used its key up.
    note = uuid4()
    owner.do(f"cases/{case}/notes/", {"text": ""}, status=422, key=note)
    owner.do(f"cases/{case}/notes/", {"text": "once"}, status=204, key=note)
    owner.do(f"cases/{case}/notes/", {"text": "once"}, status=204, key=note)
    assert len(owner.get(f"cases/{case}/")["notes"]) == 1
    referral = owner.refer(case, service.pk, told=["age_band", "household_size"])
    decline = uuid4()
    for _ in range(2):  # the second time the desk reads nothing any more
        answer = {"version": 1, "reason": "no_capacity"}
        assert desk.do(f"inbox/{referral}/decline/", answer, key=decline) == {"version": "2"}
    # Somebody else's key is another key.
    desk.do(f"inbox/{referral}/decline/", {"version": 1, "reason": "no_capacity"}, status=409, key=key)
    marks = {str(value) for row in DoneOnce.objects.values_list("key", "result") for value in row}
    assert str(key) not in marks


def test_who_was_slower_is_told_how_it_stands(
    network: Network, owner: Asker, desk: Asker, service: Service
) -> None:
    case = new_case(owner)
    referral = owner.refer(case, service.pk)
    desk.do(f"inbox/{referral}/claim/", {"version": 1})
    slower = Asker(network.b.intake2).do(f"inbox/{referral}/claim/", {"version": 1}, status=409)
    assert slower["type"] == "urn:hamroh:problem:someone-was-quicker"
    assert (slower["state"], slower["version"]) == ("sent", 2)
    late = owner.do(f"referrals/{referral}/cancel/", {"version": 1}, status=409)
    assert (late["state"], late["version"]) == ("sent", 2)
    stale = {"version": "1", "safety_plan": "x"}
    owner.do(f"cases/{case}/sections/plan/", stale, method="patch")
    behind = owner.do(f"cases/{case}/sections/plan/", stale, method="patch", status=409)
    assert behind["version"] == "2"
    owner.do(f"cases/{case}/sections/plan/", {"safety_plan": "x"}, method="patch", status=422)


# --- What is not right ---


def test_what_is_not_right_is_said_by_field_and_repeats_nothing(owner: Asker) -> None:
    case = new_case(owner)
    for path, body, names in (
        (f"cases/{case}/notes/", {"text": "passport AA1234567"}, ["text"]),
        (f"cases/{case}/notes/", {"text": ["Gulnora"]}, ["text"]),
        (f"cases/{case}/notes/", {"txt": "Gulnora"}, ["#"]),
        ("cases/", {"alias": ""}, ["alias"]),
        ("cases/", NEW | {"sex": "Gulnora"}, ["sex"]),
        ("cases/", NEW | {"district": "Gulnora"}, ["district"]),
        (f"cases/{case}/places/", {"service_type": "safe_house", "open_now": "Gulnora"}, ["open_now"]),
        (f"cases/{case}/places/", {"service_type": "Gulnora"}, ["service_type"]),
        (f"cases/{case}/offer/", {"service": "Gulnora"}, ["service"]),
    ):
        response = owner.ask(path, body)
        assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
        said = response.json()
        assert (said["type"], sorted(fields_in(said))) == ("urn:hamroh:problem:not-right", names), said
        assert b"Gulnora" not in response.content
        assert b"AA1234567" not in response.content
    looked = {"text": "passport AA1234567", "looked_again": True}
    owner.do(f"cases/{case}/notes/", looked, status=204)
    silent = {"version": "2-2", "do_not_contact": True}
    owner.do(f"cases/{case}/sections/contact/", silent, method="patch")
    assert owner.get(f"cases/{case}/reach/?outside_hours=show") == {
        "contact": {"do_not_contact": True},
        "numbers": {},
        "numbers_wait": False,
    }
    assert owner.get(f"cases/{case}/")["card"]["safe_contact"] == {"do_not_contact": True}
