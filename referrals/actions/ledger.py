"""The ledger of unmet needs: counted where she agreed to statistics, with nothing that leads back to her."""

from dataclasses import replace

from accounts.unlocked import Unlocked
from referrals.access.cases import OpenCase
from referrals.actions import followup
from referrals.codes import UnmetReason
from referrals.models import UnmetNeed
from referrals.statistics import quarter_of
from referrals.timers import month_of
from services.models import District


def count(*, unlocked: Unlocked, opened: OpenCase, service_type: str, reason: UnmetReason) -> None:
    """Count one unmet need, unless she did not agree to statistics. Under the case's lock.

    A need counts once a case and quarter, for the first reason there was: five in a table are five people.
    What was counted is remembered in the sealed case.
    """
    card, kept = opened.card(), opened.follow_up()
    month = month_of(unlocked.now)
    quarter = f"{quarter_of(month)}"
    counted = tuple(one for one in kept.unmet_counted if one.startswith(quarter))
    need = f"{quarter} {service_type}"
    if not card.statistics_consent or need in counted:
        return
    followup.put(opened, replace(kept, unmet_counted=(*counted, need)))
    # Only a code of the list of places goes into a clear column, whatever was typed.
    known = District.objects.filter(code=card.district).exists()
    UnmetNeed.objects.create(
        month=month,
        district=card.district if known else "",
        service_type=service_type,
        reason=reason,
    )
