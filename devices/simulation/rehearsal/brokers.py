"""The broker of a rehearsal: ours as a child process, an installed Mosquitto, or another's.

Another's must be one of a rehearsal too: nothing simulated shall speak where real poles listen.
"""

import asyncio
import contextlib
import json
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

from devices.broker.running_mosquitto import PLACES
from devices.controller.mqtt_link import MqttLink, broker_address
from devices.errors import ContractViolation, MalformedMessage
from devices.orphans import end_with_parent
from devices.protocol import topics
from devices.protocol.jws import unverified_payload
from devices.protocol.messages import Status, decode
from devices.simulation.errors import BrokerRefused, RehearsalUnusable
from devices.simulation.station.founding import Founded

EMBEDDED, MOSQUITTO = "embedded", "mosquitto"
EMBEDDED_DEVICES = 200
"""Up to how many the embedded broker is recommended."""

STARTS_WITHIN_S = 20.0
ASKED_FOR_S = 2.0


def installed_mosquitto() -> str | None:
    """The program of an installed Mosquitto; None where there is none."""
    return shutil.which("mosquitto", path=PLACES)


def chosen_broker(asked: str | None, *, devices: int) -> str:
    """Which broker to use where none was named: ours for a commune, Mosquitto beyond."""
    if asked is not None:
        return asked
    if devices > EMBEDDED_DEVICES and installed_mosquitto() is not None:
        return MOSQUITTO
    return EMBEDDED


@asynccontextmanager
async def broker_for(founded: Founded, *, chosen: str) -> AsyncIterator[str]:
    """Yield the URL of a broker that knows the rehearsal's logins.

    Raises RehearsalUnusable or BrokerRefused.
    """
    if chosen == EMBEDDED:
        async with _embedded(founded) as url:
            yield url
    elif chosen == MOSQUITTO:
        async with _mosquitto(founded) as url:
            yield url
    else:
        await refuse_real_devices(chosen, founded)
        yield chosen


@asynccontextmanager
async def _embedded(founded: Founded) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "devices.broker", "--registry", str(founded.credentials)),
        *("--port", "0"),
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
        preexec_fn=end_with_parent,
    )
    try:
        line = await process.stdout.readline() if process.stdout else b""
        if not line:
            raise RehearsalUnusable("the embedded broker did not start")
        yield f"mqtt://127.0.0.1:{json.loads(line)['port']}"
    finally:
        await _end(process)


@asynccontextmanager
async def _mosquitto(founded: Founded) -> AsyncIterator[str]:
    if installed_mosquitto() is None:
        raise RehearsalUnusable("Mosquitto is not installed")
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "devices.broker.for_mosquitto", "--run", "--no-persistence"),
        *("--registry", str(founded.credentials), "--out", str(founded.folder / "mosquitto")),
        *("--port", str(port)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent,
    )
    try:
        await _wait_until_accepting(port, process)
        yield f"mqtt://127.0.0.1:{port}"
    finally:
        await _end(process)


async def refuse_real_devices(
    url: str, founded: Founded, *, patience_s: float = STARTS_WITHIN_S
) -> None:
    """Look at what is retained; raise BrokerRefused where a device that is not simulated spoke.

    Of a broker with an access list only our own station shows, which has no real devices.
    """
    address = broker_address(url, username=founded.station, password=founded.secret)
    looker = _Looker()
    line = MqttLink(address=address, status_topic=None, listener=looker, rng=Random())  # noqa: S311
    line.hear([f"{topics.VERSION}/+/from/+/{topics.Upward.STATUS}"])
    running = asyncio.create_task(line.run(), name="looking")
    try:
        async with asyncio.timeout(patience_s):
            await looker.seen.wait()
        await asyncio.sleep(ASKED_FOR_S)
    except TimeoutError as error:
        raise BrokerRefused(
            f"{url}: no login; let it read the users in {founded.credentials}"
        ) from error
    finally:
        running.cancel()
        await asyncio.wait({running})
    if looker.real:
        raise BrokerRefused(f"{url}: {', '.join(sorted(looker.real)[:5])}")


class _Looker:
    """Hears statuses, whoever signed them."""

    def __init__(self) -> None:
        self.seen = asyncio.Event()
        self.real: set[str] = set()

    def connected(self) -> None:
        self.seen.set()

    def receive(self, topic: str, payload: bytes) -> bool:
        with contextlib.suppress(ContractViolation, MalformedMessage):
            if payload and not decode(unverified_payload(payload), Status).simulated:
                self.real.add(topic)
        return True

    def last_will(self) -> bytes:
        return b""


async def _wait_until_accepting(port: int, process: asyncio.subprocess.Process) -> None:
    try:
        async with asyncio.timeout(STARTS_WITHIN_S):
            while True:
                if process.returncode is not None:
                    raise RehearsalUnusable("Mosquitto did not start")
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    return
                await asyncio.sleep(0.05)
    except TimeoutError as error:
        raise RehearsalUnusable("Mosquitto does not answer") from error


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
