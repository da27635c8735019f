"""A journal of a hundred thousand entries works as one of ten."""

import asyncio
from pathlib import Path

from devices.controller.journal import Journal
from devices.controller.journal_file import open_journal
from devices.controller.sending import WINDOW_ENTRIES
from devices.controller.statements import Statement
from devices.protocol.messages import BATCH_LIMIT_ENTRIES, Kind
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import DEVICE, STATION, Pole, sent_entries

ENTRIES = 100_000
KINDS = (Kind.RECEIVED, Kind.CACHED, Kind.STARTED, Kind.ITEM_STARTED, Kind.FINISHED)


def fill(folder: Path) -> None:
    """So many entries, of twenty thousand orders."""
    journal = open_journal(folder, station=STATION, device=DEVICE)
    for first in range(0, ENTRIES // len(KINDS), 1_000):
        journal.say(
            *(
                Statement(kind=kind, at_ms=1, order=f"o{number}", samples=123_456)
                for number in range(first, first + 1_000)
                for kind in KINDS
            )
        )
    journal.close()


def plan_of(journal: Journal, sql: str, *bound: int) -> str:
    """How the database goes about a question."""
    rows = journal._database.execute(f"EXPLAIN QUERY PLAN {sql}", bound).fetchall()
    return "; ".join(row[3] for row in rows)


def test_no_question_that_is_asked_often_reads_all_of_it(tmp_path: Path) -> None:
    """Entries are found by their numbers, what is over by when it was receipted."""
    fill(tmp_path)
    journal = open_journal(tmp_path, station=STATION, device=DEVICE)

    assert journal.head.seq == ENTRIES
    assert len(journal.settled) == len(journal.ended) == ENTRIES // len(KINDS)
    assert "SEARCH entry USING INTEGER PRIMARY KEY" in plan_of(
        journal, "SELECT entry FROM entry WHERE seq BETWEEN ? AND ? ORDER BY seq", 5, 9
    )
    assert "SEARCH entry" in plan_of(journal, "SELECT min(seq) FROM entry")
    assert "SEARCH entry USING" in plan_of(
        journal, "DELETE FROM entry WHERE receipted_at_ms < ?", 5
    )
    journal.close()


def test_a_long_absence_is_made_good_window_by_window(tmp_path: Path) -> None:
    """No more is on its way than one window; each receipt lets the next one go."""
    fill(tmp_path)

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            for receipted in range(0, 5 * WINDOW_ENTRIES, WINDOW_ENTRIES):
                pole.link.published.clear()
                if receipted:
                    pole.hear_receipt(seq=receipted)
                await asyncio.sleep(0.5)
                sent = sent_entries(pole.batches())
                assert set(sent) == set(range(receipted + 1, receipted + WINDOW_ENTRIES + 1))
                assert all(len(each.entries) <= BATCH_LIMIT_ENTRIES for each in pole.batches())
            (confirmation,) = pole.journal.say(Statement(kind=Kind.RECEIVED, at_ms=1, order="moi"))

            assert confirmation.seq == ENTRIES + 1
            assert pole.journal.head.receipted_seq == 4 * WINDOW_ENTRIES

    run_simulated(story())
