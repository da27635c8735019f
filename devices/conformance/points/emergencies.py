"""Section 11: the tone at once, the message behind it, and what bridges when it is late."""

import threading

from devices.conformance.bench import SOON_MS, Bench, PointFailed
from devices.conformance.point import point
from devices.conformance.sounds import Sound
from devices.conformance.station import unix_ms
from devices.protocol.configuration import StoredWarning
from devices.protocol.orders import OnCut, Order, Priority, Tone, ToneKind
from devices.protocol.reports import Kind

TONE_MS = 4_000


def _emergency(bench: Bench, sound: Sound, *, kind: ToneKind = ToneKind.ATTENTION) -> Order:
    return bench.order(
        sound,
        after_ms=0,
        priority=Priority.EMERGENCY,
        tone=Tone(duration_ms=TONE_MS, kind=kind),
        hazard="flood",
    )


def _tone_at_ms(bench: Bench, order: Order) -> float:
    tone = bench.hears(order, Kind.TONE_STARTED)
    if tone.first_sample_at_us is None:
        raise PointFailed("tone_started without first_sample_at_us")
    return tone.first_sample_at_us / 1_000


@point("11.2", vi="Tín hiệu chú ý phát ngay", en="Sounds the tone at once, the message behind it")
def sounds_the_tone_at_once(bench: Bench) -> None:
    """The tone within 1 s of the publication, the message when it ends; only that counts."""
    order = _emergency(bench, bench.sound())
    said_at_ms = unix_ms()
    bench.station.say(bench.station.now(order=order))
    tone_at_ms = _tone_at_ms(bench, order)
    finished = bench.hears(order, Kind.FINISHED)
    bench.whole(order, finished)
    if tone_at_ms - said_at_ms > 1_000:
        raise PointFailed(f"the tone began {tone_at_ms - said_at_ms:.0f} ms after the publication")
    behind_ms = (finished.first_sample_at_us or 0) / 1_000 - tone_at_ms
    if not TONE_MS - 100 <= behind_ms <= TONE_MS + 1_500:
        raise PointFailed(f"the message began {behind_ms:.0f} ms after the tone")


@point("11.2", vi="Tín hiệu cắt bản tin đang phát", en="Cuts with the tone what plays")
def cuts_with_the_tone(bench: Bench) -> None:
    """Before the message itself is there."""
    normal = bench.order(bench.sound(8_000), on_cut=OnCut.DROP)
    bench.plan(normal)
    bench.hears(normal, Kind.ITEM_STARTED)
    order = _emergency(bench, bench.sound())
    said_at_us = unix_ms() * 1_000
    bench.station.say(bench.station.now(order=order))
    cut = bench.hears(normal, Kind.CUT, code="emergency")
    if (cut.last_sample_at_us or 0) - said_at_us > 1_500_000:
        raise PointFailed("what played went on for more than 1.5 s")
    bench.hears(order, Kind.FINISHED)


@point("11.3", vi="Bắc cầu khi lời chưa về kịp", en="Bridges until the message is there")
def bridges_until_the_message(bench: Bench) -> None:
    """The audio comes 3 s after the tone has ended; `started` is said only then."""
    warning = bench.sound(600)
    bench.configure(warnings=(StoredWarning(hazard="flood", item=warning.item),))
    try:
        sound = bench.sound(served=False)
        order = _emergency(bench, sound)
        there_at_ms = unix_ms() + TONE_MS + 3_000
        late = threading.Timer((TONE_MS + 3_000) / 1_000, lambda: bench.house.add(sound))
        late.start()
        bench.station.say(bench.station.now(order=order))
        _tone_at_ms(bench, order)
        finished = bench.hears(order, Kind.FINISHED, within_s=30)
        late.join()
        bench.whole(order, finished)
        if (finished.first_sample_at_us or 0) / 1_000 < there_at_ms - 200:
            raise PointFailed("the message is said to have begun before it could be fetched")
    finally:
        bench.configure()


@point("9.3", vi="Khẩn cấp thật cắt diễn tập", en="Lets a real emergency cut a drill")
def lets_an_emergency_cut_a_drill(bench: Bench) -> None:
    """Both are of priority 1."""
    drill = bench.order(bench.sound(6_000), priority=Priority.EMERGENCY, drill=True)
    real = bench.order(after_ms=SOON_MS + 1_500, priority=Priority.EMERGENCY)
    bench.plan(drill, real)
    bench.hears(drill, Kind.CUT, code="emergency")
    bench.whole(real, bench.hears(real, Kind.FINISHED))
