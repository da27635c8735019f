"""Fifty village heads a second at a province's station: who is served, how long they wait.

Each comes once and does one thing: most look at their week, others at a broadcast, hear a part of
its sound, read what residents said, or write it down. The server is a process of its own, as in
service; what it costs is told in processor time, which other programs beside it do not lengthen.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from broadcaster.accounts.guard import CSRF_FIELD, SESSION_COOKIE
from broadcaster.audit import begin_trail
from tests.benchmarks.comparison import Comparison
from tests.benchmarks.large_station import (
    CSRF_TOKEN,
    NOW,
    SOUND_SHA256,
    LargeStation,
    large_station,
)
from tests.benchmarks.visitor import WAITS_S, come
from tests.brokers import free_port

A_SECOND = 50
VISITS = 30 * A_SECOND
KINDS_AFTER = 20
"""Visits after which everything that village heads do was done."""

SIGN_IN = "/sign-in"
FEW, MANY = 100, 10_000
_STARTS_WITHIN_S = 120
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Visit:
    """What one village head does, and how the station answers if it goes well."""

    kind: str
    path: str
    answer: int = 200
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Crowd:
    """Who comes, how many times together, how fast, and how long each waits."""

    heads: Sequence[str]
    visits: int
    a_second: float
    within_s: float


@dataclass(frozen=True, slots=True)
class Evening:
    """How village heads were served; `refused` counts what went wrong, by visit and answer."""

    visits: int
    a_second: float
    refused: Mapping[str, int]
    p50_ms: float
    p90_ms: float
    p99_ms: float
    longest_ms: float
    processor_ms: float

    @property
    def failed(self) -> int:
        """How many were not answered as they should."""
        return sum(self.refused.values())

    def words(self) -> str:
        """The figures in a line."""
        against = ", ".join(f"{times} × {what}" for what, times in self.refused.items())
        return (
            f"{self.visits:,} visits at {self.a_second:g} a second, {self.failed} failed"
            f"{f' ({against})' if against else ''}: p50 {self.p50_ms:.0f}, p90 {self.p90_ms:.0f}, "
            f"p99 {self.p99_ms:.0f}, longest {self.longest_ms:.0f} ms; "
            f"{self.processor_ms:.1f} ms of a processor a visit"
        )


def village_heads(
    *,
    few: int = FEW,
    many: int = MANY,
    visits: int = VISITS,
    a_second: float = A_SECOND,
    within_s: float = WAITS_S,
) -> Comparison:
    """Processor milliseconds a visit at a large station, beside a small one."""
    with large_station(few) as station:
        small = evening(station, visits=visits, a_second=a_second, within_s=within_s)
    with large_station(many) as station:
        large = evening(station, visits=visits, a_second=a_second, within_s=within_s)
        devices = station.devices
    return Comparison(
        name="village heads",
        work=f"{devices:,} devices, {large.words()}; few devices: {small.failed} failed, "
        f"p50 {small.p50_ms:.0f}, p99 {small.p99_ms:.0f} ms",
        ours=large.processor_ms,
        baseline=small.processor_ms,
        unit="ms of a processor/visit",
        against=f"the same visits at a station with {few} devices",
    )


def evening(
    station: LargeStation,
    *,
    visits: int = VISITS,
    a_second: float = A_SECOND,
    within_s: float = WAITS_S,
) -> Evening:
    """So many visits, by turns of all heads, to a server over this station's database.

    Whoever has not been answered within `within_s` is counted as refused. The station's trail has
    begun, as `loa serve` sees to before anybody comes.
    """
    begin_trail(station.app.state.context.database, now=NOW)
    file = Path(str(station.database.engine.url.database))
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.pages", "--serve", str(file), str(port)]
    crowd = _Crowd(station.heads, visits=visits, a_second=a_second, within_s=within_s)
    with subprocess.Popen(command) as server:
        try:
            return asyncio.run(_visits(server.pid, port, crowd))
        finally:
            server.terminate()


def visit_of(number: int, commune: int) -> Visit:
    """What the head of a commune's first village does: of twenty, ten only look at the week."""
    village, turn = f"v-{commune}-0", number % KINDS_AFTER
    if turn < 10:
        return Visit("week", "/thon")
    if turn < 13:
        return Visit("week before", f"/thon/{village}?day=2026-11-15")
    if turn < 16:
        return Visit("broadcast", f"/thon/{village}/phat/on-{commune}")
    if turn < 18:
        range_ = {"Range": "bytes=0-65535"}
        return Visit("sound", f"/audio/{SOUND_SHA256}.mp3", answer=206, headers=range_)
    if turn == 18:
        return Visit("feedback", f"/thon/{village}/y-kien")
    words = {"words": f"Loa đầu thôn hơi nhỏ, lần {number}.", CSRF_FIELD: CSRF_TOKEN}
    return Visit("writing feedback", f"/thon/{village}/y-kien", form=words)


async def _visits(server: int, port: int, crowd: _Crowd) -> Evening:
    waited_ms: list[float] = []
    refused: Counter[str] = Counter()
    await _until_it_answers(port)

    async def come_once(visit: Visit, head: str) -> None:
        headers = {"Cookie": f"{SESSION_COOKIE}={head}", "Accept": "text/html"}
        begun = time.perf_counter()
        try:
            status, path = await come(
                port,
                visit.path,
                headers={**headers, **(visit.headers or {})},
                form=visit.form,
                within_s=crowd.within_s,
            )
            # To be led to the sign-in ends well, by its status, for whoever was turned away.
            went = f"led to {SIGN_IN}" if path.startswith(SIGN_IN) else str(status)
        except (OSError, EOFError) as error:
            went = type(error).__name__
        waited_ms.append((time.perf_counter() - begun) * 1_000)
        if went != str(visit.answer):
            refused[f"{visit.kind}: {went}"] += 1

    used_before = _processor_s(server)
    async with asyncio.TaskGroup() as coming:
        begun = time.perf_counter()
        for number in range(crowd.visits):
            await asyncio.sleep(max(0, begun + number / crowd.a_second - time.perf_counter()))
            commune = number % len(crowd.heads)
            coming.create_task(come_once(visit_of(number, commune), crowd.heads[commune]))
    used_s = _processor_s(server) - used_before
    spread = statistics.quantiles(waited_ms, n=100)
    return Evening(
        visits=len(waited_ms),
        a_second=crowd.a_second,
        refused=dict(refused),
        p50_ms=spread[49],
        p90_ms=spread[89],
        p99_ms=spread[98],
        longest_ms=max(waited_ms),
        processor_ms=used_s * 1_000 / len(waited_ms),
    )


def _processor_s(process: int) -> float:
    """What a process has used of its processors until now (proc(5), utime and stime)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND


async def _until_it_answers(port: int) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < deadline:
        try:
            await come(port, "/sign-in", headers={"Accept": "text/html"})
        except (OSError, EOFError):
            await asyncio.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not start")
