"""Passwords: hashed with Argon2id (RFC 9106, second set), readable when they are first given."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)

# 16 × 5 syllables carry 6.3 bits each, ten of them 63; no letter here looks like another.
_CONSONANTS = "bcdghkmnprstvxyz"
_VOWELS = "aeiou"
_SYLLABLES_IN_GROUP = 2
_GROUPS = 5


def new_password() -> str:
    """A first password that can be read out and typed: five groups, 63 random bits."""
    return spoken_secret(groups=_GROUPS)


def spoken_secret(*, groups: int) -> str:
    """Chance that can be read out and typed: 12.6 random bits in each group."""
    return "-".join("".join(_syllable() for _ in range(_SYLLABLES_IN_GROUP)) for _ in range(groups))


def hash_password(password: str) -> str:
    """The password's Argon2id hash with its own salt; takes 64 MiB for a moment."""
    return _HASHER.hash(_bytes_of(password))


def password_matches(password_hash: str | None, *, password: str) -> bool:
    """Whether the password is the one that was hashed.

    Without a hash the same work is done for nothing, so that time does not tell who has an account.
    """
    try:
        _HASHER.verify(password_hash or _nobodys_hash(), _bytes_of(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def _bytes_of(password: str) -> bytes:
    """Half a sign, as JSON can carry it, is a wrong password and no fault of ours."""
    return password.encode("utf-8", "surrogatepass")


def _syllable() -> str:
    return secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS)
