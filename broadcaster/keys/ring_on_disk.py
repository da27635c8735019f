"""The keyring as anybody in the house may see it: public halves only, not the key that signs."""

from pathlib import Path

from broadcaster.keys.errors import KeyUnreadable
from broadcaster.keys.station_keys import read_keyring, read_root
from devices.protocol.configuration import Keyring
from devices.protocol.jws import unverified_payload
from devices.protocol.messages import decode


def ring_on_disk(keys_dir: Path) -> Keyring | None:
    """The keyring that the root signed; None where there is none that holds."""
    try:
        keyring, _ = read_keyring(keys_dir, root=read_root(keys_dir))
    except KeyUnreadable:
        return None
    return decode(unverified_payload(keyring.encode()), Keyring)
