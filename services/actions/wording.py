"""Words that records share, and that have no source: taxonomies, their terms, units.

A file may give its own records any word, but it does not reword what another source's records say.
Where only its own say it, those change with it. Reads only.
"""

from collections.abc import Callable, Iterable
from typing import Any

from services.chunks import chunks
from services.hsds.notes import Note
from services.hsds.profile import ENTRIES, TABLES
from services.hsds.rows import Draft, Key, Tree
from services.models import Attribute, ServiceCapacity

_WORDS = ("taxonomy", "taxonomy_term", "unit")


def leave_others_words(
    rows: dict[Key, Draft],
    trees: Iterable[Tree],
    *,
    source: str,
    find: Callable[[Key], Any],
    differs: Callable[[str, Any, Any], bool],
) -> dict[Key, set[Key]]:
    """Take out of ``rows`` what would reword other sources' records; return whose words change.

    That is {word: the records that say it}, of the words that stay in ``rows`` and change.
    """
    changing = {
        key
        for key, draft in rows.items()
        if key[0] in _WORDS
        and (row := find(key)) is not None
        and any(differs(column, getattr(row, column), value) for column, value in draft.values.items())
    }
    said_by = _said_by(changing)
    theirs = _of_others({record for records in said_by.values() for record in records}, source)
    left = {key for key, records in said_by.items() if records & theirs}
    for key in left:
        row, values = find(key), rows[key].values
        values |= {column: getattr(row, column) for column in values}
    for tree in trees if left else ():
        tree.notes += [
            Note("others_word", tree.rows[key].path[:200], key[0]) for key in sorted(left & tree.rows.keys())
        ]
    return {key: records for key, records in said_by.items() if key not in left}


def _said_by(words: set[Key]) -> dict[Key, set[Key]]:
    said: dict[Key, set[Key]] = {key: set() for key in words}
    for table, column in (("taxonomy_term", "taxonomy_term"), ("taxonomy", "taxonomy_term__taxonomy_detail")):
        for chunk in chunks(pk for name, pk in words if name == table):
            found = Attribute.objects.filter(**{f"{column}__in": chunk}, link_entity__in=ENTRIES)
            for word, entity, record in found.values_list(column, "link_entity", "link_id"):
                said[table, word].add((entity, record))
    for chunk in chunks(pk for name, pk in words if name == "unit"):
        counted = ServiceCapacity.objects.filter(unit__in=chunk, service__isnull=False)
        for word, service in counted.values_list("unit", "service"):
            said["unit", word].add(("service", service))
    return said


def _of_others(records: set[Key], source: str) -> set[Key]:
    found: set[Key] = set()
    for table in ENTRIES:
        for chunk in chunks(pk for name, pk in records if name == table):
            rows = TABLES[table].model._default_manager.filter(pk__in=chunk).exclude(source=source)
            found |= {(table, pk) for pk in rows.values_list("pk", flat=True)}
    return found
