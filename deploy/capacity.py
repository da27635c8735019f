"""The model of capacity: devices, messages, octets, rows and money, out of what was measured.

`python deploy/capacity.py [--devices N …] [--broadcasts-a-day K] …` prints the tables that stand in
`deploy/CAPACITY.md`; with `--write` it writes them there. Octets are counted, a month has 30 days,
MB and GB are powers of ten. Every constant says by which command it was measured and beside what
load; what nobody measured says so. Proportions beyond what was measured are lines drawn on.
"""

# ruff: noqa: INP001 - run by its path, and imported by its test

import argparse
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("CAPACITY.md")
BEGIN, END = "<!-- printed by deploy/capacity.py -->\n", "<!-- end of what is printed -->\n"
DECADES = (24, 100, 1_000, 10_000, 100_000, 300_000)
DAYS_A_MONTH, DAYS_A_YEAR, DAY_S = 30, 365, 86_400

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a station is asked to do; the defaults are a day as most communes have it."""

    devices: int = 100
    broadcasts_a_day: float = 2
    minutes: float = 15
    parts: int = 4
    new_audio: float = 1.0
    relay_minutes_a_day: float = 0
    relay_kbit_s: float = 64
    devices_a_cluster: float = 6
    reconnects_a_day: float = 4
    uplink_mbit_s: float = 100
    notice_minutes: float = 30
    plan_vnd: int = 70_000
    plan_gb: float = 4.8

    @property
    def confirmations_a_play(self) -> int:
        """Received, cached, started, finished, and each part that begins; each in a message."""
        return 4 + self.parts

    @property
    def confirmations_a_year(self) -> float:
        """Of all devices."""
        return self.devices * self.broadcasts_a_day * self.confirmations_a_play * DAYS_A_YEAR

    @property
    def plan_versions_a_day(self) -> float:
        """Of a cluster: each broadcast comes within the plan's days, and goes by."""
        return 2 * self.broadcasts_a_day


@dataclass(frozen=True, slots=True)
class Way:
    """Octets of one device, from it and to it."""

    up: float = 0
    down: float = 0

    def __add__(self, other: "Way") -> "Way":
        return Way(self.up + other.up, self.down + other.down)

    def __mul__(self, times: float) -> "Way":
        return Way(self.up * times, self.down * times)

    @property
    def back(self) -> "Way":
        """The same in the other direction."""
        return Way(self.down, self.up)

    @property
    def both(self) -> float:
        """What the operator counts."""
        return self.up + self.down


def plan_octets(demand: Demand, c: Constants) -> float:
    """A cluster's plan: all broadcasts of the next days."""
    return c.plan_empty + c.plan_order * demand.broadcasts_a_day * c.plan_days


def said(octets: float, c: Constants, *, qos: int = 1) -> Way:
    """A message on the line with MQTT, TLS and TCP/IP, up; acknowledged down at QoS 1."""
    whole = octets + c.mqtt_head + c.tls_record
    segments = math.ceil(whole / c.segment)
    sent = Way(whole + segments * c.tcp_head, math.ceil(segments / 2) * c.tcp_head)
    if qos == 0:
        return sent
    return sent + Way(c.tcp_head, c.puback + c.tls_record + c.tcp_head)


def streamed(octets: float, c: Constants) -> Way:
    """A long download: every second segment is acknowledged."""
    segments = octets * (1 + c.tls_record / 16_384) / c.segment
    return Way(
        segments / 2 * c.tcp_head, octets * (1 + c.tls_record / 16_384) + segments * c.tcp_head
    )


def month_of_a_device(demand: Demand, c: Constants) -> Mapping[str, Way]:
    """Octets over 4G by what they are for."""
    plays = demand.broadcasts_a_day
    versions, anew = demand.plan_versions_a_day, demand.reconnects_a_day
    confirmed = said(c.confirmation, c) + said(c.receipt, c).back
    asked = said(c.ask, c) + said(c.time_answer, c).back
    ping = Way(2 + c.tls_record + 2 * c.tcp_head, 2 + c.tls_record + c.tcp_head)
    opened = (
        Way(c.handshake_up + 4 * c.tcp_head, c.handshake_down + 4 * c.tcp_head)
        + said(c.connect + c.status, c)
        + said(c.config, c).back
    )
    audio = plays * demand.new_audio * demand.minutes * c.audio_a_minute
    relayed = demand.relay_minutes_a_day * demand.relay_kbit_s * 125 * 60
    day = {
        "audio": streamed(audio, c),
        "relay": streamed(relayed, c),
        "health": said(c.health, c, qos=0) * (DAY_S / c.health_every_s),
        "keep-alive": ping * (DAY_S / c.ping_every_s),
        "confirmations and receipts": confirmed * (plays * demand.confirmations_a_play),
        "time": asked * (DAY_S / c.ask_every_s + anew),
        "plans": said(plan_octets(demand, c), c).back * (versions + anew),
        "statuses": said(c.status, c) * (versions + anew),
        "connecting again": opened * anew,
    }
    return {name: way * DAYS_A_MONTH for name, way in day.items()}


def octets_a_month(demand: Demand, c: Constants) -> Way:
    """All of one device's month."""
    return sum(month_of_a_device(demand, c).values(), start=Way())


def vnd_a_month(demand: Demand, c: Constants) -> int:
    """So many whole data plans as each device's month needs, at least one."""
    plans = max(1, math.ceil(octets_a_month(demand, c).both / (demand.plan_gb * 1e9)))
    return demand.devices * plans * demand.plan_vnd


@dataclass(frozen=True, slots=True)
class Minute:
    """The minute in which one broadcast begins everywhere."""

    burst: float
    """Messages within some three seconds: `started` and the first part of each device."""

    messages: float
    """All that is said to the station in this minute."""

    steady_a_second: float
    """What is said while nothing plays: health and questions for the time."""

    drained_s: float
    """The burst, by two processes that share two cores with the broker."""

    said_again: int
    """How often the last ones are repeated until then, at most: no receipt has come."""


def busiest_minute(demand: Demand, c: Constants) -> Minute:
    """Everybody confirms the broadcast of six o'clock."""
    steady = demand.devices / c.health_every_s + demand.devices / c.ask_every_s
    burst = 2.0 * demand.devices
    drained_s = burst / c.ingest_a_second
    return Minute(burst, burst + 60 * steady, steady, drained_s, said_again_at_most(drained_s, c))


def said_again_at_most(waited_s: float, c: Constants) -> int:
    """How often a device repeats itself that long without a receipt: the back-off at its shortest.

    A pause is a random point in the upper half of one that doubles up to a minute.
    """
    again, pause_s, at_s = 0, c.retry_after_s, c.retry_after_s / 2
    while at_s < waited_s:
        again += 1
        pause_s = min(60, 2 * pause_s)
        at_s += pause_s / 2
    return again


@dataclass(frozen=True, slots=True)
class Ledger:
    """A year of it."""

    confirmations: float
    plays: float
    octets: float
    plan_octets: float
    """Signed plans: none is ever removed."""

    verified_s: float


def ledger_of_a_year(demand: Demand, c: Constants) -> Ledger:
    """Rows, octets and how long all of it takes to verify on two cores."""
    confirmations = demand.confirmations_a_year
    plays = demand.devices * demand.broadcasts_a_day * DAYS_A_YEAR
    clusters = math.ceil(demand.devices / demand.devices_a_cluster)
    plans = clusters * demand.plan_versions_a_day * DAYS_A_YEAR * plan_octets(demand, c)
    octets = confirmations * (c.row + c.evidence) + plays * c.beside_a_play
    return Ledger(confirmations, plays, octets, plans, confirmations / c.verified_a_second)


@dataclass(frozen=True, slots=True)
class Processors:
    """Cores that are busy on the average of a day, and what comes at once, in seconds."""

    ingest: float
    schedule: float
    derived_s: float
    """What deriving all configurations takes, once a minute: other beats wait for it."""

    signed_s: float
    """Signing all of them, as another signing key asks for."""

    emergency_octets: float
    """One emergency's fast path to all devices, payload and topic."""

    connected_s: float
    """A broker that was restarted, one core of it, until all are back with TLS."""

    connected_octets: float
    """What that storm takes to all devices: handshakes, configurations, plans."""

    fetched_s: float
    """One broadcast's audio to all devices through the station's line."""


def processors(demand: Demand, c: Constants) -> Processors:
    """A question for the time is taken as a confirmation: nobody measured it apart."""
    n = demand.devices
    confirmed = demand.confirmations_a_year / DAYS_A_YEAR / DAY_S
    heard_us = (confirmed + n / c.ask_every_s) * c.ingest_us + n / c.health_every_s * c.health_us
    led_us = n * (c.derive_us / 60 + c.look_us)
    opened = c.handshake_down + c.config + plan_octets(demand, c)
    audio = n * demand.minutes * c.audio_a_minute
    return Processors(
        ingest=heard_us / 1e6,
        schedule=led_us / 1e6,
        derived_s=n * c.derive_us / 1e6,
        signed_s=n * c.sign_us / 1e6,
        emergency_octets=n * c.now,
        connected_s=n * (c.connect_us + c.handshake_us) / 1e6,
        connected_octets=n * opened,
        fetched_s=audio * 8 / (demand.uplink_mbit_s * 1e6),
    )


@dataclass(frozen=True, slots=True)
class Limit:
    """What does not hold beyond so many devices, why, and what is there to take its place."""

    devices: int
    what: str
    because: str
    then: str


def limits(demand: Demand, c: Constants) -> Sequence[Limit]:
    """All of them, the narrowest first; lines drawn on from what was measured."""
    audio = demand.minutes * c.audio_a_minute * 8
    a_year = demand.broadcasts_a_day * demand.confirmations_a_play * DAYS_A_YEAR
    alone = 1e6 / c.ingest_us
    found = [
        (
            c.embedded_devices, "embedded broker", "stated bound†; 500 to 2,100 confirmations/s",
            "Mosquitto (`loa broker mosquitto`, `deploy/commune`)",
        ),
        (
            c.largest_ledger / a_year, "ledger on SQLite",
            "a year is more than the largest ledger whose pages were timed (10⁷)",
            "PostgreSQL (size and pages not measured); parting the ledger by years: not built",
        ),
        (
            demand.uplink_mbit_s * 1e6 * demand.notice_minutes * 60 / audio, "the station's line",
            f"audio to all in {demand.notice_minutes:g} min at {demand.uplink_mbit_s:g} Mbit/s",
            "a cache or CDN before `/audio/` (files never change); an S3 store spares only disks",
        ),
        (
            alone * c.retry_after_s / 2, "one ingest process",
            f"two messages each in {c.retry_after_s} s: later ones are said twice",
            "two to four processes, behind a broker that asks the station (EMQX, not run here)",
        ),
        (
            c.ingest_a_second * c.retry_after_s / 2, "SQLite's one writer",
            "the same with two processes, as measured on two cores",
            "PostgreSQL, where ingests write at once (rate not measured)",
        ),
        (
            c.largest_fleet, "pages", "no station with more was measured",
            "several sites (built); a station a commune",
        ),
        (
            1e6 / c.derive_us, "the schedule's beat",
            "configurations derived each minute take longer than its second",
            "a station a commune; deriving only what changed, or several leaders: not built",
        ),
        (
            c.handshake_within_s * 1e6 / (c.connect_us + c.handshake_us), "one broker's logins",
            f"all come back with TLS; a device begins anew after {c.handshake_within_s} s",
            "EMQX in a cluster (not run here)",
        ),
        (
            3e6 / c.access_reload_us, "Mosquitto's access list",
            "it stands still for 3 s at each change of the registry",
            "EMQX, which asks the station (not run here)",
        ),
        (
            3e6 / c.snapshot_us, "Mosquitto's snapshot", "it stands still for 3 s every 10 s",
            "EMQX in a cluster (not run here)",
        ),
        (
            alone * c.most_ingests * c.retry_after_s / 2, "four ingest processes",
            "each with a core of its own, on PostgreSQL: not measured",
            "several stations: more processes are refused",
        ),
        (
            3e6 / c.fan_out_us, "one broker's fan-out",
            "an emergency reaches 99 of 100 only after 3 s (EN 54-16)",
            "EMQX in a cluster (not run here)",
        ),
        (
            8 * 3_600 * c.verified_a_second / a_year, "verifying a year in a night",
            "8 h on two cores", "more cores, `--since`",
        ),
    ]  # fmt: skip
    return sorted((Limit(int(at), *words) for at, *words in found), key=lambda each: each.devices)


def tables(demand: Demand, c: Constants, *, devices: Sequence[int] = DECADES) -> str:
    """All tables of the page."""
    every = [replace(demand, devices=each) for each in devices]
    return "\n".join(
        [
            "## The constants\n",
            *_constants(c),
            "\n## One device's month over 4G\n",
            *_month(demand, c),
            "\n## By decades: messages\n",
            *_messages(every, c),
            "\n## By decades: 4G\n",
            *_mobile(every, c),
            "\n## By decades: the ledger\n",
            *_ledgers(every, c),
            "\n## By decades: processors, lines and storms\n",
            *_processors(every, c),
            "\n## What breaks, the narrowest first\n",
            *_limits(demand, c),
            "\n## What breaks first at each decade\n",
            *_first(every, c),
            "",
        ]
    )


def _constants(c: Constants) -> Iterator[str]:
    yield from _head("constant", "value", "of what", "measured with", "load")
    for each in fields(c):
        told = each.metadata
        value = f"{getattr(c, each.name):,}"
        yield _row(f"`{each.name}`", value, told["unit"], told["by"], told["load"])


def _month(demand: Demand, c: Constants) -> Iterator[str]:
    yield from _head("what for", "up", "down")
    for name, way in month_of_a_device(demand, c).items():
        yield _row(name, size(way.up), size(way.down))
    whole = octets_a_month(demand, c)
    yield _row("**all**", f"**{size(whole.up)}**", f"**{size(whole.down)}**")


def _messages(every: Iterable[Demand], c: Constants) -> Iterator[str]:
    yield from _head(
        "devices", "steady a second", "within 3 s at a start", "in the busiest minute",
        "drained on two cores", "repeated meanwhile, at most",
    )  # fmt: skip
    for each in every:
        minute = busiest_minute(each, c)
        yield _row(
            count(each.devices), count(minute.steady_a_second), count(minute.burst),
            count(minute.messages), lasting(minute.drained_s), f"{minute.said_again} times",
        )  # fmt: skip


def _mobile(every: Iterable[Demand], c: Constants) -> Iterator[str]:
    yield from _head("devices", "up a month", "down a month", "VND a month", "VND by the octet")
    for each in every:
        month = octets_a_month(each, c) * each.devices
        by_octet = month.both / 1e9 * each.plan_vnd / each.plan_gb
        yield _row(
            count(each.devices), size(month.up), size(month.down),
            f"{vnd_a_month(each, c):,}", count(by_octet),
        )  # fmt: skip


def _ledgers(every: Iterable[Demand], c: Constants) -> Iterator[str]:
    yield from _head(
        "devices", "confirmations a year", "plays a year", "their octets a year",
        "signed plans a year", "all in ten years", "a year verified on two cores",
    )  # fmt: skip
    for each in every:
        year = ledger_of_a_year(each, c)
        yield _row(
            count(each.devices), count(year.confirmations), count(year.plays), size(year.octets),
            size(year.plan_octets), size(10 * (year.octets + year.plan_octets)),
            lasting(year.verified_s),
        )  # fmt: skip


def _processors(every: Iterable[Demand], c: Constants) -> Iterator[str]:
    yield from _head(
        "devices", "ingest, cores", "schedule, cores", "configurations, once a minute",
        "all signed anew", "all connected again, TLS", "octets of that",
        "octets of an emergency", "one broadcast's audio to all",
    )  # fmt: skip
    for each in every:
        used = processors(each, c)
        yield _row(
            count(each.devices), f"{used.ingest:.3f}", f"{used.schedule:.3f}",
            lasting(used.derived_s), lasting(used.signed_s), lasting(used.connected_s),
            size(used.connected_octets), size(used.emergency_octets), lasting(used.fetched_s),
        )  # fmt: skip


def _limits(demand: Demand, c: Constants) -> Iterator[str]:
    yield from _head("devices", "what", "because", "what takes its place")
    for each in limits(demand, c):
        yield _row(count(each.devices), each.what, each.because, each.then)


def _first(every: Sequence[Demand], c: Constants) -> Iterator[str]:
    yield from _head("devices", "breaks first on the way here", "then", "what is next")
    before = 0
    for each in every:
        all_of_them = limits(each, c)
        here = [one.what for one in all_of_them if before <= one.devices < each.devices]
        beyond = [one for one in all_of_them if one.devices >= each.devices]
        first, *others = here or ["nothing"]
        further = f"{beyond[0].what} ({count(beyond[0].devices)})" if beyond else "nothing known"
        yield _row(count(each.devices), first, ", ".join(others) or "–", further)
        before = each.devices


def _head(*titles: str) -> Iterator[str]:
    yield _row(*titles)
    yield "|" + "---|" * len(titles)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def count(number: float) -> str:
    """Three digits of it, as people write it."""
    if number < 100:
        return f"{number:.3g}"
    step = 10 ** max(0, math.floor(math.log10(number)) - 2)
    return f"{round(number / step) * step:,}"


def size(octets: float) -> str:
    """Octets in powers of ten."""
    for unit, of in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if octets >= of:
            return f"{count(octets / of)} {unit}"
    return f"{count(octets)} B"


def lasting(seconds: float) -> str:
    """Seconds, minutes, hours or days."""
    for unit, of in (("days", 2 * DAY_S), ("h", 2 * 3_600), ("min", 120)):
        if seconds >= of:
            return f"{count(seconds / (of / 2))} {unit}"
    return f"{count(seconds)} s"


def demand_of(asked: argparse.Namespace) -> Demand:
    """What was asked for on the command line."""
    return Demand(
        **{each.name: getattr(asked, each.name) for each in fields(Demand)} | {"devices": 1}
    )


def parser() -> argparse.ArgumentParser:
    """Every assumption is an option."""
    options = argparse.ArgumentParser(prog="python deploy/capacity.py", description=__doc__)
    options.add_argument("--devices", type=int, nargs="+", default=list(DECADES))
    for each in fields(Demand):
        if each.name != "devices":
            name = f"--{each.name.replace('_', '-')}"
            options.add_argument(name, type=type(each.default), default=each.default)
    options.add_argument("--write", action="store_true", help="into deploy/CAPACITY.md")
    return options


def main() -> int:
    """Print the tables, or write them into the page."""
    asked = parser().parse_args()
    told = tables(demand_of(asked), Constants(), devices=asked.devices)
    if not asked.write:
        sys.stdout.write(told)
        return 0
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{told}\n{END}{after}", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
