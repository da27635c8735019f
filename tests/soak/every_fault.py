"""`make soak`, case *faults*: each fault of the server once, as a row of one table.

Faults that the same station suffers follow each other on it: starting one takes longer than most.
"""

import tempfile
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from pathlib import Path

from broadcaster.logs import configure_logs
from tests.soak import server_faults as faults
from tests.soak.case import Outcome, Turn
from tests.soak.six_hours import six_hours_away
from tests.soak.told import Told

POLES = 100

Suffering = Callable[[Path, Collection[str]], Iterator[Told]]


def _six_hours(folder: Path, _: Collection[str]) -> Iterator[Told]:
    yield six_hours_away(folder, devices=POLES, seed=2026)


FAULTS: Mapping[str, Suffering] = {
    "six-hours": _six_hours,
    **dict.fromkeys(faults.JUMPS, faults.clock_jumps),
    "certificate": faults.certificate_ends,
    "broker-gone": faults.broker_gone_and_slow,
    "broker-slow": faults.broker_gone_and_slow,
    "broker-disk-full": faults.broker_disk_full,
    "database-gone": faults.postgres_gone_and_frozen,
    "database-frozen": faults.postgres_gone_and_frozen,
    "database-disk-full": faults.sqlite_disk_full,
    "page-spoilt": faults.sqlite_page_spoilt,
}


class _Suffering:
    """The station that suffers now, and what it suffers next."""

    def __init__(self) -> None:
        self._left: list[str] = []
        self._running: Generator[Told, None, None] | None = None

    def next(self, name: str) -> Told:
        """This fault, on the station that is there where it is its turn; else on a new one."""
        if self._running is None or self._left[0] != name:
            self._end()
            same = [each for each, by in FAULTS.items() if by is FAULTS[name]]
            self._left = same[same.index(name) :]
            self._running = _on_a_new_station(FAULTS[name], self._left.copy())
        self._left.pop(0)
        told: Told | None = None
        try:
            told = next(self._running)
        finally:
            if told is None or not self._left:
                self._end()
        return told

    def _end(self) -> None:
        if self._running is not None:
            self._running.close()
            self._running = None


_SUFFERING = _Suffering()


def _on_a_new_station(suffering: Suffering, names: Collection[str]) -> Generator[Told, None, None]:
    with tempfile.TemporaryDirectory(prefix="loa-soak-") as folder:
        # A server that is not root's must reach the disk in it.
        Path(folder).chmod(0o755)
        yield from suffering(Path(folder), names)


def every_fault(turn: Turn) -> Outcome:
    """The fault of this number."""
    configure_logs("ERROR")
    name = list(FAULTS)[turn.number - 1]
    try:
        told = _SUFFERING.next(name)
    except AssertionError as error:
        why = " ".join(str(error).split())[:300]
        return Outcome(held=False, facts={"fault": name, "other": why})
    return Outcome(held=told.held, facts=told.facts)
