"""Passwords are hashed with Argon2id and first passwords can be read out."""

import re

from broadcaster.accounts.passwords import hash_password, new_password, password_matches


def test_a_first_password_is_five_pronounceable_groups() -> None:
    """Ten consonant-and-vowel syllables of 80 kinds carry 63 bits."""
    passwords = {new_password() for _ in range(200)}

    assert len(passwords) == 200
    for password in passwords:
        assert re.fullmatch(r"(?:(?:[bcdghkmnprstvxyz][aeiou]){2}-){4}(?:[^-]{4})", password)


def test_only_the_hashed_password_matches() -> None:
    """Another password, no hash, and a damaged hash all fail the same way."""
    kept = hash_password("một mật khẩu")

    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert password_matches(kept, password="một mật khẩu")
    assert not password_matches(kept, password="mot mat khau")
    assert not password_matches(None, password="một mật khẩu")
    assert not password_matches(kept, password="\ud800")
    assert not password_matches("not a hash", password="một mật khẩu")


def test_equal_passwords_have_different_hashes() -> None:
    """Each hash has its own salt, so that equal passwords are not seen to be equal."""
    assert hash_password("x") != hash_password("x")
