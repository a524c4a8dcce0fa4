"""Every address the site answers, found in the URL resolver, so that a new page cannot be forgotten."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

# One value a converter accepts; none of them names anything that exists.
SAMPLES = {
    "UUIDConverter": str(uuid.UUID(int=7)),
    "IntConverter": "7",
    "SlugConverter": "sample",
    "StringConverter": "sample",
    "PathConverter": "sample/path",
}


@dataclass(frozen=True)
class Route:
    name: str
    path: str


def all_routes() -> list[Route]:
    """Return each route once, with sample values in the place of its parameters."""
    found = {route.path: route for route in _walk(get_resolver().url_patterns, "/", "")}
    return sorted(found.values(), key=lambda route: route.path)


def _walk(patterns: list[URLPattern | URLResolver], prefix: str, space: str) -> Iterator[Route]:
    for entry in patterns:
        path = prefix + _filled(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry.url_patterns, path, inner)
        else:
            yield Route(f"{space}{entry.name}", path)


def _filled(pattern: object) -> str:
    if isinstance(pattern, RoutePattern):
        route = str(pattern)
        for name, converter in pattern.converters.items():
            value = SAMPLES.get(type(converter).__name__, "sample")
            for written in (f"<{name}>", *(f"<{kind}:{name}>" for kind in _kinds(route, name))):
                route = route.replace(written, value)
        return route
    if isinstance(pattern, RegexPattern):
        text = str(pattern).lstrip("^").rstrip("$\\Z")
        text = re.sub(r"\(\?P<\w*(?:pk|id)>[^)]*\)", SAMPLES["UUIDConverter"], text)
        text = re.sub(r"\(\?P<\w+>[^)]*\)", "json", text)
        return re.sub(r"[\\?]", "", text)
    return str(pattern)


def _kinds(route: str, name: str) -> list[str]:
    return re.findall(rf"<(\w+):{name}>", route)
