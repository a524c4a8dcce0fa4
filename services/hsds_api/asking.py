"""Read what was asked for: the parameters of HSDS, from the address or from the body of a POST."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.dateparse import parse_date, parse_datetime

from services.hsds.values import identifier
from services.queries.hsds import Filters, place_near

MOST_A_PAGE = 100
MOST_A_MINIMAL_PAGE = 5_000  # HSDS: "aim to return all services within one page"
A_PAGE = 20
MOST_METRES = 1_000_000
MOST_CHARACTERS = 300
NDJSON = "ndjson"


class BadParameter(Exception):
    """A parameter that cannot be taken, with what to do about it (English, for programmers)."""

    def __init__(self, name: str, advice: str) -> None:
        super().__init__(name)
        self.name = name
        self.advice = advice


@dataclass(frozen=True)
class Asked:
    """Which records, which of their fields, and which page of them."""

    filters: Filters = field(default_factory=Filters)
    page: int = 1
    per_page: int = A_PAGE
    is_stream: bool = False
    full: bool = False
    minimal: bool = False
    full_service: bool = False


def asked(request: HttpRequest) -> Asked:
    """Return what a request asks for. Raises BadParameter; names that are not ours are not looked at."""
    values = _Values(_given(request), in_body=request.method == "POST")
    minimal = values.flag("minimal")
    most = MOST_A_MINIMAL_PAGE if minimal else MOST_A_PAGE
    kind = values.text("format") or "json"
    if kind not in ("json", NDJSON):
        raise BadParameter("format", "Ask for json or ndjson.")
    return Asked(
        filters=values.filters(),
        page=values.whole("page", 1, most=1_000_000),
        per_page=values.whole("per_page", MOST_A_MINIMAL_PAGE if minimal else A_PAGE, most=most),
        is_stream=kind == NDJSON,
        full=values.flag("full"),
        minimal=minimal,
        full_service=values.flag("full_service"),
    )


def _given(request: HttpRequest) -> Mapping[str, Any]:
    if request.method != "POST":
        return request.GET.dict()
    if request.content_type != "application/json":
        return request.POST.dict()  # a form; of any other kind of body Django makes nothing
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise BadParameter("body", "Send a JSON object.") from None
    if not isinstance(body, dict):
        raise BadParameter("body", "Send a JSON object.")
    return body


class _Values:
    def __init__(self, given: Mapping[str, Any], *, in_body: bool) -> None:
        self.given = given
        self.in_body = in_body

    def text(self, name: str) -> str:
        value = self.given.get(name)
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(value).lower()
        if not isinstance(value, str | int | float):
            raise BadParameter(name, "Give one value.")
        text = str(value).strip()
        # Half of a surrogate pair, or NUL, would stop the database.
        if (
            len(text) > MOST_CHARACTERS
            or "\x00" in text
            or any("\ud800" <= sign <= "\udfff" for sign in text)
        ):
            raise BadParameter(name, f"Give a text of at most {MOST_CHARACTERS} characters.")
        return text

    def flag(self, name: str) -> bool:
        text = self.text(name).lower()
        if text not in ("", "true", "false", "1", "0"):
            raise BadParameter(name, "Say true or false.")
        return text in ("true", "1")

    def whole(self, name: str, default: int, *, most: int) -> int:
        text = self.text(name)
        if not text:
            return default
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= most):
            raise BadParameter(name, f"Give a whole number from 1 to {most}.")
        return int(text)

    def number(self, name: str, lowest: float, highest: float) -> float | None:
        text = self.text(name)
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not lowest <= number <= highest:
            raise BadParameter(name, f"Give a number from {lowest:g} to {highest:g}.")
        return number

    def identifier(self, name: str) -> UUID | None:
        text = self.text(name)
        found = identifier(text)
        if text and found is None:
            raise BadParameter(name, "Give an id as it stands in the records (a UUID).")
        return found

    def moment(self, name: str) -> datetime | None:
        # In an address a plus sign is read as a space.
        text = self.text(name)
        if not text:
            return None
        try:
            found = parse_datetime(text) or parse_datetime(text[:-6] + text[-6:].replace(" ", "+"))
            day = None if found else parse_date(text)
        except ValueError:
            found = day = None
        if day:
            found = datetime.combine(day, time())
        if found is None:
            raise BadParameter(name, "Give a date and time such as 2026-01-31T09:00:00Z.")
        try:
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except OverflowError:
            raise BadParameter(name, "Give a later date.") from None

    def filters(self) -> Filters:
        near = self._near()
        return Filters(
            search=self.text("search"),
            taxonomy_term_id=self.identifier("taxonomy_term_id"),
            taxonomy_id=self.identifier("taxonomy_id"),
            organization_id=self.identifier("organization_id"),
            modified_after=self.moment("modified_after"),
            postcode="" if near else self.text("postcode"),
            district="" if near else self.text("district"),
            near=near,
            parent_id=self.identifier("parent_id"),
            top_only=self.flag("top_only"),
        )

    def _near(self) -> tuple[float, float, float] | None:
        """Return the point and the metres around it; a point of one's own only in the body of a POST."""
        latitude, longitude = self.number("latitude", -90, 90), self.number("longitude", -180, 180)
        if not self.in_body and (latitude is not None or longitude is not None):
            raise BadParameter("latitude", "Send a point by POST: an address is kept in many places.")
        metres = self.number("proximity", 1, MOST_METRES)
        if metres is None:
            return None
        if latitude is not None and longitude is not None:
            return latitude, longitude, metres
        for name in ("district", "postcode"):
            place = place_near(self.text(name)) if self.text(name) else None
            if place:
                return *place, metres
        raise BadParameter(
            "proximity", "Name the middle: district= with a code of our list of places or SOATO."
        )
