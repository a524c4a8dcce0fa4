"""Her decision about one place: what they must do by law, what may be told, send, take back."""

from referrals.views.consent.asking import offered_fields, wishes_of
from referrals.views.consent.deciding import consent_new
from referrals.views.consent.ending import consent_confirm, consent_withdraw, withdraw
from referrals.views.consent.sending import consent_send

__all__ = [
    "consent_confirm",
    "consent_new",
    "consent_send",
    "consent_withdraw",
    "offered_fields",
    "wishes_of",
    "withdraw",
]
