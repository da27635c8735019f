"""The station's secrets on disk: the keys by which devices know it, and how they are kept.

A root key is made when the station is founded, told once, and kept nowhere; it vouches for the
keyring, and the keyring for the key that signs everything else. Devices pin the root's public half.
"""

from broadcaster.keys.errors import (
    KeyInUse,
    KeysPresent,
    KeyUnreadable,
    RootKeyMistyped,
    UnknownKey,
    WrongRootKey,
)
from broadcaster.keys.root_key import read_root_key, root_key_told
from broadcaster.keys.secret_files import keep_from_others, write_secret
from broadcaster.keys.station_keys import (
    KEYRING_FILE,
    NEXT_KEY_FILE,
    ROOT_FILE,
    SIGNING_KEY_FILE,
    KeyWatch,
    NewKeys,
    StationKeys,
    founding_keys,
    load_keys,
)

__all__ = [
    "KEYRING_FILE",
    "NEXT_KEY_FILE",
    "ROOT_FILE",
    "SIGNING_KEY_FILE",
    "KeyInUse",
    "KeyUnreadable",
    "KeyWatch",
    "KeysPresent",
    "NewKeys",
    "RootKeyMistyped",
    "StationKeys",
    "UnknownKey",
    "WrongRootKey",
    "founding_keys",
    "keep_from_others",
    "load_keys",
    "read_root_key",
    "root_key_told",
    "write_secret",
]
