"""The root key as people hold it: told once at the founding, and typed in to change keys."""

from nacl.signing import SigningKey

from broadcaster.keys.errors import RootKeyMistyped
from broadcaster.keys.paper import read_from_paper, told_on_paper

_PURPOSE = b"loa root key"


def root_key_told(root: SigningKey) -> str:
    """The root's secret half in groups of four signs, as it is told once."""
    return told_on_paper(bytes(root), purpose=_PURPOSE)


def read_root_key(typed: str) -> SigningKey:
    """The root key that somebody typed; raise RootKeyMistyped, which repeats nothing of it."""
    secret = read_from_paper(typed, purpose=_PURPOSE)
    if secret is None:
        raise RootKeyMistyped
    return SigningKey(secret)
