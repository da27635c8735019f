"""How a device and a station come to trust each other: the exact bytes of an enrolment.

One code, carried by a person, holds a secret and the fingerprint of the station's root key. What
either side says is proven with keys made from that secret, over the exact text that was said. The
rules around it (who is asked, how often, how long) stand in CONTRACT.md, section 21.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta, Struct
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from devices.errors import DevicesError
from devices.protocol.fields import AtMs, KeyId, Name, Nonce, PublicKey, Sha256, Text

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_BYTES = 16
FINGERPRINT_BYTES = 16
REQUEST_LIMIT_BYTES = 8_192
_CHECK_BYTES = 3
_CODE_CHARACTERS = 56
_GROUP = 7
_READ_AS = str.maketrans("OIL", "011")

Salt = Annotated[str, Meta(pattern=r"^[0-9a-f]{24}$(?!\n)")]
Hex64 = Annotated[str, Meta(pattern=r"^[0-9a-f]{128}$(?!\n)")]
RequestText = Annotated[str, Meta(max_length=4_096)]


class CodeUnreadable(DevicesError):
    """An enrolment code that was mistyped: its length, a letter, or its check."""

    code = "code_unreadable"
    message_vi = "Mã đăng ký không đúng. Hãy xem lại từng nhóm 7 ký tự rồi nhập lại."
    message_en = "This is no enrolment code. Check each group of 7 characters and type it again."


class Wish(Struct, frozen=True, kw_only=True, tag_field="kind", tag="enrol"):
    """What a device asks with: its key, and the verifier of a password that it made itself."""

    device_key: PublicKey
    nonce: Nonce
    broker_salt: Salt
    broker_verifier: Hex64
    software: Text
    hardware: Text = ""


class EnrolRequest(Struct, frozen=True, kw_only=True):
    """A `Wish` as exact text, signed by the device's key and proven by the code."""

    v: Literal[1] = 1
    code_id: KeyId
    request: RequestText
    possession: Hex64
    proof: Sha256


class Pending(Struct, frozen=True, kw_only=True, tag_field="kind", tag="pending"):
    """Nobody has confirmed the device's key yet; ask again later."""

    fingerprint: KeyId
    retry_after_s: Annotated[int, Meta(ge=1, le=300)]


class Enrolled(Struct, frozen=True, kw_only=True, tag_field="kind", tag="enrolled"):
    """An admin has confirmed the device's key: who it is from now on, and where to log in."""

    station: Name
    device: Name
    device_key: PublicKey
    root_key: PublicKey
    broker_url: Annotated[str, Meta(pattern=r"^mqtts?://[^\s@#]{1,500}$(?!\n)")]
    broker_username: Annotated[str, Meta(min_length=1, max_length=128)]
    station_url: Annotated[str, Meta(pattern=r"^https?://[^\s@#]{1,500}$(?!\n)")]
    ca_pem: Annotated[str, Meta(max_length=16_384)] | None = None
    rehearsal: bool = False
    at_ms: AtMs


class Refused(Struct, frozen=True, kw_only=True, tag_field="kind", tag="refused"):
    """The station will not enrol this device with this code."""

    code: Literal["denied", "code_taken", "malformed"]


class EnrolAnswer(Struct, frozen=True, kw_only=True):
    """A `Pending`, `Enrolled` or `Refused` as exact text, proven by the code."""

    v: Literal[1] = 1
    answer: Annotated[str, Meta(max_length=32_768)]
    proof: Sha256


@dataclass(frozen=True, slots=True)
class Code:
    """What a person carries from the station to the device."""

    secret: bytes
    root_fingerprint: str


@dataclass(frozen=True, slots=True)
class CodeKeys:
    """What is made from a code's secret: its name, and what each side proves with."""

    code_id: str
    device: bytes
    station: bytes


def new_code(*, root_fingerprint: str) -> Code:
    """A fresh code for one device of the station whose root key has this key id."""
    return Code(secret=secrets.token_bytes(SECRET_BYTES), root_fingerprint=root_fingerprint)


def write_code(code: Code) -> str:
    """The code in 8 groups of 7 letters and digits (Crockford's base32)."""
    content = code.secret + bytes.fromhex(code.root_fingerprint)
    number = int.from_bytes(content + _check_of(content), "big")
    letters = "".join(ALPHABET[number >> 5 * at & 31] for at in reversed(range(_CODE_CHARACTERS)))
    return "-".join(re.findall("." * _GROUP, letters))


def read_code(written: str) -> Code:
    """The code that a person typed; raise CodeUnreadable for a slip of the finger."""
    letters = re.sub(r"[\s-]", "", written).upper().translate(_READ_AS)
    if len(letters) != _CODE_CHARACTERS or set(letters) - set(ALPHABET):
        raise CodeUnreadable(f"{len(letters)} of {_CODE_CHARACTERS} characters")
    number = 0
    for letter in letters:
        number = number << 5 | ALPHABET.index(letter)
    raw = number.to_bytes(SECRET_BYTES + FINGERPRINT_BYTES + _CHECK_BYTES, "big")
    content, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    if _check_of(content) != check:
        raise CodeUnreadable("check")
    return Code(secret=content[:SECRET_BYTES], root_fingerprint=content[SECRET_BYTES:].hex())


def keys_of(secret: bytes) -> CodeKeys:
    """The keys of a code; the station keeps these and not the secret."""
    return CodeKeys(
        code_id=_mac(secret, "loa/1/enrol/id")[:16].hex(),
        device=_mac(secret, "loa/1/enrol/device"),
        station=_mac(secret, "loa/1/enrol/station"),
    )


def sign_request(text: str, *, keys: CodeKeys, device_key: SigningKey) -> EnrolRequest:
    """Prove a request's text with the code, and that the device has the key it names."""
    signed = _lines("loa/1/enrol/possession", keys.code_id, text).encode()
    possession = device_key.sign(signed).signature.hex()
    return EnrolRequest(
        code_id=keys.code_id,
        request=text,
        possession=possession,
        proof=_request_proof(text, possession, keys=keys),
    )


def request_is_proven(request: EnrolRequest, *, keys: CodeKeys) -> bool:
    """Whether it was made by someone who holds the code; takes the same time always."""
    expected = _request_proof(request.request, request.possession, keys=keys)
    return hmac.compare_digest(expected, request.proof)


def key_is_possessed(request: EnrolRequest, *, device_key: str) -> bool:
    """Whether it was made by someone who holds the private half of this public key."""
    signed = _lines("loa/1/enrol/possession", request.code_id, request.request).encode()
    try:
        VerifyKey(bytes.fromhex(device_key)).verify(signed, bytes.fromhex(request.possession))
    except (BadSignatureError, ValueError):
        return False
    return True


def prove_answer(text: str, *, to_request: str, keys: CodeKeys) -> EnrolAnswer:
    """Prove an answer's text with the code, for exactly this request's text."""
    return EnrolAnswer(answer=text, proof=_answer_proof(text, to_request=to_request, keys=keys))


def answer_is_proven(answer: EnrolAnswer, *, to_request: str, keys: CodeKeys) -> bool:
    """Whether it was made by someone who holds the code, in answer to this request's text."""
    expected = _answer_proof(answer.answer, to_request=to_request, keys=keys)
    return hmac.compare_digest(expected, answer.proof)


def _request_proof(text: str, possession: str, *, keys: CodeKeys) -> str:
    said = _lines("loa/1/enrol/request", keys.code_id, text, possession)
    return _mac(keys.device, said).hex()


def _answer_proof(text: str, *, to_request: str, keys: CodeKeys) -> str:
    asked = hashlib.sha256(to_request.encode()).hexdigest()
    return _mac(keys.station, _lines("loa/1/enrol/answer", keys.code_id, asked, text)).hex()


def _check_of(content: bytes) -> bytes:
    return hashlib.sha256(b"loa/1/enrol/code" + content).digest()[:_CHECK_BYTES]


def _lines(*parts: str) -> str:
    return "\n".join(parts)


def _mac(key: bytes, message: str) -> bytes:
    return hmac.digest(key, message.encode(), "sha256")
