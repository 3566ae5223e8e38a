"""Contrast of the real tokens: 7 for text, 4.5 for small and coloured text, 3 for marks and borders.

OKLCH to sRGB after Björn Ottosson's OKLab; the ratio is WCAG 2's.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

Colour = tuple[float, float, float]
SHEET = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
ONE = r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)"
TOKENS: dict[str, tuple[Colour, Colour]] = {}
for found in re.finditer(rf"--([a-z0-9-]+): light-dark\({ONE}, {ONE}\);", SHEET.read_text()):
    numbers = [float(value) for value in found.groups()[1:]]
    light, dark = (numbers[0] / 100, *numbers[1:3]), (numbers[3] / 100, *numbers[4:6])
    TOKENS[found.group(1)] = (light, dark)  # type: ignore[assignment]

PAIRS = [
    *[("ink", ground, 7.0) for ground in ("paper", "surface", "sunken", "hover", "accent-soft", "wait-soft")],
    *[("ink-2", ground, 4.5) for ground in ("paper", "surface", "sunken", "hover", "accent-soft")],
    *[("ink-3", ground, 4.5) for ground in ("paper", "surface", "sunken", "hover")],
    *[("accent", ground, 4.5) for ground in ("paper", "surface", "sunken", "accent-soft")],
    *[("accent-strong", ground, 4.5) for ground in ("paper", "surface")],
    *[("on-accent", ground, 4.5) for ground in ("accent", "accent-strong")],
    *[("on-bad", ground, 4.5) for ground in ("bad", "bad-strong")],
    *[("bad", ground, 4.5) for ground in ("paper", "surface", "bad-soft")],
    ("bad-strong", "surface", 4.5),
    ("paper", "ink", 7.0),
    *[("line-strong", ground, 3.0) for ground in ("paper", "surface", "sunken")],
]
for tone in ("ok", "wait", "late", "bad", "mute"):
    PAIRS += [("ink", f"{tone}-soft", 7.0), (tone, f"{tone}-soft", 3.0), (tone, "surface", 4.5)]


def srgb(colour: Colour) -> Colour:
    """Linear sRGB, not clipped."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2's ratio, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: Colour) -> float:
    """WCAG 2's relative luminance."""
    red, green, blue = (min(1.0, max(0.0, part)) for part in srgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_black_on_white_is_21() -> None:
    assert contrast((0, 0, 0), (1, 0, 0)) == pytest.approx(21, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground", "least"), PAIRS, ids=str)
def test_it_can_be_read(mark: str, ground: str, least: float, scheme: int) -> None:
    assert contrast(TOKENS[mark][scheme], TOKENS[ground][scheme]) >= least


@pytest.mark.parametrize("token", TOKENS)
def test_every_screen_can_show_it(token: str) -> None:
    for colour in TOKENS[token]:
        assert all(-0.001 <= part <= 1.001 for part in srgb(colour)), "outside sRGB: screens would clip it"
