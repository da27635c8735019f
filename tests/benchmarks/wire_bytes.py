"""How many octets each message of the contract has, as the code's own encoders make it.

`python -m tests.benchmarks.wire_bytes`. Names are as long as those that a station gives, a box
measures all that it can, titles are as long as those of real bulletins. The same code gives the
same figures on every machine; only the TLS handshake depends on OpenSSL and on the certificate.
"""

import ssl
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct, structs
from nacl.signing import SigningKey

from broadcaster.areas.tables import Station
from broadcaster.database import new_id
from broadcaster.dispatch.configs import Surroundings, draft_config
from broadcaster.fleet.tables import Device
from devices.controller.tls import tls_context
from devices.protocol import topics
from devices.protocol.chain import entry_hash, genesis
from devices.protocol.envelope import seal_message
from devices.protocol.jws import key_id
from devices.protocol.messages import (
    Ask,
    AuditRoot,
    Batch,
    ClockStatement,
    Confirmation,
    Cue,
    CueKind,
    Health,
    Item,
    Kind,
    Now,
    Order,
    Plan,
    Priority,
    Receipt,
    Status,
    TimeAnswer,
    Tone,
    encode,
)
from devices.protocol.topics import Upward
from playlists.audio.encoding import encode_mp3
from playlists.audio.pcm import Pcm
from tests.authority import Authority
from tests.trail import keys_of

STATION = "xa-an-phu"
DEVICE, CLUSTER = new_id("loa"), new_id("cum")
EPOCH, BOOT = "e" * 32, "b" * 32
AT_MS = 1_796_083_200_000
SEQ, VERSION = 54_321, 1_796_083_200_123
TITLE = "Chương trình truyền thanh sáng của xã"
PART_TITLE = "Lịch tiêm chủng tháng 12"
PARTS = (CueKind.CHIME, CueKind.BULLETIN, CueKind.BULLETIN, CueKind.CLOSING)
SESSION_MS, RATE_HZ = 900_000, 24_000
HANDSHAKES = 200
_CLOCK = ClockStatement(offset_ms=-12, uncertainty_ms=45, source="station")
_ROOT = AuditRoot(day="2026-11-30", root="d" * 64)
_KEY = SigningKey(b"k" * 32)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A message on the wire: its topic and its signed payload, in octets."""

    topic: int
    payload: int


def weighed() -> Mapping[str, Weighed]:
    """Each kind of message, by the word that the model of capacity has for it."""
    plan_of_one, plan_of_two = (_plan(orders) for orders in (1, 2))
    return {
        "confirmation": _upward(_batch(*_entries()[3:4]), Upward.CONFIRM),
        "confirmations_together": _upward(_batch(*_entries()), Upward.CONFIRM),
        "status": _upward(_status(), Upward.STATUS),
        "health": _upward(_health(), Upward.HEALTH),
        "ask": _upward(
            Ask(station=STATION, device=DEVICE, nonce="ab" * 16, at_ms=AT_MS), Upward.ASK
        ),
        "receipt": _sealed(_receipt(), topics.to_device(STATION, DEVICE)),
        "time_answer": _sealed(
            TimeAnswer(station=STATION, device=DEVICE, nonce="ab" * 16, at_ms=AT_MS),
            topics.to_device(STATION, DEVICE),
        ),
        "plan_empty": Weighed(plan_of_one.topic, 2 * plan_of_one.payload - plan_of_two.payload),
        "plan_order": Weighed(0, -(-(plan_of_two.payload - plan_of_one.payload) // 3)),
        "config": _config(),
        "now": _sealed(_emergency(), topics.now(STATION, CLUSTER)),
    }


def audio_of_a_minute() -> int:
    """Octets of one minute as bulletins are encoded."""
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name:
        file = Path(name) / "minute.mp3"
        encode_mp3(Pcm(b"\0\1" * (60 * RATE_HZ), RATE_HZ), file)
        return file.stat().st_size


@dataclass(frozen=True, slots=True)
class Handshake:
    """TLS in octets each way, and what it takes of the server's processor."""

    to_server: int
    to_client: int
    server_us: float


def handshake() -> Handshake:
    """A device's handshake with a broker that shows a P-256 certificate of one CA."""
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name:
        authority = Authority(Path(name))
        issued = authority.issue()
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(issued.certificate, issued.key)
        client = tls_context(authority.pem)
        found = [_shaken(client, server) for _ in range(HANDSHAKES)]
    return min(found, key=lambda each: each.server_us)


def _shaken(client: ssl.SSLContext, server: ssl.SSLContext) -> Handshake:
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(down, up, server_hostname="127.0.0.1")
    theirs = server.wrap_bio(up, down, server_side=True)
    there = back = 0
    used_ns = 0
    waiting = [ours, theirs]
    while waiting:
        for each in list(waiting):
            before = (up.pending, down.pending)
            began_ns = time.process_time_ns()
            try:
                each.do_handshake()
                waiting.remove(each)
            except ssl.SSLWantReadError:
                pass
            if each is theirs:
                used_ns += time.process_time_ns() - began_ns
                back += down.pending - before[1]
            else:
                there += up.pending - before[0]
    return Handshake(there, back, used_ns / 1_000)


def _upward(message: Struct, what: Upward) -> Weighed:
    return _sealed(message, topics.from_device(STATION, DEVICE, what))


def _sealed(message: Struct, topic: str) -> Weighed:
    return Weighed(len(topic), len(seal_message(message, key=_KEY)))


def _entries() -> list[str]:
    """What a good play of one part says."""
    entries: list[str] = []
    order = new_id("ord")
    first_us = AT_MS * 1_000
    samples = SESSION_MS * RATE_HZ // 1_000
    counted = {
        "samples": samples,
        "sample_rate_hz": RATE_HZ,
        "first_sample_at_us": first_us,
        "last_sample_at_us": first_us + SESSION_MS * 1_000,
        "sink": "miniaudio",
    }
    said: tuple[tuple[Kind, dict[str, object]], ...] = (
        (Kind.RECEIVED, {"plan_version": VERSION}),
        (Kind.CACHED, {}),
        (Kind.STARTED, {}),
        (Kind.ITEM_STARTED, {"item": 0, "cue": 0, "first_sample_at_us": first_us}),
        (Kind.FINISHED, counted),
    )
    for number, (kind, more) in enumerate(said):
        prev = (
            entry_hash(entries[-1])
            if entries
            else genesis(station=STATION, device=DEVICE, epoch=EPOCH)
        )
        confirmation = Confirmation(
            seq=SEQ + number,
            prev=prev,
            kind=kind,
            at_ms=AT_MS,
            order=order,
            **more,  # type: ignore[arg-type]
        )
        entries.append(encode(confirmation).decode())
    return entries


def _batch(*entries: str) -> Batch:
    return Batch(
        station=STATION, device=DEVICE, epoch=EPOCH, first=SEQ, entries=entries,
        sent_at_ms=AT_MS, clock=_CLOCK,
    )  # fmt: skip


def _status() -> Status:
    return Status(
        station=STATION, device=DEVICE, online=True, boot=BOOT, software="loa-controller/1",
        at_ms=AT_MS, number=1_048_576, will=1_048_575, plan_version=VERSION,
        config_version=VERSION, keyring_serial=VERSION, now_sequence=123,
        key_id=key_id(_KEY.verify_key), epoch=EPOCH, seq=SEQ, clock=_CLOCK, audit_root=_ROOT,
    )  # fmt: skip


def _health() -> Health:
    return Health(
        station=STATION, device=DEVICE, boot=BOOT, at_ms=AT_MS, uptime_s=1_234_567,
        cpu_temperature_c=54.321, cpu_share=0.0123, memory_resident_bytes=61_234_567,
        memory_free_bytes=312_345_678, disk_free_bytes=12_345_678_901,
        audio_cache_bytes=123_456_789, link="wwan", signal_dbm=-87.0, supply="mains",
        audio_device=True, volume_percent=80, unreceipted=0, clock=_CLOCK,
    )  # fmt: skip


def _receipt() -> Receipt:
    return Receipt(
        station=STATION, device=DEVICE, epoch=EPOCH, seq=SEQ, chain="c" * 64,
        issued_at_ms=AT_MS, audit_root=_ROOT,
    )  # fmt: skip


def _session() -> Order:
    """A session of a quarter of an hour, of four parts in one file."""
    cues = tuple(
        Cue(at_ms=number * 200_000, kind=kind, title=PART_TITLE)
        for number, kind in enumerate(PARTS)
    )
    item = Item(
        sha256="a" * 64, size_bytes=7_200_000, duration_ms=SESSION_MS, title=TITLE, cues=cues
    )
    return Order(
        id=new_id("ord"), broadcast=new_id("bc"), priority=Priority.NORMAL,
        starts_at_ms=AT_MS, not_after_ms=AT_MS + 300_000, items=(item,), title=TITLE,
    )  # fmt: skip


def _plan(orders: int) -> Weighed:
    """Three octets of JSON become four, so that orders are told by whole threes of them."""
    plan = Plan(
        station=STATION, cluster=CLUSTER, version=VERSION, issued_at_ms=AT_MS,
        orders=tuple(_session() for _ in range(3 * orders)),
    )  # fmt: skip
    return _sealed(plan, topics.plan(STATION, CLUSTER))


def _emergency() -> Now:
    item = Item(sha256="a" * 64, size_bytes=480_000, duration_ms=60_000, title=PART_TITLE)
    order = Order(
        id=new_id("ord"), broadcast=new_id("em"), priority=Priority.EMERGENCY,
        starts_at_ms=AT_MS, not_after_ms=AT_MS + 600_000, items=(item,), title=PART_TITLE,
        tone=Tone(duration_ms=6_000), hazard="flood",
    )  # fmt: skip
    return Now(
        station=STATION, cluster=CLUSTER, sequence=123, issued_at_ms=AT_MS,
        expires_at_ms=AT_MS + 600_000, order=order,
    )  # fmt: skip


def _config() -> Weighed:
    keys = keys_of(STATION)
    station = Station(
        id=STATION, name="Đài", commune="An Phú", province="An Giang", rehearsal=False,
        public_key=keys.root_public_key, quiet_begins="21:00", quiet_ends="05:30",
    )  # fmt: skip
    around = Surroundings(
        station=station, keyring=keys.keyring, station_url="https://loa.an-phu.example"
    )
    device = Device(id=DEVICE, station_id=STATION, cluster_id=CLUSTER)
    draft = draft_config(device, around=around)
    config = structs.replace(draft, version=VERSION, issued_at_ms=AT_MS)
    return _sealed(config, topics.config(STATION, DEVICE))


def main() -> int:
    """Print all of it."""
    for name, each in weighed().items():
        sys.stdout.write(f"{name}: topic {each.topic}, payload {each.payload} octets\n")
    sys.stdout.write(f"audio of a minute: {audio_of_a_minute()} octets\n")
    shaken = handshake()
    sys.stdout.write(
        f"TLS handshake: {shaken.to_server} octets up, {shaken.to_client} down, "
        f"{shaken.server_us:.0f} µs of the server's processor\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
