"""The whole chain on either broker, and how that broker is killed and had back empty.

Neither keeps anything over its restart: what was retained and what was under way is gone.
"""

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from broadcaster.demo.commune import COMMUNE, DemoVillage
from tests.brokers import RunningBroker, free_port, start_mosquitto
from tests.chain import Chain, founded_chain


class Broker(StrEnum):
    """The brokers that a station is tried on."""

    EMBEDDED = "embedded"
    MOSQUITTO = "mosquitto"


@dataclass(frozen=True, slots=True)
class OnBroker:
    """A founded station, and how to kill its broker and have it back with nothing in it."""

    chain: Chain
    restart_broker: Callable[[], None]


@contextmanager
def chain_on(
    broker: Broker,
    folder: Path,
    *,
    lead_s: float,
    commune: Mapping[str, Sequence[DemoVillage]] = COMMUNE,
) -> Iterator[OnBroker]:
    """A station founded in a folder on this broker; nothing of the station runs yet."""
    opened = _on_embedded if broker is Broker.EMBEDDED else _on_mosquitto
    with opened(folder, lead_s=lead_s, commune=commune) as on:
        yield on


@contextmanager
def _on_embedded(
    folder: Path, *, lead_s: float, commune: Mapping[str, Sequence[DemoVillage]]
) -> Iterator[OnBroker]:
    """On the broker that the station brings along; its supervisor starts it again."""
    with founded_chain(folder / "state", lead_s=lead_s, commune=commune) as chain:
        yield OnBroker(chain, restart_broker=lambda: chain.kill("broker"))


@contextmanager
def _on_mosquitto(
    folder: Path, *, lead_s: float, commune: Mapping[str, Sequence[DemoVillage]]
) -> Iterator[OnBroker]:
    """On a Mosquitto without persistence, configured from the same registry."""
    port, started = free_port(), list[RunningBroker]()

    def start(registry: Path) -> str:
        started.append(start_mosquitto(registry, folder, port=port))
        return started[-1].url

    def restart() -> None:
        started[-1].stop(signal_number=signal.SIGKILL)
        start(started[-1].registry)

    with ExitStack() as ending:
        ending.callback(lambda: [each.stop() for each in started])
        chain = ending.enter_context(
            founded_chain(folder / "state", broker=start, lead_s=lead_s, commune=commune)
        )
        yield OnBroker(chain, restart_broker=restart)
