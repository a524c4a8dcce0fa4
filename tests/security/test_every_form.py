"""Whatever is typed into any form of casework stands nowhere in clear: found by walking the pages.

Every route of casework and of the log is opened as everybody who may; each form on the page is filled
with marked words, sent, and sent again with other choices; what the API takes is sent to it too. Then the
whole database, the server's output, every address that was led to and every cookie are searched. A new page
comes along by itself.
The forms also tell browsers to write down nothing of it for restoring their tabs.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count
from uuid import uuid4

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import resolve

from tests import people
from tests.referrals.markers import marker
from tests.security.routes import Door, doors
from tests.security.scene import Scene, make_scene
from tests.security.test_matrix import WHO
from tests.security.thief import dump, hits

pytestmark = pytest.mark.django_db(transaction=True)

API = "/api/v1/"
WALKED = ("referrals:", "accounts:log", API)
LEAVES = ("/language/", "/lock/")  # another language, or nobody signed in any more
LAST = ("cancel", "withdraw", "close", "decline", "fail", "asked")  # what ends things is walked last


@dataclass
class Form:
    """A form of a page: where it leads, and what its fields hold or offer."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)  # typed fields a browser writes down to restore its tabs
    says_no: bool = False


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
            if self._form:
                self._form.says_no = known.get("autocomplete") == "off"
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
            # Firefox asks each text area, Chromium the form; both ask either for an input.
            if not self._form.says_no or (tag == "textarea" and known.get("autocomplete") != "off"):
                self._form.kept.add(name)
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
            assert form.kept == set(), f"{path}: a browser writes down what is typed here"
            for filled in answers(form, words, numbers):
                yield client.post(form.action, filled)


# Between them they may do whatever can be done through the API.
PROGRAMS = {"owner", "intake", "supervisor"}


def ask(scene: Scene, route: Door, words: dict[str, str], numbers: Iterator[int]) -> Iterator[HttpResponse]:
    """Send what an address of the API takes, as a program would: marked words wherever text is asked."""
    path = route.path(scene.there)
    view = resolve(path).func.cls  # type: ignore[attr-defined]
    change = getattr(view, "change", None)
    for name in sorted(PROGRAMS & WHO[route.name]) if change else ():
        body = {}
        for field_name, one in change.form.base_fields.items():
            where = f"{path}.{field_name}.{next(numbers)}"
            body[field_name] = _answer(field_name, one, scene, where, words)
        body.pop("key", None)
        send = getattr(scene.clients[name], view.changes_by.lower())
        headers = {"Idempotency-Key": str(uuid4())}
        yield send(path, body, content_type="application/json", headers=headers)


def _answer(name: str, one: forms.Field, scene: Scene, where: str, words: dict[str, str]) -> object:
    codes = [code for code, _label in getattr(one, "choices", ()) if code]
    if isinstance(one, forms.MultipleChoiceField):
        return codes[:1]
    if isinstance(one, forms.BooleanField):
        return True
    if isinstance(one, forms.UUIDField):
        return str(scene.there.get(f"{name}_id", scene.there["service_id"]))
    if isinstance(one, forms.IntegerField | forms.RegexField):
        return 1
    if codes:
        return codes[0]
    words[where] = f"{marker(name)}{len(words)}"
    return words[where]


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
        go = ask if route.name.startswith(API) else walk
        for response in go(scene, route, words, numbers):
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
    assert form == Form("/here/", {"key": ["k"], "s": ["a"], "r": ["1", "2"]}, {"note"}, kept={"note"})
    words: dict[str, str] = {}
    first, last = answers(form, words, count())
    assert (first["r"], last["r"]) == ("1", "2")
    assert first["note"] != last["note"]
