"""A station restored from yesterday's backup: all poles still play, and no row is missing."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import func, select

from broadcaster.backup.backup_key import make_backup_key
from broadcaster.backup.restoring import restore
from broadcaster.backup.writing import write_backup
from broadcaster.demo.state import fleet_folder
from broadcaster.dispatch.tables import SignedPlan
from broadcaster.keys import load_keys
from broadcaster.ledger.tables import ConfirmationRow
from tests.chain import Chain, founded_chain
from tests.chain_evidence import JournalCopy, assert_whole
from tests.fault_matrix import DEVICES, SMALL_COMMUNE

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

SCRIPT = "Tin {}. Kính mời bà con 7 giờ sáng mai đến nhà văn hóa thôn họp."


def test_poles_play_on_and_give_the_ledger_back_what_it_lost(tmp_path: Path) -> None:
    """They hold a newer plan than the station knows, and receipts for rows that it lacks.

    What it lacks is asked for and said again, and its next plan goes above theirs.
    """
    with founded_chain(tmp_path / "state", commune=SMALL_COMMUNE) as chain:
        chain.start_station()
        chain.start_fleet()
        restore_it = backed_up(chain, tmp_path / "backup")
        after_backup = finished_everywhere(chain, "sau khi sao lưu")
        lost = chain.journals()
        version = newest_plan(chain)
        chain.kill_station()
        restore_it()
        assert confirmations(chain) == 0
        assert newest_plan(chain) < version
        assert chain.report(after_backup) is None
        chain.start_station()
        finished_everywhere(chain, "sau khi khôi phục")

        journals = chain.wait_for(lambda: all_held(chain), "every row is there again")
        assert_whole(chain.database, journals)
        assert newest_plan(chain) > version
        kept = {each.device: each.entries for each in journals}
        assert all(kept[each.device][: len(each.entries)] == each.entries for each in lost)


def finished_everywhere(chain: Chain, name: str) -> str:
    """Broadcast; every pole has played it and was told that the ledger has it."""
    broadcast_id = chain.broadcast(script=SCRIPT.format(name))
    report = chain.settled(broadcast_id)
    chain.wait_until_receipted()
    assert (report.counts.planned, report.counts.finished) == (DEVICES, DEVICES)
    return broadcast_id


def backed_up(chain: Chain, folder: Path) -> Callable[[], None]:
    """Back the running station up; what makes it again on a machine that has nothing of it."""
    key = make_backup_key(chain.settings.keys_dir)
    station_id = load_keys(chain.settings.keys_dir).ring.station
    file = write_backup(
        chain.database, chain.settings, folder, station_id=station_id, now=datetime.now(UTC)
    ).file
    fleet = fleet_folder(chain.settings).name

    def restore_it() -> None:
        chain.database.dispose()
        for each in chain.settings.state_dir.iterdir():
            if each.is_dir() and each.name not in {fleet, "log"}:
                shutil.rmtree(each)
            elif each.is_file():
                each.unlink()
        restore(file, chain.settings, key=key, now=datetime.now(UTC))

    return restore_it


def all_held(chain: Chain) -> list[JournalCopy] | None:
    """The journals, once the ledger has as many rows as they have entries."""
    journals = chain.wait_until_receipted()
    return journals if confirmations(chain) == sum(len(j.entries) for j in journals) else None


def confirmations(chain: Chain) -> int:
    """How many rows the ledger has."""
    with chain.database.reading() as session:
        return session.exec(select(func.count()).select_from(ConfirmationRow)).one()


def newest_plan(chain: Chain) -> int:
    """The highest version of a plan that the station has signed, as it knows."""
    with chain.database.reading() as session:
        return session.exec(select(func.max(SignedPlan.version))).one() or 0
