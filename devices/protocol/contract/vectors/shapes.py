"""Messages of any shape, signed rightly over their exact bytes, as an attacker could make them."""

import base64
import json

import msgspec
from msgspec import Struct
from nacl.signing import SigningKey

from devices.protocol.jws import key_id


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def told(message: Struct) -> dict[str, object]:
    """A message as the JSON object that it is."""
    found: dict[str, object] = msgspec.json.decode(msgspec.json.encode(message))
    return found


def jws(
    payload: bytes | dict[str, object],
    *,
    typ: str,
    key: SigningKey,
    kid: str | None = None,
    header: bytes | None = None,
) -> str:
    """A message with this payload, and any header."""
    if isinstance(payload, dict):
        payload = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    if header is None:
        header = header_of(typ=typ, kid=kid or key_id(key.verify_key))
    return signed(f"{b64(header)}.{b64(payload)}", key=key)


def signed(parts: str, *, key: SigningKey) -> str:
    """Header and payload, however they are spelt, and the right signature over them."""
    return f"{parts}.{b64(key.sign(parts.encode()).signature)}"


def header_of(**members: object) -> bytes:
    """A header with `alg` and these members."""
    return json.dumps({"alg": "EdDSA"} | members, separators=(",", ":")).encode()


def forged(message: str) -> str:
    """The same message with one character of its payload changed."""
    header, payload, signature = message.split(".")
    at = len(payload) // 2
    other = "A" if payload[at] != "A" else "B"
    return f"{header}.{payload[:at]}{other}{payload[at + 1 :]}.{signature}"


def with_loose_bits(part: str) -> str:
    """The same bytes in a spelling whose last character carries bits that mean nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[alphabet.index(part[-1]) + 1]
