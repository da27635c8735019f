"""Signed messages as they are kept: a third of their size, and restored to the byte.

A JWS is base64url of JSON, and most of that JSON is the same words again. What is kept is the
signature as it is, then header and payload deflated with the words below known beforehand, then a
checksum, so that no octet can be changed unseen. The first octet says how: rows from before it was
done, and what is no such message, are kept as they came.
"""

import binascii
import zlib
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

LIMIT_BYTES = 262_144
"""No message is longer (`devices.protocol`); nothing is inflated beyond it."""

_AS_IT_CAME, _DEFLATED = b"\0", b"\1"
_SIGNATURE_OCTETS, _CHECK_OCTETS = 64, 4
_DEFLATED_FROM = 1 + _SIGNATURE_OCTETS
_WINDOW_BITS, _MEMORY, _LEVEL = 12, 4, 6
_TO_URL, _FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_", b"+/")

# What is deflated with other words cannot be read: a better list is another first octet, and this
# one stays. The likeliest stand last, where they are named by the fewest bits.
_WORDS_1 = (
    rb",\"code\":\"no_sound\",\"code\":\"hash_mismatch\",\"code\":\"expired\",\"code\":\"relay\""
    rb"\"kind\":\"rejected\"\"kind\":\"failed\"\"kind\":\"skipped\"\"kind\":\"stopped\""
    rb"\"kind\":\"cut\"\"kind\":\"resumed\"\"kind\":\"tone_started\",\"position_ms\":0"
    rb",\"repeat\":1,\"cue\":0,\"item\":1"
    rb",\"sink\":\"alsa\",\"sink\":\"null\""
    rb'{"alg":"EdDSA","kid":"0123456789abcdef","typ":"loa-confirm"}'
    b"\0"
    rb'{"kind":"confirm","v":1,"station":"st-","device":"dev-","epoch":"0123456789abcdef","first":'
    rb'1,"entries":["{\"seq\":1,\"prev\":\"0123456789abcdef\",\"kind\":\"cached\",\"at_ms\":17'
    rb'00000000000,\"order\":\"ord-\"}","{\"seq\":2,\"prev\":\"0123456789abcdef\",'
    rb"\"kind\":\"item_started\",\"at_ms\":1800000000000,\"order\":\"ord-\",\"plan_version\":17"
    rb',\"item\":0,\"first_sample_at_us\":1800000000000000,\"simulated\":true}","{\"seq\":'
    rb"3,\"prev\":\"0123456789abcdef\",\"kind\":\"finished\",\"at_ms\":1800000000000,\"order\":\""
    rb"ord-\",\"first_sample_at_us\":18,\"last_sample_at_us\":18,\"samples\":1440000,"
    rb'\"sample_rate_hz\":24000}","{\"seq\":4,\"prev\":\"0123456789abcdef\",\"kind\":\"received\"'
    rb",\"kind\":\"started\",\"at_ms\":17,\"at_ms\":18,\"order\":\"ord-"
    rb'\",\"simulated\":true}"],"sent_at_ms":17"}"],"sent_at_ms":18'
    rb',"clock":{"offset_ms":0,"uncertainty_ms":5,"source":"ntp"}},"clock":{}}'
)


class Parts(NamedTuple):
    """A message taken apart: what header and payload say, the octets signed, and the signature."""

    header: bytes
    payload: bytes
    signed: bytes
    signature: bytes


class SignedMessageColumn(TypeDecorator[bytes]):
    """The exact octets of a signed message; what cannot be restored is read as it is kept."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Keep a message."""
        return None if value is None else packed(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bytes | None:  # noqa: ANN401, ARG002
        """Read a message, as it came."""
        return None if value is None else restored(value)


def packed(message: bytes) -> bytes:
    """How a message is kept. Whatever it is, `restored` gives exactly the same octets again."""
    return _deflated(message) or _AS_IT_CAME + message


def restored(kept: bytes | str) -> bytes:
    """The message as it came; octets that were spoilt come out as they are, and verify nowhere."""
    return taken_apart(kept)[0]


def taken_apart(kept: bytes | str) -> tuple[bytes, Parts | None]:
    """The message as it came; and its parts, where they had to be put together to make it."""
    octets = kept.encode() if isinstance(kept, str) else kept
    how = octets[:1]
    if how == _AS_IT_CAME:
        return octets[1:], None
    if how != _DEFLATED:
        return octets, None
    # One after the other and not by functions: this is done for every message that is verified.
    ends = len(octets) - _CHECK_OCTETS
    inflating = _inflating().copy()
    try:
        if binascii.crc32(octets[:ends]) != int.from_bytes(octets[ends:], "big"):
            return octets, None
        both = inflating.decompress(octets[_DEFLATED_FROM:ends], LIMIT_BYTES)
    except zlib.error:
        return octets, None
    header, found, payload = both.partition(b"\0")
    if not found or not inflating.eof or inflating.unused_data:
        return octets, None
    signature = octets[1:_DEFLATED_FROM]
    said = binascii.b2a_base64(payload, newline=False).translate(_TO_URL).rstrip(b"=")
    signed = b"%b.%b" % (_encode_header(header), said)
    return b"%b.%b" % (signed, _encode(signature)), Parts(header, payload, signed, signature)


def _deflated(message: bytes) -> bytes | None:
    parts = message.split(b".")
    if len(parts) != 3 or len(message) > LIMIT_BYTES:
        return None
    try:
        header, payload, signature = (_decode(part) for part in parts)
    except binascii.Error:
        return None
    if len(signature) != _SIGNATURE_OCTETS or b"\0" in header:
        return None
    if b"%b.%b.%b" % (_encode(header), _encode(payload), _encode(signature)) != message:
        return None  # Another spelling of base64 than the one that is written.
    return packed_parts(header, payload, signature)


def packed_parts(header: bytes, payload: bytes, signature: bytes) -> bytes:
    """How a message is kept that was read already: what its parts say in their one spelling."""
    deflating = _deflating().copy()
    deflated: bytes = deflating.compress(header + b"\0" + payload) + deflating.flush()
    kept = _DEFLATED + signature + deflated
    return kept + _check_of(kept)


def _check_of(octets: bytes) -> bytes:
    return zlib.crc32(octets).to_bytes(_CHECK_OCTETS, "big")


@cache
def _inflating() -> Any:  # noqa: ANN401 - the library does not name its type
    """The same for the way back."""
    return zlib.decompressobj(-_WINDOW_BITS, _WORDS_1)


@cache
def _deflating() -> Any:  # noqa: ANN401 - the library does not name its type
    """One that has read the words already; to be copied."""
    return zlib.compressobj(
        _LEVEL, zlib.DEFLATED, -_WINDOW_BITS, _MEMORY, zlib.Z_DEFAULT_STRATEGY, _WORDS_1
    )


@lru_cache(maxsize=8_192)
def _encode_header(header: bytes) -> bytes:
    """The same ones again and again: one for each key."""
    return _encode(header)


def _encode(raw: bytes) -> bytes:
    return binascii.b2a_base64(raw, newline=False).translate(_TO_URL).rstrip(b"=")


def _decode(part: bytes) -> bytes:
    return binascii.a2b_base64(part.translate(_FROM_URL) + b"=" * (-len(part) % 4))
