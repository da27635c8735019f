"""Frames of live speech to samples: each by itself, and yet without a seam between two of them.

An MP3 frame sounds into the one after it. So each frame of a stream is decoded behind the last MP3
frames of the one before, whose own samples are left out: what remains is, to the bit, what one
decoder makes of the whole. Nothing has to be kept between two frames, and one that was lost costs
no more than itself. All poles of one machine hear the same: it is decoded once for them.
"""

from functools import lru_cache

from devices.controller.mp3 import BYTES_PER_SAMPLE, frame_bytes, rate_of
from devices.controller.sound.miniaudio_library import miniaudio
from devices.errors import LiveUndecodable
from devices.protocol.orders import mp3_frame_samples

OVERLAP = 2
"""How many MP3 frames before it a frame is decoded behind."""


def tail_of(mp3: bytes) -> bytes:
    """The last MP3 frames of a frame that was heard, for `decode_frame` of the next one."""
    frames = _split(mp3)
    return b"".join(frames[-OVERLAP:])


@lru_cache(maxsize=64)
def decode_frame(mp3: bytes, *, before: bytes, rate_hz: int, samples: int, sink_hz: int) -> bytes:
    """A frame's samples, mono, at `sink_hz`; raise LiveUndecodable.

    It holds `samples` at `rate_hz`, or it is none. `before` is the tail of the frame that was
    heard just before it; empty where there was none.
    """
    frames = _split(mp3)
    if len(frames) * mp3_frame_samples(rate_hz) != samples:
        raise LiveUndecodable(f"{len(frames)} MP3 frames for {samples} samples")
    if any(rate_of(frame[:4]) != rate_hz for frame in frames):
        raise LiveUndecodable(f"not {rate_hz} Hz")
    try:
        decoded = miniaudio.decode(
            before + mp3,
            output_format=miniaudio.SampleFormat.SIGNED16,
            nchannels=1,
            sample_rate=sink_hz,
        )
    except miniaudio.DecodeError as error:
        raise LiveUndecodable(str(error)) from error
    size = samples * sink_hz // rate_hz * BYTES_PER_SAMPLE
    pcm: bytes = decoded.samples.tobytes()
    return pcm[-size:].rjust(size, b"\0")


def _split(mp3: bytes) -> list[bytes]:
    """Its MP3 frames; raise LiveUndecodable for anything else."""
    frames: list[bytes] = []
    at = 0
    while at < len(mp3):
        size = frame_bytes(mp3[at : at + 4])
        if size is None or at + size > len(mp3):
            raise LiveUndecodable("no whole MP3 frames")
        frames.append(mp3[at : at + size])
        at += size
    return frames
