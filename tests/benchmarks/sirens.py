"""From an emergency order's publication to the tone, against the same broker's bare fan-out.

Both in one run behind one real Mosquitto: as many controllers of the real code as bare clients, in
as many processes. Verifying a signature (60 to 100 µs) and deciding is work that poles do side by
side and that this machine does one after the other on its cores: it is inside the figure.
"""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from devices.protocol import topics
from devices.protocol.messages import Order, Priority, Tone
from devices.simulation.station.sounds import silence
from tests.benchmarks.comparison import Comparison
from tests.benchmarks.crowd_scene import BARE_CLUSTER, PATIENCE_S, Scene, crowd_scene

TONE_MS, WARNING_MS = 4_000, 2_000
SILENCE_S = 3.0
"""Between one round's sound and the next round."""

ORDER_BYTES = 900
"""About as long as an order for this moment."""


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


def sirens(*, controllers: int = 2_000, rounds: int = 7) -> Comparison:
    """Milliseconds until 99 of 100 poles sound: of several rounds the middle one each.

    Not the best: the bare clients' luckiest round is a third faster than any other.
    """
    tones, bare = asyncio.run(_measure(controllers, rounds=rounds))
    middle_tones, middle_bare = _middle(tones), _middle(bare)
    return Comparison(
        name="emergency to tone",
        work=(
            f"{controllers:,} controllers: {middle_tones}; bare: {middle_bare}; "
            f"load {os.getloadavg()[0]:.1f}"
        ),
        ours=middle_tones.p99_ms,
        baseline=middle_bare.p99_ms,
        unit="ms, p99",
        against=f"the same Mosquitto's fan-out to {controllers:,} bare clients",
        ratios=[ours.p99_ms / least.p99_ms for ours, least in zip(tones, bare, strict=True)],
    )


def _middle(rounds: Sequence[Spread]) -> Spread:
    return sorted(rounds, key=lambda each: each.p99_ms)[len(rounds) // 2]


async def _measure(controllers: int, *, rounds: int) -> tuple[list[Spread], list[Spread]]:
    tones: list[Spread] = []
    bare: list[Spread] = []
    async with crowd_scene(controllers) as scene:
        for number in range(rounds):
            bare.append(spread_of(await shout(scene)))
            tones.append(spread_of(await sound(scene, number)))
            await asyncio.sleep((TONE_MS + WARNING_MS) / 1_000 + SILENCE_S)
    return tones, bare


async def shout(scene: Scene) -> list[int]:
    """Publish to the bare clients; how late each heard it, in microseconds."""
    station = scene.company.station
    published_us = _now_us()
    station.line.publish(topics.now(station.founded.station, BARE_CLUSTER), bytes(ORDER_BYTES))
    heard = [(await each.said())["at_us"] for each in scene.bare]
    return [at_us - published_us for each in heard for at_us in each]


async def sound(scene: Scene, number: int) -> list[int]:
    """Order an emergency of all; how late each let its tone sound, in microseconds."""
    station = scene.company.station
    warning = scene.company.audio.add(silence(WARNING_MS, title=f"khan cap {number}"))
    at_ms = station.now_ms
    order = Order(
        id=f"khan-cap-{number}",
        broadcast="khan-cap",
        priority=Priority.EMERGENCY,
        starts_at_ms=at_ms,
        not_after_ms=at_ms + 60_000,
        items=(warning.item,),
        tone=Tone(duration_ms=TONE_MS),
    )
    published_us = _now_us()
    station.order_now(order)
    seats = scene.rehearsal.standing.seats
    async with asyncio.timeout(PATIENCE_S):
        while any(seat.tone_us < published_us for seat in seats.values()):
            scene.rehearsal.told.clear()
            await scene.rehearsal.told.wait()
    return [seat.tone_us - published_us for seat in seats.values()]


def _now_us() -> int:
    return time.time_ns() // 1_000
