"""Tables of people, the agencies they work for, their keys and their sessions.

An *agency* is an organisation that takes part: it has people and keys. A listed organisation
without people here is a ``services.Organization`` (HSDS) and nothing more. What can be done
with these rows is in ``accounts.actions``; what they mean to a signed-in person in
``accounts.unlocked`` and ``accounts.trust``.
"""

from accounts.models.joining import Agreement, Invitation
from accounts.models.keys import Keyring, PersonKey, QuickWrap, RoleKey, RoleKeyHolding, Slot
from accounts.models.notices import Channel, Gateway, Notice, NoticeChoice, Update
from accounts.models.people import Agency, Membership, Person, Role
from accounts.models.sessions import Session, Throttle

__all__ = [
    "Agency",
    "Agreement",
    "Channel",
    "Gateway",
    "Invitation",
    "Keyring",
    "Membership",
    "Notice",
    "NoticeChoice",
    "Person",
    "PersonKey",
    "QuickWrap",
    "Role",
    "RoleKey",
    "RoleKeyHolding",
    "Session",
    "Slot",
    "Throttle",
    "Update",
]
