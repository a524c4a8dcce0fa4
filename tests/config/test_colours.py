"""Contrast of the stylesheet's colours, computed as WCAG 2.2 does (relative luminance, 1.4.3 and 1.4.11)."""

import re

import pytest
from django.conf import settings

STYLESHEET = (settings.BASE_DIR / "static/css/hamroh.css").read_text(encoding="utf-8")

TEXT = [  # foreground, background: at least 4.5
    *((fore, back) for fore in ("ink", "muted", "accent", "stop") for back in ("paper", "surface", "sunken")),
    *((tone, f"{tone}-soft") for tone in ("ok", "wait", "stop", "info", "quiet")),
    *(("ink", f"{tone}-soft") for tone in ("ok", "wait", "stop", "info", "accent")),
    ("muted", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("accent-deep", "accent-soft"),
    ("accent-deep", "sunken"),
    ("paper", "ink"),
]
EDGES = [  # at least 3
    ("edge", "surface"),
    ("edge", "paper"),
    ("accent", "surface"),
    ("accent", "accent-soft"),
    ("stop", "surface"),
    *(("focus", back) for back in ("paper", "surface", "sunken", "accent-soft")),
]


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))


def _themes() -> dict[str, dict[str, str]]:
    light = _tokens(STYLESHEET.split("@media", 1)[0])
    dark_block = STYLESHEET.split("(prefers-color-scheme: dark)", 1)[1].split("@media", 1)[0]
    return {"light": light, "dark": light | _tokens(dark_block)}


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_gives_the_standards_own_ends() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (EDGES, 3.0)], ids=["text", "edges"])
def test_colours_are_far_enough_apart(theme: str, pairs: list[tuple[str, str]], least: float) -> None:
    tokens = _themes()[theme]
    near = {pair: round(contrast(tokens[pair[0]], tokens[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in near.items() if ratio < least} == {}


def test_both_themes_name_every_colour() -> None:
    dark_block = STYLESHEET.split("(prefers-color-scheme: dark)", 1)[1].split("@media", 1)[0]
    assert set(_tokens(dark_block)) == set(_themes()["light"])
