"""What the pages' forms bring, as they are filled in."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator

_LIMIT = 2_000


def _bounded(value: object) -> object:
    return value[:_LIMIT] if isinstance(value, str) else value


def _number(value: object) -> object:
    """A whole number, or 0 for what is none: the desk says what is wrong with it."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


Line = Annotated[str, BeforeValidator(_bounded)]
Count = Annotated[int, BeforeValidator(_number)]


class TalkForm(BaseModel):
    """Who is to hear what, for how long at most."""

    title: Line = ""
    clusters: list[Line] = []
    minutes: Count = 5
    quiet_reason: Line = ""
    code: Line = ""


class PermitForm(BaseModel):
    """Whom a leader lets speak, for how many days, and why in quiet hours too."""

    account_id: Line = ""
    days: Count = 30
    permit_quiet_reason: Line = ""
