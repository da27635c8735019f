"""A rehearsal from the page: the real simulator at a running station, troubled and ended."""

from collections.abc import Callable
from pathlib import Path

import pytest

from broadcaster.rehearsal.director import Director
from broadcaster.rehearsal.profiles import profile_text
from broadcaster.rehearsal.standing import Report, State
from broadcaster.rehearsal.wishes import FaultWish, Wish
from tests.chain import Chain, running_chain

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

CROWD = 6
OFFLINE = FaultWish(kind="offline", share=0.5, lasts_s=600)


def until(chain: Chain, director: Director, holds: Callable[[Report], bool], what: str) -> Report:
    """Wait until it stands so."""

    def found() -> Report | None:
        report = director.standing().report
        return report if report is not None and holds(report) else None

    return chain.wait_for(found, what)


def test_a_rehearsal_at_a_running_station(tmp_path: Path) -> None:
    """All connect, half lose the line and come back, all play, and at the end nobody is left."""
    with running_chain(tmp_path / "station") as chain:
        director = Director(chain.settings)
        try:
            director.start(Wish(devices=CROWD, seed=7, profile=profile_text("none", own=b"")))
            until(chain, director, lambda r: r.total.planned == CROWD, "all follow the plan")

            assert len(director.add_fault(OFFLINE)) == CROWD // 2
            until(chain, director, lambda r: r.total.silent == CROWD // 2, "half are silent")
            assert director.standing().report is not None
            director.remove_fault("offline")
            until(chain, director, lambda r: r.total.connected == CROWD, "all are back")

            chain.broadcast()
            until(chain, director, lambda r: r.total.finished == CROWD, "all have played")
            director.switch(on=False)
            until(chain, director, lambda r: not r.running and not r.total.connected, "all off")
            director.end()
            chain.wait_for(
                lambda: director.standing().state is State.NONE or None, "nothing is left"
            )

            # Another one of fewer devices is one of fewer devices.
            director.start(Wish(devices=2, seed=7))
            until(chain, director, lambda r: r.devices == 2 == r.total.planned, "two are there")
        finally:
            director.close()
        assert director.standing().state is State.NONE
