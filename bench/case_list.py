"""The first page of fifty cases: through Hamroh's doors, over plain rows, and the usual way.

Each is measured twice: the *cards* alone (rows, rights, words in memory), and the whole *page*, the
product's own template filled with them. Plain and usual get the same checks of role and training.
"""

import time
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.conf import settings
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Q
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user

from accounts.actions.signing_in import start_session
from accounts.models import Person, QuickWrap
from accounts.roles import RoleName
from bench.models import PlainCase, PlainHolder, UsualCase
from bench.timing import Samples, in_turn
from bench.world import World
from referrals import codes, directory, entries, queries
from referrals.access import CaseCard
from referrals.access import cards as door
from referrals.access.common import CASE_ROLES, log_first
from referrals.views import home, words

PAGE = 50
_FACTORY = RequestFactory()


# --- The cards ---


def hamroh(world: World, number: int) -> list[CaseCard]:
    """Do what the page does: roles, training, rows, keys, cards, and the log entry before them."""
    unlocked = world.unlocked(number)
    cards = queries.case_page(unlocked, limit=PAGE).cards
    unlocked.finish()
    return cards


def plain(world: World, number: int) -> list[PlainCase]:
    """Do the same over clear rows and a join table: role first, then one joined query, keyset order."""
    person = world.measured[number % len(world.measured)]
    if not _may_work(person, _roles(person)):
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


def usual(world: World, number: int) -> list[UsualCase]:
    """Do it the way most projects do: guardian's generic rows, a paginator that counts, Fernet fields."""
    person = world.measured[number % len(world.measured)]
    if not _may_work(person, _roles(person)):
        return []
    # At its best: without looking for model-level permissions, which our people cannot have, and
    # without a filter by agency, with which SQLite chooses a slower way.
    shown = get_objects_for_user(
        person, "bench.view_usualcase", klass=UsualCase, accept_global_perms=False, with_superuser=False
    )
    ordered = shown.filter(is_open=True).order_by("-month_opened", "-id")
    return list(Paginator(ordered, PAGE).page(1).object_list)


def _roles(person: Person) -> set[str]:
    return set(person.groups.filter(role__agency=person.agency).values_list("role__name", flat=True))


def _may_work(person: Person, roles: set[str]) -> bool:
    current = person.membership.is_current(timezone.localdate())
    return person.is_active and person.agency.is_active and current and not roles.isdisjoint(CASE_ROLES)


# --- The page ---


def hamroh_page(world: World, number: int) -> str:
    unlocked = world.unlocked(number)
    cards = queries.case_page(unlocked, limit=PAGE).cards
    names = directory.district_names(card.card.district for card in cards if card.card)
    html = _html(unlocked, [home._case(card, names) for card in cards])
    unlocked.finish()
    return html


def plain_page(world: World, number: int) -> str:
    return _clear_page(plain(world, number))


def usual_page(world: World, number: int) -> str:
    return _clear_page(usual(world, number))


def _clear_page(cases: list[Any]) -> str:
    names = directory.district_names(case.district for case in cases)
    rows = [
        {
            "url": reverse("referrals:case", args=[case.id]),
            "alias": case.alias,
            "risk": words.label(codes.RiskLevel, case.risk_level),
            "risk_kind": words.RISK_KINDS.get(case.risk_level, "quiet"),
            "district": names.get(case.district, case.district),
            "age": words.label(codes.AgeBand, case.age_band),
            "since": words.since(case.month_opened),
        }
        for case in cases
    ]
    return _html(SimpleNamespace(roles={RoleName.CASEWORKER}), rows)


def _html(unlocked: Any, rows: list[dict[str, Any]]) -> str:
    request = _FACTORY.get("/work/")
    request.unlocked = unlocked  # type: ignore[attr-defined]
    context = {"may_open": True, "attention": [], "cases": rows, "next_url": "", "first_url": ""}
    return render_to_string("referrals/needs_me.html", context, request)


# --- Measuring ---


def check(world: World) -> dict[str, int]:
    """See that all three show the same cases with the same words; return their numbers of queries."""
    shown: dict[str, Any] = {}
    counted = {}
    for name, cards in (("hamroh", hamroh), ("plain", plain), ("usual", usual)):
        cards(world, 0)
        with CaptureQueriesContext(connection) as captured:
            shown[name] = cards(world, 0)
        counted[name] = len(captured)
    first = [(card.case_id, card.card.alias, card.card.safe_contact.note) for card in shown["hamroh"]]
    if len(first) != PAGE:
        raise RuntimeError(f"The page holds {len(first)} cases instead of {PAGE}.")
    if first != [(case.id, case.alias, case.contact_note) for case in shown["plain"]]:
        raise RuntimeError("The plain page shows other cases.")
    if first != [(case.id, case.alias, case.contact["note"]) for case in shown["usual"]]:
        raise RuntimeError("The usual page shows other cases.")
    pages = {page(world, 0) for page in (hamroh_page, plain_page, usual_page)}
    if len(pages) != 1:
        raise RuntimeError("The three pages differ.")
    return counted


def measure(world: World) -> dict[str, Any]:
    """Measure cards and pages in turn; ``…_without_log`` leaves the entry out, ``log_entry`` is it alone."""
    counted = check(world)
    first_looks = first_look(world)  # from here on everybody has looked once: quick wraps exist

    def log_entry(number: int) -> None:
        some_case = str(world.agencies[0].id)
        detail = {"count": str(PAGE), "first": some_case, "last": some_case}
        log_first(world.unlocked(number), entries.CASE_LISTED, "case", None, detail=detail)

    def without_log(number: int) -> None:
        with mock.patch.object(door, "log_first"):
            hamroh(world, number)

    def page_without_log(number: int) -> None:
        with mock.patch.object(door, "log_first"):
            hamroh_page(world, number)

    visit = _visitor(world)
    samples = in_turn(
        {
            "hamroh": lambda number: hamroh(world, number),
            "plain": lambda number: plain(world, number),
            "usual": lambda number: usual(world, number),
            "hamroh_without_log": without_log,
            "log_entry": log_entry,
            "hamroh_page": lambda number: hamroh_page(world, number),
            "plain_page": lambda number: plain_page(world, number),
            "usual_page": lambda number: usual_page(world, number),
            "hamroh_page_without_log": page_without_log,
            "home_request": visit,
        },
        rounds=world.scale.rounds,
        warm_up=len(world.measured),
    )
    ratios = {
        f"{name}_to_{other}": round(samples.ratio(name, other), 2)
        for name, other in (
            ("hamroh", "plain"),
            ("hamroh_without_log", "plain"),
            ("usual", "hamroh"),
            ("hamroh_page", "plain_page"),
            ("hamroh_page_without_log", "plain_page"),
            ("usual_page", "hamroh_page"),
        )
    }
    return {"queries": counted, **samples.to_json(), **ratios, "first_look": first_looks}


def _visitor(world: World) -> Any:
    """Return a visit of the caseworker's home, by HTTP with a real session: every layer there is."""
    clients = []
    for person in world.measured:
        client = Client()
        seed = world.seeds[person.id]
        session_id, half = start_session(person, seed=seed, is_waiting=False, now=timezone.now())
        client.cookies[settings.SESSION_ID_COOKIE] = session_id
        client.cookies[settings.SESSION_HALF_COOKIE] = half
        clients.append(client)
    home_url = reverse("referrals:needs_me")

    def visit(number: int) -> None:
        answer = clients[number % len(clients)].get(home_url)
        if answer.status_code != 200:
            raise RuntimeError(f"The home page answers {answer.status_code}.")

    return visit


def first_look(world: World) -> dict[str, float]:
    """Measure the cards without quick wraps: every grant opened and its signature checked in full."""
    spent: list[float] = []
    for number, person in enumerate(world.measured):
        QuickWrap.objects.filter(person=person).delete()
        start = time.perf_counter()
        hamroh(world, number)
        spent.append(time.perf_counter() - start)
    return Samples({"first": spent}).milliseconds("first")
