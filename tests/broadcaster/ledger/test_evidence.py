"""Evidence: any figure leads down to bytes that a device signed, checked again at this moment."""

import pytest
from sqlalchemy import update
from sqlmodel import col

from broadcaster.database import Database
from broadcaster.ledger.evidence import device_evidence
from broadcaster.ledger.expectations import expect
from broadcaster.ledger.tables import ConfirmationBatch, ConfirmationRow
from tests.broadcaster.ledger.commune import BEFORE, Pole, found, ingest, order, raise_pole


@pytest.fixture
def pole(database: Database) -> Pole:
    """A pole that played, its journal stored in two batches."""
    with database.writing() as session:
        found(session)
        pole = raise_pole(session, "loa-1", thon_1=1.0)
        expect(session, order(), now=BEFORE)
        pole.play()
        ingest(session, [pole.batch(1, 2), pole.batch(3, 5)])
    return pole


def test_leads_to_what_was_signed(database: Database, pole: Pole) -> None:
    """The exact entry, the batch that brought it, the key, the play, and the neighbours."""
    with database.reading() as session:
        evidence = device_evidence(session, "loa-1", pole.epoch, 5, villages=None)

    assert evidence is not None
    assert evidence.statement.entry == pole.entries[4]
    assert evidence.batch.encode() == pole.batch(3, 5).payload
    assert (evidence.broadcast_id, evidence.statement.kind) == ("bc-1", "finished")
    assert evidence.before is not None
    assert evidence.before.entry == pole.entries[3]
    assert evidence.after is None
    assert (evidence.signature_holds, evidence.chain_holds) == (True, True)


def test_the_first_entry_follows_the_beginning_of_its_epoch(database: Database, pole: Pole) -> None:
    """Entry 1 has nothing before it, and its chain still holds."""
    with database.reading() as session:
        evidence = device_evidence(session, "loa-1", pole.epoch, 1, villages=None)

    assert evidence is not None
    assert (evidence.before, evidence.chain_holds) == (None, True)


@pytest.mark.parametrize(
    ("change", "signature", "chain"),
    [
        ({"entry": '{"seq":4}'}, False, False),
        ({"entry_sha256": "0" * 64}, True, False),
        ({"prev_sha256": "0" * 64}, True, False),
    ],
)
def test_a_changed_row_no_longer_holds(
    database: Database, pole: Pole, change: dict[str, str], signature: bool, chain: bool
) -> None:
    """Whoever owns the database can change a row, and the evidence says that it does not hold."""
    with database.writing() as session:
        session.connection().execute(
            update(ConfirmationRow).where(col(ConfirmationRow.seq) == 4).values(**change)
        )
        evidence = device_evidence(session, "loa-1", pole.epoch, 4, villages=None)

    assert evidence is not None
    assert (evidence.signature_holds, evidence.chain_holds) == (signature, chain)


def test_a_changed_batch_no_longer_holds(database: Database, pole: Pole) -> None:
    """A batch with one byte changed is not what the device signed."""
    with database.writing() as session:
        signed = pole.batch(3, 5).payload
        forged = signed[:-1] + (b"Q" if signed.endswith(b"A") else b"A")
        session.connection().execute(update(ConfirmationBatch).values(message=forged))
        evidence = device_evidence(session, "loa-1", pole.epoch, 5, villages=None)

    assert evidence is not None
    assert not evidence.signature_holds


@pytest.mark.parametrize(
    ("device", "seq", "villages"),
    [
        ("loa-9", 1, None),
        ("loa-1", 6, None),
        ("loa-1", 1, frozenset({"thon-2"})),
        ("loa-1", 1, frozenset()),
    ],
)
def test_what_is_not_theirs_is_not_there(
    database: Database, pole: Pole, device: str, seq: int, villages: frozenset[str] | None
) -> None:
    """No such entry, and a device that reaches none of their villages, are the same."""
    with database.reading() as session:
        found_evidence = device_evidence(session, device, pole.epoch, seq, villages=villages)
        theirs = device_evidence(session, "loa-1", pole.epoch, 1, villages=frozenset({"thon-1"}))

    assert found_evidence is None
    assert theirs is not None
