"""Marks of plays drawn inside a page, for pages that must not fetch a whole sprite first.

They are taken from the built sprite, so that a mark has one drawing wherever it is shown.
"""

import re
from collections.abc import Collection
from functools import cache

from markupsafe import Markup

from broadcaster.web.static_files import STATIC, manifest

_SYMBOL = re.compile(r'<symbol id="(play-[a-z_]+|station)".*?</symbol>', re.DOTALL)


def mark_symbols(states: Collection[str]) -> Markup:
    """The symbols of these states, to be put into a hidden `<svg>` once; raise KeyError."""
    drawn = _symbols()
    names = ["station", *(f"play-{state}" for state in sorted(set(states)))]
    return Markup("".join(drawn[name] for name in names))  # noqa: S704 - our own drawings


@cache
def _symbols() -> dict[str, str]:
    sprite = (STATIC / manifest()["sprite.svg"]).read_text(encoding="utf-8")
    return {found[1]: found[0] for found in _SYMBOL.finditer(sprite)}
