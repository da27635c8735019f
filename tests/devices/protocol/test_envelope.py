"""Each kind of message opens only on the topic that it was signed for, as the kind that it is."""

import msgspec
import pytest
from nacl.signing import SigningKey

from devices.errors import MalformedMessage, WrongAddress, WrongKey, WrongKind
from devices.protocol import envelope
from devices.protocol.jws import seal
from devices.protocol.messages import Batch, Plan, Receipt, Status, Typ, encode

KEY = SigningKey(b"k" * 32)
STATION, CLUSTER, DEVICE = "binh-an", "cum-1", "loa-01"
EPOCH, HASH = "ab" * 16, "cd" * 32

PLAN = Plan(station=STATION, cluster=CLUSTER, version=7, issued_at_ms=1, orders=())
RECEIPT = Receipt(station=STATION, device=DEVICE, epoch=EPOCH, seq=3, chain=HASH, issued_at_ms=1)
BATCH = Batch(
    station=STATION, device=DEVICE, epoch=EPOCH, first=1, entries=('{"Việt":"ộ"}',), sent_at_ms=1
)
STATUS = Status(
    station=STATION, device=DEVICE, online=True, boot=EPOCH, software="loa-controller/1", at_ms=1
)
KINDS = {
    Typ.PLAN: (PLAN, envelope.seal_plan, envelope.open_plan, "cluster"),
    Typ.RECEIPT: (RECEIPT, envelope.seal_receipt, envelope.open_receipt, "device"),
    Typ.CONFIRM: (BATCH, envelope.seal_batch, envelope.open_batch, "device"),
    Typ.STATUS: (STATUS, envelope.seal_status, envelope.open_status, "device"),
}
NAMES = {"cluster": CLUSTER, "device": DEVICE}


def address_of(typ: Typ, **other: str) -> dict[str, str]:
    """The topic's address for a kind, with something changed."""
    target = KINDS[typ][3]
    return {"station": STATION, target: NAMES[target]} | other


@pytest.mark.parametrize("typ", Typ)
def test_what_was_sealed_opens_on_its_topic(typ: Typ) -> None:
    """The same values come out."""
    message, sealing, opening, _ = KINDS[typ]
    sealed = sealing(message, key=KEY).encode()  # type: ignore[operator]

    assert opening(sealed, **address_of(typ), key=KEY.verify_key) == message  # type: ignore[operator]


@pytest.mark.parametrize("typ", Typ)
@pytest.mark.parametrize("what", ["station", "target"])
def test_it_opens_on_no_other_topic(typ: Typ, what: str) -> None:
    """Another station, cluster or device is a wrong address."""
    message, sealing, opening, target = KINDS[typ]
    elsewhere = address_of(typ, **{"station" if what == "station" else target: "khac"})

    with pytest.raises(WrongAddress):
        opening(sealing(message, key=KEY).encode(), **elsewhere, key=KEY.verify_key)  # type: ignore[operator]


@pytest.mark.parametrize("typ", Typ)
@pytest.mark.parametrize("other", Typ)
def test_no_kind_passes_for_another(typ: Typ, other: Typ) -> None:
    """Neither by its typ nor by its body under another's typ."""
    if typ is other:
        return
    message, sealing, _, _ = KINDS[typ]
    _, _, opening, _ = KINDS[other]
    disguised = seal(encode(message), typ=other, key=KEY).encode()

    with pytest.raises(WrongKind):
        opening(sealing(message, key=KEY).encode(), **address_of(other), key=KEY.verify_key)  # type: ignore[operator]
    with pytest.raises(MalformedMessage):
        opening(disguised, **address_of(other), key=KEY.verify_key)  # type: ignore[operator]


@pytest.mark.parametrize("typ", Typ)
def test_nobody_else_can_sign_it(typ: Typ) -> None:
    """A key that the reader does not expect is refused."""
    message, sealing, opening, _ = KINDS[typ]
    sealed = sealing(message, key=SigningKey(b"t" * 32)).encode()  # type: ignore[operator]

    with pytest.raises(WrongKey):
        opening(sealed, **address_of(typ), key=KEY.verify_key)  # type: ignore[operator]


def test_fields_of_a_later_version_are_ignored() -> None:
    """A reader passes over what it does not know."""
    later = msgspec.to_builtins(STATUS) | {"weather": "mưa"}
    sealed = seal(msgspec.json.encode(later), typ=Typ.STATUS, key=KEY).encode()

    assert envelope.open_status(sealed, **address_of(Typ.STATUS), key=KEY.verify_key) == STATUS


def test_another_version_of_the_contract_is_refused() -> None:
    """A message of version 2 is not read as one of version 1."""
    later = msgspec.to_builtins(STATUS) | {"v": 2}
    sealed = seal(msgspec.json.encode(later), typ=Typ.STATUS, key=KEY).encode()

    with pytest.raises(MalformedMessage):
        envelope.open_status(sealed, **address_of(Typ.STATUS), key=KEY.verify_key)
