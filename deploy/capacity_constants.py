"""What the model of capacity is fed with: measured, counted, or read in the code.

Every constant says by which command it was measured and beside what load; what nobody measured
says so.
"""

# ruff: noqa: INP001 - beside the command that is run by its path

from dataclasses import dataclass, field
from typing import Any

_HANDSHAKE = "`python -m tests.benchmarks.wire_bytes`"
_WIRE = f"{_HANDSHAKE}, held by `tests/deploy/test_capacity.py`"
_KEEPING_UP = "`python -m tests.benchmarks.keeping_up`"
_STORM = "`python -m tests.benchmarks storm-1`"
_NO_LOAD = "counted, any load"
_AT_REST = "at rest, 0.6 to 1.8"


def _told(value: float, unit: str, by: str, load: str) -> Any:  # noqa: ANN401 - a field of any type
    """A constant with its unit, what measured it, and the machine's load meanwhile."""
    return field(default=value, metadata={"unit": unit, "by": by, "load": load})


@dataclass(frozen=True, slots=True, kw_only=True)
class Constants:
    """What was measured or read in the code; names of messages are octets of topic and payload."""

    confirmation: int = _told(881, "octets", _WIRE, _NO_LOAD)
    receipt: int = _told(689, "octets", _WIRE, _NO_LOAD)
    status: int = _told(1_080, "octets", _WIRE, _NO_LOAD)
    health: int = _told(895, "octets", _WIRE, _NO_LOAD)
    ask: int = _told(415, "octets", _WIRE, _NO_LOAD)
    time_answer: int = _told(412, "octets", _WIRE, _NO_LOAD)
    plan_empty: int = _told(414, "octets", _WIRE, _NO_LOAD)
    plan_order: int = _told(947, "octets an order", _WIRE, _NO_LOAD)
    config: int = _told(1_457, "octets", _WIRE, _NO_LOAD)
    now: int = _told(1_031, "octets", _WIRE, _NO_LOAD)
    audio_a_minute: int = _told(480_576, "octets", _WIRE, _NO_LOAD)
    handshake_up: int = _told(597, "octets", _HANDSHAKE, _NO_LOAD)
    handshake_down: int = _told(1_289, "octets", _HANDSHAKE, _NO_LOAD)
    handshake_us: float = _told(
        249, "µs of the server's processor", _HANDSHAKE, "1.9, below others' priority"
    )
    mqtt_head: int = _told(7, "octets a message", "read: MQTT 3.1.1, section 3.3", _NO_LOAD)
    puback: int = _told(4, "octets", "read: MQTT 3.1.1, section 3.4", _NO_LOAD)
    tls_record: int = _told(22, "octets a record", "read: RFC 8446, section 5.2", _NO_LOAD)
    tcp_head: int = _told(52, "octets a segment", "read: RFC 791, 9293, 7323", _NO_LOAD)
    segment: int = _told(1_348, "octets", "chosen†: an MTU of 1,400 over 4G", _NO_LOAD)
    connect: int = _told(
        350, "octets", "counted by hand: CONNECT without will, SUBSCRIBE", _NO_LOAD
    )
    health_every_s: int = _told(60, "s", "read: `devices/controller/reporting.py`", _NO_LOAD)
    ask_every_s: int = _told(900, "s", "read: `devices/controller/timekeeping.py`", _NO_LOAD)
    ping_every_s: int = _told(30, "s", "read: `devices/controller/mqtt_link.py`", _NO_LOAD)
    retry_after_s: int = _told(2, "s", "read: `devices/controller/sending.py`", _NO_LOAD)
    handshake_within_s: int = _told(20, "s", "read: `devices/controller/mqtt_link.py`", _NO_LOAD)
    plan_days: int = _told(8, "days", "read: `broadcaster/settings.py`", _NO_LOAD)
    ingest_us: float = _told(149, "µs of a processor a message", _STORM, _AT_REST)
    serial_us: float = _told(
        99, "µs of a processor a message inside the one writing transaction",
        "`python -m tests.benchmarks.sharing`", "6.2, below others' priority",
    )  # fmt: skip
    broker_us: float = _told(
        20, "µs of a processor a message, Mosquitto",
        "`python -m tests.benchmarks.sharing`", "6.2, below others' priority",
    )  # fmt: skip
    ingest_a_second: int = _told(
        8_290, "messages, two processes, broker and sender on two cores", _STORM, _AT_REST
    )
    health_us: float = _told(
        101,
        "µs of a processor a message, without hearing it",
        _KEEPING_UP,
        "3.0, below others' priority",
    )
    derive_us: float = _told(
        27, "µs of a processor a device and minute", _KEEPING_UP, "3.0, below others' priority"
    )
    sign_us: float = _told(
        326, "µs of a processor a configuration", _KEEPING_UP, "3.0, below others' priority"
    )
    look_us: float = _told(
        1.1, "µs of a processor a device and second", _KEEPING_UP, "3.0, below others' priority"
    )
    row: int = _told(374, "octets a confirmation", "`python -m tests.benchmarks bytes-1`", _NO_LOAD)
    evidence: int = _told(
        404,
        "octets a confirmation, one to a message",
        "`python -m tests.benchmarks bytes-1`",
        _NO_LOAD,
    )
    beside_a_play: int = _told(
        2_205,
        "octets a play: play, share, roots, empty tables; 5 × (1,219 in the file − 778)",
        "`python -m tests.benchmarks bytes-1`",
        _NO_LOAD,
    )
    verified_a_second: int = _told(
        25_250, "confirmations on two cores", "`python -m tests.benchmarks verification`", _AT_REST
    )
    largest_ledger: int = _told(
        10_000_000, "confirmations in the largest ledger with pages timed",
        "`python -m tests.benchmarks.province --confirmations 10000000`", "4 to 8",
    )  # fmt: skip
    largest_fleet: int = _told(
        10_000,
        "devices in the largest station with pages timed",
        "`python -m tests.benchmarks.pages`",
        "1 to 12",
    )
    connect_us: float = _told(
        250, "µs a bare client, connected and subscribed without TLS (0.5 s for 2,000)",
        "`python -m tests.benchmarks crowd`", "0.2 to 1.1",
    )  # fmt: skip
    fan_out_us: float = _told(
        65, "µs a bare subscriber, 99 of 100 of 2,000 after 130 ms, one Mosquitto",
        "`python -m tests.benchmarks sirens`", "2.0 to 2.4",
    )  # fmt: skip
    access_reload_us: float = _told(
        100, "µs a device, Mosquitto stands still when its access list is read (1.0 s at 10,000)",
        "told in `devices/broker/README.md`", "not noted",
    )  # fmt: skip
    snapshot_us: float = _told(
        38, "µs a device, Mosquitto stands still for a snapshot (75 ms at 2,000)",
        "told in `devices/broker/README.md`", "not noted",
    )  # fmt: skip
    embedded_devices: int = _told(
        200,
        "devices behind the embedded broker",
        "chosen†: `devices/broker/README.md`",
        "not measured",
    )
    most_ingests: int = _told(4, "processes", "read: `broadcaster/settings.py`", _NO_LOAD)
