"""Fixtures that every room shares. The test environment itself is set in ``tests/environment.py``."""
