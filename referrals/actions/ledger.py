"""The ledger of unmet needs: counted where she agreed to statistics, with nothing that leads back to her."""

from datetime import datetime

from referrals.codes import UnmetReason
from referrals.models import UnmetNeed
from referrals.payload import Card
from referrals.timers import month_of
from services.models import District


def count(*, card: Card, service_type: str, reason: UnmetReason, now: datetime) -> None:
    """Count one unmet need, unless she did not agree to statistics."""
    if not card.statistics_consent:
        return
    # Only a code of the list of places goes into a clear column, whatever was typed.
    known = District.objects.filter(code=card.district).exists()
    UnmetNeed.objects.create(
        month=month_of(now),
        district=card.district if known else "",
        service_type=service_type,
        reason=reason,
    )
