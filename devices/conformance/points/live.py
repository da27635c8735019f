"""Section 25: live speech, for devices that can do it; and what must never be heard for one."""

import time
from dataclasses import dataclass, replace
from functools import cache

from nacl.encoding import HexEncoder
from nacl.signing import SigningKey, VerifyKey

from devices.conformance.bench import FAR_MS, HEARS_WITHIN_S, Bench, PointFailed, PointNotRun
from devices.conformance.kit import CLUSTERS
from devices.conformance.point import point
from devices.conformance.sounds import silence
from devices.conformance.station import Member, unix_ms
from devices.protocol import topics
from devices.protocol.configuration import QuietHours, Scope
from devices.protocol.contract.vectors.shapes import jws, told
from devices.protocol.live import Stream
from devices.protocol.messages import Typ
from devices.protocol.orders import Live, Order, Priority, Stop
from devices.protocol.reports import Confirmation, Kind

RATE_HZ, FRAME_SAMPLES = 24_000, 2_880
FRAME_MS = 120
LEAD_MS = 1_500
"""How far ahead its beginning is: the device has a second to write `started`."""

STALL_MS = 3_000
SILENT_WITHIN_MS = 500 + 200


@cache
def _sound() -> bytes:
    """A frame of silence."""
    return silence(FRAME_MS, serial="live").mp3


@dataclass
class _Speech:
    """Someone at a microphone: the order, and its frames in real time."""

    bench: Bench
    order: Order
    stream: Stream
    number: int = 0

    def frame(self, number: int | None = None) -> bytes:
        """A frame, the next one unless told otherwise."""
        return self.stream.sealed(self.number if number is None else number, _sound())

    def publish(self, frame: bytes) -> None:
        """Send a frame."""
        station = self.bench.station
        station.publish_frame(topics.live(station.kit.station, station.cluster), frame)

    def speak(self, seconds: float, *, lost: frozenset[int] = frozenset()) -> int:
        """Say something for so long; return how many frames were sent."""
        sent = 0
        for _ in range(round(seconds * 1_000 / FRAME_MS)):
            self.fill()
            if self.number not in lost:
                self.publish(self.frame())
                sent += 1
        return sent

    def close(self) -> None:
        """Say the last word."""
        self.fill()
        self.publish(self.stream.sealed(self.number, b""))

    def fill(self) -> None:
        """Wait until the next frame is full; what nobody said in between has no number."""
        begins_ms = self.order.starts_at_ms + self.order.tone_ms
        reached = (unix_ms() - begins_ms) // FRAME_MS
        self.number = max(self.number + 1, reached)
        time.sleep(max(0, begins_ms + self.number * FRAME_MS - unix_ms()) / 1_000)


def _live(
    bench: Bench,
    stream: Stream,
    *,
    hearers: dict[str, VerifyKey] | None = None,
    duration_ms: int = 60_000,
) -> Live:
    kit = bench.station.kit
    own = VerifyKey(kit.device_public.encode(), encoder=HexEncoder)
    return stream.live(
        station=kit.station,
        hearers=hearers or {kit.device: own},
        duration_ms=duration_ms,
        rate_hz=RATE_HZ,
        frame_samples=FRAME_SAMPLES,
        stall_timeout_ms=STALL_MS,
    )


def _ordered(bench: Bench, live: Live, **fields: Member) -> Order:
    usual: dict[str, Member] = {"items": (), "after_ms": LEAD_MS, "live": live}
    return bench.order(**(usual | fields))


def _opened(bench: Bench, *, duration_ms: int = 60_000, **fields: Member) -> _Speech:
    """Give the order; PointNotRun where the device does not do live speech."""
    stream = Stream()
    order = _ordered(bench, _live(bench, stream, duration_ms=duration_ms), **fields)
    bench.station.say(bench.station.now(order=order))
    _offered(bench, order)
    return _Speech(bench, order, stream)


def _offered(bench: Bench, order: Order) -> None:
    """Wait for a word on the order; PointNotRun for `unsupported`, or none at all (25)."""
    bench.station.wait_for(lambda: bench.heard.of(order.id), within_s=HEARS_WITHIN_S / 3)
    said = bench.heard.of(order.id)
    if not said:
        bench.marked(by_now=True)
        if not bench.heard.of(order.id):
            raise PointNotRun("not offered: the device knows nothing of live speech")
    if any(each.code == "unsupported" for each in said):
        raise PointNotRun("not offered: the device says unsupported")


def _heard_ms(bench: Bench, speech: _Speech) -> float:
    finished = bench.hears(speech.order, Kind.FINISHED, code="live")
    return bench.counted_ms(finished)


def _about(frames: int, counted_ms: float, *, short_of_ms: float = FRAME_MS) -> None:
    if not frames * FRAME_MS - short_of_ms <= counted_ms <= (frames + 1) * FRAME_MS:
        raise PointFailed(f"{counted_ms:.0f} ms counted of {frames * FRAME_MS} ms sent")


@point("25.5", vi="Phát tiếng nói trực tiếp", en="Plays live speech, and counts what came")
def plays_live_speech(bench: Bench) -> None:
    """`finished(live)` after the last word, and one `item_started` of item 0."""
    speech = _opened(bench)
    sent = speech.speak(3)
    speech.close()
    _about(sent, _heard_ms(bench, speech))
    if bench.heard.kinds(speech.order.id).count(Kind.ITEM_STARTED) != 1:
        raise PointFailed(f"heard {bench.heard.kinds(speech.order.id)}")
    bench.hears(speech.order, Kind.ITEM_STARTED)


@point("25.5", vi="Độ trễ của tiếng nói", en="Plays 0.3 s behind the first frame")
def plays_a_little_behind(bench: Bench) -> None:
    """Within half a second more: a broker and a network lie between."""
    speech = _opened(bench)
    first_full_at_ms = speech.order.starts_at_ms + FRAME_MS
    speech.speak(2)
    speech.close()
    first_us = bench.hears(speech.order, Kind.ITEM_STARTED).first_sample_at_us or 0
    behind_ms = first_us / 1_000 - first_full_at_ms
    if not 250 <= behind_ms <= 300 + 500:
        raise PointFailed(f"the first word left {behind_ms:.0f} ms after its frame was full")


@point("25.5", vi="Lấp chỗ mất bằng im lặng", en="Counts no silence for what was lost")
def counts_no_lost_frames(bench: Bench) -> None:
    """Six frames are missing here and there."""
    speech = _opened(bench)
    sent = speech.speak(4, lost=frozenset({8, 9, 15, 20, 21, 22}))
    speech.close()
    _about(sent, _heard_ms(bench, speech))


@point("25.5", vi="Dừng tiếng nói trong 0,5 giây", en="Falls silent within 500 ms of a stop")
def stops_live_speech(bench: Bench) -> None:
    """Whatever comes after it."""
    speech = _opened(bench)
    speech.speak(2)
    said_at_us = unix_ms() * 1_000
    bench.station.say(bench.station.now(stop=Stop(order=speech.order.id, at_ms=unix_ms())))
    speech.speak(1.5)
    stopped = bench.hears(speech.order, Kind.STOPPED)
    silent_after_ms = ((stopped.last_sample_at_us or 0) - said_at_us) / 1_000
    if silent_after_ms > SILENT_WITHIN_MS:
        raise PointFailed(f"silent {silent_after_ms:.0f} ms after the stop was published")
    bench.never(speech.order, Kind.FINISHED)


@point("25.1", vi="Không quá thời lượng tối đa", en="Is silent at its hard maximum")
def keeps_its_maximum(bench: Bench) -> None:
    """Frames go on coming."""
    speech = _opened(bench, duration_ms=2_500)
    speech.speak(4)
    finished = bench.hears(speech.order, Kind.FINISHED, code="live")
    over_ms = (finished.last_sample_at_us or 0) / 1_000 - speech.order.starts_at_ms - 2_500
    if over_ms > 150:
        raise PointFailed(f"sounded {over_ms:.0f} ms beyond its end")


@point("25.5", vi="Đài ngừng gửi thì hết", en="Ends when nothing comes any more")
def ends_after_a_stall(bench: Bench) -> None:
    """No last word: `finished(live)` after the stall time-out."""
    speech = _opened(bench)
    sent = speech.speak(1.5)
    _about(sent, _heard_ms(bench, speech))


@point("25.5", vi="Không có gì đến là lỗi", en="Fails where nothing came at all")
def fails_without_frames(bench: Bench) -> None:
    """`failed(live_stalled)`."""
    speech = _opened(bench)
    bench.hears(speech.order, Kind.FAILED, code="live_stalled")


def _hears_nothing_of(bench: Bench, speech: _Speech) -> Confirmation:
    return bench.hears(speech.order, Kind.FAILED, code="live_stalled")


@point("25.4", vi="Khung giả mạo", en="Plays no forged frame")
def plays_no_forged_frame(bench: Bench) -> None:
    """By a holder of the session key, changed on the way, unsigned, or of any bytes."""
    speech = _opened(bench)
    thief = replace(speech, stream=replace(speech.stream, signer=SigningKey.generate()))
    for _ in range(8):
        thief.fill()
        good = speech.stream.sealed(thief.number, _sound())
        speech.publish(thief.frame())
        speech.publish(good[:60] + bytes([good[60] ^ 1]) + good[61:])
        speech.publish(good[:-64] + bytes(64))
        speech.publish(good[:90])
        speech.publish(b"")
        speech.publish(bytes(20_000))
    _hears_nothing_of(bench, speech)


@point("25.4", vi="Khung của luồng khác", en="Plays no frame of another stream")
def plays_no_other_stream(bench: Bench) -> None:
    """Neither as it is, nor carried over."""
    speech = _opened(bench)
    other = _Speech(bench, speech.order, Stream())
    for _ in range(8):
        other.fill()
        speech.publish(other.frame())
        speech.publish(speech.stream.name + other.frame()[16:])
    _hears_nothing_of(bench, speech)


@point("25.4", vi="Khung phát lại, đảo thứ tự", en="Plays no frame twice, and none out of turn")
def plays_no_frame_twice(bench: Bench) -> None:
    """Each is published three times, and old ones again and again."""
    speech = _opened(bench)
    sent = 0
    for _ in range(20):
        speech.fill()
        frame = speech.frame()
        for each in (frame, frame, frame, speech.frame(max(1, speech.number - 2))):
            speech.publish(each)
        sent += 1
    speech.close()
    _about(sent, _heard_ms(bench, speech))


@point("25.4", vi="Khung cũ quá 10 giây", en="Plays no frame that is more than 10 s old")
def plays_no_old_frame(bench: Bench) -> None:
    """Somebody on the way held them back."""
    speech = _opened(bench, after_ms=-15_000, not_after_ms=unix_ms() + 60_000)
    for number in range(1, 12):
        speech.publish(speech.frame(number))
        bench.rest(FRAME_MS / 1_000)
    _hears_nothing_of(bench, speech)


@point("25.2", vi="Khóa bọc cho thiết bị khác", en="Refuses what was wrapped for another device")
def refuses_a_foreign_key(bench: Bench) -> None:
    """Not named, and named with a key that does not open: `rejected(live_key)`."""
    _opened_and_stopped(bench)
    device = bench.station.kit.device
    stranger = SigningKey.generate().verify_key
    for hearers in ({"loa-khac": stranger}, {device: stranger}):
        order = _ordered(bench, _live(bench, Stream(), hearers=hearers))
        bench.station.say(bench.station.now(order=order))
        bench.hears(order, Kind.REJECTED, code="live_key")
        bench.never(order, Kind.RECEIVED, Kind.STARTED)


def _opened_and_stopped(bench: Bench) -> None:
    """That the device does live speech at all."""
    speech = _opened(bench)
    bench.station.say(bench.station.now(stop=Stop(order=speech.order.id, at_ms=unix_ms())))
    bench.hears(speech.order, Kind.STOPPED)


@point("25.1", vi="Khẩn cấp phải có quyền", en="Plays no emergency of a key without that scope")
def plays_no_unscoped_emergency(bench: Bench) -> None:
    """`rejected(issuer_scope)`, though it may sign a `now`."""
    _opened_and_stopped(bench)
    calm = SigningKey.generate()
    bench.station.issuers = (bench.station.issuer(calm, scopes=[Scope.NOW]),)
    bench.station.serial += 1
    try:
        bench.configure()
        order = _ordered(bench, _live(bench, Stream()), priority=Priority.EMERGENCY)
        bench.station.say(bench.station.now(order=order), key=calm)
        bench.hears(order, Kind.REJECTED, code="issuer_scope")
    finally:
        bench.station.issuers = ()
        bench.station.serial += 1
        bench.configure()


@point("9.5", vi="Giờ yên tĩnh giữ cả tiếng nói", en="Speaks live in no quiet hours")
def speaks_in_no_quiet_hours(bench: Bench) -> None:
    """By its hard maximum: it may end sooner, but nobody knows that."""
    _opened_and_stopped(bench)
    local = time.gmtime(time.time() + 1_800)
    begins = time.strftime("%H:%M", local)
    ends = time.strftime("%H:%M", time.gmtime(time.time() + 7_200))
    bench.configure(quiet_hours=QuietHours(begins=begins, ends=ends, zone="UTC"))
    try:
        order = _ordered(bench, _live(bench, Stream(), duration_ms=2_000_000))
        bench.station.say(bench.station.now(order=order))
        bench.hears(order, Kind.REJECTED, code="quiet_hours")
    finally:
        bench.configure()


@point("25", vi="Không có tiếng nói trong lịch", en="Follows no plan with live speech in it")
def follows_no_plan_with_live(bench: Bench) -> None:
    """It is malformed, whether the device does live speech or not; the plan before it stands."""
    kept = bench.marked()
    live = _ordered(bench, _live(bench, Stream()))
    plan = told(bench.station.plan())
    forged = plan | {"orders": [told(live), told(bench.order(after_ms=FAR_MS))]}
    topic = topics.plan(bench.station.kit.station, bench.station.cluster)
    bench.station.publish(topic, jws(forged, typ=Typ.PLAN, key=bench.station.key), retain=True)
    bench.marked()
    bench.silent_about(live)
    if bench.status.plan_version == plan["version"]:
        raise PointFailed("the status shows the plan")
    bench.never(kept, Kind.REJECTED)


@point("2.6", vi="Tiếng nói của cụm khác", en="Hears no live speech for another cluster")
def hears_no_other_cluster(bench: Bench) -> None:
    """Signed rightly for the neighbours, and published to us."""
    order = _ordered(bench, _live(bench, Stream()))
    now = bench.station.now(order=order, cluster=CLUSTERS[1])
    topic = topics.now(bench.station.kit.station, bench.station.cluster)
    bench.station.publish(topic, jws(told(now), typ=Typ.NOW, key=bench.station.key))
    bench.marked(by_now=True)
    bench.silent_about(order)


@point("10.2", vi="Lệnh nói cũ phát lại: vô hiệu", en="Opens no stream a second time")
def opens_no_stream_twice(bench: Bench) -> None:
    """The very bytes of before, and the same order under a new sequence."""
    speech = _opened(bench)
    speech.speak(1)
    speech.close()
    bench.hears(speech.order, Kind.FINISHED, code="live")
    before = len(bench.heard.of(speech.order.id))
    bench.station.say(bench.station.now(order=speech.order))
    speech.speak(1)
    bench.marked(by_now=True)
    if len(bench.heard.of(speech.order.id)) > before:
        raise PointFailed(f"heard {bench.heard.kinds(speech.order.id)}")
