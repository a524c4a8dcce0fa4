"""An agency's supervisor decides how long answers may take, and which days are working days."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions import set_time_zone
from accounts.models import Agency
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from audit.actions import record
from referrals import entries, queries
from referrals.access.common import denied
from referrals.actions.steps import Once
from referrals.codes import TIME_ZONES
from referrals.errors import Invalid, Message, SomeoneWasQuicker
from referrals.models import TimerPolicy
from referrals.timers import LEAST_URGENT_END, LONGEST, Limits, Rules


def change_timers(
    *,
    unlocked: Unlocked,
    rules: Rules,
    week: Collection[int],
    time_zone: str,
    version: int,
    once: UUID | None = None,
) -> int:
    """Decide a new version; return its number. What was sent before keeps the timers it was sent with.

    ``version`` is what was on screen (0 for the defaults): a newer one is ``SomeoneWasQuicker``.
    """
    if RoleName.SUPERVISOR not in unlocked.roles:
        raise denied(unlocked, entries.TIMERS_CHANGED, "agency", unlocked.agency.id)
    _check(rules, week, time_zone)
    with transaction.atomic():
        agency = Agency.objects.select_for_update().get(pk=unlocked.agency.id)
        newest = queries.timer_policy(agency)
        current = newest.version if newest else 0
        if Once(unlocked, once, "change_timers", agency.id).is_repeat:
            return current
        if version != current:
            raise SomeoneWasQuicker
        TimerPolicy.objects.create(
            agency=agency,
            version=current + 1,
            **{
                f"{urgency}_{name}": getattr(limits, name)
                for urgency, limits in _by_urgency(rules)
                for name in ("answer", "supervisor", "end")
            },
            working_week="".join(str(day) for day in sorted(set(week))),
            decided_by=unlocked.person,
            decided_on=unlocked.today,
        )
        set_time_zone(unlocked, time_zone=time_zone)
        record(
            entries.TIMERS_CHANGED,
            agency=agency.id,
            actor=unlocked.person.id,
            kind="agency",
            object=str(agency.id),
            detail={"version": str(current + 1)},
        )
    return current + 1


def _by_urgency(rules: Rules) -> tuple[tuple[str, Limits], ...]:
    return (("emergency", rules.emergency), ("urgent", rules.urgent), ("routine", rules.routine))


def _check(rules: Rules, week: Collection[int], time_zone: str) -> None:
    """Refuse what is out of order or longer than anybody should wait, each at its own field."""
    wrong: dict[str, Message] = {}
    for (urgency, limits), (_name, longest) in zip(_by_urgency(rules), _by_urgency(LONGEST), strict=True):
        for name in ("answer", "supervisor", "end"):
            most: int = getattr(longest, name)
            if not 1 <= getattr(limits, name) <= most:
                wrong[f"{urgency}_{name}"] = _("Choose a number from 1 to %(most)d.") % {"most": most}
        if limits.supervisor <= limits.answer:
            wrong.setdefault(
                f"{urgency}_supervisor", _("The supervisor is told later than the answer is due.")
            )
        if limits.end <= limits.supervisor:
            wrong.setdefault(f"{urgency}_end", _("It ends later than the supervisor is told."))
    if rules.urgent.end < LEAST_URGENT_END:
        wrong.setdefault(
            "urgent_end",
            _("At least %(least)d hours: what must end sooner is an emergency.")
            % {"least": LEAST_URGENT_END},
        )
    if not week or not set(week) <= set(range(7)):
        wrong["week"] = _("Tick at least one working day.")
    if time_zone not in TIME_ZONES:
        wrong["time_zone"] = _("Choose one of the answers.")
    if wrong:
        raise Invalid(wrong)
