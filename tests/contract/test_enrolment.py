"""An enrolment's bytes: codes survive people, proofs hold for what they were made for alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey

from devices.protocol.enrolment import (
    ALPHABET,
    Code,
    CodeUnreadable,
    answer_is_proven,
    key_is_possessed,
    keys_of,
    new_code,
    prove_answer,
    read_code,
    request_is_proven,
    sign_request,
    write_code,
)

KEY = SigningKey(b"d" * 32)
PUBLIC = KEY.verify_key.encode(HexEncoder).decode()
codes = st.builds(
    Code,
    secret=st.binary(min_size=16, max_size=16),
    root_fingerprint=st.binary(min_size=16, max_size=16).map(bytes.hex),
)
secrets = st.binary(min_size=16, max_size=16)


@given(codes)
def test_a_code_is_read_as_it_was_written(code: Code) -> None:
    """In 8 groups of 7, without letters that are taken for one another."""
    written = write_code(code)

    assert [len(group) for group in written.split("-")] == [7] * 8
    assert not set(written) & set("ILOU")
    assert read_code(written) == code
    assert read_code(f"  {written.lower().replace('-', ' ')}\n") == code
    assert read_code(written.replace("0", "O").replace("1", "l")) == code


@given(codes, st.integers(0, 55), st.integers(1, 31))
def test_a_slip_of_the_finger_is_noticed(code: Code, at: int, by: int) -> None:
    """One wrong letter anywhere."""
    letters = write_code(code).replace("-", "")
    wrong = ALPHABET[(ALPHABET.index(letters[at]) + by) % 32]

    with pytest.raises(CodeUnreadable):
        read_code(letters[:at] + wrong + letters[at + 1 :])


@given(st.text(max_size=80))
def test_noise_is_no_code(noise: str) -> None:
    """Whatever is pasted."""
    with pytest.raises(CodeUnreadable):
        read_code(noise)


def test_every_code_is_another() -> None:
    """The secret is drawn, the fingerprint is the station's."""
    one, other = (new_code(root_fingerprint="ab" * 16) for _ in range(2))

    assert one.secret != other.secret
    assert one.root_fingerprint == other.root_fingerprint
    assert len(one.secret) == 16


@given(secrets, secrets, st.text(max_size=50), st.text(max_size=50))
def test_a_request_is_proven_for_its_text_and_code_alone(
    secret: bytes, foreign: bytes, text: str, other: str
) -> None:
    """Another text, another code, another key or another signature proves nothing."""
    keys = keys_of(secret)
    request = sign_request(text, keys=keys, device_key=KEY)
    swapped = sign_request(text, keys=keys, device_key=SigningKey(b"e" * 32))

    assert request_is_proven(request, keys=keys)
    assert key_is_possessed(request, device_key=PUBLIC)
    assert not key_is_possessed(swapped, device_key=PUBLIC)
    assert not request_is_proven(replace(request, possession=swapped.possession), keys=keys)
    if foreign != secret:
        assert not request_is_proven(request, keys=keys_of(foreign))
    if other != text:
        assert not request_is_proven(replace(request, request=other), keys=keys)
        assert not key_is_possessed(replace(request, request=other), device_key=PUBLIC)


@given(secrets, secrets, st.text(max_size=50), st.text(max_size=50))
def test_an_answer_is_proven_for_its_request_alone(
    secret: bytes, foreign: bytes, text: str, other: str
) -> None:
    """What was answered to somebody else, or by somebody else, is no answer."""
    keys = keys_of(secret)
    answer = prove_answer(text, to_request="wish", keys=keys)

    assert answer_is_proven(answer, to_request="wish", keys=keys)
    assert not answer_is_proven(answer, to_request="another wish", keys=keys)
    if foreign != secret:
        assert not answer_is_proven(answer, to_request="wish", keys=keys_of(foreign))
    if other != text:
        assert not answer_is_proven(replace(answer, answer=other), to_request="wish", keys=keys)


@given(secrets)
def test_a_requests_proof_is_no_answers_proof(secret: bytes) -> None:
    """Each side proves with a key of its own, so that nobody is shown his own words."""
    keys = keys_of(secret)

    assert len({keys.device, keys.station, bytes.fromhex(keys.code_id)}) == 3
