"""Where leaving leads: an administrator's list, what it may hold, whom it counts for."""

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import actions, entries
from accounts.errors import NotAllowed
from accounts.leaving import NotNeutral, checked
from accounts.models import Agency
from config.leaving import targets
from tests import people
from tests.people import Network, sign_in
from tests.referrals.log import newest

WEATHER, NEWS = "https://weather.example/", "https://news.example/today/"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://weather.example", WEATHER),
        ("HTTPS://Weather.Example./", WEATHER),
        (NEWS, NEWS),
        ("https://xn--80ak6aa92e.example/a-b_c/%D1%8F", "https://xn--80ak6aa92e.example/a-b_c/%D1%8F"),
    ],
)
def test_an_everyday_address_is_kept(typed: str, kept: str) -> None:
    assert checked(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", "weather.example", "http://weather.example/", "//weather.example/", "javascript:alert(1)"),
        *("https://weather.example/?who=me", "https://weather.example/#case", "https://weather.example/?"),
        *("https://me@weather.example/", "https://me:word@weather.example/", "https://weather.example:8443/"),
        *("https://192.0.2.1/", "https://[2001:db8::1]/", "https://[", "https://localhost/", "https://intranet/"),
        *("https://", "https:///path", "https://weather.example\\@other.example/", "https://a b.example/"),
        *("https://weather.example/\u202e", "https://погода.example/", f"https://a.example/{'a' * 120}"),
        *("https://testserver/", "https://hamroh.example/", "https://www.hamroh.example/"),
        "https://office.example/x",
    ],
)  # fmt: skip
def test_an_address_that_tells_or_does_not_lead_away_is_refused(typed: str, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", ".hamroh.example", "*"]
    settings.SITE_URL = "https://help.office.example"
    with pytest.raises(NotNeutral):
        checked(typed)


@pytest.mark.django_db
def test_an_agencys_people_leave_to_what_its_administrator_chose(network: Network) -> None:
    admin = people.step_up(sign_in(Client(), network.a.administrator))
    usual = set(settings.QUICK_EXIT_TARGETS)

    def left() -> set[str]:
        return {sign_in(Client(), network.owner).get("/exit/")["Location"] for _ in range(3)}

    assert left() <= usual
    assert "uses the usual pages" in admin.get("/leaving/").content.decode()
    assert 'href="/leaving/"' in admin.get("/people/").content.decode()
    saved = admin.post("/leaving/", {"addresses": f" {WEATHER}\r\n\r\n{NEWS}\r\n{WEATHER}"})
    assert saved["Location"] == "/leaving/?done=saved"
    [written] = newest(network.a)
    assert (written.action, written.object) == (entries.LEAVING_SET.name, str(network.a.agency.pk))
    assert WEATHER in admin.get("/leaving/").content.decode()
    assert left() <= {WEATHER, NEWS}
    # A script marks the browser before it leaves, in case there is no network: that changes nothing here.
    marked = sign_in(Client(), network.owner)
    marked.cookies[settings.LOCK_COOKIE] = "now"
    assert marked.get("/exit/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert marked.cookies[settings.LOCK_COOKIE].value == "now"
    assert marked.get("/exit/")["Location"] in (WEATHER, NEWS)
    assert marked.cookies[settings.LOCK_COOKIE].value == ""
    about = sign_in(Client(), network.owner).get("/exit/about/").content.decode()
    assert ">weather.example<" in about
    assert "Your organisation chose them" in about
    # Nobody else's: the public and the other agency leave to the usual pages.
    assert Client().get("/exit/")["Location"] in usual
    assert sign_in(Client(), network.b.intake).get("/exit/")["Location"] in usual
    assert "weather.example" not in Client().get("/exit/about/").content.decode()
    admin.post("/leaving/", {"addresses": ""})
    assert left() <= usual
    assert targets(None) == sorted({"wikipedia.org", "obhavo.uz", "google.com"})


@pytest.mark.django_db
def test_a_wrong_list_is_kept_on_the_page_and_changes_nothing(network: Network) -> None:
    admin = people.step_up(sign_in(Client(), network.a.administrator))
    many = "\n".join(f"https://page{number}.example/" for number in range(9))
    for typed in (WEATHER, many, f"{WEATHER}\nhttp://other.example/\nhttps://third.example/?a=b"):
        answer = admin.post("/leaving/", {"addresses": typed})
        assert answer.status_code == 422
        body = answer.content.decode()
        assert "summary-of-errors" in body
        assert typed.splitlines()[-1] in body
    assert "http://other.example/: It has to begin with https://." in body
    assert Agency.objects.get(pk=network.a.agency.pk).leaves_to == []
    unlocked = people.unlock(network.a.administrator)
    for wrong in ([WEATHER], [WEATHER, "https://other.example/?a"]):
        with pytest.raises(NotAllowed):
            actions.set_leaving(unlocked, addresses=wrong)
    # A screen found open is not enough.
    assert sign_in(Client(), network.a.administrator).get("/leaving/")["Location"].startswith("/confirm/")
