"""Behaviour 25: small numbers are hidden so that they cannot be computed; never without her consent."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import product
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from referrals import actions, statistics, suppression
from referrals.models import Referral, UnmetNeed
from referrals.suppression import SMALLEST_SHOWN, WIDTH, Arc, Count
from services.models import District, Region
from tests import people
from tests.people import Network
from tests.referrals import making

DISTRICTS, TYPES, REASONS = ("a", "b", "c"), ("x", "y", "z"), ("p", "q")

# Small and large numbers of each district, type and reason.
tables = st.lists(
    st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 9, 30]),
    min_size=len(DISTRICTS) * len(TYPES) * len(REASONS),
    max_size=len(DISTRICTS) * len(TYPES) * len(REASONS),
).map(
    lambda numbers: [
        Count(*place, number)
        for place, number in zip(product(DISTRICTS, TYPES, REASONS), numbers, strict=True)
    ]
)


def equations(arcs: set[Arc]) -> list[dict[Arc, int]]:
    """Return what must be zero, written down from the tables themselves and not from the circulation."""
    districts = {arc[0][1] for arc in arcs if arc[0][0] == "district"}
    types = {arc[0][1] for arc in arcs if arc[0][0] == "type"}
    reasons = {arc[1][1] for arc in arcs if arc[1][0] == "reason"}
    of_types = [suppression.type_total(one) for one in types]
    sums: list[tuple[Arc, list[Arc]]] = [
        (suppression.TOTAL, of_types),
        (suppression.TOTAL, [suppression.district_total(one) for one in districts]),
        (suppression.TOTAL, [suppression.reason_total(one) for one in reasons]),
    ]
    for one in districts:
        sums.append((suppression.district_total(one), [suppression.cell(one, other) for other in types]))
    for one in types:
        total = suppression.type_total(one)
        sums.append((total, [suppression.cell(other, one) for other in districts]))
        sums.append((total, [suppression.reason_cell(one, other) for other in reasons]))
    for one in reasons:
        sums.append((suppression.reason_total(one), [suppression.reason_cell(o, one) for o in types]))
    return [{total: -1} | {part: 1 for part in parts if part in arcs} for total, parts in sums]


def solved(arcs: list[Arc], numbers: dict[Arc, int], system: list[dict[Arc, int]]) -> set[Arc]:
    """Return the hidden numbers that follow from the visible ones, by Gauss–Jordan over fractions."""
    rows = [
        [Fraction(one.get(arc, 0)) for arc in arcs]
        + [Fraction(-sum(sign * numbers[arc] for arc, sign in one.items() if arc not in arcs))]
        for one in system
    ]
    pivot = 0
    for column in range(len(arcs)):
        found = next((row for row in range(pivot, len(rows)) if rows[row][column]), None)
        if found is None:
            continue
        rows[pivot], rows[found] = rows[found], rows[pivot]
        rows[pivot] = [value / rows[pivot][column] for value in rows[pivot]]
        for other in range(len(rows)):
            if other != pivot and rows[other][column]:
                factor = rows[other][column]
                rows[other] = [x - factor * y for x, y in zip(rows[other], rows[pivot], strict=True)]
        pivot += 1
    return {
        arcs[[bool(value) for value in row[:-1]].index(True)]
        for row in rows
        if sum(bool(value) for value in row[:-1]) == 1
    }


def reach(arc: Arc, hidden: set[Arc], numbers: dict[Arc, int], system: list[dict[Arc, int]]) -> int:
    """Return how far a hidden number can be moved while each sum stays true and each hidden one above 0.

    Moves one number after the other until every sum fits again: the search of somebody who doubts.
    """
    best = 0
    for direction in (1, -1):
        moved = 0
        while moved < WIDTH and _other_world(arc, direction * (moved + 1), hidden, numbers, system):
            moved += 1
        best = max(best, moved)
    return best


def _other_world(
    arc: Arc, by: int, hidden: set[Arc], numbers: dict[Arc, int], system: list[dict[Arc, int]]
) -> bool:
    """Say whether a world exists in which ``arc`` is ``by`` more and nothing visible is different."""
    if numbers[arc] + by < 1:
        return False

    def mend(changed: dict[Arc, int], depth: int) -> bool:
        wrong = next(
            (one for one in system if sum(sign * changed.get(at, 0) for at, sign in one.items())), None
        )
        if wrong is None:
            return True
        if depth == 0:
            return False
        off = sum(sign * changed.get(at, 0) for at, sign in wrong.items())
        for at, sign in wrong.items():
            free = at in hidden and at not in changed and numbers[at] - sign * off >= 1
            if free and mend({**changed, at: -sign * off}, depth - 1):
                return True
        return False

    return mend({arc: by}, 14)


@settings(max_examples=50, deadline=None)
@given(tables)
def test_no_hidden_number_can_be_computed(counts: list[Count]) -> None:
    numbers = suppression.numbers_of(counts)
    hidden = suppression.hidden_in(numbers)
    assert {arc for arc, number in numbers.items() if number < SMALLEST_SHOWN} <= hidden
    system = equations(set(numbers)) if numbers else []
    arcs = sorted(hidden)
    assert solved(arcs, numbers, system) == set(), "the sums alone give nothing away"
    for arc in arcs:
        assert reach(arc, set(hidden), numbers, system) >= WIDTH, "nor the sums and that people are whole"


def test_the_attack_of_this_test_finds_what_only_small_numbers_hidden_would_tell() -> None:
    """A single hidden cell in a table with totals is no secret: the proof that the proof can fail."""
    counts = [
        Count("a", "x", "p", 3),
        Count("a", "y", "p", 9),
        Count("b", "x", "p", 9),
        Count("b", "y", "p", 9),
    ]
    numbers = suppression.numbers_of(counts)
    alone = suppression.cell("a", "x")
    assert solved([alone], numbers, equations(set(numbers))) == {alone}
    assert len(suppression.hidden_in(numbers)) >= 4


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    counts = [Count(*place, 7) for place in product(DISTRICTS, TYPES, REASONS)]
    assert suppression.hidden_in(suppression.numbers_of(counts)) == frozenset()


def put(number: int, month: date, district: str = "", **changes: str) -> None:
    given = {"service_type": "safe_house", "reason": "no_capacity"} | changes
    UnmetNeed.objects.bulk_create(
        UnmetNeed(id=uuid4(), month=month, district=district, **given) for _ in range(number)
    )


@pytest.mark.django_db
def test_only_whole_quarters_that_are_over_and_the_same_for_everybody(network: Network) -> None:
    newest, before = statistics.finished_quarters(people.unlock(network.owner).today)[:2]
    running = statistics.next_quarter(newest)
    place = District.objects.create(
        code="xx-small", region=a_region(), names={"en": "Small place"}, position=0
    )
    put(6, newest, place.code)
    put(2, newest, place.code, service_type="legal_assistance")
    put(50, running, place.code)
    url = reverse("referrals:unmet")
    page = Client().get(url).content.decode()
    assert "Small place" in page
    assert "50" not in [number.text for row in Client().get(url).context["rows"] for number in row["numbers"]]
    assert Client().get(url, {"quarter": str(running)}).status_code == 404
    assert Client().get(url, {"quarter": "2026-02-01"}).status_code == 404
    assert Client().get(url, {"quarter": str(before)}).status_code == 200
    texts = [number.text for row in Client().get(url).context["rows"] for number in row["numbers"]]
    assert "2" not in texts
    assert "hidden" in texts
    # Through the API the same table, null where the page says hidden.
    told = Client().get("/api/v1/unmet/").json()
    numbers = [[*row["numbers"].values(), row["together"]] for row in told["districts"]]
    numbers.append([*told["types"].values(), told["together"]])
    assert ["hidden" if one is None else str(one) for row in numbers for one in row] == texts
    assert Client().get("/api/v1/unmet/", {"quarter": str(running)}).status_code == 404
    for person in (network.a.analyst, network.a.supervisor, network.owner):
        seen = people.sign_in(Client(), person).get(url).context["rows"]
        assert [number.text for row in seen for number in row["numbers"]] == texts


def a_region() -> Region:
    values = {"names": {"en": "Sample"}, "outline": [], "latitude": 41.2, "longitude": 69.3}
    place = {"time_zone": "Asia/Tashkent", "position": 99}
    return Region.objects.create(code="XX-SA", **values, **place)


@pytest.mark.django_db
@pytest.mark.parametrize("agrees", [True, False])
def test_every_way_a_need_stays_unmet_is_counted_once_and_only_if_she_agreed(
    network: Network, agrees: bool
) -> None:
    owner, desk = people.unlock(network.owner), people.unlock(network.b.intake)
    opened = making.edit(owner, making.make_case(owner, card=replace(making.CARD, statistics_consent=agrees)))
    found = {}
    for kind, reason in (
        ("safe_house", "no_capacity"),
        ("legal_assistance", "not_eligible"),
        ("livelihoods", ""),
        ("psychosocial", "refused"),
    ):
        service = making.make_service(network.b.agency, service_type=kind, name=f"Place {kind}")
        for _ in range(2):  # a second no in the same quarter is the same need
            if reason == "refused":
                actions.record_refusal(unlocked=owner, opened=opened, service_id=service.id)
                continue
            referral = making.send_under(owner, opened, making.consent_to(owner, opened, service))
            asking = owner
            if reason:
                claimed = actions.claim(unlocked=desk, packet=making.packet(desk, referral))
                actions.decline(
                    unlocked=desk,
                    packet=making.packet(desk, claimed),
                    reason=reason,
                    version=claimed.version,
                    once=uuid4(),
                )
            else:
                Referral.objects.filter(pk=referral.pk).update(expires_at=owner.now)
            actions.count_unmet_need(unlocked=asking, opened=opened, referral_id=referral.id)
        found[kind] = list(UnmetNeed.objects.filter(service_type=kind).values_list("reason", flat=True))
    expected = {
        "safe_house": ["no_capacity"],
        "legal_assistance": ["unavailable"],
        "livelihoods": ["no_answer"],
        "psychosocial": ["declined_by_survivor"],
    }
    assert found == (expected if agrees else {kind: [] for kind in expected})
    assert {column.name for column in UnmetNeed._meta.concrete_fields} == {
        "id", "month", "district", "service_type", "reason",
    }  # fmt: skip
    assert all(need.month.day == 1 for need in UnmetNeed.objects.all())
