"""A province's year in one ledger: what its pages ask for, beside the same rows by bare SQL.

`python -m tests.benchmarks.province --confirmations 100000 1000000` tells how each grows. Rows are
inserted in bulk, as the ingest and the fold would have left them; the roll-ups are then counted by
the code that keeps them. One batch a device stands for its evidence: sizes are not measured here.

With `--keep FOLDER` a ledger is built there once and asked again by every later run.
"""

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import broadcaster.schema  # noqa: F401 - migrations and sessions need every table known
from broadcaster.database import Database, connect
from broadcaster.database.columns import to_ms
from broadcaster.database.kept_entries import packed_entry
from broadcaster.database.migrate import migrate
from broadcaster.ledger.period_queries import By, covered
from broadcaster.ledger.periods import month_of, one_year
from broadcaster.ledger.queries import broadcast_report
from broadcaster.ledger.rollups import rebuild_rollups
from broadcaster.ledger.village_history import village_month
from broadcaster.logs import configure_logs
from tests.benchmarks.comparison import Comparison, table_of

COMMUNES, VILLAGES, DEVICES = 100, 10, 40
"""A province: its communes, and in each so many villages and devices."""

WORDS_A_PLAY = 5
TOPICS = ("Nghị quyết 57", "Đề án 06", "cải cách hành chính", "Bình dân học vụ số", "y tế",
          "an ninh trật tự", "nông nghiệp", "")  # fmt: skip
YEAR = 2026
FIRST = datetime(YEAR, 1, 1, 5, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).astimezone(UTC)
ROUNDS = 15
_ENTRY = '{"seq":%d,"prev":"' + "0" * 64 + '","kind":"finished","at_ms":1,"samples":1440000}'
_INSERT_PLAY = """
INSERT INTO play (order_id, repeat, device_id, broadcast_id, cluster_id, device_name, title, topic,
    audio_sha256, asked_ms, starts_at, start_due_at, end_due_at, frozen, state, reached, played_ms,
    clock_doubtful, relay, simulated, evidence_epoch, evidence_seq, start_offset_us)
VALUES (?, 0, ?, ?, ?, 'Loa', 'Bản tin', ?, 'ab', 60000, ?, ?, ?, 1, ?, 'finished', 60000, 0, 0, 0,
    'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', ?, 2000)
"""
_INSERT_SHARE = """
INSERT INTO play_share (order_id, device_id, village_id, broadcast_id, cluster_id, cluster_name,
    village_name, topic, households, residents, share, starts_at, frozen)
VALUES (?, ?, ?, ?, ?, 'Xã', 'Thôn', ?, 100, 400, ?, ?, 1)
"""
_INSERT_WORD = """
INSERT INTO confirmation (device_id, epoch, seq, prev_sha256, entry_sha256, entry, kind, order_id,
    repeat, batch_sha256, received_at, quarantined)
VALUES (?, x'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', ?, ?, ?, ?, 'finished', ?, 0, ?, 1, 0)
"""
_HASH = bytes(32)


@dataclass(frozen=True, slots=True)
class Province:
    """A ledger with a year in it; `rebuilt_s`: how long its roll-ups took, if it was built now."""

    database: Database
    path: Path
    confirmations: int
    broadcasts: int
    rebuilt_s: float | None


@contextmanager
def province(
    confirmations: int, *, communes: int = COMMUNES, keep: Path | None = None
) -> Iterator[Province]:
    """A province's ledger with about so many confirmations, spread over a year.

    One that was built in the folder `keep` is asked as it lies there.
    """
    each = max(confirmations // (WORDS_A_PLAY * communes * DEVICES), 1)
    with nullcontext(keep) if keep else _scratch() as folder:
        path = folder / f"province-{communes}-{each}.sqlite3"
        rebuilt_s = None if path.exists() else _build(path, communes=communes, broadcasts=each)
        database = connect(f"sqlite:///{path}")
        migrate(database)
        yield Province(database, path, each * WORDS_A_PLAY * communes * DEVICES, each, rebuilt_s)
        database.dispose()


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as folder:
        yield Path(folder)


def _build(path: Path, *, communes: int, broadcasts: int) -> float:
    """Fill a ledger that has its name only when it is whole; how long its roll-ups took."""
    draft = path.with_suffix(".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f"{draft.name}*"):
        left.unlink()
    database = connect(f"sqlite:///{draft}")
    migrate(database)
    database.dispose()
    with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
        # What is lost with the machine is built again: no journal, and pages are written once.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        _found(connection, communes=communes)
        _fill(connection, communes=communes, broadcasts=broadcasts)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
    database = connect(f"sqlite:///{draft}")
    begun = time.perf_counter()
    with database.writing() as session:
        rebuild_rollups(session)
    rebuilt_s = time.perf_counter() - begun
    database.dispose()  # the last connection writes its log back: one file is left to be renamed
    draft.rename(path)
    return rebuilt_s


def measured(found: Province) -> list[Comparison]:
    """The three questions that pages ask, each beside the bare query that its answer needs."""
    year, month = one_year(YEAR), month_of(date(YEAR, 6, 1))
    middle = f"bc-0-{found.broadcasts // 2}"
    with found.database.reading() as session, closing(sqlite3.connect(found.path)) as bare:
        session.connection()
        zone = ZoneInfo("Asia/Ho_Chi_Minh")
        begins, ends = (to_ms(at) for at in month.instants(zone=zone))
        return [
            _compared(
                "one broadcast",
                found,
                lambda: broadcast_report(session, middle, villages=None),
                lambda: [bare.execute(each, (middle,)).fetchall() for each in _BROADCAST],
                "bare `SELECT` of its plays and shares",
            ),
            _compared(
                "a village's month",
                found,
                lambda: village_month(session, "v-0-0", month, zone=zone, villages=None),
                lambda: bare.execute(_VILLAGE_MONTH, ("v-0-0", begins, ends)).fetchall(),
                "bare `SELECT` of its plays and shares",
            ),
            _compared(
                "the province's year by topic",
                found,
                lambda: covered(session, year, villages=None, by=By.TOPIC),
                lambda: bare.execute(_YEAR).fetchall(),
                "bare `SELECT SUM` over the year's plays and shares, without reach",
                rounds=3,
            ),
        ]


def asked_of_a_province(name: str) -> Comparison:
    """One of them by its name, at the size that `make bench` has time for."""
    with province(100_000) as found:
        return next(each for each in measured(found) if each.name == name)


_BROADCAST = (
    "SELECT * FROM play WHERE broadcast_id = ?",
    "SELECT * FROM play_share WHERE broadcast_id = ?",
)
_VILLAGE_MONTH = """
SELECT play_share.*, play.state, play.played_ms FROM play_share
LEFT JOIN play ON play.order_id = play_share.order_id AND play.device_id = play_share.device_id
WHERE play_share.village_id = ? AND play_share.starts_at >= ? AND play_share.starts_at < ?
"""
_YEAR = """
SELECT play_share.topic, play.state, SUM(play_share.residents * play_share.share) FROM play_share
LEFT JOIN play ON play.order_id = play_share.order_id AND play.device_id = play_share.device_id
GROUP BY play_share.topic, play.state
"""


def _compared(
    name: str,
    found: Province,
    ours: Callable[[], object],
    bare: Callable[[], object],
    against: str,
    *,
    rounds: int = ROUNDS,
) -> Comparison:
    took = _took(ours, rounds=ROUNDS)
    return Comparison(
        name=name,
        work=f"{found.confirmations:,} confirmations on SQLite, median, warm; "
        f"{took.processor_ms:.3g} ms of a processor, "
        f"{took.asked_kb:,.0f} kB asked of the system, {took.disk_kb:,.0f} kB of the disk",
        ours=took.clock_ms,
        baseline=_took(bare, rounds=rounds).clock_ms,
        unit="ms",
        against=against,
    )


@dataclass(frozen=True, slots=True)
class _Took:
    """What one call cost, the median of several; another program lengthens the clock alone.

    Kilobytes that were read: of files, which the system may remember, and of the disk itself.
    """

    clock_ms: float
    processor_ms: float
    asked_kb: float
    disk_kb: float


def _took(work: Callable[[], object], *, rounds: int) -> _Took:
    work()
    found: list[_Took] = []
    for _ in range(rounds):
        asked, disk = _bytes_read()
        begun, used = time.perf_counter(), time.process_time()
        work()
        clock_s, processor_s = time.perf_counter() - begun, time.process_time() - used
        asked_by_then, disk_by_then = _bytes_read()
        found.append(
            _Took(
                clock_s * 1_000,
                processor_s * 1_000,
                (asked_by_then - asked) / 1_000,
                (disk_by_then - disk) / 1_000,
            )
        )
    return _Took(*(statistics.median(each) for each in zip(*map(astuple, found), strict=True)))


def _bytes_read() -> tuple[int, int]:
    """So far by this process: by its calls to read, and of them from a disk (proc(5), io)."""
    told = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(told["rchar"]), int(told["read_bytes"])


def _found(connection: sqlite3.Connection, *, communes: int) -> None:
    connection.execute(
        "INSERT INTO station (id, name, commune, province, zone, quiet_begins, quiet_ends, "
        "longest_session_ms, rehearsal, public_key) VALUES "
        "('st', 'Đài', 'Xã', 'Tỉnh', 'Asia/Ho_Chi_Minh', '21:00', '05:30', 2700000, 0, '00')"
    )
    for commune in range(communes):
        connection.execute(
            "INSERT INTO cluster (id, station_id, name, position) VALUES (?, 'st', ?, ?)",
            (f"c-{commune}", f"Xã {commune}", commune),
        )
        connection.executemany(
            "INSERT INTO village (id, cluster_id, name, position) VALUES (?, ?, ?, ?)",
            [(f"v-{commune}-{n}", f"c-{commune}", f"Thôn {n}", n) for n in range(VILLAGES)],
        )
        connection.executemany(
            "INSERT INTO device (id, station_id, cluster_id, name, public_key, broker_salt, "
            "broker_verifier, simulated, enrolled_at) VALUES (?, 'st', ?, ?, ?, '', '', 0, 1)",
            [
                (f"d-{commune}-{n}", f"c-{commune}", f"Loa {n}", f"{commune}-{n}")
                for n in range(DEVICES)
            ],
        )
        connection.executemany(
            "INSERT INTO confirmation_batch (sha256, device_id, message, received_at) "
            "VALUES (?, ?, x'00', 1)",
            [(_batch(commune, n), f"d-{commune}-{n}") for n in range(DEVICES)],
        )


def _fill(connection: sqlite3.Connection, *, communes: int, broadcasts: int) -> None:
    _insert(
        connection,
        _INSERT_PLAY,
        _plays(communes, broadcasts),
    )
    _insert(
        connection,
        _INSERT_SHARE,
        _shares(communes, broadcasts),
    )
    _insert(
        connection,
        _INSERT_WORD,
        _words(communes, broadcasts),
    )


def _insert(
    connection: sqlite3.Connection, statement: str, rows: Iterator[Sequence[object]]
) -> None:
    while some := list(islice(rows, 50_000)):
        connection.executemany(statement, some)


def _moments(communes: int, broadcasts: int) -> Iterator[tuple[int, int, str, int]]:
    """Commune, number, topic and start of every broadcast, spread evenly over the year."""
    step = timedelta(days=364) / broadcasts
    for commune in range(communes):
        for number in range(broadcasts):
            topic = TOPICS[(commune + number) % len(TOPICS)]
            yield commune, number, topic, to_ms(FIRST + number * step)


def _plays(communes: int, broadcasts: int) -> Iterator[Sequence[object]]:
    for commune, number, topic, at_ms in _moments(communes, broadcasts):
        for device in range(DEVICES):
            state = "not_confirmed" if (device + number) % 7 == 0 else "confirmed"
            yield (
                f"o-{commune}-{number}", f"d-{commune}-{device}", f"bc-{commune}-{number}",
                f"c-{commune}", topic, at_ms, at_ms + 90_000, at_ms + 150_000, state,
                number * WORDS_A_PLAY + WORDS_A_PLAY,
            )  # fmt: skip


def _shares(communes: int, broadcasts: int) -> Iterator[Sequence[object]]:
    poles = DEVICES // VILLAGES
    for commune, number, topic, at_ms in _moments(communes, broadcasts):
        for village in range(VILLAGES):
            reached = {"": 0.2} | {
                f"d-{commune}-{village * poles + n}": 0.8 / poles for n in range(poles)
            }
            for device, share in reached.items():
                yield (
                    f"o-{commune}-{number}", device, f"v-{commune}-{village}",
                    f"bc-{commune}-{number}", f"c-{commune}", topic, share, at_ms,
                )  # fmt: skip


def _batch(commune: int, device: int) -> bytes:
    return sha256(f"{commune}-{device}".encode()).digest()


def _words(communes: int, broadcasts: int) -> Iterator[Sequence[object]]:
    last = broadcasts * WORDS_A_PLAY
    entries = [packed_entry(_ENTRY % seq) for seq in range(last + 1)]
    for commune in range(communes):
        for device in range(DEVICES):
            for seq in range(1, last + 1):
                number = (seq - 1) // WORDS_A_PLAY
                yield (
                    f"d-{commune}-{device}", seq, _HASH, _HASH, entries[seq],
                    f"o-{commune}-{number}", _batch(commune, device),
                )  # fmt: skip


def _built_in(found: Province) -> str:
    if found.rebuilt_s is None:
        return "as it was kept"
    return f"roll-ups counted anew in {found.rebuilt_s:.1f} s"


def _resident_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1_000


def main() -> int:
    """Measure at each size that is asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.province", description=__doc__
    )
    parser.add_argument("--confirmations", nargs="+", type=int, default=[100_000])
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="build there once, ask again")
    asked = parser.parse_args()
    configure_logs("ERROR")
    comparisons: list[Comparison] = []
    for size in asked.confirmations:
        with province(size, keep=asked.keep) as found:
            sys.stderr.write(
                f"» {found.confirmations:,}: {_built_in(found)}, "
                f"{found.path.stat().st_size / 1e6:,.0f} MB\n"
            )
            before_mb = _resident_mb()
            comparisons += measured(found)
            sys.stderr.write(
                f"  memory: {before_mb:.0f} MB before, {_resident_mb():.0f} MB after\n"
            )
    sys.stdout.write(table_of(comparisons) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
