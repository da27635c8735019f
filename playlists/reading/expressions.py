"""Regular expressions that are compiled when they are first asked.

The reading knows some 250 of them, and one bulletin needs a few dozen: compiling all of them took
half the time of a cold start.
"""

from __future__ import annotations

import re
from typing import Any, cast

_ASKED = ("match", "fullmatch", "search", "sub", "findall", "finditer", "split")


class _Uncompiled:
    """Stands for a compiled expression; once compiled it hands out that one's own methods."""

    def __init__(self, written: str, flags: int) -> None:
        self.pattern = written
        self.flags = flags

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the compiled one has
        if name not in _ASKED:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self.flags)
        for method in _ASKED:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def expression(written: str, flags: int = 0) -> re.Pattern[str]:
    """An expression as `re.compile` makes it, compiled at its first use."""
    return cast("re.Pattern[str]", _Uncompiled(written, flags))
