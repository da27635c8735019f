"""The station's secrets on disk: the keys by which devices know it, and how they are kept.

A root key is made when the station is founded, told once, and kept nowhere; it vouches for the
keyring, and the keyring for the key that signs everything else. Devices pin the root's public half.
"""

from broadcaster.keys.errors import (
    KeyInUse,
    KeyringFull,
    KeysPresent,
    KeyUnreadable,
    RootKeyMistyped,
    UnknownKey,
    WrongRootKey,
)
from broadcaster.keys.ring_on_disk import ring_on_disk
from broadcaster.keys.root_key import read_root_key, root_key_told
from broadcaster.keys.rotation import OLD_KEY_STAYS, id_of, revoke_key, rotate_key
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
    "OLD_KEY_STAYS",
    "ROOT_FILE",
    "SIGNING_KEY_FILE",
    "KeyInUse",
    "KeyUnreadable",
    "KeyWatch",
    "KeyringFull",
    "KeysPresent",
    "NewKeys",
    "RootKeyMistyped",
    "StationKeys",
    "UnknownKey",
    "WrongRootKey",
    "founding_keys",
    "id_of",
    "keep_from_others",
    "load_keys",
    "read_root_key",
    "revoke_key",
    "ring_on_disk",
    "root_key_told",
    "rotate_key",
    "write_secret",
]
