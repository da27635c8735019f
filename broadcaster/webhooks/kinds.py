"""The kinds of events that other systems can be told of, and how a delivery can stand."""

from enum import StrEnum


class Kind(StrEnum):
    """What happened; a name that was once sent is never given another meaning."""

    BULLETIN_APPROVED = "bulletin.approved"
    BROADCAST_PLANNED = "broadcast.planned"
    BROADCAST_CANCELLED = "broadcast.cancelled"
    BROADCAST_STARTED = "broadcast.started"
    """At least one loudspeaker said that it began."""
    BROADCAST_CONFIRMED = "broadcast.confirmed"
    """Every loudspeaker that was asked confirmed that it played to the end."""
    BROADCAST_NOT_CONFIRMED = "broadcast.not_confirmed"
    """At least one owes its word beyond its deadline, or said that it failed."""
    EMERGENCY_GIVEN = "emergency.given"
    EMERGENCY_ENDED = "emergency.ended"
    DEVICE_SILENT = "device.silent"
    DEVICE_BACK = "device.back"
    DISK_LOW = "disk.low"
    DISK_ENOUGH = "disk.enough"
    CLOCK_WRONG = "clock.wrong"
    CLOCK_RIGHT = "clock.right"
    BACKUP_LATE = "backup.late"
    BACKUP_MADE = "backup.made"
    STATION_AWAY = "station.away"
    STATION_BACK = "station.back"
    STORAGE_AWAY = "storage.away"
    STORAGE_BACK = "storage.back"
    BROKER_AWAY = "broker.away"
    BROKER_BACK = "broker.back"
    CLOCK_JUMPED = "clock.jumped"
    CLOCK_RETURNED = "clock.returned"
    CERTIFICATE_ENDING = "certificate.ending"
    CERTIFICATE_RENEWED = "certificate.renewed"
    CERTIFICATE_ENDED = "certificate.ended"
    CERTIFICATE_HOLDS = "certificate.holds"


TRIAL = "webhook.trial"
"""What an admin sends to see whether an address answers; nobody asks for it beforehand."""


class State(StrEnum):
    """How a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
