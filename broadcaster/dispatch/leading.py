"""Who leads the schedule: one process at a time, by its term in the database.

Several may run, on several machines; one leads and the others stand by. Whoever stands by asks
the leader for a sign of life, in the database, and takes over when none came in `PATIENCE_S`. No
clock of one machine is compared with that of another, and while nobody asks nothing is written.

A leader that was stopped in the middle and goes on later must not undo what another one did:
- what it stores, it stores in a transaction that finds its own term still in force, or not at all;
- what it publishes, it publishes within `PATIENCE_S` of a look at the database;
- it connects to the broker under the same name as every leader before it, so that the broker
  ends their connections, and does not connect again once it was deposed.
"""

import os
import secrets
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import structlog
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from broadcaster.database import Database
from broadcaster.dispatch.tables import ScheduleLead
from broadcaster.errors import LoaError

log = structlog.get_logger()

PATIENCE_S = 5.0
"""How long a leader may be silent; with `ASK_EVERY_S` and a look, take-over is under 10 s."""

ASK_EVERY_S = 2.0

STOPPED_AFTER_S = 20
"""How long PostgreSQL lets a leader keep the lead's row locked without another statement.

One whose machine was frozen in the middle of a transaction would keep all that stand by waiting
for as long as it is frozen; one that computes for long asks oftener than this.
"""

_NOBODY = ""
_LET_GO = text("SELECT set_config('idle_in_transaction_session_timeout', :ms, true)")


class Deposed(LoaError):
    """Another process leads the schedule now, or may by now; this one does nothing more."""

    code = "deposed"
    message_vi = "Một tiến trình khác đang điều hành lịch phát; tiến trình này dừng lại."
    message_en = "Another process leads the schedule now; this one ends."


class Lead:
    """One process's part in it: it stands by, or leads for a term."""

    def __init__(
        self,
        database: Database,
        *,
        station_id: str,
        holder: str = "",
        clock: Callable[[], float] | None = None,
        stopped_after_s: float = STOPPED_AFTER_S,
    ) -> None:
        self._database = database
        self._stopped_after_s = stopped_after_s
        self._station_id = station_id
        self._holder = holder or this_process()
        self._clock = clock or _boot_time_s
        self._term: int | None = None
        self._looked_s = 0.0
        self._asked: tuple[int, int] | None = None
        self._asked_s = 0.0

    @property
    def leads(self) -> bool:
        """Whether it leads, and nobody else can: it looked, and had nothing to fear, just now."""
        return self._term is not None and self._clock() - self._looked_s < PATIENCE_S

    @property
    def led_last(self) -> bool:
        """Whether it led when the database was last asked, be it there now or not."""
        return self._term is not None

    @property
    def term(self) -> int:
        """In which term it leads; 0 while it does not."""
        return self._term or 0

    def take(self) -> bool:
        """Take the lead if it is free or its holder gives no sign of life; whether it leads now.

        To be called again and again, every second or oftener.
        """
        now_s = self._clock()
        try:
            with self._database.writing() as session:
                self._let_go_when_stopped(session)
                row = session.get(ScheduleLead, self._station_id, with_for_update=True)
                if row is None:
                    row = ScheduleLead(station_id=self._station_id, holder=_NOBODY)
                    session.add(row)
                if not self._may_take(row, now_s=now_s):
                    return False
                row.holder, row.term, row.answered = self._holder, row.term + 1, row.asked
                term = row.term
        except IntegrityError:
            # Two began with an empty table at the same instant; the other one was first.
            return False
        self._term, self._looked_s = term, now_s
        log.info("schedule_led", term=term, holder=self._holder)
        return True

    def look(self) -> None:
        """Give a sign of life if one was asked for; raise Deposed when another one leads."""
        now_s = self._clock()
        with self._database.reading() as session:
            row = session.get(ScheduleLead, self._station_id)
        if row is None or row.term != self._term:
            self._fall()
        if row.answered < row.asked:
            with self._database.writing() as session:
                self._keep(session)
        self._looked_s = now_s

    def hold(self, session: Session) -> None:
        """Have this transaction stand only if nobody else leads; raise Deposed.

        Whoever asked meanwhile waits for its end, and finds the answer: it may take long.
        """
        self._keep(session)

    def assure(self) -> None:
        """Look again if the last look is too long ago to rely on; raise Deposed."""
        if not self.leads:
            self.look()

    def release(self) -> None:
        """Leave the lead to whoever stands by; they need not wait."""
        if self._term is None:
            return
        with self._database.writing() as session:
            row = session.get(ScheduleLead, self._station_id, with_for_update=True)
            if row is not None and row.term == self._term:
                row.holder = _NOBODY
        self._term = None

    def _may_take(self, row: ScheduleLead, *, now_s: float) -> bool:
        if row.holder == _NOBODY or is_gone(row.holder):
            return True
        if self._asked is not None and self._asked[0] == row.term:
            if row.answered < self._asked[1]:
                return now_s - self._asked_s >= PATIENCE_S
            if now_s - self._asked_s < ASK_EVERY_S:
                return False
        row.asked += 1
        self._asked, self._asked_s = (row.term, row.asked), now_s
        return False

    def _let_go_when_stopped(self, session: Session) -> None:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(_LET_GO, {"ms": str(int(self._stopped_after_s * 1_000))})

    def _keep(self, session: Session) -> None:
        self._let_go_when_stopped(session)
        # Locked until the transaction ends: by the row, or on SQLite by being the only writer.
        row = session.get(
            ScheduleLead, self._station_id, with_for_update=True, populate_existing=True
        )
        if row is None or row.term != self._term:
            self._fall()
        row.answered = max(row.answered, row.asked)

    def _fall(self) -> NoReturn:
        term, self._term = self._term, None
        raise Deposed(f"term {term}")


def is_led(session: Session, *, station_id: str) -> bool:
    """Whether somebody leads, as far as this machine can tell without asking them."""
    row = session.get(ScheduleLead, station_id)
    return row is not None and row.holder != _NOBODY and not is_gone(row.holder)


def this_process() -> str:
    """A name for this process by which others on the same machine can tell whether it lives."""
    pid = os.getpid()
    return f"{_machine()} {pid} {_started(pid)} {secrets.token_hex(4)}"


def is_gone(holder: str) -> bool:
    """Whether a process of this machine is known to have ended; of others nothing is known."""
    parts = holder.rsplit(" ", 3)
    if len(parts) != 4 or parts[0] != _machine() or not parts[1].isdigit():
        return False
    return _started(int(parts[1])) != parts[2]


def _machine() -> str:
    """This boot of this machine, and the numbers by which it names processes (containers)."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{socket.gethostname()} {boot} {Path('/proc/self/ns/pid').readlink()}"


def _started(pid: int) -> str:
    """When a process began, in ticks since the boot; empty when it is not there any more."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # The name in brackets may hold spaces and brackets of its own.
    state, *rest = stat.rpartition(")")[2].split()
    return "" if state in {"Z", "X"} else rest[18]


def _boot_time_s() -> float:
    """Seconds that go on while the machine sleeps: a laptop's lid is a stop like another."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
