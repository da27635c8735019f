"""`loa demo --once`: one bulletin from script to confirmed broadcast, as a command that ends.

The chain is the station's own: its processes, its broker, its desk, its ledger; only the state is
temporary and the devices are simulated, each a process that reaches the station by MQTT and HTTP.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from sqlmodel import select

from broadcaster.bulletins.studio import open_studio
from broadcaster.bulletins.texts import checked
from broadcaster.database import Database
from broadcaster.demo.errors import ScriptFileUnreadable
from broadcaster.demo.newsroom import (
    TITLE,
    approve,
    demo_script,
    queue_everywhere,
    write_and_render,
)
from broadcaster.demo.report import ChainReport, as_json, draw
from broadcaster.demo.state import fleet_folder, open_demo
from broadcaster.ledger.queries import broadcast_report
from broadcaster.ledger.reports import BroadcastReport
from broadcaster.processes.errors import ProcessFailed
from broadcaster.processes.serve import running, stop_signal
from broadcaster.processes.station import fleet_program, free_port
from broadcaster.processes.supervisor import Supervisor
from broadcaster.schedule.tables import Broadcast
from broadcaster.settings import Settings, load_settings

Found = TypeVar("Found")

LEAD_S = 7.0
CONFIRM_WITHIN_S = 8.0
_LOOK_EVERY_S = 0.2
_PLANNED_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OnceOptions:
    """What to read, which faults the fleet is to have, and what to print."""

    script: Path | None = None
    silent: int = 0
    corrupt_audio: int = 0
    json: bool = False


def run_once(options: OnceOptions, *, console: Console, progress: Console) -> int:
    """Run the chain; 0 only if every expected device finished, else 1.

    Raises a BadInput when the script cannot be read aloud.
    """
    begun = time.monotonic()
    script = demo_script() if options.script is None else _read_script(options.script)
    with tempfile.TemporaryDirectory(prefix="loa-demo-") as folder, stop_signal():
        settings = _settings(Path(folder))
        report = _run_chain(script, options, settings=settings, progress=progress, begun=begun)
        if options.json:
            sys.stdout.write(as_json(report) + "\n")
        else:
            draw(report, console=console)
        return 0 if report.all_finished else 1


def _run_chain(
    script: str, options: OnceOptions, *, settings: Settings, progress: Console, begun: float
) -> ChainReport:
    progress.print("» Đọc lời và dựng âm thanh / Reading and rendering")
    with open_studio(settings) as studio:
        # A script that cannot be read is refused before a commune is founded for it.
        studio.read(checked(title=TITLE, script=script).script)
        database, _ = open_demo(settings)
        bulletin_id = write_and_render(database, studio, script=script, title=TITLE)
    progress.print("» Mở đài và đội loa mô phỏng / Starting the station and the simulated fleet")
    with running(settings, console=progress) as supervisor:
        _start_fleet(supervisor, settings, options)
        progress.print("» Người thứ hai duyệt, đài ký kế hoạch / Approved, planned and signed")
        queue_everywhere(database, bulletin_id)
        approve(database, bulletin_id)
        broadcast = _wait_for_broadcast(database)
        progress.print("» Các cụm loa tự phát theo kế hoạch / The devices play by the signed plan")
        report = _wait_until_settled(database, broadcast, progress=progress)
    database.dispose()
    return ChainReport(
        broadcast=report,
        to_first_sound_s=_to_first_sound_s(report, begun=begun),
        total_s=round(time.monotonic() - begun, 2),
    )


def _start_fleet(supervisor: Supervisor, settings: Settings, options: OnceOptions) -> None:
    supervisor.start(
        fleet_program(
            fleet_folder(settings), silent=options.silent, corrupt_audio=options.corrupt_audio
        )
    )


def _settings(folder: Path) -> Settings:
    """Settings of a station of its own: a folder that goes away, ports that are free."""
    return load_settings(
        state_dir=folder,
        database_url="",
        broker="embedded",
        broker_port=free_port(),
        host="127.0.0.1",
        port=free_port(),
        public_url=None,
        lead_s=LEAD_S,
        confirm_start_within_s=CONFIRM_WITHIN_S,
        confirm_end_within_s=CONFIRM_WITHIN_S,
    )


def _read_script(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptFileUnreadable(str(path)) from error


def _wait_for_broadcast(database: Database) -> Broadcast:
    def planned() -> Broadcast | None:
        with database.reading() as session:
            return session.exec(select(Broadcast)).first()

    broadcast = _wait(planned, within_s=_PLANNED_WITHIN_S)
    if broadcast is None:
        raise ProcessFailed("schedule", "no broadcast was planned in time")
    return broadcast


def _wait_until_settled(
    database: Database, broadcast: Broadcast, *, progress: Console
) -> BroadcastReport:
    """Wait until every device's word is in, or was due and did not come."""
    last_due_s = broadcast.duration_ms / 1000 + LEAD_S + 2 * CONFIRM_WITHIN_S
    said: list[str] = []

    def settled() -> BroadcastReport | None:
        with database.reading() as session:
            report = broadcast_report(session, broadcast.id, villages=None)
        if report is None:
            return None
        line = _progress_line(report)
        if said[-1:] != [line]:
            said.append(line)
            progress.print(line)
        return report if report.settled else None

    report = _wait(settled, within_s=last_due_s + _PLANNED_WITHIN_S)
    if report is None:
        raise ProcessFailed("ingest", "the broadcast did not come to an end in time")
    return report


def _progress_line(report: BroadcastReport) -> str:
    counts = report.counts
    return (
        f"  {counts.cached}/{counts.planned} có tệp / cached · "
        f"{counts.started} bắt đầu / started · "
        f"{counts.finished} phát trọn / finished"
    )


def _to_first_sound_s(report: BroadcastReport, *, begun: float) -> float | None:
    """Seconds from the command's start to the first sample that left a sink."""
    instants = [play.started_at for play in report.devices if play.started_at is not None]
    if not instants:
        return None
    began_at = datetime.now(UTC).timestamp() - (time.monotonic() - begun)
    return round(min(instants).timestamp() - began_at, 2)


def _wait(look: Callable[[], Found | None], *, within_s: float) -> Found | None:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(_LOOK_EVERY_S)
    return None
