"""Starting, watching and stopping processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadcaster.processes.errors import ProcessFailed
from broadcaster.processes.supervisor import Program, Supervisor

pytestmark = pytest.mark.processes

PATIENT = "import json, time; print(json.dumps({'event': 'ready'}), flush=True); time.sleep(600)"


def program(code: str, name: str = "child") -> Program:
    """A program that runs a line of Python."""
    return Program(name=name, command=(sys.executable, "-c", code), ready_event="ready")


def wait_until(true: Callable[[], bool], *, within_s: float = 10) -> None:
    """Wait for what another process will bring about."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    """A supervisor whose children are stopped at the end."""
    supervisor = Supervisor(log_dir=tmp_path / "log")
    yield supervisor
    supervisor.stop()


def test_it_waits_until_a_program_says_it_is_ready(supervisor: Supervisor) -> None:
    """What the program said with its event is handed over; other lines are passed by."""
    code = 'print(\'chào\'); print(\'{"event": "ready", "port": 7}\', flush=True)\n' + (
        "import time; time.sleep(600)"
    )

    assert supervisor.start(program(code)) == {"event": "ready", "port": 7}


def test_a_program_that_ends_before_it_is_ready_is_reported_in_its_own_words(
    supervisor: Supervisor,
) -> None:
    """The last line of its log says why."""
    code = "import sys; print('cổng 1883 đang bận', file=sys.stderr); sys.exit(3)"

    with pytest.raises(ProcessFailed) as failed:
        supervisor.start(program(code, name="broker"))

    assert failed.value.message_vi.endswith("cổng 1883 đang bận")


def test_a_program_that_stays_silent_is_reported(supervisor: Supervisor) -> None:
    """Not saying anything in time is a failure too."""
    with pytest.raises(ProcessFailed):
        supervisor.start(program("import time; time.sleep(600)"), ready_within_s=0.3)


def test_a_killed_program_is_started_again(supervisor: Supervisor) -> None:
    """After a kill -9 a new process takes its place."""
    supervisor.start(program(PATIENT))
    first = supervisor.pid("child")
    os.kill(first, signal.SIGKILL)

    def revived() -> bool:
        supervisor.revive()
        return supervisor.pid("child") != first and is_alive(supervisor.pid("child"))

    wait_until(revived)


def test_stopping_ends_all_and_kills_what_does_not_listen(supervisor: Supervisor) -> None:
    """A program that ignores SIGTERM is killed; none is left."""
    supervisor.start(program(PATIENT, name="kind"))
    pid = supervisor.pid("kind")

    supervisor.stop()

    assert not is_alive(pid)


def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    """The kernel tells them, so that no broker stays behind on its port."""
    code = f"""
import sys, time
from pathlib import Path
from broadcaster.processes.supervisor import Program, Supervisor
supervisor = Supervisor(log_dir=Path({str(tmp_path)!r}))
command = (sys.executable, "-c", {PATIENT!r})
supervisor.start(Program(name="child", command=command, ready_event="ready"))
print(supervisor.pid("child"), flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()

    wait_until(lambda: not is_alive(child))
