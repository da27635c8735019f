"""Reading a CAP 1.2 alert: every element in its place, every word of the lists, or none of it.

Source: OASIS CAP 1.2, sections 3.2 and 3.4 (the schema). What the schema refuses is refused here,
named by its path; what it leaves open is kept as it came.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from broadcaster.alerts.errors import AlertInvalid
from broadcaster.alerts.message import (
    NAMESPACE,
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
    Info,
    MsgType,
    Named,
    Point,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from broadcaster.alerts.safe_xml import Element, local_name, namespace, read_xml

ONE, MAYBE, ANY, SOME = (1, 1), (0, 1), (0, None), (1, None)
Count = tuple[int, int | None]

ALERT: Mapping[str, Count] = MappingProxyType(
    {
        "identifier": ONE, "sender": ONE, "sent": ONE, "status": ONE, "msgType": ONE,
        "source": MAYBE, "scope": ONE, "restriction": MAYBE, "addresses": MAYBE, "code": ANY,
        "note": MAYBE, "references": MAYBE, "incidents": MAYBE, "info": ANY,
    }
)  # fmt: skip
"""The elements of an alert in their order, and how many there may be; so of the others."""

INFO: Mapping[str, Count] = MappingProxyType(
    {
        "language": MAYBE, "category": SOME, "event": ONE, "responseType": ANY, "urgency": ONE,
        "severity": ONE, "certainty": ONE, "audience": MAYBE, "eventCode": ANY,
        "effective": MAYBE, "onset": MAYBE, "expires": MAYBE, "senderName": MAYBE,
        "headline": MAYBE, "description": MAYBE, "instruction": MAYBE, "web": MAYBE,
        "contact": MAYBE, "parameter": ANY, "resource": ANY, "area": ANY,
    }
)  # fmt: skip
RESOURCE: Mapping[str, Count] = MappingProxyType(
    {
        "resourceDesc": ONE, "mimeType": ONE, "size": MAYBE, "uri": MAYBE, "derefUri": MAYBE,
        "digest": MAYBE,
    }
)  # fmt: skip
AREA: Mapping[str, Count] = MappingProxyType(
    {
        "areaDesc": ONE, "polygon": ANY, "circle": ANY, "geocode": ANY, "altitude": MAYBE,
        "ceiling": MAYBE,
    }
)  # fmt: skip
NAMED: Mapping[str, Count] = MappingProxyType({"valueName": ONE, "value": ONE})

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
_NUMBER = re.compile(r"[-+]?\d{1,9}(?:\.\d{0,15})?")
_NO_NAME = re.compile(r"[\s,<&]")
_LONGEST_NAME = 200
_MOST_POINTS = 10_000
_YEARS = (1970, 2200)

Word = TypeVar("Word", bound=StrEnum)
Value = TypeVar("Value")


def read_alert(content: bytes) -> Alert:
    """An alert from its bytes; raise AlertTooLarge, AlertUnreadable or AlertInvalid."""
    return alert_of(read_xml(content))


def alert_of(root: Element) -> Alert:
    """An alert from its root element; raise AlertInvalid with the path that is wrong."""
    if local_name(root) != "alert" or namespace(root) != NAMESPACE:
        raise AlertInvalid("alert")
    part = _Part(root, "alert", ALERT)
    return Alert(
        identifier=part.one("identifier", _name),
        sender=part.one("sender", _name),
        sent=part.one("sent", _instant),
        status=part.one("status", Status),
        msg_type=part.one("msgType", MsgType),
        scope=part.one("scope", Scope),
        source=part.text("source"),
        restriction=part.text("restriction"),
        addresses=part.text("addresses"),
        codes=part.each("code", str),
        note=part.text("note"),
        references=part.maybe("references", _references) or (),
        incidents=part.text("incidents"),
        infos=tuple(_info(each) for each in part.parts("info", INFO)),
    )


def _info(part: "_Part") -> Info:
    return Info(
        language=part.text("language"),
        categories=part.each("category", Category),
        event=part.one("event", _words),
        responses=part.each("responseType", ResponseType),
        urgency=part.one("urgency", Urgency),
        severity=part.one("severity", Severity),
        certainty=part.one("certainty", Certainty),
        audience=part.text("audience"),
        event_codes=_named(part, "eventCode"),
        effective=part.maybe("effective", _instant),
        onset=part.maybe("onset", _instant),
        expires=part.maybe("expires", _instant),
        sender_name=part.text("senderName"),
        headline=part.text("headline"),
        description=part.text("description"),
        instruction=part.text("instruction"),
        web=part.text("web"),
        contact=part.text("contact"),
        parameters=_named(part, "parameter"),
        resources=tuple(_resource(each) for each in part.parts("resource", RESOURCE)),
        areas=tuple(_area(each) for each in part.parts("area", AREA)),
    )


def _resource(part: "_Part") -> Resource:
    return Resource(
        description=part.one("resourceDesc", str),
        mime_type=part.one("mimeType", str),
        size_bytes=part.maybe("size", _size),
        uri=part.text("uri"),
        deref_uri=part.text("derefUri"),
        digest=part.text("digest"),
    )


def _area(part: "_Part") -> Area:
    return Area(
        description=part.one("areaDesc", str),
        polygons=part.each("polygon", _polygon),
        circles=part.each("circle", _circle),
        geocodes=_named(part, "geocode"),
        altitude_ft=part.maybe("altitude", _number),
        ceiling_ft=part.maybe("ceiling", _number),
    )


def _named(part: "_Part", name: str) -> tuple[Named, ...]:
    return tuple(
        Named(each.one("valueName", str), each.one("value", str))
        for each in part.parts(name, NAMED)
    )


class _Part:
    """One element whose children stand in the order and the number that the schema asks for."""

    def __init__(self, element: Element, path: str, schema: Mapping[str, Count]) -> None:
        self._path = path
        self._children: dict[str, list[Element]] = {name: [] for name in schema}
        order = list(schema)
        reached = 0
        for child in element:
            name = local_name(child)
            if namespace(child) != NAMESPACE:
                # The schema lets strangers in at the end of an alert only: signatures.
                if path == "alert":
                    reached = len(order)
                    continue
                raise AlertInvalid(f"{path}/{name}")
            if name not in schema or order.index(name) < reached:
                raise AlertInvalid(f"{path}/{name}")
            reached = order.index(name)
            self._children[name].append(child)
        for name, (fewest, most) in schema.items():
            found = len(self._children[name])
            if found < fewest or (most is not None and found > most):
                raise AlertInvalid(f"{path}/{name}")

    def parts(self, name: str, schema: Mapping[str, Count]) -> Sequence["_Part"]:
        return [_Part(each, f"{self._path}/{name}", schema) for each in self._children[name]]

    def each(self, name: str, read: Callable[[str], Value]) -> tuple[Value, ...]:
        return tuple(self._read(each, name, read) for each in self._children[name])

    def one(self, name: str, read: Callable[[str], Value]) -> Value:
        return self._read(self._children[name][0], name, read)

    def maybe(self, name: str, read: Callable[[str], Value]) -> Value | None:
        found = self._children[name]
        return self._read(found[0], name, read) if found else None

    def text(self, name: str) -> str:
        return self.maybe(name, str) or ""

    def _read(self, element: Element, name: str, read: Callable[[str], Value]) -> Value:
        path = f"{self._path}/{name}"
        if len(element):
            raise AlertInvalid(path)
        try:
            return read((element.text or "").strip())
        except (ValueError, OverflowError) as error:
            raise AlertInvalid(path) from error


def _name(text: str) -> str:
    """An identifier or a sender, which by the standard holds no space, comma, `<` or `&`."""
    if not text or _NO_NAME.search(text) or len(text) > _LONGEST_NAME:
        raise ValueError(text)
    return text


def _words(text: str) -> str:
    if not text:
        raise ValueError(text)
    return text


def _instant(text: str) -> datetime:
    """As the standard writes it, its offset always in figures: `2026-11-23T05:00:00+07:00`."""
    if _INSTANT.fullmatch(text) is None:
        raise ValueError(text)
    at = datetime.fromisoformat(text)
    if not _YEARS[0] <= at.year <= _YEARS[1]:
        raise ValueError(text)
    return at


def _references(text: str) -> tuple[Reference, ...]:
    found = []
    for each in text.split():
        sender, identifier, sent = each.split(",")
        found.append(Reference(_name(sender), _name(identifier), _instant(sent)))
    return tuple(found)


def _number(text: str) -> float:
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(text)
    return float(text)


def _size(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise ValueError(text)
    return int(text)


def _point(text: str) -> Point:
    latitude, longitude = (_number(each) for each in text.split(","))
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ValueError(text)
    return latitude, longitude


def _polygon(text: str) -> tuple[Point, ...]:
    """Four points or more, of which the last is the first."""
    points = tuple(_point(each) for each in text.split())
    if not 4 <= len(points) <= _MOST_POINTS or points[0] != points[-1]:
        raise ValueError(text[:60])
    return points


def _circle(text: str) -> Circle:
    centre, radius = text.split()
    radius_km = _number(radius)
    if radius_km < 0 or not math.isfinite(radius_km):
        raise ValueError(text)
    return Circle(_point(centre), radius_km)
