"""An enrolment, byte for byte, and answers that a device must take for no answer."""

import json

from msgspec import Struct
from nacl.encoding import HexEncoder

from devices.protocol.contract.vectors.keys import (
    DEVICE,
    DEVICE_KEY,
    NOW_MS,
    OTHER_ROOT,
    ROOT,
    STATION,
)
from devices.protocol.contract.vectors.shapes import told
from devices.protocol.enrolment import (
    Code,
    Enrolled,
    Pending,
    Refused,
    Wish,
    keys_of,
    prove_answer,
    sign_request,
    write_code,
)
from devices.protocol.jws import key_id
from devices.protocol.messages import encode

_SECRET = bytes(range(16))
_PASSWORD = "zKAuTbqwuQqGBzH3fTyZjrHB0QbsHbLeqMGSHbJSZUw"  # noqa: S105 — a vector's, known to all
_SALT = bytes(range(12))
_VERIFIER = (
    "378c344315e63869c0f09668032ed6df70017883159357dc53e99216967b1d8d"
    "a7cba03a1085d50ba00911a687ae95ff05f7f4c4eeef4d3c6051a879182b89a1"
)


def enrolment() -> dict[str, object]:
    """The code, what is made of it, the request, and answers with what they mean to the device."""
    code = Code(secret=_SECRET, root_fingerprint=key_id(ROOT.verify_key))
    keys = keys_of(code.secret)
    request = sign_request(_text(_wish()), keys=keys, device_key=DEVICE_KEY)
    other = sign_request(_text(_wish(nonce="99" * 16)), keys=keys, device_key=DEVICE_KEY)
    foreign = keys_of(bytes(16))
    pending = Pending(fingerprint=key_id(DEVICE_KEY.verify_key), retry_after_s=10)

    def answer(said: Struct, *, to: str = request.request, by: object = keys) -> dict[str, object]:
        proven = keys if by is keys else foreign
        return told(prove_answer(_text(said), to_request=to, keys=proven))

    wrong_root = OTHER_ROOT.verify_key.encode(HexEncoder).decode()
    return {
        "code": write_code(code),
        "code_as_typed": write_code(code).lower().replace("-", " ").replace("0", "o"),
        "secret": code.secret.hex(),
        "root_fingerprint": code.root_fingerprint,
        "code_id": keys.code_id,
        "device_proof_key": keys.device.hex(),
        "station_proof_key": keys.station.hex(),
        "password": _PASSWORD,
        "request": told(request),
        "false_requests": {
            "a letter changed": told(request) | {"request": request.request.replace("x1", "x2")},
            "proven with another code": told(request)
            | {"proof": sign_request(request.request, keys=foreign, device_key=DEVICE_KEY).proof},
        },
        "answers": [
            {"status": 202, "expect": "pending", "body": answer(pending)},
            {"status": 200, "expect": "enrolled", "body": answer(_enrolled())},
            {"status": 403, "expect": "refused", "body": answer(Refused(code="denied"))},
            {
                "status": 200,
                "expect": "none",
                "why": "it answers another request",
                "body": answer(_enrolled(), to=other.request),
            },
            {
                "status": 200,
                "expect": "none",
                "why": "it is proven with another code",
                "body": answer(_enrolled(), by=foreign),
            },
            {
                "status": 200,
                "expect": "none",
                "why": "its root key is not the one in the code",
                "body": answer(_enrolled(root_key=wrong_root)),
            },
            {
                "status": 200,
                "expect": "none",
                "why": "it confirms another key",
                "body": answer(_enrolled(device_key=wrong_root)),
            },
        ],
    }


def _wish(*, nonce: str = "78" * 16) -> Wish:
    return Wish(
        device_key=DEVICE_KEY.verify_key.encode(HexEncoder).decode(),
        nonce=nonce,
        broker_salt=_SALT.hex(),
        broker_verifier=_VERIFIER,
        software="example/1",
        hardware="x1",
    )


def _enrolled(**changes: str) -> Enrolled:
    usual = {
        "station": STATION,
        "device": DEVICE,
        "device_key": DEVICE_KEY.verify_key.encode(HexEncoder).decode(),
        "root_key": ROOT.verify_key.encode(HexEncoder).decode(),
        "broker_url": "mqtts://dai.binh-an.example:8883",
        "broker_username": DEVICE,
        "station_url": "https://dai.binh-an.example",
    }
    return Enrolled(**(usual | changes), at_ms=NOW_MS)  # type: ignore[arg-type]


def _text(message: Struct) -> str:
    return json.dumps(json.loads(encode(message)), ensure_ascii=False)
