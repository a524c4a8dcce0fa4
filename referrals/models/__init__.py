"""Tables of cases and referrals: what stands in clear, and the sealed rest.

Clear columns are few and listed in a test; everything about a survivor, and every service she was
referred to, is sealed. Permission rows are keys: they live in ``grants`` here, and only
``referrals.grants`` makes them.
"""

from referrals.models.cases import Case, CaseDocument, CaseHalf, CaseItem, DocumentHalf
from referrals.models.duty import DutyShift
from referrals.models.emergencies import EmergencyOpening
from referrals.models.exports import ExportSwitch
from referrals.models.grants import (
    CaseUserPermission,
    ReferralGroupPermission,
    ReferralUserPermission,
)
from referrals.models.inquiries import Inquiry, InquiryHalf
from referrals.models.ledger import DoneOnce, ServiceFeedback, UnmetNeed, WaitSum
from referrals.models.referrals import Referral, ReferralHalf
from referrals.models.retention import CaseHold, RetentionPolicy
from referrals.models.successors import CaseSuccessor
from referrals.models.timers import TimerPolicy
from referrals.models.transfers import CaseTransfer

__all__ = [
    "Case",
    "CaseDocument",
    "CaseHalf",
    "CaseHold",
    "CaseItem",
    "CaseSuccessor",
    "CaseTransfer",
    "CaseUserPermission",
    "DocumentHalf",
    "DoneOnce",
    "DutyShift",
    "EmergencyOpening",
    "ExportSwitch",
    "Inquiry",
    "InquiryHalf",
    "Referral",
    "ReferralGroupPermission",
    "ReferralHalf",
    "ReferralUserPermission",
    "RetentionPolicy",
    "ServiceFeedback",
    "TimerPolicy",
    "UnmetNeed",
    "WaitSum",
]
