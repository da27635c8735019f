"""MP3 to samples: mono, 16 bits, decoded piece by piece so that memory stays small."""

from collections.abc import Iterator
from pathlib import Path

from devices.controller.sound.miniaudio_library import miniaudio
from devices.errors import AudioUndecodable

BYTES_PER_SAMPLE = 2
_SEARCHED_BYTES = 65_536
# ISO/IEC 11172-3 section 2.4.2.3 and ISO/IEC 13818-3: sampling frequency by version and index.
_RATES_HZ = {
    0b11: (44_100, 48_000, 32_000),
    0b10: (22_050, 24_000, 16_000),
    0b00: (11_025, 12_000, 8_000),
}
# The same, bit rate by index; index 0 is of any length, and is not taken.
_KBIT_S = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBIT_S_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def sample_rate_hz(path: Path) -> int:
    """The sampling frequency that the first frame's header states; raise AudioUndecodable."""
    with path.open("rb") as file:
        head = file.read(_SEARCHED_BYTES)
    start = _after_id3(head)
    for at in range(start, len(head) - 3):
        rate_hz = rate_of(head[at : at + 4])
        if rate_hz is not None:
            return rate_hz
    raise AudioUndecodable(f"no frame in {path.name}")


def decode(path: Path, *, rate_hz: int, chunk_ms: int, skip_samples: int = 0) -> Iterator[bytes]:
    """Yield the samples of a file, mono, at `rate_hz`, in chunks; raise AudioUndecodable.

    The first `skip_samples` of them, counted at `rate_hz`, are left out.
    """
    frames = rate_hz * chunk_ms // 1_000
    try:
        for samples in miniaudio.stream_file(
            str(path),
            nchannels=1,
            sample_rate=rate_hz,
            frames_to_read=frames,
            seek_frame=skip_samples,
        ):
            yield samples.tobytes()
    except miniaudio.MiniaudioError as error:
        raise AudioUndecodable(path.name) from error


def probe(path: Path) -> None:
    """Raise AudioUndecodable unless the file begins with sound that can be decoded."""
    chunks = decode(path, rate_hz=sample_rate_hz(path), chunk_ms=100)
    if not next(chunks, b""):
        raise AudioUndecodable(f"no sound in {path.name}")


def frame_bytes(header: bytes) -> int | None:
    """How long the layer III frame is that these four bytes begin; None when they begin none."""
    rate_hz = rate_of(header) if len(header) == 4 else None
    bitrate_index = header[2] >> 4 if rate_hz else 0
    if rate_hz is None or bitrate_index == 0:
        return None
    is_first_version = header[1] >> 3 & 0b11 == 0b11
    kbit_s = (_KBIT_S if is_first_version else _KBIT_S_LOW)[bitrate_index]
    padding = header[2] >> 1 & 1
    return (144 if is_first_version else 72) * kbit_s * 1_000 // rate_hz + padding


def _after_id3(head: bytes) -> int:
    """Where sound begins behind an ID3v2 tag, whose size is four times seven bits."""
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def rate_of(header: bytes) -> int | None:
    """The rate in a layer III frame header; None when these four bytes are none."""
    if header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    rates = _RATES_HZ.get(header[1] >> 3 & 0b11)
    bitrate_index, rate_index = header[2] >> 4, header[2] >> 2 & 0b11
    if rates is None or rate_index == 3 or bitrate_index == 15:
        return None
    return rates[rate_index]
