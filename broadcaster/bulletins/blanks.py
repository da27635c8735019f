"""Blanks of a template, written [[like this]]: filled by a form, never read aloud."""

import re
from collections.abc import Mapping

_BLANK = re.compile(r"\[\[([^\[\]\n]{1,60})\]\]")


def blanks_of(text: str) -> tuple[str, ...]:
    """What is to be filled in, each once, in the order of the text."""
    return tuple(dict.fromkeys(each.strip() for each in _BLANK.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with what was given; a blank for which nothing was given stays one."""

    def value(found: re.Match[str]) -> str:
        return values.get(found[1].strip(), "").strip() or found[0]

    return _BLANK.sub(value, text)
