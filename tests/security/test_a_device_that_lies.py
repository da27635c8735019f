"""Who owns one device's credentials and key may lie about that device, and do nothing else."""

from datetime import timedelta

import pytest
from markupsafe import escape
from sqlmodel import Session, select

from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.ledger.expectations import expect
from broadcaster.ledger.ingest import Stored, store
from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.tables import ConfirmationRow, Incident, Play
from broadcaster.wire import Delivery
from devices.errors import MalformedMessage
from devices.protocol.envelope import seal_message
from devices.protocol.messages import Batch, Confirmation, Kind, decode
from tests.broadcaster.ledger.commune import (
    BEFORE,
    STARTS,
    Pole,
    found,
    ingest,
    order,
    raise_pole,
)
from tests.broadcaster.pages.commune import key_of
from tests.broadcaster.small_station import STATION_ID
from tests.security.conftest import Site

LAST_MS = 253_402_300_799_999
"""The last millisecond that a datetime can hold in UTC; it holds none of it in Hanoi."""


@pytest.fixture
def poles(on_sqlite: Database) -> tuple[Pole, Pole]:
    """Two enrolled poles that were ordered to play."""
    with on_sqlite.writing() as session:
        found(session)
        two = raise_pole(session, "loa-1", thon_1=0.5), raise_pole(session, "loa-2", thon_1=0.5)
        expect(session, order(), now=BEFORE)
    return two


def incidents(session: Session) -> list[tuple[str | None, str]]:
    """Who did what, as the ledger noted it."""
    return [(each.device_id, each.code) for each in session.exec(select(Incident))]


def tell(site: Site, pole: Pole, *deliveries: Delivery) -> Stored:
    """What the site's ledger makes of what a pole has signed."""
    with site.station.database.writing() as session:
        return store(
            session,
            deliveries,
            now=site.station.clock(),
            keys={pole.device: pole.key.verify_key},
            station=session.get_one(Station, STATION_ID),
        )


def a_pole() -> Pole:
    """A pole of the site's commune, with its own key."""
    return Pole("loa-dong-1-1", station=STATION_ID, key=key_of("loa-dong-1-1"))


@pytest.mark.parametrize("at_ms", [0, 253_402_127_999_998, LAST_MS])
def test_no_instant_that_a_device_states_breaks_a_page(site: Site, at_ms: int) -> None:
    """A device that says the year 9999 or 1970 of itself takes no page from anybody."""
    pole = a_pole()
    for kind in (Kind.RECEIVED, Kind.CACHED, Kind.STARTED, Kind.FINISHED):
        pole.say(
            kind,
            order="o-bc-now-dong",
            at_ms=at_ms,
            first_sample_at_us=at_ms * 1_000,
            last_sample_at_us=at_ms * 1_000,
            samples=1,
            sample_rate_hz=1,
        )
    tell(site, pole, pole.status(online=False, at_ms=at_ms), pole.batch())
    browser = site.browser("leader")

    pages = ["/", "/today/board", "/schedule", "/ledger", "/devices", "/broadcasts/bc-now"]
    pages += [f"/evidence/{pole.device}/{pole.epoch}/{seq}" for seq in (1, 4)]
    answers = {page: browser.get(page).status_code for page in pages}

    assert not {page: code for page, code in answers.items() if code >= 500}


@pytest.mark.parametrize("said", ["100%", "%(now)s", "%s%d", "<b>{{ now }}</b>"])
def test_no_word_that_a_device_makes_up_breaks_a_page(site: Site, said: str) -> None:
    """A reason or a sink that nobody knows is shown as it came, and never read as a pattern."""
    pole = a_pole()
    pole.say(Kind.RECEIVED, order="o-bc-now-dong")
    pole.say(Kind.FAILED, order="o-bc-now-dong", code=said, sink=said)
    tell(site, pole, pole.batch())
    browser = site.browser("leader")

    pages = ["/broadcasts/bc-now", f"/evidence/{pole.device}/{pole.epoch}/2", "/incidents"]
    answers = {page: browser.get(page) for page in pages}

    assert {page: each.status_code for page, each in answers.items()} == dict.fromkeys(pages, 200)
    assert escape(said) in answers[pages[1]].text


@pytest.mark.parametrize("field", ["order", "prev"])
def test_a_name_holds_no_line_end(field: str) -> None:
    """What goes into addresses and logs by name has no second line."""
    good = {"order": "ord-1", "prev": "a" * 64}
    entry = '{{"seq":1,"prev":"{prev}","kind":"cached","at_ms":1,"order":"{order}"}}'
    assert decode(entry.format(**good), Confirmation).order == "ord-1"
    with pytest.raises(MalformedMessage):
        decode(entry.format(**{**good, field: good[field] + "\\n"}), Confirmation)


def test_a_journal_begun_in_its_middle_is_noticed(
    on_sqlite: Database, poles: tuple[Pole, Pole]
) -> None:
    """A device cannot restate its past in a second journal by leaving out its first entry."""
    pole, _ = poles
    pole.say(Kind.FAILED, code="audio_missing")
    second = Pole(pole.device, key=pole.key)
    second.say(Kind.RECEIVED)
    second.play()
    with on_sqlite.writing() as session:
        ingest(session, [pole.batch()])
        ingest(session, [second.batch(2)])
        noticed = incidents(session)

    assert noticed == [("loa-1", "new_epoch")]


def test_a_second_journal_is_one_incident_in_whatever_order_it_comes(
    on_sqlite: Database, poles: tuple[Pole, Pole]
) -> None:
    """Its batches tell of one loss, not of as many as there are batches."""
    pole, _ = poles
    pole.say(Kind.RECEIVED)
    second = Pole(pole.device, key=pole.key)
    second.play()
    with on_sqlite.writing() as session:
        ingest(session, [pole.batch()])
        for delivery in reversed(second.batches(size=2)):
            ingest(session, [delivery])
        noticed = incidents(session)

    assert noticed == [("loa-1", "new_epoch")]


def test_a_play_counts_once_in_however_many_journals(
    on_sqlite: Database, poles: tuple[Pole, Pole]
) -> None:
    """Ten journals that all say *finished* are one play, as long as what was asked."""
    pole, _ = poles
    journals = [Pole(pole.device, key=pole.key) for _ in range(10)]
    for each in journals:
        each.play(share=3.0)
    with on_sqlite.writing() as session:
        ingest(session, [each.batch() for each in journals])
        plays = session.exec(select(Play).where(Play.device_id == pole.device)).all()

    assert [(play.state, play.played_ms) for play in plays] == [(PlayState.CONFIRMED, 60_000)]


def test_nobody_confirms_for_another(on_sqlite: Database, poles: tuple[Pole, Pole]) -> None:
    """Neither under the other's name, nor on the other's topic, nor with the other's journal."""
    liar, honest = poles
    forged = Pole(honest.device, key=liar.key, epoch=honest.epoch)
    forged.play()
    liar.play()
    tried = [
        forged.batch(),
        forged.batch(as_device=liar.device),
        liar.batch(as_device=honest.device),
    ]
    with on_sqlite.writing() as session:
        stored = ingest(session, tried)
        held = session.exec(select(ConfirmationRow)).all()

    assert (stored.new, stored.refused, held) == (0, 3, [])


def test_sound_that_time_had_no_room_for_is_marked(
    on_sqlite: Database, poles: tuple[Pole, Pole]
) -> None:
    """Who has *finished* a minute of sound before it was to begin is not to be believed blindly."""
    pole, _ = poles
    pole.say(Kind.FINISHED, samples=60 * 24_000, sample_rate_hz=24_000)
    with on_sqlite.writing() as session:
        ingest(session, [pole.batch()], now=STARTS - timedelta(minutes=5))
        play = session.exec(select(Play).where(Play.device_id == pole.device)).one()

    assert play.clock_doubtful


def test_a_batch_that_skips_into_the_middle_of_a_message_is_refused(
    on_sqlite: Database, poles: tuple[Pole, Pole]
) -> None:
    """Entries whose numbers are not the batch's own are kept as evidence and count nothing."""
    pole, _ = poles
    pole.play()
    batch = Batch(
        station=pole.station,
        device=pole.device,
        epoch=pole.epoch,
        first=900,
        entries=tuple(pole.entries),
        sent_at_ms=1,
    )
    with on_sqlite.writing() as session:
        stored = ingest(session, [pole.deliver(seal_message(batch, key=pole.key))])
        noticed = incidents(session)

    assert stored.new == 0
    assert noticed == [("loa-1", "broken_chain")]
