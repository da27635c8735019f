"""A self-test asked for on a page goes to the device, which does it and says what it found."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from broadcaster.accounts.tables import Account
from broadcaster.areas.queries import the_station
from broadcaster.demo.commune import OPERATOR
from broadcaster.fleet.self_tests import SelfTestStanding, ask_self_test, self_test_standing
from broadcaster.fleet.tables import Device
from tests.chain import founded_chain
from tests.fault_matrix import SMALL_COMMUNE

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


def first_device(session: Session) -> str:
    """A device of the fleet."""
    return session.exec(select(Device.id).order_by(col(Device.id))).all()[0]


def test_a_device_answers_a_self_test(tmp_path: Path) -> None:
    """By the broker and the contract alone: sent within seconds, answered with its health."""
    with founded_chain(tmp_path, commune=SMALL_COMMUNE) as chain:
        chain.start_station()
        chain.start_fleet()
        with chain.database.writing() as session:
            device = first_device(session)
            ask_self_test(
                session,
                device,
                station_id=the_station(session).id,
                by=session.exec(select(Account.id).where(Account.username == OPERATOR)).one(),
                now=datetime.now(UTC),
            )

        def answered() -> SelfTestStanding | None:
            with chain.database.reading() as session:
                standing = self_test_standing(session, device, now=datetime.now(UTC))
            return standing if standing.answered_at is not None else None

        standing = chain.wait_for(answered, "the device has answered", within_s=150)

    assert standing.asked_at is not None
    assert not standing.waits
    assert standing.played or standing.detail in {"busy", "quiet_hours"}
