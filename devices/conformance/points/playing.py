"""Section 9: at the instant, one at a time, by priority, cut and resumed as ordered."""

from itertools import pairwise

import msgspec

from devices.conformance.bench import SOON_MS, Bench, PointFailed
from devices.conformance.point import point
from devices.conformance.station import unix_ms
from devices.protocol.orders import Cue, CueKind, OnCut, Order, Priority
from devices.protocol.reports import Confirmation, Kind


@point("9.2", vi="Phát đúng thời điểm, trọn vẹn", en="Plays at the instant, and whole")
def plays_at_the_instant(bench: Bench) -> None:
    """First sample within 100 ms (and what it states as uncertain), all samples counted."""
    order = bench.order(bench.sound(1_500))
    bench.plan(order)
    finished = bench.hears(order, Kind.FINISHED)
    bench.punctual(order, finished.first_sample_at_us)
    bench.whole(order, finished)


@point("9.4", vi="Ghi `started` trước tiếng đầu", en="Writes `started` before the first sample")
def writes_started_first(bench: Bench) -> None:
    """Its number and its time are before the sound."""
    order = bench.order()
    bench.plan(order)
    finished = bench.hears(order, Kind.FINISHED)
    started = bench.hears(order, Kind.STARTED)
    if started.seq > finished.seq:
        raise PointFailed("started is numbered after finished")
    if started.at_ms * 1_000 > (finished.first_sample_at_us or 0):
        raise PointFailed("started was written after the first sample")


@point("13.3", vi="Báo từng phần đã bắt đầu", en="Says each part that has begun")
def says_each_part(bench: Bench) -> None:
    """Two items without a gap, the second with two cues."""
    one, two = bench.sound(1_200), bench.sound(2_400)
    cues = (Cue(at_ms=0, kind=CueKind.IDENT), Cue(at_ms=1_200, kind=CueKind.BULLETIN))
    items = (one.item, msgspec.structs.replace(two.item, cues=cues))
    order = bench.order(items=items)
    bench.plan(order)
    bench.whole(order, bench.hears(order, Kind.FINISHED))
    parts = [each for each in bench.heard.of(order.id) if each.kind is Kind.ITEM_STARTED]
    if [(each.item, each.cue) for each in parts] != [(0, None), (1, 0), (1, 1)]:
        raise PointFailed(f"parts {[(each.item, each.cue) for each in parts]}")
    starts = [each.first_sample_at_us or 0 for each in parts]
    gaps_ms = [(after - before) / 1_000 for before, after in pairwise(starts)]
    if any(abs(gap - one.duration_ms) > 60 for gap in gaps_ms):
        raise PointFailed(f"parts begin {gaps_ms} ms apart, not {one.duration_ms}")


@point("9.1", vi="Không phát hai lệnh cùng lúc", en="Plays one order at a time")
def plays_one_at_a_time(bench: Bench) -> None:
    """What falls due meanwhile waits until the first is heard out."""
    first = bench.order(bench.sound(2_500))
    second = bench.order(after_ms=SOON_MS + 1_000)
    bench.plan(first, second)
    ended, began = bench.hears(first, Kind.FINISHED), bench.hears(second, Kind.FINISHED)
    bench.whole(first, ended)
    if (began.first_sample_at_us or 0) < (ended.last_sample_at_us or 0) - 5_000:
        raise PointFailed("they overlapped")


@point("9.2", vi="Quá hạn chót thì bỏ", en="Skips what could only begin too late")
def skips_what_is_too_late(bench: Bench) -> None:
    """Due while another plays, and its last instant passes meanwhile."""
    first = bench.order(bench.sound(3_000))
    at_ms = first.starts_at_ms + 500
    second = bench.order(after_ms=0, starts_at_ms=at_ms, not_after_ms=at_ms + 700)
    bench.plan(first, second)
    bench.hears(second, Kind.SKIPPED, code="too_late")
    bench.hears(first, Kind.FINISHED)
    bench.never(second, Kind.STARTED)


@point("9.3", vi="Ưu tiên 2 đi trước 3", en="Lets 2 go before 3 of those that wait")
def orders_those_that_wait(bench: Bench) -> None:
    """Both fell due while another played; the one of priority 2 later."""
    first = bench.order(bench.sound(2_500))
    normal = bench.order(after_ms=SOON_MS + 500)
    urgent = bench.order(after_ms=SOON_MS + 1_000, priority=Priority.PRIORITY)
    bench.plan(first, normal, urgent)
    later, sooner = bench.hears(normal, Kind.FINISHED), bench.hears(urgent, Kind.FINISHED)
    if (later.first_sample_at_us or 0) < (sooner.first_sample_at_us or 0):
        raise PointFailed("the one of priority 3 went first")


@point("9.3", vi="Ưu tiên 2 chen vào giữa hai mục", en="Lets 2 go first at the next item boundary")
def lets_priority_in_between_items(bench: Bench) -> None:
    """The order of priority 3 pauses after its item, and goes on with the next one."""
    normal = bench.order(bench.sound(2_400), bench.sound(1_200), on_cut=OnCut.DROP)
    urgent = bench.order(after_ms=SOON_MS + 800, priority=Priority.PRIORITY)
    bench.plan(normal, urgent)
    cut = bench.hears(normal, Kind.CUT, code="priority")
    between = bench.hears(urgent, Kind.FINISHED)
    finished = bench.hears(normal, Kind.FINISHED)
    bench.whole(normal, cut, finished)
    # Not by the first sample of `finished`: counts that run on over a cut begin before it.
    went_on_at_us = _item_began_at_us(bench, normal, item=1)
    if went_on_at_us < (between.last_sample_at_us or 0) - 5_000:
        raise PointFailed("it went on before the other had ended")


def _item_began_at_us(bench: Bench, order: Order, *, item: int) -> int:
    """When an item's first sample left, by the device's own word; PointFailed without one."""
    said = (
        each.first_sample_at_us
        for each in bench.heard.of(order.id)
        if each.kind is Kind.ITEM_STARTED and each.item == item
    )
    began_at_us = next(said, None)
    if began_at_us is None:
        raise PointFailed(f"no item_started of item {item} with first_sample_at_us")
    return began_at_us


def _cut(bench: Bench, on_cut: OnCut) -> tuple[Order, Order, Confirmation]:
    """Have a normal order be cut by an emergency at a second after its beginning."""
    normal = bench.order(bench.sound(3_000), on_cut=on_cut)
    emergency = bench.order(after_ms=SOON_MS + 1_000, priority=Priority.EMERGENCY)
    bench.plan(normal, emergency)
    cut = bench.hears(normal, Kind.CUT, code="emergency")
    finished = bench.hears(emergency, Kind.FINISHED)
    bench.punctual(emergency, finished.first_sample_at_us)
    bench.whole(emergency, finished)
    if not 700 <= bench.counted_ms(cut) <= 1_300:
        raise PointFailed(f"cut after {bench.counted_ms(cut):.0f} ms, not 1000")
    return normal, emergency, cut


@point("9.6", vi="Khẩn cấp cắt, bỏ phần còn lại", en="Lets an emergency cut, and drops the rest")
def drops_after_a_cut(bench: Bench) -> None:
    """`on_cut` `drop`: the cut is the end."""
    normal, _, _ = _cut(bench, OnCut.DROP)
    bench.rest(2)
    bench.never(normal, Kind.RESUMED, Kind.FINISHED)


@point("9.6", vi="Khẩn cấp cắt, rồi phát tiếp", en="Lets an emergency cut, and resumes")
def resumes_after_a_cut(bench: Bench) -> None:
    """`on_cut` `resume`: from where it was cut, and all of it is counted once."""
    normal, _, cut = _cut(bench, OnCut.RESUME)
    resumed = bench.hears(normal, Kind.RESUMED)
    finished = bench.hears(normal, Kind.FINISHED)
    bench.whole(normal, cut, finished)
    position_ms, counted_ms = resumed.position_ms, bench.counted_ms(cut)
    if position_ms is None or abs(position_ms - counted_ms) > 100:
        raise PointFailed(f"resumed at {position_ms} ms, cut at {counted_ms:.0f} ms")


@point("9.4", vi="Không phát lâu hơn đã lệnh", en="Plays no longer than ordered")
def plays_no_longer_than_ordered(bench: Bench) -> None:
    """A file of 6 s in an order of 1 s: at most 2 s more."""
    sound = bench.sound(6_000)
    item = msgspec.structs.replace(sound.item, duration_ms=1_000)
    order = bench.order(items=(item,))
    bench.plan(order)
    bench.expect(
        lambda: set(bench.heard.kinds(order.id)) & {Kind.CUT, Kind.FINISHED},
        "cut or finished",
        within_s=15,
    )
    end = bench.heard.of(order.id)[-1]
    if bench.counted_ms(end) > 1_000 + 2_000 + 600:
        raise PointFailed(f"{bench.counted_ms(end):.0f} ms of 1000 ms ordered")


@point(
    "9.2", vi="Tin về muộn vẫn phát trong thời hạn", en="Plays news that came late, while it may"
)
def plays_late_news(bench: Bench) -> None:
    """Its instant passed 5 s ago, its last instant did not."""
    order = bench.order(after_ms=-5_000)
    said_at_ms = unix_ms()
    bench.plan(order)
    finished = bench.hears(order, Kind.FINISHED)
    bench.whole(order, finished)
    if (finished.first_sample_at_us or 0) / 1_000 - said_at_ms > 5_000:
        raise PointFailed("it began more than 5 s after it was told")


@point("9.2", vi="Lệch giờ có chủ ý", en="Begins later by its own stagger")
def keeps_its_stagger(bench: Bench) -> None:
    """`stagger_ms` of the configuration."""
    bench.configure(stagger_ms=400)
    try:
        order = bench.order()
        bench.plan(order)
        finished = bench.hears(order, Kind.FINISHED)
        late = msgspec.structs.replace(order, starts_at_ms=order.starts_at_ms + 400)
        bench.punctual(late, finished.first_sample_at_us)
    finally:
        bench.configure()
