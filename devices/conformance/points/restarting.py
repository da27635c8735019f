"""Sections 9.8, 10.2 and 13.4: what survives when the power goes. Needs `--restart`."""

from collections.abc import Callable

from devices.conformance.bench import FAR_MS, Bench, PointFailed, PointNotRun
from devices.conformance.point import point
from devices.conformance.station import unix_ms
from devices.protocol import topics
from devices.protocol.orders import OnReboot, Priority
from devices.protocol.reports import Kind


def _restarted(bench: Bench, *, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Cut its power, and wait until it is back."""
    statuses = len(bench.heard.statuses)
    boot = bench.status.boot
    bench.power_cycle()
    meanwhile()
    bench.expect(
        lambda: any(s.online and s.boot != boot for s in bench.heard.statuses[statuses:]),
        "online with a new boot id",
        within_s=60,
    )


@point("13.4", vi="Nhật ký tiếp nối sau mất điện", en="Goes on in the same journal")
def goes_on_in_the_same_journal(bench: Bench) -> None:
    """The same epoch, no number twice, no gap."""
    bench.marked()
    epoch, reached = bench.status.epoch, bench.heard.reached
    _restarted(bench)
    bench.marked()
    if bench.status.epoch != epoch:
        raise PointFailed("it began a new epoch")
    if bench.heard.reached <= reached or bench.heard.unchained:
        raise PointFailed("; ".join(bench.heard.unchained[:3]) or "its numbers do not go on")


@point(
    "7.2", vi="Theo lịch đã lưu khi chưa có mạng", en="Follows the plan on its disk before any line"
)
def follows_the_plan_on_its_disk(bench: Bench) -> None:
    """Restarted with the line cut: it plays on time, if it believes its time without the line."""
    order = bench.order(after_ms=14_000)
    bench.plan(order)
    bench.hears(order, Kind.CACHED)
    bench.line.cut()
    bench.power_cycle()
    bench.rest((order.starts_at_ms - unix_ms()) / 1_000 + 2.5)
    bench.line.mend()
    finished = bench.hears(order, Kind.FINISHED, within_s=60)
    late_ms = (finished.first_sample_at_us or 0) / 1_000 - order.starts_at_ms
    if late_ms > 1_000 and bench.status.clock.source not in {"ntp", "rtc"}:
        raise PointNotRun("it waited for a time to believe, as it should (6.4)")
    bench.punctual(order, finished.first_sample_at_us)


@point("9.8", vi="Mất điện giữa chừng: không phát lại", en="Plays nothing again after a power cut")
def plays_nothing_again(bench: Bench) -> None:
    """`on_reboot` `skip`: `failed(interrupted)`."""
    order = bench.order(bench.sound(8_000), on_reboot=OnReboot.SKIP)
    bench.plan(order)
    bench.hears(order, Kind.ITEM_STARTED)
    _restarted(bench)
    bench.hears(order, Kind.FAILED, code="interrupted", within_s=30)
    bench.rest(3)
    bench.never(order, Kind.RESUMED, Kind.FINISHED)
    if bench.heard.kinds(order.id).count(Kind.STARTED) != 1:
        raise PointFailed("it began again")


@point("9.8", vi="Mất điện giữa chừng: vào lại đúng chỗ", en="Joins where it would be by now")
def joins_after_a_power_cut(bench: Bench) -> None:
    """`on_reboot` `join`: `resumed(rebooted)` with its position."""
    order = bench.order(bench.sound(25_000), on_reboot=OnReboot.JOIN)
    bench.plan(order)
    bench.hears(order, Kind.ITEM_STARTED)
    bench.rest(3)
    _restarted(bench)
    resumed = bench.hears(order, Kind.RESUMED, code="rebooted", within_s=30)
    finished = bench.hears(order, Kind.FINISHED, within_s=40)
    position_ms = resumed.position_ms or 0
    first_ms = (finished.first_sample_at_us or 0) / 1_000 - order.starts_at_ms
    if abs(first_ms - position_ms) > 1_000:
        raise PointFailed(f"at {position_ms} ms, {first_ms:.0f} ms after the planned instant")
    if not 0 < bench.counted_ms(finished) <= order.duration_ms - position_ms + 2_000:
        raise PointFailed(f"{bench.counted_ms(finished):.0f} ms counted")


@point("10.2", vi="Số thứ tự còn nhớ sau mất điện", en="Remembers the sequence through a power cut")
def remembers_the_sequence(bench: Bench) -> None:
    """A recorded `now` is no more obeyed than before."""
    order = bench.order(after_ms=0, priority=Priority.EMERGENCY)
    message = bench.station.say(bench.station.now(order=order))
    bench.hears(order, Kind.FINISHED)
    _restarted(bench)
    heard = len(bench.heard.of(order.id))
    topic = topics.now(bench.station.kit.station, bench.station.cluster)
    bench.station.publish(topic, message)
    bench.marked(by_now=True)
    if len(bench.heard.of(order.id)) > heard or bench.status.now_sequence == 0:
        raise PointFailed(f"heard {bench.heard.kinds(order.id)}")


@point(
    "5.3", vi="Cấu hình và khóa còn nhớ sau mất điện", en="Remembers versions through a power cut"
)
def remembers_versions(bench: Bench) -> None:
    """The status shows the same configuration, keyring and plan as before."""
    order = bench.order(after_ms=FAR_MS)
    bench.plan(order)
    before = bench.status
    _restarted(bench)
    after = bench.status
    seen = (after.config_version, after.keyring_serial, after.plan_version)
    if seen != (before.config_version, before.keyring_serial, before.plan_version):
        raise PointFailed(f"configuration, keyring, plan: {seen}")
