"""Writing a CAP 1.2 alert as XML; what is written here, `parsing.read_alert` reads as the same."""

from datetime import datetime

from lxml import etree

from broadcaster.alerts.message import NAMESPACE, Alert, Area, Info, Named, Point, Reference
from broadcaster.alerts.safe_xml import Element


def write_alert(alert: Alert) -> bytes:
    """The document, in UTF-8."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _add(root, "identifier", alert.identifier)
    _add(root, "sender", alert.sender)
    _add(root, "sent", instant_text(alert.sent))
    _add(root, "status", alert.status)
    _add(root, "msgType", alert.msg_type)
    _maybe(root, "source", alert.source)
    _add(root, "scope", alert.scope)
    _maybe(root, "restriction", alert.restriction)
    _maybe(root, "addresses", alert.addresses)
    for code in alert.codes:
        _add(root, "code", code)
    _maybe(root, "note", alert.note)
    _maybe(root, "references", " ".join(reference_text(each) for each in alert.references))
    _maybe(root, "incidents", alert.incidents)
    for info in alert.infos:
        _add_info(root, info)
    document: bytes = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True
    )
    return document


def instant_text(at: datetime) -> str:
    """An instant in whole seconds, its offset in figures; UTC is `-00:00`, as the standard says."""
    text = at.isoformat(timespec="seconds")
    return f"{text[:-6]}-00:00" if text.endswith("+00:00") else text


def reference_text(reference: Reference) -> str:
    """How a message is named by another."""
    return f"{reference.sender},{reference.identifier},{instant_text(reference.sent)}"


def _add_info(root: Element, info: Info) -> None:
    part = _add(root, "info")
    _maybe(part, "language", info.language)
    for category in info.categories:
        _add(part, "category", category)
    _add(part, "event", info.event)
    for response in info.responses:
        _add(part, "responseType", response)
    _add(part, "urgency", info.urgency)
    _add(part, "severity", info.severity)
    _add(part, "certainty", info.certainty)
    _maybe(part, "audience", info.audience)
    _add_named(part, "eventCode", info.event_codes)
    _maybe_at(part, "effective", info.effective)
    _maybe_at(part, "onset", info.onset)
    _maybe_at(part, "expires", info.expires)
    for name, text in (
        ("senderName", info.sender_name),
        ("headline", info.headline),
        ("description", info.description),
        ("instruction", info.instruction),
        ("web", info.web),
        ("contact", info.contact),
    ):
        _maybe(part, name, text)
    _add_named(part, "parameter", info.parameters)
    for each in info.resources:
        resource = _add(part, "resource")
        _add(resource, "resourceDesc", each.description)
        _add(resource, "mimeType", each.mime_type)
        _maybe(resource, "size", "" if each.size_bytes is None else str(each.size_bytes))
        _maybe(resource, "uri", each.uri)
        _maybe(resource, "derefUri", each.deref_uri)
        _maybe(resource, "digest", each.digest)
    for area in info.areas:
        _add_area(part, area)


def _add_area(info: Element, area: Area) -> None:
    part = _add(info, "area")
    _add(part, "areaDesc", area.description)
    for polygon in area.polygons:
        _add(part, "polygon", " ".join(_point_text(each) for each in polygon))
    for circle in area.circles:
        _add(part, "circle", f"{_point_text(circle.centre)} {_number_text(circle.radius_km)}")
    _add_named(part, "geocode", area.geocodes)
    for name, height in (("altitude", area.altitude_ft), ("ceiling", area.ceiling_ft)):
        _maybe(part, name, "" if height is None else _number_text(height))


def _add_named(part: Element, name: str, values: tuple[Named, ...]) -> None:
    for each in values:
        pair = _add(part, name)
        _add(pair, "valueName", each.name)
        _add(pair, "value", each.value)


def _point_text(point: Point) -> str:
    return f"{_number_text(point[0])},{_number_text(point[1])}"


def _number_text(number: float) -> str:
    """Without an exponent, which a reader of CAP need not know."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def _add(parent: Element, name: str, text: str = "") -> Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text:
        child.text = str(text)
    return child


def _maybe(parent: Element, name: str, text: str) -> None:
    if text:
        _add(parent, name, text)


def _maybe_at(parent: Element, name: str, at: datetime | None) -> None:
    if at is not None:
        _add(parent, name, instant_text(at))
