"""Sections 5.4 and 7: which plan counts, what is said of its orders, and what is not played."""

from datetime import UTC, datetime, timedelta

import msgspec

from devices.conformance.bench import CACHED_WITHIN_S, FAR_MS, Bench, PointFailed
from devices.conformance.kit import CLUSTERS
from devices.conformance.point import point
from devices.conformance.station import unix_ms
from devices.protocol import topics
from devices.protocol.configuration import QuietHours
from devices.protocol.envelope import seal_message
from devices.protocol.orders import QuietHoursOverride, Relay
from devices.protocol.reports import Kind


@point("7.2", vi="Không lùi lịch", en="Follows no older plan, and says so")
def refuses_an_older_plan(bench: Bench) -> None:
    """Signed rightly, but of a lower version."""
    held = bench.plan()
    order = bench.order()
    older = bench.station.plan(order, version=held.version - 1)
    bench.station.say(older, retain=False)
    bench.expect(
        lambda: "plan_rolled_back" in bench.heard.rejections(plan_version=older.version),
        "rejected(plan_rolled_back) with that plan_version",
    )
    bench.silent_about(order)


@point("7.2", vi="Hai lịch cùng số phiên bản", en="Follows no second plan of one version")
def refuses_a_second_plan(bench: Bench) -> None:
    """The first one stands, and the contradiction is said."""
    held = bench.plan()
    order = bench.order()
    bench.station.say(bench.station.plan(order, version=held.version), retain=False)
    bench.expect(
        lambda: "plan_equivocated" in bench.heard.rejections(plan_version=held.version),
        "rejected(plan_equivocated) with that plan_version",
    )
    bench.silent_about(order)


@point("7.2", vi="Lịch lặp lại không gây gì", en="Says nothing twice")
def says_nothing_twice(bench: Bench) -> None:
    """Not of the very same plan again, nor of the same order in the next plan."""
    order = bench.order(after_ms=FAR_MS)
    message = bench.station.say(bench.station.plan(order))
    bench.hears(order, Kind.CACHED, within_s=CACHED_WITHIN_S)
    bench.station.publish(
        topics.plan(bench.station.kit.station, bench.station.cluster), message, retain=True
    )
    bench.plan(order)
    bench.marked()
    if bench.heard.kinds(order.id) != [Kind.RECEIVED, Kind.CACHED]:
        raise PointFailed(f"heard {bench.heard.kinds(order.id)}")


@point("7.3", vi="Lệnh đã quá hạn khi nhận", en="Rejects what is past when it comes")
def rejects_what_is_past(bench: Bench) -> None:
    """`expired`."""
    order = bench.order(after_ms=-120_000)
    bench.station.say(bench.station.plan(order))
    bench.hears(order, Kind.REJECTED, code="expired")


@point("7.3", vi="Lệnh không bao giờ đến hạn", en="Rejects what can never be due")
def rejects_what_is_never_due(bench: Bench) -> None:
    """`not_after_ms` before `starts_at_ms`."""
    order = bench.order(after_ms=FAR_MS, not_after_ms=unix_ms() + FAR_MS // 2)
    bench.station.say(bench.station.plan(order))
    bench.hears(order, Kind.REJECTED, code="never_due")


@point("7.3", vi="Lệnh dài hơn mức cho phép", en="Rejects what is longer than allowed")
def rejects_what_is_too_long(bench: Bench) -> None:
    """Longer than the configuration's `longest_play_ms`, and allowed by the next one."""
    bench.configure(longest_play_ms=5_000)
    order = bench.order(bench.sound(3_000), bench.sound(3_000), after_ms=FAR_MS)
    try:
        bench.station.say(bench.station.plan(order))
        bench.hears(order, Kind.REJECTED, code="too_long")
    finally:
        bench.configure()
    bench.hears(order, Kind.RECEIVED)


@point("9.5", vi="Giờ yên tĩnh", en="Rejects sound in quiet hours")
def keeps_quiet_hours(bench: Bench) -> None:
    """Unless a named person allowed it; and as soon as they are over."""
    quiet, ends_at_ms = _quiet_around(unix_ms() + FAR_MS)
    bench.configure(quiet_hours=quiet)
    try:
        inside = bench.order(after_ms=FAR_MS)
        allowed = bench.order(
            after_ms=FAR_MS, override=QuietHoursOverride(person="Chủ tịch xã", reason="Lũ")
        )
        later = bench.order(after_ms=0, starts_at_ms=ends_at_ms, not_after_ms=ends_at_ms + 60_000)
        into = bench.order(after_ms=0, starts_at_ms=ends_at_ms - 500, not_after_ms=ends_at_ms)
        bench.station.say(bench.station.plan(inside, allowed, later, into))
        bench.hears(inside, Kind.REJECTED, code="quiet_hours")
        bench.hears(into, Kind.REJECTED, code="quiet_hours")
        bench.hears(allowed, Kind.RECEIVED)
        bench.hears(later, Kind.RECEIVED)
    finally:
        bench.configure()


def _quiet_around(at_ms: int) -> tuple[QuietHours, int]:
    """Quiet hours from half an hour before to half an hour after an instant, and when they end."""
    minute = datetime.fromtimestamp(at_ms / 1_000, UTC).replace(second=0, microsecond=0)
    begins, ends = minute - timedelta(minutes=30), minute + timedelta(minutes=30)
    quiet = QuietHours(begins=f"{begins:%H:%M}", ends=f"{ends:%H:%M}", zone="UTC")
    return quiet, round(ends.timestamp() * 1_000)


@point("12", vi="Tiếp âm từ máy chủ không được phép", en="Relays from no host that is not allowed")
def relays_no_strangers(bench: Bench) -> None:
    """`relay_host`, or `unsupported` where the device relays nothing at all."""
    order = msgspec.structs.replace(
        bench.order(after_ms=FAR_MS),
        items=(),
        relay=Relay(url="https://phat-thanh.example/live.mp3", duration_ms=1_000),
    )
    bench.station.say(bench.station.plan(order))
    bench.expect(lambda: bench.heard.one(order.id, Kind.REJECTED), "rejected")
    rejected = bench.heard.one(order.id, Kind.REJECTED)
    if rejected is None or rejected.code not in {"relay_host", "unsupported"}:
        raise PointFailed(f"rejected({rejected.code if rejected else None})")


@point("7.4", vi="Lệnh bị rút không phát", en="Plays no order that was taken out of the plan")
def plays_nothing_withdrawn(bench: Bench) -> None:
    """And says nothing of it."""
    order = bench.order(after_ms=5_000)
    bench.station.say(bench.station.plan(order))
    bench.hears(order, Kind.CACHED)
    bench.plan()
    bench.rest(6)
    if bench.heard.kinds(order.id) != [Kind.RECEIVED, Kind.CACHED]:
        raise PointFailed(f"heard {bench.heard.kinds(order.id)}")


@point("7.4", vi="Lệnh đã phát không phát lại", en="Plays no order twice")
def plays_nothing_twice(bench: Bench) -> None:
    """Not even when the next plan moves it into the future."""
    order = bench.order()
    bench.plan(order)
    bench.hears(order, Kind.FINISHED)
    starts_at_ms = unix_ms() + 3_000
    again = msgspec.structs.replace(
        order, starts_at_ms=starts_at_ms, not_after_ms=starts_at_ms + 60_000
    )
    bench.plan(again)
    bench.rest(5)
    if bench.heard.kinds(order.id).count(Kind.STARTED) != 1:
        raise PointFailed(f"heard {bench.heard.kinds(order.id)}")


@point("7.4", vi="Lần lặp của một lệnh", en="Plays the repeats of an order, each once")
def plays_repeats(bench: Bench) -> None:
    """The same id under another `repeat` is another order."""
    first = bench.order()
    second = msgspec.structs.replace(
        first,
        repeat=1,
        starts_at_ms=first.starts_at_ms + 2_500,
        not_after_ms=first.not_after_ms + 2_500,
    )
    bench.plan(first, second)
    bench.hears(first, Kind.FINISHED)
    bench.hears(second, Kind.FINISHED)


@point("5.4", vi="Chuyển cụm", en="Moves to another cluster when its configuration says so")
def moves_to_another_cluster(bench: Bench) -> None:
    """It hears the new cluster's plan, and the old one's no more; and comes back."""
    home, away = CLUSTERS
    old = bench.order(after_ms=FAR_MS)
    bench.configure(cluster=away)
    try:
        new = bench.order(after_ms=FAR_MS)
        bench.station.say(bench.station.plan(new))
        bench.hears(new, Kind.RECEIVED)
        stale = bench.station.plan(old, cluster=home)
        bench.station.publish(
            topics.plan(bench.station.kit.station, home), seal_message(stale, key=bench.station.key)
        )
        bench.marked()
        bench.silent_about(old)
    finally:
        bench.configure(cluster=home)
    bench.marked()
