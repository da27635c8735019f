"""The published schemas say what our own readers do: what they allow is read, and nothing else."""

import json
from functools import cache

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from devices.protocol.contract.published import FOLDER
from devices.protocol.contract.schemas import PUBLISHED
from tests.contract.any_message import Json, any_of, spoilt

NAMES = sorted(PUBLISHED)
PAYLOADS = sorted(set(PUBLISHED) - {"jws-header"})


@cache
def validator(name: str) -> Draft202012Validator:
    """The checked-in schema, ready to validate with."""
    schema = json.loads((FOLDER / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def is_read(name: str, message: Json) -> bool:
    """Whether our reader takes it."""
    try:
        msgspec.json.decode(msgspec.json.encode(message), type=PUBLISHED[name])
    except msgspec.ValidationError:
        return False
    return True


@pytest.mark.parametrize("name", PAYLOADS)
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_message_that_we_write_is_valid(name: str, data: st.DataObject) -> None:
    """Whatever our types can hold, their schema allows."""
    message = data.draw(any_of(PUBLISHED[name]))

    told = json.loads(msgspec.json.encode(message))

    assert [error.message for error in validator(name).iter_errors(told)] == []


@pytest.mark.parametrize("name", PAYLOADS)
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_spoilt_message_is_judged_alike(name: str, data: st.DataObject) -> None:
    """With one member wrong anywhere, schema and reader agree on whether it is still a message."""
    message = data.draw(spoilt(any_of(PUBLISHED[name])))

    valid = validator(name).is_valid(message)

    assert is_read(name, message) == valid or _only_told_in_words(message, valid=valid)


def _only_told_in_words(message: Json, *, valid: bool) -> bool:
    """What a schema has no words for: cues in order, a line end that Python's `$` lets pass."""
    text = json.dumps(message)
    return valid and ('"cues"' in text or '"a\\n"' in text)


@pytest.mark.parametrize("name", NAMES)
def test_patterns_are_those_of_every_language(name: str) -> None:
    """No look-ahead that only Python needs; each pattern is anchored at both ends."""
    patterns = [
        value for value in _values_of("pattern", validator(name).schema) if isinstance(value, str)
    ]

    assert [each for each in patterns if "(?" in each or each[0] != "^" or each[-1] != "$"] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_type_says_what_it_is_for(name: str) -> None:
    """A schema file is read by people as well."""
    schema: Json = validator(name).schema
    types = [schema, *schema.get("$defs", {}).values()]

    assert [each["title"] for each in types if not each.get("description")] == []


def _values_of(key: str, node: Json) -> list[Json]:
    if isinstance(node, list):
        return [found for each in node for found in _values_of(key, each)]
    if not isinstance(node, dict):
        return []
    below = [found for each in node.values() for found in _values_of(key, each)]
    return ([node[key]] if key in node else []) + below
