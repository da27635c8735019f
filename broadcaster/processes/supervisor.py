"""Starts the station's processes in order, watches them, and stops them all again.

Each child says on stdout, in one JSON line, when it is ready. One that dies is started again with
a growing pause. Children sit in sessions of their own, so that Ctrl-C reaches only this process,
which then stops them in reverse order; should this process die, the kernel tells them to end.
"""

import ctypes
import json
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from broadcaster.processes.errors import ProcessFailed

log = structlog.get_logger()

READY_WITHIN_S = 60.0
STOP_WITHIN_S = 8.0
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 15.0
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Program:
    """A process to run: its name, its command, and the event by which it says it is ready."""

    name: str
    command: Sequence[str]
    ready_event: str
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Running:
    """A program that was started, and what is known of its life."""

    program: Program
    process: subprocess.Popen[bytes]
    events: "queue.Queue[dict[str, object]]"
    started_at: float
    pause_s: float = _FIRST_PAUSE_S
    restart_at: float | None = None


class Supervisor:
    """The running programs, in the order in which they were started."""

    def __init__(self, *, log_dir: Path, clock: Callable[[], float] = time.monotonic) -> None:
        log_dir.mkdir(parents=True, exist_ok=True)
        self._log_dir = log_dir
        self._clock = clock
        self._running: list[Running] = []

    def start(
        self, program: Program, *, ready_within_s: float = READY_WITHIN_S
    ) -> dict[str, object]:
        """Start a program and wait until it is ready; return what it said.

        Raises ProcessFailed, with the program's last words, when it ends or stays silent.
        """
        return self.wait_ready(self.launch(program), within_s=ready_within_s)

    def wait_ready(
        self, running: Running, *, within_s: float = READY_WITHIN_S
    ) -> dict[str, object]:
        """Wait until a launched program says it is ready; raises as `start` does."""
        program = running.program
        deadline = self._clock() + within_s
        while self._clock() < deadline:
            with suppress(queue.Empty):
                event = running.events.get(timeout=0.1)
                if event.get("event") == program.ready_event:
                    return event
            if running.process.poll() is not None:
                self._running.remove(running)
                raise ProcessFailed(program.name, self.last_words(program.name))
        raise ProcessFailed(program.name, self.last_words(program.name))

    def launch(self, program: Program) -> Running:
        """Start a program without waiting for it: it becomes ready when what it needs is there."""
        running = self._launch(program)
        self._running.append(running)
        return running

    def pid(self, name: str) -> int:
        """The process id of a running program."""
        return next(each.process.pid for each in self._running if each.program.name == name)

    def revive(self) -> None:
        """Start again whatever has died, each after a pause that grows with every death."""
        now = self._clock()
        for index, each in enumerate(self._running):
            if each.process.poll() is None:
                continue
            if each.restart_at is None:
                lived_s = now - each.started_at
                each.pause_s = (
                    _FIRST_PAUSE_S if lived_s > 60 else min(each.pause_s * 2, _LONGEST_PAUSE_S)
                )
                each.restart_at = now + each.pause_s
                log.warning(
                    "process_died", process=each.program.name, status=each.process.returncode
                )
            elif now >= each.restart_at:
                revived = self._launch(each.program)
                revived.pause_s = each.pause_s
                self._running[index] = revived
                log.info("process_restarted", process=each.program.name)

    def stop(self) -> None:
        """Ask all programs to end, the last started first; kill what does not listen."""
        for each in reversed(self._running):
            _end(each.process)
        self._running.clear()

    def last_words(self, name: str) -> str:
        """The end of a program's log, for the person who must find out why it failed."""
        path = self._log_dir / f"{name}.log"
        lines = path.read_text("utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def _launch(self, program: Program) -> Running:
        with (self._log_dir / f"{program.name}.log").open("ab") as log_file:
            process = subprocess.Popen(
                list(program.command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log_file,
                env={**os.environ, **program.environment},
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - forked from the main thread only
            )
        events: queue.Queue[dict[str, object]] = queue.Queue()
        threading.Thread(
            target=_read_events, args=(process, events), name=f"events-{program.name}", daemon=True
        ).start()
        return Running(program, process, events, started_at=self._clock())


def _end_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _read_events(
    process: subprocess.Popen[bytes], events: "queue.Queue[dict[str, object]]"
) -> None:
    if process.stdout is None:
        return
    with process.stdout:
        for line in process.stdout:
            with suppress(json.JSONDecodeError):
                said = json.loads(line)
                if isinstance(said, dict):
                    events.put(said)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout=STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
