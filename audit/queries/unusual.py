"""What among the newest entries stands out, for who supervises: rules on opened entries, and no key.

The rules ask for little and say what they count, so that a finding can be explained to the colleague it
names: none of them says that somebody did wrong. What never was written is not found here either.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal
from uuid import UUID

from audit import registry
from audit.queries.reading import OpenedEntry

Kind = Literal["sealed", "rare", "refused", "many", "night"]

# From so many on: one refusal is a mistyped link, a caseload is some twenty cases.
REFUSALS = 3
CASES_A_DAY = 25
NIGHT_BEGINS, NIGHT_ENDS = 22, 6
# Most telling first.
_ORDER: tuple[Kind, ...] = ("sealed", "rare", "refused", "many", "night")


@dataclass(frozen=True, slots=True)
class Unusual:
    """One thing that stands out: how often, who (None: nobody signed in), and when last.

    ``action`` is the registered name of what was done, of a rare action only. ``last`` is None for
    entries that do not open.
    """

    kind: Kind
    number: int
    actor: UUID | None = None
    action: str = ""
    last: datetime | None = None


def unusual(opened: Sequence[OpenedEntry], *, zone: tzinfo) -> list[Unusual]:
    """Return what stands out among opened entries, newest first; hours are those of ``zone``."""
    sealed = sum(one.body is None for one in opened)
    found = [Unusual("sealed", sealed)] if sealed else []
    rare = {one.name for one in registry.actions() if one.is_rare}
    numbers: Counter[tuple[Kind, UUID | None, str]] = Counter()
    last: dict[tuple[Kind, UUID | None, str], datetime] = {}
    days: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    newest: dict[tuple[UUID, str], datetime] = {}

    def count(kind: Kind, actor: UUID | None, at: datetime, action: str = "") -> None:
        numbers[kind, actor, action] += 1
        last[kind, actor, action] = max(at, last.get((kind, actor, action), at))

    for body in (one.body for one in opened if one.body is not None):
        if body.outcome == "denied":
            count("refused", body.actor, body.time)
        elif body.action in rare:
            count("rare", body.actor, body.time, body.action)
        elif body.kind == "case" and body.object and body.actor is not None:
            local = body.time.astimezone(zone)
            if local.hour >= NIGHT_BEGINS or local.hour < NIGHT_ENDS:
                count("night", body.actor, body.time)
            day = body.actor, f"{local:%Y-%m-%d}"
            days[day].add(body.object)
            newest[day] = max(body.time, newest.get(day, body.time))
    found += [
        Unusual("many", len(cases), day[0], last=newest[day])
        for day, cases in days.items()
        if len(cases) >= CASES_A_DAY
    ]
    for (kind, actor, action), number in numbers.items():
        if kind != "refused" or number >= REFUSALS:
            found.append(Unusual(kind, number, actor, action, last[kind, actor, action]))
    return sorted(found, key=lambda one: (_ORDER.index(one.kind), -(one.last.timestamp() if one.last else 0)))
