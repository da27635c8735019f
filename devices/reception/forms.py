"""In which form a programme comes: told by its first bytes, never by what a server calls it."""

from enum import StrEnum

HEAD_BYTES = 8_192
"""How much is looked at: a server may begin anywhere inside a frame."""

# ISO/IEC 11172-3 section 2.4.2.3: kbit/s by index, and Hz by index, of MPEG-1 and MPEG-2 layer III.
_KBPS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES_HZ = {
    0b11: (44_100, 48_000, 32_000),
    0b10: (22_050, 24_000, 16_000),
    0b00: (11_025, 12_000, 8_000),
}
_TS_PACKET_BYTES = 188


class Form(StrEnum):
    """The forms that are told apart; the names are those of ffmpeg's demuxers."""

    MP3 = "mp3"
    ADTS = "aac"
    TS = "mpegts"
    MP4 = "mp4"


def form_of(head: bytes) -> Form | None:
    """The form of a programme that begins like this; None for no sound that is known."""
    body = without_tag(head)
    if body[4:8] in {b"ftyp", b"styp", b"moof", b"sidx"}:
        return Form.MP4
    if _is_ts(body):
        return Form.TS
    for at in range(len(body) - 3):
        if body[at] == 0xFF and body[at + 1] & 0xE0 == 0xE0:
            if _is_followed(body, at, _mp3_frame_bytes(body[at : at + 4])):
                return Form.MP3
            if _is_followed(body, at, _adts_frame_bytes(body[at : at + 7])):
                return Form.ADTS
    return None


def without_tag(head: bytes) -> bytes:
    """The bytes behind an ID3v2 tag, whose size is four times seven bits."""
    if head[:3] != b"ID3" or len(head) < 10:
        return head
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return head[10 + size :]


def _is_ts(body: bytes) -> bool:
    return body[:1] == b"G" and body[_TS_PACKET_BYTES : _TS_PACKET_BYTES + 1] == b"G"


def _is_followed(body: bytes, at: int, frame_bytes: int | None) -> bool:
    """Whether where a frame would end another one begins: a lone header may be chance."""
    if frame_bytes is None:
        return False
    after = body[at + frame_bytes : at + frame_bytes + 2]
    return len(after) == 2 and after[0] == 0xFF and (after[1] ^ body[at + 1]) & 0xFE == 0


def _mp3_frame_bytes(header: bytes) -> int | None:
    version, layer = header[1] >> 3 & 0b11, header[1] >> 1 & 0b11
    rate_index, bitrate_index = header[2] >> 2 & 0b11, header[2] >> 4
    if layer != 0b01 or version not in _RATES_HZ or rate_index == 3 or bitrate_index in {0, 15}:
        return None
    is_first = version == 0b11
    bits = 144_000 if is_first else 72_000
    padding = header[2] >> 1 & 1
    rate_hz = _RATES_HZ[version][rate_index]
    return bits * _KBPS[is_first][bitrate_index] // rate_hz + padding


def _adts_frame_bytes(header: bytes) -> int | None:
    if len(header) < 7 or header[1] & 0xF6 != 0xF0:
        return None
    size = (header[3] & 0b11) << 11 | header[4] << 3 | header[5] >> 5
    return size if size > 7 else None
