"""Section 10: orders and stops for this moment, and what an old one may not do."""

import msgspec

from devices.conformance.bench import FAR_MS, SOON_MS, Bench, PointFailed
from devices.conformance.kit import CLUSTERS
from devices.conformance.point import point
from devices.conformance.station import unix_ms
from devices.protocol import topics
from devices.protocol.envelope import seal_message
from devices.protocol.orders import Now, Order, Priority, Stop
from devices.protocol.reports import Confirmation, Kind


def _topic(bench: Bench) -> str:
    return topics.now(bench.station.kit.station, bench.station.cluster)


def _played_now(bench: Bench) -> tuple[Order, Now, bytes]:
    """An order for this moment, played to its end."""
    order = bench.order(after_ms=0, priority=Priority.EMERGENCY)
    now = bench.station.now(order=order)
    message = bench.station.say(now)
    bench.whole(order, bench.hears(order, Kind.FINISHED))
    return order, now, message


@point("10.2", vi="Phát lệnh tức thời", en="Plays an order for this moment")
def plays_an_order_for_now(bench: Bench) -> None:
    """Within 5 s of its publication, audio included."""
    said_at_ms = unix_ms()
    order, _, _ = _played_now(bench)
    first = bench.hears(order, Kind.FINISHED).first_sample_at_us or 0
    if first / 1_000 - said_at_ms > 5_000:
        raise PointFailed(f"it began {first / 1_000 - said_at_ms:.0f} ms after it was told")
    if bench.hears(order, Kind.RECEIVED).plan_version is not None:
        raise PointFailed("received names a plan_version")


@point(
    "10.3", vi="Lệnh ở cả hai đường chỉ phát một lần", en="Plays once what comes by plan as well"
)
def plays_once_by_both_ways(bench: Bench) -> None:
    """The same order by `now`, by the plan, and by the next plan."""
    order, _, _ = _played_now(bench)
    bench.plan(order)
    bench.rest(3)
    bench.plan(order)
    bench.rest(3)
    if bench.heard.kinds(order.id).count(Kind.STARTED) != 1:
        raise PointFailed(f"heard {bench.heard.kinds(order.id)}")


@point("10.2", vi="Ghi lại rồi phát lại lệnh cũ: vô hiệu", en="Obeys no recorded order")
def obeys_no_recorded_order(bench: Bench) -> None:
    """The very bytes of before, again."""
    order, _, message = _played_now(bench)
    heard = len(bench.heard.of(order.id))
    bench.station.publish(_topic(bench), message)
    bench.marked(by_now=True)
    bench.rest(2)
    if len(bench.heard.of(order.id)) > heard:
        raise PointFailed(f"heard {bench.heard.kinds(order.id)}")


@point("10.2", vi="Số thứ tự đã qua", en="Obeys no sequence that has passed, and says so")
def obeys_no_passed_sequence(bench: Bench) -> None:
    """Another order under a lower sequence: `rejected(replayed)`."""
    _, now, _ = _played_now(bench)
    late = bench.order(after_ms=0, priority=Priority.EMERGENCY)
    old = msgspec.structs.replace(now, order=late, sequence=now.sequence - 1)
    bench.station.say(old)
    bench.hears(late, Kind.REJECTED, code="replayed")
    bench.never(late, Kind.RECEIVED, Kind.STARTED, Kind.TONE_STARTED)


@point("10.2", vi="Lệnh tức thời quá hạn", en="Obeys no order that has expired, and says so")
def obeys_no_expired_order(bench: Bench) -> None:
    """`rejected(expired)`."""
    order = bench.order(after_ms=0, priority=Priority.EMERGENCY)
    bench.station.say(bench.station.now(order=order, expires_at_ms=unix_ms() - 30_000))
    bench.hears(order, Kind.REJECTED, code="expired")
    bench.never(order, Kind.RECEIVED, Kind.STARTED, Kind.TONE_STARTED)


@point("2.6", vi="Lệnh tức thời của cụm khác", en="Obeys no order for another cluster")
def obeys_no_order_for_another_cluster(bench: Bench) -> None:
    """Signed rightly for the neighbours, and published to us."""
    order = bench.order(after_ms=0, priority=Priority.EMERGENCY)
    now = bench.station.now(order=order, cluster=CLUSTERS[1])
    bench.station.publish(_topic(bench), seal_message(now, key=bench.station.key))
    bench.marked(by_now=True)
    bench.silent_about(order)


def _stopped(bench: Bench, order: Order) -> Confirmation:
    """Stop what plays, by the fast path; it falls silent within 500 ms."""
    said_at_us = unix_ms() * 1_000
    bench.station.say(bench.station.now(stop=Stop(order=order.id, at_ms=unix_ms())))
    stopped = bench.hears(order, Kind.STOPPED)
    silent_after_us = (stopped.last_sample_at_us or 0) - said_at_us
    if silent_after_us > 500_000 + 200_000:
        raise PointFailed(f"silent {silent_after_us / 1_000:.0f} ms after the stop was published")
    return stopped


@point("10.4", vi="Dừng lệnh đang phát", en="Stops what plays within 500 ms")
def stops_what_plays(bench: Bench) -> None:
    """And counts what was heard."""
    order = bench.order(bench.sound(6_000))
    bench.plan(order)
    bench.hears(order, Kind.ITEM_STARTED)
    counted = bench.counted_ms(_stopped(bench, order))
    if not 0 < counted < order.duration_ms:
        raise PointFailed(f"{counted:.0f} ms counted")
    bench.never(order, Kind.FINISHED)


@point("10.4", vi="Dừng lệnh chưa phát", en="Stops what has not begun")
def stops_what_waits(bench: Bench) -> None:
    """It says `stopped`, and never begins."""
    order = bench.order(after_ms=5_000)
    bench.plan(order)
    bench.station.say(bench.station.now(stop=Stop(order=order.id, at_ms=unix_ms())))
    bench.hears(order, Kind.STOPPED)
    bench.rest(5)
    bench.never(order, Kind.STARTED)


@point("10.4", vi="Lệnh dừng trong lịch", en="Obeys a stop that stands in the plan")
def obeys_a_stop_of_the_plan(bench: Bench) -> None:
    """While the order plays and still stands there too."""
    order = bench.order(bench.sound(6_000))
    bench.plan(order)
    bench.hears(order, Kind.ITEM_STARTED)
    bench.plan(order, stops=[Stop(order=order.id, at_ms=unix_ms())])
    bench.hears(order, Kind.STOPPED)
    bench.never(order, Kind.FINISHED)


@point(
    "10.4", vi="Lệnh dừng đến trước lệnh phát", en="Remembers a stop that comes before its order"
)
def remembers_an_early_stop(bench: Bench) -> None:
    """By two ways one may overtake the other."""
    order = bench.order(after_ms=SOON_MS + 1_000)
    bench.station.say(bench.station.now(stop=Stop(order=order.id, at_ms=unix_ms())))
    bench.rest(1)
    plan = bench.station.plan(order, issued_at_ms=unix_ms() - 10_000)
    bench.station.say(plan)
    bench.hears(order, Kind.STOPPED)
    bench.rest(4)
    bench.never(order, Kind.STARTED)


@point("10.4", vi="Lệnh dừng chỉ dừng đúng lệnh đó", en="Stops nothing else")
def stops_nothing_else(bench: Bench) -> None:
    """Neither another order nor another repeat."""
    first = bench.order(bench.sound(2_500))
    other = msgspec.structs.replace(
        first,
        repeat=1,
        starts_at_ms=first.starts_at_ms + FAR_MS,
        not_after_ms=first.not_after_ms + FAR_MS,
    )
    bench.plan(first, other)
    bench.hears(first, Kind.ITEM_STARTED)
    bench.station.say(bench.station.now(stop=Stop(order=first.id, repeat=1, at_ms=unix_ms())))
    bench.hears(other, Kind.STOPPED)
    bench.whole(first, bench.hears(first, Kind.FINISHED))
