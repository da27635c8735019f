"""One station host: PostgreSQL, the deployed broker, the station's own processes, and its poles.

The station is the demonstration's, in communes of forty poles; the controllers are those of
`loa simulate`: the real code, each with its keys, its journal on a disk (in memory here: poles have
a disk each) and its connection. They fetch a sound once a process, as rehearsals do.
"""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, func, text
from sqlmodel import SQLModel, col, select

from broadcaster.accounts.tables import SignInSession
from broadcaster.areas.queries import the_station
from broadcaster.bulletins.studio import open_studio
from broadcaster.demo.commune import LEADER, DemoVillage
from broadcaster.demo.newsroom import account_id
from broadcaster.demo.state import fleet_folder, open_demo
from broadcaster.fleet.places import Place
from broadcaster.fleet.tables import DeviceStatus
from broadcaster.ledger.bulk import chunks
from broadcaster.processes.station import station_programs
from broadcaster.processes.supervisor import Supervisor
from broadcaster.settings import load_settings
from devices.protocol import topics
from devices.protocol.credentials import (
    Grants,
    credential_for,
    load_credentials,
    save_credentials,
)
from devices.simulation.rehearsal.rehearsal import Rehearsal
from devices.simulation.rehearsal.run import QUICK_DISK
from devices.simulation.rehearsal.stage import beside
from tests.benchmarks.crowd_scene import (
    BARE_CLUSTER,
    BareClients,
    add_bare_users,
    bare_clients,
    begins_of,
    write_shares,
)
from tests.brokers import RunningBroker, free_port, start_deployed, write_test_certificate
from tests.chain import Chain, move_quiet_hours_away
from tests.chain_evidence import JournalCopy, journals_of
from tests.postgres import RunningPostgres, running_postgres

POLES, VILLAGES = 4, 10
"""Of a village, and of a commune, which is a cluster here."""

SHOUTING = "gui-tran"
"""Who says what the bare clients hear."""

LOOKS_WITH = "token-of-the-benchmark"
LOOK_EVERY_S = 0.1
PATIENCE_S = 900.0
"""For one of its steps, where others use the machine as well."""


@dataclass(slots=True)
class Host:
    """All of it at work, and its controllers at rest."""

    chain: Chain
    postgres: RunningPostgres
    broker: RunningBroker
    rehearsal: Rehearsal
    folder: Path
    station: str
    controllers: int
    connected_s: float
    """From the controllers' start until each is connected, configured and planned."""

    _users: Sequence[tuple[str, str]]
    _shows: tuple[Path, Path]

    async def restart_broker(self) -> None:
        """End it in order and start it again where it was, as systemd would."""
        await asyncio.to_thread(self._restart_broker)

    def end_broker(self) -> None:
        """End the one that runs now."""
        self.broker.stop()

    def _restart_broker(self) -> None:
        self.end_broker()
        self.broker = start_deployed(
            self.broker.registry, self.folder, shows=self._shows, port=self.broker.port
        )

    @asynccontextmanager
    async def bare(self) -> AsyncIterator[Sequence[BareClients]]:
        """As many bare clients as controllers, in as many processes, all subscribed."""
        files = write_shares(
            self.folder, self._users, topic=topics.now(self.station, BARE_CLUSTER),
            port=self.broker.port, processes=processes_of(self.controllers),
        )  # fmt: skip
        async with bare_clients(files) as clients:
            yield clients

    async def journals(self) -> Sequence[JournalCopy]:
        """The controllers' own journals, once nobody has anything left to say."""
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + PATIENCE_S
        while True:
            found = await asyncio.to_thread(journals_of, fleet_folder(self.chain.settings))
            if waiting := sum(len(each.entries) > each.receipted_seq for each in found):
                assert loop.time() < deadline_s, f"{waiting} wait for a receipt"
            else:
                return found

    async def until(self, what: str, table: type[SQLModel], *holds: ColumnElement[bool]) -> None:
        """Wait until the database has a row for each controller of which all of this holds.

        Fails with the station's last words.
        """
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + PATIENCE_S
        while (found := self._counted(table, *holds)) < self.controllers:
            if loop.time() > deadline_s:
                raise AssertionError(f"{what}: {found} only\n{self.chain.last_words()}")
            await asyncio.sleep(LOOK_EVERY_S)

    def _counted(self, table: type[SQLModel], *holds: ColumnElement[bool]) -> int:
        with self.chain.database.reading() as session:
            return session.exec(select(func.count()).select_from(table).where(*holds)).one()


@asynccontextmanager
async def station_host(
    controllers: int, *, ingests: int = 1, lead_s: float = 15.0
) -> AsyncIterator[Host]:
    """So many controllers, connected to a station that knows where each of them stands."""
    async with AsyncExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="loa-bench-", dir=QUICK_DISK))
        )
        postgres = stack.enter_context(running_postgres(durable=True))
        database_url = postgres.url(postgres.create_database())
        chain = stack.enter_context(
            _founded(folder, database_url, controllers, ingests=ingests, lead_s=lead_s)
        )
        registry = chain.settings.registry_file
        with chain.database.reading() as session:
            station = the_station(session).id
        users = add_bare_users(registry, station=station, count=controllers)
        _let_shout(registry, station=station)
        shows = write_test_certificate(folder)
        port = int(chain.settings.broker.rpartition(":")[2])
        broker = start_deployed(registry, folder, shows=shows, port=port)
        homes = sorted(fleet_folder(chain.settings).iterdir())
        begins = begins_of(homes, folder, processes=processes_of(controllers))
        rehearsal = Rehearsal(begins, folder=folder)
        host = Host(
            chain, postgres, broker, rehearsal, folder, station, controllers, 0.0, users, shows
        )
        stack.callback(host.end_broker)
        _start(chain)
        began_s = asyncio.get_running_loop().time()
        await stack.enter_async_context(beside(*(each.run() for each in rehearsal.processes)))
        await host.until(
            "are online with a configuration and a plan",
            DeviceStatus,
            col(DeviceStatus.online),
            col(DeviceStatus.config_version) > 0,
            col(DeviceStatus.plan_version) > 0,
        )
        host.connected_s = asyncio.get_running_loop().time() - began_s
        yield host


@contextmanager
def _founded(
    folder: Path, database_url: str, controllers: int, *, ingests: int, lead_s: float
) -> Iterator[Chain]:
    settings = load_settings(
        state_dir=folder / "state",
        database_url=database_url,
        broker=f"mqtt://127.0.0.1:{free_port()}",
        port=free_port(),
        ingest_processes=ingests,
        lead_s=lead_s,
        voice_source="",
    )
    with ExitStack() as ending:
        database, _ = open_demo(settings, commune=communes_of(controllers))
        ending.callback(database.dispose)
        move_quiet_hours_away(database)
        now = datetime.now(UTC)
        with database.writing() as session:
            session.add(
                SignInSession(
                    token_sha256=hashlib.sha256(LOOKS_WITH.encode()).hexdigest(),
                    account_id=account_id(session, LEADER),
                    csrf_token="-",
                    created_at=now,
                    expires_at=now + timedelta(hours=2),
                )
            )
        with database.writing() as session:
            session.connection().execute(text("ANALYZE"))
        studio = ending.enter_context(open_studio(settings))
        chain = Chain(settings, database, studio, Supervisor(log_dir=settings.state_dir / "log"))
        ending.callback(chain.stop)
        yield chain


def _start(chain: Chain) -> None:
    """The station's own programs, with patience where others use the machine as well."""
    launched = [chain.station.launch(each) for each in station_programs(chain.settings)]
    for each in launched:
        chain.station.wait_ready(each, within_s=PATIENCE_S)


def communes_of(controllers: int) -> Mapping[str, Sequence[DemoVillage]]:
    """Communes of ten villages with four poles each, the last one with what is left."""
    poles = [min(POLES, controllers - first) for first in range(0, controllers, POLES)]
    return {
        f"Xã {commune}": [
            DemoVillage(
                f"Thôn {commune}.{number}", 100, 400, devices,
                Place(17 + commune % 100 * 0.01, 107 + number * 0.01),
            )
            for number, devices in enumerate(some, start=1)
        ]
        for commune, some in enumerate(chunks(poles, size=VILLAGES), start=1)
    }  # fmt: skip


def _let_shout(registry: Path, *, station: str) -> None:
    grants = Grants(publish=(topics.now(station, BARE_CLUSTER),))
    known = load_credentials(registry)
    save_credentials(known.with_user(SHOUTING, credential_for("secret", grants=grants)), registry)


def processes_of(controllers: int) -> int:
    """A process a core; a few need no more than one."""
    return min(os.cpu_count() or 1, -(-controllers // 100))
