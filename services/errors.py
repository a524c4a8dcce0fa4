"""Errors that the directory raises across rooms. None carries anything about a survivor."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _


class DirectoryError(Exception):
    """Something about the directory that the person can mend."""


class ImportRefused(DirectoryError):
    """A file, or a commit, that is refused whole: nothing was written.

    ``message`` says what is wrong, ``advice`` what to do next; both may be translatable.
    ``line`` and ``column`` count from 1; ``path`` is a JSON path such as ``$[3].phones[0]``.
    """

    def __init__(
        self,
        message: object,
        *,
        advice: object = "",
        line: int | None = None,
        column: int | None = None,
        path: str = "",
    ) -> None:
        super().__init__(str(message))
        self.message = message
        self.advice = advice
        self.line = line
        self.column = column
        self.path = path

    @property
    def place(self) -> str:
        """Return where in the file, as far as known: ``line 3, column 7`` or a JSON path."""
        if self.line is not None:
            return f"{self.line}:{self.column}"
        return self.path


class MappingNeeded(ImportRefused):
    """A table whose columns nobody has mapped yet; ``table`` is it. ``empty_clears``: as the last time."""

    def __init__(self, table: Any, known: dict[str, str], *, empty_clears: bool = False) -> None:
        super().__init__(
            _("It is not known yet what the columns of this table mean."),
            advice=_("Map them once; the next file of this source is then mapped by itself."),
            line=table.header_line,
            column=1,
        )
        self.table = table
        self.known = known
        self.empty_clears = empty_clears


class NotAllowed(DirectoryError):
    """A change that the rules of the directory do not allow."""


class BadCursor(DirectoryError):
    """A "next page" mark that is not one of ours."""


class ChangedMeanwhile(NotAllowed):
    """What somebody decided about is no longer what they saw: they must look again."""


class Missing(Http404):
    """A one-time link that opens nothing (any more): unknown, expired, used and revoked alike."""


class TooBusy(DirectoryError):
    """Too many papers are being printed at this moment."""

    retry_after = 15
