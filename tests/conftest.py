"""Fixtures that every room shares. The test environment itself is set in ``tests/environment.py``."""

from hypothesis import settings

# A test says what is true, never how fast: timings live in bench/.
settings.register_profile("hamroh", deadline=None)
settings.load_profile("hamroh")
