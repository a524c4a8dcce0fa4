"""Every read of the log: opened entries for a supervisor, proofs, verification, the export.

Nothing here changes a row. That the log was read is itself recorded, by the view, before it is shown.
"""

from audit.queries.export import export_lines
from audit.queries.proofs import consistency, inclusion, still_holds
from audit.queries.reading import EMPTY_FILTER, Filter, OpenedEntry, Page, entries, last_signed, newest
from audit.queries.unusual import Unusual, unusual
from audit.queries.verification import Finding, Progress, Verification, verify_log

__all__ = [
    "EMPTY_FILTER",
    "Filter",
    "Finding",
    "OpenedEntry",
    "Page",
    "Progress",
    "Unusual",
    "Verification",
    "consistency",
    "entries",
    "export_lines",
    "inclusion",
    "last_signed",
    "newest",
    "still_holds",
    "unusual",
    "verify_log",
]
