"""The first page of fifty cases: through Hamroh's doors, over plain rows, and the usual way.

Each is measured three times: the *cards* alone (rows, rights, words in memory), the whole *page*, the
product's own template filled with them, and the whole *request*, behind every layer that a page of the
product has. Plain and usual get the same checks of role and training.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any
from unittest import mock

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from guardian.shortcuts import get_objects_for_user

from accounts import hints
from accounts.models import QuickWrap
from accounts.unlocked import Unlocked
from bench.models import PlainCase, PlainHolder, UsualCase, UsualUuidCase
from bench.timing import Samples, in_turn
from bench.visits import answered, signed_in
from bench.world import World
from referrals import codes, directory, entries, queries
from referrals.access import CaseCard
from referrals.access import cards as door
from referrals.access.common import CASE_ROLES, log_first, may_work
from referrals.views import home, words

PAGE = 50
_FACTORY = RequestFactory()


# --- The cards ---


def hamroh(unlocked: Unlocked) -> list[CaseCard]:
    """Do what the page does: roles, training, rows, keys, cards, and the log entry before them."""
    return queries.case_page(unlocked, limit=PAGE).cards


def plain(unlocked: Unlocked) -> list[PlainCase]:
    """Do the same over clear rows and a join table: role first, then one joined query, keyset order."""
    if not may_work(unlocked, CASE_ROLES):
        return []
    rows = (
        PlainHolder.objects.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=unlocked.now),
            person=unlocked.person,
            person__is_active=True,
            case__agency=unlocked.agency,
            case__is_open=True,
        )
        .select_related("case")
        .order_by("-case__month_opened", "-case_id")
    )
    return [row.case for row in rows[: PAGE + 1]][:PAGE]


def usual(unlocked: Unlocked) -> list[UsualCase]:
    """Do it the way most projects do: guardian's generic rows, a paginator that counts, Fernet fields."""
    return _usual(unlocked, UsualCase, "public_id")


def usual_uuid(unlocked: Unlocked) -> list[UsualUuidCase]:
    """Do the same with UUIDs for keys."""
    return _usual(unlocked, UsualUuidCase, "id")


def _usual(unlocked: Unlocked, model: type[Any], by: str) -> list[Any]:
    if not may_work(unlocked, CASE_ROLES):
        return []
    # guardian's defaults, but for two that would only cost it more: no look for model-level
    # permissions (our people cannot have any) and none for superusers. No filter by agency either,
    # with which SQLite chooses a way that takes three times as long.
    shown = get_objects_for_user(
        unlocked.person,
        f"bench.view_{model._meta.model_name}",
        klass=model,
        accept_global_perms=False,
        with_superuser=False,
    )
    ordered = shown.filter(is_open=True).order_by("-month_opened", f"-{by}")
    return list(Paginator(ordered, PAGE).page(1).object_list)


Way = Callable[[Unlocked], list[Any]]
WAYS: dict[str, Way] = {"hamroh": hamroh, "plain": plain, "usual": usual, "usual_uuid": usual_uuid}


# --- The page ---


def html_of(request: HttpRequest, cases: list[Any]) -> str:
    """Fill the product's own template with what one of the ways found."""
    if cases and isinstance(cases[0], CaseCard):
        names = directory.district_names(card.card.district for card in cases if card.card)
        rows = [home._case(card, names) for card in cases]
    else:
        names = directory.district_names(case.district for case in cases)
        rows = [_clear_row(case, names) for case in cases]
    context = {"may_open": True, "attention": [], "cases": rows, "next_url": "", "first_url": ""}
    return render_to_string("referrals/needs_me.html", context, request)


def _clear_row(case: Any, districts: Mapping[str, str]) -> dict[str, Any]:
    return {
        "url": reverse("referrals:case", args=[case.id if isinstance(case, PlainCase) else case.public_id]),
        "alias": case.alias,
        "risk": words.label(codes.RiskLevel, case.risk_level),
        "risk_kind": words.RISK_KINDS.get(case.risk_level, "quiet"),
        "district": districts.get(case.district, case.district),
        "age": words.label(codes.AgeBand, case.age_band),
        "since": words.since(case.month_opened),
    }


def _page(unlocked: Unlocked, way: Way) -> str:
    request = _FACTORY.get("/work/")
    request.unlocked = unlocked  # type: ignore[attr-defined]
    return html_of(request, way(unlocked))


# --- Measuring ---


def check(world: World) -> dict[str, int]:
    """See that all show the same cases with the same words; return their numbers of queries."""
    shown: dict[str, list[Any]] = {}
    counted = {}
    for name, way in WAYS.items():
        way(world.unlocked(0))
        unlocked = world.unlocked(0)
        with CaptureQueriesContext(connection) as captured:
            shown[name] = way(unlocked)
        counted[name] = len(captured)
        unlocked.finish()
    first = [(card.case_id, card.card.alias, card.card.safe_contact.note) for card in shown["hamroh"]]
    if len(first) != PAGE:
        raise RuntimeError(f"The page holds {len(first)} cases instead of {PAGE}.")
    if first != [(case.id, case.alias, case.contact_note) for case in shown["plain"]]:
        raise RuntimeError("The plain page shows other cases.")
    for name in ("usual", "usual_uuid"):
        if first != [(case.public_id, case.alias, case.contact["note"]) for case in shown[name]]:
            raise RuntimeError("The usual page shows other cases.")
    hints.put_away(world.unlocked(0), "needs-me")  # its form has another token each time
    if len({_page(world.unlocked(0), way) for way in WAYS.values()}) != 1:
        raise RuntimeError("The pages differ.")
    return counted


def measure(world: World) -> dict[str, Any]:
    """Measure cards, pages and whole requests in turn.

    ``…_without_log`` leaves the entry out, ``log_entry`` is it alone.
    """
    counted = check(world)
    first_looks = first_look(world)  # from here on everybody has looked once: quick wraps exist

    def log_entry(number: int) -> None:
        some_case = str(world.agencies[0].id)
        detail = {"count": str(PAGE), "first": some_case, "last": some_case}
        log_first(world.unlocked(number), entries.CASE_LISTED, "case", None, detail=detail)

    def without_log(number: int) -> None:
        with mock.patch.object(door, "log_first"):
            hamroh(world.unlocked(number))

    def page_without_log(number: int) -> None:
        with mock.patch.object(door, "log_first"):
            _page(world.unlocked(number), hamroh)

    works: dict[str, Callable[[int], object]] = {
        "log_entry": log_entry,
        "hamroh_without_log": without_log,
        "hamroh_page_without_log": page_without_log,
        "home_request": _visitor(world, reverse("referrals:needs_me")),
    }
    for name, way in WAYS.items():
        works[name] = lambda number, way=way: way(world.unlocked(number))
        works[f"{name}_page"] = lambda number, way=way: _page(world.unlocked(number), way)
        works[f"{name}_request"] = _visitor(world, reverse("bench_page", args=[name]))
    samples = in_turn(works, rounds=world.scale.rounds, warm_up=len(world.measured))
    ratios = {
        f"{name}_to_{other}": round(samples.ratio(name, other), 2)
        for end in ("", "_page", "_request")
        for name, other in (
            (f"hamroh{end}", f"plain{end}"),
            (f"hamroh{end}_without_log", f"plain{end}"),
            (f"usual{end}", f"hamroh{end}"),
            (f"usual_uuid{end}", f"hamroh{end}"),
        )
        if name in works
    }
    return {"queries": counted, **samples.to_json(), **ratios, "first_look": first_looks}


def _visitor(world: World, path: str) -> Callable[[int], None]:
    """Return a visit of a page as one of the caseworkers, by HTTP with a real session."""
    clients = [signed_in(person, world.seeds[person.id]) for person in world.measured]

    def visit(number: int) -> None:
        answered(clients[number % len(clients)], "get", path)

    return visit


def first_look(world: World) -> dict[str, float]:
    """Measure the cards without quick wraps: every grant opened and its signature checked in full."""
    spent: list[float] = []
    for number, person in enumerate(world.measured):
        QuickWrap.objects.filter(person=person).delete()
        start = time.perf_counter()
        unlocked = world.unlocked(number)
        hamroh(unlocked)
        unlocked.finish()
        spent.append(time.perf_counter() - start)
    return Samples({"first": spent}).milliseconds("first")
