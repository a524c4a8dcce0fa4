"""What a page weighs on the wire: a slow network and a small data plan are part of who comes here.

Counted as production sends to a browser of the last years: static files once and compressed as they are
collected, pages compressed where config/middleware.py compresses them, each answer with its headers.
"""

import gzip
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client

from referrals.models import Case
from tests import people
from tests.people import Network
from tests.referrals import making
from tests.referrals.pages import DECISION, HER_ANSWER, SENDING, filled, page
from tests.security.routes import doors
from tests.security.scene import make_scene
from tests.security.test_matrix import WHO
from tests.services.conftest import DIRECTORY

pytestmark = pytest.mark.django_db

FIRST_VISIT, LATER_PAGE, JOURNEY = 60_000, 15_000, 150_000
HEADERS_OF_A_FILE = 700  # status line and headers of a static file, as nginx and WhiteNoise send them
BROWSER = {"Accept-Encoding": "gzip, deflate, br", "Sec-Fetch-Site": "same-origin"}
# Everything at once, for who builds pages; leaving ends the sessions of this test.
LEFT_OUT = ("style", "exit", "lock")
LANGUAGES = [code for code, _ in settings.LANGUAGES]


@cache
def of_file(name: str) -> int:
    found = finders.find(name)
    if not isinstance(found, str):
        raise LookupError(name)
    body = Path(found).read_bytes()
    return min(len(body), len(gzip.compress(body, 9))) + HEADERS_OF_A_FILE


def of_answer(response: HttpResponse) -> int:
    headers = sum(len(name) + len(value) + 4 for name, value in response.headers.items())
    return (
        len(response.content)
        + headers
        + sum(len(cookie.OutputString()) + 14 for cookie in response.cookies.values())
    )


class Scale(Client):
    """A browser with an empty cache that weighs every answer it gets."""

    def __init__(self, language: str = "en") -> None:
        super().__init__(headers=BROWSER | {"Accept-Language": language})
        self.total, self.files = 0, 0
        self.pages: list[tuple[str, int]] = []
        self._kept: set[str] = set()

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        weight = of_answer(response)
        self.pages.append((f"{request['REQUEST_METHOD']} {request['PATH_INFO']}", weight))
        self.total += weight + sum(of_file(name) for name in self._new_files(response))
        return response

    def text(self, response: HttpResponse) -> str:
        is_zipped = response.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(response.content) if is_zipped else response.content).decode()

    def read(self, address: str) -> str:
        response = self.get(address)
        assert response.status_code == 200, address
        return self.text(response)

    def _new_files(self, response: HttpResponse) -> Iterator[str]:
        for name in re.findall(r'(?:href|src)="/static/([^"#]+)', self.text(response)):
            if name not in self._kept:
                self._kept.add(name)
                self.files += 1
                yield name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_first_visit_is_light(language: str) -> None:
    visitor = Scale(language)
    visitor.get("/")
    assert visitor.files >= 4
    assert visitor.total <= FIRST_VISIT


def test_every_page_of_the_site_is_light(network: Network) -> None:
    """In the language that takes most bytes, with the invented directory and a case to show."""
    DIRECTORY.get()
    scene = make_scene(network)
    heavy, seen = {}, 0
    for door in (door for door in doors() if door.name not in LEFT_OUT):
        for who in ("stranger", "owner", "intake", "supervisor", "administrator"):
            if who not in WHO[door.name]:
                continue
            path = door.path(scene.there)
            answer = scene.clients[who].get(path, headers=BROWSER | {"Accept-Language": "uz-cyrl"})
            if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
                continue
            seen += 1
            if of_answer(answer) > LATER_PAGE:
                heavy[f"{who}: {door.name}"] = of_answer(answer)
            break
    assert heavy == {}
    assert seen > 60


@pytest.mark.parametrize("language", ["en", "uz-cyrl"])  # the one that most read in review, the heaviest
def test_to_refer_somebody_from_start_to_sent_is_light(network: Network, language: str) -> None:
    """From the sign-in page to the sent referral: every page, form and file on the way."""
    DIRECTORY.get()
    service = making.make_service(network.b.agency)
    worker = Scale(language)
    html = worker.read("/sign-in/")
    answers = {"name": network.owner.name, "password": people.PASSWORD}
    step = worker.post("/sign-in/", answers)["Location"]
    html = worker.read(step)
    step = worker.post(
        page("case_new"), filled(worker.read(page("case_new")), alias="Lola", age_band="26-40")
    )["Location"]
    while "new=1" in step:
        html = worker.read(step)
        step = worker.post(step, filled(html))["Location"]
    worker.read(step)
    case = Case.objects.get()
    worker.read(page("case_match", case.id))
    decision = page("consent_new", case.id)
    worker.post(decision, {"service": service.pk, "step": "duty"})
    html = worker.text(worker.post(decision, {"service": service.pk, "step": "decide", "read_aloud": "on"}))
    wishes = DECISION | {"told": ["age_band", "alias"]}
    html = worker.text(worker.post(decision, filled(html) | wishes))
    to_send = worker.post(decision, {**wishes, **filled(html), **HER_ANSWER})["Location"]
    sent = worker.post(to_send.partition("?")[0], filled(worker.read(to_send)) | SENDING)
    assert sent.status_code == 303
    worker.read(sent["Location"])
    assert {name: weight for name, weight in worker.pages if weight > LATER_PAGE} == {}
    assert len(worker.pages) >= 18
    assert worker.total <= JOURNEY
