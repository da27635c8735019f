"""Live speech: keys wrapped for this device and for others, and frames good and bad."""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
from nacl import bindings
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey

from devices.protocol.contract.vectors.keys import (
    DEVICE,
    DEVICE_KEY,
    NOW_MS,
    OTHER_DEVICE,
    OTHER_STATION,
    STATION,
)
from devices.protocol.contract.vectors.shapes import told
from devices.protocol.live import FRAME_LIMIT_BYTES, SIGNATURE_BYTES, Stream, hkdf_sha256
from devices.protocol.orders import Live

Case = dict[str, Any]

FRAME_SAMPLES, RATE_HZ = 1_152, 24_000
FRAME_MS = 48
BEGINS_AT_MS = NOW_MS - 60_000
PRESENT = 60_000 // FRAME_MS + 1
"""The number of the frame that belongs to the reader's present moment."""

# Two MPEG-2 layer III frames of silence, mono, 24 kHz, 32 kbit/s.
SILENCE = (bytes((0xFF, 0xF3, 0x44, 0xC4)) + bytes(92)) * 2


def _secret(name: str) -> bytes:
    return hashlib.sha256(f"loa vectors: live {name}".encode()).digest()


STREAM = Stream(
    name=_secret("stream")[:16],
    session=_secret("session"),
    ephemeral=_secret("ephemeral"),
    signer=SigningKey(_secret("signer")),
)
OTHER_STREAM = Stream(
    name=_secret("other stream")[:16],
    session=STREAM.session,
    ephemeral=STREAM.ephemeral,
    signer=STREAM.signer,
)


def live_of(*, station: str = STATION, device: str = DEVICE, key: SigningKey = DEVICE_KEY) -> Live:
    """Live speech that one device may hear."""
    return STREAM.live(
        station=station,
        hearers={device: key.verify_key},
        duration_ms=600_000,
        rate_hz=RATE_HZ,
        frame_samples=FRAME_SAMPLES,
    )


def live() -> dict[str, object]:
    """All of them, as CONTRACT.md 23.1 describes."""
    return {
        "hkdf": _hkdf(),
        "device_x25519": {
            "private": bindings.crypto_sign_ed25519_sk_to_curve25519(
                bytes(DEVICE_KEY) + bytes(DEVICE_KEY.verify_key)
            ).hex(),
            "public": bindings.crypto_sign_ed25519_pk_to_curve25519(
                bytes(DEVICE_KEY.verify_key)
            ).hex(),
        },
        "ephemeral_private": STREAM.ephemeral.hex(),
        "signer_seed": STREAM.signer.encode(HexEncoder).decode(),
        "wrapped": list(_wrapped()),
        "begins_at_ms": BEGINS_AT_MS,
        "last_taken": PRESENT - 10,
        "live": told(live_of()),
        "frames": list(_frames()),
    }


def _hkdf() -> Case:
    """RFC 5869, test case 1."""
    secret, salt, info = b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA))
    derived = hkdf_sha256(secret, salt=salt, info=info, length=42)
    return {
        "secret": secret.hex(),
        "salt": salt.hex(),
        "info": info.hex(),
        "length": 42,
        "derived": derived.hex(),
    }


def _wrapped() -> Iterator[Case]:
    """What `keys` say, and the session key that this device finds in them: null for none."""
    stranger = SigningKey(_secret("stranger"))
    good = live_of()
    (ours,) = good.keys
    spoilt = msgspec.structs.replace(ours, wrapped=ours.wrapped[:-2] + "00")
    for name, said, opens in (
        ("wrapped for this device", good, True),
        ("wrapped for another device", live_of(device=OTHER_DEVICE), False),
        ("wrapped with another device's key", live_of(key=stranger), False),
        ("wrapped by another station", live_of(station=OTHER_STATION), False),
        ("spoilt", msgspec.structs.replace(good, keys=(spoilt,)), False),
        ("carried to another stream", msgspec.structs.replace(good, stream="ab" * 16), False),
    ):
        session = STREAM.session.hex() if opens else None
        yield {"name": name, "live": told(said), "session": session}


def _frames() -> Iterator[Case]:
    good = STREAM.sealed(PRESENT, SILENCE)
    yield _frame("a frame", good, number=PRESENT, mp3=SILENCE)
    yield _frame(
        "the last one, without sound", STREAM.sealed(PRESENT, b""), number=PRESENT, mp3=b""
    )
    in_time = 9_900 // FRAME_MS
    late = STREAM.sealed(PRESENT - 9, SILENCE)
    yield _frame("one that was overtaken by none", late, number=PRESENT - 9, mp3=SILENCE)
    early = STREAM.sealed(PRESENT + in_time, SILENCE)
    yield _frame("nearly 10 s early", early, number=PRESENT + in_time, mp3=SILENCE)
    yield _frame("of another stream", OTHER_STREAM.sealed(PRESENT, SILENCE), expect="unasked_frame")
    yield _frame(
        "carried to this stream",
        STREAM.name + OTHER_STREAM.sealed(PRESENT, SILENCE)[16:],
        expect="bad_signature",
    )
    forger = Stream(STREAM.name, STREAM.session, STREAM.ephemeral, SigningKey(_secret("forger")))
    yield _frame(
        "by whoever has the session key",
        forger.sealed(PRESENT, SILENCE),
        expect="bad_signature",
    )
    sealed_otherwise = Stream(STREAM.name, bytes(32), STREAM.ephemeral, STREAM.signer)
    yield _frame(
        "sealed with another session key",
        sealed_otherwise.sealed(PRESENT, SILENCE),
        expect="bad_signature",
    )
    yield _frame("a letter changed", _flipped(good, 30), expect="bad_signature")
    yield _frame("its number changed", _flipped(good, 23), expect="bad_signature")
    yield _frame("without its signature", good[:-SIGNATURE_BYTES], expect="bad_signature")
    yield _frame(
        "the last one taken, again", STREAM.sealed(PRESENT - 10, SILENCE), expect="rolled_back"
    )
    yield _frame("number 0", STREAM.sealed(0, SILENCE), expect="rolled_back")
    too_early = PRESENT + 10_100 // FRAME_MS
    yield _frame("more than 10 s early", STREAM.sealed(too_early, SILENCE), expect="expired")
    yield _frame("103 bytes", good[:103], expect="malformed")
    yield _frame("nothing", b"", expect="malformed")
    padded = good + bytes(FRAME_LIMIT_BYTES + 1 - len(good))
    yield _frame("too long", padded, expect="message_too_large")


def _flipped(frame: bytes, at: int) -> bytes:
    return frame[:at] + bytes([frame[at] ^ 1]) + frame[at + 1 :]


def _frame(
    name: str, frame: bytes, *, expect: str = "ok", number: int = 0, mp3: bytes | None = None
) -> Case:
    case: Case = {"name": name, "frame": frame.hex(), "expect": expect}
    return case if mp3 is None else case | {"number": number, "mp3": mp3.hex()}
