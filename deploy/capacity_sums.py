"""The sums of the model of capacity: what a day asks for, what follows from it, what breaks first.

Octets are counted, a month has 30 days. Proportions beyond what was measured are lines drawn on.
"""

# ruff: noqa: INP001 - beside the command that is run by its path

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from capacity_constants import Constants

DAYS_A_MONTH, DAYS_A_YEAR, DAY_S = 30, 365, 86_400


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
