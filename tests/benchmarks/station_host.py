"""Thousands of poles on one station host: a broker's restart, a broadcast to all, its words.

`python -m tests.benchmarks.station_host [--controllers N] [--processes N]`. PostgreSQL, the broker
by the command of `deploy/commune`, the station's own processes, and so many controllers of the real
code, all on this machine: the controllers' own work, which poles bring their own processors for,
is inside every figure. Somebody looks at pages throughout. It fails where a confirmation is lost or
twice, a process died, or a page was refused.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from sqlmodel import col, select

from broadcaster.dispatch.tables import SignedPlan
from broadcaster.fleet.tables import DeviceStatus
from broadcaster.ledger.tables import ConfirmationRow, Play
from broadcaster.logs import configure_logs
from broadcaster.schedule.tables import Broadcast, BroadcastOrder
from devices.protocol import topics
from devices.protocol.messages import Confirmation, Kind, decode
from tests.benchmarks.comparison import Comparison, table_of
from tests.benchmarks.crowd_scene import BARE_CLUSTER, BareClients
from tests.benchmarks.host_scene import LOOK_EVERY_S, LOOKS_WITH, SHOUTING, Host, station_host
from tests.benchmarks.rehearsing import family_of
from tests.benchmarks.sirens import ORDER_BYTES, spread_of
from tests.chain_evidence import assert_whole

PAGES = ("/", "/devices", "/devices/map", "/schedule", "/ledger")
CALM_S = 20.0
CONTROLLERS = 5_000
LEAD_S = 15.0
"""Between an approval and its broadcast, as the setting is by default."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody who looked at pages meanwhile waited, in ms, and what was refused."""

    took_ms: Sequence[float]
    failed: Sequence[str]

    @property
    def middle_ms(self) -> float:
        """The median."""
        return median(self.took_ms)

    @property
    def p99_ms(self) -> float:
        """All but one in a hundred were faster."""
        ordered = sorted(self.took_ms)
        return ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]

    def __str__(self) -> str:
        """For a table."""
        return (
            f"{len(self.took_ms)} pages, p50 {self.middle_ms:.0f}, p99 {self.p99_ms:.0f}, "
            f"longest {max(self.took_ms):.0f} ms"
        )


@dataclass(frozen=True, slots=True)
class Storm:
    """A broker's restart: how long after it listened again, in s."""

    away_s: float
    all_said_s: float
    half_known_s: float
    all_known_s: float
    used: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class OnAir:
    """A broadcast to all, in s but for the skew, in ms; counted from when its plans were signed."""

    signed_after_s: float
    all_received_s: float
    half_received_s: float
    all_cached_s: float
    begun_late: str
    words: int
    said_within_s: float
    stored_within_s: float
    used: Mapping[str, float]


def measure_host(
    *,
    controllers: int = CONTROLLERS,
    processes: int = 1,
    lead_s: float = LEAD_S,
    calm_s: float = CALM_S,
) -> list[Comparison]:
    """Seconds and milliseconds, each beside the least that it can cost."""
    return asyncio.run(_measure(controllers, processes=processes, lead_s=lead_s, calm_s=calm_s))


async def _measure(
    controllers: int, *, processes: int, lead_s: float, calm_s: float
) -> list[Comparison]:
    async with station_host(controllers, ingests=processes, lead_s=lead_s) as host:
        began_with = _programs(host)
        async with host.bare() as bare:
            bare_connected_s = max(each.connected_s for each in bare)
            shouted_us = await _shout(host, bare)
        async with _looking(host) as looked:
            await asyncio.sleep(calm_s)
            calm = await looked()
            storm = await _storm(host)
            in_storm = await looked()
            on_air = await _broadcast(host)
            meanwhile = await looked()
        journals = await host.journals()
        assert len(journals) == controllers
        assert_whole(host.chain.database, journals)
        assert _programs(host) == began_with, "a process died"
        resident = sum(host.rehearsal.standing.resident_bytes.values()) / 1e9
        of_code = f"{len(host.rehearsal.processes)} processes of the real code, {resident:.1f} GB"
        about = (
            f"{processes} ingest, PostgreSQL; controllers in {of_code}; "
            f"load {os.getloadavg()[0]:.1f}"
        )
        first_s = host.connected_s
    for each in (calm, in_storm, meanwhile):
        assert not each.failed, each.failed[:5]
    return [
        Comparison(
            name=f"{controllers:,} after the broker's restart",
            work=(
                f"away {storm.away_s:.1f} s; since it listens: the last has said that it is "
                f"there after {storm.all_said_s:.1f} s, half are known after "
                f"{storm.half_known_s:.1f}, all after {storm.all_known_s:.1f}; of a processor "
                f"{_told(storm.used)}; (connected, configured and planned the first time after "
                f"{first_s:.1f} s); {about}"
            ),
            ours=storm.all_known_s,
            baseline=bare_connected_s,
            unit="s",
            against=f"{controllers:,} bare clients that connect and subscribe",
        ),
        Comparison(
            name=f"a broadcast to {controllers:,}",
            work=(
                f"signed {on_air.signed_after_s:.1f} s after its approval; since then half have "
                f"the plan after {on_air.half_received_s:.2f} s, all after "
                f"{on_air.all_received_s:.2f}, all the sound after {on_air.all_cached_s:.2f}; "
                f"begun late by {on_air.begun_late}; of a processor {_told(on_air.used)}"
            ),
            ours=on_air.all_received_s,
            baseline=max(shouted_us) / 1e6,
            unit="s",
            against="one message from the same broker to as many bare clients",
        ),
        Comparison(
            name=f"confirmations of {controllers:,}",
            work=f"{on_air.words:,} words, none lost, none twice, all receipted; *finished*",
            ours=on_air.stored_within_s,
            baseline=on_air.said_within_s,
            unit="s",
            against="from the first that finished to the last that said so",
        ),
        Comparison(
            name="pages in the restart",
            work=f"p99; then {in_storm}; in the calm {calm}; none refused",
            ours=in_storm.p99_ms,
            baseline=calm.p99_ms,
            unit="ms",
            against="the same pages in the calm",
        ),
        Comparison(
            name="pages in the broadcast",
            work=f"p99; then {meanwhile}; in the calm {calm}; none refused",
            ours=meanwhile.p99_ms,
            baseline=calm.p99_ms,
            unit="ms",
            against="the same pages in the calm",
        ),
    ]


async def _storm(host: Host) -> Storm:
    """Restart the broker, and wait until the station knows of each that it is back."""
    # The broker that comes has used nothing yet.
    before = {**_used(host), "broker": 0.0}
    ended = datetime.now(UTC)
    await host.restart_broker()
    listens = datetime.now(UTC)
    came = (col(DeviceStatus.online), col(DeviceStatus.received_at) >= listens)
    await host.until("are known to be back", DeviceStatus, *came)
    with host.chain.database.reading() as session:
        rows = session.exec(select(DeviceStatus.said_at, DeviceStatus.received_at)).all()
    known = sorted(received for _, received in rows)
    return Storm(
        away_s=(listens - ended).total_seconds(),
        all_said_s=(max(said for said, _ in rows) - listens).total_seconds(),
        half_known_s=(known[len(known) // 2] - listens).total_seconds(),
        all_known_s=(known[-1] - listens).total_seconds(),
        used=_since(before, _used(host)),
    )


async def _broadcast(host: Host) -> OnAir:
    """Let a bulletin be approved for all, and wait until each has said that it has played it."""
    chain = host.chain
    bulletin = await asyncio.to_thread(chain.queue)
    approved, before = datetime.now(UTC), _used(host)
    await host.until("are to play it", Play)
    broadcast = chain.broadcast_of(bulletin)
    await host.until(
        "have played it", Play,
        col(Play.broadcast_id) == broadcast, col(Play.state) == "confirmed",
    )  # fmt: skip
    used = _since(before, _used(host))
    with chain.database.reading() as session:
        # The beat that signs may have begun a little before the approval that it finds.
        lately = col(SignedPlan.signed_at) >= approved - timedelta(seconds=2)
        signed = min(session.exec(select(SignedPlan.signed_at).where(lately)))
        starts_at = session.get_one(Broadcast, broadcast).starts_at
        rows = session.exec(
            select(ConfirmationRow.entry, ConfirmationRow.received_at)
            .join(BroadcastOrder, col(BroadcastOrder.id) == col(ConfirmationRow.order_id))
            .where(BroadcastOrder.broadcast_id == broadcast)
        ).all()
    said = [(decode(entry, Confirmation), received) for entry, received in rows]

    def at_s(kind: Kind) -> list[float]:
        found = sorted(each.at_ms / 1_000 for each, _ in said if each.kind is kind)
        assert len(found) == host.controllers, f"{len(found)} have {kind}"
        return found

    received, cached, finished = at_s(Kind.RECEIVED), at_s(Kind.CACHED), at_s(Kind.FINISHED)
    begun_us = [
        each.first_sample_at_us - int(starts_at.timestamp() * 1e6)
        for each, _ in said
        if each.kind is Kind.ITEM_STARTED and each.first_sample_at_us is not None
    ]
    stored = max(at for each, at in said if each.kind is Kind.FINISHED).timestamp()
    return OnAir(
        signed_after_s=(signed - approved).total_seconds(),
        all_received_s=received[-1] - signed.timestamp(),
        half_received_s=received[len(received) // 2] - signed.timestamp(),
        all_cached_s=cached[-1] - signed.timestamp(),
        begun_late=str(spread_of(begun_us)),
        words=len(said),
        said_within_s=finished[-1] - finished[0],
        stored_within_s=stored - finished[0],
        used=used,
    )


async def _shout(host: Host, bare: Sequence[BareClients]) -> list[int]:
    """Say one thing to all bare clients; how late each heard it, in µs."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=SHOUTING)
    client.username_pw_set(SHOUTING, "secret")
    loop, let_in = asyncio.get_running_loop(), asyncio.Event()
    client.on_connect = lambda *_: loop.call_soon_threadsafe(let_in.set)
    client.connect("127.0.0.1", host.broker.port)
    client.loop_start()
    try:
        await let_in.wait()
        said_us = time.time_ns() // 1_000
        client.publish(topics.now(host.station, BARE_CLUSTER), bytes(ORDER_BYTES), qos=1)
        heard = [(await each.said())["at_us"] for each in bare]
    finally:
        client.disconnect()
        client.loop_stop()
    return [at_us - said_us for each in heard for at_us in each]


@asynccontextmanager
async def _looking(host: Host) -> AsyncIterator[Callable[[], Awaitable[Looked]]]:
    """Somebody looks at pages meanwhile; each call tells what was seen since the one before."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.page_onlooker"),
        *(str(host.chain.settings.port), LOOKS_WITH, *PAGES),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        limit=16_000_000,
    )

    async def asked() -> dict[str, Any]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n")
        told: dict[str, Any] = json.loads(await process.stdout.readline())
        return told

    async def looked() -> Looked:
        took_ms: list[float] = []
        failed: list[str] = []
        # Where others use the machine as well, the first answer may be long in coming.
        while not took_ms:
            told = await asked()
            took_ms += [us / 1_000 for each in told["took_us"].values() for us in each]
            failed += told["failed"]
            await asyncio.sleep(0 if took_ms else LOOK_EVERY_S)
        return Looked(took_ms, failed)

    try:
        yield looked
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


def _programs(host: Host) -> Mapping[str, int]:
    return {name: host.chain.station.pid(name) for name in host.chain.programs}


def _used(host: Host) -> Mapping[str, float]:
    """Seconds of a processor until now, by whom."""
    pids = {
        **_programs(host),
        "broker": host.broker.process.pid,
        "PostgreSQL": host.postgres.pid,
    }
    return {
        **{name: sum(map(_processor_s, family_of(pid))) for name, pid in pids.items()},
        "controllers": sum(host.rehearsal.standing.cpu_s.values()),
    }


def _processor_s(pid: int) -> float:
    """Of a process and of those of its children that have ended (proc(5))."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _since(before: Mapping[str, float], now: Mapping[str, float]) -> Mapping[str, float]:
    return {name: max(now[name] - before[name], 0.0) for name in now}


def _told(used: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in used.items()) + " s"


def main() -> int:
    """Measure with so many controllers."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.station_host", description=__doc__
    )
    parser.add_argument("--controllers", type=int, default=CONTROLLERS)
    parser.add_argument("--processes", type=int, default=1, help="ingest processes")
    asked = parser.parse_args()
    configure_logs("ERROR")
    found = measure_host(controllers=asked.controllers, processes=asked.processes)
    sys.stdout.write(table_of(found) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
