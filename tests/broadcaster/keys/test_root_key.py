"""The root key on paper: told once, typed in years later, and any slip noticed."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from broadcaster.keys import RootKeyMistyped, read_root_key, root_key_told

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
seeds = st.binary(min_size=32, max_size=32)


@given(seeds)
def test_what_was_told_is_read_again(seed: bytes) -> None:
    """Fourteen groups of four signs that no eye confuses; small letters and spaces do as well."""
    told = root_key_told(SigningKey(seed))

    assert re.fullmatch(rf"([{SIGNS}]{{4}}-){{13}}[{SIGNS}]{{4}}", told)
    for typed in (told, told.lower().replace("-", " "), f"\n{told.replace('-', '')} \n"):
        assert bytes(read_root_key(typed)) == seed


@given(seeds)
def test_letters_that_look_like_digits_are_taken_for_them(seed: bytes) -> None:
    """O is 0, and I and L are 1, as a hand may write them."""
    told = root_key_told(SigningKey(seed))

    for one in "IL":
        assert bytes(read_root_key(told.replace("0", "O").replace("1", one))) == seed


@given(seeds, st.integers(0, 55), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_noticed(seed: bytes, place: int, wrong: str) -> None:
    """Wherever it is; another station's key is not made of it."""
    signs = root_key_told(SigningKey(seed)).replace("-", "")
    if signs[place] == wrong:
        return

    with pytest.raises(RootKeyMistyped):
        read_root_key(signs[:place] + wrong + signs[place + 1 :])


@given(st.text(max_size=80))
def test_whatever_else_is_typed_is_refused_without_repeating_it(typed: str) -> None:
    """It may be most of the real key, and what is refused is printed."""
    with pytest.raises(RootKeyMistyped) as refused:
        read_root_key(typed)

    assert refused.value.detail == ""
    assert str(refused.value) == RootKeyMistyped.message_en


def test_two_signs_in_each_others_place_are_noticed() -> None:
    """The slip that hands make most."""
    rng = random.Random(4)
    for _ in range(50):
        signs = root_key_told(SigningKey(rng.randbytes(32))).replace("-", "")
        place = rng.randrange(55)
        if signs[place] == signs[place + 1]:
            continue
        swapped = signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]
        with pytest.raises(RootKeyMistyped):
            read_root_key(swapped)
