"""JWS compact with one algorithm: the envelope around everything that station and devices say.

Written here rather than taken from a JOSE library because the contract allows exactly one
shape: EdDSA over Ed25519, a `typ` per kind, a `kid`, nothing else. The algorithm is never read
from the message; a header that differs by a byte from the expected one is refused before any
signature is looked at. libsodium verifies twice as fast as OpenSSL here, which is what an ingest
at a province's size needs. Tests hold it against an independent JOSE library.
"""

import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from nacl.bindings import crypto_sign_BYTES, crypto_sign_open
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from devices.errors import BadSignature, MalformedMessage, MessageTooLarge, WrongKey, WrongKind

MESSAGE_LIMIT_BYTES = 262_144
_KNOWN_HEADER_BYTES = 256
_KNOWN_HEADERS = 8_192
_TO_URL, _FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_", b"+/")


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


@dataclass(frozen=True, slots=True)
class TakenApart:
    """A verified message in its parts, each as it says and in its one spelling."""

    header: bytes
    payload: bytes
    signature: bytes


def key_id(verify_key: VerifyKey) -> str:
    """Name a public key: the first 128 bits of its SHA-256, in hex."""
    return _key_id(bytes(verify_key))


@lru_cache(maxsize=_KNOWN_HEADERS)
def _key_id(public_key: bytes) -> str:
    return hashlib.sha256(public_key).hexdigest()[:32]


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
    return _header(_parts(message)[0]).typ


def signer_of(message: bytes) -> str:
    """The id of the key that a message names as its signer: proven once the message is verified.

    Raises MalformedMessage.
    """
    return _header(_parts(message)[0]).kid


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
    header = _header(_parts(message)[0])
    return _verified(message, bytes(_trusted(header, typ=typ, trusted=trusted)))


def take_apart(message: bytes, *, typ: str, key: VerifyKey) -> TakenApart:
    """Verify a message of the kind `typ` against one key, for those who keep its parts.

    Every signature is looked at: nothing is remembered. Raises as `unseal` does.
    """
    if len(message) > MESSAGE_LIMIT_BYTES:
        raise MessageTooLarge(f"{len(message)} bytes")
    header_part, payload_part, signature_part = _parts(message)
    said = _header(header_part)
    if said.typ != typ:
        raise WrongKind(said.typ)
    if said.kid != key_id(key):
        raise WrongKey(said.kid)
    signature = _decode(signature_part)
    _verify(message[: -len(signature_part) - 1], signature, key=key, key_id=said.kid)
    return TakenApart(_header_octets(header_part), _decode(payload_part), signature)


def unseal_parts(
    *, header: bytes, signed: bytes, signature: bytes, typ: str, trusted: Mapping[str, VerifyKey]
) -> str:
    """Verify a message that is already taken apart; return the id of the key that signed it.

    `header` is what it says, `signed` the octets before the last dot, as the caller encoded them.
    Raises MalformedMessage, WrongKind, WrongKey or BadSignature.
    """
    said = _known_header_text(header)
    key = _trusted(said, typ=typ, trusted=trusted)
    if len(signature) != crypto_sign_BYTES:
        raise BadSignature(said.kid)
    try:
        # What `VerifyKey.verify` does once it has looked at its arguments.
        crypto_sign_open(signature + signed, bytes(key))
    except (BadSignatureError, ValueError) as error:
        raise BadSignature(said.kid) from error
    return said.kid


def _trusted(header: Header, *, typ: str, trusted: Mapping[str, VerifyKey]) -> VerifyKey:
    if header.typ != typ:
        raise WrongKind(header.typ)
    key = trusted.get(header.kid)
    if key is None:
        raise WrongKey(header.kid)
    return key


@lru_cache(maxsize=8)
def _verified(message: bytes, key: bytes) -> Sealed:
    """What a message says under a key. Of the same bytes and key the answer is the same for ever.

    So a message that comes again costs nothing, and a process with a thousand devices verifies a
    word for all of them once. What does not hold is not remembered.
    """
    header_part, payload_part, signature_part = _parts(message)
    signer = _header(header_part).kid
    signature = _decode(signature_part)
    signed = header_part + b"." + payload_part
    _verify(signed, signature, key=VerifyKey(key), key_id=signer)
    return Sealed(payload=_decode(payload_part), key_id=signer)


def _verify(signed: bytes, signature: bytes, *, key: VerifyKey, key_id: str) -> None:
    try:
        key.verify(signed, signature)
    except (BadSignatureError, ValueError) as error:
        raise BadSignature(key_id) from error


def _parts(message: bytes) -> tuple[bytes, bytes, bytes]:
    parts = message.split(b".")
    if len(parts) != 3:
        raise MalformedMessage("not three parts")
    return parts[0], parts[1], parts[2]


def _header(part: bytes) -> Header:
    """Read a header. Those of one key and kind are the same bytes, which are remembered.

    Nothing is verified by it: whoever sends others only has them read each time.
    """
    return _known_header(part) if len(part) <= _KNOWN_HEADER_BYTES else _read_header(part)


def _header_octets(part: bytes) -> bytes:
    """What a header says, in its own bytes."""
    return _known_header_octets(part) if len(part) <= _KNOWN_HEADER_BYTES else _decode(part)


@lru_cache(maxsize=_KNOWN_HEADERS)
def _known_header_octets(part: bytes) -> bytes:
    return _decode(part)


@lru_cache(maxsize=_KNOWN_HEADERS)
def _known_header(part: bytes) -> Header:
    return _read_header(part)


def _read_header(part: bytes) -> Header:
    return _read_header_text(_decode(part))


@lru_cache(maxsize=_KNOWN_HEADERS)
def _known_header_text(text: bytes) -> Header:
    return _read_header_text(text)


def _read_header_text(text: bytes) -> Header:
    try:
        header = _HEADER.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedMessage("header") from error
    if header.alg != "EdDSA":
        raise MalformedMessage("alg")
    return header


_HEADER = msgspec.json.Decoder(Header)


def _encode(raw: bytes) -> str:
    return _encoded(raw).decode()


def _encoded(raw: bytes) -> bytes:
    return binascii.b2a_base64(raw, newline=False).translate(_TO_URL).rstrip(b"=")


def _decode(part: bytes) -> bytes:
    """Decode unpadded base64url, refusing every spelling but the canonical one."""
    try:
        padded = part.translate(_FROM_URL) + b"=" * (-len(part) % 4)
        raw = binascii.a2b_base64(padded, strict_mode=True)
    except binascii.Error as error:
        raise MalformedMessage("base64url") from error
    if _encoded(raw) != part:
        raise MalformedMessage("base64url is not canonical")
    return raw
