"""What watching asks around the station: its machine, its broker, how time passes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from broadcaster.kept_clock import Kernel, kernels_clock


def _no_step() -> timedelta:
    return timedelta(0)


def _nothing_waits(_: Session) -> datetime | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Each is asked in every round; the usual ones know of no broker and of no step."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    running_s: Callable[[], float] = time.monotonic
    """Seconds that pass whatever the clock says."""
    kernel: Callable[[], Kernel | None] = kernels_clock
    term: Callable[[], int] = lambda: 0
    """In which term this process leads."""
    stepped: Callable[[], timedelta] = _no_step
    """How far the machine's clock is from the time that the station keeps."""
    connected: Callable[[], bool] = lambda: True
    """Whether the broker has let this process in, and the link stands."""
    waits_since: Callable[[Session], datetime | None] = _nothing_waits
    """Since when something signed waits for the broker."""
