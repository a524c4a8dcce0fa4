"""The pages of this room over real HTTP: what they set, whom they show what, where they lead."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Agency, Invitation, Membership, Person, PersonKey, Session
from accounts.roles import KeyName, RoleName
from tests.accounts.test_signing_in import code_at
from tests.people import PASSWORD, Network, next_year, sign_in, step_up, unlock
from vault import codes

OUR_COOKIES = (settings.SESSION_ID_COOKIE, settings.SESSION_HALF_COOKIE, settings.CARD_COOKIE)


def post_sign_in(client: Client, person: Person, **changes: str) -> Any:
    return client.post(
        reverse("accounts:sign_in"),
        {"name": person.name, "password": PASSWORD, "remember_card": "on"} | changes,
    )


# --- Signing in ---


def test_signing_in_sets_two_halves_that_scripts_and_other_sites_never_get(
    network: Network, client: Client, settings: Any
) -> None:
    settings.SECURE_COOKIES = True
    response = post_sign_in(client, network.owner)
    assert response.status_code == 302
    for name in OUR_COOKIES:
        cookie = response.cookies[name]
        assert cookie["httponly"]
        assert cookie["secure"]
        assert cookie["samesite"] == "Strict"
        assert cookie["path"] == "/"
        assert cookie["domain"] == ""
    assert response.cookies[OUR_COOKIES[0]]["max-age"] == ""
    assert response.cookies[OUR_COOKIES[1]]["max-age"] == ""


def test_the_account_page_is_for_who_is_signed_in(network: Network, client: Client) -> None:
    response = client.get(reverse("accounts:account"))
    assert response.status_code == 302
    assert response.url == "/sign-in/?next=/account/"  # type: ignore[attr-defined]
    post_sign_in(client, network.owner)
    response = client.get(reverse("accounts:account"))
    assert response.status_code == 200
    assert network.owner.display_name in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("target", "leads"),
    [
        ("/account/", "/account/"),
        ("https://elsewhere.example/", None),
        ("//elsewhere.example/", None),
        ("/\\elsewhere.example/", None),
        ("javascript:alert(1)", None),
    ],
)
def test_signing_in_leads_to_own_pages_only(
    network: Network, client: Client, target: str, leads: str | None
) -> None:
    response = post_sign_in(client, network.owner, next=target)
    assert response.status_code == 302
    if leads:
        assert response.url == leads
    else:
        assert "elsewhere" not in response.url
        assert response.url.startswith("/")


def test_wrong_password_and_unknown_name_are_one_page(network: Network, client: Client) -> None:
    def body(name: str) -> str:
        response = client.post(reverse("accounts:sign_in"), {"name": name, "password": "not the right one"})
        assert response.status_code == 422
        assert not set(OUR_COOKIES) & set(response.cookies)
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
        return text.replace(name, "")

    assert body("a.owner") == body("nobody.known")


def test_a_typed_password_never_comes_back(network: Network, client: Client) -> None:
    response = client.post(reverse("accounts:sign_in"), {"name": "a.owner", "password": "not the right one"})
    assert b"not the right one" not in response.content


def test_too_many_attempts_say_how_long_to_wait(network: Network, client: Client) -> None:
    for _ in range(5):
        post_sign_in(client, network.owner, password="not the right one")
    response = post_sign_in(client, network.owner)
    assert response.status_code == 429
    assert "seconds" in response.content.decode()


def test_signing_in_needs_the_csrf_token(network: Network) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert post_sign_in(strict, network.owner).status_code == 403
    assert not Session.objects.exists()


def test_signing_out_ends_the_session_and_deletes_the_halves(network: Network, client: Client) -> None:
    post_sign_in(client, network.owner)
    response = client.post(reverse("accounts:sign_out"))
    assert not Session.objects.exists()
    assert response.cookies[OUR_COOKIES[0]].value == response.cookies[OUR_COOKIES[1]].value == ""
    assert client.get(reverse("accounts:account")).status_code == 302
    assert client.get(reverse("accounts:sign_out")).status_code == 405


def test_signing_out_everywhere(network: Network, client: Client) -> None:
    other = sign_in(Client(), network.owner)
    post_sign_in(client, network.owner)
    client.post(reverse("accounts:sign_out_everywhere"))
    assert other.get(reverse("accounts:account")).status_code == 302


def test_the_telephone_code_is_switched_on_and_asked(network: Network, client: Client) -> None:
    sign_in(client, network.owner)
    page = reverse("accounts:phone_code")
    assert client.get(page).url.startswith(reverse("accounts:step_up"))  # type: ignore[attr-defined]
    assert client.post(reverse("accounts:step_up"), {"secret": PASSWORD, "next": page}).status_code == 302
    shown = client.get(page).content.decode()
    assert "<svg" in shown
    secret = bytes.fromhex(unlock(network.owner).keyring.get("totp_new"))
    wrong = client.post(page, {"code": "000 000"})
    assert wrong.status_code == 422
    earlier = timezone.now() - timedelta(seconds=30)
    assert client.post(page, {"code": code_at(secret, earlier)}).status_code == 302
    fresh = Client()
    first = post_sign_in(fresh, network.owner, next="/account/")
    assert first.url == "/sign-in/code/?next=/account/"
    assert fresh.get("/account/").status_code == 302
    second = fresh.post(first.url, {"code": code_at(secret, timezone.now()), "next": "/account/"})
    assert second.url == "/account/"  # type: ignore[attr-defined]
    assert fresh.get("/account/").status_code == 200
    assert fresh.get(reverse("accounts:sign_in_code")).status_code == 302
    assert step_up(fresh).post(reverse("accounts:phone_code_off")).status_code == 302
    assert not post_sign_in(Client(), network.owner).url.startswith("/sign-in/code/")


def test_recovery_on_the_page_shows_new_papers_once(network: Network, client: Client) -> None:
    given = {
        "name": network.owner.name,
        "code": network.a.papers["owner"].recovery_code,
        "new_password": "quite another evening",
        "again": "quite another evening",
    }
    assert client.post(reverse("accounts:recover"), given | {"again": "typo"}).status_code == 422
    response = client.post(reverse("accounts:recover"), given)
    assert response.status_code == 200
    assert re.search(r"(\w{4}-){6}\w{4}", response.content.decode())
    assert response.headers["Cache-Control"] == "no-store"
    assert post_sign_in(client, network.owner, password="quite another evening").status_code == 302


PAPER = r"(?:\w{4}-){6}\w{4}"


def hidden_draw(response: Any) -> str:
    """Return what a form for papers makes them from."""
    (draw,) = re.findall(rf'name="draw" value="({PAPER})"', response.content.decode())
    return str(draw)


def test_papers_whose_page_did_not_come_come_again_with_the_same_form(
    network: Network, client: Client
) -> None:
    url, new = reverse("accounts:recover"), "quite another evening"
    given = {
        "name": network.owner.name,
        "code": network.a.papers["owner"].recovery_code,
        "new_password": new,
        "again": new,
        "draw": hidden_draw(client.get(url)),
    }
    assert hidden_draw(client.get(url)) != given["draw"]
    first, again = (re.findall(PAPER, client.post(url, given).content.decode()) for _ in range(2))
    assert again == first
    assert given["draw"] not in again
    assert client.post(url, given | {"draw": "nonsense"}).status_code == 422

    post_sign_in(client, network.owner, password=new)
    url = reverse("accounts:papers")
    given = {"password": new, "with_card": "on", "draw": hidden_draw(client.get(url))}
    first, again = (re.findall(PAPER, client.post(url, given).content.decode()) for _ in range(2))
    assert again == first
    assert len(again) == 2
    client.post(reverse("accounts:sign_out"))
    assert post_sign_in(client, network.owner, password=new, card=again[0]).status_code == 302


def test_a_changed_password_and_new_papers(network: Network, client: Client) -> None:
    post_sign_in(client, network.owner)
    new = "quite another evening"
    changed = client.post(
        reverse("accounts:password"), {"old_password": PASSWORD, "new_password": new, "again": new}
    )
    assert changed.status_code == 302
    weak = client.post(
        reverse("accounts:password"), {"old_password": new, "new_password": "short", "again": "short"}
    )
    assert weak.status_code == 422
    papers = client.post(reverse("accounts:papers"), {"password": new, "with_card": "on"})
    assert papers.status_code == 200
    found = re.findall(r"(?:\w{4}-){6}\w{4}", papers.content.decode())
    assert len(found) == 2
    client.post(reverse("accounts:sign_out"))
    assert post_sign_in(client, network.owner, password=new).status_code == 422
    assert post_sign_in(client, network.owner, password=new, card=found[0]).status_code == 302
    client.post(reverse("accounts:sign_out"))
    assert post_sign_in(client, network.owner, password=new).status_code == 302


# --- Cases locked ---


@pytest.mark.parametrize("field", ["trained_until", "code_signed_until"])
@pytest.mark.parametrize("value", ["yesterday", None])
def test_lapsed_dates_lock_the_cases(network: Network, client: Client, field: str, value: str | None) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    assert unlock(network.owner).may_open_cases
    Membership.objects.filter(person=network.owner).update(**{field: yesterday if value else None})
    assert not unlock(network.owner).may_open_cases
    post_sign_in(client, network.owner)
    account = client.get(reverse("accounts:account")).content.decode()
    assert ("not recorded", f"ended on {date_format(yesterday)}")[bool(value)] in account
    assert account.count("valid until") == 1
    Membership.objects.filter(person=network.owner).update(**{field: timezone.localdate()})
    assert unlock(network.owner).may_open_cases


def test_the_locked_page_is_kind_and_the_attempt_is_logged(network: Network, client: Client) -> None:
    from django.test import RequestFactory

    from accounts.access import may_open_cases
    from accounts.errors import CasesLocked
    from accounts.middleware import SignIn
    from audit.models import Entry

    Membership.objects.filter(person=network.owner).update(trained_until=None)
    request = RequestFactory().get("/work/cases/")
    request.unlocked = unlock(network.owner)  # type: ignore[attr-defined]
    before = Entry.objects.count()
    with pytest.raises(CasesLocked) as locked:
        may_open_cases(request)
    response = SignIn(lambda _: pytest.fail("not asked")).process_exception(request, locked.value)
    assert response is not None
    assert response.status_code == 403
    assert "Nothing is lost" in response.content.decode()
    assert Entry.objects.count() == before + 1


# --- The administrator's pages ---

ADMIN_PAGES = ("people", "invite", "partners")


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_only_administrators_see_the_people_pages(network: Network, client: Client, name: str) -> None:
    for person in (network.owner, network.a.supervisor, network.a.custodian):
        theirs = sign_in(Client(), person)
        missing = theirs.get("/people/nothing-here/")
        response = theirs.get(reverse(f"accounts:{name}"))
        assert response.status_code == 404
        assert response.content == missing.content
    admin = step_up(sign_in(client, network.a.administrator))
    assert admin.get(reverse(f"accounts:{name}")).status_code == 200


def test_an_administrator_of_another_agency_gets_the_same_404(network: Network, client: Client) -> None:
    sign_in(client, network.c.administrator)
    missing = client.get("/people/00000000-0000-4000-8000-000000000000/")
    for name in ("person", "activate", "remove"):
        response = client.get(reverse(f"accounts:{name}", args=[network.owner.pk]))
        assert (response.status_code, response.content) == (404, missing.content)
    for name in ("person_roles", "person_dates", "remove"):
        response = client.post(reverse(f"accounts:{name}", args=[network.owner.pk]), {"roles": "analyst"})
        assert response.status_code == 404
    network.owner.refresh_from_db()
    assert network.owner.is_active


def test_a_role_written_by_hand_shows_the_page_and_changes_nothing(network: Network, client: Client) -> None:
    from accounts.models import Role

    group = Role.objects.get(agency=network.a.agency, name=RoleName.ADMINISTRATOR).group
    network.owner.groups.add(group)
    step_up(sign_in(client, network.owner))
    person = network.colleague
    for name, data in (
        ("person_roles", {"roles": [RoleName.ANALYST]}),
        ("person_dates", {}),
        ("remove", {}),
    ):
        assert client.post(reverse(f"accounts:{name}", args=[person.pk]), data).status_code == 404
    invited = client.post(reverse("accounts:invite"), {"name": "x.y", "display_name": "X"})
    assert invited.status_code == 404
    assert not Person.objects.filter(name="x.y").exists()


def test_the_whole_way_of_a_new_colleague(network: Network, client: Client) -> None:
    admin = step_up(sign_in(client, network.a.administrator))
    invited = admin.post(
        reverse("accounts:invite"),
        {
            "display_name": "New of A",
            "name": "A.New",
            "roles": ["supervisor"],
            "trained_until": next_year().isoformat(),
            "code_signed_until": next_year().isoformat(),
        },
    )
    found = re.search(r"(\w{4}-){6}\w{4}", invited.content.decode())
    assert found
    code = found[0]
    person = Invitation.objects.get().person
    assert admin.get(reverse("accounts:activate", args=[person.pk])).status_code == 404

    new = Client()
    assert new.post(reverse("accounts:join"), {"code": codes.new_code()}).status_code == 422
    welcome = new.post(reverse("accounts:join"), {"code": code.lower()})
    assert "New of A" in welcome.content.decode()
    given = {"code": code, "new_password": PASSWORD, "again": PASSWORD}
    papers = new.post(reverse("accounts:join"), given)
    number = re.search(r"(\d{5} ){5}\d{5}", papers.content.decode())
    assert number
    assert post_sign_in(new, person).status_code == 422

    page = reverse("accounts:activate", args=[person.pk])
    shown = admin.get(page).content.decode()
    assert number[0] in shown
    fingerprint = bytes(PersonKey.objects.get(person=person).fingerprint).hex()
    assert admin.post(page, {"fingerprint": fingerprint}).status_code == 422
    assert admin.post(page, {"fingerprint": "00" * 32, "same": "on"}).status_code == 422
    assert admin.post(page, {"fingerprint": fingerprint, "same": "on"}).status_code == 302
    assert post_sign_in(new, person).status_code == 302

    supervisor = step_up(sign_in(Client(), network.a.supervisor))
    assert "New of A" in supervisor.get(reverse("accounts:account")).content.decode()
    hand_over = reverse("accounts:hand_over", args=[person.pk, KeyName.AUDITOR])
    assert step_up(sign_in(Client(), network.owner)).post(hand_over).status_code == 404
    assert supervisor.post(hand_over).status_code == 302
    assert unlock(person).role_keys(person.agency_id, KeyName.AUDITOR)


def test_roles_dates_and_removal_by_page(network: Network, client: Client) -> None:
    admin = step_up(sign_in(client, network.a.administrator))
    person = network.colleague
    page = reverse("accounts:person", args=[person.pk])
    assert admin.get(page).status_code == 200
    roles = admin.post(reverse("accounts:person_roles", args=[person.pk]), {"roles": ["editor"]})
    assert roles.status_code == 302
    assert unlock(person).roles == {RoleName.EDITOR}
    apart = admin.post(
        reverse("accounts:person_roles", args=[person.pk]), {"roles": ["supervisor", "custodian"]}
    )
    assert apart.status_code == 422
    assert admin.post(reverse("accounts:person_dates", args=[person.pk]), {}).status_code == 302
    assert not unlock(person).may_open_cases
    theirs = sign_in(Client(), person)
    assert admin.get(reverse("accounts:remove", args=[person.pk])).status_code == 200
    assert admin.post(reverse("accounts:remove", args=[person.pk])).status_code == 302
    assert theirs.get(reverse("accounts:account")).status_code == 302
    last = admin.post(reverse("accounts:remove", args=[network.a.supervisor.pk]))
    assert last.status_code == 422


@pytest.mark.parametrize(
    ("name", "whose"),
    [
        ("invite", None),
        ("person", "a"),
        ("person_roles", "a"),
        ("person_dates", "a"),
        ("remove", "a"),
        ("partner", "c"),
    ],
)
def test_an_open_screen_alone_gives_and_takes_no_right(
    network: Network, client: Client, name: str, whose: str | None
) -> None:
    admin = sign_in(client, network.a.administrator)
    args = {None: [], "a": [network.colleague.pk], "c": [network.c.agency.pk]}[whose]
    before = unlock(network.colleague).roles
    for answer in (
        admin.get(reverse(f"accounts:{name}", args=args)),
        admin.post(reverse(f"accounts:{name}", args=args), {"roles": ["editor"]}),
    ):
        if answer.status_code != 405:
            assert answer["Location"].startswith(reverse("accounts:step_up"))
    assert unlock(network.colleague).roles == before
    assert Person.objects.get(pk=network.colleague.pk).is_active


def test_an_open_screen_alone_hands_over_no_key(network: Network, client: Client) -> None:
    owner = sign_in(client, network.owner)
    answer = owner.post(reverse("accounts:hand_over", args=[network.colleague.pk, KeyName.MEMBER]))
    assert answer["Location"].startswith(reverse("accounts:step_up"))


def test_an_agreement_is_signed_by_page(network: Network, client: Client) -> None:
    admin = step_up(sign_in(client, network.a.administrator))
    page = reverse("accounts:partner", args=[network.c.agency.pk])
    shown = re.search(r'value="([0-9a-f]{64})"', admin.get(page).content.decode())
    assert shown
    given = {"fingerprint": shown[1], "valid_until": next_year().isoformat()}
    assert admin.post(page, given).status_code == 422
    assert admin.post(page, given | {"same": "on"}).status_code == 302
    from accounts.queries import has_agreement

    assert has_agreement(unlock(network.owner), network.c.agency)
    assert admin.get(reverse("accounts:partner", args=[network.a.agency.pk])).status_code == 404


def test_the_people_page_costs_the_same_for_many(
    network: Network, client: Client, django_assert_max_num_queries: Any
) -> None:
    sign_in(client, network.a.administrator)
    with django_assert_max_num_queries(12):
        client.get(reverse("accounts:people"))


# --- The API's sign-in ---


def test_the_api_knows_the_same_session_and_checks_csrf(network: Network, client: Client) -> None:
    from django.test import RequestFactory
    from rest_framework.exceptions import PermissionDenied
    from rest_framework.request import Request

    from accounts.api import CasesOpen, SessionAuthentication, SignedIn
    from audit.errors import Denied

    factory = RequestFactory(enforce_csrf_checks=True)
    signed, unsafe, stranger = factory.get("/api/v1/"), factory.post("/api/v1/"), factory.get("/api/v1/")
    owner = unlock(network.owner)
    for request, unlocked in ((signed, owner), (unsafe, owner), (stranger, None)):
        request.unlocked = unlocked  # type: ignore[attr-defined]
    assert SessionAuthentication().authenticate(Request(signed)) == (owner.person, owner)
    assert SessionAuthentication().authenticate(Request(stranger)) is None
    with pytest.raises(PermissionDenied, match="CSRF Failed"):
        SessionAuthentication().authenticate(Request(unsafe))
    assert not SignedIn().has_permission(Request(stranger), None)  # type: ignore[arg-type]
    asked = Request(signed, authenticators=[SessionAuthentication()])
    assert CasesOpen().has_permission(asked, None)  # type: ignore[arg-type]
    Membership.objects.filter(person=network.owner).update(code_signed_until=None)
    signed.unlocked = unlock(network.owner)  # type: ignore[attr-defined]
    asked = Request(signed, authenticators=[SessionAuthentication()])
    with pytest.raises(Denied):
        CasesOpen().has_permission(asked, None)  # type: ignore[arg-type]


# --- The command ---


def test_the_set_up_command_makes_an_agency(db: None, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _: PASSWORD)
    call_command(
        "setup_agency",
        "New agency",
        "--casework",
        *("--person", "head:Head:administrator,caseworker"),
        *("--person", "super:Super:supervisor"),
        *("--person", "keeper:Keeper:custodian"),
    )
    printed = capsys.readouterr().out
    assert len(re.findall(r"(?:\w{4}-){6}\w{4}", printed)) == 6
    assert PASSWORD not in printed
    assert Agency.objects.get().people.count() == 3
