"""How one field of the province's documents is read and written; pure, and refusing by name.

What is not in a list of fields is kept as it came and written back as it was.
"""

import copy
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar

from broadcaster.exchange.errors import DocumentTooLarge, FieldMissing, FieldUnusable

Document = dict[str, Any]
"""One JSON object."""

LARGEST_DOCUMENT_CHARACTERS = 100_000
LONGEST_ID = 200
LONGEST_TEXT = 40_000
_HERE = timezone(timedelta(hours=7))
"""An instant without an offset is Vietnam's time: assumed, the annexes could not be had."""

_LENGTH = re.compile(r"([0-9]{1,4}):([0-5][0-9]):([0-5][0-9])")
_YEARS = range(2000, 2101)


@dataclass(frozen=True, slots=True)
class Codec:
    """Both ways of one kind of value; `read` raises ValueError for what is none."""

    name: str
    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: the province's name (a dot leads into an object), ours, and what it holds."""

    theirs: str
    ours: str
    codec: Codec
    required: bool = False


Thing = TypeVar("Thing")


def read_as(kind: Callable[..., Thing], known: Sequence[Field], document: object) -> Thing:
    """A document as a dataclass that has `unknown` for the rest.

    Raises DocumentTooLarge, FieldMissing or FieldUnusable, which name the field.
    """
    if not isinstance(document, dict):
        raise FieldUnusable("{}")
    if len(json.dumps(document)) > LARGEST_DOCUMENT_CHARACTERS:
        raise DocumentTooLarge
    rest = copy.deepcopy(document)
    values: dict[str, Any] = {}
    for each in known:
        given = _taken(rest, each.theirs)
        if given is None or given == "":
            if each.required:
                raise FieldMissing(each.theirs)
            continue
        try:
            values[each.ours] = each.codec.read(given)
        except (ValueError, TypeError, OverflowError) as error:
            raise FieldUnusable(each.theirs) from error
    return kind(**values, unknown=rest)


def write_out(thing: object, known: Sequence[Field]) -> Document:
    """A dataclass as the province's document; what has no value is left out."""
    document: Document = copy.deepcopy(dict(getattr(thing, "unknown", {})))
    for each in known:
        value = getattr(thing, each.ours)
        if value is None or value == "":
            continue
        place = document
        *outer, last = each.theirs.split(".")
        for name in outer:
            place = place.setdefault(name, {})
        place[last] = each.codec.write(value)
    return document


def covers(kind: type, known: Sequence[Field]) -> bool:
    """Whether a list of fields says of each of ours what it is there, and of no other."""
    ours = {each.name for each in fields(kind)} - {"unknown"}
    return ours == {each.ours for each in known}


def _taken(document: Document, path: str) -> object:
    """Take a value out; an object that is empty then goes as well."""
    first, _, rest = path.partition(".")
    if not rest:
        return document.pop(first, None)
    inner = document.get(first)
    if inner is None:
        return None
    if not isinstance(inner, dict):
        raise FieldUnusable(first)
    found = _taken(inner, rest)
    if not inner:
        del document[first]
    return found


def _text(given: object) -> str:
    if not isinstance(given, str) or len(given) > LONGEST_TEXT:
        raise ValueError
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in given):
        raise ValueError
    return given


def _id(given: object) -> str:
    """A number may stand where a text is expected: implementers' code does both."""
    text = str(given) if isinstance(given, int) and not isinstance(given, bool) else _text(given)
    if not text.isprintable() or not 1 <= len(text) <= LONGEST_ID or text != text.strip():
        raise ValueError
    return text


def _up_to(most: int) -> Callable[[object], int]:
    def whole(given: object) -> int:
        if isinstance(given, str) and given.isascii() and given.isdecimal() and len(given) <= 19:
            given = int(given)
        if not isinstance(given, int) or isinstance(given, bool):
            raise TypeError
        if not 0 <= given <= most:
            raise ValueError
        return given

    return whole


def _real(given: object) -> float:
    if not isinstance(given, int | float) or isinstance(given, bool) or not math.isfinite(given):
        raise ValueError
    return float(given)


def _flag(given: object) -> bool:
    if isinstance(given, bool):
        return given
    if given in (0, 1, "0", "1"):
        return str(given) == "1"
    raise ValueError


def _instant(given: object) -> datetime:
    instant = datetime.fromisoformat(_text(given))
    if instant.year not in _YEARS:
        raise ValueError
    return (instant if instant.tzinfo else instant.replace(tzinfo=_HERE)).astimezone(UTC)


def _write_instant(instant: datetime) -> str:
    return instant.astimezone(_HERE).isoformat(timespec="milliseconds")


def _length_ms(given: object) -> int:
    found = _LENGTH.fullmatch(_text(given))
    if found is None:
        raise ValueError
    hours, minutes, seconds = (int(part) for part in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


def _write_length(length_ms: int) -> str:
    """Whole seconds that are surely over: nothing is rounded up that did not sound."""
    minutes, seconds = divmod(length_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def _same(value: object) -> object:
    return value


def _names(given: object) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise TypeError
    return tuple(_id(each) for each in given)


TEXT = Codec("text", _text, _same)
ID = Codec("id", _id, _same)
WHOLE = Codec("whole number", _up_to(2**31 - 1), _same)
WHOLE_LARGE = Codec("large whole number", _up_to(2**53 - 1), _same)
REAL = Codec("number", _real, _same)
FLAG = Codec("yes or no", _flag, _same)
INSTANT = Codec("ISO 8601 instant", _instant, _write_instant)
LENGTH = Codec("hh:mm:ss", _length_ms, _write_length)
IDS = Codec("list of ids", _names, list)
