"""Every change of the directory. One file a concept; each action is one transaction."""

from services.actions.availability import report_availability
from services.actions.imports import commit_import, drop_import, import_hsds
from services.actions.indexing import reindex
from services.actions.publishing import confirm, hide, publish

__all__ = [
    "commit_import",
    "confirm",
    "drop_import",
    "hide",
    "import_hsds",
    "publish",
    "reindex",
    "report_availability",
]
