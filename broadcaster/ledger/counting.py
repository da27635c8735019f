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

    A play that was cut and went on states each stretch by itself, and they add up, as far as they
    do not lie over one another. Two journals that claim one play do not add up: the larger counts.
    """
    stretches: dict[str, list[Confirmation]] = defaultdict(list)
    for epoch, said in words:
        if played_ms_of(said, asked_ms=asked_ms):
            stretches[epoch].append(said)
    sums = [_sum_ms(said, asked_ms=asked_ms) for said in stretches.values()]
    return min(max(sums, default=0), asked_ms)


def _sum_ms(stretches: Sequence[Confirmation], *, asked_ms: int) -> int:
    longest = max(played_ms_of(said, asked_ms=asked_ms) for said in stretches)
    counted = sum(played_ms_of(said, asked_ms=asked_ms) for said in stretches)
    heard_us = _union_us(stretches)
    if heard_us is None:
        return longest
    return max(longest, min(counted, heard_us // 1_000))


def _union_us(stretches: Sequence[Confirmation]) -> int | None:
    """How long at least one of the stretches lasted, in µs; None where one does not say when."""
    intervals = sorted(
        (said.first_sample_at_us, said.last_sample_at_us)
        for said in stretches
        if said.first_sample_at_us is not None and said.last_sample_at_us is not None
    )
    if len(intervals) < len(stretches):
        return None
    total, reached = 0, 0
    for first, last in intervals:
        total += max(0, last - max(first, reached))
        reached = max(reached, last)
    return total
