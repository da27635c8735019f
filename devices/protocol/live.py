"""Live speech on the wire: the session key wrapped for each device, and the sealed frames.

A frame is sealed with the session key, so that only whom the order names can hear it, and signed
with a key that was made for its stream, so that none of those who hear can speak: not a stolen
pole either (CONTRACT.md 25).
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from devices.errors import BadSignature, MalformedMessage, MessageTooLarge
from devices.protocol.orders import Hearer, Live

FRAME_LIMIT_BYTES = 16_384
STREAM_BYTES = 16
KEY_BYTES = 32
SIGNATURE_BYTES = 64
_NUMBER_BYTES = 8
_HEAD_BYTES = STREAM_BYTES + _NUMBER_BYTES
_TAG_BYTES = 16
_SIGNED = b"loa/1/live/frame\n"
_WRAP_NONCE = bytes(12)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its number from 1 on, and its MP3; without any it is the last of its stream."""

    number: int
    mp3: bytes

    @property
    def is_last(self) -> bool:
        """Whether nothing follows."""
        return not self.mp3


def hkdf_sha256(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    """Derive a key (RFC 5869)."""
    extracted = hmac.digest(salt or bytes(32), secret, hashlib.sha256)
    derived, block = b"", b""
    for count in range(1, -(-length // 32) + 1):
        block = hmac.digest(extracted, block + info + bytes([count]), hashlib.sha256)
        derived += block
    return derived[:length]


def wrap_key(
    session: bytes,
    *,
    stream: bytes,
    station: str,
    device: str,
    device_key: VerifyKey,
    ephemeral: bytes,
) -> str:
    """Wrap a session key for one device, hex; `ephemeral` is the private X25519 key.

    Raises ValueError for a device key that is no point to agree on a secret with.
    """
    try:
        public = bindings.crypto_sign_ed25519_pk_to_curve25519(bytes(device_key))
        shared = bindings.crypto_scalarmult(ephemeral, public)
    except (CryptoError, RuntimeError) as error:
        raise ValueError(device) from error
    key = _wrapping_key(shared, stream=stream, station=station, device=device)
    sealed: bytes = bindings.crypto_aead_chacha20poly1305_ietf_encrypt(
        session, None, _WRAP_NONCE, key
    )
    return sealed.hex()


def unwrap_key(live: Live, *, station: str, device: str, device_key: SigningKey) -> bytes | None:
    """The session key as the station wrapped it for this device; None when it did not."""
    wrapped = live.key_of(device)
    if wrapped is None:
        return None
    try:
        private = bindings.crypto_sign_ed25519_sk_to_curve25519(
            bytes(device_key) + bytes(device_key.verify_key)
        )
        shared = bindings.crypto_scalarmult(private, bytes.fromhex(live.ephemeral))
        key = _wrapping_key(
            shared, stream=bytes.fromhex(live.stream), station=station, device=device
        )
        session: bytes = bindings.crypto_aead_chacha20poly1305_ietf_decrypt(
            bytes.fromhex(wrapped), None, _WRAP_NONCE, key
        )
    except (CryptoError, RuntimeError):
        return None
    return session


def seal_frame(frame: Frame, *, stream: bytes, session: bytes, signer: SigningKey) -> bytes:
    """The bytes of a frame; raise MessageTooLarge."""
    head = stream + frame.number.to_bytes(_NUMBER_BYTES, "big")
    sealed = bindings.crypto_aead_chacha20poly1305_ietf_encrypt(
        frame.mp3, head, _nonce(head), session
    )
    message = head + sealed
    message += signer.sign(_SIGNED + message).signature
    if len(message) > FRAME_LIMIT_BYTES:
        raise MessageTooLarge(f"{len(message)} bytes")
    return message


def stream_of(message: bytes) -> str:
    """Whose frame it says it is, hex; raise MessageTooLarge or MalformedMessage."""
    if len(message) > FRAME_LIMIT_BYTES:
        raise MessageTooLarge(f"{len(message)} bytes")
    if len(message) < _HEAD_BYTES + _TAG_BYTES + SIGNATURE_BYTES:
        raise MalformedMessage(f"a frame of {len(message)} bytes")
    return message[:STREAM_BYTES].hex()


def open_frame(message: bytes, *, session: bytes, signer: VerifyKey) -> Frame:
    """Verify a frame of a stream, whose name was looked at before; raise BadSignature."""
    signed, signature = message[:-SIGNATURE_BYTES], message[-SIGNATURE_BYTES:]
    head, sealed = signed[:_HEAD_BYTES], signed[_HEAD_BYTES:]
    try:
        signer.verify(_SIGNED + signed, signature)
        mp3 = bindings.crypto_aead_chacha20poly1305_ietf_decrypt(
            sealed, head, _nonce(head), session
        )
    except (CryptoError, ValueError) as error:
        raise BadSignature("frame") from error
    return Frame(number=int.from_bytes(head[STREAM_BYTES:], "big"), mp3=mp3)


@dataclass(frozen=True, slots=True)
class Stream:
    """The station's secrets of one stream: they never leave it, and are forgotten at its end."""

    name: bytes = field(default_factory=lambda: secrets.token_bytes(STREAM_BYTES))
    session: bytes = field(default_factory=lambda: secrets.token_bytes(KEY_BYTES), repr=False)
    ephemeral: bytes = field(default_factory=lambda: secrets.token_bytes(KEY_BYTES), repr=False)
    signer: SigningKey = field(default_factory=SigningKey.generate, repr=False)

    def live(
        self,
        *,
        station: str,
        hearers: Mapping[str, VerifyKey],
        duration_ms: int,
        rate_hz: int,
        frame_samples: int,
        stall_timeout_ms: int = 10_000,
    ) -> Live:
        """What an order says of it; `hearers` are the devices that may hear, with their keys."""
        return Live(
            stream=self.name.hex(),
            duration_ms=duration_ms,
            stall_timeout_ms=stall_timeout_ms,
            rate_hz=rate_hz,  # type: ignore[arg-type]
            frame_samples=frame_samples,
            ephemeral=bindings.crypto_scalarmult_base(self.ephemeral).hex(),
            signer=bytes(self.signer.verify_key).hex(),
            keys=tuple(
                Hearer(device=device, wrapped=self._wrapped(station, device, key))
                for device, key in sorted(hearers.items())
            ),
        )

    def sealed(self, number: int, mp3: bytes) -> bytes:
        """A frame of it, ready for the wire; without sound it says that nothing follows."""
        return seal_frame(
            Frame(number, mp3), stream=self.name, session=self.session, signer=self.signer
        )

    def _wrapped(self, station: str, device: str, key: VerifyKey) -> str:
        return wrap_key(
            self.session,
            stream=self.name,
            station=station,
            device=device,
            device_key=key,
            ephemeral=self.ephemeral,
        )


def _wrapping_key(shared: bytes, *, stream: bytes, station: str, device: str) -> bytes:
    info = f"loa/1/live/wrap\n{station}\n{device}".encode()
    return hkdf_sha256(shared, salt=stream, info=info, length=KEY_BYTES)


def _nonce(head: bytes) -> bytes:
    return bytes(4) + head[STREAM_BYTES:]
