"""`python -m tests.benchmarks.page_onlooker PORT TOKEN PATH…`: somebody who looks at pages.

One page after the other, with a pause between. Whenever a line comes in, tells how long each page
took since the line before (µs), and what was not answered with 200. In a process of its own, so
that whoever counts controllers beside it does not hold it up.
"""

import asyncio
import json
import sys
import time
from collections import defaultdict
from collections.abc import Sequence

from broadcaster.accounts.guard import SESSION_COOKIE
from tests.benchmarks.visitor import come

PAUSE_S = 0.1


class Onlooker:
    """Looks until it is ended."""

    def __init__(self, port: int, token: str, paths: Sequence[str]) -> None:
        self._port = port
        self._headers = {"Cookie": f"{SESSION_COOKIE}={token}", "Accept": "text/html"}
        self._paths = paths
        self._took_us: dict[str, list[int]] = defaultdict(list)
        self._failed: list[str] = []

    async def run(self) -> None:
        """Look, and tell when asked."""
        asking = asyncio.create_task(self._asked())
        while not asking.done():
            for path in self._paths:
                await self._look(path)
                await asyncio.sleep(PAUSE_S)

    async def _look(self, path: str) -> None:
        begun = time.perf_counter_ns()
        try:
            status, came_to = await come(self._port, path, headers=self._headers)
            went = "" if (status, came_to) == (200, path) else f"{status} at {came_to}"
        except (OSError, EOFError) as error:
            went = type(error).__name__
        self._took_us[path].append((time.perf_counter_ns() - begun) // 1_000)
        if went:
            self._failed.append(f"{path}: {went}")

    async def _asked(self) -> None:
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, sys.stdin.readline):
            sys.stdout.write(json.dumps({"took_us": self._took_us, "failed": self._failed}) + "\n")
            sys.stdout.flush()
            self._took_us, self._failed = defaultdict(list), []


if __name__ == "__main__":
    asyncio.run(Onlooker(int(sys.argv[1]), sys.argv[2], sys.argv[3:]).run())
