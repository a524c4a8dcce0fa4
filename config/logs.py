"""Format log records so that no survivor's words can reach a log line.

What lives here: one formatter. Exception texts, locals, request paths and the arguments of
Django's own request logger are replaced by the type of the error and the place in our code.
"""

import logging
import traceback
from types import TracebackType

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutDetails(logging.Formatter):
    """Log an exception as its type and code positions only, and a request as its status only."""

    def formatException(self, ei: _ExcInfo) -> str:
        kind, _, trace = ei
        if kind is None:
            return ""
        places = (f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace))
        return "\n".join([kind.__name__, *places])

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith(("django.request", "django.security", "django.server")):
            status = getattr(record, "status_code", "")
            record = logging.makeLogRecord(
                {
                    **record.__dict__,
                    "msg": "request %s",
                    "args": (status,),
                    "exc_text": None,
                    "stack_info": None,
                }
            )
        return super().format(record)
