"""Every change of cases, consents and referrals. A change is one transaction; its log entry is last.

Callers come through a door first and bring what it opened. All arguments are named. What cannot be
done is a ``referrals.errors.ReferralError`` that the page can show; nothing has changed then.

``once`` is the random id of one form: posted twice, the second finds the first and does nothing.
"""

from referrals.actions.assigning import assign, send_key_again, take_up
from referrals.actions.cases import (
    add_note,
    edit_section,
    open_case,
    revoke_share,
    share_case,
)
from referrals.actions.closing import close_case, reopen_case
from referrals.actions.consent import (
    confirm_consent,
    draft_consent,
    record_consent,
    record_refusal,
    withdraw_consent,
)
from referrals.actions.documents import add_document, delete_document
from referrals.actions.duty import ROSTER_ROLES, add_shift, drop_shift
from referrals.actions.emergency import (
    ask_emergency,
    end_emergency,
    open_in_emergency,
    refuse_emergency,
    release_emergency,
)
from referrals.actions.erasure import erase_case
from referrals.actions.exports import approve_exports, ask_for_exports, switch_exports_off
from referrals.actions.feedback import give_feedback, may_give_feedback
from referrals.actions.followup import add_task, delete_task, finish_task, move_task, record_contact, task_of
from referrals.actions.inquiry import answer_inquiry, ask_by_link, take_back_inquiry
from referrals.actions.ledger import record_nothing_found
from referrals.actions.meeting import give_appointment
from referrals.actions.narrowing import narrow_consent
from referrals.actions.provider import accept, claim, decline, deliver, fail, release, start
from referrals.actions.questions import answer_question, ask
from referrals.actions.referral import (
    cancel,
    close_after_asking,
    count_unmet_need,
    fail_after_trying,
    reopen_not_received,
    send,
)
from referrals.actions.retention import (
    ask_to_keep,
    ask_to_let_go,
    change_years,
    decide_hold,
    decide_years,
)
from referrals.actions.steps import was_done
from referrals.actions.succession import hand_over_left_case, name_successor, take_left_case
from referrals.actions.supervision import (
    cancel_as_supervisor,
    enter_in_error,
    may_decide,
    report_error,
    report_error_as_supervisor,
    set_report_aside,
)
from referrals.actions.timers import change_timers
from referrals.actions.transfer import decline_offer, offer_case, take_back_offer, take_case

__all__ = [
    "ROSTER_ROLES",
    "accept",
    "add_document",
    "add_note",
    "add_shift",
    "add_task",
    "answer_inquiry",
    "answer_question",
    "approve_exports",
    "ask",
    "ask_by_link",
    "ask_emergency",
    "ask_for_exports",
    "ask_to_keep",
    "ask_to_let_go",
    "assign",
    "cancel",
    "cancel_as_supervisor",
    "change_timers",
    "change_years",
    "claim",
    "close_after_asking",
    "close_case",
    "confirm_consent",
    "count_unmet_need",
    "decide_hold",
    "decide_years",
    "decline",
    "decline_offer",
    "delete_document",
    "delete_task",
    "deliver",
    "draft_consent",
    "drop_shift",
    "edit_section",
    "end_emergency",
    "enter_in_error",
    "erase_case",
    "fail",
    "fail_after_trying",
    "finish_task",
    "give_appointment",
    "give_feedback",
    "hand_over_left_case",
    "may_decide",
    "may_give_feedback",
    "move_task",
    "name_successor",
    "narrow_consent",
    "offer_case",
    "open_case",
    "open_in_emergency",
    "record_consent",
    "record_contact",
    "record_nothing_found",
    "record_refusal",
    "refuse_emergency",
    "release",
    "release_emergency",
    "reopen_case",
    "reopen_not_received",
    "report_error",
    "report_error_as_supervisor",
    "revoke_share",
    "send",
    "send_key_again",
    "set_report_aside",
    "share_case",
    "start",
    "switch_exports_off",
    "take_back_inquiry",
    "take_back_offer",
    "take_case",
    "take_left_case",
    "take_up",
    "task_of",
    "was_done",
    "withdraw_consent",
]
