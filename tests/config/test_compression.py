"""Which pages are compressed: none that another site can ask for with somebody's session (decision 0033)."""

import gzip

import pytest
from django.conf import settings
from django.test import Client

from tests.people import Network, sign_in

pytestmark = pytest.mark.django_db

ZIPPED = {"Accept-Encoding": "gzip, br"}


def test_a_public_page_is_compressed_and_says_so(client: Client) -> None:
    plain, zipped = client.get("/privacy/"), client.get("/privacy/", headers=ZIPPED)
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert len(zipped.content) < len(plain.content) / 2
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_the_length_says_a_little_less_than_the_words(client: Client) -> None:
    lengths = {len(client.get("/privacy/", headers=ZIPPED).content) for _ in range(12)}
    assert len(lengths) > 1


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
@pytest.mark.parametrize("address", ["/work/", "/account/?guess=Lola", "/privacy/", "/no/such/page/"])
def test_what_another_site_asks_for_with_a_session_is_not_compressed(
    network: Network, address: str, site: str
) -> None:
    client = sign_in(Client(), network.owner)
    headers = ZIPPED | ({"Sec-Fetch-Site": site} if site else {})
    assert "Content-Encoding" not in client.get(address, headers=headers).headers


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_what_our_own_pages_or_the_own_hand_ask_for_is_compressed(network: Network, site: str) -> None:
    client = sign_in(Client(), network.owner)
    answer = client.get("/work/", headers=ZIPPED | {"Sec-Fetch-Site": site})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_with_a_forms_token_or_an_answer_to_a_form_is_as_careful(client: Client) -> None:
    for _ in range(2):
        page = client.get("/sign-in/", headers=ZIPPED)
        assert b"csrfmiddlewaretoken" in page.content
        assert "Content-Encoding" not in page.headers
    typed = client.post("/sign-in/", {"name": "x"}, headers=ZIPPED)
    assert "Content-Encoding" not in typed.headers


def test_half_a_session_is_enough_to_stay_uncompressed(client: Client) -> None:
    client.cookies[settings.SESSION_HALF_COOKIE] = "half"
    assert "Content-Encoding" not in client.get("/privacy/", headers=ZIPPED).headers


def test_files_and_answers_for_programs_are_left_alone(client: Client) -> None:
    for address in ("/api/hsds/", "/static/icons.svg"):
        assert "Content-Encoding" not in client.get(address, headers=ZIPPED).headers
