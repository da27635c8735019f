"""Music between the words: calm plucked strings, as long as asked, made here and owned by nobody.

Each bar is drawn from the seed and its own number, so an hour of it needs the memory of one bar,
and a longer interlude begins with the very notes of a shorter one.
"""

import hashlib
from array import array
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from sys import byteorder

from playlists.audio.pcm import BYTES_PER_SAMPLE, Pcm
from playlists.own_sounds.notes import STRING, mixed, note, pitch_hz, silence

STEP_MS = 300
STEPS_A_BAR = 8
NOTE_MS = 2_100
FADE_IN_MS = 1_500
FADE_OUT_MS = 2_500
TONICS_HZ = (329.63, 349.23, 369.99, 392.00)
# The degree on which each of four bars stands; the fourth comes home.
ROOTS = (0, 3, 1, 0)
# Degrees over the root, on the even steps of a bar.
ARPEGGIOS = ((0, 2, 4, 2), (0, 3, 2, 4), (0, 2, 3, 5), (0, 4, 2, 3))
HIGHEST_DEGREE = 9
# A note above on an odd step, about as often as not one bar in two.
MELODY_CHANCE = 60
SOFT, FIRM = 6_000, 8_400


def interlude(duration_ms: int, *, seed: str, sample_rate_hz: int) -> Pcm:
    """Music of exactly this length that fades in and out."""
    blocks = interlude_blocks(duration_ms, seed=seed, sample_rate_hz=sample_rate_hz)
    return Pcm(samples=b"".join(blocks), sample_rate_hz=sample_rate_hz)


def interlude_blocks(duration_ms: int, *, seed: str, sample_rate_hz: int) -> Iterator[bytes]:
    """The same music a bar at a time, for what is too long to hold. Raises ValueError."""
    if duration_ms < 0:
        raise ValueError("music lasts no less than nothing")
    frames = sample_rate_hz * duration_ms // 1000
    first = 0
    for bar in _bars(seed, rate_hz=sample_rate_hz):
        if first >= frames:
            return
        block = bar[: BYTES_PER_SAMPLE * (frames - first)]
        yield _faded(block, first=first, frames=frames, rate_hz=sample_rate_hz)
        first += len(block) // BYTES_PER_SAMPLE


def _bars(seed: str, *, rate_hz: int) -> Iterator[bytes]:
    """Bars without end; what rings on from one sounds in the next."""
    bar = silence(rate_hz * STEP_MS * STEPS_A_BAR // 1000, rate_hz=rate_hz).samples
    ringing = silence(rate_hz * NOTE_MS // 1000, rate_hz=rate_hz).samples
    tonic_hz = TONICS_HZ[_draws(seed, 0)[0] % len(TONICS_HZ)]
    for number in count():
        notes = (
            (
                at * STEP_MS,
                _plucked(pitch_hz(degree, tonic_hz=tonic_hz), amplitude=amplitude, rate_hz=rate_hz),
            )
            for at, degree, amplitude in _notes(number, seed=seed)
        )
        played = mixed(Pcm(samples=ringing + bar, sample_rate_hz=rate_hz), notes).samples
        yield played[: len(bar)]
        ringing = played[len(bar) :]


def _notes(number: int, *, seed: str) -> Iterator[tuple[int, int, int]]:
    """Step, degree and amplitude of every note of one bar."""
    draws = iter(_draws(seed, number + 1))
    root = ROOTS[number % len(ROOTS)]
    arpeggio = ARPEGGIOS[next(draws) % len(ARPEGGIOS)]
    for at, over in zip(range(0, STEPS_A_BAR, 2), arpeggio, strict=True):
        yield at, root + over, FIRM if at == 0 else SOFT
    above = 5 + next(draws) % 3
    for at in range(1, STEPS_A_BAR, 2):
        chance, move = next(draws), next(draws) % 3 - 1
        if chance < MELODY_CHANCE:
            above = min(HIGHEST_DEGREE, max(5, above + move))
            yield at, above, SOFT


def _draws(seed: str, number: int) -> bytes:
    return hashlib.sha256(f"interlude {number} {seed}".encode()).digest()


@lru_cache(maxsize=64)
def _plucked(pitch: float, *, amplitude: int, rate_hz: int) -> Pcm:
    return note(pitch, instrument=STRING, amplitude=amplitude, duration_ms=NOTE_MS, rate_hz=rate_hz)


def _faded(block: bytes, *, first: int, frames: int, rate_hz: int) -> bytes:
    """Lets the music come and go; in a short one the fades take a third each."""
    rising = min(rate_hz * FADE_IN_MS // 1000, frames // 3)
    falling = min(rate_hz * FADE_OUT_MS // 1000, frames // 3)
    last = first + len(block) // BYTES_PER_SAMPLE
    if first >= rising and last <= frames - falling:
        return block
    samples = array("h", block)
    if byteorder == "big":
        samples.byteswap()
    for n in range(len(samples)):
        coming, going = first + n, frames - 1 - first - n
        samples[n] = samples[n] * min(coming, rising) // max(1, rising)
        samples[n] = samples[n] * min(going, falling) // max(1, falling)
    if byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
