"""Two people enter the same word at the same time."""

import threading

from broadcaster.lexicon.entries import in_use, put_in
from broadcaster.lexicon.words import checked
from tests.broadcaster.small_station import STATION_ID, SmallStation


def test_one_reading_holds_and_nobody_meets_a_fault(station: SmallStation) -> None:
    """The second waits for the first and takes its place."""
    together, faults = threading.Barrier(4), []

    def enter(spoken: str) -> None:
        together.wait(timeout=10)
        try:
            with station.database.writing() as session:
                word = checked(written="XQZ", spoken=spoken)
                put_in(session, word, station_id=STATION_ID, by=None, now=station.clock())
        except Exception as fault:  # noqa: BLE001 - any at all is what must not be
            faults.append(fault)

    threads = [
        threading.Thread(target=enter, args=[f"xuân {one}"]) for one in ("a", "ba", "năm", "tư")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert faults == []
    with station.database.reading() as session:
        assert len(in_use(session, station_id=STATION_ID)) == 1
