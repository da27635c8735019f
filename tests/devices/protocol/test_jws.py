"""The envelope: JWS compact with one algorithm, one shape, and nothing else let in."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey
from nacl.signing import SigningKey

from devices.errors import (
    BadSignature,
    ContractViolation,
    MalformedMessage,
    MessageTooLarge,
    WrongKey,
    WrongKind,
)
from devices.protocol.jws import MESSAGE_LIMIT_BYTES, key_id, seal, unseal

# RFC 9864 renames EdDSA over Ed25519; the contract's version 1 was written with the older name.
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")

KEY = SigningKey(b"k" * 32)
TRUSTED = {key_id(KEY.verify_key): KEY.verify_key}
TYP = "loa-plan"


def b64(raw: bytes) -> str:
    """Base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def jose_key(key: SigningKey, *, private: bool) -> OKPKey:
    """The same key for an independent JOSE library (RFC 8037)."""
    parameters = {"kty": "OKP", "crv": "Ed25519", "x": b64(bytes(key.verify_key))}
    if private:
        parameters["d"] = b64(bytes(key))
    return OKPKey.import_key(parameters)


def signed(header: dict[str, object], payload: bytes, *, key: SigningKey = KEY) -> bytes:
    """A message with any header, signed rightly over its exact bytes."""
    signing_input = f"{b64(json.dumps(header).encode())}.{b64(payload)}"
    return f"{signing_input}.{b64(key.sign(signing_input.encode()).signature)}".encode()


@given(payload=st.binary(max_size=2_000), seed=st.binary(min_size=32, max_size=32))
def test_an_independent_library_reads_what_we_seal(payload: bytes, seed: bytes) -> None:
    """Any JOSE library verifies our messages and finds kind and key id in the header."""
    key = SigningKey(seed)
    read = jws.deserialize_compact(
        seal(payload, typ=TYP, key=key), jose_key(key, private=False), algorithms=["EdDSA"]
    )

    assert read.payload == payload
    assert read.headers() == {"alg": "EdDSA", "kid": key_id(key.verify_key), "typ": TYP}


@given(payload=st.binary(max_size=2_000))
def test_we_read_what_an_independent_library_signs(payload: bytes) -> None:
    """Whoever writes another station or controller can use any JOSE library."""
    header = {"alg": "EdDSA", "kid": key_id(KEY.verify_key), "typ": TYP}
    message = jws.serialize_compact(
        header, payload, jose_key(KEY, private=True), algorithms=["EdDSA"]
    )

    assert unseal(message.encode(), typ=TYP, trusted=TRUSTED).payload == payload


def test_the_vector_of_rfc_8037_verifies_under_its_key() -> None:
    """RFC 8037 appendix A.4: the same seed signs its signing input to the same signature."""
    seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    signing_input = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    signature = SigningKey(bytes.fromhex(seed)).sign(signing_input).signature

    assert b64(signature) == (
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )


@given(st.binary(max_size=400))
def test_noise_is_refused_by_name(noise: bytes) -> None:
    """No bytes whatever do anything but raise a contract violation."""
    with pytest.raises(ContractViolation):
        unseal(noise, typ=TYP, trusted=TRUSTED)


@given(st.data())
def test_one_changed_byte_is_refused(data: st.DataObject) -> None:
    """Anywhere in header, payload or signature."""
    message = seal(b'{"v":1}', typ=TYP, key=KEY).encode()
    at = data.draw(st.integers(0, len(message) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != message[at]))

    with pytest.raises(ContractViolation):
        unseal(message[:at] + bytes([byte]) + message[at + 1 :], typ=TYP, trusted=TRUSTED)


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ({"alg": "none"}, MalformedMessage),
        ({"alg": "HS256"}, MalformedMessage),
        ({"alg": "Ed25519"}, MalformedMessage),
        ({"typ": "loa-receipt"}, WrongKind),
        ({"typ": "LOA-PLAN"}, WrongKind),
        ({"kid": "0" * 32}, WrongKey),
        ({"crit": ["exp"]}, MalformedMessage),
        ({"jwk": {"kty": "OKP"}}, MalformedMessage),
        ({"b64": False}, MalformedMessage),
        ({"kid": None}, MalformedMessage),
        ({"kid": 7}, MalformedMessage),
    ],
)
def test_another_header_is_refused(
    header: dict[str, object], error: type[ContractViolation]
) -> None:
    """The algorithm and the key are never taken from the message, though it be signed rightly."""
    usual: dict[str, object] = {"alg": "EdDSA", "kid": key_id(KEY.verify_key), "typ": TYP}

    with pytest.raises(error):
        unseal(signed(usual | header, b"{}"), typ=TYP, trusted=TRUSTED)


def test_a_strangers_signature_under_a_trusted_name_is_refused() -> None:
    """The key id is only a name; the signature decides."""
    header: dict[str, object] = {"alg": "EdDSA", "kid": key_id(KEY.verify_key), "typ": TYP}

    with pytest.raises(BadSignature):
        unseal(signed(header, b"{}", key=SigningKey(b"t" * 32)), typ=TYP, trusted=TRUSTED)


def test_a_message_has_one_spelling() -> None:
    """Padding and stray bits in base64url are refused, so the same message is the same bytes."""
    message = seal(b"{}", typ=TYP, key=KEY)
    head, payload, signature = message.split(".")
    assert payload == "e30"

    for other in (f"{head}.{payload}=.{signature}", f"{head}.e31.{signature}", f"{message}\n"):
        with pytest.raises(ContractViolation):
            unseal(other.encode(), typ=TYP, trusted=TRUSTED)


def test_a_message_beyond_the_limit_is_refused_unread() -> None:
    """Length is looked at before anything else."""
    with pytest.raises(MessageTooLarge):
        unseal(b"." * (MESSAGE_LIMIT_BYTES + 1), typ=TYP, trusted=TRUSTED)
    with pytest.raises(MalformedMessage):
        unseal(b"." * MESSAGE_LIMIT_BYTES, typ=TYP, trusted=TRUSTED)
