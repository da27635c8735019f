"""The still picture of a shared bulletin: title, station, when; drawn by Pillow in the pages' type.

The type is Be Vietnam Pro as the pages' assets bring it, in two files: its Vietnamese letters and
all others. A line is set letter by letter from the one that has it; what neither has is left out.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import groupby

from PIL import Image, ImageDraw, ImageFont

from broadcaster.web.static_files import STATIC, manifest

SIDE = 1_080
"""Of the square, in pixels: what Facebook and Zalo show without cutting."""

_MARGIN = 84
_PAPER, _INK, _SIGNAL, _QUIET = "#FBF8F1", "#1E2430", "#D9480F", "#4A5568"
_TITLE_SIZES = range(104, 43, -4)
_TITLE_TOP, _TITLE_BOTTOM = 240, 740
_LEADING = 1.24
_BARS = 32
_MEASURED_AT = 200
_LONGEST = 400
"""Of what is drawn, in characters: more is not read from a picture."""


# The ranges of the pages' own style sheet (web/assets/src/loa.css).
_VIETNAMESE = (
    (0x102, 0x103), (0x110, 0x111), (0x128, 0x129), (0x168, 0x169), (0x1A0, 0x1A1), (0x1AF, 0x1B0),
    (0x1EA0, 0x1EF9), (0x20AB, 0x20AB),
)  # fmt: skip
_LATIN = (
    (0x20, 0x7E), (0xA1, 0xFF), (0x2013, 0x2014), (0x2018, 0x201A), (0x201C, 0x201E),
    (0x2022, 0x2022), (0x2026, 0x2026),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a card says, and the sound that belongs to it."""

    title: str
    station: str
    when: str
    address: str
    audio_sha256: str
    duration_ms: int


def picture(card: Card) -> bytes:
    """The card as PNG; raise AssetsMissing where the pages' type was not built."""
    image = Image.new("RGB", (SIDE, SIDE), _PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIDE, 168), fill=_SIGNAL)
    station = _fitting(card.station, sizes=range(56, 27, -2), bold=True, height=80)
    _set(draw, station, top=84 - station.size * 0.62, fill=_PAPER)
    title = _fitting(card.title, sizes=_TITLE_SIZES, bold=True, height=_TITLE_BOTTOM - _TITLE_TOP)
    _set(draw, title, top=_TITLE_TOP, fill=_INK)
    _draw_sound(draw, card.audio_sha256)
    _set(draw, _fitting(card.when, sizes=range(40, 23, -2), height=60), top=906, fill=_INK)
    address = _fitting(card.address, sizes=range(36, 19, -2), height=60)
    _set(draw, address, top=972, fill=_QUIET)
    told = BytesIO()
    image.save(told, "PNG")
    return told.getvalue()


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines of one size, as they fit."""

    lines: tuple[str, ...]
    size: int
    bold: bool


def _fitting(said: str, *, sizes: range, height: int, bold: bool = False) -> _Lines:
    """The words in the largest size in which they fit; in the smallest, as many as do."""
    words = " ".join(_drawable(said[:_LONGEST]).split())
    for size in sizes:
        lines = tuple(_wrapped(words, size=size, bold=bold))
        if len(lines) * size * _LEADING <= height:
            return _Lines(lines, size, bold)
    smallest = sizes[-1]
    most = max(1, int(height / (smallest * _LEADING)))
    lines = tuple(_wrapped(words, size=smallest, bold=bold))[:most]
    return _Lines((*lines[:-1], f"{lines[-1].rstrip('.')}…"), smallest, bold)


def _wrapped(words: str, *, size: int, bold: bool) -> Iterator[str]:
    """Lines no wider than the card; a word that is wider is broken."""
    room = (SIDE - 2 * _MARGIN) / size
    line, width = "", 0.0
    for word in words.split(" "):
        needed = _width(word, bold=bold)
        if line and width + _width(" ", bold=bold) + needed <= room:
            line, width = f"{line} {word}", width + _width(" ", bold=bold) + needed
            continue
        if line:
            yield line
        line, width = word, needed
        if needed > room:
            line, width = "", 0.0
            for sign in word:
                step = _width(sign, bold=bold)
                if line and width + step > room:
                    yield line
                    line, width = "", 0.0
                line, width = line + sign, width + step
    if line:
        yield line


def _set(draw: ImageDraw.ImageDraw, lines: _Lines, *, top: float, fill: str) -> None:
    for number, line in enumerate(lines.lines, start=1):
        x, baseline = float(_MARGIN), top + (number - 1) * lines.size * _LEADING + lines.size
        for font, letters in _runs(line, size=lines.size, bold=lines.bold):
            draw.text((x, baseline), letters, font=font, fill=fill, anchor="ls")
            x += font.getlength(letters)


def _draw_sound(draw: ImageDraw.ImageDraw, sha256: str) -> None:
    """Bars like a sound's; their heights are the hash's, so that each card has its own."""
    step = (SIDE - 2 * _MARGIN) / _BARS
    for number, level in enumerate(bytes.fromhex(sha256)[:_BARS]):
        half = 8 + level / 255 * 44
        left = _MARGIN + number * step
        draw.rounded_rectangle(
            (left, 822 - half, left + step * 0.5, 822 + half), radius=step * 0.25, fill=_SIGNAL
        )


def _width(words: str, *, bold: bool) -> float:
    """How wide it is, in its size; a letter's is measured once."""
    return sum(_advance(sign, bold) for sign in words)


@cache
def _advance(sign: str, bold: bool) -> float:
    subset = "vietnamese" if _is_among(sign, _VIETNAMESE) else "latin"
    return _font(subset, _MEASURED_AT, bold).getlength(sign) / _MEASURED_AT


def _runs(line: str, *, size: int, bold: bool) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
    for is_vietnamese, letters in groupby(line, key=lambda sign: _is_among(sign, _VIETNAMESE)):
        subset = "vietnamese" if is_vietnamese else "latin"
        yield _font(subset, size, bold), "".join(letters)


def _drawable(words: str) -> str:
    """The letters that there are; for what neither file has there is a gap."""
    return "".join(
        sign if _is_among(sign, _VIETNAMESE) or _is_among(sign, _LATIN) else " "
        for sign in unicodedata.normalize("NFC", words)
    )


def _is_among(sign: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(sign) <= last for first, last in ranges)


@cache
def _font(subset: str, size: int, bold: bool) -> ImageFont.FreeTypeFont:
    weight = 700 if bold else 400
    file = STATIC / manifest()[f"be-vietnam-pro-{subset}-{weight}-normal.woff2"]
    # One way of setting on every machine, whether or not it has Raqm.
    return ImageFont.truetype(
        BytesIO(file.read_bytes()), size, layout_engine=ImageFont.Layout.BASIC
    )
