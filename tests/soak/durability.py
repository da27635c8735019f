"""Durability as cases of `make soak`: an ingest under load that is killed, or has no room."""

import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from random import Random

from broadcaster.database.migrate import migrate
from broadcaster.ledger.storage import storage_away
from broadcaster.logs import configure_logs
from tests.brokers import RunningBroker, start_embedded, start_mosquitto
from tests.ingest_under_load import Stage, stage
from tests.postgres import RunningPostgres, running_postgres
from tests.small_disk import small_disk
from tests.soak.case import Outcome, Turn
from tests.soak.record import Facts
from tests.trail import connect

KILLS_A_ROUND = 10
KILL_ROUNDS = 12
"""Three times each database with each broker: 120 kills."""
FULL_ROUNDS = 4
_COMBINATIONS = tuple(product(("sqlite", "postgresql"), ("embedded", "mosquitto")))
_STARTS: dict[str, Callable[..., RunningBroker]] = {
    "embedded": start_embedded,
    "mosquitto": start_mosquitto,
}
_DISK_MB = {"sqlite": 16, "postgresql": 160}


def kill_ingest(turn: Turn) -> Outcome:
    """Ten kills of the ingest under load; between two the broker, and a server of a database."""
    with _round(turn) as (rng, database, broker, folder), ExitStack() as ending:
        server = _server(ending) if database == "postgresql" else None
        on = ending.enter_context(stage(_url(server, folder), folder, start=_STARTS[broker]))
        broker_dies = rng.randrange(KILLS_A_ROUND)
        server_dies = rng.randrange(KILLS_A_ROUND) if server is not None else None
        for kill in range(KILLS_A_ROUND):
            on.start_ingest()
            on.live(rng.uniform(0, 1.5), rng)
            if kill == broker_dies:
                on.restart_broker()
                on.live(rng.uniform(0, 1.0), rng)
            if server is not None and kill == server_dies:
                _crash(server, on)
                on.live(rng.uniform(0, 1.0), rng)
            on.kill_ingest()
        on.start_ingest()
        facts: dict[str, int | float | str] = {
            "database": database,
            "broker": broker,
            "kills": KILLS_A_ROUND,
            "broker_kills": 1,
            "database_crashes": int(server is not None),
        }
        return _told(on, rng, facts, incidents=[])


def full_disk(turn: Turn) -> Outcome:
    """The database's disk filled to the last block under load, and emptied again."""
    with _round(turn) as (rng, database, broker, folder), ExitStack() as ending:
        disk = ending.enter_context(small_disk(folder / "disk", megabytes=_DISK_MB[database]))
        server = _server(ending, data_dir=disk.folder) if database == "postgresql" else None
        url = _url(server, disk.folder)
        on = ending.enter_context(stage(url, folder, start=_STARTS[broker]))
        ingest = on.start_ingest()
        on.live(1.0, rng)
        disk.fill()

        def told() -> str | None:
            away = storage_away(on.settings.state_dir, now=datetime.now(UTC))
            return away.reason if away else None

        while (reason := told()) is None:
            on.live(0.5, rng)
        receipted = [each.receipted for each in on.speakers]
        on.live(1.0, rng)
        still = [each.receipted for each in on.speakers] == receipted
        disk.free()
        crashed = server is not None and server.process.poll() is not None
        if server is not None and crashed:
            server.start()
        facts: dict[str, int | float | str] = {
            "database": database,
            "broker": broker,
            "told": reason,
            "receipts_while_full": "no" if still else "yes",
            "database_crashes": int(crashed),
        }
        outcome = _told(on, rng, facts, incidents=["storage_away"])
        return Outcome(
            held=outcome.held and still and ingest.poll() is None and told() is None,
            facts=outcome.facts,
        )


@contextmanager
def _round(turn: Turn) -> Iterator[tuple[Random, str, str, Path]]:
    configure_logs("ERROR")
    database, broker = _COMBINATIONS[(turn.number - 1) % len(_COMBINATIONS)]
    with tempfile.TemporaryDirectory(prefix="loa-soak-") as folder:
        # A server that is not root's must reach the disk in it.
        Path(folder).chmod(0o755)
        yield Random(turn.seed), database, broker, Path(folder)


def _server(ending: ExitStack, *, data_dir: Path | None = None) -> RunningPostgres:
    return ending.enter_context(running_postgres(data_dir=data_dir))


def _url(server: RunningPostgres | None, folder: Path) -> str:
    url = (
        f"sqlite:///{folder / 'station.sqlite3'}"
        if server is None
        else server.url(server.create_database())
    )
    database = connect(url)
    migrate(database)
    database.dispose()
    return url


def _crash(server: RunningPostgres, on: Stage) -> None:
    on.database.dispose()
    server.stop(how=signal.SIGQUIT)
    server.start()


def _told(
    on: Stage, rng: Random, facts: dict[str, int | float | str], *, incidents: list[str]
) -> Outcome:
    """Let all be receipted, and look whether all is there, once, and each play right."""
    try:
        on.settle(rng)
        on.assert_whole()
        found = list(on.incidents())
        assert found == incidents, found
    except AssertionError as error:
        return Outcome(held=False, facts={**facts, "why": " ".join(str(error).split())[:200]})
    finally:
        facts["entries"] = sum(len(each.pole.entries) for each in on.speakers)
        facts["receipts"] = sum(each.receipts for each in on.speakers)
    told: Facts = facts
    return Outcome(held=True, facts=told)
