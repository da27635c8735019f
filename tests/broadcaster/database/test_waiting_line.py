"""Who stands in line to write: in the order in which they came, and nobody for ever."""

import threading
import time
from types import SimpleNamespace

import pytest

from broadcaster.database import waiting_line
from broadcaster.database.waiting_line import Place, WaitingLine

LONG_S = 30.0


def test_who_has_stood_longest_is_next() -> None:
    """Five come while the place is taken, and get it in that order."""
    line, served = WaitingLine(), list[int]()

    def come(number: int) -> None:
        assert line.take(within_s=LONG_S)
        served.append(number)
        line.leave()

    assert line.take(within_s=0)
    crowd = [threading.Thread(target=come, args=(number,)) for number in range(5)]
    for number, each in enumerate(crowd):
        each.start()
        _until_standing(line, number + 1)
    line.leave()
    for each in crowd:
        each.join(LONG_S)

    assert served == [0, 1, 2, 3, 4]
    assert line.take(within_s=0)


def test_nobody_gets_in_before_who_stands_in_line() -> None:
    """As the place becomes free it belongs to them already: whoever comes now waits behind."""
    line, may_leave = WaitingLine(), threading.Event()

    def come() -> None:
        assert line.take(within_s=LONG_S)
        may_leave.wait(LONG_S)
        line.leave()

    assert line.take(within_s=0)
    waiting = threading.Thread(target=come)
    waiting.start()
    _until_standing(line, 1)
    line.leave()
    got_in = line.take(within_s=0)
    may_leave.set()
    waiting.join(LONG_S)

    assert not got_in


def test_who_gave_up_is_not_called() -> None:
    """The place goes to the next one, not to somebody who has left."""
    line = WaitingLine()

    assert line.take(within_s=0)
    assert not line.take(within_s=0)
    assert len(line) == 0
    line.leave()
    assert line.take(within_s=0)


def test_who_is_told_to_stop_leaves_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while somebody waits: the place is not handed to whoever is no longer there."""
    line = WaitingLine()

    assert line.take(within_s=0)
    monkeypatch.setattr(waiting_line, "threading", SimpleNamespace(Lock=_StoppedAsItWaits))
    with pytest.raises(KeyboardInterrupt):
        line.take(within_s=LONG_S)
    assert len(line) == 0
    line.leave()
    assert line.take(within_s=0)


def test_a_place_is_given_up_once() -> None:
    """Whoever never got it gives nothing up, and nobody twice: the next one keeps it."""
    line = WaitingLine()
    first, second = Place(line), Place(line)

    assert first.take(within_s=0)
    assert first.take(within_s=0)
    assert not second.take(within_s=0)
    second.leave()
    assert not second.take(within_s=0)
    first.leave()
    assert second.take(within_s=0)
    first.leave()
    assert not first.take(within_s=0)


class _StoppedAsItWaits:
    """What one waits at: taken once, and then the signal comes."""

    def __init__(self) -> None:
        self._is_taken = False

    def acquire(self, timeout: float = -1) -> bool:
        """Take it, or be told to stop after less than `timeout`."""
        if self._is_taken:
            raise KeyboardInterrupt(timeout)
        self._is_taken = True
        return True


def _until_standing(line: WaitingLine, count: int) -> None:
    deadline_s = time.monotonic() + LONG_S
    while len(line) < count and time.monotonic() < deadline_s:
        threading.Event().wait(0.001)
    assert len(line) == count
