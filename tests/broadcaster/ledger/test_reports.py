"""Reports: one broadcast as its plays and shares tell it, scoped to what its reader may see."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from broadcaster.database import Database
from broadcaster.fleet.registry import share_village
from broadcaster.ledger.broadcast_lines import plays_today
from broadcaster.ledger.expectations import expect
from broadcaster.ledger.queries import broadcast_report
from broadcaster.ledger.reports import percentile
from broadcaster.ledger.watch import close_overdue
from devices.protocol.messages import Kind
from tests.broadcaster.ledger.commune import (
    AUDIO,
    BEFORE,
    FIRST_DAY,
    STARTS,
    Pole,
    found,
    ingest,
    order,
    raise_pole,
)

NOW = STARTS + timedelta(seconds=62)
LATE = STARTS + timedelta(seconds=150)


@pytest.fixture
def poles(database: Database) -> dict[str, Pole]:
    """A broadcast in both clusters: one pole plays, one in part, one fails, one is silent."""
    with database.writing() as session:
        found(session)
        poles = {
            "loa-1": raise_pole(session, "loa-1", thon_1=0.5),
            "loa-2": raise_pole(session, "loa-2", thon_1=0.3),
            "loa-3": raise_pole(session, "loa-3", thon_2=1.0),
            "loa-4": raise_pole(session, "loa-4", cluster="cum-tay", thon_3=0.75),
        }
        share_village(session, village_id="thon-1", share=0.2, device_id=None, valid_from=FIRST_DAY)
        expect(session, order(), order("ord-2", cluster="cum-tay"), now=BEFORE)
        poles["loa-1"].play(offset_us=4_000)
        poles["loa-2"].play(offset_us=-2_000, share=0.5)
        poles["loa-3"].say(Kind.CACHED)
        poles["loa-3"].say(Kind.FAILED, code="audio_undecodable")
        poles["loa-4"].say(Kind.CACHED, order="ord-2")
        ingest(session, [pole.batch() for pole in poles.values()], now=NOW)
    return poles


@contextmanager
def counted_queries(database: Database) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("poles")
def test_keeps_every_part_apart(database: Database) -> None:
    """Confirmed, partial, failed, pending and unverifiable residents stand beside each other."""
    with database.reading() as session:
        report = broadcast_report(session, "bc-1", villages=None)

    assert report is not None
    found = report.coverage
    assert found.asked == 2_300
    assert (found.confirmed, found.partial, found.failed) == (500, 300, 500)
    assert (found.unverifiable, found.pending, found.unserved) == (200, 600, 200)
    assert found.coverage == pytest.approx(500 / 2_300)
    assert not report.settled
    assert (report.title, report.audio_sha256, report.simulated) == (
        "Lịch tiêm chủng",
        AUDIO,
        True,
    )


@pytest.mark.usefixtures("poles")
def test_silence_becomes_not_confirmed(database: Database) -> None:
    """After the deadline the silent pole's residents are not confirmed, and the report settles."""
    with database.writing() as session:
        close_overdue(session, now=LATE)
        report = broadcast_report(session, "bc-1", villages=None)

    assert report is not None
    assert (report.coverage.not_confirmed, report.coverage.pending) == (600, 0)
    assert report.settled


@pytest.mark.usefixtures("poles")
def test_counts_devices_by_how_far_they_came(database: Database) -> None:
    """`cached` and `started` are those that came at least so far; the ends are told apart."""
    with database.writing() as session:
        close_overdue(session, now=LATE)
        report = broadcast_report(session, "bc-1", villages=None)

    assert report is not None
    counts = report.counts
    assert (counts.planned, counts.cached, counts.started) == (4, 4, 2)
    assert (counts.finished, counts.partial, counts.failed) == (1, 1, 1)
    assert (counts.not_confirmed, counts.pending) == (1, 0)


@pytest.mark.usefixtures("poles")
def test_tells_clusters_and_villages(database: Database) -> None:
    """Each cluster in its order, with its villages, households, residents and devices."""
    with database.reading() as session:
        report = broadcast_report(session, "bc-1", villages=None)

    assert report is not None
    assert [(each.name, each.coverage.asked) for each in report.clusters] == [
        ("Cụm Đông", 1_500),
        ("Cụm Tây", 800),
    ]
    assert [(each.name, each.households, each.residents) for each in report.villages] == [
        ("Thôn Một", 250, 1_000),
        ("Thôn Hai", 125, 500),
        ("Thôn Ba", 200, 800),
    ]
    assert report.villages[0].device_ids == ("loa-1", "loa-2")
    assert report.villages[0].coverage.coverage == pytest.approx(0.5)


def test_tells_each_device_with_its_evidence(database: Database, poles: dict[str, Pole]) -> None:
    """A device's line names state, code, counted and asked time, offset, and its evidence."""
    with database.reading() as session:
        report = broadcast_report(session, "bc-1", villages=None)

    assert report is not None
    lines = {each.device_id: each for each in report.devices}
    assert (lines["loa-2"].state, lines["loa-2"].played_ms) == ("partial", 30_000)
    assert (lines["loa-2"].start_offset_ms, lines["loa-2"].evidence_seq) == (-2.0, 5)
    assert lines["loa-2"].evidence_epoch == poles["loa-2"].epoch
    assert (lines["loa-3"].state, lines["loa-3"].code) == ("failed", "audio_undecodable")
    assert lines["loa-1"].device_name == "Loa loa-1"


def test_measures_skew_from_believable_clocks_only(
    database: Database, poles: dict[str, Pole]
) -> None:
    """Skew is of first samples; an instant that cannot be true is kept and left out of it."""
    poles["loa-4"].play(order="ord-2", offset_us=-3_600_000_000)
    with database.writing() as session:
        ingest(session, [poles["loa-4"].batch(2)], now=NOW)
        report = broadcast_report(session, "bc-1", villages=None)

    assert report is not None
    assert report.skew is not None
    assert (report.skew.devices, report.skew.max_ms, report.skew.spread_ms) == (2, 4.0, 6.0)
    assert (report.skew.p50_ms, report.skew.p99_ms) == (2.0, 4.0)
    west = report.clusters[1].devices[0]
    assert (west.state, west.clock_doubtful, west.start_offset_ms) == ("confirmed", True, None)
    assert west.start_offset_us == -3_600_000_000


@pytest.mark.usefixtures("poles")
def test_a_village_head_sees_their_village_only(database: Database) -> None:
    """Residents, devices and totals are those of the villages in view."""
    with database.reading() as session:
        report = broadcast_report(session, "bc-1", villages=frozenset({"thon-2"}))

    assert report is not None
    assert (report.coverage.asked, report.coverage.failed) == (500, 500)
    assert [each.device_id for each in report.devices] == ["loa-3"]
    assert [each.village_id for each in report.villages] == ["thon-2"]
    assert report.counts.planned == 1


@pytest.mark.usefixtures("poles")
def test_what_is_not_theirs_is_not_there(database: Database) -> None:
    """An unknown broadcast, and one that does not concern the village, are the same to its head."""
    with database.reading() as session:
        assert broadcast_report(session, "bc-9", villages=None) is None
        assert broadcast_report(session, "bc-1", villages=frozenset({"thon-9"})) is None
        assert broadcast_report(session, "bc-1", villages=frozenset()) is None


def test_repeats_count_a_village_once(database: Database, poles: dict[str, Pole]) -> None:
    """A pole that failed and then played the repeat covers its residents, once."""
    with database.writing() as session:
        expect(session, order(repeat=1), now=BEFORE)
        poles["loa-3"].play(repeat=1)
        ingest(session, [poles["loa-3"].batch(3)], now=NOW)
        report = broadcast_report(session, "bc-1", villages=frozenset({"thon-2"}))

    assert report is not None
    assert (report.coverage.confirmed, report.coverage.failed) == (500, 0)


@pytest.mark.usefixtures("poles")
@pytest.mark.parametrize("villages", [None, frozenset({"thon-1"})])
def test_asks_a_handful_of_queries(database: Database, villages: frozenset[str] | None) -> None:
    """A report and a day cost the same number of queries however many devices there are."""
    with database.writing() as session:
        for number in range(10, 30):
            raise_pole(session, f"loa-{number}")
        later = STARTS + timedelta(hours=1)
        expect(session, order("ord-9", broadcast="bc-9", starts_at=later), now=BEFORE)
    with database.reading() as session:
        session.connection()
        with counted_queries(database) as report_queries:
            broadcast_report(session, "bc-9", villages=villages)
        with counted_queries(database) as day_queries:
            plays_today(session, since=STARTS, until=STARTS + timedelta(days=1), villages=villages)

    assert len(report_queries) == 4
    assert len(day_queries) == (3 if villages is None else 4)


@pytest.mark.usefixtures("poles")
def test_tells_a_day_line_by_line(database: Database) -> None:
    """A day has a line for each broadcast and cluster, by their starts; its end is not in it."""
    later = STARTS + timedelta(hours=1)
    with database.writing() as session:
        expect(session, order("ord-9", broadcast="bc-9", starts_at=later), now=BEFORE)
        lines = plays_today(session, since=STARTS, until=later, villages=None)
        both = plays_today(
            session, since=STARTS, until=later + timedelta(milliseconds=1), villages=None
        )
        own = plays_today(session, since=STARTS, until=later, villages=frozenset({"thon-3"}))

    assert [(each.broadcast_id, each.cluster_id) for each in both] == [
        ("bc-1", "cum-dong"),
        ("bc-1", "cum-tay"),
        ("bc-9", "cum-dong"),
    ]
    assert lines == both[:2]
    assert (lines[0].counts.planned, lines[0].coverage.asked) == (3, 1_500)
    assert (lines[0].playing, lines[0].settled, lines[1].settled) == (False, True, False)
    assert [(each.cluster_name, each.coverage.asked) for each in own] == [("Cụm Tây", 800)]


@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(0, 100))
def test_a_percentile_is_one_of_the_values(values: list[float], percent: int) -> None:
    """Nearest rank: at least so many per cent of the values are not above it."""
    ascending = sorted(values)
    found = percentile(ascending, percent)

    assert found in values
    assert sum(each <= found for each in values) * 100 >= percent * len(values)
