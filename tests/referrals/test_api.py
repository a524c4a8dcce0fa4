"""Casework read in the API, and what is answered when something cannot be done: problem+json for all.

What it changes: test_api_journey.py.
"""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from audit.models import Entry
from config.errors import TYPES
from referrals import actions
from referrals.api.problems import code_of
from referrals.errors import Invalid, ReferralError
from referrals.models import Case, Referral
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def referral(network: Network) -> Referral:
    return making.make_referral(network)[2]


def get(client: Client, url: str) -> Any:
    response = client.get(f"/api/v1/{url}")
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    return response.json()


def nothing(kind: str) -> dict[str, Any]:
    """Return an empty list's answer; the inbox's first page also names what its workers have left."""
    return {"results": [], "next": None} | ({"left": []} if kind == "inbox" else {})


def test_cases_as_a_list_and_as_items_without_who_she_is(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    cases = [making.make_case(unlocked) for _ in range(3)]
    owner = client_of(network.owner)
    first = get(owner, "cases/?limit=2")
    following = owner.get("/api/v1/cases/", {"limit": 2, "after": first["next"]}).json()
    assert following["next"] is None
    rows = first["results"] + following["results"]
    assert {row["id"] for row in rows} == {str(case.pk) for case in cases}
    assert rows[0] | {"id": ""} == {
        "id": "",
        "is_open": True,
        "month_opened": cases[0].month_opened.isoformat(),
        "opens": True,
        "alias": "Lola",
        "district": making.CARD.district,
        "age_band": "26-40",
        "risk_level": "high",
    }
    item = owner.get(f"/api/v1/cases/{cases[0].pk}/")
    assert item.json()["plan"] == {"safety_plan": making.PLAN.safety_plan}
    for word in (making.IDENTITY.name, making.IDENTITY.phone, making.IDENTITY.third_party):
        assert word not in item.content.decode()


def test_referrals_of_the_sender(network: Network, referral: Referral) -> None:
    owner = client_of(network.owner)
    [row] = get(owner, "referrals/")["results"]
    item = get(owner, f"referrals/{referral.pk}/")
    assert row == {name: item[name] for name in row}
    assert (row["state"], row["service_name"], row["urgency"]) == ("sent", "Invented shelter", "urgent")


def test_the_desk_reads_the_opaque_part_then_the_identity_then_nothing(
    network: Network, referral: Referral
) -> None:
    desk = client_of(network.b.intake)
    url = f"inbox/{referral.pk}/"
    [row] = get(desk, "inbox/")["results"]
    assert row == get(desk, url)
    assert row["identity"] is None
    assert making.IDENTITY.phone not in str(row)
    making.take(people.unlock(network.b.intake), referral)
    accepted = get(desk, url)
    assert accepted["identity"]["phone"] == making.IDENTITY.phone
    assert "name" not in accepted["identity"]
    assert [one["id"] for one in get(desk, "inbox/?mine=true")["results"]] == [str(referral.pk)]
    # A colleague at the same desk did not accept it: who has it is told, and nothing of what it is.
    colleague = client_of(network.b.intake2)
    handed = get(colleague, url)
    assert handed["handed"] == f"{network.b.intake.display_name} works with her."
    assert (handed["opaque"], handed["identity"], handed["version"]) == (None, None, None)
    assert get(colleague, "inbox/")["results"] == get(colleague, "inbox/?mine=true")["results"] == []
    owner = people.unlock(network.owner)
    opened = making.edit(owner, Case.objects.get())
    actions.withdraw_consent(unlocked=owner, opened=opened, consent_id=opened.consents()[0].id)
    ended = get(desk, url)
    assert (ended["state"], ended["opaque"], ended["identity"]) == ("closed_by_referrer", None, None)
    assert get(desk, "inbox/")["results"] == []


def test_denied_and_missing_are_the_same_and_denied_is_logged(network: Network, referral: Referral) -> None:
    case = Case.objects.get()
    for person in (network.outsider, network.colleague, network.a.supervisor, network.b.worker):
        client = client_of(person)
        for kind, one in (("cases", case.pk), ("referrals", referral.pk), ("inbox", referral.pk)):
            before = Entry.objects.count()
            denied = client.get(f"/api/v1/{kind}/{one}/")
            assert Entry.objects.count() > before
            missing = client.get(f"/api/v1/{kind}/{uuid4()}/")
            assert denied.status_code == missing.status_code == 404
            assert denied["Content-Type"] == "application/problem+json"
            assert (denied.content, dict(denied.headers)) == (missing.content, dict(missing.headers))
        for kind in ("cases", "referrals", "inbox"):
            assert get(client, f"{kind}/") == nothing(kind)


def problem(response: Any, status: int) -> Any:
    """Return a problem, after looking at what every one of them has."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    said = response.json()
    assert said["status"] == status
    assert said["type"]
    assert said["title"]
    assert said["detail"]
    return said


def test_without_a_session_there_is_nothing(network: Network) -> None:
    for kind in ("cases", "referrals", "inbox", "supervise", "late", "timers"):
        response = Client().get(f"/api/v1/{kind}/")
        problem(response, 401)
        assert response["WWW-Authenticate"] == "Session"
        problem(Client().post(f"/api/v1/{kind}/"), 401)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_cannot_be_answered_is_a_problem_in_the_readers_language(
    network: Network, referral: Referral, language: str
) -> None:
    owner = client_of(network.owner)
    case = f"/api/v1/cases/{Case.objects.get().pk}/"
    notes, key = f"{case}notes/", {"idempotency-key": str(uuid4()), "accept-language": language}

    def note(body: Any, kind: str = "application/json", **headers: str) -> Any:
        return owner.post(notes, body, content_type=kind, headers=key | headers)

    without_key = owner.post(notes, {"text": "x"}, content_type="application/json")
    assert problem(without_key, 400)["type"] == "urn:hamroh:problem:key-missing"
    problem(note({"text": "x"}, **{"idempotency-key": "one"}), 400)
    for body in ("{", "[1]", "7", "[" * 100_000, '{"text": ' + "1" * 5000 + "}"):
        problem(note(body), 400)
    problem(note("text=x", "application/x-www-form-urlencoded"), 415)
    problem(note({"text": "x" * 1_100_000}), 413)
    problem(owner.get(notes, headers=key), 405)
    problem(owner.get(case, headers=key | {"accept": "text/html"}), 406)
    problem(owner.get("/api/v1/never/", headers=key), 404)
    assert note({"text": "x"}).status_code == 204


def test_the_docs_name_every_refusal() -> None:
    def kinds(parent: type[ReferralError]) -> set[type[ReferralError]]:
        return {parent}.union(*(kinds(one) for one in parent.__subclasses__()))

    said = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text("utf-8")
    # Their parent is never raised, and answers that are not right have one code for all.
    codes = {code_of(kind) for kind in kinds(ReferralError) - {ReferralError, Invalid}} | {*TYPES.values()}
    assert {code for code in codes if f"`{code}`" not in said} == set()


def test_a_request_from_elsewhere_is_refused(network: Network, referral: Referral) -> None:
    from_elsewhere = people.sign_in(Client(enforce_csrf_checks=True), network.owner)
    url = f"/api/v1/cases/{Case.objects.get().pk}/notes/"
    headers = {"idempotency-key": str(uuid4())}
    for kind in ("application/json", "multipart/form-data; boundary=x"):
        problem(from_elsewhere.post(url, b"{}", content_type=kind, headers=headers), 403)


def test_only_what_is_there_can_be_done(network: Network, referral: Referral) -> None:
    owner = client_of(network.owner)
    for url in (f"cases/{Case.objects.get().pk}/", f"referrals/{referral.pk}/"):
        for method in ("post", "put", "patch", "delete"):
            problem(getattr(owner, method)(f"/api/v1/{url}", {}, content_type="application/json"), 405)


@pytest.mark.parametrize("query", ["limit=0", "limit=51", "limit=x", f"after={'x' * 101}"])
def test_strange_questions_are_answered_400(network: Network, query: str) -> None:
    response = client_of(network.owner).get(f"/api/v1/cases/?{query}")
    assert response.status_code == 400
    assert response.json()["errors"]


def test_marks_that_are_none_show_nothing(network: Network, referral: Referral) -> None:
    owner, desk = client_of(network.owner), client_of(network.b.intake)
    for client, kind in ((owner, "cases"), (owner, "referrals"), (desk, "inbox")):
        response = client.get(f"/api/v1/{kind}/", {"after": "nonsense"})
        assert response.json() == nothing(kind)
