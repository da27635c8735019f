"""From an emergency order's publication to the tone, against the same broker's bare fan-out.

Both in one run behind one real Mosquitto: as many controllers of the real code as bare clients, in
as many processes. Verifying a signature (60 to 100 µs) and deciding is work that poles do side by
side and that this machine does one after the other on its cores: it is inside the figure.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from devices.protocol import topics
from devices.protocol.credentials import Grants, credential_for, load_credentials, save_credentials
from devices.protocol.messages import Order, Tone
from devices.simulation.crowd.words import Begin
from devices.simulation.rehearsal.processes import shared_out
from devices.simulation.rehearsal.rehearsal import Rehearsal
from devices.simulation.rehearsal.run import QUICK_DISK
from devices.simulation.rehearsal.stage import Company, beside, station_at
from devices.simulation.station.audio_server import serve_audio
from devices.simulation.station.founding import Founded, found, hand_out_identities
from devices.simulation.station.sounds import silence
from tests.benchmarks.comparison import Comparison
from tests.brokers import start_mosquitto

BARE_CLUSTER = "cum-tran"
"""Where the bare clients listen."""

TONE_MS, WARNING_MS = 4_000, 2_000


@dataclass(frozen=True, slots=True)
class Spread:
    """How late the middle one, all but one in a hundred, and the last one were, in ms."""

    p50_ms: float
    p99_ms: float
    last_ms: float

    def __str__(self) -> str:
        """For a table."""
        return f"p50 {self.p50_ms:.0f}, p99 {self.p99_ms:.0f}, last {self.last_ms:.0f} ms"


def spread_of(late_us: Sequence[int]) -> Spread:
    """Sum up so many delays."""
    late_ms = sorted(each / 1_000 for each in late_us)
    at = [late_ms[min(len(late_ms) - 1, len(late_ms) * share // 100)] for share in (50, 99)]
    return Spread(p50_ms=at[0], p99_ms=at[1], last_ms=late_ms[-1])


def sirens(*, controllers: int = 2_000, rounds: int = 5) -> Comparison:
    """Milliseconds until 99 of 100 poles sound, the best of several rounds each."""
    tones, bare = asyncio.run(_measure(controllers, rounds=rounds))
    best_tones = min(tones, key=lambda each: each.p99_ms)
    best_bare = min(bare, key=lambda each: each.p99_ms)
    return Comparison(
        name="emergency to tone",
        work=(
            f"{controllers:,} controllers, {best_tones}; bare {best_bare}; "
            f"load {os.getloadavg()[0]:.1f}"
        ),
        ours=best_tones.p99_ms,
        baseline=best_bare.p99_ms,
        unit="ms, p99",
        against=f"the same Mosquitto's fan-out to {controllers:,} bare clients",
    )


async def _measure(controllers: int, *, rounds: int) -> tuple[list[Spread], list[Spread]]:
    tones: list[Spread] = []
    bare: list[Spread] = []
    async with _scene(controllers) as scene:
        for number in range(rounds):
            bare.append(spread_of(await scene.shout(number)))
            tones.append(spread_of(await scene.sound(number)))
    return tones, bare


@dataclass
class Scene:
    """Everybody at their places."""

    company: Company
    rehearsal: Rehearsal
    bare: list[asyncio.subprocess.Process]

    async def shout(self, number: int) -> list[int]:
        """Publish bytes as long as an order to the bare clients; how late each heard them."""
        station = self.company.station
        topic = topics.now(station.founded.station, BARE_CLUSTER)
        published_us = _now_us()
        station.line.publish(topic, bytes([number]) * 1_500)
        late: list[int] = []
        for process in self.bare:
            late += [at_us - published_us for at_us in (await _line_of(process))["at_us"]]
        return late

    async def sound(self, number: int) -> list[int]:
        """Order an emergency of all; how late each let its tone sound."""
        station = self.company.station
        warning = self.company.audio.add(silence(WARNING_MS, title=f"khan cap {number}"))
        at_ms = station.now_ms
        order = Order(
            id=f"khan-cap-{number}",
            broadcast="khan-cap",
            priority=1,
            starts_at_ms=at_ms,
            not_after_ms=at_ms + 60_000,
            items=(warning.item,),
            tone=Tone(duration_ms=TONE_MS),
        )
        published_us = _now_us()
        station.order_now(order)
        seats = self.rehearsal.standing.seats
        async with asyncio.timeout(90):
            # Looked at, because what a seat last said is all that a rehearsal shows.
            while not all(  # noqa: ASYNC110
                seat.tone_us >= published_us for seat in seats.values()
            ):
                await asyncio.sleep(0.1)
        late_us = [seat.tone_us - published_us for seat in seats.values()]
        # The next round begins in silence.
        await asyncio.sleep((TONE_MS + WARNING_MS) / 1_000 + 3)
        return late_us


@asynccontextmanager
async def _scene(controllers: int) -> AsyncIterator[Scene]:
    processes = os.cpu_count() or 1
    async with AsyncExitStack() as stack:
        # Each pole has a disk of its own: theirs are in memory here, lest one disk is measured
        # that two thousand share.
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="loa-bench-", dir=QUICK_DISK))
        )
        audio = stack.enter_context(serve_audio())
        founded = found(folder, devices=controllers, clusters=1)
        users = _add_bare_users(founded, controllers)
        broker = start_mosquitto(founded.credentials, folder)
        stack.callback(broker.stop)
        hand_out_identities(founded, broker_url=broker.url, station_url=audio.url)
        station = station_at(founded, broker_url=broker.url)
        rehearsal = Rehearsal(_begins(founded, processes=processes), folder=folder)
        await stack.enter_async_context(beside(station.line.run()))
        await stack.enter_async_context(beside(*(each.run() for each in rehearsal.processes)))
        await _until_all_are_there(rehearsal, controllers)
        bare = [
            await stack.enter_async_context(_bare(folder / f"bare-{number}.json", share))
            for number, share in enumerate(
                {
                    "port": broker.port,
                    "users": dict(users[number::processes]),
                    "topic": topics.now(founded.station, BARE_CLUSTER),
                }
                for number in range(processes)
            )
        ]
        yield Scene(Company(station, audio), rehearsal, bare)


def _begins(founded: Founded, *, processes: int) -> list[Begin]:
    homes = [founded.fleet / each.device for each in founded.devices]
    return [
        Begin(
            homes=tuple(str(home) for home in share.homes),
            neighbours=tuple(share.neighbours),
            scratch=str(founded.folder / f"audio-{number}"),
            journals=None,
            seed="1",
            began_s=time.time(),
            story=(),
        )
        for number, share in enumerate(shared_out(homes, among=processes))
    ]


def _add_bare_users(founded: Founded, count: int) -> list[tuple[str, str]]:
    """Logins for clients that hear one topic and say nothing."""
    credentials = load_credentials(founded.credentials)
    grants = Grants(subscribe=(topics.now(founded.station, BARE_CLUSTER),))
    users = [(f"nghe-{number:04}", "secret") for number in range(count)]
    added = {name: credential_for(secret, grants=grants) for name, secret in users}
    save_credentials(type(credentials)(users=credentials.users | added), founded.credentials)
    return users


async def _until_all_are_there(rehearsal: Rehearsal, controllers: int) -> None:
    async with asyncio.timeout(240):
        while True:
            total = rehearsal.standing.total()
            if total.connected == total.planned == controllers:
                return
            await asyncio.sleep(0.2)


def _write(file: Path, share: object) -> None:
    file.write_text(json.dumps(share))


@asynccontextmanager
async def _bare(file: Path, share: object) -> AsyncIterator[asyncio.subprocess.Process]:
    _write(file, share)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.bare_subscribers", str(file)),
        stdout=asyncio.subprocess.PIPE,
        limit=16_000_000,
    )
    try:
        assert (await _line_of(process))["event"] == "ready"
        yield process
    finally:
        process.terminate()
        await process.wait()


async def _line_of(process: asyncio.subprocess.Process) -> dict[str, list[int]]:
    assert process.stdout is not None
    async with asyncio.timeout(120):
        said: dict[str, list[int]] = json.loads(await process.stdout.readline())
    return said


def _now_us() -> int:
    return time.time_ns() // 1_000
