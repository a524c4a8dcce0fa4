"""The ledgers of unmet needs and of waits: counted where she agreed to statistics, with nothing that leads
back to her."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.unlocked import Unlocked
from referrals import directory, entries
from referrals.access.cases import OpenCase
from referrals.actions import followup
from referrals.actions.steps import Once, bump, lock_case, log_case
from referrals.codes import Disposition, UnmetReason, Wait
from referrals.errors import WrongState
from referrals.models import UnmetNeed, WaitSum
from referrals.models.cases import Section
from referrals.payload import SentReferral
from referrals.statistics import quarter_of
from referrals.timers import month_of
from services.models import District


def count(*, unlocked: Unlocked, opened: OpenCase, service_type: str, reason: UnmetReason) -> bool:
    """Count one unmet need, unless she did not agree to statistics; say whether. Under the case's lock.

    A need counts once a case and quarter, for the first reason there was: five in a table are five people.
    What was counted is remembered in the sealed case.
    """
    card, kept = opened.card(), opened.follow_up()
    month = month_of(unlocked.now)
    quarter = f"{quarter_of(month)}"
    counted = tuple(one for one in kept.unmet_counted if one.startswith(quarter))
    need = f"{quarter} {service_type}"
    if not card.statistics_consent or need in counted:
        return False
    followup.put(opened, replace(kept, unmet_counted=(*counted, need)))
    # Only a code of the list of places goes into a clear column, whatever was typed.
    known = District.objects.filter(code=card.district).exists()
    UnmetNeed.objects.create(
        month=month,
        district=card.district if known else "",
        service_type=service_type,
        reason=reason,
    )
    return True


def record_nothing_found(
    *, unlocked: Unlocked, opened: OpenCase, needs: Mapping[str, Any], once: UUID | None = None
) -> None:
    """Write down that there is no place for these needs (a valid ``NeedsForm``): in the case, and counted.

    Somebody says so; a search alone counts nothing. It is looked up again here, so that nobody writes
    it down from an old page: ``WrongState`` where there is a place by now. Said again, it changes nothing.
    """
    service_type, incident = needs["service_type"], opened.incident()
    if directory.fitting(unlocked=unlocked, needs=needs, incident=incident)[0]:
        raise WrongState(_("There is a place by now. Look at the list again."))
    # Where only the wishes of this hour keep places out, there is help of the kind, but no room.
    lasting = {name: value for name, value in needs.items() if name not in ("open_now", "available_now")}
    exists = bool(directory.fitting(unlocked=unlocked, needs=lasting, incident=incident)[0])
    reason = UnmetReason.NO_CAPACITY if exists else UnmetReason.UNAVAILABLE
    with transaction.atomic():
        if Once(unlocked, once, "nothing_found", opened.id).is_repeat:
            return
        case = lock_case(unlocked, opened)
        changed = not exists and _is_unavailable(opened, service_type)
        counted = count(unlocked=unlocked, opened=opened, service_type=service_type, reason=reason)
        if changed or counted:
            bump(case)
            log_case(unlocked, opened, entries.NOTHING_FOUND)


def _is_unavailable(opened: OpenCase, service_type: str) -> bool:
    """Answer what became of this kind of help, where nobody has; say whether it was open."""
    plan = opened.plan()
    if getattr(plan.dispositions, service_type):
        return False
    told = replace(plan.dispositions, **{service_type: Disposition.UNAVAILABLE})
    revision = opened.revision(Section.PLAN)
    return opened.replace(Section.PLAN, None, replace(plan, dispositions=told), revision=revision)


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
    for _attempt in range(len(sent)):
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
