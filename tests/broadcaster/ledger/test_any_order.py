"""Whatever arrives in whatever order, the ledger ends the same: a property over both databases."""

from dataclasses import fields
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, delete, select

from broadcaster.database import Database
from broadcaster.ledger.expectations import expect
from broadcaster.ledger.fold import Expected, Fold, Word, fold
from broadcaster.ledger.plays import rebuild_plays
from broadcaster.ledger.tables import (
    PLAYS,
    Alert,
    ConfirmationBatch,
    ConfirmationRow,
    Incident,
    JournalHead,
    KnownJournal,
    Play,
)
from broadcaster.ledger.watch import close_overdue
from broadcaster.wire import Delivery
from devices.protocol.chain import read_entries
from devices.protocol.messages import Batch, Kind
from tests.broadcaster.ledger.commune import (
    BEFORE,
    STARTS,
    STATION,
    Pole,
    found,
    ingest,
    order,
    raise_pole,
)

NOW = STARTS + timedelta(seconds=62)
DEVICES = ("loa-1", "loa-2")
ORDERS = ("ord-1", "ord-2")

said = st.lists(
    st.tuples(
        st.sampled_from(Kind),
        st.sampled_from([*ORDERS, None, "ord-unknown"]),
        st.sampled_from([None, 0, 700_000, 1_440_000]),
    ),
    max_size=14,
)


def poles_that_said(
    keys: dict[str, Pole], journals: list[list[tuple[Kind, str | None, int | None]]]
) -> list[Pole]:
    """A fresh journal for each pole, with these words."""
    poles = []
    for device, words in zip(DEVICES, journals, strict=True):
        pole = Pole(device, key=keys[device].key)
        for kind, about, samples in words:
            rate = 24_000 if samples is not None else None
            pole.say(kind, order=about, samples=samples, sample_rate_hz=rate)
        poles.append(pole)
    return poles


def forgeries(pole: Pole) -> list[Delivery]:
    """What a stranger, and a device in another's name, would send."""
    stranger = Pole(pole.device, epoch=pole.epoch)
    stranger.play()
    genuine = pole.batch() if pole.entries else stranger.batch()
    other = "loa-2" if pole.device == "loa-1" else "loa-1"
    return [
        stranger.batch(),
        pole.deliver(genuine.payload, as_device=other),
        pole.deliver(genuine.payload[:-6]),
        pole.deliver(b""),
    ]


def empty_ledger(session: Session) -> None:
    """Take everything that was said out of the ledger again."""
    for table in (ConfirmationRow, ConfirmationBatch, JournalHead, KnownJournal, Incident, Alert):
        session.exec(delete(table))
    rebuild_plays(session, now=BEFORE)


@pytest.fixture
def enrolled(database: Database) -> dict[str, Pole]:
    """The station with two poles and two orders, founded once for all examples of a test."""
    with database.writing() as session:
        found(session)
        poles = {device: raise_pole(session, device, thon_1=0.5) for device in DEVICES}
        expect(session, *(order(each, broadcast=f"bc-{each}") for each in ORDERS), now=BEFORE)
    return poles


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    journals=st.lists(said, min_size=2, max_size=2),
    sizes=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    together=st.integers(1, 12),
    rng=st.randoms(use_true_random=False),
)
def test_any_order_any_repetition_any_forgery(  # noqa: PLR0917 - drawn by name
    database: Database,
    enrolled: dict[str, Pole],
    journals: list[list[tuple[Kind, str | None, int | None]]],
    sizes: tuple[int, int],
    together: int,
    rng: Random,
) -> None:
    """Cut, shuffled, repeated, mixed with forgeries: held once, and folded the same."""
    poles = poles_that_said(enrolled, journals)
    deliveries = [each for pole in poles for each in pole.batches(size=sizes[0])]
    deliveries += [each for pole in poles for each in pole.batches(size=sizes[1])]
    deliveries += deliveries[::3] + [each for pole in poles for each in forgeries(pole)]
    rng.shuffle(deliveries)
    with database.writing() as session:
        empty_ledger(session)
    for first in range(0, len(deliveries), together):
        with database.writing() as session:
            ingest(session, deliveries[first : first + together], now=NOW)
    with database.writing() as session:
        close_overdue(session, now=NOW)
        held = session.exec(select(ConfirmationRow).order_by(col(ConfirmationRow.seq))).all()
        heads = {head.device_id: head.seq for head in session.exec(select(JournalHead))}
        plays = session.exec(select(Play)).all()

        assert rebuild_plays(session, now=NOW) == 0

    for pole in poles:
        assert [row.entry for row in held if row.device_id == pole.device] == pole.entries
        assert heads.get(pole.device, 0) == len(pole.entries)
    assert len(held) == sum(len(pole.entries) for pole in poles)
    for play in plays:
        pole = poles[DEVICES.index(play.device_id)]
        folded = fold(_expected(play), _words(pole, play), now=NOW)
        assert {name: getattr(play, name) for name in _FOLDED} == {
            name: getattr(folded, name) for name in _FOLDED
        }


_FOLDED = [each.name for each in fields(Fold)]


def _expected(play: Play) -> Expected:
    return Expected(
        simulated=True,
        asked_ms=play.asked_ms,
        starts_at=play.starts_at,
        start_due_at=play.start_due_at,
        end_due_at=play.end_due_at,
    )


def _words(pole: Pole, play: Play) -> list[Word]:
    if not pole.entries:
        return []
    batch = Batch(
        station=STATION,
        device=pole.device,
        epoch=pole.epoch,
        first=1,
        entries=tuple(pole.entries),
        sent_at_ms=0,
    )
    return [
        Word(epoch=pole.epoch, said=each, received_at=NOW)
        for each in read_entries(batch)
        if each.order == play.order_id
    ]


def folded_plays(session: Session) -> list[dict[str, object]]:
    """All plays, without the instant of their last fold."""
    plays = session.exec(select(Play).order_by(col(Play.order_id), col(Play.device_id)))
    return [play.model_dump(exclude={"folded_at"}) for play in plays]


def test_a_wrecked_projection_is_rebuilt(database: Database, enrolled: dict[str, Pole]) -> None:
    """Every folded column can be lost: the confirmations give it back."""
    poles = enrolled
    for pole in poles.values():
        pole.play()
    with database.writing() as session:
        ingest(session, [pole.batch() for pole in poles.values()], now=NOW)
    with database.writing() as session:
        before = folded_plays(session)
        session.connection().execute(
            PLAYS.update().values(
                state="failed",
                reached="planned",
                code="x",
                started_at=None,
                ended_at=None,
                start_offset_us=1,
                played_ms=7,
                clock_doubtful=True,
                evidence_epoch=None,
                evidence_seq=None,
            )
        )
        session.expire_all()
        changed = rebuild_plays(session, now=NOW)
        after = folded_plays(session)

    assert changed == 4
    assert after == before
