"""Every change of the directory. One file a concept; each action is one transaction."""

from services.actions.availability import report_availability
from services.actions.duplicates import find_duplicates, not_the_same
from services.actions.groups import save_group
from services.actions.imports import commit_import, drop_import, import_hsds
from services.actions.indexing import reindex
from services.actions.merging import merge, undo_merge
from services.actions.publishing import confirm, hide, publish
from services.actions.verification import answer_link, check

__all__ = [
    "answer_link",
    "check",
    "commit_import",
    "confirm",
    "drop_import",
    "find_duplicates",
    "hide",
    "import_hsds",
    "merge",
    "not_the_same",
    "publish",
    "reindex",
    "report_availability",
    "save_group",
    "undo_merge",
]
