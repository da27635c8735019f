"""One fault of a running station of real processes: what plays meanwhile, and what is told.

A broadcast that the poles have planned when it begins, and one after it; poles are real
controllers in processes of their own. The alert is a letter that arrived at a mail server.
"""

import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from sqlmodel import select

from broadcaster.demo.state import fleet_folder
from broadcaster.processes.station import broker_program, fleet_program, station_programs
from broadcaster.processes.supervisor import Supervisor
from broadcaster.schedule.tables import BroadcastOrder
from devices.protocol.messages import Kind
from devices.simulation.member import PID_FILE
from tests.chain import Chain, founded_chain
from tests.chain_evidence import JournalCopy
from tests.fault_matrix import DEVICES, SMALL_COMMUNE
from tests.soak.mail import Letters, letters_for
from tests.soak.told import Told, evidence_of

SCRIPT = "Tin thứ {}. Kính mời bà con 7 giờ sáng mai đến nhà văn hóa thôn họp."
_NUMBERS = count(1)
LEAD_S = 20.0
"""From the approval to the sound: the poles have plan and sound before the fault begins."""

WITHIN_S = 900.0
"""For each thing that is waited for, on a machine that does much else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How it is brought about and taken away again, and in which words it must be told."""

    name: str
    begin: Callable[[], None]
    end: Callable[[], None]
    words: str = ""
    """Empty where nobody is to be told: then `no_alert` says why."""
    no_alert: str = ""
    meanwhile: Callable[[], None] = lambda: None
    """What people do in it, before the alert is waited for."""
    other: Callable[[], str] = lambda: ""
    """What else is to be said of it, asked at the end; raises AssertionError."""


@contextmanager
def station_of_processes(
    folder: Path,
    *,
    broker: Callable[[Path], str] | None = None,
    database_url: str = "",
    device_ca: Path | None = None,
) -> Iterator[tuple[Chain, Letters]]:
    """A small commune's station, founded; its letters are taken. Nothing runs yet."""
    with (
        letters_for(folder) as letters,
        founded_chain(
            folder / "state", broker=broker, lead_s=LEAD_S, commune=SMALL_COMMUNE,
            device_ca=device_ca, database_url=database_url,
        ) as chain,
    ):  # fmt: skip
        letters.keep_password(chain.settings.keys_dir)
        yield chain, letters


def start_station(chain: Chain) -> None:
    """Start the station's programs, with all the time that a machine may need that does more."""
    chain.station = Supervisor(log_dir=chain.settings.state_dir / "log")
    if chain.settings.embedded_broker:
        chain.station.start(broker_program(chain.settings), ready_within_s=WITHIN_S)
    launched = [chain.station.launch(each) for each in station_programs(chain.settings)]
    for each in launched:
        chain.station.wait_ready(each, within_s=WITHIN_S)


def start_fleet(chain: Chain) -> None:
    """Start the controllers, in the same way."""
    folder = fleet_folder(chain.settings)
    chain.fleets[folder] = Supervisor(log_dir=chain.settings.state_dir / "log")
    chain.fleets[folder].start(fleet_program(folder), ready_within_s=WITHIN_S)


def suffer(chain: Chain, letters: Letters, fault: Fault) -> Told:
    """Let it happen to a station that runs and whose poles are connected."""
    planned = _orders_of(chain, _planned(chain))
    pids = pids_of(chain)
    _wait_until_said(chain, planned, Kind.CACHED)
    lines = len(letters.lines)
    fault.begin()
    began_s = time.monotonic()
    _wait_until_said(chain, planned, Kind.FINISHED)
    fault.meanwhile()
    alert = fault.no_alert
    if fault.words:
        alert = chain.wait_for(
            lambda: letters.saying(fault.words, after=lines) or None, f"a letter: {fault.words}",
            within_s=WITHIN_S,
        )  # fmt: skip
    told_s = time.monotonic()
    fault.end()
    ended_s = time.monotonic()
    chain.wait_for(lambda: set(chain.programs) <= set(chain.living()) or None, "all live",
                   within_s=WITHIN_S)  # fmt: skip
    receipted(chain)
    recovery_s = time.monotonic() - ended_s
    _wait_until_said(chain, _orders_of(chain, _planned(chain)), Kind.FINISHED)
    journals = receipted(chain)
    evidence = evidence_of(chain.database, journals)
    same = "the poles were not restarted" if pids_of(chain) == pids else "a pole was restarted"
    return Told(
        fault=fault.name, entries=evidence.entries, lost=evidence.lost, doubled=evidence.doubled,
        wrong_sounds=evidence.wrong_sounds, alert=alert,
        alert_after_s=told_s - began_s if fault.words else 0.0, recovery_s=recovery_s,
        other="; ".join(filter(None, (fault.other(), same))),
    )  # fmt: skip


def receipted(chain: Chain) -> list[JournalCopy]:
    """Wait until nobody has anything left to say."""

    def at_rest() -> list[JournalCopy] | None:
        journals = chain.journals()
        resting = all(len(each.entries) == each.receipted_seq for each in journals)
        return journals if resting else None

    return chain.wait_for(at_rest, "every entry has its receipt", within_s=WITHIN_S)


def pids_of(chain: Chain) -> Sequence[str]:
    """The process of each controller."""
    homes = sorted(fleet_folder(chain.settings).iterdir())
    return [(home / PID_FILE).read_text() for home in homes]


def _planned(chain: Chain) -> str:
    """Another broadcast, with another sound; its id once it is planned."""
    bulletin_id = chain.queue(script=SCRIPT.format(next(_NUMBERS)))
    return chain.wait_for(
        lambda: chain.broadcast_of(bulletin_id), "the broadcast is planned", within_s=WITHIN_S
    )


def _orders_of(chain: Chain, broadcast_id: str) -> Collection[str]:
    with chain.database.reading() as session:
        return set(
            session.exec(
                select(BroadcastOrder.id).where(BroadcastOrder.broadcast_id == broadcast_id)
            )
        )


def _wait_until_said(chain: Chain, orders: Collection[str], kind: Kind) -> None:
    """By the devices' own disks: the database may not be there."""

    def all_have() -> bool | None:
        said = [
            any(each.kind is kind and each.order in orders for each in journal.confirmations)
            for journal in chain.journals()
        ]
        return sum(said) == DEVICES or None

    chain.wait_for(all_have, f"all have said “{kind}”", within_s=WITHIN_S)


@contextmanager
def environment(**more: str) -> Iterator[None]:
    """Programs that are started meanwhile find these too."""
    before = {name: os.environ.get(name) for name in more}
    os.environ.update(more)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value
