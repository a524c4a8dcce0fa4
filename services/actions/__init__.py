"""Every change of the directory. One file a concept; each action is one transaction."""

from services.actions.availability import report_availability
from services.actions.imports import begin, commit_import, commit_later, drop_import, go_on, import_hsds
from services.actions.indexing import reindex
from services.actions.publishing import confirm, hide, publish
from services.actions.reviews import decide_row, reopen_row
from services.actions.uploads import forget_upload, keep_upload, opened_upload

__all__ = [
    "begin",
    "commit_import",
    "commit_later",
    "confirm",
    "decide_row",
    "drop_import",
    "forget_upload",
    "go_on",
    "hide",
    "import_hsds",
    "keep_upload",
    "opened_upload",
    "publish",
    "reindex",
    "reopen_row",
    "report_availability",
]
