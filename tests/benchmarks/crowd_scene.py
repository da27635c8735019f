"""Controllers of the real code and as many bare clients, behind one real Mosquitto.

Each pole has a disk of its own: theirs are in memory here, lest one disk is measured that two
thousand share.
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
from typing import Any

from devices.protocol import topics
from devices.protocol.credentials import (
    Credentials,
    Grants,
    credential_for,
    load_credentials,
    save_credentials,
)
from devices.simulation.crowd.words import Begin
from devices.simulation.rehearsal.processes import shared_out
from devices.simulation.rehearsal.rehearsal import Rehearsal
from devices.simulation.rehearsal.run import QUICK_DISK
from devices.simulation.rehearsal.stage import Company, beside, station_at
from devices.simulation.station.audio_server import serve_audio
from devices.simulation.station.founding import found, hand_out_identities
from tests.brokers import start_mosquitto

BARE_CLUSTER = "cum-tran"
"""Where the bare clients listen."""

PATIENCE_S = 240.0


@dataclass(slots=True)
class Scene:
    """Everybody at their places; how long it took the controllers and the bare clients."""

    company: Company
    rehearsal: Rehearsal
    bare: Sequence["BareClients"]
    connected_s: float

    @property
    def bare_connected_s(self) -> float:
        """The slower half's seconds, as both connect at the same time."""
        return max(each.connected_s for each in self.bare)


@dataclass(slots=True)
class BareClients:
    """One process of them."""

    process: asyncio.subprocess.Process
    connected_s: float = 0.0

    async def said(self) -> dict[str, Any]:
        """The next thing that it says."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            said: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return said


@asynccontextmanager
async def crowd_scene(controllers: int) -> AsyncIterator[Scene]:
    """So many controllers, connected and following a plan, and so many bare clients."""
    processes = os.cpu_count() or 1
    async with AsyncExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="loa-bench-", dir=QUICK_DISK))
        )
        audio = stack.enter_context(serve_audio())
        founded = found(folder, devices=controllers, clusters=1)
        users = add_bare_users(founded.credentials, station=founded.station, count=controllers)
        broker = start_mosquitto(founded.credentials, folder)
        stack.callback(broker.stop)
        hand_out_identities(founded, broker_url=broker.url, station_url=audio.url)
        station = station_at(founded, broker_url=broker.url)
        homes = [founded.fleet / each.device for each in founded.devices]
        rehearsal = Rehearsal(begins_of(homes, folder, processes=processes), folder=folder)
        await stack.enter_async_context(beside(station.line.run()))
        began_s = time.monotonic()
        await stack.enter_async_context(beside(*(each.run() for each in rehearsal.processes)))
        await _until_all_are_there(rehearsal, controllers)
        connected_s = time.monotonic() - began_s
        topic = topics.now(founded.station, BARE_CLUSTER)
        files = write_shares(folder, users, topic=topic, port=broker.port, processes=processes)
        bare = await stack.enter_async_context(bare_clients(files))
        yield Scene(Company(station, audio), rehearsal, bare, connected_s)


def add_bare_users(credentials: Path, *, station: str, count: int) -> list[tuple[str, str]]:
    """Logins for clients that hear one topic and say nothing."""
    grants = Grants(subscribe=(topics.now(station, BARE_CLUSTER),))
    users = [(f"nghe-{number:04}", "secret") for number in range(count)]
    added = {name: credential_for(secret, grants=grants) for name, secret in users}
    known = load_credentials(credentials).users
    save_credentials(Credentials(users=known | added), credentials)
    return users


def write_shares(
    folder: Path, users: Sequence[tuple[str, str]], *, topic: str, port: int, processes: int
) -> list[Path]:
    """A file for each process of bare clients."""
    files = [folder / f"bare-{number}.json" for number in range(processes)]
    for number, file in enumerate(files):
        share = {"port": port, "topic": topic, "users": dict(users[number::processes])}
        file.write_text(json.dumps(share))
    return files


def begins_of(homes: Sequence[Path], folder: Path, *, processes: int) -> list[Begin]:
    """What each process of controllers is told; what they fetch lies in `folder`."""
    return [
        Begin(
            homes=tuple(str(home) for home in share.homes),
            neighbours=tuple(share.neighbours),
            scratch=str(folder / f"audio-{number}"),
            journals=None,
            seed="1",
            began_s=time.time(),
            story=(),
        )
        for number, share in enumerate(shared_out(homes, among=processes))
    ]


async def _until_all_are_there(rehearsal: Rehearsal, controllers: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while rehearsal.standing.total().planned < controllers:
            rehearsal.told.clear()
            await rehearsal.told.wait()


@asynccontextmanager
async def bare_clients(files: Sequence[Path]) -> AsyncIterator[list[BareClients]]:
    """A process for each file, all of whose clients are subscribed."""
    clients: list[BareClients] = []
    try:
        for file in files:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.benchmarks.bare_subscribers", str(file)),
                stdout=asyncio.subprocess.PIPE,
                limit=16_000_000,
            )
            clients.append(BareClients(process))
        for each in clients:
            each.connected_s = (await each.said())["took_s"]
        yield clients
    finally:
        for each in clients:
            each.process.terminate()
            await each.process.wait()
