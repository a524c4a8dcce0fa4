"""Every change of the directory. One file a concept; each action is one transaction."""

from services.actions.availability import report_availability
from services.actions.duplicates import find_duplicates, not_the_same
from services.actions.groups import save_group
from services.actions.imports import begin, commit_import, commit_later, drop_import, go_on, import_hsds
from services.actions.indexing import reindex
from services.actions.merging import merge, undo_merge
from services.actions.publishing import confirm, hide, publish
from services.actions.reviews import decide_row, reopen_row
from services.actions.uploads import forget_upload, keep_upload, opened_upload
from services.actions.verification import answer_link, check

__all__ = [
    "answer_link",
    "begin",
    "check",
    "commit_import",
    "commit_later",
    "confirm",
    "decide_row",
    "drop_import",
    "find_duplicates",
    "forget_upload",
    "go_on",
    "hide",
    "import_hsds",
    "keep_upload",
    "merge",
    "not_the_same",
    "opened_upload",
    "publish",
    "reindex",
    "reopen_row",
    "report_availability",
    "save_group",
    "undo_merge",
]
