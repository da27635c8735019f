"""Sections 14 to 18: what a device says of itself, looked at when all else has been tried."""

from collections.abc import Callable, Sequence

from devices.conformance.bench import Bench, PointFailed
from devices.conformance.point import point
from devices.conformance.stories import faults_in
from devices.protocol.commands import SelfTest
from devices.protocol.reports import Health

HEALTH_WITHIN_S = 75.0


def _next_health(bench: Bench, holds: Callable[[Health], bool] = lambda _: True) -> Health:
    known = len(bench.heard.healths)

    def found() -> Sequence[Health]:
        return [each for each in bench.heard.healths[known:] if holds(each)]

    bench.expect(found, "a health that says so", within_s=HEALTH_WITHIN_S)
    return found()[0]


@point("16.1", vi="Báo sức khỏe mỗi 60 giây", en="Says its health every 60 s")
def says_its_health(bench: Bench) -> None:
    """Of its present boot."""
    health = _next_health(bench)
    if health.boot != bench.status.boot:
        raise PointFailed("the health is of another boot than the status")


@point("14", vi="Tự kiểm tra khi được lệnh", en="Tests itself when told")
def tests_itself(bench: Bench) -> None:
    """The result stands in the next health."""
    command = bench.station.command(self_test=SelfTest(duration_ms=500))
    bench.station.say(command)
    at_ms = command.issued_at_ms - 5_000
    _next_health(bench, lambda each: each.self_test is not None and each.self_test.at_ms >= at_ms)


@point("16.2", vi="Đếm những gì đã từ chối", en="Counts what it refused")
def counts_what_it_refused(bench: Bench) -> None:
    """By code: a message that is changed on its way is seen in the next health."""
    before = bench.heard.healths[-1].refused or {} if bench.heard.healths else {}
    plan = bench.station.plan(bench.order())
    topic = bench.station.topic_of(plan)
    message = bench.station.say(plan, retain=False).decode()
    header, payload, signature = message.split(".")
    bench.station.publish(topic, f"{header}.{payload}.{signature[:-4]}AAAA")
    counted = before.get("bad_signature", 0)
    _next_health(bench, lambda each: (each.refused or {}).get("bad_signature", 0) > counted)


@point(
    "18.2",
    vi="Mỗi lệnh đi đúng trình tự trạng thái",
    en="Tells of each order in a sequence that may be",
)
def tells_possible_stories(bench: Bench) -> None:
    """All that was said in all points."""
    faults = faults_in(bench.heard.said())
    if faults:
        raise PointFailed("; ".join(faults[:5]))


@point(
    "2", vi="Mọi điều nó nói đều đúng giao ước", en="Says nothing that the contract does not know"
)
def says_only_what_is_allowed(bench: Bench) -> None:
    """Every message of every point was signed by its key, on its topic, within its schema."""
    if bench.heard.unsigned:
        raise PointFailed("; ".join(bench.heard.unsigned[:5]))
