"""Any message that a type allows, made from the type itself, and messages with something wrong."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import Struct
from msgspec import inspect as types

Json = Any

_LINE_END_RULE = r"(?!\n)"
_ODD = (None, True, -1, 0, 2**53, 2**63 - 1, 0.5, "", "x", "X" * 400, "a\n", [], {}, [None], "ộ")


def any_of(kind: type[Struct]) -> st.SearchStrategy[Struct]:
    """Messages of one kind, of every shape that its type and its own rules allow."""
    described = types.type_info(kind)
    return _json(described).map(_whole(kind)).filter(lambda made: made is not None)


def _whole(kind: type[Struct]) -> Callable[[Json], Struct | None]:
    def build(made: Json) -> Struct | None:
        # What only a rule between members refuses (an order or a stop, ascending cues).
        try:
            return msgspec.convert(made, kind)
        except msgspec.ValidationError:
            return None

    return build


def _json(described: types.Type) -> st.SearchStrategy[Json]:
    for known, strategy in _STRATEGIES.items():
        if isinstance(described, known):
            return strategy(described)
    raise AssertionError(described)


def _integer(described: types.IntType) -> st.SearchStrategy[int]:
    lowest = described.ge if described.ge is not None else -(2**53)
    highest = described.le if described.le is not None else 2**53 - 1
    return st.integers(lowest, highest if described.lt is None else described.lt - 1)


def _text(described: types.StrType) -> st.SearchStrategy[str]:
    if described.pattern is not None:
        return st.from_regex(re.compile(described.pattern.replace(_LINE_END_RULE, r"\Z")))
    return st.text(min_size=described.min_length or 0, max_size=min(described.max_length or 40, 40))


def _float(described: types.FloatType) -> st.SearchStrategy[float]:
    lowest = described.ge if described.ge is not None else -1e6
    return st.floats(lowest, 1e6, allow_nan=False, allow_infinity=False)


def _array(described: types.VarTupleType) -> st.SearchStrategy[list[Json]]:
    lowest = described.min_length or 0
    return st.lists(_json(described.item_type), min_size=lowest, max_size=max(3, lowest))


def _object(described: types.StructType) -> st.SearchStrategy[dict[str, Json]]:
    required: dict[str, Json] = {}
    optional: dict[str, Json] = {}
    if described.tag is not None:
        required[described.tag_field] = st.just(described.tag)
    for field in described.fields:
        side = required if field.required else optional
        side[field.encode_name] = _json(field.type)
    return st.fixed_dictionaries(required, optional=optional)


def _union(described: types.UnionType) -> st.SearchStrategy[Json]:
    return st.one_of(*(_json(each) for each in described.types))


_STRATEGIES: dict[type, Callable[[Json], st.SearchStrategy[Json]]] = {
    types.Metadata: lambda described: _json(described.type),
    types.StructType: _object,
    types.UnionType: _union,
    types.IntType: _integer,
    types.FloatType: _float,
    types.StrType: _text,
    types.BoolType: lambda _: st.booleans(),
    types.NoneType: lambda _: st.none(),
    types.EnumType: lambda described: st.sampled_from([str(each.value) for each in described.cls]),
    types.LiteralType: lambda described: st.sampled_from(described.values),
    types.VarTupleType: _array,
    types.DictType: lambda described: st.dictionaries(
        _json(described.key_type), _json(described.value_type), max_size=3
    ),
}


@st.composite
def spoilt(draw: st.DrawFn, whole: st.SearchStrategy[Struct]) -> Json:
    """A message in which one member, at any depth, is missing, odd, or one too many."""
    message = msgspec.json.decode(msgspec.json.encode(draw(whole)))
    places = list(_places(message))
    holder, key = draw(st.sampled_from(places))
    what = draw(st.sampled_from(["missing", "odd", "unknown"]))
    if what == "odd":
        holder[key] = draw(st.sampled_from(_ODD))
    elif what == "missing" and key != "kind":
        del holder[key]
    elif isinstance(holder, dict):
        holder["a_later_word"] = draw(st.sampled_from(_ODD))
    return message


def _places(node: Json) -> Sequence[tuple[Json, Json]]:
    found: list[tuple[Json, Json]] = []
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in pairs:
        found.append((node, key))
        if isinstance(value, dict | list):
            found += _places(value)
    return found
