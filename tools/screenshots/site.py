"""A throw-away site with the demo's people, and the pages each of them reaches by its links.

A page with parameters is found the way a person finds it: by following links from the pages without.
So a new page is in the pictures as soon as something leads to it, and a route nobody reached is said.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from io import StringIO
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.models import Person
from referrals.demo.network import PASSWORD
from tests import people
from tests.security.routes import doors
from tools import catalogues

# Who is looked over the shoulder of; together they have every role.
PEOPLE = ("dilnoza", "malika", "saida", "karima", "nodira")
# Not pages: forms' addresses, answers for programs, what is downloaded, and the way out.
NO_PAGES = re.compile(
    r"^/(api/|static/|exit/$|sign-out/|language/|error/)|\.pdf$|/export/|/data/(?!profile/)[\w.-]+/$"
)
MOST_OF_A_ROUTE = 15

Look = frozenset[tuple[str, str | None]]


@dataclass(frozen=True)
class Stop:
    """One page as one person reaches it. ``name`` is its route's; ``number`` counts its other states."""

    person: str
    name: str
    path: str
    number: int = 1


class _Bones(HTMLParser):
    """A page's links, and its tags and classes without the words: two cases in one state look alike."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.look: set[tuple[str, str | None]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.look.add((tag, known.get("class")))
        if tag == "a" and known.get("href"):
            self.links.append(str(known["href"]))


@contextmanager
def running(handler: Callable[[Any], Any] = StaticFilesHandler) -> Iterator[str]:
    """Make the site in the database that the settings name, serve it, and give its address.

    ``handler`` is put around the site: the one that finds static files in the source unless said.
    """
    from django.test.testcases import LiveServerThread

    catalogues.compile_all()
    call_command("migrate", verbosity=0)
    call_command("setup_demo", stdout=StringIO())
    server = LiveServerThread("127.0.0.1", handler)  # type: ignore[arg-type]
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.terminate()


def signed_in(name: str) -> Client:
    """Return a client of one of the demo's people who confirmed a moment ago; "" is nobody."""
    client = Client()
    if name:
        people.step_up(people.sign_in(client, Person.objects.get(name=name), password=PASSWORD))
    return client


def route_of(path: str) -> str | None:
    """Return the name of the route that answers an address, None where none does."""
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None


def stops(*, each: int, every_role: bool = False) -> list[Stop]:
    """Return the pages people reach: each route in at most ``each`` states that look different.

    A page that looks to a second person as it did to the first is not returned again, but for the front page
    and with ``every_role``.
    """
    looks: dict[str, list[Look]] = {}
    found = []
    for person in ("", *PEOPLE):
        for path, look in _pages(person):
            name = str(route_of(path))
            of_route = looks.setdefault(f"{name} {person}" if every_role or name == "home" else name, [])
            if look not in of_route and len(of_route) < each:
                of_route.append(look)
                found.append(Stop(person, name, path, len(of_route)))
    return found


def _pages(person: str) -> Iterator[tuple[str, Look]]:
    """Follow this person's links from every page without parameters; give what answers with a page."""
    client = signed_in(person)
    waiting = [door.pattern for door in doors() if "<" not in door.pattern and "^" not in door.pattern]
    asked: set[str] = set()
    count: Counter[str] = Counter()
    while waiting:
        path = waiting.pop(0)
        name = route_of(path)
        if path in asked or not name or NO_PAGES.search(path) or count[name] >= MOST_OF_A_ROUTE:
            continue
        asked.add(path)
        count[name] += 1
        response = client.get(path)
        if response.status_code in (301, 302, 303):
            waiting.append(response["Location"])
        elif response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            bones = _Bones()
            bones.feed(response.content.decode())
            waiting += [
                urljoin(path, link).split("#")[0]
                for link in bones.links
                if not urlsplit(link).scheme and not link.startswith("//")
            ]
            yield path, frozenset(bones.look)


def cookies_of(client: Client, language: str) -> dict[str, str]:
    """Return a client's session and a language as cookies for a browser."""
    names = (settings.SESSION_ID_COOKIE, settings.SESSION_HALF_COOKIE)
    kept = {name: client.cookies[name].value for name in names if name in client.cookies}
    kept[settings.LANGUAGE_COOKIE_NAME] = language
    return kept
