"""Every change of the directory. One file a concept; each action is one transaction."""

from services.actions.availability import report_availability, undo_report
from services.actions.duplicates import find_duplicates, not_the_same
from services.actions.groups import save_group
from services.actions.holds import (
    drop_hold,
    hold_place,
    own_holds,
    release_place,
    turn_into_acceptance,
)
from services.actions.imports import begin, commit_import, commit_later, drop_import, go_on, import_hsds
from services.actions.indexing import reindex
from services.actions.merging import merge, undo_merge
from services.actions.proposals import (
    approve,
    ask_to_publish,
    ask_to_remove_site,
    ask_to_reveal,
    look_again,
    propose_change,
    propose_entry,
    propose_site,
    reject,
    withdraw,
)
from services.actions.provider_links import make_provider_link, report_by_link, revoke_provider_link
from services.actions.publishing import confirm, hide, hide_entry, publish
from services.actions.reviews import decide_row, reopen_row
from services.actions.sites import conceal
from services.actions.suggestions import close_suggestion, delete_suggestion, suggest
from services.actions.uploads import forget_upload, keep_upload, opened_upload
from services.actions.verification import answer_link, check

__all__ = [
    "answer_link",
    "approve",
    "ask_to_publish",
    "ask_to_remove_site",
    "ask_to_reveal",
    "begin",
    "check",
    "close_suggestion",
    "commit_import",
    "commit_later",
    "conceal",
    "confirm",
    "decide_row",
    "delete_suggestion",
    "drop_hold",
    "drop_import",
    "find_duplicates",
    "forget_upload",
    "go_on",
    "hide",
    "hide_entry",
    "hold_place",
    "import_hsds",
    "keep_upload",
    "look_again",
    "make_provider_link",
    "merge",
    "not_the_same",
    "opened_upload",
    "own_holds",
    "propose_change",
    "propose_entry",
    "propose_site",
    "publish",
    "reindex",
    "reject",
    "release_place",
    "reopen_row",
    "report_availability",
    "report_by_link",
    "revoke_provider_link",
    "save_group",
    "suggest",
    "turn_into_acceptance",
    "undo_merge",
    "undo_report",
    "withdraw",
]
