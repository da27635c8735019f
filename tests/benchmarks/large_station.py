"""A station as large as a province: a year of ledger, bulletins, a week on air, village heads.

Rows are inserted in bulk, as the product would have left them; what is derived is derived by it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from sqlalchemy import text
from sqlmodel import Session

from broadcaster.accounts.tables import Account, RoleGrant, SignInSession
from broadcaster.app import create_app
from broadcaster.bulletins.studio import Studio
from broadcaster.bulletins.tables import Approval, Bulletin, Rendition
from broadcaster.database import Database
from broadcaster.schedule.tables import Broadcast, BroadcastOrder, Schedule, ScheduleCluster
from broadcaster.settings import Settings
from broadcaster.web.context import Context
from playlists.audio.audio_store import AudioStore
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.benchmarks.large_fleet import expect_plays, raise_fleet
from tests.benchmarks.province import DEVICES, province
from tests.trail import connect

STATION = "st"
BULLETINS = 500
PLAYS_A_YEAR = 10
"""Broadcasts of each commune in the ledger of the year."""

WORDS_A_PLAY = 5
NOW = datetime(2026, 11, 22, 10, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
STAFF = ("operator", "leader", "admin", "inspector")
CSRF_TOKEN = "token-of-the-benchmark"
SOUND = b"\0" * 500_000
SOUND_SHA256 = hashlib.sha256(SOUND).hexdigest()
"""Not to be heard: it is only fetched, as long as a bulletin's sound and under its hash."""

_SOUND_MS = 92_000


@dataclass(frozen=True, slots=True)
class LargeStation:
    """The application over its database, and how many devices it has."""

    app: FastAPI
    database: Database
    devices: int
    heads: Sequence[str]


@contextmanager
def large_station(devices: int) -> Iterator[LargeStation]:
    """A station with so many devices, in communes of forty."""
    communes = max(devices // DEVICES, 1)
    words = communes * DEVICES * PLAYS_A_YEAR * WORDS_A_PLAY
    with province(words, communes=communes) as found:
        with found.database.writing() as session:
            heads = _people(session, communes=communes)
            raise_fleet(session, communes=communes, now=NOW)
            _bulletins(session, communes=communes)
        with found.database.writing() as session:
            session.connection().execute(text("ANALYZE"))
        AudioStore(found.path.parent / "audio").put(SOUND)
        app = application(found.path)
        yield LargeStation(app, found.database, communes * DEVICES, heads)
        app.state.context.database.dispose()


def application(file: Path) -> FastAPI:
    """The real application over such a database, on an afternoon that stands."""
    folder = file.parent
    context = Context(
        database=connect(f"sqlite:///{file}"),
        settings=Settings(state_dir=folder),
        station_id=STATION,
        station_name="Đài",
        zone=ZONE,
        rehearsal=False,
        now=lambda: NOW,
    )
    studio = Studio(
        voices=OneVoice(ToneEngine()),
        store=AudioStore(folder / "audio"),
        cache_dir=folder / "sentences",
    )
    return create_app(context, studio=studio)


def _people(session: Session, *, communes: int) -> list[str]:
    """One of each of the staff, and a village head in each commune; a token is its name."""
    heads = [f"head-{number}" for number in range(communes)]
    for number, name in enumerate([*heads, *STAFF]):
        session.add(
            Account(
                id=f"acc-{name}", username=name, display_name=name, password_hash="-",
                created_at=NOW,
            )
        )  # fmt: skip
        session.flush()
        village = f"v-{number}-0" if name in heads else None
        role = "village_head" if village else name
        session.add(
            RoleGrant(account_id=f"acc-{name}", station_id=STATION, role=role, village_id=village)
        )
        session.add(
            SignInSession(
                token_sha256=hashlib.sha256(name.encode()).hexdigest(),
                account_id=f"acc-{name}",
                csrf_token=CSRF_TOKEN,
                second_factor_at=None if name in heads else NOW,
                created_at=NOW,
                expires_at=NOW + timedelta(hours=12),
            )
        )
    return heads


def _bulletins(session: Session, *, communes: int) -> None:
    """Approved bulletins with their sound, each on air once within eight days, by turns."""
    words = "Kính thưa bà con. " * 60
    digest = hashlib.sha256(words.encode()).hexdigest()
    for number in range(BULLETINS):
        name, at = f"b-{number}", NOW + timedelta(minutes=(number - 60) * 20)
        session.add(
            Bulletin(
                id=name, station_id=STATION, title=f"Bản tin {number}", script=words,
                topic="y tế", author_id="acc-operator", created_at=NOW, edited_at=NOW,
                rendition_id=f"r-{number}", submitted_at=NOW,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            Rendition(
                id=f"r-{number}", bulletin_id=name, script_sha256=digest, spoken=words, reading=[],
                warnings=[], audio_sha256=SOUND_SHA256, audio_size_bytes=len(SOUND),
                duration_ms=_SOUND_MS,
                loudness_lufs=-16.0, engine="espeak-ng vi", rendered_at=NOW,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            Approval(
                id=f"a-{number}", bulletin_id=name, rendition_id=f"r-{number}",
                spoken_sha256=digest, audio_sha256=SOUND_SHA256, approver_id="acc-leader",
                approved=True,
                decided_at=NOW,
            )
        )  # fmt: skip
        _put_on_air(session, name, number=number, at=at, commune=number % communes)


def _put_on_air(
    session: Session, bulletin: str, *, number: int, at: datetime, commune: int
) -> None:
    session.add(
        Schedule(
            id=f"s-{number}", station_id=STATION, bulletin_id=bulletin,
            starts_local="2026-11-22T17:00", created_by="acc-operator", created_at=NOW,
            closed_at=NOW, closed_because="planned",
        )
    )  # fmt: skip
    session.flush()
    session.add(ScheduleCluster(schedule_id=f"s-{number}", cluster_id=f"c-{commune}"))
    session.add(
        Broadcast(
            id=f"on-{number}", schedule_id=f"s-{number}", bulletin_id=bulletin,
            rendition_id=f"r-{number}", title=f"Bản tin {number}", topic="y tế", priority=3,
            audio_sha256=SOUND_SHA256, audio_size_bytes=len(SOUND), duration_ms=_SOUND_MS,
            slot_ms=_SOUND_MS,
            occurs_at=at, starts_at=at, not_after=at + timedelta(minutes=1), planned_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    session.add(
        BroadcastOrder(id=f"oo-{number}", broadcast_id=f"on-{number}", cluster_id=f"c-{commune}")
    )
    expect_plays(
        session, order=f"oo-{number}", broadcast=f"on-{number}", commune=commune, at=at, now=NOW
    )
