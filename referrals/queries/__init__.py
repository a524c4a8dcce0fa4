"""Reads of casework that are more than one line. What is sealed is opened by the doors (access) alone."""

from referrals.queries.attention import Attention, of_sent, sent_rows
from referrals.queries.states import may_edit, sent_referrals

__all__ = ["Attention", "may_edit", "of_sent", "sent_referrals", "sent_rows"]
