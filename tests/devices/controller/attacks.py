"""Attacks on a controller, as Hypothesis draws them: each is one message that must be refused.

The attacker owns the network and the broker, has recorded everything that the station ever said,
holds back and repeats what he likes, and has three keys: one of his own, one that was the
station's until yesterday, and one that may only tell the time. `GENUINE` attacks are signed with
the key that the device trusts: what was meant for another time, place or kind.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from hypothesis import strategies as st
from msgspec import Struct
from nacl.signing import SigningKey

from devices.protocol import topics
from devices.protocol.envelope import seal_message
from devices.protocol.jws import MESSAGE_LIMIT_BYTES, key_id, seal
from devices.protocol.messages import (
    Command,
    Config,
    IssuerKey,
    Now,
    Plan,
    Receipt,
    Scope,
    SelfTest,
    Stop,
    TimeAnswer,
    Typ,
)
from tests.contract.any_message import any_of, spoilt
from tests.devices.controller.pole import (
    CLUSTER,
    DEVICE,
    NOON_MS,
    STATION,
    STATION_KEY,
    make_config,
    make_emergency,
    make_issuer,
    make_keyring,
    make_order,
    make_plan,
)
from tests.devices.sounds import tone

STRANGER, YESTERDAYS, CLOCK_ONLY = (SigningKey(letter * 32) for letter in (b"x", b"y", b"c"))
DAY_MS = 86_400_000
HELD = 5
"""The number of the plan, the configuration, the moment and the command that the device has."""
FALSE = "gia"
"""The order that is never to be heard."""

ON = {
    Plan: topics.plan(STATION, CLUSTER),
    Now: topics.now(STATION, CLUSTER),
    Config: topics.config(STATION, DEVICE),
    Command: topics.to_device(STATION, DEVICE),
    Receipt: topics.to_device(STATION, DEVICE),
    TimeAnswer: topics.to_device(STATION, DEVICE),
}
TYP = {
    Plan: Typ.PLAN,
    Now: Typ.NOW,
    Config: Typ.CONFIG,
    Command: Typ.COMMAND,
    Receipt: Typ.RECEIPT,
    TimeAnswer: Typ.TIME,
}
KINDS = st.sampled_from(list(ON))
NUMBERED = st.sampled_from([Plan, Now, Config, Command])
NEWER = st.integers(HELD + 1, 2**40)
OLDER = st.integers(1, HELD - 1)


class Attack(NamedTuple):
    """One message, and what kind of attack it is."""

    name: str
    topic: str
    payload: bytes
    uses_up: int = 0
    """The number that nobody else can use after it; 0 where it uses up none."""

    def __repr__(self) -> str:
        """As a failed example is shown."""
        shown = f"{self.payload[:120]!r} ({len(self.payload)} bytes)"
        return f"Attack({self.name!r}, {self.topic!r}, {shown})"


def trusted_issuers() -> tuple[IssuerKey, ...]:
    """Whom the device trusts: the station, its key until yesterday, and a clock."""
    return (
        make_issuer(),
        make_issuer(YESTERDAYS, not_after_ms=NOON_MS - DAY_MS),
        make_issuer(CLOCK_ONLY, scopes=(Scope.TIME,)),
    )


def false_word(kind: type[Struct], number: int, **fields: object) -> Struct:
    """What the attacker would like to have believed, of this kind and number."""
    sound = tone(2_000)
    addressed: dict[type[Struct], Callable[[], Struct]] = {
        Plan: lambda: make_plan(make_order(FALSE, sound, after_s=25), version=number),
        Now: lambda: Now(
            station=STATION,
            cluster=CLUSTER,
            sequence=number,
            issued_at_ms=NOON_MS,
            expires_at_ms=NOON_MS + DAY_MS,
            order=make_emergency(FALSE, sound),
        ),
        Config: lambda: make_config(
            version=number, cluster="cum-2", keyring=make_keyring(*trusted_issuers())
        ),
        Command: lambda: Command(
            station=STATION,
            device=DEVICE,
            sequence=number,
            issued_at_ms=NOON_MS,
            expires_at_ms=NOON_MS + DAY_MS,
            self_test=SelfTest(),
        ),
        Receipt: lambda: Receipt(
            station=STATION,
            device=DEVICE,
            epoch="e" * 32,
            seq=number,
            chain="c" * 64,
            issued_at_ms=NOON_MS,
        ),
        TimeAnswer: lambda: TimeAnswer(
            station=STATION, device=DEVICE, nonce="0" * 32, at_ms=NOON_MS + number
        ),
    }
    return msgspec.structs.replace(addressed[kind](), **fields)


@st.composite
def forged(draw: st.DrawFn) -> Attack:
    """Signed with a key that nobody trusts, or no more, or that may not say this."""
    kind, number = draw(KINDS), draw(NEWER)
    keys = [STRANGER, YESTERDAYS] + ([CLOCK_ONLY] if kind is not TimeAnswer else [])
    key = draw(st.sampled_from(keys))
    issued = draw(st.sampled_from([NOON_MS, NOON_MS - 2 * DAY_MS]))
    times = {"issued_at_ms": issued} if kind is not TimeAnswer else {}
    word = false_word(kind, number, **times)
    return Attack("forged", ON[kind], seal_message(word, key=key).encode())


@st.composite
def tampered(draw: st.DrawFn) -> Attack:
    """Signed by the station, and then one character of it is another."""
    kind = draw(KINDS)
    message = seal_message(false_word(kind, draw(NEWER)), key=STATION_KEY)
    at = draw(st.integers(0, len(message) - 1))
    letter = draw(st.sampled_from("AQgw09_-.=z").filter(lambda drawn: drawn != message[at]))
    return Attack("tampered", ON[kind], (message[:at] + letter + message[at + 1 :]).encode())


@st.composite
def downgraded(draw: st.DrawFn) -> Attack:
    """With an algorithm of the attacker's choice: none, or the public key taken for a secret."""
    kind = draw(KINDS)
    payload = msgspec.json.encode(false_word(kind, draw(NEWER)))
    alg = draw(st.sampled_from(["none", "None", "HS256", "ES256", "eddsa", "EdDSA"]))
    header = msgspec.json.encode(
        {"alg": alg, "kid": key_id(STATION_KEY.verify_key), "typ": TYP[kind]}
    )
    signed = f"{_part(header)}.{_part(payload)}"
    public = bytes(STATION_KEY.verify_key)
    mac = hmac.new(public, signed.encode(), hashlib.sha256).digest()
    signature = draw(st.sampled_from([b"", mac, mac * 2, bytes(64)]))
    return Attack("downgraded", ON[kind], f"{signed}.{_part(signature)}".encode())


@st.composite
def rolled_back(draw: st.DrawFn) -> Attack:
    """The station's own word of an earlier number, whether the device ever heard it or not."""
    kind, number = draw(NUMBERED), draw(OLDER)
    issued = NOON_MS - draw(st.integers(0, 3)) * DAY_MS
    word = false_word(kind, number, issued_at_ms=issued)
    return Attack("rolled back", ON[kind], seal_message(word, key=STATION_KEY).encode())


@st.composite
def replayed(draw: st.DrawFn) -> Attack:
    """An answer to a question of yesterday, a receipt for another journal."""
    kind = draw(st.sampled_from([TimeAnswer, Receipt]))
    nonce = draw(st.binary(min_size=16, max_size=16)).hex()
    word = false_word(kind, draw(NEWER), **({"nonce": nonce} if kind is TimeAnswer else {}))
    return Attack("replayed", ON[kind], seal_message(word, key=STATION_KEY).encode())


@st.composite
def expired(draw: st.DrawFn) -> Attack:
    """The station's own word, held back until its time was over."""
    kind, number = draw(st.sampled_from([Now, Command])), draw(NEWER)
    ago_ms = draw(st.integers(1, 7 * DAY_MS))
    word = false_word(
        kind, number, issued_at_ms=NOON_MS - ago_ms - 60_000, expires_at_ms=NOON_MS - ago_ms
    )
    return Attack("expired", ON[kind], seal_message(word, key=STATION_KEY).encode(), uses_up=number)


@st.composite
def of_elsewhere(draw: st.DrawFn) -> Attack:
    """The station's own word for another station, cluster or device; on our topic or on theirs."""
    kind, number = draw(KINDS), draw(NEWER)
    own = "cluster" if kind in {Plan, Now} else "device"
    meant = draw(st.sampled_from([{"station": "xa-khac"}, {own: "cum-2"}, {own: "loa-02"}]))
    word = false_word(kind, number, **meant)
    theirs = ON[kind].replace(STATION if "station" in meant else ON[kind].split("/")[-1], "xa-khac")
    on = draw(st.sampled_from([ON[kind], theirs]))
    return Attack("cross-address", on, seal_message(word, key=STATION_KEY).encode())


@st.composite
def of_another_kind(draw: st.DrawFn) -> Attack:
    """The station's own word on the topic of another kind, or under another kind's name."""
    kind, other = draw(KINDS), draw(KINDS)
    while ON[kind] == ON[other]:
        kind, other = draw(KINDS), draw(KINDS)
    word = false_word(kind, draw(NEWER))
    claimed = draw(st.sampled_from([TYP[kind], TYP[other], Typ.KEYRING, Typ.CONFIRM]))
    payload = seal(msgspec.json.encode(word), typ=claimed, key=STATION_KEY)
    return Attack("cross-kind", ON[other], payload.encode())


@st.composite
def oversized(draw: st.DrawFn) -> Attack:
    """Signed by the station, and larger than any message may be."""
    kind = draw(KINDS)
    said = msgspec.to_builtins(false_word(kind, draw(NEWER)))
    said["a_later_word"] = "x" * MESSAGE_LIMIT_BYTES
    payload = seal(msgspec.json.encode(said), typ=TYP[kind], key=STATION_KEY)
    return Attack("oversized", ON[kind], payload.encode())


@st.composite
def malformed(draw: st.DrawFn) -> Attack:
    """Signed by the station, and nothing that its kind may be."""
    kind = draw(KINDS)
    made = draw(spoilt(any_of(kind)).filter(lambda drawn: not _is_whole(drawn, kind)))
    payload = seal(msgspec.json.encode(made), typ=TYP[kind], key=STATION_KEY)
    return Attack("malformed", ON[kind], payload.encode())


@st.composite
def rubbish(draw: st.DrawFn) -> Attack:
    """Octets of any kind, and beginnings of the station's own words."""
    kind = draw(KINDS)
    whole = seal_message(false_word(kind, draw(NEWER)), key=STATION_KEY).encode()
    octets = st.binary(min_size=1, max_size=300)
    cut = st.integers(1, len(whole) - 1).map(lambda at: whole[:at])
    parts = st.lists(st.binary(max_size=40), min_size=3, max_size=3).map(b".".join)
    return Attack("rubbish", ON[kind], draw(octets | cut | parts))


GENUINE = rolled_back() | replayed() | expired() | of_elsewhere() | of_another_kind() | malformed()
ATTACKS = st.one_of(forged(), tampered(), downgraded(), GENUINE, rubbish(), oversized())


def series(size: int) -> st.SearchStrategy[list[Attack]]:
    """So many attacks. A number that a command used up is only a repetition the second time."""
    return st.lists(ATTACKS, min_size=size, max_size=size, unique_by=_not_repeated)


def _not_repeated(attack: Attack) -> object:
    return attack.uses_up or object()


def _is_whole(made: object, kind: type[Struct]) -> bool:
    try:
        msgspec.json.decode(msgspec.json.encode(made), type=kind)
    except msgspec.ValidationError:
        return False
    return True


def _part(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def a_stop_of_nothing() -> Stop:
    """What the station said last in this moment's topic."""
    return Stop(order="khong-co", at_ms=NOON_MS)
