"""What the schema of CAP 1.2 asks of a document, written down once more from the standard.

Apart from what reads alerts, and by other means, so that a mistake of the one is seen by the other.
"""

import re
from xml.etree import ElementTree as ET

NS = "{urn:oasis:names:tc:emergency:cap:1.2}"
# Each element in its order; ? at most once, * any number, + once or more, else exactly once.
ORDER = {
    "alert": "identifier sender sent status msgType source? scope restriction? addresses? code* "
    "note? references? incidents? info*",
    "info": "language? category+ event responseType* urgency severity certainty audience? "
    "eventCode* effective? onset? expires? senderName? headline? description? instruction? web? "
    "contact? parameter* resource* area*",
    "eventCode": "valueName value",
    "parameter": "valueName value",
    "geocode": "valueName value",
    "resource": "resourceDesc mimeType size? uri? derefUri? digest?",
    "area": "areaDesc polygon* circle* geocode* altitude? ceiling?",
}
WORDS = {
    "status": "Actual Exercise System Test Draft",
    "msgType": "Alert Update Cancel Ack Error",
    "scope": "Public Restricted Private",
    "category": "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
    "responseType": "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None",
    "urgency": "Immediate Expected Future Past Unknown",
    "severity": "Extreme Severe Moderate Minor Unknown",
    "certainty": "Observed Likely Possible Unlikely Unknown",
}
INSTANT = re.compile(r"\d\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
POINT = r"-?\d+(\.\d+)?,-?\d+(\.\d+)?"
SHAPES = {
    "sent": INSTANT,
    "effective": INSTANT,
    "onset": INSTANT,
    "expires": INSTANT,
    "identifier": re.compile(r"[^\s,<&]+"),
    "sender": re.compile(r"[^\s,<&]+"),
    "size": re.compile(r"\d+"),
    "altitude": re.compile(r"-?\d+(\.\d+)?"),
    "ceiling": re.compile(r"-?\d+(\.\d+)?"),
    "polygon": re.compile(rf"{POINT}( {POINT}){{3,}}"),
    "circle": re.compile(rf"{POINT} \d+(\.\d+)?"),
}


def wrong_with(content: bytes) -> list[str]:
    """What the schema would refuse in a document, each by its element; empty for a valid one."""
    root = ET.fromstring(content)  # noqa: S314 - our own document
    if root.tag != f"{NS}alert":
        return [f"root is {root.tag}"]
    return [fault for element in root.iter() for fault in _faults(element)]


def _faults(element: ET.Element) -> list[str]:
    name = element.tag.removeprefix(NS)
    if name.startswith("{"):
        return [f"{name} is foreign"]
    if name in ORDER:
        children = " ".join(child.tag.removeprefix(NS) for child in element)
        return (
            []
            if _pattern(ORDER[name]).fullmatch(f"{children} ".lstrip())
            else [f"{name} holds {children}"]
        )
    text = element.text or ""
    if name in WORDS and text not in WORDS[name].split():
        return [f"{name} says {text}"]
    if name in SHAPES and SHAPES[name].fullmatch(text) is None:
        return [f"{name} is written {text}"]
    return [f"{name} has children"] if len(element) else []


def _pattern(order: str) -> re.Pattern[str]:
    parts = []
    for each in order.split():
        count = each[-1] if each[-1] in "?*+" else ""
        parts.append(f"(?:{each.rstrip('?*+')} ){count}")
    return re.compile("".join(parts))
