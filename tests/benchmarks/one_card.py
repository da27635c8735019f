"""`python -m tests.benchmarks.one_card AT_US`: one sink on an ALSA card of its own plays at AT_US.

Prints by how many microseconds the first sample left the card late, and what the sink said.
"""

import asyncio
import sys
import tempfile
from array import array
from pathlib import Path

from devices.controller.clock import SystemClock
from devices.controller.sound.card import RATE_HZ, MiniaudioCard
from devices.controller.sound.card_sink import CardSink
from tests.devices.controller.sound.alsa_card import AlsaCard, alsa_card

SAMPLES = RATE_HZ // 2


async def play(card: AlsaCard, *, at_us: int) -> tuple[int, int]:
    """Play half a second; return how late it left, and how late it is said to have left."""
    clock = SystemClock()
    sink = CardSink(card=MiniaudioCard(clock=clock), clock=clock)
    try:
        stream = sink.open(sample_rate_hz=RATE_HZ)
        await stream.begin(at_us=at_us)
        await stream.write(array("h", [9_000] * SAMPLES).tobytes())
        await stream.drain()
        heard = await card.has_let_out(SAMPLES)
        return heard[0][0] - at_us, (stream.played().first_sample_at_us or 0) - at_us
    finally:
        await sink.close()


def main() -> int:
    """Play, and say when it was heard."""
    at_us = int(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="loa-card-") as name, alsa_card(Path(name)) as card:
        heard_us, said_us = asyncio.run(play(card, at_us=at_us))
    sys.stdout.write(f"{heard_us} {said_us}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
