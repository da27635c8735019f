"""What the table of faults counts: a word that is lost, one that is there twice, a wrong sound."""

from datetime import timedelta

import pytest

from broadcaster.database.columns import to_ms
from devices.protocol.messages import Kind
from tests.broadcaster.ledger.commune import BEFORE, STARTS, Pole, found, ingest, raise_pole
from tests.chain_evidence import JournalCopy
from tests.soak.told import Told, _is_wrong, evidence_of
from tests.trail import connect


def journal_of(pole: Pole) -> JournalCopy:
    """A pole's journal as it would lie on its disk."""
    return JournalCopy(pole.station, pole.device, pole.epoch, tuple(pole.entries), 0)


def test_what_the_ledger_lacks_is_lost_and_what_nobody_said_is_one_too_many(
    sqlite_url: str,
) -> None:
    """By the journals, whatever has a receipt; a second end of one order is twice as well."""
    database = connect(sqlite_url)
    with database.writing() as session:
        found(session)
        pole = raise_pole(session, "loa-1", thon_1=1.0)
        for kind in (Kind.RECEIVED, Kind.CACHED, Kind.STARTED):
            pole.say(kind)
        session.flush()
        ingest(session, pole.batches(size=3), now=BEFORE)
    whole = evidence_of(database, [journal_of(pole)])
    pole.say(Kind.FAILED, code="interrupted")
    pole.say(Kind.FAILED, code="interrupted")
    lacking = evidence_of(database, [journal_of(pole)])
    nobodys = evidence_of(database, [])
    database.dispose()

    assert (whole.entries, whole.lost, whole.doubled, whole.wrong_sounds) == (3, 0, 0, 0)
    assert (lacking.lost, lacking.doubled) == (2, 1)
    assert nobodys.doubled == 3


@pytest.mark.parametrize(
    ("late", "order", "wrong"),
    [
        (timedelta(0), "ord-1", False),
        (timedelta(seconds=-2), "ord-1", True),
        (timedelta(hours=1), "ord-1", True),
        (timedelta(0), "ord-of-nobody", True),
    ],
)
def test_a_sound_is_wrong_that_is_early_or_too_late_or_of_no_order(
    late: timedelta, order: str, wrong: bool
) -> None:
    """By the instant at which its first sample left."""
    said = Pole("loa-1").say(
        Kind.FINISHED, order=order, first_sample_at_us=to_ms(STARTS + late) * 1_000
    )

    assert _is_wrong(said, {"ord-1": STARTS}) is wrong


@pytest.mark.parametrize(
    ("changed", "held"),
    [({}, True), ({"lost": 1}, False), ({"doubled": 1}, False), ({"wrong_sounds": 1}, False),
     ({"alert": ""}, False)],
)  # fmt: skip
def test_a_row_holds_when_nothing_is_wrong_and_somebody_was_told(
    changed: dict[str, object], held: bool
) -> None:
    """Silence is no good news."""
    usual: dict[str, object] = {
        "fault": "x", "entries": 1, "lost": 0, "doubled": 0, "wrong_sounds": 0, "alert": "Đài …",
        "alert_after_s": 1.0, "recovery_s": 1.0,
    }  # fmt: skip

    assert Told(**(usual | changed)).held is held  # type: ignore[arg-type]
