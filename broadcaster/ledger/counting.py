"""Counting what was heard of a play: samples that left a sink, over all its stretches of sound."""

from collections import defaultdict
from collections.abc import Sequence

from devices.protocol.messages import Confirmation


def played_ms_of(said: Confirmation, *, asked_ms: int) -> int:
    """Milliseconds whose samples left the sink, as counted there; never more than was asked."""
    if said.samples is None or said.sample_rate_hz is None:
        return 0
    return min(said.samples * 1_000 // said.sample_rate_hz, asked_ms)


def all_played_ms(words: Sequence[tuple[str, Confirmation]], *, asked_ms: int) -> int:
    """Milliseconds counted over all stretches of a play, by epoch; never more than was asked.

    A device's counts run on over the cuts that it resumes from, and begin anew after a restart: so
    counts over the same time are one count told twice, of which the larger stands, and counts over
    separate times add up. Two journals that claim one play do not: the larger counts.
    """
    if len(words) == 1:
        return played_ms_of(words[0][1], asked_ms=asked_ms)
    stretches: dict[str, list[Confirmation]] = defaultdict(list)
    for epoch, said in words:
        if played_ms_of(said, asked_ms=asked_ms):
            stretches[epoch].append(said)
    sums = [_sum_ms(said, asked_ms=asked_ms) for said in stretches.values()]
    return min(max(sums, default=0), asked_ms)


def _sum_ms(stretches: Sequence[Confirmation], *, asked_ms: int) -> int:
    timed = [said for said in stretches if said.first_sample_at_us is not None]
    if len(timed) < len(stretches):
        return max(played_ms_of(said, asked_ms=asked_ms) for said in stretches)
    total_ms, largest_ms, reached_us = 0, 0, -1
    for said in sorted(timed, key=lambda each: each.first_sample_at_us or 0):
        first_us = said.first_sample_at_us or 0
        if first_us >= reached_us:
            total_ms, largest_ms = total_ms + largest_ms, 0
        largest_ms = max(largest_ms, played_ms_of(said, asked_ms=asked_ms))
        reached_us = max(reached_us, said.last_sample_at_us or first_us + largest_ms * 1_000)
    return total_ms + largest_ms
