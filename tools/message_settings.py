"""Settings enough for makemessages, which needs no database and no secret."""

from pathlib import Path

USE_I18N = True
LOCALE_PATHS = [str(Path.cwd() / "locale")]
