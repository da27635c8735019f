"""How long it takes, and what it takes, to have so many controllers connected and at rest."""

import asyncio
import os

from tests.benchmarks.comparison import Comparison
from tests.benchmarks.crowd_scene import crowd_scene

REST_S = 10.0


def crowding(*, controllers: int = 2_000, rest_s: float = REST_S) -> Comparison:
    """Seconds until all are connected, configured and planned; memory and idle load besides."""
    connected_s, bare_s, at_rest = asyncio.run(_measure(controllers, rest_s=rest_s))
    return Comparison(
        name=f"{controllers:,} controllers connect",
        work=f"{at_rest}; load {os.getloadavg()[0]:.1f}",
        ours=connected_s,
        baseline=bare_s,
        unit="s",
        against=f"{controllers:,} bare clients that connect and subscribe",
    )


async def _measure(controllers: int, *, rest_s: float) -> tuple[float, float, str]:
    async with crowd_scene(controllers) as scene:
        before_s = sum(scene.rehearsal.standing.cpu_s.values())
        await asyncio.sleep(rest_s)
        report = scene.rehearsal.report()
        share = (report.cpu_s - before_s) / rest_s
        at_rest = (
            f"{report.processes} processes, {report.resident_bytes / 1e6:,.0f} MB in all, "
            f"{share:.1%} of a core at rest"
        )
        return scene.connected_s, scene.bare_connected_s, at_rest
