"""Secrets as people hold them: signs to be written down once and typed in years later.

Crockford's base 32 has no letters that look like digits, and takes small letters, spaces, and O
for 0 and I or L for 1. Three octets of a hash tell a slip of the pen from another key.
"""

import base64
import binascii
import hashlib
import re

_KEY_BYTES = 32
_CHECK_BYTES = 3
_GROUP = 4
_RFC_4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_TELL = str.maketrans(_RFC_4648, _CROCKFORD)
# U stands for nothing there, but would for something in RFC 4648.
_TO_READ = str.maketrans(_CROCKFORD + "OILU", _RFC_4648 + "ABB!")
_BETWEEN = re.compile(r"[\s\-‐-―]+")


def told_on_paper(secret: bytes, *, purpose: bytes) -> str:
    """A secret of 32 octets in groups of four signs; its checksum is of one purpose only."""
    signs = base64.b32encode(secret + _check(secret, purpose)).decode().translate(_TO_TELL)
    return "-".join(signs[begin : begin + _GROUP] for begin in range(0, len(signs), _GROUP))


def read_from_paper(typed: str, *, purpose: bytes) -> bytes | None:
    """The secret that somebody typed; None where a sign is missing or wrong, or of another kind."""
    signs = _BETWEEN.sub("", typed).upper().translate(_TO_READ)
    try:
        raw = base64.b32decode(signs)
    except (binascii.Error, ValueError):
        return None
    secret, check = raw[:_KEY_BYTES], raw[_KEY_BYTES:]
    if len(raw) != _KEY_BYTES + _CHECK_BYTES or check != _check(secret, purpose):
        return None
    return secret


def _check(secret: bytes, purpose: bytes) -> bytes:
    return hashlib.sha256(purpose + secret).digest()[:_CHECK_BYTES]
