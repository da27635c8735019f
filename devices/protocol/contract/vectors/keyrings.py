"""Keyrings: the right one, and those that a reader who pinned the root refuses."""

from devices.protocol.contract.vectors.keys import (
    ISSUER,
    KEYRING,
    OTHER_ROOT,
    OTHER_STATION,
    ROOT,
    SERIAL,
    keyring_of,
)
from devices.protocol.contract.vectors.shapes import forged, jws, told
from devices.protocol.jws import key_id
from devices.protocol.keyring import seal_keyring
from devices.protocol.messages import Typ, encode


def keyrings() -> list[dict[str, object]]:
    """Each with the serial that its reader holds already, and the code that it gives."""
    newer = seal_keyring(keyring_of(serial=SERIAL + 1), root=ROOT)
    older = seal_keyring(keyring_of(serial=SERIAL - 1), root=ROOT)
    elsewhere = seal_keyring(keyring_of(station=OTHER_STATION), root=ROOT)
    payload = encode(keyring_of(serial=SERIAL + 1))
    root_id = key_id(ROOT.verify_key)
    empty = told(keyring_of()) | {"keys": []}
    return [
        _case("the first one", KEYRING, held=0),
        _case("the same again", KEYRING, held=SERIAL),
        _case("a newer one", newer, held=SERIAL),
        _case("an older one", older, held=SERIAL, expect="rolled_back"),
        _case("the older one, to whom none is held", older, held=0),
        _case("of another root", seal_keyring(keyring_of(), root=OTHER_ROOT), expect="wrong_key"),
        _case("by an issuer", seal_keyring(keyring_of(), root=ISSUER), expect="wrong_key"),
        _case(
            "by another root under our root's key id",
            jws(payload, typ=Typ.KEYRING, key=OTHER_ROOT, kid=root_id),
            expect="bad_signature",
        ),
        _case("a letter changed", forged(newer), expect="bad_signature"),
        _case("of another station", elsewhere, expect="wrong_address"),
        _case("without keys", jws(empty, typ=Typ.KEYRING, key=ROOT), expect="malformed"),
        _case("as another kind", jws(payload, typ=Typ.CONFIG, key=ROOT), expect="wrong_kind"),
    ]


def _case(name: str, keyring: str, *, held: int = 0, expect: str = "ok") -> dict[str, object]:
    return {"name": name, "keyring": keyring, "held_serial": held, "expect": expect}
