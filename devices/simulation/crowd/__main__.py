"""`python -m devices.simulation.crowd`: one process of a rehearsal, driven by its standard input.

It ends, with goodbyes, when its input does; whoever started it may have been killed.
"""

import asyncio
import contextlib
import gc
import os
import resource
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import msgspec

from devices.controller.link import Link, Listener
from devices.controller.logs import log_to_stderr
from devices.controller.mqtt_link import MqttLink, broker_address
from devices.errors import DevicesError
from devices.protocol import topics
from devices.protocol.identity import Identity
from devices.simulation.crowd.crowd import Crowd
from devices.simulation.crowd.hall import Hall
from devices.simulation.crowd.loop import fair_loop
from devices.simulation.crowd.words import (
    AddFaults,
    Begin,
    Ready,
    RemoveFaults,
    Seats,
    Switch,
    line_of,
    read_down,
)

TOLD_EVERY_S = 0.5
LINE_LIMIT_BYTES = 64_000_000
YOUNG_OBJECTS = (200_000, 20, 20)
"""An emergency makes fifty objects a device: so many are not looked through in its middle."""
CONNECTORS = 16
"""Connecting blocks a thread each; a broker's queue of unaccepted connections is short."""


def main() -> int:
    """Run until the input ends; 2 when the seats cannot be taken."""
    level = sys.argv[1] if len(sys.argv) > 1 else "warning"
    log_to_stderr(level=level)
    _allow_many_files()
    # Ctrl-C reaches the whole group of processes; the one that started us decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with asyncio.Runner(loop_factory=fair_loop) as runner:
            runner.run(_serve())
    except DevicesError as error:
        sys.stderr.write(f"{error.message_vi} / {error.message_en} ({error.detail})\n")
        return 2
    return 0


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(CONNECTORS, thread_name_prefix="connect"))
    reader = asyncio.StreamReader(limit=LINE_LIMIT_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    first = await reader.readline()
    if not first:
        return
    begin = msgspec.json.decode(first, type=Begin)
    hall = Hall(
        scratch=Path(begin.scratch),
        journals=Path(begin.journals) if begin.journals is not None else None,
    )
    crowd = Crowd(begin, hall=hall, connect=_connect)
    _say(line_of(Ready(devices=len(crowd.devices))))
    running = asyncio.create_task(crowd.run(elapsed_s=time.time() - begin.began_s), name="crowd")
    telling = asyncio.create_task(_tell(crowd), name="telling")
    obeying = asyncio.create_task(_obey(crowd, reader), name="obeying")
    await asyncio.wait({running, telling, obeying}, return_when=asyncio.FIRST_COMPLETED)
    if not running.done():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(3.0):
                await crowd.leave()
    for task in (running, telling, obeying):
        task.cancel()
    await asyncio.gather(running, telling, obeying, return_exceptions=True)
    if not running.cancelled():
        running.result()


async def _obey(crowd: Crowd, reader: asyncio.StreamReader) -> None:
    while line := await reader.readline():
        match read_down(line):
            case AddFaults() as asked:
                crowd.add(asked)
            case RemoveFaults() as asked:
                crowd.remove(asked)
            case Switch() as asked:
                crowd.switch(asked)
            case Begin():
                continue


async def _tell(crowd: Crowd) -> None:
    is_settled = False
    while True:
        await asyncio.sleep(TOLD_EVERY_S)
        if not is_settled and crowd.has_settled:
            is_settled = True
            _leave_to_stand()
        told = Seats(
            seats=tuple(crowd.news()),
            resident_bytes=_resident_bytes(),
            cpu_s=round(time.process_time(), 3),
        )
        _say(line_of(told))


def _leave_to_stand() -> None:
    """Have what stands looked through for garbage no more.

    A thousand devices are millions of objects: each look through all of them would hold everybody
    up for a third of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*YOUNG_OBJECTS)


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def _connect(identity: Identity, listener: Listener, rng: Random) -> Link:
    return MqttLink(
        address=broker_address(
            identity.broker_url,
            username=identity.broker_username,
            password=identity.broker_password,
            ca_pem=identity.ca_pem,
        ),
        status_topic=topics.from_device(identity.station, identity.device, topics.Upward.STATUS),
        listener=listener,
        rng=rng,
    )


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _allow_many_files() -> None:
    """A socket, a lock and a journal of three files for each device."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    sys.exit(main())
