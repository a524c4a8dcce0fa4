"""The ledgers of unmet needs and of waits: counted where she agreed to statistics, with nothing that leads
back to her."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import F

from accounts.unlocked import Unlocked
from referrals.access.cases import OpenCase
from referrals.actions import followup
from referrals.codes import UnmetReason, Wait
from referrals.models import UnmetNeed, WaitSum
from referrals.payload import SentReferral
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


def count_wait(
    *, unlocked: Unlocked, opened: OpenCase, about: SentReferral, delivered_at: datetime | None
) -> None:
    """Count how long she waited for help that reached her, unless she did not agree to statistics.

    From the first attempt for this need until the service said that it had helped. Once a case, quarter and
    kind of help, like an unmet need, and under the case's lock.
    """
    card, kept = opened.card(), opened.follow_up()
    quarter = quarter_of(unlocked.today)
    counted = tuple(one for one in kept.waits_counted if one.startswith(f"{quarter}"))
    wait = f"{quarter} {about.service_type}"
    began = _first_sent(opened, about)
    if not card.statistics_consent or wait in counted or began is None or delivered_at is None:
        return
    followup.put(opened, replace(kept, waits_counted=(*counted, wait)))
    row, _made = WaitSum.objects.get_or_create(
        quarter=quarter, service_type=about.service_type, wait=_band(delivered_at - began)
    )
    WaitSum.objects.filter(pk=row.pk).update(number=F("number") + 1)


def _first_sent(opened: OpenCase, about: SentReferral) -> datetime | None:
    """Return when the first attempt was sent that this one follows; what the case no longer knows ends it."""
    sent = {one.content.referral_id: one.content for one in opened.referrals()}
    began = about.sent_at
    for _ in range(len(sent)):
        earlier = sent.get(about.after_referral_id) if about.after_referral_id else None
        if earlier is None or earlier.sent_at is None:
            break
        about, began = earlier, earlier.sent_at
    return began


_BANDS = (
    (timedelta(days=1), Wait.DAY),
    (timedelta(days=3), Wait.THREE_DAYS),
    (timedelta(days=7), Wait.WEEK),
    (timedelta(days=30), Wait.MONTH),
)


def _band(span: timedelta) -> Wait:
    return next((band for most, band in _BANDS if span <= most), Wait.LONGER)
