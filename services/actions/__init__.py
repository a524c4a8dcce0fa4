"""Every change of the directory. One file a concept; each action is one transaction."""

from services.actions.availability import report_availability, undo_report
from services.actions.holds import (
    drop_hold,
    hold_place,
    own_holds,
    release_place,
    turn_into_acceptance,
)
from services.actions.imports import commit_import, drop_import, import_hsds
from services.actions.indexing import reindex
from services.actions.provider_links import make_provider_link, report_by_link, revoke_provider_link
from services.actions.publishing import confirm, hide, publish

__all__ = [
    "commit_import",
    "confirm",
    "drop_hold",
    "drop_import",
    "hide",
    "hold_place",
    "import_hsds",
    "make_provider_link",
    "own_holds",
    "publish",
    "reindex",
    "release_place",
    "report_availability",
    "report_by_link",
    "revoke_provider_link",
    "turn_into_acceptance",
    "undo_report",
]
