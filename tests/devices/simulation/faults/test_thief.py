"""A stolen key: what is said in a device's name, and what a ledger makes of it."""

from nacl.encoding import HexEncoder
from nacl.signing import SigningKey

from devices.controller.statements import Statement, numbered
from devices.protocol.chain import entry_hash, genesis
from devices.protocol.envelope import open_from_device, seal_message
from devices.protocol.identity import Identity
from devices.protocol.messages import Batch, Kind, encode
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.faults.thief import Thief
from devices.simulation.station.ledger import Ledger
from tests.devices.simulation.faults.weather import episode

KEY = SigningKey(b"d" * 32)
EPOCH = "e" * 32
TOPIC = "loa/1/dai/from/loa-01/confirm"
IDENTITY = Identity(
    station="dai",
    device="loa-01",
    device_key=KEY.encode(HexEncoder).decode(),
    root_key="0" * 64,
    broker_url="mqtt://broker",
    broker_username="loa-01",
    broker_password="secret",
    station_url="http://station",
    rehearsal=True,
)
SAID = (Kind.RECEIVED, Kind.CACHED, Kind.FAILED)


def sent(first: int = 1, last: int = 3) -> bytes:
    """A true batch: an order came, its audio came, it failed."""
    prev = genesis(station="dai", device="loa-01", epoch=EPOCH)
    entries: list[str] = []
    for seq, kind in enumerate(SAID, start=1):
        code = "audio_missing" if kind is Kind.FAILED else None
        statement = Statement(kind=kind, at_ms=seq, order="bao", code=code)
        entries.append(encode(numbered(statement, seq=seq, prev=prev)).decode())
        prev = entry_hash(entries[-1])
    batch = Batch(
        station="dai",
        device="loa-01",
        epoch=EPOCH,
        first=first,
        entries=tuple(entries[first - 1 : last]),
        sent_at_ms=9,
    )
    return seal_message(batch, key=KEY).encode()


def opened(message: bytes, *, device: str = "loa-01") -> Batch:
    """A batch as the station reads it."""
    return open_from_device(message, Batch, station="dai", device=device, key=KEY.verify_key)


def stolen(manner: str) -> Thief:
    """A thief at work."""
    conditions = Conditions()
    conditions.begin(episode(FaultKind.STOLEN, manner=manner))
    return Thief(IDENTITY, conditions=conditions, neighbour="loa-02")


def test_while_nothing_is_stolen_every_word_is_the_devices_own() -> None:
    """Byte by byte."""
    thief = Thief(IDENTITY, conditions=Conditions(), neighbour="loa-02")

    assert thief.tamper(TOPIC, sent()) == [(TOPIC, sent())]


def test_a_liar_tells_failures_as_plays_in_a_chain_that_holds() -> None:
    """However the batches are cut; only evidence of another kind can tell."""
    thief = stolen("lies")
    ledger = Ledger("dai")
    for first, last in ((1, 2), (3, 3), (2, 3)):
        ((topic, message),) = thief.tamper(TOPIC, sent(first, last))
        assert topic == TOPIC
        ledger.take(opened(message))

    assert ledger.said("bao") == {Kind.FINISHED: 1}
    assert ledger.epoch("loa-01", EPOCH).seq == 3
    assert not ledger.quarantined


def test_who_says_two_things_under_one_number_is_quarantined() -> None:
    """The first word stands, the second is kept apart."""
    ledger = Ledger("dai")
    for _, message in stolen("equivocates").tamper(TOPIC, sent()):
        ledger.take(opened(message))

    assert ledger.said("bao") == {Kind.FAILED: 1}
    assert ledger.quarantined == {"loa-01": 1}


def test_another_name_is_signed_with_the_stolen_key() -> None:
    """The neighbour's topic, and a signature that is not his."""
    own, other = stolen("other_name").tamper(TOPIC, sent())

    assert own == (TOPIC, sent())
    assert other[0] == "loa/1/dai/from/loa-02/confirm"
    forged = opened(other[1], device="loa-02")
    assert forged.device == "loa-02"


def test_only_confirmations_are_tampered_with() -> None:
    """A status passes, and so does what cannot be read."""
    thief = stolen("lies")

    assert thief.tamper("loa/1/dai/from/loa-01/status", b"x") == [
        ("loa/1/dai/from/loa-01/status", b"x")
    ]
    assert thief.tamper(TOPIC, b"x") == [(TOPIC, b"x")]
