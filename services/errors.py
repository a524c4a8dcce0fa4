"""Errors that the directory raises across rooms. None carries anything about a survivor."""

from django.http import Http404


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


class NotAllowed(DirectoryError):
    """A change that the rules of the directory do not allow."""


class BadCursor(DirectoryError):
    """A "next page" mark that is not one of ours."""


class Missing(Http404):
    """A one-time link that opens nothing (any more): unknown, expired, used and revoked alike."""
