"""Files made to harm: they may not bring out a shelter, change another source's records, or stop the site."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from services import actions, places, publish
from services.errors import ImportRefused
from services.hsds import reading, values
from services.hsds.rows import id_of
from services.models import Attribute, ImportRow, Language, Location, Phone, Service
from services.queries.entries import published_service_with_parts
from services.templatetags.directory import dial

from .conftest import as_file, hsds_service, imported
from .test_confidential import MARKER, WITHHELD, everything_stored, marked_location

pytestmark = pytest.mark.django_db


def take(*objects: Any, source: str = "test") -> dict[str, int]:
    counts: dict[str, int] = actions.import_hsds(as_file(*objects), source=source, dry_run=False).counts
    return counts


def published_json(service: dict[str, Any]) -> str:
    found = published_service_with_parts(service["id"])
    assert found is not None
    return json.dumps(publish.service_json(found))


def flat(service: dict[str, Any], location: dict[str, Any]) -> list[dict[str, Any]]:
    """Return service, site and the link between them as three records joined by ids."""
    link = {"id": str(uuid4()), "service_id": service["id"], "location_id": location["id"]}
    return [location, {**service, "service_at_locations": []}, link]


# --- a shelter stays where nobody finds it ---


@pytest.mark.parametrize("order", [1, -1])
def test_a_shelters_site_in_a_record_of_its_own_is_not_kept(order: int, places_loaded: None) -> None:
    records = flat(hsds_service(service_type="safe_house"), marked_location())[::order]
    assert take(*records) == {"quarantined": 2, "accepted": 1}
    assert MARKER not in everything_stored()


def test_a_name_that_sounds_like_a_shelter_counts_for_a_site_apart_from_it(places_loaded: None) -> None:
    records = flat(hsds_service(name="Safe house Namuna"), marked_location())
    assert take(*records) == {"quarantined": 2, "accepted": 1}
    assert MARKER not in everything_stored()


def test_a_later_file_brings_no_address_to_a_shelter(places_loaded: None) -> None:
    shelter = hsds_service(service_type="safe_house", service_at_locations=[])
    imported(shelter)
    location = marked_location()
    link = {"id": str(uuid4()), "service_id": shelter["id"], "location": location}
    assert take(link) == {"quarantined": 1}
    plain = {"id": location["id"], "location_type": "virtual"}
    assert take({**link, "location": plain}) == {"accepted": 1}
    assert take(location) == {"quarantined": 1}
    assert MARKER not in everything_stored()


def test_what_became_a_shelter_tells_no_address_any_more(places_loaded: None) -> None:
    service = hsds_service()
    imported(service)
    assert "Namuna street" in published_json(service)
    del service["service_at_locations"]
    take({**service, "service_type": "safe_house"})
    assert "Namuna street" not in published_json(service)


def test_another_spelling_of_an_id_does_not_bring_the_address_back(places_loaded: None) -> None:
    location = marked_location(attributes=[WITHHELD])
    imported(hsds_service(service_at_locations=[{"id": str(uuid4()), "location": location}]))
    again = marked_location(id=location["id"].upper())
    bare = {"id": location["id"], "location_type": "virtual"}
    take(bare, again)
    take(again, bare)
    take(again)
    assert Location.objects.get(pk=location["id"]).is_confidential
    assert MARKER not in everything_stored()


def test_two_spellings_of_an_id_in_one_file_are_one_site(places_loaded: None) -> None:
    location = marked_location()
    marked = {"id": location["id"].upper(), "location_type": "virtual", "attributes": [WITHHELD]}
    take(location, marked)
    assert Location.objects.get().is_confidential
    assert MARKER not in everything_stored()


@pytest.mark.parametrize("order", [1, -1])
def test_the_id_we_gave_a_site_is_another_spelling_of_its_own(order: int, places_loaded: None) -> None:
    """Whoever names the site by both says of one what hides the other."""
    for given in (f"site {number}" for number in range(4)):  # which of the two is forgotten, is chance
        bare = {"id": given, "location_type": "virtual"}
        take({**bare, "attributes": [WITHHELD]})
        ours = str(id_of("test", "location", given))
        take(*[marked_location(id=ours), bare][::order])
        take(*[marked_location(id=given), {**bare, "id": ours}][::order])
        # And where the file itself is the first to say that it is confidential.
        other = f"another {given}"
        marked = {"id": other, "location_type": "virtual", "attributes": [WITHHELD]}
        take(*[marked_location(id=str(id_of("test", "location", other))), marked][::order])
    assert not Location.objects.filter(is_confidential=False).exists()
    assert MARKER not in everything_stored()


def test_the_mark_counts_beside_a_term(places_loaded: None) -> None:
    term = {"id": str(uuid4()), "code": "confidentiality", "name": "Confidentiality"}
    mark = {**WITHHELD, "value": " Address-Withheld", "taxonomy_term": term}
    take(marked_location(attributes=[mark]))
    assert Location.objects.get().is_confidential
    assert MARKER not in everything_stored()


def test_a_public_site_can_become_confidential(places_loaded: None) -> None:
    location = marked_location()
    service = hsds_service(service_at_locations=[{"id": str(uuid4()), "location": location}])
    imported(service)
    location["attributes"] = [WITHHELD]
    assert take(service) == {"changed": 1}
    assert Location.objects.get().is_confidential
    ImportRow.objects.all().delete()  # those of the time when it was public
    assert MARKER not in everything_stored()


def test_a_site_without_a_type_is_cleared_too(places_loaded: None) -> None:
    location = marked_location()
    del location["location_type"]
    take(
        hsds_service(
            service_type="safe_house", service_at_locations=[{"id": str(uuid4()), "location": location}]
        )
    )
    assert MARKER not in everything_stored()


def test_no_name_in_a_record_hides_what_the_record_is(places_loaded: None) -> None:
    """A link that also has a site's names, or a service's, is a link: its site is looked at."""
    marked = {"id": str(uuid4()), "location_type": "virtual", "attributes": [WITHHELD]}
    service = hsds_service(service_at_locations=[{"id": str(uuid4()), "location": marked}])
    imported(service)
    told = marked_location(id=marked["id"])
    for name, value in (("location_type", "physical"), ("status", "active"), ("service_at_locations", [])):
        link = {**service["service_at_locations"][0], name: value, "location": told}
        take({**service, "service_at_locations": [link]})
        assert Location.objects.get().is_confidential
        link = {"id": str(uuid4()), name: value, "location": marked_location()}
        assert take(hsds_service(service_type="safe_house", service_at_locations=[link])) == {
            "quarantined": 1
        }
    assert MARKER not in everything_stored()


def test_of_a_withheld_site_nothing_is_kept_under_another_name(places_loaded: None) -> None:
    """HSDS 2 says physical_addresses; and what names the site by its id only is a word about it too."""
    site = {"id": str(uuid4()), "location_type": "virtual", "attributes": [WITHHELD]}
    link = {"id": str(uuid4()), "location": site | {"physical_addresses": [{"address_1": MARKER}]}}
    service = hsds_service(service_at_locations=[link])
    take(service)
    actions.import_hsds(as_file({**service, "name": "Another"}), source="test")
    words = {"description": MARKER, "contacts": [{"id": str(uuid4()), "title": MARKER}]}
    by_id = {"id": link["id"], "service_id": service["id"], "location_id": site["id"]}
    assert take(by_id | words) == {"unchanged": 1}
    assert MARKER not in everything_stored()


def test_no_file_uncovers_a_site(places_loaded: None) -> None:
    """A hidden shelter withholds the address of who shares its site: one editor's file ends that not."""
    seen, office = hsds_service(), hsds_service()["service_at_locations"][0]
    imported(seen)
    site = seen["service_at_locations"][0]["location"]["id"]
    link = {"id": str(uuid4()), "location_id": site}
    shelter = hsds_service(service_type="safe_house", service_at_locations=[link])
    run = actions.import_hsds(as_file(shelter), source="test", dry_run=False)
    assert run.needs_second  # it takes an address out of a published entry
    assert "Namuna street" not in published_json(seen)
    elsewhere = {"id": str(uuid4()), "location_type": "virtual"}
    for again in (
        {**shelter, "service_type": "psychosocial"},
        {**shelter, "service_at_locations": []},
        {**shelter, "service_at_locations": [{"id": link["id"], "location": elsewhere}]},
        {**link, "service_id": seen["id"]},
    ):
        run = actions.import_hsds(as_file(again), source="test", dry_run=False)
        assert "left_covered" in [note["code"] for row in run.rows.all() for note in row.notes]
        assert "Namuna street" not in published_json(seen)
    # A marked site makes the other sites of its service confidential too.
    marked = {"id": str(uuid4()), "location_type": "virtual", "attributes": [WITHHELD]}
    both = hsds_service(service_at_locations=[office, {"id": str(uuid4()), "location": marked}])
    imported(both)
    take({**both, "service_at_locations": [office]})
    assert Service.objects.get(pk=both["id"]).is_confidential
    # What else is said of a shelter is taken.
    assert take({**shelter, "name": "Another", "service_type": "psychosocial"}) == {"changed": 1}
    assert Service.objects.get(pk=shelter["id"]).name == "Another"


# --- nobody changes another source's records ---


def test_parts_of_parts_belong_to_their_source(places_loaded: None) -> None:
    phone: dict[str, Any] = {
        "id": str(uuid4()),
        "number": "+998 00 000 99 04",
        "languages": [{"id": str(uuid4()), "code": "ru"}],
    }
    desk = {"id": str(uuid4()), "title": "Desk", "phones": [phone]}
    mark = {"id": str(uuid4()), "link_type": "tag", "value": "theirs"}
    imported(hsds_service(contacts=[desk], attributes=[mark]))
    thief = {"number": "+998 00 666 66 66"}
    assert take(hsds_service(phones=[{**phone, **thief, "languages": []}]), source="thief") == {
        "quarantined": 1
    }
    assert take(hsds_service(languages=phone["languages"]), source="thief") == {"quarantined": 1}
    assert take(hsds_service(attributes=[{**mark, "value": "mine"}]), source="thief") == {"quarantined": 1}
    assert not Phone.objects.filter(number=thief["number"]).exists()
    assert Language.objects.get(pk=phone["languages"][0]["id"]).phone_id is not None
    assert Attribute.objects.get(pk=mark["id"]).value == "theirs"


def test_no_file_rewords_another_sources_records(places_loaded: None) -> None:
    """Terms and units have no source of their own, but those who say them have."""
    taxonomy = {"id": str(uuid4()), "name": "Kinds", "description": "", "version": "2"}
    term = {"id": str(uuid4()), "code": "k", "name": "Kind", "description": "d", "taxonomy_detail": taxonomy}
    unit = {"id": str(uuid4()), "name": "room"}
    of = lambda: hsds_service(  # noqa: E731
        attributes=[{"id": str(uuid4()), "link_type": "kind", "value": "v", "taxonomy_term": term}],
        capacities=[{"id": str(uuid4()), "available": 2, "updated": "2026-01-31T09:00:00Z", "unit": unit}],
    )
    first = of()
    imported(first)
    before = published_json(first)
    taxonomy["name"], term["name"], unit["name"] = ["Come to Namuna street 9"] * 3
    run = actions.import_hsds(as_file(of()), source="thief", dry_run=False)
    assert [note["detail"] for note in run.rows.get().notes] == ["taxonomy", "taxonomy_term", "unit"]
    assert take(term, source="thief") == {"unchanged": 1}
    assert published_json(first) == before
    # Its own source may, and the public would see it.
    Service.objects.exclude(pk=first["id"]).delete()
    Attribute.objects.exclude(link_id=first["id"]).delete()
    run = actions.import_hsds(as_file(term), source="test", dry_run=False)
    assert run.needs_second
    assert run.counts == {"changed": 1}


def test_no_other_source_adds_a_phone_or_site_to_a_service(places_loaded: None) -> None:
    service = hsds_service()
    imported(service)
    fake = {
        "id": str(uuid4()),
        "service_id": service["id"],
        "location": {"id": str(uuid4()), "location_type": "virtual"},
        "phones": [{"id": str(uuid4()), "number": "+998 00 666 66 66"}],
    }
    assert take(fake, source="thief") == {"quarantined": 1}
    assert take(fake) == {"accepted": 1}


# --- no value stops it ---


@pytest.mark.parametrize(
    "changes",
    [
        {"cost_options": [{"id": str(uuid4()), "amount": "NaN"}]},
        {"cost_options": [{"id": str(uuid4()), "amount": "-Infinity"}]},
        {"organization": {"id": str(uuid4()), "name": "Namuna", "services": 5}},
        {"organization": {"id": str(uuid4()), "name": "Namuna", "services": {"a": 1}}},
    ],
)
def test_a_strange_value_is_put_aside(changes: dict[str, Any], places_loaded: None) -> None:
    assert take(hsds_service(**changes)) == {"quarantined": 1}


def test_a_night_without_an_end_comes_in(places_loaded: None) -> None:
    night = {"id": str(uuid4()), "freq": "WEEKLY", "byday": "MO", "opens_at": "20:00", "closes_at": "08:00"}
    assert take(hsds_service(schedules=[{**night, "valid_to": "9999-12-31"}])) == {"accepted": 1}
    assert Service.objects.get().hours.count() == 2


def test_a_quote_without_an_end_is_refused_at_once(db: None) -> None:
    """Each quote behind it was once tried to the end of the file: 20 MB of them took days."""
    with pytest.raises(ImportRefused, match="Unterminated"):
        reading.read(b'["' + b'\\"' * 500_000)


def test_of_a_strange_rule_only_its_own_names_are_published(places_loaded: None) -> None:
    rule = {"id": str(uuid4()), "freq": "MONTHLY", "bymonthday": "15", "opens_at": "09:00"}
    service = hsds_service(schedules=[{**rule, "whereabouts": MARKER, "schedule_link": "javascript:1"}])
    imported(service)
    out = published_json(service)
    assert "MONTHLY" in out
    assert MARKER not in out
    assert "javascript" not in out


# --- two at once ---


@pytest.mark.django_db(transaction=True)
def test_of_two_commits_at_once_one_is_told_to_look_again() -> None:
    places.load()
    file = as_file(*(hsds_service() for _ in range(20)))
    runs = [actions.import_hsds(file, source="test").pk for _ in range(2)]
    together = Barrier(2)

    def commit(run: Any) -> str:
        together.wait()
        try:
            actions.commit_import(run)
        except ImportRefused as refused:
            return str(refused.message)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(commit, runs))
    assert answers == ["", "The directory has changed since the dry run."]
    assert Service.objects.count() == 20


# --- what a phone is asked to dial ---


def test_nothing_turns_a_number_or_a_name_around() -> None:
    """Whoever approves reads the one number, and who calls would dial the other."""
    for turned in (
        "\u202e+998 00 321 54 76\u202c",
        "\u2067+998 00 321\u2069 54 76",
        "+998\u200f 00 321 54\u061c 76",
    ):
        assert values.phone(turned) == values.line()(turned) == "+998 00 321 54 76"
    with pytest.raises(values.Bad):  # nor does it hide a formula
        values.text("\u202e=1+1")


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("+998 (00) 000-99-01", "+998000009901"),
        ("102, 103", "102"),
        ("+998 00 000 99 01 ext. 5", "+998000009901"),
        ("*21*+998000009901#", ""),
        ("ask at the desk", ""),
        ("1" * 40, ""),
        ('102" onclick="x', "102"),
    ],
)
def test_a_link_dials_a_number_and_nothing_else(written: str, dialled: str) -> None:
    assert dial(written) == dialled
