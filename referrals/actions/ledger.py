"""The ledger of unmet needs: counted where she agreed to statistics, with nothing that leads back to her."""

from datetime import datetime

from referrals.codes import UnmetReason
from referrals.models import UnmetNeed
from referrals.payload import Card
from referrals.timers import month_of


def count(*, card: Card, service_type: str, reason: UnmetReason, now: datetime) -> None:
    """Count one unmet need, unless she did not agree to statistics."""
    if not card.statistics_consent:
        return
    UnmetNeed.objects.create(
        month=month_of(now), district=card.district, service_type=service_type, reason=reason
    )
