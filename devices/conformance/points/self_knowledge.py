"""Sections 14 to 18: what a device says of itself, looked at when all else has been tried."""

from collections.abc import Callable

from devices.conformance.bench import Bench, PointFailed
from devices.conformance.point import point
from devices.conformance.stories import faults_in
from devices.protocol.commands import SelfTest
from devices.protocol.reports import Health

HEALTH_WITHIN_S = 75.0


def _health(bench: Bench, holds: Callable[[Health], bool], what: str, *, after: int = 0) -> None:
    """A health of this run that says so; most often it has come already."""
    bench.expect(
        lambda: any(holds(health) for health in bench.heard.healths[after:]),
        what,
        within_s=HEALTH_WITHIN_S,
    )


@point("16.1", vi="Báo sức khỏe mỗi 60 giây", en="Says its health every 60 s")
def says_its_health(bench: Bench) -> None:
    """Of its present boot. What the two points behind this one look for is asked for already."""
    _refuse_something(bench)
    bench.station.say(bench.station.command(self_test=SelfTest(duration_ms=500)))
    bench.rest(1)
    boot, known = bench.status.boot, len(bench.heard.healths)
    _health(bench, lambda health: health.boot == boot, "a health of this boot", after=known)


@point("14", vi="Tự kiểm tra khi được lệnh", en="Tests itself when told")
def tests_itself(bench: Bench) -> None:
    """The result stands in the health from then on."""

    def holds(health: Health) -> bool:
        return health.self_test is not None

    if not any(holds(health) for health in bench.heard.healths):
        bench.station.say(bench.station.command(self_test=SelfTest(duration_ms=500)))
    _health(bench, holds, "a health with the result of the self-test")


@point("16.2", vi="Đếm những gì đã từ chối", en="Counts what it refused")
def counts_what_it_refused(bench: Bench) -> None:
    """By code, in its health: a message that was changed on its way."""
    boot = bench.status.boot

    def holds(health: Health) -> bool:
        return health.boot == boot and bool((health.refused or {}).get("bad_signature"))

    if not any(holds(health) for health in bench.heard.healths):
        _refuse_something(bench)
    _health(bench, holds, "a health that counts bad_signature")


def _refuse_something(bench: Bench) -> None:
    plan = bench.station.plan(bench.order())
    message = bench.station.say(plan, retain=False).decode()
    header, payload, signature = message.split(".")
    forged = f"{header}.{payload}.{signature[:-4]}AAAA"
    bench.station.publish(bench.station.topic_of(plan), forged)


@point(
    "18.2",
    vi="Mỗi lệnh đi đúng trình tự trạng thái",
    en="Tells of each order in a sequence that may be",
)
def tells_possible_stories(bench: Bench) -> None:
    """All that was said of this run's orders; of earlier ones the beginning may be gone."""
    faults = faults_in(each for each in bench.heard.said() if bench.is_ours(each.order))
    if faults:
        raise PointFailed("; ".join(faults[:5]))


@point(
    "2", vi="Mọi điều nó nói đều đúng giao ước", en="Says nothing that the contract does not know"
)
def says_only_what_is_allowed(bench: Bench) -> None:
    """Every message of every point was signed by its key, on its topic, within its schema."""
    if bench.heard.unsigned:
        raise PointFailed("; ".join(bench.heard.unsigned[:5]))
