"""Measuring in turn: A B C, B C A, ... so that whatever else the machine does meets all of them alike."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles

Work = Callable[[int], object]


@dataclass(frozen=True)
class Samples:
    """Seconds of every round, by what was measured; the rounds of all names belong together."""

    seconds: Mapping[str, list[float]]

    def median(self, name: str) -> float:
        return median(self.seconds[name])

    def ratio(self, name: str, to: str) -> float:
        """Return the median over the rounds of ``name`` divided by ``to`` in the same round."""
        return median(one / other for one, other in zip(self.seconds[name], self.seconds[to], strict=True))

    def milliseconds(self, name: str) -> dict[str, float]:
        """Return the median and the quartiles, in milliseconds."""
        low, middle, high = quantiles(self.seconds[name], n=4, method="inclusive")
        return {
            "median_ms": round(middle * 1000, 3),
            "quarter_ms": round(low * 1000, 3),
            "three_quarters_ms": round(high * 1000, 3),
        }

    def to_json(self) -> dict[str, dict[str, float]]:
        return {name: self.milliseconds(name) for name in self.seconds}


def in_turn(
    works: Mapping[str, Work],
    *,
    rounds: int,
    warm_up: int = 2,
    before: Mapping[str, Work] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Samples:
    """Run every work once a round, each time another one first; works get the round's number.

    The rounds of the warm-up are not counted, and neither is what has to be done ``before`` a work. Garbage
    of the set-up is put out of the way, and the collector stays on, as it is on a real site.
    """
    prepare = before or {}
    gc.collect()
    gc.freeze()
    names = list(works)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for number in range(-warm_up, rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            if name in prepare:
                prepare[name](number)
            start = clock()
            works[name](number)
            spent = clock() - start
            if number >= 0:
                seconds[name].append(spent)
    return Samples(seconds)
