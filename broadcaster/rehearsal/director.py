"""Starts the simulator beside this station, as a process of its own, and ends it again.

The process ends by itself, with every device's goodbye, when its standard input does: when this one
closes it, and when this one is gone. A rehearsal that somebody started at a terminal is directed
just so, over its control port.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import structlog

from broadcaster.rehearsal.errors import (
    NoRehearsal,
    RehearsalRuns,
    RehearsalSilent,
)
from broadcaster.rehearsal.port import SOCKET_FILE, ControlPort
from broadcaster.rehearsal.standing import CpuMeter, Standing, State, report_of
from broadcaster.rehearsal.wishes import FaultWish, Wish
from broadcaster.settings import Settings

log = structlog.get_logger()

LOG_FILE = "rehearsal.log"
PROFILE_FILE = "rehearsal.toml"
ENDS_WITHIN_S = 15.0
_LAST_WORDS = 600

Commanded = Callable[[Settings, Wish], Sequence[str]]


def simulate_command(settings: Settings, wish: Wish) -> Sequence[str]:
    """`loa simulate` at this station."""
    folder = settings.state_dir.resolve()
    profile = ("--profile", str(folder / PROFILE_FILE)) if wish.profile else ()
    return (
        *(sys.executable, "-P", "-X", "utf8", "-m", "broadcaster", "simulate"),
        *("--state", str(folder), "--devices", str(wish.devices), "--seed", str(wish.seed)),
        *profile,
        *("--until-eof", "--json"),
    )


class Director:
    """Directs the one rehearsal of a station; any thread may ask."""

    def __init__(self, settings: Settings, *, command: Commanded = simulate_command) -> None:
        self.wish: Wish | None = None
        """What was started here last; None where another may have started it."""
        self._settings = settings
        self._command = command
        self._port = ControlPort(settings.state_dir.resolve() / SOCKET_FILE)
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ending = False
        self._meter = CpuMeter()
        self._lock = threading.Lock()

    def standing(self) -> Standing:
        """How it stands now."""
        try:
            report = report_of(self._port.ask("status"))
        except RehearsalSilent:
            return Standing(State.ENDING if self._is_ending and self._lives else State.SILENT)
        except NoRehearsal:
            return self._without_port()
        state = State.ENDING if self._is_ending and self._lives else State.RUNNING
        return Standing(state, report=report, cpu_share=self._meter.share(report))

    def start(self, wish: Wish) -> None:
        """Start one and return at once: it takes a while until it answers.

        Raises RehearsalRuns.
        """
        with self._lock:
            if self.standing().state not in {State.NONE, State.FAILED}:
                raise RehearsalRuns
            self._forget()
            self._write_profile(wish)
            self._is_ending, self.wish = False, wish
            self._process = self._launch(wish)
        log.info("rehearsal_started", devices=wish.devices, seed=wish.seed)

    def end(self) -> None:
        """Let it end, with goodbyes; what does not listen is killed. Raises NoRehearsal."""
        with self._lock:
            if self._lives and self._process is not None and self._process.stdin is not None:
                self._is_ending = True
                self._process.stdin.close()
                threading.Thread(
                    target=_see_out, args=(self._process,), name="rehearsal-end", daemon=True
                ).start()
            else:
                self._port.ask("end")
        log.info("rehearsal_ended")

    def switch(self, *, on: bool) -> None:
        """Switch all devices on or off; raise NoRehearsal or RehearsalSilent."""
        self._port.ask("start" if on else "stop")

    def add_fault(self, wish: FaultWish) -> Sequence[str]:
        """Begin a fault now; return the devices that it struck.

        Raises NoRehearsal, RehearsalSilent or CommandRefused.
        """
        struck = self._port.ask("add_fault", **wish.table()).get("devices", [])
        return [str(each) for each in struck]

    def remove_fault(self, kind: str) -> None:
        """End a fault for all; raise NoRehearsal, RehearsalSilent or CommandRefused."""
        self._port.ask("remove_fault", kind=kind)

    def close(self) -> None:
        """End what was started here, and wait for its goodbyes."""
        if self._lives and self._process is not None:
            with suppress(NoRehearsal, RehearsalSilent):
                self.end()
            _see_out(self._process)
        self._forget()

    @property
    def _lives(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _forget(self) -> None:
        """Let go of one that has ended by itself."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def _without_port(self) -> Standing:
        """Nobody listens: not yet, not any more, or it could not begin."""
        if self._lives:
            return Standing(State.ENDING if self._is_ending else State.PREPARING)
        if self._process is not None and self._process.returncode and not self._is_ending:
            return Standing(State.FAILED, last_words=self._last_words())
        return Standing(State.NONE)

    @property
    def _log(self) -> Path:
        return self._settings.state_dir / "log" / LOG_FILE

    def _launch(self, wish: Wish) -> "subprocess.Popen[bytes]":
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log_file:
            return subprocess.Popen(
                list(self._command(self._settings, wish)),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log_file,
                env={**os.environ, **_environment(self._settings)},
                start_new_session=True,
            )

    def _write_profile(self, wish: Wish) -> None:
        if wish.profile:
            path = self._settings.state_dir / PROFILE_FILE
            path.write_text(wish.profile, "utf-8")

    def _last_words(self) -> str:
        said = self._log.read_text("utf-8", errors="replace").strip().splitlines()
        return said[-1][-_LAST_WORDS:] if said else ""


def _environment(settings: Settings) -> Mapping[str, str]:
    """Where this very station is, for a process that reads its settings anew."""
    return {
        "LOA_DATABASE_URL": settings.database,
        "LOA_BROKER": settings.broker,
        "LOA_BROKER_PORT": str(settings.broker_port),
        "LOA_HOST": settings.host,
        "LOA_PORT": str(settings.port),
    }


def _see_out(process: "subprocess.Popen[bytes]") -> None:
    """Wait for the last goodbye; what has not ended by then is killed."""
    try:
        process.wait(timeout=ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
