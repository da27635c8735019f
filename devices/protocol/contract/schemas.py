r"""JSON Schema 2020-12 of every message, from the types that our own readers decode with.

Two things are made good that msgspec's generator cannot know. A pattern of ours ends in
`$(?!\n)`, because Python's `$` lets a line end follow; in ECMA-262, which JSON Schema speaks, `$`
is the very end, and the addition goes. And rules between members, which stand in
`__post_init__`, are written out here.
"""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from devices.protocol import jws, messages
from devices.protocol.enrolment import EnrolAnswer, Enrolled, EnrolRequest, Pending, Refused, Wish
from devices.protocol.orders import MP3_RATES_HZ, mp3_frame_samples

Json = Any
Schema = dict[str, Json]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PUBLISHED: dict[str, type[Struct]] = {
    "keyring": messages.Keyring,
    "config": messages.Config,
    "plan": messages.Plan,
    "now": messages.Now,
    "receipt": messages.Receipt,
    "time": messages.TimeAnswer,
    "command": messages.Command,
    "confirm": messages.Batch,
    "confirmation": messages.Confirmation,
    "status": messages.Status,
    "health": messages.Health,
    "ask": messages.Ask,
    "jws-header": jws.Header,
    "enrol-request": EnrolRequest,
    "enrol-wish": Wish,
    "enrol-answer": EnrolAnswer,
    "enrol-pending": Pending,
    "enrol-enrolled": Enrolled,
    "enrol-refused": Refused,
}
"""Each schema file by its name, without `.json`."""

_PYTHON_END = r"$(?!\n)"


def _given(member: str, kind: str = "object") -> Schema:
    return {"required": [member], "properties": {member: {"type": kind}}}


def _absent(member: str) -> Schema:
    return {"properties": {member: {"type": "null"}}}


def _one_of(first: str, second: str) -> Schema:
    return {
        "oneOf": [
            {"allOf": [_given(first), _absent(second)]},
            {"allOf": [_given(second), _absent(first)]},
        ]
    }


_RAISED = re.compile(r",? (else ValueError|\(ValueError\))")


def _either(*members: str) -> Schema:
    return {"anyOf": [{"required": [member]} for member in members]}


def _instead_of_items(member: str, *, without: str) -> Schema:
    no_items = {"properties": {"items": {"maxItems": 0}}}
    return {"required": [member], "not": {"required": [without]}} | no_items


def _frames_at(rate_hz: int) -> Schema:
    """What a frame of live speech may hold: whole MP3 frames, half a second at most."""
    samples = {"multipleOf": mp3_frame_samples(rate_hz), "maximum": rate_hz // 2}
    return {
        "if": {"properties": {"rate_hz": {"const": rate_hz}}},
        "then": {"properties": {"frame_samples": samples}},
    }


_BETWEEN_MEMBERS: dict[str, Schema] = {
    "Now": _one_of("order", "stop"),
    "Command": _one_of("resync", "self_test"),
    "Order": {
        "oneOf": [
            {"properties": {"items": {"minItems": 1}}, "not": _either("relay", "live")},
            _instead_of_items("relay", without="live"),
            _instead_of_items("live", without="relay"),
        ]
    },
    "Plan": {
        "allOf": [{"properties": {"orders": {"items": {"not": {"required": ["live"]}}}}}],
    },
    "Live": {"allOf": [_frames_at(rate_hz) for rate_hz in MP3_RATES_HZ]},
    "Item": {
        "$comment": "cues: at_ms strictly ascending, and below duration_ms (CONTRACT.md 7.1)",
    },
    "Header": {"properties": {"alg": {"type": "string", "const": "EdDSA"}}},
}


def components(*, prefix: str) -> dict[str, Schema]:
    """Every type by its name, references written with `prefix`."""
    template = f"{prefix}{{name}}"
    _, found = msgspec.json.schema_components(PUBLISHED.values(), ref_template=template)
    return {name: _made_good(name, schema) for name, schema in sorted(found.items())}


def published_schemas() -> dict[str, Schema]:
    """Each schema file's content by its name, complete in itself."""
    everything = components(prefix="#/$defs/")
    return {name: _file(name, kind, everything) for name, kind in PUBLISHED.items()}


def _file(name: str, kind: type[Struct], everything: dict[str, Schema]) -> Schema:
    used = sorted(_reached(kind.__name__, everything) - {kind.__name__})
    own = everything[kind.__name__]
    schema = {"$schema": DIALECT, "$id": f"urn:loa:1:{name}"} | own
    return schema | ({"$defs": {each: everything[each] for each in used}} if used else {})


def _reached(name: str, everything: dict[str, Schema]) -> set[str]:
    """A type and all that it refers to, however deep."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in reached:
            reached.add(each)
            waiting += _references(everything[each])
    return reached


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _made_good(name: str, schema: Schema) -> Schema:
    clean: Schema = _clean(schema)
    extra = dict(_BETWEEN_MEMBERS.get(name, {}))
    if "properties" in extra:
        clean["properties"] = clean["properties"] | extra.pop("properties")
    return clean | extra


def _clean(node: Json) -> Json:
    """The same schema with ECMA-262 patterns, and descriptions without indentation."""
    if isinstance(node, list):
        return [_clean(value) for value in node]
    if not isinstance(node, dict):
        return node
    clean = {key: _clean(value) for key, value in node.items()}
    if isinstance(clean.get("pattern"), str):
        clean["pattern"] = clean["pattern"].replace(_PYTHON_END, "$")
    if isinstance(clean.get("description"), str):
        clean["description"] = _for_everybody(clean["description"])
    return clean


def _for_everybody(docstring: str) -> str:
    """A description without what only concerns whoever calls our own code."""
    return _RAISED.sub("", inspect.cleandoc(docstring))
