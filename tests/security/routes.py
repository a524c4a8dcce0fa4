"""Every address the site answers, found in the URL resolver, so that a new page cannot be forgotten."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Door:
    """One route: its name (its pattern where it has none) and its pattern, parameters in angle brackets."""

    name: str
    pattern: str

    def path(self, values: dict[str, object]) -> str:
        """Return an address; a parameter that ``values`` does not know gets something that is not there."""
        return re.sub(r"<(?:(\w+):)?(\w+)>", lambda found: _value(found, values), self.pattern)


@dataclass(frozen=True)
class Route:
    name: str
    path: str


def doors() -> list[Door]:
    """Return every route of the site."""
    return list(_walk(get_resolver().url_patterns, "/", ""))


def all_routes() -> list[Route]:
    """Return each route once, with the address of something that is not there."""
    return [Route(door.name, door.path({})) for door in sorted(doors(), key=lambda door: door.pattern)]


def _value(found: re.Match[str], values: dict[str, object]) -> str:
    kind, name = found.groups()
    return str(values.get(name, uuid.UUID(int=7) if kind == "uuid" else "sample"))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str, space: str) -> Iterator[Door]:
    for entry in patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry.url_patterns, pattern, inner)
        else:
            yield Door(f"{space}{entry.name}" if entry.name else pattern, pattern)
