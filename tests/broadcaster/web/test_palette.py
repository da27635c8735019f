"""The colours as people with poor sight, sunlight or an old screen get them: WCAG 2.2 contrast."""

import re
from pathlib import Path

import pytest

from broadcaster.web.frame import PACKAGE

STYLE = PACKAGE / "web" / "assets" / "src" / "loa.css"
GROUNDS = ("paper", "sheet", "sunk")
WORDS = (
    "ink", "quiet", "signal-ink", "leaf-ink", "straw-ink", "brick-ink", "slate-ink",
)  # fmt: skip
SHAPES = ("signal", "leaf", "straw", "brick", "slate", "edge")


def _palettes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root \{([^}]*--paper[^}]*)\}", Path(STYLE).read_text(encoding="utf-8"))
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6})", b)) for b in blocks[:2])
    return {"light": light, "dark": dark}


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("words", WORDS)
def test_words_stand_out_from_every_ground(scheme: str, ground: str, words: str) -> None:
    """Text has at least 4.5 to 1 wherever it may stand, by day and by night."""
    colours = _palettes()[scheme]

    assert _contrast(colours[words], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_stand_out_from_paper(scheme: str, shape: str) -> None:
    """Marks, bars and the edges of fields have at least 3 to 1 (WCAG 1.4.11)."""
    colours = _palettes()[scheme]

    assert min(_contrast(colours[shape], colours[g]) for g in ("paper", "sheet")) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_buttons_word_can_be_read(scheme: str) -> None:
    """The next action is legible, at rest and under the finger."""
    colours = _palettes()[scheme]

    assert _contrast(colours["on-press"], colours["press"]) >= 4.5
    assert _contrast(colours["on-press"], colours["press-deep"]) >= 4.5
