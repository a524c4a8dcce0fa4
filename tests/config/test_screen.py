"""What hides a screen: locking ends the session and leads back, and lists show no names while hidden."""

import pytest
from django.conf import settings
from django.test import Client

from accounts import entries
from accounts.models import Session
from tests import people
from tests.people import Network, sign_in
from tests.referrals import making
from tests.referrals.log import newest
from tests.referrals.pages import client_of, page, text

pytestmark = pytest.mark.django_db

ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}


def test_locking_ends_the_session_keeps_the_card_and_leads_back(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    client = client_of(network.owner)
    client.cookies[settings.CARD_COOKIE] = "what the device remembers"
    html = text(client, page("case", case.id))
    assert f'name="next" value="{page("case", case.id)}"' in html
    locked = client.post("/lock/", {"next": f"{page('case', case.id)}?word=private"})
    assert (locked.status_code, locked["Location"]) == (
        303,
        f"/sign-in/?next={page('case', case.id)}&done=locked",
    )
    assert not Session.objects.filter(person=network.owner).exists()
    gone = {name for name, cookie in locked.cookies.items() if cookie["max-age"] == 0}
    assert gone == {settings.SESSION_ID_COOKIE, settings.SESSION_HALF_COOKIE}
    assert client.get(page("case", case.id)).status_code == 302
    asked = text(client, locked["Location"])
    assert "Locked. Sign in to go on where you were. What you had not saved is gone." in asked
    refused = client.post(locked["Location"], {"name": "a.owner"})
    assert "Locked. Sign in" not in refused.content.decode()  # it was done before; this was not
    again = client.post(
        "/sign-in/", {"name": "a.owner", "password": people.PASSWORD, "next": page("case", case.id)}
    )
    assert again["Location"] == page("case", case.id)


def test_who_locked_without_a_network_is_signed_out_by_the_next_request(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    for method, name in (("get", "case"), ("post", "case_close")):
        client = client_of(network.owner)
        text(client, page("case", case.id))
        client.cookies[settings.LOCK_COOKIE] = "now"
        answer = getattr(client, method)(page(name, case.id))
        # What was sent is not kept, and the page says so.
        assert answer["Location"].startswith(
            "/sign-in/?next=" if method == "get" else "/sign-in/?done=not-kept"
        )
        assert not Session.objects.filter(person=network.owner).exists()
        gone = {name for name, cookie in answer.cookies.items() if cookie["max-age"] == 0}
        assert gone == {settings.SESSION_ID_COOKIE, settings.SESSION_HALF_COOKIE, settings.LOCK_COOKIE}
    assert newest(network.a)[0].action == entries.SIGNED_OUT.name
    # The mark is gone with it: signing in again opens the page.
    assert sign_in(client, network.owner).get(page("case", case.id)).status_code == 200


def test_locking_twice_or_when_nobody_is_signed_in_does_no_harm(client: Client) -> None:
    for _ in range(2):
        assert client.post("/lock/", {"next": "https://other.example/"})["Location"].startswith(
            "/sign-in/?next=/&"
        )
    assert client.get("/lock/").status_code == 405


def test_another_site_can_neither_lock_nor_change_what_lists_show(network: Network) -> None:
    client = sign_in(Client(), network.owner)
    assert client.post("/lock/", headers=ELSEWHERE).status_code == 403
    assert not client.post("/names/", {"show": "no"}, headers=ELSEWHERE).cookies
    assert client.get("/account/").status_code == 200


def test_names_are_hidden_on_the_list_and_shown_in_the_case(network: Network) -> None:
    case = making.make_case(people.unlock(network.owner))
    client = client_of(network.owner)
    assert making.CARD.alias in text(client, page("needs_me"))
    answer = client.post("/names/", {"show": "no", "next": page("needs_me")})
    assert (answer.status_code, answer["Location"]) == (303, page("needs_me"))
    cookie = answer.cookies[settings.NAMES_COOKIE]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("hidden", True, "Strict")
    html = text(client, page("needs_me"))
    assert making.CARD.alias not in html
    assert f"{making.CARD.alias[0]}…" in html
    assert making.CARD.alias in text(client, page("case", case.id))
    client.post("/names/", {"show": "yes"})
    assert making.CARD.alias in text(client, page("needs_me"))


def test_lock_and_cover_stand_on_every_page_of_who_is_signed_in_and_on_no_other(network: Network) -> None:
    parts = ('id="lock"', 'id="cover"', "js/screen.js")
    client = sign_in(Client(), network.owner)
    for address in ("/", "/account/", "/directory/", "/no/such/page/"):
        mine, nobodys = (who.get(address).content.decode() for who in (client, Client()))
        assert all(part in mine for part in parts), address
        assert not any(part in nobodys for part in parts), address
