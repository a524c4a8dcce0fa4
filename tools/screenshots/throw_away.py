"""Settings for a site that lives as long as one command. Enter this before anything of Django is imported."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def settings() -> Iterator[None]:
    """Set Django up in a temporary folder: cheap key derivation, fixed secrets, a database of its own."""
    with tempfile.TemporaryDirectory(prefix="hamroh-pages-") as folder:
        # The site's own settings stay out.
        for name in [name for name in os.environ if name.startswith("HAMROH_") and name != "HAMROH_CHROMIUM"]:
            del os.environ[name]
        os.environ |= {"HAMROH_MODE": "test", "HAMROH_VAR_DIR": folder}
        # Playwright keeps an event loop in this thread; what we ask the database is synchronous.
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
        (Path(folder) / "static").mkdir()
        import django

        django.setup()
        yield
