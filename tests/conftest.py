"""Fixtures that every room shares. ``HAMROH_MODE=test`` before Django reads its settings."""

import os

os.environ["HAMROH_MODE"] = "test"
