"""The name of every district, typed in either script and in the ways people type it, finds it."""

import json

import pytest
from django.db import connection
from django.utils import timezone

from services.actions import reindex
from services.models import Organization, Service, ServiceToken
from services.places import DATA_FILE
from services.queries import SearchFilters
from services.queries.narrowing import folded, narrowed

pytestmark = pytest.mark.django_db

NAMES = [
    place["names"]
    for region in json.loads(DATA_FILE.read_text("utf-8"))["regions"]
    for place in region["districts"]
]
# What keyboards and phones make of the letters oʻ and gʻ, and of the sign ʼ.
MARKS = "ʻʼ'’‘`´ʹ′"
# Letters that look the same in the other script; one of them is enough to break a plain comparison.
_LOOKS_LATIN = str.maketrans("аеорсух", "aeopcyx")
_LOOKS_CYRILLIC = str.maketrans("aeopcyx", "аеорсух")


def typed(names: dict[str, str], number: int) -> list[str]:
    """Return the ways to type a name: both scripts, another mark, and letters of the other script."""
    latin, cyrillic = names["uz"], names["uz-cyrl"]
    mark = MARKS[number % len(MARKS)]
    ways = [latin, cyrillic, latin.replace("ʻ", mark).replace("ʼ", mark), latin.replace("ʻ", "")]
    # The second letter only: a word is of the script that most of its letters are of.
    ways.append(latin[:1] + latin[1:2].translate(_LOOKS_CYRILLIC) + latin[2:])
    ways.append(cyrillic[:1] + cyrillic[1:2].translate(_LOOKS_LATIN) + cyrillic[2:])
    return list(dict.fromkeys(ways))


def _is_counted() -> None:
    """PostgreSQL knows how much was written, and plans the searches for it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'services_servicetoken'")
            assert cursor.fetchone() == (ServiceToken.objects.count(),)


def test_every_district_is_found_in_both_scripts_with_any_apostrophe_and_lookalike() -> None:
    organization = Organization.objects.create(name="Q")
    rows = [
        Service(
            organization=organization,
            name=names[script],
            service_type="psychosocial",
            publication="published",
            vouched_on=timezone.localdate(),
        )
        for names in NAMES
        for script in ("uz", "uz-cyrl")
    ]
    Service.objects.bulk_create(rows)
    reindex([row.pk for row in rows])
    assert len(NAMES) == 209
    _is_counted()
    now, missed = timezone.now(), []
    for number, names in enumerate(NAMES):
        written = {row.pk for row in rows[2 * number : 2 * number + 2]}
        # What folds alike asks the database the same.
        for words in {tuple(folded(words)): words for words in typed(names, number)}.values():
            found = set(narrowed(SearchFilters(words=words), now).values_list("pk", flat=True))
            if not written <= found:
                missed.append(words)
    assert missed == []
