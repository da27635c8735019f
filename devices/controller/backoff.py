"""Exponential back-off with jitter, so that a commune's poles do not come back all at once."""

from random import Random


def backoff_s(attempt: int, *, first_s: float, cap_s: float, rng: Random) -> float:
    """Seconds to wait after failed attempt number `attempt` (0 is the first).

    Doubles up to the cap, then takes a random point in the upper half.
    """
    longest = min(cap_s, first_s * 2.0 ** min(attempt, 30))
    return longest * (0.5 + rng.random() / 2)
