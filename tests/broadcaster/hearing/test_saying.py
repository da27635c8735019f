"""What was heard: only added, beside the devices' word, in the trail; notes can be erased."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import select as select_rows

from broadcaster.accounts.personal_data import erase_person, export_person
from broadcaster.accounts.tables import HeadPhone, RoleGrant
from broadcaster.audit import Act
from broadcaster.audit.entries import open_entry
from broadcaster.audit.facts import table_named
from broadcaster.audit.tables import ENTRIES
from broadcaster.database import Database
from broadcaster.errors import NotFound
from broadcaster.feedback.giving import give
from broadcaster.feedback.listing import feedback_in_view
from broadcaster.feedback.retention import WORDS_KEPT, forget_old_words
from broadcaster.hearing.errors import NoteTooLong, NotOnAirYet
from broadcaster.hearing.grades import Heard
from broadcaster.hearing.photos import Photo
from broadcaster.hearing.queries import (
    heard_by_village,
    heard_in,
    heard_over,
    photo_of,
    words_on,
    words_since,
)
from broadcaster.hearing.saying import erase_words, say
from broadcaster.hearing.tables import HEARINGS, NOTES, PHOTOS, Hearing
from broadcaster.inspection.recorded_facts import check_facts
from broadcaster.inspection.trail import read_trail
from broadcaster.ledger.periods import one_year
from broadcaster.ledger.queries import broadcast_report
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.broadcaster.station_keys import trust_of
from tests.trail import keys_of

PHOTO = Photo(jpeg=b"\xff\xd8 a picture", width_px=3, height_px=2)
OWN = frozenset({"dong-2"})


def let_say(
    commune: SmallStation,
    *,
    by: str = "head",
    broadcast: str = "bc-noon",
    village: str = "dong-2",
    clear: bool = False,
    note: str = "",
    photo: Photo | None = None,
) -> Hearing:
    """Somebody says something, a minute after whatever was said before."""
    commune.clock.move(timedelta(minutes=1))
    with commune.database.writing() as session:
        return say(
            session,
            broadcast_id=broadcast,
            village_id=village,
            clear=clear,
            note=note,
            photo=photo,
            by=f"acc-{by}",
            own_villages=OWN if by != "other" else {"trung-1"},
            now=commune.clock(),
        )


def test_a_word_stands_beside_the_devices_and_moves_nothing(commune: SmallStation) -> None:
    """Not heard where a pole says that it played; heard where none confirmed: both stay as told."""
    with commune.database.reading() as session:
        before = [broadcast_report(session, each, villages=None) for each in BOTH]
    let_say(commune, broadcast="bc-morning", clear=False)
    let_say(commune, broadcast="bc-noon", clear=True)

    with commune.database.reading() as session:
        after = [broadcast_report(session, each, villages=None) for each in BOTH]
        heard = [heard_by_village(words_on(session, each, villages=None)) for each in BOTH]
    assert after == before
    assert heard == [{"dong-2": Heard.NOT_HEARD}, {"dong-2": Heard.CLEAR}]


BOTH = ("bc-morning", "bc-noon")


def test_said_again_a_row_more_is_there_and_the_later_word_counts(commune: SmallStation) -> None:
    """Nothing is overwritten; a neighbour who disagrees is told beside it."""
    let_say(commune, clear=False, note="im lặng")
    let_say(commune, clear=True, note="vừa nghe lại")
    with commune.database.reading() as session:
        rows = session.execute(select(HEARINGS.c.clear).order_by(HEARINGS.c.said_at)).scalars()
        assert list(rows) == [False, True]
        grade, words = heard_in(session, "dong-2", ["bc-noon"])["bc-noon"]
    assert (grade, [word.note for word in words]) == (Heard.CLEAR, ["vừa nghe lại"])
    let_say(commune, by="neighbour", clear=False)

    with commune.database.reading() as session:
        grade, words = heard_in(session, "dong-2", ["bc-noon"])["bc-noon"]
    assert (grade, [word.person for word in words]) == (Heard.DISPUTED, ["Neighbour", "Head"])


def test_only_for_what_was_for_ones_own_village(commune: SmallStation) -> None:
    """Another village, a village that was not asked, a broadcast that never was."""
    for broadcast, village in (
        ("bc-noon", "dong-1"),
        ("bc-noon", "trung-1"),
        ("bc-none", "dong-2"),
        ("bc-noon", "nowhere"),
    ):
        with pytest.raises(NotFound):
            let_say(commune, broadcast=broadcast, village=village)


def test_nobody_has_heard_what_has_not_begun(commune: SmallStation) -> None:
    """From its start on it can be said."""
    with pytest.raises(NotOnAirYet):
        let_say(commune, broadcast="bc-evening")
    commune.clock.move(timedelta(hours=2))

    assert let_say(commune, broadcast="bc-evening").clear is False


def test_a_note_has_a_length(commune: SmallStation) -> None:
    """500 characters; what a database cannot hold is left out."""
    with pytest.raises(NoteTooLong):
        let_say(commune, note="x" * 501)
    let_say(commune, note="\0một\r\nhai\ud800 ")

    with commune.database.reading() as session:
        assert words_on(session, "bc-noon", villages=OWN)[0].note == "một\nhai"


def test_the_scope_stands_in_the_query(commune: SmallStation) -> None:
    """Another village's words and photos never leave the database."""
    word = let_say(commune, note="im", photo=PHOTO)
    elsewhere = frozenset({"trung-1"})

    with commune.database.reading() as session:
        since = commune.clock() - timedelta(days=1)
        assert words_on(session, "bc-noon", villages=elsewhere) == []
        assert words_since(session, since, villages=elsewhere, limit=9) == []
        assert photo_of(session, word.id, villages=elsewhere) is None
        assert photo_of(session, word.id, villages=OWN) == PHOTO.jpeg
        about = words_since(session, since, villages=None, limit=9)[0]
    assert (about.title, about.has_photo) == ("Cắt điện để sửa đường dây ngày 24/11", True)


def test_the_period_states_the_share_of_the_grade(commune: SmallStation) -> None:
    """Of residents asked (each as often as asked) 1,200 heard it, 1,200 did not."""
    let_say(commune, broadcast="bc-morning", clear=True)
    let_say(commune, by="other", village="trung-1", clear=False)
    year = one_year(2026)

    with commune.database.reading() as session:
        whole = heard_over(session, year, asked=12_000, villages=None, topics=None)
        own = heard_over(session, year, asked=3_600, villages=OWN, topics=None)
        other_topic = heard_over(session, year, asked=1, villages=None, topics=["thể thao"])
    assert (whole.clear, whole.not_heard, whole.share) == (1_200, 1_200, 0.1)
    assert (own.clear, own.not_heard) == (1_200, 0)
    assert other_topic.clear == 0


def test_the_trail_holds_the_word_and_none_of_the_note(commune: SmallStation) -> None:
    """Signed; by an opaque id."""
    word = let_say(commune, note="Ông Năm ở cột 2 nói rè", photo=PHOTO)
    with commune.database.reading() as session:
        message = session.execute(
            select(ENTRIES.c.message).where(ENTRIES.c.act == Act.HEARING_SAID.value)
        ).scalar_one()
    entry = open_entry(message, trusted=trust_of(keys_of(STATION_ID)).keys).entry

    assert (entry.by, entry.about) == ("acc-head", "bc-noon")
    assert entry.details == {"hearing": word.id, "village": "dong-2", "clear": False}
    assert [(fact.table, fact.key) for fact in entry.facts] == [("hearing", word.id)]
    assert "Ông Năm" not in msgspec.json.encode(entry).decode()


def findings(database: Database) -> list[tuple[str, str]]:
    """Rows of hearing that do not hold against the trail."""
    with database.reading() as session:
        connection = session.connection()
        trail = read_trail(connection, station=STATION_ID, root=keys_of(STATION_ID).root_public_key)
        return [
            (each.flaw.value, each.key)
            for each in check_facts(connection, trail.facts)
            if each.table == "hearing"
        ]


def test_a_word_that_the_owner_of_the_database_turns_is_found(commune: SmallStation) -> None:
    """Any column of it; and turned back it holds."""
    let_say(commune)
    with commune.database.reading() as session:
        good = dict(session.execute(select(HEARINGS)).one()._mapping)
    others = {
        "id": "hear-x", "broadcast_id": "bc-morning", "village_id": "dong-1",
        "account_id": "acc-leader", "clear": True, "said_at": commune.clock() - timedelta(days=1),
    }  # fmt: skip
    assert set(others) == set(good)
    assert findings(commune.database) == []
    for column, other in others.items():
        spoil(commune, good | {column: other})
        assert findings(commune.database), column
    spoil(commune, good)
    assert findings(commune.database) == []


def test_a_word_that_is_invented_or_removed_is_found(commune: SmallStation) -> None:
    """Rows without an entry, and an entry without its row."""
    word = let_say(commune)
    with Database(commune.database.engine).writing() as session:
        session.execute(HEARINGS.delete())
    assert findings(commune.database) == [("fact_missing", word.id)]


def spoil(commune: SmallStation, values: dict[str, object]) -> None:
    """Change the one word past the station's own programs."""
    with Database(commune.database.engine).writing() as session:
        session.execute(HEARINGS.update().values(values))


def test_note_and_photo_are_erased_and_the_word_stays(commune: SmallStation) -> None:
    """By whoever wrote them, or by an admin; by nobody else; and the chain still holds."""
    word = let_say(commune, note="im", photo=PHOTO)
    with pytest.raises(NotFound), commune.database.writing() as session:
        erase_words(
            session,
            word.id,
            station_id=STATION_ID,
            by="acc-neighbour",
            may_erase_all=False,
            now=commune.clock(),
        )
    with commune.database.writing() as session:
        erase_words(
            session,
            word.id,
            station_id=STATION_ID,
            by="acc-head",
            may_erase_all=False,
            now=commune.clock(),
        )

    assert counts(commune) == (1, 0, 0)
    assert findings(commune.database) == []


def test_with_a_person_goes_all_that_they_wrote(commune: SmallStation) -> None:
    """Handed out first, then erased with them: theirs alone; that they heard stays, by id."""
    let_say(commune, note="Loa câm", photo=PHOTO)
    let_say(commune, broadcast="bc-morning", note="hai")
    let_say(commune, by="neighbour", note="ba")
    with commune.database.writing() as session:
        session.add(
            HeadPhone(
                account_id="acc-head", phone="0912345678", entered_by="acc-admin",
                entered_at=commune.clock(),
            )
        )  # fmt: skip
        session.add(RoleGrant(account_id="acc-admin", station_id=STATION_ID, role="admin"))
        session.flush()
        told = export_person(session, "acc-head", by=None, now=commune.clock())
        erase_person(session, "acc-head", by=None, now=commune.clock())

    assert {each["note"] for each in told["tables"]["hearing_note"]} == {"Loa câm", "hai"}
    assert len(told["tables"]["hearing_photo"]) == 1
    assert told["tables"]["head_phone"][0]["phone"] == "0912345678"
    assert counts(commune) == (3, 1, 0)
    with commune.database.reading() as session:
        assert session.exec(select_rows(HeadPhone)).all() == []


def test_what_was_written_is_forgotten_after_two_years(commune: SmallStation) -> None:
    """Notes, photos, feedback; that somebody heard, and that something was said, stays."""
    let_say(commune, note="im", photo=PHOTO)
    with commune.database.writing() as session:
        give(session, village_id="dong-2", words="Loa rè.", now=commune.clock())
        before = commune.clock() + WORDS_KEPT - timedelta(seconds=61)
        assert forget_old_words(session, now=before) == 0
    assert counts(commune) == (1, 1, 1)
    with commune.database.writing() as session:
        assert forget_old_words(session, now=commune.clock() + WORDS_KEPT) == 3

    with commune.database.reading() as session:
        (spoken,) = feedback_in_view(session, villages=None, limit=9)
    assert (spoken.words, spoken.erased) == ("", True)
    assert counts(commune) == (1, 0, 0)
    assert findings(commune.database) == []


def counts(commune: SmallStation) -> tuple[int, int, int]:
    """Words, notes and photos."""
    with commune.database.reading() as session:
        words, notes, photos = (_count(session, each) for each in (HEARINGS, NOTES, PHOTOS))
    return words, notes, photos


def _count(session: Session, table: object) -> int:
    return len(session.execute(select(table_named(str(table)))).all())
