"""Behaviour 7: no output tells where a confidential service is; every field is marked, every output searched.

The fields come from the models, the outputs from the URL resolver and the registry of exports: a new
field is withheld until ``MAY_BE_TOLD`` says otherwise, and a new page or format is searched by itself.
"""

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pypdf
import pytest
from django.db import models as django_models
from django.test import Client
from django.utils import timezone

from services import models
from services.actions.indexing import reindex
from services.exports import FORMATS
from services.folding import tokens
from services.models import ServiceFacet, ServiceToken
from services.queries import SearchFilters, search
from tests.security.routes import Door, doors
from tests.security.test_matrix import WHO

pytestmark = pytest.mark.django_db

OWN = "the service's own words, written to be read by everybody"
# (table, what it hangs on): None for every field, or the fields that may be told. Nothing else may.
MAY_BE_TOLD: dict[tuple[str, str], tuple[set[str] | None, str]] = {
    ("Service", ""): (
        {
            "name", "alternate_name", "description", "translations", "url", "email",
            "interpretation_services", "application_process", "fees_description", "wait_time",
            "accreditations", "licenses", "alert",
            "eligibility_description", "subtypes", "sort_name",
        },
        OWN,
    ),
    ("Organization", ""): (
        {
            "name", "alternate_name", "description", "translations", "email", "website", "legal_status",
            "logo", "uri", "legal_notification_note",
        },
        "the organization is public; that it has this site is not",
    ),
    ("Phone", "service"): (None, OWN),
    ("Phone", "organization"): (None, "the organization's own"),
    ("Phone", "contact of service"): (None, OWN),
    ("Phone", "contact of organization"): (None, "the organization's own"),
    ("Phone", "service_at_location"): ({"number", "extension"}, "a phone to call; not what it stands beside"),
    ("Contact", "service"): (None, OWN),
    ("Contact", "organization"): (None, "the organization's own"),
    ("Language", "service"): (None, OWN),
    ("Language", "phone of service"): (None, OWN),
    ("Language", "phone of organization"): (None, "the organization's own"),
    ("Schedule", "service"): ({"note", "raw"}, OWN),
    ("ScheduleException", "service"): (None, OWN),
    ("CostOption", "service"): (None, OWN),
    ("RequiredDocument", "service"): (None, OWN),
    ("Url", "service"): (None, OWN),
    ("Url", "organization"): (None, "the organization's own"),
    ("Attribute", "service"): (None, OWN),
    ("Attribute", "organization"): (None, "the organization's own"),
    ("TaxonomyTerm", "service"): (None, OWN),
    ("Taxonomy", "service"): (None, OWN),
    ("TaxonomyTerm", "organization"): (None, "the organization's own"),
    ("Taxonomy", "organization"): (None, "the organization's own"),
}  # fmt: skip


@dataclass
class Marked:
    """Who carries which marker, and ids to ask for."""

    at: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)

    def word(self, model: type[django_models.Model], parent: str, name: str) -> str:
        made = f"zq{len(self.at):03d}v"
        self.at[made] = (model.__name__, parent, name)
        return made

    def make(self, model: Any, parent: str = "", **given: Any) -> Any:
        """Make a row with a marker in each of its fields that can hold one."""
        columns: dict[str, Any] = {}
        for column in model._meta.concrete_fields:
            if column.name in given or column.primary_key or column.is_relation or column.choices:
                continue
            if isinstance(column, django_models.JSONField):
                word = self.word(model, parent, column.name)
                texts = {name.name: word for name in model._meta.concrete_fields if name.name in _TRANSLATED}
                columns[column.name] = {"uz": texts, "ru": texts, "en": texts} if texts else {"k": word}
            elif isinstance(column, django_models.CharField | django_models.TextField) and (
                column.max_length or 99
            ) >= len("zq000v"):
                columns[column.name] = self.word(model, parent, column.name)
        made = model.objects.create(**(columns | given))
        if model.__name__ in _ASKED_FOR:
            self.ids.setdefault(model.__name__, made.pk)
        return made

    @property
    def secret(self) -> dict[str, tuple[str, str, str]]:
        def is_told(where: tuple[str, str, str]) -> bool:
            table, parent, name = where
            told = MAY_BE_TOLD.get((table, parent))
            return told is not None and (told[0] is None or name in told[0])

        return {word: where for word, where in self.at.items() if not is_told(where)}


_TRANSLATED = {
    "name", "description", "legal_notification_note", "document", "option", "amount_description", "alert",
    "eligibility_description", "application_process", "fees_description",
}  # fmt: skip
_ASKED_FOR = ("Service", "Organization", "ServiceAtLocation", "TaxonomyTerm", "Taxonomy", "Location")
COORDINATES = ("39.123457", "68.654327")
PLACES = (27717, 27718)  # free, and in all


def contact_with_phone(marked: Marked, parent: str, **link: Any) -> None:
    contact = marked.make(models.Contact, parent, **link)
    marked.make(models.Phone, f"contact of {parent}", contact=contact)


def make_confidential(marked: Marked, *, is_marked: bool) -> models.Service:
    """Make a shelter at a site that nobody marked, or another service at a site that is marked."""
    organization = marked.make(models.Organization, legal_notification_duty="none", year_incorporated=2001)
    service = marked.make(
        models.Service,
        organization=organization,
        service_type="psychosocial" if is_marked else "safe_house",
        subtypes=["hotline"],
        publication="published",
        status="active",
        sex="any",
        time_zone="Asia/Tashkent",
    )
    telling = {} if not is_marked else dict.fromkeys(
        ("name", "alternate_name", "description", "transportation", "url", "external_identifier"), ""
    )  # fmt: skip
    if not is_marked:
        telling |= {"latitude": float(COORDINATES[0]), "longitude": float(COORDINATES[1])}  # type: ignore[dict-item]
    location = marked.make(
        models.Location,
        organization=organization,
        location_type="virtual" if is_marked else "physical",
        is_confidential=is_marked,
        region_id="UZ-JI",
        district_id="uz-ji-zomin-tumani",
        **telling,
    )
    link = marked.make(models.ServiceAtLocation, service=service, location=location)
    for name, parent in (
        ("service", service),
        ("organization", organization),
        ("location", location),
        ("service_at_location", link),
    ):
        for model in (
            models.Phone,
            models.Contact,
            models.Language,
            models.Schedule,
            models.ServiceArea,
            models.Url,
        ):
            # Without hours and phone of its own the service shows those of its site: the harder case.
            has_none = is_marked and name == "service" and model in (models.Schedule, models.Phone)
            if not has_none and name in {column.name for column in model._meta.concrete_fields}:
                _part(marked, model, name, parent)
        term = marked.make(
            models.TaxonomyTerm, name, taxonomy_detail=marked.make(models.Taxonomy, name), parent_id=None
        )
        marked.make(models.Attribute, name, link_entity=name, link_id=parent.pk, taxonomy_term=term)
    marked.make(models.Accessibility, "location", location=location)
    if not is_marked:
        marked.make(models.Address, "location", location=location, country="UZ")
    for model in (models.CostOption, models.RequiredDocument):
        marked.make(model, "service", service=service)
    today = timezone.localdate()
    marked.make(models.ScheduleException, "service", service=service, date_from=today, date_to=today)
    marked.make(
        models.ServiceCapacity,
        "service",
        service=service,
        unit=marked.make(models.Unit, "service"),
        available=PLACES[0],
        updated=timezone.now(),
    )
    report = marked.make(
        models.AvailabilityReport,
        "service",
        service=service,
        status="capacity",
        source="phone_call",
        places_free=PLACES[0],
        places_total=PLACES[1],
        reported_at=timezone.now() - timedelta(minutes=5),
    )
    models.Service.objects.filter(pk=service.pk).update(latest_report=report)
    reindex([service.pk])
    return models.Service.objects.get(pk=service.pk)


def _part(marked: Marked, model: Any, name: str, parent: Any) -> None:
    if model is models.Contact:
        contact_with_phone(marked, name, **{name: parent})
    elif model is models.Phone:
        phone = marked.make(model, name, **{name: parent})
        marked.make(models.Language, f"phone of {name}", phone=phone)
    elif model is models.Schedule:
        marked.make(
            model, name, **{name: parent}, hsds_id=uuid4(), raw={"byday": marked.word(model, name, "raw")}
        )
        hours = {"weekday": 0, "opens": "09:00", "closes": "18:00"}
        attending = {"attending_type": marked.word(model, name, "raw")}
        marked.make(model, name, **{name: parent}, hsds_id=uuid4(), raw=attending, **hours)
    elif model is models.ServiceArea:
        marked.make(model, name, **{name: parent}, region_id="UZ-JI")
        marked.make(model, name, **{name: parent})
    else:
        marked.make(model, name, **{name: parent})


def everything_out(client: Client, marked: Marked) -> Iterator[tuple[str, bytes]]:
    """Yield every answer of every route that a stranger may open; a format of export is its parameter.

    What the others answer a stranger is the same for anything (test_matrix.py).
    """
    for door in (door for door in doors() if "stranger" in WHO[door.name]):
        for path in _paths(door, marked):
            for asked in ("", "?full=true&full_service=true&per_page=100", "?format=ndjson&full=true"):
                if asked and not path.startswith("/api/hsds/"):
                    continue
                response = client.get(path + asked)
                content = response.getvalue() if response.streaming else response.content
                yield path + asked, content + str(response.headers).encode()


def _paths(door: Door, marked: Marked) -> list[str]:
    """Return the addresses of a route, with all that a parameter might take."""
    names = re.findall(r"<(?:(\w+):)?(\w+)>", door.pattern)
    words = [*FORMATS, "UZ-JI", "uz-ji-zomin-tumani", "uz", "en"]
    ids = list(marked.ids.values())
    choices = [ids if kind == "uuid" or name == "record_id" else words for kind, name in names]
    return [
        door.path(dict(zip([name for _, name in names], chosen, strict=True)))
        for chosen in itertools.islice(itertools.product(*choices), 60)
    ]


def readable(content: bytes) -> str:
    """Return all text in an answer: unpacked from zip and spreadsheet, read from PDF."""
    found = [content.decode("utf-8", "replace")]
    at = content.find(b"PK\x03\x04")
    if at == 0:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found += [readable(archive.read(name)) for name in archive.namelist()]
    if content.startswith(b"%PDF"):
        found += [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    return "\n".join(found)


@pytest.fixture
def zomin(db: None) -> None:
    """One region and one district: the whole country takes seconds to load."""
    names = {"uz": "Jizzax", "en": "Jizzakh"}
    outline = [[[[68.0, 39.0], [69.0, 39.0], [69.0, 40.0], [68.0, 39.0]]]]
    region = models.Region.objects.create(
        code="UZ-JI", names=names, outline=outline, latitude=40.5, longitude=67.5, time_zone="Asia/Tashkent",
        position=1,
    )  # fmt: skip
    models.District.objects.create(
        code="uz-ji-zomin-tumani", region=region, names={"uz": "Zomin tumani"}, position=1
    )


@pytest.mark.parametrize("is_marked", [False, True], ids=["a shelter", "a marked site"])
def test_no_output_tells_what_is_confidential(
    zomin: None, client: Client, settings: Any, is_marked: bool
) -> None:
    settings.OPEN_API_PER_MINUTE = 100_000
    marked = Marked()
    service = make_confidential(marked, is_marked=is_marked)
    name, secret = service.name, marked.secret
    assert len(secret) > 40
    told, searched = 0, 0
    leaks: dict[object, str] = {}
    for where, content in everything_out(client, marked):
        text = readable(content).lower()
        searched += 1
        told += name in text
        for word in set(re.findall(r"zq\d\d\dv", text)) & set(secret):
            leaks.setdefault(secret[word], where)
        for number in (*COORDINATES, *map(str, PLACES)):
            # Alone, not by chance within an id or a nonce.
            if re.search(rf"(?<![\w-]){re.escape(number)}(?![\w-])", text):
                leaks.setdefault(number, where)
    assert leaks == {}
    assert searched > 50
    assert told > 10, "the service itself is in the outputs"


@pytest.mark.parametrize("is_marked", [False, True], ids=["a shelter", "a marked site"])
def test_no_search_finds_it_by_what_is_confidential(zomin: None, is_marked: bool) -> None:
    marked = Marked()
    service = make_confidential(marked, is_marked=is_marked)
    hidden = {token for word in marked.secret for token in tokens(word)}
    assert hidden.isdisjoint(ServiceToken.objects.values_list("token", flat=True))
    assert hidden.isdisjoint(tokens(" ".join(ServiceFacet.objects.values_list("code", flat=True))))
    assert search(SearchFilters(words=service.name)).cards
    for word in marked.secret:
        found = search(SearchFilters(words=word))
        # What was looked for "instead" is a public word, one letter away from this one.
        assert not found.cards or found.instead not in hidden | {""}


def test_a_public_service_that_shares_a_shelters_site_does_not_tell_it_either(
    zomin: None, client: Client, settings: Any
) -> None:
    settings.OPEN_API_PER_MINUTE = 100_000
    marked = Marked()
    shelter = make_confidential(marked, is_marked=False)
    # Hidden: it is in the building all the same.
    models.Service.objects.filter(pk=shelter.pk).update(publication="hidden")
    neighbour = marked.make(
        models.Service,
        organization=models.Organization.objects.create(name="Neighbour"),
        service_type="psychosocial",
        subtypes=["hotline"],
        publication="published",
        status="active",
        sex="any",
        time_zone="Asia/Tashkent",
    )
    site = models.Location.objects.get()
    link = marked.make(models.ServiceAtLocation, service=neighbour, location=site)
    for model in (models.Phone, models.Schedule):
        _part(marked, model, "service_at_location", link)
    reindex([shelter.pk])
    near = models.Service.objects.values_list("near_latitude", "near_longitude").get(pk=neighbour.pk)
    assert near == (40.5, 67.5), "nearest first counts from the middle of the region"
    assert [card.id for card in search(SearchFilters(words=neighbour.name)).cards] == [neighbour.pk]
    marked.ids["Service"] = neighbour.pk
    for where, content in everything_out(client, marked):
        text = readable(content).lower()
        leaks = {marked.secret[word] for word in re.findall(r"zq\d\d\dv", text) if word in marked.secret}
        assert leaks == set(), where
        assert not any(number in text for number in COORDINATES), where
    hidden = {token for word in marked.secret for token in tokens(word)}
    assert hidden.isdisjoint(ServiceToken.objects.values_list("token", flat=True))
