"""Every change of this room: ceremonies with keys, sign-in, sessions, roles.

Each is one typed function: validate, one transaction, change, log entry last.
"""

from accounts.actions.agreements import agree
from accounts.actions.founding import FirstPerson, Founder, create_agency
from accounts.actions.joining import (
    NewColleague,
    NewInvitation,
    accept_invitation,
    activate,
    find_invitation,
    invite,
    withdraw_invitation,
)
from accounts.actions.leaving import set_leaving
from accounts.actions.notices import (
    ask_for_code,
    choose_notices,
    confirm_address,
    forget_address,
    set_gateway,
    set_time_zone,
)
from accounts.actions.own_keys import (
    change_password,
    confirm_totp,
    renew_papers,
    start_totp,
    stop_totp,
    use_recovery_code,
    waiting_totp,
)
from accounts.actions.roles import assign_role, hand_over_key, remove_person, set_dates
from accounts.actions.sessions import end_by_cookie, sign_out, sign_out_everywhere, sweep, touch
from accounts.actions.signing_in import SignedIn, confirm_code, sign_in, step_up

__all__ = [
    "FirstPerson",
    "Founder",
    "NewColleague",
    "NewInvitation",
    "SignedIn",
    "accept_invitation",
    "activate",
    "agree",
    "ask_for_code",
    "assign_role",
    "change_password",
    "choose_notices",
    "confirm_address",
    "confirm_code",
    "confirm_totp",
    "create_agency",
    "end_by_cookie",
    "find_invitation",
    "forget_address",
    "hand_over_key",
    "invite",
    "remove_person",
    "renew_papers",
    "set_dates",
    "set_gateway",
    "set_leaving",
    "set_time_zone",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "start_totp",
    "step_up",
    "stop_totp",
    "sweep",
    "touch",
    "use_recovery_code",
    "waiting_totp",
    "withdraw_invitation",
]
