"""Sections 1 and 7: with the line down it plays on time, and all is confirmed afterwards."""

from devices.conformance.bench import Bench, PointFailed
from devices.conformance.point import point
from devices.conformance.station import unix_ms
from devices.protocol.reports import Kind


@point("1", vi="Mất mạng vẫn phát đúng giờ", en="Plays on time with the line down")
def plays_with_the_line_down(bench: Bench) -> None:
    """And confirms it all when the line is back."""
    first, second = bench.order(after_ms=6_000), bench.order(after_ms=9_000)
    bench.plan(first, second)
    bench.hears(first, Kind.CACHED)
    bench.hears(second, Kind.CACHED)
    bench.line.cut()
    bench.rest((second.starts_at_ms - unix_ms()) / 1_000 + 2.5)
    bench.line.mend()
    for order in (first, second):
        finished = bench.hears(order, Kind.FINISHED, within_s=60)
        bench.punctual(order, finished.first_sample_at_us)
        bench.whole(order, finished)


@point("7.4", vi="Trở lại thì theo lịch mới nhất", en="Comes back to the newest plan")
def comes_back_to_the_newest_plan(bench: Bench) -> None:
    """What was planned and withdrawn while it was away is never played."""
    withdrawn = bench.order(after_ms=20_000)
    bench.plan(withdrawn)
    # After a connection that stood for a while the back-off is short again.
    bench.rest(3)
    bench.line.cut()
    bench.rest(1)
    bench.station.say(bench.station.plan(bench.order()))
    newest = bench.order(after_ms=3_600_000)
    bench.station.say(bench.station.plan(newest))
    bench.line.mend()
    bench.hears(newest, Kind.RECEIVED, within_s=45)
    bench.rest(max(0.0, (withdrawn.starts_at_ms - unix_ms()) / 1_000 + 1.5))
    bench.never(withdrawn, Kind.STARTED)


@point("8.2", vi="Âm thanh tải được khi đài trở lại", en="Fetches when the audio comes back")
def fetches_when_it_comes_back(bench: Bench) -> None:
    """Not there at first; there five seconds later; played at its instant."""
    sound = bench.sound(served=False)
    order = bench.order(sound, after_ms=14_000)
    bench.plan(order)
    bench.expect(lambda: bench.house.of(sound.sha256), "it asks for the audio")
    bench.rest(3)
    bench.house.add(sound)
    finished = bench.hears(order, Kind.FINISHED, within_s=30)
    bench.punctual(order, finished.first_sample_at_us)
    if len(bench.house.of(sound.sha256)) < 2:
        raise PointFailed("it did not ask again")
