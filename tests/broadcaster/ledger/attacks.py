"""Attacks on the ledger, as Hypothesis draws them: each is one message that may count nothing.

The attacker owns the broker and one stolen pole with its key, has recorded what its neighbour
said, and says it again, changed or in other words, wherever he likes. What the stolen pole may say
of itself is no attack that anybody could see, and is none of these.
"""

import msgspec
from hypothesis import strategies as st
from msgspec import Struct
from nacl.signing import SigningKey

from broadcaster.database.columns import to_ms
from broadcaster.wire import Delivery
from devices.protocol import topics
from devices.protocol.chain import entry_hash, genesis
from devices.protocol.envelope import seal_message
from devices.protocol.jws import MESSAGE_LIMIT_BYTES, seal
from devices.protocol.messages import (
    Batch,
    Confirmation,
    Health,
    Kind,
    Now,
    Status,
    Stop,
    Typ,
    encode,
)
from devices.protocol.topics import Upward
from tests.broadcaster.ledger.commune import STARTS, STATION, Pole
from tests.contract.any_message import any_of, spoilt

THIEF, VICTIM = "loa-1", "loa-2"
THIEFS_KEY, VICTIMS_KEY, STRANGER = (SigningKey(letter * 32) for letter in (b"t", b"v", b"x"))
VICTIMS_EPOCH = "e" * 32
NOW_MS = to_ms(STARTS)

WHAT = {Batch: Upward.CONFIRM, Status: Upward.STATUS, Health: Upward.HEALTH}
TYP = {Batch: Typ.CONFIRM, Status: Typ.STATUS, Health: Typ.HEALTH}
KINDS = st.sampled_from([Batch, Status, Health])


class Attack(msgspec.Struct, frozen=True):
    """One message, what kind of attack it is, and whether anything may be noted of it."""

    name: str
    topic: str
    payload: bytes
    is_noted: bool = True

    @property
    def delivery(self) -> Delivery:
        """As the broker hands it over."""
        return Delivery(self.topic, self.payload, ack=lambda: None)

    def __repr__(self) -> str:
        """As a failed example is shown."""
        return f"Attack({self.name!r}, {self.topic!r}, {self.payload[:120]!r})"


def recorded() -> list[Delivery]:
    """What the victim has said so far, and the attacker has recorded."""
    victim = the_victim()
    old, new = (victim.status(online=True, at_ms=NOW_MS - ago_ms) for ago_ms in (60_000, 0))
    return [old, *victim.batches(size=2), victim.batch(), new]


def the_victim() -> Pole:
    """The honest pole, with a journal of one play."""
    pole = Pole(VICTIM, key=VICTIMS_KEY, epoch=VICTIMS_EPOCH)
    pole.play()
    return pole


def false_word(kind: type[Struct], device: str, number: int, *, station: str = STATION) -> Struct:
    """What the attacker would like to have believed of a device."""
    if kind is Batch:
        epoch = f"{number:032x}"
        said = Confirmation(
            seq=1,
            prev=genesis(station=station, device=device, epoch=epoch),
            kind=Kind.FINISHED,
            order="ord-1",
            at_ms=NOW_MS + number,
            samples=60 * 24_000,
            sample_rate_hz=24_000,
            simulated=True,
        )
        return Batch(
            station=station,
            device=device,
            epoch=epoch,
            first=1,
            entries=(encode(said).decode(),),
            sent_at_ms=NOW_MS,
        )
    if kind is Status:
        return Status(
            station=station,
            device=device,
            online=False,
            boot=f"{number:032x}",
            software="gia",
            at_ms=NOW_MS + number,
            plan_version=number,
            simulated=True,
        )
    boot = f"{number:032x}"
    return Health(station=station, device=device, boot=boot, at_ms=NOW_MS + number, simulated=True)


NUMBERS = st.integers(1, 2**40)


@st.composite
def forged(draw: st.DrawFn) -> Attack:
    """The victim's word in the attacker's hand, on the victim's topic or on his own."""
    kind = draw(KINDS)
    word = false_word(kind, VICTIM, draw(NUMBERS))
    key, on = draw(st.sampled_from([THIEFS_KEY, STRANGER])), draw(st.sampled_from([VICTIM, THIEF]))
    return Attack("forged", _on(kind, on), seal_message(word, key=key).encode())


@st.composite
def tampered(draw: st.DrawFn) -> Attack:
    """What the victim really said, and one character of it is another."""
    said = draw(st.sampled_from(recorded()))
    at = draw(st.integers(0, len(said.payload) - 1))
    letters = st.sampled_from(b"AQgw09_-.=z").filter(lambda letter: letter != said.payload[at])
    payload = said.payload[:at] + bytes([draw(letters)]) + said.payload[at + 1 :]
    return Attack("tampered", said.topic, payload)


@st.composite
def replayed(draw: st.DrawFn) -> Attack:
    """What the victim really said, once more: nothing to note, and nothing to count."""
    said = draw(st.sampled_from(recorded()))
    return Attack("replayed", said.topic, said.payload, is_noted=False)


@st.composite
def of_elsewhere(draw: st.DrawFn) -> Attack:
    """What the victim really said, on a topic of somebody or something else."""
    said = draw(st.sampled_from(recorded()))
    what = said.topic.split("/")[-1]
    others = [
        f"loa/1/{STATION}/from/{THIEF}/{what}",
        f"loa/1/xa-khac/from/{VICTIM}/{what}",
        f"loa/1/{STATION}/from/loa-9/{what}",
        f"loa/2/{STATION}/from/{VICTIM}/{what}",
        f"loa/1/{STATION}/from/{VICTIM}/{what}/x",
        f"loa/1/{STATION}/to/{VICTIM}",
        f"loa/1/{STATION}/plan/cum-dong",
    ]
    return Attack("cross-address", draw(st.sampled_from(others)), said.payload)


@st.composite
def of_another_station(draw: st.DrawFn) -> Attack:
    """The thief's own word, signed for another station or another name; or with no pole's name.

    Also on the topic of that station, as a pole that serves two of them might say it.
    """
    kind, number = draw(KINDS), draw(NUMBERS)
    station, device = draw(
        st.sampled_from([("xa-khac", THIEF), (STATION, VICTIM), (STATION, "loa-9")])
    )
    word = false_word(kind, device, number, station=station)
    spoken_on = topics.from_device(draw(st.sampled_from([STATION, station])), THIEF, WHAT[kind])
    return Attack("cross-station", spoken_on, seal_message(word, key=THIEFS_KEY).encode())


@st.composite
def of_another_kind(draw: st.DrawFn) -> Attack:
    """A word of one kind on the topic of another, under whatever name; and what only comes down."""
    kind = draw(KINDS)
    other = draw(KINDS.filter(lambda drawn: drawn is not kind))
    word = false_word(kind, THIEF, draw(NUMBERS))
    stop = Now(
        station=STATION,
        cluster="cum-dong",
        sequence=1,
        issued_at_ms=NOW_MS,
        expires_at_ms=NOW_MS + 60_000,
        stop=Stop(order="ord-1", at_ms=NOW_MS),
    )
    payload = draw(
        st.sampled_from(
            [
                seal(encode(word), typ=TYP[kind], key=THIEFS_KEY),
                seal(encode(word), typ=TYP[other], key=THIEFS_KEY),
                seal_message(stop, key=THIEFS_KEY),
            ]
        )
    )
    return Attack("cross-kind", _on(other, THIEF), payload.encode())


@st.composite
def contradictory(draw: st.DrawFn) -> Attack:
    """The thief's own journal with a link that does not hold: in order, number or hash."""
    pole = Pole(THIEF, key=THIEFS_KEY, epoch=f"{draw(NUMBERS):032x}")
    pole.play()
    entries = list(pole.entries)
    match draw(st.sampled_from(["swapped", "left out", "twice", "changed", "misnumbered"])):
        case "swapped":
            entries[1], entries[2] = entries[2], entries[1]
        case "left out":
            del entries[draw(st.integers(1, 3))]
        case "twice":
            entries.insert(2, entries[1])
        case "changed":
            entries[1] = entries[1].replace('"order":"ord-1"', '"order":"ord-2"')
        case "misnumbered":
            return Attack("contradictory", _on(Batch, THIEF), _batch(entries, pole, first=7))
    return Attack("contradictory", _on(Batch, THIEF), _batch(entries, pole))


@st.composite
def oversized(draw: st.DrawFn) -> Attack:
    """Signed by the thief, and larger than any message may be."""
    kind = draw(KINDS)
    said = msgspec.to_builtins(false_word(kind, THIEF, draw(NUMBERS)))
    said["a_later_word"] = "x" * MESSAGE_LIMIT_BYTES
    payload = seal(msgspec.json.encode(said), typ=TYP[kind], key=THIEFS_KEY)
    return Attack("oversized", _on(kind, THIEF), payload.encode())


@st.composite
def malformed(draw: st.DrawFn) -> Attack:
    """Signed by the thief, and nothing that its kind may be."""
    kind = draw(KINDS)
    made = draw(spoilt(any_of(kind)).filter(lambda drawn: not _is_whole(drawn, kind)))
    payload = seal(msgspec.json.encode(made), typ=TYP[kind], key=THIEFS_KEY)
    return Attack("malformed", _on(kind, THIEF), payload.encode())


@st.composite
def rubbish(draw: st.DrawFn) -> Attack:
    """Octets of any kind, under anybody's name, and beginnings of what was really said."""
    said = draw(st.sampled_from(recorded()))
    cut = st.integers(0, len(said.payload) - 1).map(lambda at: said.payload[:at])
    parts = st.lists(st.binary(max_size=40), min_size=3, max_size=3).map(b".".join)
    on = st.sampled_from([said.topic, _on(Batch, THIEF)])
    return Attack("rubbish", draw(on), draw(st.binary(max_size=300) | cut | parts))


ATTACKS = st.one_of(
    forged(),
    tampered(),
    replayed(),
    of_elsewhere(),
    of_another_station(),
    of_another_kind(),
    contradictory(),
    oversized(),
    malformed(),
    rubbish(),
)


def last_hash(pole: Pole) -> str:
    """The hash that a receipt for all of its journal names."""
    return entry_hash(pole.entries[-1])


def _on(kind: type[Struct], device: str) -> str:
    return topics.from_device(STATION, device, WHAT[kind])


def _batch(entries: list[str], pole: Pole, *, first: int = 1) -> bytes:
    batch = Batch(
        station=STATION,
        device=pole.device,
        epoch=pole.epoch,
        first=first,
        entries=tuple(entries),
        sent_at_ms=NOW_MS,
    )
    return seal_message(batch, key=pole.key).encode()


def _is_whole(made: object, kind: type[Struct]) -> bool:
    try:
        msgspec.json.decode(msgspec.json.encode(made), type=kind)
    except msgspec.ValidationError:
        return False
    return True
