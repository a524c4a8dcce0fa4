"""Error pages: the right status, no detail, no database, and the same bytes for denied and missing.

No test here may use the database: pytest-django refuses it without the mark, so a page that
needed it would fail.
"""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from config import errors

pytestmark = pytest.mark.urls("tests.config.urls_that_fail")

SECRET = "Gulnora"


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/fail/odd/", 400, "We could not read that"),
        ("/fail/denied/", 404, "We cannot find this page"),
        ("/fail/missing/", 404, "We cannot find this page"),
        ("/fail/conflict/", 409, "Someone was quicker"),
        ("/fail/many/", 429, "Please wait a moment"),
        ("/fail/bug/", 500, "Something went wrong on our side"),
        ("/fail/database/", 503, "Not available just now"),
        ("/fail/csrf/", 403, "This form was open too long"),
        ("/names/", 405, "This is not a page to open"),
    ],
)
def test_each_failure_has_its_page_without_details(
    client: Client, path: str, status: int, words: str
) -> None:
    response = client.get(path)
    body = response.content.decode()
    assert response.status_code == status
    assert words in body
    assert SECRET not in body
    if status != 405:  # who hides names on this page needs the address on every page
        assert path not in body
    assert "Leave now" in body
    assert "To the front page" in body
    assert response.headers["Cache-Control"] == "no-store"
    # What docs/api.md promises a program: how long to wait.
    if status >= 500:
        assert response.headers["Retry-After"] == "30"
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_denied_and_missing_and_never_there_are_the_same_bytes(client: Client) -> None:
    paths = ("/fail/denied/", "/fail/missing/", "/never/there/?done=saved", "/directory/never/")
    answers = [client.get(path) for path in paths]
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_the_api_says_the_same_for_missing_and_never_there(client: Client) -> None:
    answers = [client.get(path) for path in ("/api/fail/missing/", "/api/v1/never/")]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/problem+json"}
    assert len({answer.content for answer in answers}) == 1
    assert json.loads(client.get("/api/fail/bug/").content) == {
        "type": "urn:hamroh:problem:our-mistake",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Something went wrong on our side. Try again in a moment.",
    }


def test_too_many_tries_says_when_to_come_back(client: Client) -> None:
    assert client.get("/fail/many/").headers["Retry-After"] == "30"


def test_too_large_a_form_is_413(client: Client) -> None:
    response = client.post("/fail/form/", {"text": "x" * (2 * 1024 * 1024)})
    assert response.status_code == 413
    assert "That is too large" in response.content.decode()


def test_too_large_a_file_is_413_and_too_many_fields_too(client: Client) -> None:
    """A form's own words decide about a file; here what the server refuses before any form."""
    response = client.post("/fail/form/", {f"field{number}": "" for number in range(1100)})
    assert response.status_code == 413
    assert "That is too large" in response.content.decode()


def test_every_page_of_an_error_is_tried_here() -> None:
    folder = Path(settings.BASE_DIR) / "templates" / "errors"
    tried = {"400", "404", "405", "409", "413", "429", "500", "503", "base", "form_expired"}
    assert {page.stem for page in folder.glob("*.html")} == tried


@pytest.mark.parametrize("accept", ["gzip", ""])
@pytest.mark.parametrize("path", ["/fail/bug/", "/fail/database/", "/never/there/", "/fail/many/"])
def test_a_head_request_and_an_old_browser_get_the_same_status(
    client: Client, path: str, accept: str
) -> None:
    headers = {"Accept-Encoding": accept}
    assert client.head(path, headers=headers).status_code == client.get(path, headers=headers).status_code


def test_an_error_page_needs_no_script_and_nothing_from_another_site(client: Client) -> None:
    body = client.get("/fail/bug/").content.decode()
    assert not re.search(r"""(src|href|action)=["'](https?:)?//""", body)
    assert 'href="/exit/"' in body


def test_who_lost_a_race_gets_the_own_words_back_but_no_secret(client: Client) -> None:
    typed = {
        "note": "Call after nine & not before",
        "password": "correct horse",
        "csrfmiddlewaretoken": "a b",
    }
    body = client.post("/fail/conflict/", typed).content.decode()
    assert "Call after nine &amp; not before" in body
    assert "correct horse" not in body
    assert "a b<" not in body


def test_an_error_page_that_cannot_be_made_still_answers(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(errors, "render", broken)
    response = client.get("/fail/missing/")
    assert response.status_code == 404
    body = response.content.decode()
    for words in (
        "Please try again",
        "urinib koʻring",
        "уриниб кўринг",
        "Попробуйте ещё раз",
        'href="/exit/"',
    ):
        assert words in body
    assert SECRET not in caplog.text


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "ru"])
def test_error_pages_speak_the_readers_language(client: Client, language: str) -> None:
    english = client.get("/never/there/").content.decode()
    body = client.get("/never/there/", headers={"Accept-Language": language}).content.decode()
    assert "We cannot find this page" in english
    assert "We cannot find this page" not in body
    assert '<html lang="' + {"uz": "uz-Latn", "uz-cyrl": "uz-Cyrl", "ru": "ru"}[language] + '"' in body
