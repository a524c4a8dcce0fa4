"""The doors: the only way to read a case, a packet or an identity.

Every door asks, in this order: may this person open cases at all (active, training current, a role
that works with people); is there a permission row for exactly this object, still valid; does guardian
agree; does the key in the row open. Then the access log is written, and only then is anything
disclosed. Whatever is missing on the way is the same ``Denied``: a 404 that says nothing, and an entry.
"""

from referrals.access.cards import CaseCard, cases_for, open_asked, open_case_cards
from referrals.access.cases import Item, OpenCase, case_for
from referrals.access.contact import numbers_for
from referrals.access.documents import OpenDocument, document_for
from referrals.access.emergencies import (
    case_by_reference,
    opening_for,
    openings_for,
    openings_of_mine,
    reference_of,
)
from referrals.access.inquiries import OpenInquiry, inquiry_for
from referrals.access.kept import Kept, holds_waiting, kept_by
from referrals.access.left import (
    LeftCase,
    Succession,
    any_left,
    left_case_for,
    left_cases,
    succession_for,
    successions_for,
)
from referrals.access.packets import (
    EndedReferral,
    HandedReferral,
    InboxRow,
    OpenPacket,
    ended_packet_for,
    handed_packet_for,
    identity_for,
    inbox_for,
    meeting_for,
    numbers_wait,
    open_inbox_rows,
    packet_for,
    worked_on_by,
    workers_of,
)
from referrals.access.sent import (
    OpenSent,
    SentRow,
    log_late_list,
    open_sent_rows,
    sent_for,
    sent_referral_for,
)
from referrals.access.supervised import (
    Supervised,
    log_supervised,
    reported_to,
    supervised_by,
    supervised_for,
)
from referrals.access.transfers import EndedOffer, OpenOffer, ended_offer_for, offer_for, offers_by, offers_to

__all__ = [
    "CaseCard",
    "EndedOffer",
    "EndedReferral",
    "HandedReferral",
    "InboxRow",
    "Item",
    "Kept",
    "LeftCase",
    "OpenCase",
    "OpenDocument",
    "OpenInquiry",
    "OpenOffer",
    "OpenPacket",
    "OpenSent",
    "SentRow",
    "Succession",
    "Supervised",
    "any_left",
    "case_by_reference",
    "case_for",
    "cases_for",
    "document_for",
    "ended_offer_for",
    "ended_packet_for",
    "handed_packet_for",
    "holds_waiting",
    "identity_for",
    "inbox_for",
    "inquiry_for",
    "kept_by",
    "left_case_for",
    "left_cases",
    "log_late_list",
    "log_supervised",
    "meeting_for",
    "numbers_for",
    "numbers_wait",
    "offer_for",
    "offers_by",
    "offers_to",
    "open_asked",
    "open_case_cards",
    "open_inbox_rows",
    "open_sent_rows",
    "opening_for",
    "openings_for",
    "openings_of_mine",
    "packet_for",
    "reference_of",
    "reported_to",
    "sent_for",
    "sent_referral_for",
    "succession_for",
    "successions_for",
    "supervised_by",
    "supervised_for",
    "worked_on_by",
    "workers_of",
]
