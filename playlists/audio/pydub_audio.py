"""The one place that imports pydub, so that what it says while importing is heard by nobody.

It warns of its own syntax, of audioop's leaving Python, and of an ffmpeg missing on PATH; ours
comes from `playlists.audio.ffmpeg`, and pydub is never asked to run one.
"""

import warnings

from playlists.audio.pcm import BYTES_PER_SAMPLE, Pcm

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

__all__ = ["AudioSegment", "from_pcm", "to_pcm"]


def from_pcm(pcm: Pcm) -> AudioSegment:
    """Our samples as pydub holds them."""
    return AudioSegment(
        data=pcm.samples,
        sample_width=BYTES_PER_SAMPLE,
        frame_rate=pcm.sample_rate_hz,
        channels=1,
    )


def to_pcm(segment: AudioSegment) -> Pcm:
    """The samples of pydub as ours; one channel of 16 bits goes in and comes out."""
    return Pcm(samples=bytes(segment.raw_data), sample_rate_hz=int(segment.frame_rate))
