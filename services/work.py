"""Long imports leave the request: a process of their own reads the file or writes the rows.

One process a run, started by the page and gone when it is done; no thread, no queue to operate. The
key of a waiting file goes to it through a pipe: never by argument or environment, which others on
the machine can read. A run whose process died is taken up again from its page, or by
``manage.py work_imports``.
"""

import subprocess
import sys
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language


def start(run_id: UUID, key: bytes = b"") -> None:
    """Start the process that goes on with a run, in the reader's language, and return at once."""
    manage = str(settings.BASE_DIR / "manage.py")
    command = [sys.executable, manage, "work_imports", str(run_id), "--language", get_language() or "en"]
    process = subprocess.Popen(  # noqa: S603  (our own command and a UUID)
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        start_new_session=True,
    )
    if process.stdin is not None:
        process.stdin.write(key)
        process.stdin.close()
