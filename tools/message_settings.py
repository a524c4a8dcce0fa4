"""Settings enough for makemessages, which needs no database and no secret."""

from pathlib import Path

USE_I18N = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [str(Path.cwd() / "locale")]
