"""Referrals at two sizes, one ten times the other: the desk's inbox, what needs a caseworker now, the clock.

One referral in ten is live. What somebody has to do does not grow with a country, so the steady desk and the
steady caseworkers have the same work in both databases, and everybody else has ten times as much. The
crowded desk and the busy caseworker have ten times as much themselves. Both databases stand side by side,
and each growth is the median of the ratios of the rounds (``bench.pair``).
"""

import time
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from accounts.unlocked import Unlocked
from bench.packets import Amounts, Desk, Packets
from bench.pair import LARGER, SMALLER, Pair, Works, analyze, before_others, kept_small
from bench.visits import answered, signed_in
from bench.world import World
from referrals import attention, queries
from referrals.models import Referral
from referrals.models.referrals import LIVE, State, Told
from referrals.views import home

PAGE = 50
SIZES = {"full": (100_000, 1_000_000), "small": (1_500, 4_500)}
AMOUNTS = {
    "full": Amounts(
        live=40, ended=200, busy_live=100, busy_ended=500, waiting=200, for_the_clock=350, due=10
    ),
    "small": Amounts(live=3, ended=3, busy_live=5, busy_ended=5, waiting=8, for_the_clock=12, due=2),
}
ROUNDS = {"full": 24, "small": 2}


def measure(world: World) -> dict[str, Any]:
    """Build the smaller size, copy it, build the larger one, and measure both in turn."""
    scale = "full" if world.scale.cases > 1000 else "small"
    few, many = SIZES[scale]
    started = time.perf_counter()
    packets = Packets(world, AMOUNTS[scale])
    packets.grow_to(few, crowd=1)
    analyze()
    with kept_small() as pair:
        packets.grow_to(many, crowd=many // few)
        analyze()
        built = round(time.perf_counter() - started)
        return {"build_seconds": built, **_measured(world, packets, pair, ROUNDS[scale])}


def _measured(world: World, packets: Packets, pair: Pair, rounds: int) -> dict[str, Any]:
    works = _works(world, packets)
    found: dict[str, Any] = {}
    for size in (SMALLER, LARGER):
        with pair.at(size):
            _check(world, packets)
            found[size] = {
                "referrals": Referral.objects.count(),
                "live": Referral.objects.filter(state__in=LIVE).count(),
                "queries": {name: _counted(work) for name, work in works.items() if "request" not in name},
            }
    visits = _visits(world, packets, pair)
    late = _Due(packets)
    before = {"clock_with_work": late.make_due}
    with before_others(pair):
        samples, growth = pair.in_turn(
            {**works, **visits}, rounds=rounds, warm_up=len(world.measured), before=before
        )
    for size in (SMALLER, LARGER):
        found[size]["works"] = samples[size].to_json()
    return {"growth": growth, **found}


def _works(world: World, packets: Packets) -> Works:
    def inbox(desk: Desk) -> Callable[[int], None]:
        def work(_: int) -> None:
            unlocked = desk.unlocked()
            queries.inbox_page(unlocked, limit=PAGE)
            unlocked.finish()

        return work

    def needs_me(number: int) -> None:
        _needs_me(world.unlocked(number % len(packets.steady)))

    return {
        "inbox": inbox(packets.desk),
        "crowded_inbox": inbox(packets.crowded),
        "needs_me": needs_me,
        "busy_needs_me": lambda _: _needs_me(world.unlocked(len(packets.steady))),
        "clock": lambda _: _clock(),
        "clock_with_work": lambda _: _clock(),
    }


def _needs_me(unlocked: Unlocked) -> None:
    """Do what her home does: what waits, her open cases, and the aliases of what waits."""
    found, known, _more = home.waiting(unlocked)
    page = queries.case_page(unlocked, limit=home.PAGE)
    home.others(unlocked, [*known, *page.cards], found)
    unlocked.finish()


def _clock() -> None:
    call_command("run_clock", once=True, stdout=StringIO())


class _Due:
    """Makes as much due for the clock before each pass: so many late answers, so many that expire."""

    def __init__(self, packets: Packets) -> None:
        agency = packets.for_the_clock.agency
        rows = Referral.objects.filter(recipient_agency=agency, state=State.SENT).order_by("pk")
        ids = list(rows.values_list("pk", flat=True))
        due = packets.amounts.due
        self._late = ids[:due]
        self._ending = (ids[first : first + due] for first in range(due, len(ids), due))
        self._now_ending: list[Any] = []
        self._asked = 0

    def make_due(self, _: int) -> None:
        # The same ones in both databases.
        if self._asked % 2 == 0:
            self._now_ending = next(self._ending)
        self._asked += 1
        past = timezone.now() - timedelta(minutes=1)
        Referral.objects.filter(pk__in=self._late).update(respond_by=past, told=Told.NOBODY)
        Referral.objects.filter(pk__in=self._now_ending).update(respond_by=past, expires_at=past)


def _visits(world: World, packets: Packets, pair: Pair) -> Works:
    """Return visits of the two pages by HTTP, through every layer, with a session in each database."""
    pages = {"inbox_request": reverse("referrals:inbox"), "needs_me_request": reverse("referrals:needs_me")}
    people: dict[str, tuple[Person, bytes]] = {
        "inbox_request": (packets.desk.person, packets.desk.seed),
        "needs_me_request": (packets.steady[0], world.seeds[packets.steady[0].pk]),
    }
    clients: dict[tuple[str, Any], Client] = {}
    for size in (SMALLER, LARGER):
        with pair.at(size):
            for name, (person, seed) in people.items():
                clients[name, connection.settings_dict["NAME"]] = signed_in(person, seed)

    def visit(name: str) -> Callable[[int], None]:
        def work(_: int) -> None:
            answered(clients[name, connection.settings_dict["NAME"]], "get", pages[name])

        return work

    return {name: visit(name) for name in pages}


def _check(world: World, packets: Packets) -> None:
    """See that what is measured is there and really opens."""
    for desk in (packets.desk, packets.crowded):
        unlocked = desk.unlocked()
        rows = queries.inbox_page(unlocked, limit=PAGE).rows
        unlocked.finish()
        if len(rows) < min(PAGE, packets.amounts.waiting) or any(row.opaque is None for row in rows):
            raise RuntimeError("The inbox does not open.")
    for number, person in enumerate(world.measured):
        unlocked = world.unlocked(number)
        sent = attention.sent_rows(unlocked)
        unlocked.finish()
        if person == packets.busy:
            continue
        if len(sent) < packets.amounts.live or any(row.note is None for row in sent):
            raise RuntimeError("What was sent does not open.")


def _counted(work: Callable[[int], object]) -> int:
    work(0)  # the first look makes quick wraps
    with CaptureQueriesContext(connection) as captured:
        work(0)
    return len(captured)
