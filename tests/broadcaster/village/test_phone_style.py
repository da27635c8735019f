"""The style of pages for old phones: small, plain enough for a browser of 2013, and legible."""

import re

import pytest

from broadcaster.web.frame import PACKAGE
from broadcaster.web.inline_marks import mark_symbols
from broadcaster.web.phone import phone_style
from broadcaster.web.play_marks import PLAY_MARKS
from tests.broadcaster.web.test_palette import _contrast, _palettes

SOURCE = (PACKAGE / "web" / "assets" / "src" / "phone.css").read_text(encoding="utf-8")
MODERN = re.compile(
    r"var\(|display:\s*(flex|grid)|@import|@layer|@container|:is\(|:where\(|:has\(|clamp\(|min\(|"
    r"max\(|inset|gap:|:focus-visible|-inline|-block:|rgb\(\d+ |hsl|color-mix|@supports"
)


def test_nothing_in_it_is_modern() -> None:
    """No variables, no flex, no grid: a browser that drops what it does not know shows all."""
    assert MODERN.findall(SOURCE) == []


def test_the_build_lets_only_air_out_of_it() -> None:
    """What stands in the pages is what was written."""
    bare = re.sub(r"/\*.*?\*/", "", SOURCE, flags=re.DOTALL)

    assert re.sub(r"\s+", "", phone_style()) == re.sub(r"\s+", "", bare)
    assert len(phone_style()) < 9_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_colours_are_those_of_the_other_pages(scheme: str) -> None:
    """The same roles in the same shades, and 4.5 to 1 where words are written in them."""
    ours = _palettes()[scheme]
    light, dark = SOURCE.split("@media (prefers-color-scheme: dark)")
    text = light if scheme == "light" else dark.split("@page")[0]
    for role in ("ink", "signal", "leaf", "straw", "brick", "slate"):
        shade = ours[f"{role}-ink" if role != "ink" else role]
        assert f".ink-{role} {{ color: {shade}; }}" in text
        for ground in ("paper", "sheet"):
            assert _contrast(shade, ours[ground]) >= 4.5


def test_every_mark_has_a_drawing() -> None:
    """One drawing for a mark wherever it is shown."""
    drawn = str(mark_symbols(PLAY_MARKS.keys()))

    assert drawn.count("<symbol") == len(PLAY_MARKS) + 1
