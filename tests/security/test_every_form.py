"""Whatever is typed into any form of casework stands nowhere in clear: found by walking the pages.

Every route of casework and of the log is opened as everybody who may; each form on the page is filled
with marked words, sent, and sent again with other choices. Then the whole database, the server's
output, every address that was led to and every cookie are searched. A new page comes along by itself.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from tests import people
from tests.referrals.markers import marker
from tests.security.routes import Door, doors
from tests.security.scene import Scene, make_scene
from tests.security.test_matrix import WHO
from tests.security.thief import dump, hits

pytestmark = pytest.mark.django_db(transaction=True)

WALKED = ("referrals:", "accounts:log")
LEAVES = ("/language/", "/lock/")  # another language, or nobody signed in any more
LAST = ("cancel", "withdraw", "close", "decline", "fail", "asked")  # what ends things is walked last


@dataclass
class Form:
    """A form of a page: where it leads, and what its fields hold or offer."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)


class Forms(HTMLParser):
    """Read the forms that are sent by POST."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.found, self._form, self._select = path, [], None, ""
        self.found: list[Form]
        self._form: Form | None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(known.get("action") or self.path) if known.get("method") == "post" else None
            if self._form and self._form.action not in LEAVES:
                self.found.append(self._form)
        if self._form is None:
            return
        name, kind = known.get("name", ""), known.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and known.get("value"):
            self._form.fields.setdefault(self._select, []).append(known["value"])
        elif tag == "textarea" or (tag == "input" and kind in ("text", "search", "tel", "email")):
            self._form.typed.add(name)
        elif tag == "input" and kind == "file":
            self._form.files.add(name)
        elif name and kind in ("radio", "checkbox", "hidden", "submit"):
            self._form.fields.setdefault(name, []).append(known.get("value", "on"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "form":
            self._form = None


def answers(form: Form, words: dict[str, str], numbers: Iterator[int]) -> Iterator[dict[str, object]]:
    """Yield the form filled twice: with the first of each choice, and with the last."""
    for pick in (0, -1):
        filled: dict[str, object] = {name: values[pick] for name, values in form.fields.items()}
        for name in form.typed:
            where = f"{form.action}.{name}.{next(numbers)}"
            filled[name] = words[where] = f"{marker(name)}{len(words)}"
        for name in form.files:
            where = f"{form.action}.{name}.{next(numbers)}"
            words[where] = f"{marker(name)}{len(words)}"
            filled[name] = SimpleUploadedFile(f"{words[where]}.txt", words[where].encode())
        yield filled


def walk(scene: Scene, route: Door, words: dict[str, str], numbers: Iterator[int]) -> Iterator[HttpResponse]:
    """Open one route as everybody who may, and send each form on it."""
    path = route.path(scene.there)
    for who in sorted(WHO[route.name]):
        client = scene.clients[who]
        page = client.get(path)
        yield page
        if page.status_code != 200 or page.streaming:
            continue
        forms = Forms(path)
        forms.feed(page.content.decode())
        for form in forms.found:
            for filled in answers(form, words, numbers):
                yield client.post(form.action, filled)


def test_no_word_typed_into_any_form_of_casework_stands_in_clear(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    scene = make_scene(people.get_network())
    words: dict[str, str] = {}
    numbers = count()
    told: list[str] = []
    routes = [door for door in doors() if door.name.startswith(WALKED)]
    for route in sorted(routes, key=lambda door: any(word in door.name for word in LAST)):
        for response in walk(scene, route, words, numbers):
            assert response.status_code < 500, route.name
            told += [response.headers.get("Location", ""), str(response.cookies)]
    assert len(words) > 20, "the walk has found the forms"
    printed = "\n".join(capfd.readouterr()) + caplog.text
    places = {"database": dump(), "output": printed.encode(), "addresses": "\n".join(told).encode()}
    assert hits(words, places) == []


def test_the_walk_fills_what_a_page_asks() -> None:
    forms = Forms("/here/")
    forms.feed(
        '<form method="post"><input type="hidden" name="key" value="k"><textarea name="note"></textarea>'
        '<select name="s"><option value=""></option><option value="a"></option></select>'
        '<input type="radio" name="r" value="1"><input type="radio" name="r" value="2"></form>'
        '<form method="get"><input name="q"></form>'
    )
    [form] = forms.found
    assert form == Form("/here/", {"key": ["k"], "s": ["a"], "r": ["1", "2"]}, {"note"})
    words: dict[str, str] = {}
    first, last = answers(form, words, count())
    assert (first["r"], last["r"]) == ("1", "2")
    assert first["note"] != last["note"]
