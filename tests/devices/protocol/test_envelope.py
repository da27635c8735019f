"""Each kind of message opens only on the topic that it was signed for, as the kind that it is."""

from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest
from nacl.signing import SigningKey

from devices.errors import MalformedMessage, RolledBack, WrongAddress, WrongKey, WrongKind
from devices.protocol.envelope import (
    open_config,
    open_from_device,
    open_now,
    open_plan,
    open_to_device,
    seal_message,
)
from devices.protocol.jws import seal, typ_of
from devices.protocol.keyring import NOBODY, issuer_of, open_keyring, seal_keyring
from devices.protocol.messages import (
    Ask,
    Batch,
    Command,
    Config,
    Health,
    Keyring,
    Now,
    Plan,
    Receipt,
    Scope,
    SelfTest,
    Status,
    Stop,
    TimeAnswer,
    Typ,
    encode,
)

ROOT, KEY, THIEF = SigningKey(b"r" * 32), SigningKey(b"k" * 32), SigningKey(b"t" * 32)
STATION, CLUSTER, DEVICE = "binh-an", "cum-1", "loa-01"
EPOCH, HASH, NONCE = "ab" * 16, "cd" * 32, "ef" * 16
AT_MS = 1_000_000


def keyring(*keys: SigningKey, serial: int = 1, root: SigningKey = ROOT) -> str:
    """A keyring in which these keys may sign everything."""
    issuers = tuple(
        issuer_of(key, name="Đài xã", scopes=Scope, not_before_ms=0, not_after_ms=2 * AT_MS)
        for key in keys
    )
    made = Keyring(station=STATION, serial=serial, issued_at_ms=AT_MS, keys=issuers)
    return seal_keyring(made, root=root)


TRUST = open_keyring(keyring(KEY).encode(), station=STATION, root=ROOT.verify_key)
MESSAGES: dict[Typ, msgspec.Struct] = {
    Typ.PLAN: Plan(station=STATION, cluster=CLUSTER, version=7, issued_at_ms=AT_MS, orders=()),
    Typ.NOW: Now(
        station=STATION,
        cluster=CLUSTER,
        sequence=3,
        issued_at_ms=AT_MS,
        expires_at_ms=AT_MS,
        stop=Stop(order="sang", at_ms=AT_MS),
    ),
    Typ.CONFIG: Config(
        station=STATION,
        device=DEVICE,
        version=1,
        issued_at_ms=AT_MS,
        keyring=keyring(KEY),
        cluster=CLUSTER,
    ),
    Typ.COMMAND: Command(
        station=STATION,
        device=DEVICE,
        sequence=1,
        issued_at_ms=AT_MS,
        expires_at_ms=AT_MS,
        self_test=SelfTest(),
    ),
    Typ.RECEIPT: Receipt(
        station=STATION, device=DEVICE, epoch=EPOCH, seq=3, chain=HASH, issued_at_ms=AT_MS
    ),
    Typ.TIME: TimeAnswer(station=STATION, device=DEVICE, nonce=NONCE, at_ms=AT_MS),
    Typ.CONFIRM: Batch(
        station=STATION,
        device=DEVICE,
        epoch=EPOCH,
        first=1,
        entries=('{"Việt":"ộ"}',),
        sent_at_ms=1,
    ),
    Typ.STATUS: Status(
        station=STATION,
        device=DEVICE,
        online=True,
        boot=EPOCH,
        software="loa-controller/1",
        at_ms=1,
    ),
    Typ.HEALTH: Health(station=STATION, device=DEVICE, boot=EPOCH, at_ms=1, uptime_s=7),
    Typ.ASK: Ask(station=STATION, device=DEVICE, nonce=NONCE, at_ms=1),
}
OF_CLUSTERS = {Typ.PLAN: open_plan, Typ.NOW: open_now}
FROM_STATION = {Typ.COMMAND: Command, Typ.RECEIPT: Receipt, Typ.TIME: TimeAnswer}
FROM_DEVICE = {Typ.CONFIRM: Batch, Typ.STATUS: Status, Typ.HEALTH: Health, Typ.ASK: Ask}

Opening = Callable[..., Any]


def opened(
    typ: Typ, message: bytes, *, station: str = STATION, target: str | None = None
) -> msgspec.Struct:
    """Open a message as a kind, on the topic of a station and a cluster or device."""
    if typ in OF_CLUSTERS:
        opening: Opening = OF_CLUSTERS[typ]  # type: ignore[assignment]
        said, _ = opening(
            message, station=station, cluster=target or CLUSTER, trust=TRUST, now_ms=AT_MS
        )
        return cast("msgspec.Struct", said)
    device = target or DEVICE
    if typ is Typ.CONFIG:
        root = ROOT.verify_key
        return open_config(
            message, station=station, device=device, root=root, held=NOBODY, now_ms=AT_MS
        )[0]
    if typ in FROM_STATION:
        opening = open_to_device
        return cast(
            "msgspec.Struct",
            opening(
                message,
                FROM_STATION[typ],
                station=station,
                device=device,
                trust=TRUST,
                now_ms=AT_MS,
            ),
        )
    opening = open_from_device
    said = opening(message, FROM_DEVICE[typ], station=station, device=device, key=KEY.verify_key)
    return cast("msgspec.Struct", said)


def sealed(typ: Typ, *, key: SigningKey = KEY) -> bytes:
    """The message of a kind, signed."""
    return seal_message(MESSAGES[typ], key=key).encode()


@pytest.mark.parametrize("typ", MESSAGES)
def test_what_was_sealed_opens_on_its_topic(typ: Typ) -> None:
    """The same values come out, and the kind can be told before."""
    assert typ_of(sealed(typ)) == typ
    assert opened(typ, sealed(typ)) == MESSAGES[typ]


@pytest.mark.parametrize("typ", MESSAGES)
@pytest.mark.parametrize("what", ["station", "target"])
def test_it_opens_on_no_other_topic(typ: Typ, what: str) -> None:
    """Another station, cluster or device is a wrong address."""
    with pytest.raises(WrongAddress):
        opened(typ, sealed(typ), **{what: "khac"})


@pytest.mark.parametrize("typ", MESSAGES)
@pytest.mark.parametrize("other", MESSAGES)
def test_no_kind_passes_for_another(typ: Typ, other: Typ) -> None:
    """Neither by its typ nor by its body under another's typ."""
    if typ is other:
        return
    disguised = seal(encode(MESSAGES[typ]), typ=other, key=KEY).encode()

    # A configuration is looked into before its signature: its keyring says whose that must be.
    with pytest.raises((WrongKind, MalformedMessage)):
        opened(other, sealed(typ))
    with pytest.raises(MalformedMessage):
        opened(other, disguised)


@pytest.mark.parametrize("typ", MESSAGES)
def test_nobody_else_can_sign_it(typ: Typ) -> None:
    """A key that the reader does not expect is refused."""
    with pytest.raises(WrongKey):
        opened(typ, sealed(typ, key=THIEF))


@pytest.mark.parametrize(
    ("ring", "refusal"),
    [
        (keyring(KEY, root=THIEF), WrongKey),
        (keyring(THIEF, serial=5), WrongKey),
        (keyring(KEY, serial=4), RolledBack),
        ("khong.phai.jws", MalformedMessage),
    ],
    ids=["another root's", "without the signer", "older than the one held", "no keyring"],
)
def test_a_configuration_is_worth_what_its_keyring_is(ring: str, refusal: type[Exception]) -> None:
    """It is the root that says whose signature counts, and never an older word of it."""
    config = msgspec.structs.replace(MESSAGES[Typ.CONFIG], keyring=ring)  # type: ignore[type-var]
    held = open_keyring(keyring(KEY, serial=5).encode(), station=STATION, root=ROOT.verify_key)

    with pytest.raises(refusal):
        open_config(
            seal_message(config, key=KEY).encode(),
            station=STATION,
            device=DEVICE,
            root=ROOT.verify_key,
            held=held,
            now_ms=AT_MS,
        )


def test_fields_of_a_later_version_are_ignored() -> None:
    """A reader passes over what it does not know."""
    later = msgspec.to_builtins(MESSAGES[Typ.STATUS]) | {"weather": "mưa"}
    message = seal(msgspec.json.encode(later), typ=Typ.STATUS, key=KEY).encode()

    assert opened(Typ.STATUS, message) == MESSAGES[Typ.STATUS]


def test_another_version_of_the_contract_is_refused() -> None:
    """A message of version 2 is not read as one of version 1."""
    later = msgspec.to_builtins(MESSAGES[Typ.STATUS]) | {"v": 2}
    message = seal(msgspec.json.encode(later), typ=Typ.STATUS, key=KEY).encode()

    with pytest.raises(MalformedMessage):
        opened(Typ.STATUS, message)
