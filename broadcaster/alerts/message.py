"""A CAP 1.2 alert as values: what the standard calls `alert`, `info`, `resource` and `area`.

Pure. Source: OASIS Common Alerting Protocol Version 1.2, section 3.2, the data dictionary. Whoever
makes one by `parsing.read_alert` has it checked; instants are aware.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
DEFAULT_LANGUAGE = "en-US"
"""What an `info` without a language is in, by the standard."""


class Status(StrEnum):
    """How the alert is to be handled."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MsgType(StrEnum):
    """What the alert is to those before it."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class Scope(StrEnum):
    """For whom it is."""

    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class Category(StrEnum):
    """What kind of event it is."""

    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENV = "Env"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class ResponseType(StrEnum):
    """What people should do."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


class Urgency(StrEnum):
    """By when people should act."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    """How much is threatened."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    """How sure the sender is."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Named:
    """A value under a name that whoever wrote it knows: a code, a parameter, a geocode."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A file beside the words. Loa keeps it in the message and opens none."""

    description: str
    mime_type: str
    size_bytes: int | None = None
    uri: str = ""
    deref_uri: str = ""
    digest: str = ""


Point = tuple[float, float]
"""Latitude and longitude in degrees, WGS 84."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A point and a radius around it in kilometres."""

    centre: Point
    radius_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where it holds: the union of all that is in it. Heights are in feet, as CAP has them."""

    description: str
    polygons: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude_ft: float | None = None
    ceiling_ft: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What is said of the event in one language."""

    categories: tuple[Category, ...]
    event: str
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    language: str = ""
    responses: tuple[ResponseType, ...] = ()
    audience: str = ""
    event_codes: tuple[Named, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message by its identity: who sent it, which, and when."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message; (sender, identifier, sent) is its identity."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    msg_type: MsgType
    scope: Scope
    source: str = ""
    restriction: str = ""
    addresses: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: str = ""
    infos: tuple[Info, ...] = ()

    @property
    def identity(self) -> Reference:
        """How later messages name this one."""
        return Reference(self.sender, self.identifier, self.sent)


def preferred_info(alert: Alert, *, language: str = "vi") -> Info | None:
    """What is said in this language, else the first that is said; None where nothing is."""
    wanted = (each for each in alert.infos if _speaks(each, language))
    return next(wanted, alert.infos[0] if alert.infos else None)


def expires_at(alert: Alert) -> datetime | None:
    """The last instant at which any of it holds; None where a part of it never ends."""
    ends = [each.expires for each in alert.infos]
    known = [each for each in ends if each is not None]
    return max(known) if known and len(known) == len(ends) else None


def _speaks(info: Info, language: str) -> bool:
    return (info.language or DEFAULT_LANGUAGE).lower().split("-")[0] == language
