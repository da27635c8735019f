"""One controller of the fleet as a forked process, which tells its parent what it has reached.

Forked after all imports, so that two dozen start in the time of one and share its memory. The
kernel ends it with its parent.
"""

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from devices.controller.logs import log_to_stderr
from devices.controller.run import run_controller
from devices.errors import DevicesError
from devices.orphans import end_with_parent
from devices.protocol.messages import Confirmation, Kind
from devices.simulation.faults.audio import CorruptingSource
from devices.simulation.roster import Role

PID_FILE = "pid"
# <linux/prctl.h>
_PR_SET_NAME = 15


class Reached(StrEnum):
    """What a member tells its parent, a line each."""

    CONNECTED = "connected"
    CACHED = "cached"


@dataclass(frozen=True, slots=True)
class Member:
    """A running process of the fleet, and the pipe on which it tells what it has reached."""

    role: Role
    pid: int
    news: int


class PipeWatch:
    """Hands what the controller does to the parent; it may have gone."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def connected(self) -> None:
        """Tell it."""
        self._tell(Reached.CONNECTED)

    def said(self, confirmations: Sequence[Confirmation]) -> None:
        """Tell when an order's audio is there."""
        if any(each.kind is Kind.CACHED for each in confirmations):
            self._tell(Reached.CACHED)

    def _tell(self, reached: Reached) -> None:
        try:
            os.write(self._pipe, f"{reached}\n".encode())
        except (BrokenPipeError, BlockingIOError):
            return


def start_member(role: Role, *, log_level: str, forget: Callable[[], None]) -> Member:
    """Fork one; `forget` closes in the child what belongs to the parent alone."""
    news, told = os.pipe()
    os.set_blocking(told, False)
    os.set_blocking(news, False)
    parent = os.getpid()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        os.close(told)
        return Member(role=role, pid=pid, news=news)
    status = 1
    try:
        os.close(news)
        forget()
        _die_with(parent, name=role.device)
        status = _live(role, watch=PipeWatch(told), log_level=log_level)
    except BaseException:  # noqa: BLE001 — a fork must never return into its parent's code
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _live(role: Role, *, watch: PipeWatch, log_level: str) -> int:
    log_to_stderr(device=role.device, level=log_level)
    write_pid(role.home)
    try:
        if role.corrupt_audio:
            run_controller(role.home, on_the_way=CorruptingSource, watch=watch)
        else:
            run_controller(role.home, watch=watch)
    except DevicesError as error:
        sys.stderr.write(f"{error.message_vi} / {error.message_en} ({error.detail})\n")
        return 2
    return 0


def write_pid(home: Path) -> None:
    """Leave the process's id where a test finds it, whole or not at all."""
    draft = home / f"{PID_FILE}.draft"
    draft.write_text(f"{os.getpid()}\n")
    draft.replace(home / PID_FILE)


def _die_with(parent: int, *, name: str) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NAME, f"loa {name}"[-15:].encode(), 0, 0, 0)
    end_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
