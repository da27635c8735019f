"""An event loop whose time is simulated: a sleep of a week takes no time, and order is exact.

Time moves only when nothing can run: then it jumps to the next timer. For rehearsals over days,
and for tests that wait for nothing.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class NothingWillHappen(Exception):
    """Everything waits for something that no timer brings."""


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting for a timer, moves the time on to it."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Poll; where nothing is ready, jump."""
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise NothingWillHappen
            self.now_s += max(0.0, timeout)
        return ready


class SimulatedTimeLoop(asyncio.SelectorEventLoop):
    """The loop; `time()` starts at zero."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Simulated seconds."""
        return self._jumping.now_s


def run_simulated(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end in simulated time."""
    with asyncio.Runner(loop_factory=SimulatedTimeLoop) as runner:
        return runner.run(main)
