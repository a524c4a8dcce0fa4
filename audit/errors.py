"""What goes wrong in the access log. No error here carries a value: its text may reach a log line."""

from collections.abc import Mapping
from uuid import UUID

from django.http import Http404

from audit.registry import Action


class LogFailed(Exception):
    """The entry could not be written: nothing may be shown, and nothing may change."""

    def __init__(self) -> None:
        super().__init__("the access log failed")


class NotLoggable(LogFailed):
    """The entry would hold something other than codes and ids: a mistake in the calling code."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.args = (f"not a code or an id: {field}",)


class Denied(Http404):
    """Somebody asked for what they may not see, or for what is not there: the same 404 for both.

    Raised by the doors. ``audit.middleware.DeniedAttempts`` writes the attempt down after every
    rollback, then lets the uniform 404 follow. ``agency`` is the agency of the person who asked;
    None, for a stranger, goes to the site's own log (see docs/log.md).
    """

    def __init__(
        self,
        action: Action | str,
        *,
        agency: UUID | None,
        actor: UUID | None,
        kind: str,
        object: str,  # noqa: A002
        detail: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.action = action
        self.agency = agency
        self.actor = actor
        self.kind = kind
        self.object = object
        self.detail = dict(detail or {})
