"""Casework in the API: the same doors as the pages, read only, problem+json for everything else."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from audit.models import Entry
from referrals import actions
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
    assert row == get(owner, f"referrals/{referral.pk}/")
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
    # A colleague at the same desk did not accept it, and reads nothing of it any more.
    colleague = client_of(network.b.intake2)
    assert colleague.get(f"/api/v1/{url}").status_code == 404
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
            assert get(client, f"{kind}/") == {"results": [], "next": None}


def test_without_a_session_there_is_nothing(network: Network) -> None:
    for kind in ("cases", "referrals", "inbox"):
        response = Client().get(f"/api/v1/{kind}/")
        assert response.status_code in (401, 403, 404)
        assert response["Content-Type"] == "application/problem+json"


def test_nothing_can_be_written(network: Network, referral: Referral) -> None:
    owner = client_of(network.owner)
    for url in ("cases/", f"cases/{Case.objects.get().pk}/", f"referrals/{referral.pk}/"):
        for method in ("post", "put", "patch", "delete"):
            response = getattr(owner, method)(f"/api/v1/{url}", {}, content_type="application/json")
            assert response.status_code in (403, 405), (method, url)


@pytest.mark.parametrize("query", ["limit=0", "limit=51", "limit=x", f"after={'x' * 101}"])
def test_strange_questions_are_answered_400(network: Network, query: str) -> None:
    response = client_of(network.owner).get(f"/api/v1/cases/?{query}")
    assert response.status_code == 400
    assert response.json()["errors"]


def test_marks_that_are_none_show_nothing(network: Network, referral: Referral) -> None:
    owner, desk = client_of(network.owner), client_of(network.b.intake)
    for client, kind in ((owner, "cases"), (owner, "referrals"), (desk, "inbox")):
        response = client.get(f"/api/v1/{kind}/", {"after": "nonsense"})
        assert response.json() == {"results": [], "next": None}
