"""What a program's token may open: one table from routes of the API to scopes.

A route that is not in it is closed to every token. Two scopes write, each one thing that no village
hears: a draft, which waits for one person to submit and another to approve it, and the quiet tone
of a self-test. Nothing here approves, orders, stops, schedules or speaks. Whoever wrote, approved
or ordered is named with what they did. Lists of people, telephone numbers, what residents and
village heads said, enrolments, keys and the trail are read by people only.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Scope(StrEnum):
    """One kind of thing that a token may read, or do."""

    READ_BROADCASTS = "broadcasts:read"
    READ_COVERAGE = "coverage:read"
    READ_DEVICES = "devices:read"
    READ_BULLETINS = "bulletins:read"
    READ_WARNINGS = "warnings:read"
    READ_METRICS = "metrics:read"
    DRAFT_BULLETINS = "bulletins:draft"
    TEST_DEVICES = "devices:self-test"


WRITING = frozenset({Scope.DRAFT_BULLETINS, Scope.TEST_DEVICES})
"""What changes anything; each use stands in the trail, with the token as who did it."""

SCOPES: Mapping[str, Scope] = MappingProxyType(
    {
        "GET /api/areas": Scope.READ_BROADCASTS,
        "GET /api/broadcasts": Scope.READ_BROADCASTS,
        "GET /api/broadcasts/{broadcast_id}": Scope.READ_BROADCASTS,
        "GET /api/broadcasts/{broadcast_id}/devices": Scope.READ_BROADCASTS,
        "GET /api/broadcasts/{broadcast_id}/timeline": Scope.READ_BROADCASTS,
        "GET /api/calendar": Scope.READ_BROADCASTS,
        "GET /api/schedules": Scope.READ_BROADCASTS,
        "GET /api/coverage": Scope.READ_COVERAGE,
        "GET /api/reports": Scope.READ_COVERAGE,
        "GET /api/villages/{village_id}/days": Scope.READ_COVERAGE,
        "GET /api/villages/{village_id}/shares": Scope.READ_COVERAGE,
        "GET /api/evidence/{device_id}/{epoch}/{seq}": Scope.READ_COVERAGE,
        "GET /api/ledger/storage": Scope.READ_COVERAGE,
        "GET /api/alerts": Scope.READ_DEVICES,
        "GET /api/devices": Scope.READ_DEVICES,
        "GET /api/devices/{device_id}": Scope.READ_DEVICES,
        "GET /api/devices/{device_id}/plays": Scope.READ_DEVICES,
        "GET /api/devices/{device_id}/self-test": Scope.READ_DEVICES,
        "GET /api/device-trends": Scope.READ_DEVICES,
        "GET /api/incidents": Scope.READ_DEVICES,
        "GET /api/bulletins": Scope.READ_BULLETINS,
        "GET /api/bulletins/{bulletin_id}": Scope.READ_BULLETINS,
        "GET /api/playlists": Scope.READ_BULLETINS,
        "GET /api/playlists/{playlist_id}": Scope.READ_BULLETINS,
        "GET /api/relays": Scope.READ_BULLETINS,
        "GET /api/relays/{relay_id}": Scope.READ_BULLETINS,
        "GET /api/channels": Scope.READ_BULLETINS,
        "GET /api/channels/items": Scope.READ_BULLETINS,
        "GET /api/emergencies": Scope.READ_WARNINGS,
        "GET /api/emergencies/{emergency_id}": Scope.READ_WARNINGS,
        "GET /api/cap-alerts": Scope.READ_WARNINGS,
        "GET /api/cap-alerts/{alert_id}": Scope.READ_WARNINGS,
        "GET /api/cap-alerts/exports/{emergency_id}": Scope.READ_WARNINGS,
        "GET /metrics": Scope.READ_METRICS,
        "POST /api/bulletins": Scope.DRAFT_BULLETINS,
        "POST /api/devices/{device_id}/self-test": Scope.TEST_DEVICES,
    }
)
"""By `METHOD path`, as `guard.declared_rights` names routes."""
