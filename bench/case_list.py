"""The first page of fifty cases: through Hamroh's doors, over plain rows, and the usual way."""

import time
from typing import Any
from unittest import mock

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user

from accounts.models import Person, QuickWrap
from bench.models import PlainHolder, UsualCase
from bench.timing import Samples, in_turn
from bench.world import World
from referrals import entries, queries
from referrals.access import cases as door
from referrals.access.common import log_first

PAGE = 50


def hamroh(world: World, number: int) -> list[Any]:
    """Do what the page does: roles, training, rows, keys, cards, and the log entry before them."""
    unlocked = world.unlocked(number)
    cards = queries.case_page(unlocked, limit=PAGE).cards
    unlocked.finish()
    return cards


def plain(world: World, number: int) -> list[Any]:
    """Do the same over clear rows and a join table: role first, then one joined query, keyset order."""
    person = world.measured[number % len(world.measured)]
    if not _may_work(person):
        return []
    rows = (
        PlainHolder.objects.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()),
            person=person,
            person__is_active=True,
            case__agency=person.agency,
            case__is_open=True,
        )
        .select_related("case")
        .order_by("-case__month_opened", "-case_id")
    )
    return [row.case for row in rows[: PAGE + 1]][:PAGE]


def usual(world: World, number: int) -> list[Any]:
    """Do it the way most projects do: guardian's generic rows, a paginator that counts, Fernet fields."""
    person = world.measured[number % len(world.measured)]
    if not _may_work(person):
        return []
    # Without the model-level permission and superuser look-ups: our people have neither, and it is
    # two queries less than guardian's default.
    shown = get_objects_for_user(
        person, "bench.view_usualcase", klass=UsualCase, accept_global_perms=False, with_superuser=False
    )
    ordered = shown.filter(agency=person.agency, is_open=True).order_by("-month_opened", "-id")
    return list(Paginator(ordered, PAGE).page(1).object_list)


def _may_work(person: Person) -> bool:
    names = set(person.groups.filter(role__agency=person.agency).values_list("role__name", flat=True))
    return person.is_active and person.membership.is_current(timezone.localdate()) and bool(names)


def check(world: World) -> dict[str, Any]:
    """See that all three show the same cases with the same words, and count their queries."""
    queries_of = {}
    shown = {}
    for name, page in (("hamroh", hamroh), ("plain", plain), ("usual", usual)):
        page(world, 0)
        with CaptureQueriesContext(connection) as captured:
            shown[name] = page(world, 0)
        queries_of[name] = len(captured)
    first = [(card.case_id, card.card.alias, card.card.safe_contact.note) for card in shown["hamroh"]]
    if len(first) != PAGE:
        raise RuntimeError(f"The page holds {len(first)} cases instead of {PAGE}.")
    if first != [(case.id, case.alias, case.contact_note) for case in shown["plain"]]:
        raise RuntimeError("The plain page shows other cases.")
    if first != [(case.id, case.alias, case.contact["note"]) for case in shown["usual"]]:
        raise RuntimeError("The usual page shows other cases.")
    return queries_of


def measure(world: World) -> dict[str, Any]:
    """Measure the page in turn; ``hamroh_without_log`` leaves the entry out, ``log_entry`` is it alone."""
    queries_of = check(world)
    for number in range(len(world.measured)):  # everybody has looked once: their quick wraps exist
        hamroh(world, number)

    def without_log(number: int) -> None:
        with mock.patch.object(door, "log_first"):
            hamroh(world, number)

    def log_entry(number: int) -> None:
        first = str(world.agencies[0].id)
        detail = {"count": str(PAGE), "first": first, "last": first}
        log_first(world.unlocked(number), entries.CASE_LISTED, "case", None, detail=detail)

    samples = in_turn(
        {
            "hamroh": lambda number: hamroh(world, number),
            "hamroh_without_log": without_log,
            "log_entry": log_entry,
            "plain": lambda number: plain(world, number),
            "usual": lambda number: usual(world, number),
        },
        rounds=world.scale.rounds,
        warm_up=len(world.measured),
    )
    return {
        "queries": queries_of,
        **samples.to_json(),
        "hamroh_to_plain": round(samples.ratio("hamroh", "plain"), 2),
        "hamroh_without_log_to_plain": round(samples.ratio("hamroh_without_log", "plain"), 2),
        "usual_to_hamroh": round(samples.ratio("usual", "hamroh"), 2),
        "first_look": first_look(world),
    }


def first_look(world: World) -> dict[str, float]:
    """Measure the page without quick wraps: every grant opened and its signature checked in full."""
    spent: list[float] = []
    for number, person in enumerate(world.measured):
        QuickWrap.objects.filter(person=person).delete()
        start = time.perf_counter()
        hamroh(world, number)
        spent.append(time.perf_counter() - start)
    return Samples({"first": spent}).milliseconds("first")
