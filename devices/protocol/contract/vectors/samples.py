"""One message of every kind, as the vectors' station and device say it."""

from typing import Any

import msgspec

from devices.protocol import topics
from devices.protocol.commands import Command, Receipt, Resync, SelfTest, TimeAnswer
from devices.protocol.contract.vectors.keys import CLUSTER, DAY_MS, DEVICE, NOW_MS, STATION
from devices.protocol.orders import (
    Cue,
    CueKind,
    Item,
    Now,
    OnCut,
    OnReboot,
    Order,
    Plan,
    Priority,
    QuietHoursOverride,
    Stop,
    Tone,
)
from devices.protocol.reports import Ask, Batch, ClockStatement, Health, Status
from devices.protocol.topics import Upward

ITEM = Item(
    sha256="ab" * 32,
    size_bytes=240_000,
    duration_ms=30_000,
    title="Bản tin sáng",
    cues=(Cue(at_ms=0, kind=CueKind.CHIME), Cue(at_ms=4_000, kind=CueKind.BULLETIN)),
)
ORDER = Order(
    id="sang-15-01",
    broadcast="phat-15-01",
    priority=Priority.NORMAL,
    starts_at_ms=NOW_MS + 60_000,
    not_after_ms=NOW_MS + 360_000,
    items=(ITEM,),
    title="Chương trình sáng",
    on_cut=OnCut.RESUME,
    on_reboot=OnReboot.JOIN,
)
EMERGENCY = Order(
    id="khan-15-01",
    broadcast="phat-15-02",
    priority=Priority.EMERGENCY,
    starts_at_ms=NOW_MS,
    not_after_ms=NOW_MS + 600_000,
    items=(Item(sha256="cd" * 32, size_bytes=64_000, duration_ms=8_000),),
    override=QuietHoursOverride(person="Chủ tịch UBND xã", reason="Lũ quét"),
    tone=Tone(duration_ms=4_000),
    hazard="flood",
)
PLAN = Plan(
    station=STATION,
    cluster=CLUSTER,
    version=NOW_MS - 1_000,
    issued_at_ms=NOW_MS - 1_000,
    orders=(ORDER, EMERGENCY),
    stops=(Stop(order="hom-qua", at_ms=NOW_MS - DAY_MS),),
)
NOW = Now(
    station=STATION,
    cluster=CLUSTER,
    sequence=7,
    issued_at_ms=NOW_MS,
    expires_at_ms=NOW_MS + 120_000,
    order=EMERGENCY,
)
STOP = msgspec.structs.replace(NOW, sequence=8, order=None, stop=Stop(order="x", at_ms=NOW_MS))
_TO: dict[str, Any] = {"station": STATION, "device": DEVICE}
RECEIPT = Receipt(**_TO, epoch="ef" * 16, seq=3, chain="12" * 32, issued_at_ms=NOW_MS)
TIME = TimeAnswer(**_TO, nonce="34" * 16, at_ms=NOW_MS)
_COMMAND: dict[str, Any] = {"sequence": 2, "issued_at_ms": NOW_MS, "expires_at_ms": NOW_MS + 60_000}
RESYNC = Command(**_TO, **_COMMAND, resync=Resync(epoch="ef" * 16, after_seq=1))
SELF_TEST = Command(**_TO, **_COMMAND, self_test=SelfTest())
STATUS = Status(**_TO, online=True, boot="56" * 16, software="example/1", at_ms=NOW_MS)
HEALTH = Health(
    **_TO,
    boot="56" * 16,
    at_ms=NOW_MS,
    uptime_s=60,
    cpu_temperature_c=41.5,
    refused={"bad_signature": 2},
    clock=ClockStatement(offset_ms=-3, uncertainty_ms=12, source="station"),
)
ASK = Ask(**_TO, nonce="34" * 16, at_ms=NOW_MS)
BATCH = Batch(**_TO, epoch="ef" * 16, first=4, entries=('{"seq":4}',), sent_at_ms=NOW_MS)

TOPICS = {
    "plan": topics.plan(STATION, CLUSTER),
    "now": topics.now(STATION, CLUSTER),
    "config": topics.config(STATION, DEVICE),
    "to": topics.to_device(STATION, DEVICE),
} | {str(what): topics.from_device(STATION, DEVICE, what) for what in Upward}
