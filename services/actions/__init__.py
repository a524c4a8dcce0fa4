"""Every change of the directory. One file a concept; each action is one transaction."""

from services.actions.availability import report_availability
from services.actions.imports import commit_import, drop_import, import_hsds
from services.actions.indexing import reindex
from services.actions.proposals import (
    approve,
    ask_to_publish,
    ask_to_reveal,
    look_again,
    propose_change,
    propose_entry,
    propose_site,
    reject,
    withdraw,
)
from services.actions.publishing import confirm, hide, hide_entry, publish
from services.actions.sites import conceal
from services.actions.suggestions import close_suggestion, delete_suggestion, suggest

__all__ = [
    "approve",
    "ask_to_publish",
    "ask_to_reveal",
    "close_suggestion",
    "commit_import",
    "conceal",
    "confirm",
    "delete_suggestion",
    "drop_import",
    "hide",
    "hide_entry",
    "import_hsds",
    "look_again",
    "propose_change",
    "propose_entry",
    "propose_site",
    "publish",
    "reindex",
    "reject",
    "report_availability",
    "suggest",
    "withdraw",
]
