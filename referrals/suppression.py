"""Which numbers of the published tables are hidden, so that nobody finds out a small one.

Published for one whole quarter: district × type and reason × type, with all their totals. Every number is
an arc of one circulation, because at each node what flows in is what flows out:

    out → district → type → type′ → reason → in → out
        (row total) (cell) (column total) (cell) (row total) (grand total)

Numbers from 1 to 4 are hidden first. A reader who knows all visible numbers can change a hidden one exactly
if it lies on a cycle of hidden arcs (Gusfield, *A graph theoretic approach to statistical data security*,
SIAM J. Comput. 17, 1988). So for each small number the cheapest cycle is hidden with it: along it every
hidden number may be larger or smaller by ``WIDTH`` and all visible numbers stay true. Nobody can tell more
about a hidden number than "somewhere in a range of four". Zeros are shown: they are nobody.

A third table that shares a total with these two (district × reason) would break this, and is not published.
Not here: what is counted (``actions.ledger``), periods and pages (``statistics``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

SMALLEST_SHOWN = 5
# By so much a reader can be wrong about every hidden number, at least.
WIDTH = SMALLEST_SHOWN - 2

Node = tuple[str, str]
Arc = tuple[Node, Node]

OUT: Node = ("out", "")
IN: Node = ("in", "")


@dataclass(frozen=True)
class Count:
    """So many unmet needs of one type, in one district, for one reason."""

    district: str
    type: str
    reason: str
    number: int


def cell(district: str, type_: str) -> Arc:
    return ("district", district), ("type", type_)


def district_total(district: str) -> Arc:
    return OUT, ("district", district)


def type_total(type_: str) -> Arc:
    return ("type", type_), ("type′", type_)


def reason_cell(type_: str, reason: str) -> Arc:
    return ("type′", type_), ("reason", reason)


def reason_total(reason: str) -> Arc:
    return ("reason", reason), IN


TOTAL: Arc = (IN, OUT)


def numbers_of(counts: Iterable[Count]) -> dict[Arc, int]:
    """Return every number of the two tables that is not zero, by its arc."""
    numbers: dict[Arc, int] = {}
    for one in counts:
        if one.number:
            for arc in (
                TOTAL,
                district_total(one.district),
                cell(one.district, one.type),
                type_total(one.type),
                reason_cell(one.type, one.reason),
                reason_total(one.reason),
            ):
                numbers[arc] = numbers.get(arc, 0) + one.number
    return numbers


def hidden_in(numbers: Mapping[Arc, int]) -> frozenset[Arc]:
    """Return the arcs to hide: the small ones, and a cycle through each of them."""
    small = sorted((arc for arc, number in numbers.items() if number < SMALLEST_SHOWN), key=repr)
    hidden = set(small)
    safe: set[Arc] = set()
    for arc in small:
        if arc not in safe:
            cycle = {arc, *_cheapest_way_back(arc, numbers, hidden)}
            hidden |= cycle
            safe |= cycle
    return frozenset(hidden)


def _cheapest_way_back(arc: Arc, numbers: Mapping[Arc, int], hidden: set[Arc]) -> list[Arc]:
    """Return the other arcs of the cheapest cycle through ``arc``; hiding a number costs what it tells.

    Along an arc a number may always grow; against it, it may shrink by ``WIDTH`` and stay above zero. There
    is always a cycle: every flow from OUT comes back to it.
    """
    steps: dict[Node, list[tuple[Node, Arc, int]]] = {}
    for other, number in numbers.items():
        if other == arc:
            continue
        cost = 0 if other in hidden else number
        steps.setdefault(other[0], []).append((other[1], other, cost))
        if number > WIDTH:
            steps.setdefault(other[1], []).append((other[0], other, cost))
    goal, start = arc
    waiting: list[tuple[int, int, Node, list[Arc]]] = [(0, 0, start, [])]
    seen: set[Node] = set()
    pushed = 0
    while waiting:
        cost, _, node, way = heappop(waiting)
        if node == goal:
            return way
        if node in seen:
            continue
        seen.add(node)
        for following, other, price in steps.get(node, []):
            if following not in seen:
                pushed += 1
                heappush(waiting, (cost + price, pushed, following, [*way, other]))
    raise ArithmeticError("These numbers are no tables with their totals.")
