"""Behaviour 21: mediation and reconciliation are never offered, and are no outcome."""

import re

from referrals import codes
from services.codes import ServiceSubtype, ServiceType

_NEVER = re.compile(r"\bmediat|reconcil|yarash|primir", re.IGNORECASE)


def test_nothing_offers_mediation_or_reconciliation() -> None:
    lists = [one for one in vars(codes).values() if hasattr(one, "choices")]
    words = [
        f"{value} {label}" for one in [*lists, ServiceType, ServiceSubtype] for value, label in one.choices
    ]
    assert len(words) > 100
    assert [word for word in words if _NEVER.search(word)] == []
