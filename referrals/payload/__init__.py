"""What is sealed: the shapes of a case's sections and of a packet's parts, and their JSON.

Every class checks itself when it is made: from a form, ``Invalid`` names the fields; from the
database, what does not fit is ``Refused``. ``repr`` shows the class and nothing else. Free text is
bounded and cleaned of control characters. Not here: keys (access), what leaves a case (disclosure).
"""

from referrals.payload.case import (
    AskedProvider,
    Card,
    Children,
    Closing,
    Consent,
    Dispositions,
    Document,
    FollowUp,
    Heard,
    HistoryEntry,
    Identity,
    Incident,
    Narrowing,
    Note,
    PacketKey,
    Plan,
    SafeContact,
    SentReferral,
    Task,
)
from referrals.payload.packet import AnswerPart, IdentityPart, MeetingPart, OpaquePart, SenderPart
from referrals.payload.rules import Payload

__all__ = [
    "AnswerPart",
    "AskedProvider",
    "Card",
    "Children",
    "Closing",
    "Consent",
    "Dispositions",
    "Document",
    "FollowUp",
    "Heard",
    "HistoryEntry",
    "Identity",
    "IdentityPart",
    "Incident",
    "MeetingPart",
    "Narrowing",
    "Note",
    "OpaquePart",
    "PacketKey",
    "Payload",
    "Plan",
    "SafeContact",
    "SenderPart",
    "SentReferral",
    "Task",
]
