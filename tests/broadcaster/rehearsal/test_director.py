"""A rehearsal's life as its director sees it: started once, seen, ended, and never left behind."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from broadcaster.rehearsal.director import Director, simulate_command
from broadcaster.rehearsal.errors import NoRehearsal, RehearsalRuns
from broadcaster.rehearsal.port import SOCKET_FILE
from broadcaster.rehearsal.standing import State
from broadcaster.rehearsal.wishes import FaultWish, Wish
from broadcaster.settings import Settings
from tests.broadcaster.rehearsal.sockets import left_behind

pytestmark = pytest.mark.processes

STAND_IN = Path(__file__).with_name("stand_in.py")
WISH = Wish(devices=3, seed=7)
WITHIN_S = 30.0


def stand_in(*words: str) -> Callable[[Settings, Wish], Sequence[str]]:
    """The command of a program in the simulator's place; with words it fails with them."""
    return lambda settings, _: (
        *(sys.executable, str(STAND_IN), str(settings.state_dir / SOCKET_FILE)),
        *words,
    )


def until(director: Director, state: State) -> None:
    """Wait until it stands so."""
    deadline_s = time.monotonic() + WITHIN_S
    while (found := director.standing().state) is not state:
        assert time.monotonic() < deadline_s, found
        time.sleep(0.05)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A state folder."""
    return Settings(state_dir=tmp_path)


@pytest.fixture
def director(settings: Settings) -> Iterator[Director]:
    """A director of the stand-in, who leaves nothing behind."""
    director = Director(settings, command=stand_in())
    yield director
    director.close()


def test_it_is_started_seen_and_ended(director: Director) -> None:
    """From nothing to nothing, once."""
    assert director.standing().state is State.NONE
    director.start(WISH)
    assert director.standing().state in {State.PREPARING, State.RUNNING}
    until(director, State.RUNNING)

    standing = director.standing()
    assert standing.report is not None
    assert (standing.report.total.connected, standing.report.total.faults) == (2, {"offline": 1})
    assert standing.cpu_share == 0.5
    assert director.add_fault(FaultWish(kind="offline", share=1, lasts_s=60)) == ["loa-1"]
    with pytest.raises(RehearsalRuns):
        director.start(WISH)

    director.end()
    until(director, State.NONE)
    with pytest.raises(NoRehearsal):
        director.switch(on=True)


def test_a_socket_that_was_left_behind_is_no_rehearsal(
    director: Director, settings: Settings
) -> None:
    """And stands in nobody's way."""
    left_behind(settings.state_dir / SOCKET_FILE)

    assert director.standing().state is State.NONE
    with pytest.raises(NoRehearsal):
        director.end()
    director.start(WISH)
    until(director, State.RUNNING)


def test_one_that_cannot_begin_says_why(settings: Settings) -> None:
    """Its last words are kept for the admin, and another may be tried."""
    director = Director(settings, command=stand_in("Traceback", "✕ Chưa có đài trong thư mục này."))
    director.start(WISH)
    until(director, State.FAILED)

    assert director.standing().last_words == "✕ Chưa có đài trong thư mục này."
    director.start(WISH)
    until(director, State.FAILED)
    director.close()


def test_one_from_a_terminal_is_directed_just_so(director: Director, settings: Settings) -> None:
    """It is seen, and no second one is started beside it."""
    command = stand_in()(settings, WISH)
    with subprocess.Popen(command, stdin=subprocess.PIPE) as other:
        until(director, State.RUNNING)
        with pytest.raises(RehearsalRuns):
            director.start(WISH)
        director.end()
        assert director.wish is None
        assert other.stdin is not None
        other.stdin.close()
    until(director, State.NONE)


def test_when_the_station_dies_its_rehearsal_ends(settings: Settings) -> None:
    """Nobody is there to close the input; the kernel does."""
    script = (
        "import sys, time; from broadcaster.rehearsal.director import Director;"
        "from broadcaster.rehearsal.wishes import Wish; from broadcaster.settings import Settings;"
        "from tests.broadcaster.rehearsal.test_director import stand_in, until, State;"
        "from pathlib import Path;"
        "d = Director(Settings(state_dir=Path(sys.argv[1])), command=stand_in());"
        "d.start(Wish(devices=3, seed=7)); until(d, State.RUNNING); print('runs', flush=True);"
        "time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(settings.state_dir)], stdout=subprocess.PIPE
    ) as station:
        assert station.stdout is not None
        assert b"runs\n" in iter(station.stdout.readline, b"")
        station.send_signal(signal.SIGKILL)
    until(Director(settings), State.NONE)


def test_what_is_started_is_the_simulator_at_this_station(settings: Settings) -> None:
    """With what was asked, and ended by its input."""
    command = simulate_command(settings, Wish(devices=40, seed=7, profile="# none"))
    words = list(command[command.index("simulate") :])

    assert words[:3] == ["simulate", "--state", str(settings.state_dir.resolve())]
    assert words[3:7] == ["--devices", "40", "--seed", "7"]
    assert "--until-eof" in words
    assert words[words.index("--profile") + 1].endswith("rehearsal.toml")
