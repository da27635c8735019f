"""JWS compact with one algorithm: the envelope around everything that station and devices say.

Written here rather than taken from a JOSE library because the contract allows exactly one
shape: EdDSA over Ed25519, a `typ` per kind, a `kid`, nothing else. The algorithm is never read
from the message; a header that differs by a byte from the expected one is refused before any
signature is looked at. libsodium verifies twice as fast as OpenSSL here, which is what an ingest
at a province's size needs. Tests hold it against an independent JOSE library.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from devices.errors import BadSignature, MalformedMessage, MessageTooLarge, WrongKey, WrongKind

MESSAGE_LIMIT_BYTES = 262_144


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The protected header (RFC 7515 section 4), complete: no other member is allowed."""

    alg: str
    kid: str
    typ: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a verified message says: its payload's bytes and the key that signed them."""

    payload: bytes
    key_id: str


def key_id(verify_key: VerifyKey) -> str:
    """Name a public key: the first 128 bits of its SHA-256, in hex."""
    return hashlib.sha256(bytes(verify_key)).hexdigest()[:32]


def key_id_of(public_key: str) -> str:
    """Name a public key that is given in hex; raise ValueError when it is none."""
    return key_id(VerifyKey(bytes.fromhex(public_key)))


def seal(payload: bytes, *, typ: str, key: SigningKey) -> str:
    """Sign `payload` as JWS compact (RFC 7515 section 7.1, RFC 8037) of the given kind."""
    header = msgspec.json.encode(Header(alg="EdDSA", kid=key_id(key.verify_key), typ=typ))
    signing_input = f"{_encode(header)}.{_encode(payload)}"
    signature = key.sign(signing_input.encode()).signature
    return f"{signing_input}.{_encode(signature)}"


def typ_of(message: bytes) -> str:
    """The kind that a message claims to be, to choose how it is opened; nothing is verified yet.

    Raises MessageTooLarge or MalformedMessage.
    """
    if len(message) > MESSAGE_LIMIT_BYTES:
        raise MessageTooLarge(f"{len(message)} bytes")
    return _header(_decode(_parts(message)[0])).typ


def signer_of(message: bytes) -> str:
    """The id of the key that a message names as its signer: proven once the message is verified.

    Raises MalformedMessage.
    """
    return _header(_decode(_parts(message)[0])).kid


def unverified_payload(message: bytes) -> bytes:
    """What a message would say if its signature held: only for finding the keyring inside it.

    Raises MessageTooLarge or MalformedMessage.
    """
    if len(message) > MESSAGE_LIMIT_BYTES:
        raise MessageTooLarge(f"{len(message)} bytes")
    return _decode(_parts(message)[1])


def unseal(message: bytes, *, typ: str, trusted: Mapping[str, VerifyKey]) -> Sealed:
    """Verify a message of the kind `typ` against the trusted keys, by key id.

    Raises MessageTooLarge, MalformedMessage, WrongKind, WrongKey or BadSignature.
    """
    if len(message) > MESSAGE_LIMIT_BYTES:
        raise MessageTooLarge(f"{len(message)} bytes")
    header_part, payload_part, signature_part = _parts(message)
    header = _header(_decode(header_part))
    if header.typ != typ:
        raise WrongKind(header.typ)
    key = trusted.get(header.kid)
    if key is None:
        raise WrongKey(header.kid)
    signature = _decode(signature_part)
    try:
        key.verify(header_part + b"." + payload_part, signature)
    except (BadSignatureError, ValueError) as error:
        raise BadSignature(header.kid) from error
    return Sealed(payload=_decode(payload_part), key_id=header.kid)


def _parts(message: bytes) -> tuple[bytes, bytes, bytes]:
    parts = message.split(b".")
    if len(parts) != 3:
        raise MalformedMessage("not three parts")
    return parts[0], parts[1], parts[2]


def _header(encoded: bytes) -> Header:
    try:
        header = msgspec.json.decode(encoded, type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedMessage("header") from error
    if header.alg != "EdDSA":
        raise MalformedMessage("alg")
    return header


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(part: bytes) -> bytes:
    """Decode unpadded base64url, refusing every spelling but the canonical one."""
    try:
        raw = base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise MalformedMessage("base64url") from error
    if _encode(raw).encode() != part:
        raise MalformedMessage("base64url is not canonical")
    return raw
