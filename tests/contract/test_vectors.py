"""Our own readers give every code that the published vectors ask for."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey, VerifyKey

from devices.controller.clock import LoopClock
from devices.controller.live.reception import Reception
from devices.controller.quiet_hours import disturbs
from devices.controller.trusted_time import FixedWitness, TrustedClock
from devices.errors import ContractViolation, RolledBack, UnaskedFrame, WrongKind
from devices.protocol import topics
from devices.protocol.chain import entry_hash, genesis, read_entries
from devices.protocol.contract.published import FOLDER
from devices.protocol.enrolment import (
    EnrolAnswer,
    Enrolled,
    EnrolRequest,
    Pending,
    Refused,
    Wish,
    answer_is_proven,
    key_is_possessed,
    keys_of,
    read_code,
    request_is_proven,
)
from devices.protocol.envelope import (
    open_config,
    open_from_device,
    open_now,
    open_plan,
    open_to_device,
    seal_message,
)
from devices.protocol.jws import key_id, typ_of
from devices.protocol.keyring import NOBODY, Trust, open_keyring
from devices.protocol.live import hkdf_sha256, stream_of, unwrap_key
from devices.protocol.messages import (
    Ask,
    Batch,
    Command,
    Health,
    Live,
    QuietHours,
    Receipt,
    Status,
    TimeAnswer,
    Typ,
)

VECTORS: dict[str, Any] = json.loads((FOLDER / "vectors.json").read_text(encoding="utf-8"))
READER: dict[str, Any] = VECTORS["reader"]
STATION, CLUSTER, DEVICE = READER["station"], READER["cluster"], READER["device"]
NOW_MS: int = READER["now_ms"]
ROOT = VerifyKey(READER["root_key"].encode(), encoder=HexEncoder)
DEVICE_KEY = SigningKey(VECTORS["keys"]["device"]["seed"].encode(), encoder=HexEncoder)
UPWARD = {"confirm": Batch, "status": Status, "health": Health, "ask": Ask}
DOWNWARD = {Typ.RECEIPT: Receipt, Typ.TIME: TimeAnswer, Typ.COMMAND: Command}


def named(cases: list[dict[str, Any]]) -> list[Any]:
    """The cases, each under its name."""
    return [pytest.param(case, id=case["name"]) for case in cases]


def outcome(reading: Callable[[], Any]) -> tuple[str, Any]:
    """The code that a reader gives (`ok` for none), and what it read."""
    try:
        return "ok", reading()
    except ContractViolation as violation:
        return violation.code, None


def configured(message: bytes, *, held: Trust) -> tuple[msgspec.Struct, Trust]:
    """Open a configuration as the vectors' reader."""
    return open_config(message, station=STATION, device=DEVICE, root=ROOT, held=held, now_ms=NOW_MS)


TRUST = configured(READER["config"].encode(), held=NOBODY)[1]


def read(topic: str, message: bytes) -> msgspec.Struct:
    """Open what came on a topic, as the vectors' reader (upwards: as the station)."""
    station, branch, *rest = topic.removeprefix("loa/1/").split("/")
    assert (station, rest[0]) in {(STATION, CLUSTER), (STATION, DEVICE)}
    to = {"station": STATION, "device": DEVICE}
    if branch == "plan":
        return open_plan(message, station=STATION, cluster=CLUSTER, trust=TRUST, now_ms=NOW_MS)[0]
    if branch == "now":
        return open_now(message, station=STATION, cluster=CLUSTER, trust=TRUST, now_ms=NOW_MS)[0]
    if branch == "config":
        return configured(message, held=TRUST)[0]
    if branch == "from":
        return open_from_device(message, UPWARD[rest[1]], **to, key=DEVICE_KEY.verify_key)
    if typ_of(message) not in DOWNWARD:
        raise WrongKind(typ_of(message))
    return open_to_device(message, DOWNWARD[Typ(typ_of(message))], **to, trust=TRUST, now_ms=NOW_MS)


@pytest.mark.parametrize("case", named(VECTORS["messages"]))
def test_a_message_gets_its_code(case: dict[str, Any]) -> None:
    """The good ones say what they say, and each bad one is refused for its one reason."""
    append = case.get("append", {"text": "", "times": 0})
    message = (case["message"] + append["text"] * append["times"]).encode()
    code, said = outcome(lambda: read(case["topic"], message))

    assert code == case["expect"]
    if code == "ok":
        known = json.loads(msgspec.json.encode(said))
        assert known == {key: case["payload"][key] for key in known}


@pytest.mark.parametrize("case", named(VECTORS["keyrings"]))
def test_a_keyring_gets_its_code(case: dict[str, Any]) -> None:
    """Only what the pinned root signed for this station, and nothing older than what is held."""

    def read_keyring() -> None:
        trust = open_keyring(case["keyring"].encode(), station=STATION, root=ROOT)
        if trust.serial < case["held_serial"]:
            raise RolledBack

    assert outcome(read_keyring)[0] == case["expect"]


def test_an_older_keyring_cannot_come_in_a_new_configuration() -> None:
    """The same check in our own reader of configurations."""
    older = next(each for each in VECTORS["keyrings"] if each["expect"] == "rolled_back")
    config = msgspec.structs.replace(
        configured(READER["config"].encode(), held=NOBODY)[0], keyring=older["keyring"]
    )
    key = SigningKey(VECTORS["keys"]["issuer"]["seed"].encode(), encoder=HexEncoder)

    with pytest.raises(RolledBack):
        configured(seal_message(config, key=key).encode(), held=TRUST)


@pytest.mark.parametrize("name", sorted(VECTORS["keys"]))
def test_a_key_is_named_by_its_hash(name: str) -> None:
    """Seed, public key and key id belong together."""
    key = VECTORS["keys"][name]
    public = SigningKey(key["seed"].encode(), encoder=HexEncoder).verify_key

    assert (public.encode(HexEncoder).decode(), key_id(public)) == (key["public"], key["key_id"])


def test_the_chain_is_that_of_the_vectors() -> None:
    """From the genesis on, each names the one before."""
    chains = VECTORS["chains"]
    address = {key: chains[key] for key in ("station", "device", "epoch")}

    assert genesis(**address) == chains["genesis"]
    assert [entry_hash(entry) for entry in chains["entries"]] == chains["hashes"]
    named_before = [json.loads(entry)["prev"] for entry in chains["entries"]]
    assert named_before == [chains["genesis"], *chains["hashes"][:-1]]


@pytest.mark.parametrize("case", named(VECTORS["chains"]["batches"]))
def test_a_batch_gets_its_code(case: dict[str, Any]) -> None:
    """What was left out, rewritten, or carried over from elsewhere does not fit."""
    topic = topics.from_device(STATION, DEVICE, topics.Upward.CONFIRM)

    def read_batch() -> None:
        batch = read(topic, case["batch"].encode())
        assert isinstance(batch, Batch)
        read_entries(batch)

    assert outcome(read_batch)[0] == case["expect"]


class _Machine(LoopClock):
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.wall_ms = 0
        self.ticks_ms = 0

    def now_us(self) -> int:
        return self.wall_ms * 1_000

    def monotonic_us(self) -> int:
        return self.ticks_ms * 1_000


@pytest.mark.parametrize("case", named(VECTORS["times"]))
def test_an_answer_tells_offset_and_uncertainty(case: dict[str, Any]) -> None:
    """From one round trip."""
    machine = _Machine()
    machine.wall_ms = case["clock_ms"]
    machine.ticks_ms = case["answered_monotonic_ms"]
    clock = TrustedClock(machine, witness=FixedWitness())
    clock.answered(case["at_ms"], asked_us=case["asked_monotonic_ms"] * 1_000)
    said = clock.statement()

    assert (said.offset_ms, said.uncertainty_ms) == (case["offset_ms"], case["uncertainty_ms"])


@pytest.mark.parametrize("case", named(VECTORS["quiet_hours"]))
def test_quiet_hours_are_touched_or_not(case: dict[str, Any]) -> None:
    """Half-open, across midnight, and when the clocks change."""
    quiet = msgspec.convert(case["quiet_hours"], QuietHours)

    touches = disturbs(quiet, starts_at_ms=case["starts_at_ms"], duration_ms=case["duration_ms"])

    assert touches == case["touches"]


LIVE = VECTORS["live"]


def test_keys_are_derived_as_everywhere() -> None:
    """RFC 5869."""
    told = LIVE["hkdf"]
    secret, salt, info = (bytes.fromhex(told[name]) for name in ("secret", "salt", "info"))

    derived = hkdf_sha256(secret, salt=salt, info=info, length=told["length"])

    assert derived.hex() == told["derived"]
    assert (
        derived.hex()
        == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


@pytest.mark.parametrize("case", named(LIVE["wrapped"]))
def test_a_session_key_is_found_or_not(case: dict[str, Any]) -> None:
    """By the device for which it was wrapped, in the stream for which it was."""
    live = msgspec.convert(case["live"], Live)

    session = unwrap_key(live, station=STATION, device=DEVICE, device_key=DEVICE_KEY)

    assert session == (None if case["session"] is None else bytes.fromhex(case["session"]))


@pytest.mark.parametrize("case", named(LIVE["frames"]))
def test_a_frame_gets_its_code(case: dict[str, Any]) -> None:
    """What is taken says what it says; everything else is dropped for its one reason."""
    live = msgspec.convert(LIVE["live"], Live)
    machine = _Machine()
    machine.wall_ms = NOW_MS
    session = unwrap_key(live, station=STATION, device=DEVICE, device_key=DEVICE_KEY)
    assert session is not None
    reception = Reception(
        live=live,
        session=session,
        begins_us=LIVE["begins_at_ms"] * 1_000,
        clock=machine,
        _last=LIVE["last_taken"],
    )

    def take() -> None:
        message = bytes.fromhex(case["frame"])
        if stream_of(message) != live.stream:
            raise UnaskedFrame
        reception.take(message)

    assert outcome(take)[0] == case["expect"]
    if case["expect"] == "ok":
        taken = [(each.number, each.mp3.hex()) for each in reception.waiting]
        assert taken == ([(case["number"], case["mp3"])] if case["mp3"] else [])
        assert reception.has_ended == (not case["mp3"])


def test_a_code_is_read_however_it_is_typed() -> None:
    """Letters for digits, lower case, spaces."""
    told = VECTORS["enrolment"]
    code = read_code(told["code_as_typed"])
    keys = keys_of(code.secret)

    assert code == read_code(told["code"])
    assert (code.secret.hex(), code.root_fingerprint) == (
        told["secret"],
        told["root_fingerprint"],
    )
    assert (keys.code_id, keys.device.hex(), keys.station.hex()) == (
        told["code_id"],
        told["device_proof_key"],
        told["station_proof_key"],
    )


def test_a_request_is_proven_by_code_and_key() -> None:
    """The station believes the one, and neither of the false ones."""
    told = VECTORS["enrolment"]
    keys = keys_of(bytes.fromhex(told["secret"]))
    request = msgspec.convert(told["request"], EnrolRequest)
    wish = msgspec.json.decode(request.request, type=Wish)

    assert request_is_proven(request, keys=keys)
    assert key_is_possessed(request, device_key=wish.device_key)
    assert wish.device_key == VECTORS["keys"]["device"]["public"]
    for false in told["false_requests"].values():
        assert not request_is_proven(msgspec.convert(false, EnrolRequest), keys=keys)


@pytest.mark.parametrize("number", range(len(VECTORS["enrolment"]["answers"])))
def test_an_answer_means_what_the_vectors_say(number: int) -> None:
    """Whoever lacks the code, and whoever names another root, has answered nothing."""
    told = VECTORS["enrolment"]
    case = told["answers"][number]

    assert _meaning(msgspec.convert(case["body"], EnrolAnswer), told) == case["expect"]


def _meaning(answer: EnrolAnswer, told: dict[str, Any]) -> str:
    keys = keys_of(bytes.fromhex(told["secret"]))
    if not answer_is_proven(answer, to_request=told["request"]["request"], keys=keys):
        return "none"
    said = msgspec.json.decode(answer.answer, type=Pending | Enrolled | Refused)
    if not isinstance(said, Enrolled):
        return type(said).__name__.lower()
    root = VerifyKey(said.root_key.encode(), encoder=HexEncoder)
    ours = said.device_key == VECTORS["keys"]["device"]["public"]
    return "enrolled" if ours and key_id(root) == told["root_fingerprint"] else "none"
