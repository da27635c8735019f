"""One good message of every kind, and every way in which one is bad, with the code it gets."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from devices.protocol.contract.vectors.keys import (
    CALM,
    CONFIG,
    CONFIG_VERSION,
    DAY_MS,
    DEVICE_KEY,
    EARLY,
    EXPIRED,
    FUTURE,
    ISSUER,
    NARROW,
    NOW_MS,
    OTHER_CLUSTER,
    OTHER_DEVICE,
    OTHER_STATION,
    SCANT,
    STRANGER,
)
from devices.protocol.contract.vectors.live import live_of
from devices.protocol.contract.vectors.samples import (
    ASK,
    BATCH,
    HEALTH,
    ITEM,
    NOW,
    ORDER,
    PLAN,
    RECEIPT,
    RESYNC,
    SELF_TEST,
    STATUS,
    STOP,
    TIME,
    TOPICS,
)
from devices.protocol.contract.vectors.shapes import (
    b64,
    forged,
    header_of,
    jws,
    signed,
    told,
    with_loose_bits,
)
from devices.protocol.envelope import seal_message
from devices.protocol.jws import key_id
from devices.protocol.messages import Typ, encode

Case = dict[str, Any]


def messages() -> list[Case]:
    """All cases, the good ones first."""
    return [*_good(), *_bad_shapes(), *_bad_keys(), *_bad_addresses(), *_bad_payloads()]


def _good() -> Iterator[Case]:
    by_issuer = [
        ("a plan", "plan", PLAN),
        ("an order for this moment", "now", NOW),
        ("a stop for this moment", "now", STOP),
        ("a configuration", "config", _config()),
        ("a receipt", "to", RECEIPT),
        ("the time", "to", TIME),
        ("a resync", "to", RESYNC),
        ("a self-test", "to", SELF_TEST),
    ]
    for name, topic, message in by_issuer:
        yield _case(name, topic, seal_message(message, key=ISSUER), payload=told(message))
    by_device: list[tuple[str, Struct]] = [
        ("status", STATUS),
        ("health", HEALTH),
        ("ask", ASK),
        ("confirm", BATCH),
    ]
    for topic, message in by_device:
        sealed = seal_message(message, key=DEVICE_KEY)
        yield _case(f"a device's {topic}", topic, sealed, payload=told(message))
    later = told(PLAN) | {"weather": {"rain": [1, None]}}
    sealed = jws(later, typ=Typ.PLAN, key=ISSUER)
    yield _case("with members of a later version", "plan", sealed, payload=later)
    spaced = f' {{"typ":"loa-plan" ,\n"kid":"{key_id(ISSUER.verify_key)}", "alg":"EdDSA"}} '
    sealed = jws(encode(PLAN), typ=Typ.PLAN, key=ISSUER, header=spaced.encode())
    yield _case("with a header in another order, spaced", "plan", sealed, payload=told(PLAN))
    sealed = seal_message(PLAN, key=CALM)
    yield _case("with an emergency by a key without that scope", "plan", sealed, payload=told(PLAN))
    sealed = seal_message(PLAN, key=EARLY)
    yield _case("within 300 s of its key's first day", "plan", sealed, payload=told(PLAN))
    aged = msgspec.structs.replace(TIME, at_ms=NOW_MS - 2 * DAY_MS)
    sealed = seal_message(aged, key=EXPIRED)
    yield _case("a time of when its key was good", "to", sealed, payload=told(aged))


def _config(**changes: Any) -> Struct:  # noqa: ANN401 — any member of a configuration
    return msgspec.structs.replace(CONFIG, version=CONFIG_VERSION + 1, **changes)


def _bad_shapes() -> Iterator[Case]:
    good = seal_message(PLAN, key=ISSUER)
    header, payload, signature = good.split(".")
    kid = key_id(ISSUER.verify_key)
    none = b64(b'{"alg":"none","kid":"' + kid.encode() + b'","typ":"loa-plan"}')
    as_json = f'{{"protected":"{header}","payload":"{payload}","signature":"{signature}"}}'
    malformed = {
        "alg none, unsigned": f"{none}.{payload}.",
        "alg none, with the right signature": f"{none}.{payload}.{signature}",
        "alg HS256": _headed(header_of(kid=kid, typ="loa-plan").replace(b"EdDSA", b"HS256")),
        "alg Ed25519": _headed(header_of(kid=kid, typ="loa-plan").replace(b"EdDSA", b"Ed25519")),
        "a header with one member more": _headed(header_of(kid=kid, typ="loa-plan", crit=["exp"])),
        "a header with its own key": _headed(
            header_of(kid=kid, typ="loa-plan", jwk={"kty": "OKP"})
        ),
        "a header without kid": _headed(header_of(typ="loa-plan")),
        "a header without typ": _headed(header_of(kid=kid)),
        "a header that is a list": _headed(b"[]"),
        "a padded signature": f"{good}==",
        "a padded payload": signed(f"{header}.{payload}=", key=ISSUER),
        "a signature with loose bits": f"{header}.{payload}.{with_loose_bits(signature)}",
        "a line end behind": f"{good}\n",
        "two parts": f"{header}.{payload}",
        "four parts": f"{good}.{signature}",
        "JWS in JSON": as_json,
        "nothing": "",
        "a payload that is no JSON": jws(b"plan", typ=Typ.PLAN, key=ISSUER),
        "a payload that is a list": jws(b"[]", typ=Typ.PLAN, key=ISSUER),
        "a payload with a byte order mark": jws(
            b"\xef\xbb\xbf" + encode(PLAN), typ=Typ.PLAN, key=ISSUER
        ),
        "a payload in Latin-1": jws(
            encode(PLAN).decode().replace("ả", "à").encode("latin-1", "replace"),
            typ=Typ.PLAN,
            key=ISSUER,
        ),
    }
    for name, message in malformed.items():
        yield _case(name, "plan", message, expect="malformed")
    yield _case("a letter of the payload changed", "plan", forged(good), expect="bad_signature")
    unsigned = f"{header}.{payload}."
    yield _case("without its signature", "plan", unsigned, expect="bad_signature")
    swapped = f"{header}.{payload}.{seal_message(NOW, key=ISSUER).split('.')[2]}"
    yield _case("with the signature of another message", "plan", swapped, expect="bad_signature")
    too_long = _case("too long", "plan", good, expect="message_too_large")
    yield too_long | {"append": {"text": "A", "times": 262_145 - len(good)}}


def _headed(header: bytes) -> str:
    return jws(encode(PLAN), typ=Typ.PLAN, key=ISSUER, header=header)


def _bad_keys() -> Iterator[Case]:
    kid = key_id(ISSUER.verify_key)
    borrowed = jws(encode(PLAN), typ=Typ.PLAN, key=STRANGER, kid=kid)
    yield _case("by nobody's key", "plan", seal_message(PLAN, key=STRANGER), expect="wrong_key")
    yield _case("under a borrowed key id", "plan", borrowed, expect="bad_signature")
    yield _case(
        "by the device itself", "plan", seal_message(PLAN, key=DEVICE_KEY), expect="wrong_key"
    )
    for topic, message in (("plan", PLAN), ("now", NOW), ("config", _config()), ("to", RECEIPT)):
        sealed = seal_message(message, key=SCANT)
        yield _case(f"{topic} by a key for the time alone", topic, sealed, expect="issuer_scope")
    for topic, message in (("plan", PLAN), ("now", NOW), ("config", _config())):
        sealed = seal_message(message, key=NARROW)
        yield _case(f"{topic} by a key for another cluster", topic, sealed, expect="issuer_scope")
        sealed = seal_message(message, key=EXPIRED)
        yield _case(f"{topic} by an expired key", topic, sealed, expect="key_expired")
    backdated = msgspec.structs.replace(PLAN, issued_at_ms=NOW_MS - 2 * DAY_MS)
    sealed = seal_message(backdated, key=EXPIRED)
    yield _case("backdated, by an expired key", "plan", sealed, expect="key_expired")
    sealed = seal_message(PLAN, key=FUTURE)
    yield _case("by a key of tomorrow", "plan", sealed, expect="key_expired")
    sealed = seal_message(TIME, key=EXPIRED)
    yield _case("the time by an expired key", "to", sealed, expect="key_expired")
    sealed = seal_message(STATUS, key=ISSUER)
    yield _case("a status by an issuer", "status", sealed, expect="wrong_key")


def _bad_addresses() -> Iterator[Case]:
    replace = msgspec.structs.replace
    elsewhere: list[tuple[str, str, Struct]] = [
        ("a plan for another station", "plan", replace(PLAN, station=OTHER_STATION)),
        ("a plan for another cluster", "plan", replace(PLAN, cluster=OTHER_CLUSTER)),
        ("a stop for another cluster", "now", replace(STOP, cluster=OTHER_CLUSTER)),
        ("a configuration for another device", "config", _config(device=OTHER_DEVICE)),
        ("a receipt for another device", "to", replace(RECEIPT, device=OTHER_DEVICE)),
    ]
    for name, topic, message in elsewhere:
        yield _case(name, topic, seal_message(message, key=ISSUER), expect="wrong_address")
    wrong = replace(STATUS, device=OTHER_DEVICE)
    sealed = seal_message(wrong, key=DEVICE_KEY)
    yield _case("a status for another device", "status", sealed, expect="wrong_address")
    kinds: list[tuple[str, str, Struct]] = [
        ("a plan on the topic for this moment", "now", PLAN),
        ("a receipt on the plan's topic", "plan", RECEIPT),
        ("a configuration on the device's own topic", "to", _config()),
    ]
    for name, topic, message in kinds:
        yield _case(name, topic, seal_message(message, key=ISSUER), expect="wrong_kind")
    unknown = jws(told(RECEIPT), typ="loa-weather", key=ISSUER)
    yield _case("a kind that nobody knows", "to", unknown, expect="wrong_kind")
    disguised = jws(told(PLAN), typ=Typ.NOW, key=ISSUER)
    yield _case("a plan that calls itself a now", "now", disguised, expect="malformed")


def _bad_payloads() -> Iterator[Case]:
    order, item = told(ORDER), told(ITEM)
    relay = {"url": "https://vov.vn/live.mp3", "duration_ms": 1_000}
    cases: list[tuple[str, Case]] = [
        ("version 2", {"v": 2}),
        ("a version that is text", {"version": "7"}),
        ("version 0", {"version": 0}),
        ("a version beyond 2^53 - 1", {"version": 2**53}),
        ("a name with a capital", {"cluster": "Cum-1"}),
        ("a name with a line end", {"cluster": "cum-1\n"}),
        ("an instant with a fraction", {"issued_at_ms": 1.5}),
        ("a list that is null", {"orders": None}),
        ("stops that are null", {"stops": None}),
        ("a priority that is none", {"orders": [order | {"priority": 4}]}),
        ("an order of nothing", {"orders": [order | {"items": []}]}),
        ("an order of items and a relay", {"orders": [order | {"relay": relay}]}),
        ("live speech in a plan", {"orders": [order | {"items": [], "live": told(live_of())}]}),
        ("an order of items and live speech", {"orders": [order | {"live": told(live_of())}]}),
        ("a word in on_cut that is none", {"orders": [order | {"on_cut": "pause"}]}),
        ("an on_cut that is null", {"orders": [order | {"on_cut": None}]}),
        ("a tone of three seconds", {"orders": [order | {"tone": {"duration_ms": 3_000}}]}),
        ("a hash in capitals", {"orders": [order | {"items": [item | {"sha256": "AB" * 32}]}]}),
        (
            "cues that do not ascend",
            {"orders": [order | {"items": [item | {"cues": [_cue(5), _cue(5)]}]}]},
        ),
        (
            "a cue beyond the end",
            {"orders": [order | {"items": [item | {"cues": [_cue(30_000)]}]}]},
        ),
        ("51 items", {"orders": [order | {"items": [item] * 51}]}),
    ]
    for name, wrong in cases:
        sealed = jws(told(PLAN) | wrong, typ=Typ.PLAN, key=ISSUER)
        yield _case(name, "plan", sealed, expect="malformed")
    without = {key: value for key, value in told(PLAN).items() if key != "version"}
    yield _case(
        "without a version", "plan", jws(without, typ=Typ.PLAN, key=ISSUER), expect="malformed"
    )
    both = told(NOW) | {"stop": {"order": "x", "at_ms": 1}}
    neither = told(NOW) | {"order": None}
    for name, payload in (("an order and a stop", both), ("neither order nor stop", neither)):
        yield _case(name, "now", jws(payload, typ=Typ.NOW, key=ISSUER), expect="malformed")
    two = told(RESYNC) | {"self_test": {}}
    yield _case(
        "two commands in one", "to", jws(two, typ=Typ.COMMAND, key=ISSUER), expect="malformed"
    )


def _cue(at_ms: int) -> Case:
    return {"at_ms": at_ms, "kind": "chime"}


def _case(
    name: str, topic: str, message: str, *, expect: str = "ok", payload: Case | None = None
) -> Case:
    case: Case = {"name": name, "topic": TOPICS[topic], "message": message, "expect": expect}
    return case if payload is None else case | {"payload": payload}
