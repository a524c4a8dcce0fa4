"""Behaviour 24: one tap on any page ends everything and leads away, Back shows the sign-in page, and no page
names anything in its title, keeps a copy, tells another site or asks one."""

import re

import pytest
from django.conf import settings
from django.test import Client

from config.cookies import COOKIES
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import client_of, page, text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["get", "post"])
def test_after_leaving_back_shows_the_sign_in_page_and_never_the_case(network: Network, method: str) -> None:
    case = making.make_case(people.unlock(network.owner))
    owner = client_of(network.owner)
    text(owner, page("case", case.id))
    kept = {
        name: owner.cookies[name].value for name in (settings.SESSION_ID_COOKIE, settings.SESSION_HALF_COOKIE)
    }
    left = getattr(owner, method)("/exit/")
    assert left.status_code == 303
    assert left["Location"] in settings.QUICK_EXIT_TARGETS
    assert {name for name, cookie in left.cookies.items() if cookie["max-age"] == 0} >= {
        cookie.name for cookie in COOKIES if cookie.name in kept
    }
    thief = Client()
    thief.cookies.load(kept)
    for client in (owner, thief):
        again = client.get(page("case", case.id))
        assert again.status_code == 302
        assert again["Location"].startswith("/sign-in/")


def test_each_page_offers_the_exit_has_a_neutral_face_and_asks_nobody_else(network: Network) -> None:
    case, consent, referral = making.make_referral(network)
    making.take(people.unlock(network.b.intake), referral)
    owner, desk = client_of(network.owner), client_of(network.b.intake)
    pages = [
        (Client(), "/"), (Client(), "/directory/"), (Client(), "/sign-in/"), (Client(), "/no/such/page/"),
        (owner, page("needs_me")), (owner, page("case", case.id)), (owner, page("case_reach", case.id)),
        (owner, page("consent_withdraw", case.id, consent)), (desk, page("packet", referral.id)),
    ]  # fmt: skip
    for client, url in pages:
        response = client.get(url)
        html = response.content.decode()
        # A link: it works without scripts.
        assert re.search(r'<a class="exit__button"[^>]*href="/exit/"', html), url
        title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
        assert title
        for word in (making.CARD.alias, making.IDENTITY.name, "violence", "survivor", str(case.id)):
            assert word not in title[1], url
        assert 'rel="icon"' in html
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "same-origin"
        assert not re.search(r"""(src|href|action)=["'](https?:)?//""", html), url
    assert "history" in Client().get("/exit/about/").content.decode()
