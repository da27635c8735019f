"""`loa emergency` on a running station whose site has died: heard, watched, ended, written down."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from broadcaster.accounts.passwords import hash_password
from broadcaster.accounts.second_factor import make_codes
from broadcaster.accounts.tables import Account
from broadcaster.areas.queries import the_station
from broadcaster.audit.acts import Act
from broadcaster.audit.tables import ENTRIES
from broadcaster.demo.commune import LEADER, OPERATOR
from broadcaster.emergency.authorising import authorise
from broadcaster.emergency.tables import Emergency, EmergencyOrder, EmergencyPart
from devices.protocol.messages import Kind
from tests.chain import DEVICES, Chain, running_chain

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

PASSWORD = "bo-ke-xa-lu"
CODES: list[str] = []
"""The operator's printed codes, each for once."""

WORDS = "Hồ Suối Trong xả lũ. Bà con hai bên bờ suối lên nơi cao ngay."
PATIENCE_S = 150.0


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """A station with its fleet; the leader named the operator; then the site died for good."""
    with running_chain(tmp_path_factory.mktemp("terminal")) as chain:
        with chain.database.writing() as session:
            people = {each.username: each for each in session.exec(select(Account))}
            CODES[:] = make_codes(
                session, people[OPERATOR].id, by=people[OPERATOR].id, now=datetime.now(UTC)
            )
            people[OPERATOR].password_hash = hash_password(PASSWORD)
            authorise(
                session,
                people[OPERATOR].id,
                station_id=the_station(session).id,
                by=people[LEADER].id,
                now=datetime.now(UTC),
            )
        chain.kill("site")
        yield chain


def loa(chain: Chain, *arguments: str, typed: str = "") -> subprocess.Popen[str]:
    """The command in a process of its own, with what is typed into it."""
    settings = chain.settings
    ours = {
        "LOA_STATE_DIR": str(settings.state_dir),
        "LOA_PORT": str(settings.port),
        "LOA_BROKER_PORT": str(settings.broker_port),
        "COLUMNS": "200",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "broadcaster", "emergency", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **ours},
        cwd=Path.cwd(),
    )
    assert process.stdin is not None
    process.stdin.write(typed)
    process.stdin.close()
    process.stdin = None
    return process


def run(chain: Chain, *arguments: str, typed: str = "") -> tuple[int, str, str]:
    """The command to its end: its code, and what it printed."""
    process = loa(chain, *arguments, typed=typed)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert "Traceback" not in err, err
    return process.returncode, out, err


def devices_that_said(chain: Chain, kind: Kind, *, part: str) -> int:
    """How many controllers have this of a part on their own disks."""
    with chain.database.reading() as session:
        orders = session.exec(
            select(EmergencyOrder.id)
            .join(EmergencyPart, col(EmergencyPart.id) == col(EmergencyOrder.part_id))
            .where(EmergencyPart.kind == part)
        ).all()
    return sum(
        any(each.kind is kind and each.order in orders for each in journal.confirmations)
        for journal in chain.journals()
    )


def emergencies(chain: Chain) -> list[Emergency]:
    """All that were ordered."""
    with chain.database.reading() as session:
        return list(session.exec(select(Emergency)))


def test_ordered_heard_and_ended_without_the_site(chain: Chain) -> None:
    """Own words are made and handed out by the command itself; every device says them.

    Refused without password, second factor or word; written down with who, and from where.
    """
    told = ("order", "--as", OPERATOR, "--clusters", "everywhere", "--hazard", "dam_release",
            "--words", WORDS)  # fmt: skip
    code, _, err = run(chain, *told, typed="sai\nKHẨN CẤP\n")
    assert code == 1
    assert "✕" in err
    code, _, err = run(chain, *told, typed=f"{PASSWORD}\n000000\nKHẨN CẤP\n")
    assert code != 0
    assert "✕" in err
    code, _, err = run(chain, *told, typed=f"{PASSWORD}\n{CODES[0]}\nđồng ý\n")
    assert code == 2
    assert "chưa phát gì" in err
    assert emergencies(chain) == []

    code, out, err = run(
        chain, *told, "--watch", "140", typed=f"{PASSWORD}\n{CODES[1]}\nkhan cap\n"
    )
    assert code == 0, err
    assert f"đã đọc xong {DEVICES}/{DEVICES}" in out
    assert "Trang web của đài không chạy" in out
    assert devices_that_said(chain, Kind.FINISHED, part="message") == DEVICES

    code, out, _ = run(chain, "status")
    assert code == 0
    assert emergencies(chain)[0].id in out

    code, out, err = run(
        chain, "final", "--as", OPERATOR, "--yes", "--reason", "Hồ đã đóng cửa xả.",
        "--watch", "140", typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert code == 0, err
    assert f"thông báo cuối cùng {DEVICES}/{DEVICES}" in out
    assert devices_that_said(chain, Kind.FINISHED, part="final") == DEVICES
    assert emergencies(chain)[0].ending == "over"
    with chain.database.reading() as session:
        entries = session.execute(
            select_rows(ENTRIES.c.act, ENTRIES.c.person, ENTRIES.c.about)
            .where(ENTRIES.c.act.in_([Act.EMERGENCY_ORDERED, Act.EMERGENCY_FROM_TERMINAL]))
            .order_by(ENTRIES.c.number)
        ).all()
        operator = session.exec(select(Account.id).where(Account.username == OPERATOR)).one()
    assert [(act, about) for act, _, about in entries] == [
        (Act.EMERGENCY_ORDERED, emergencies(chain)[0].id),
        (Act.EMERGENCY_FROM_TERMINAL, emergencies(chain)[0].id),
        (Act.EMERGENCY_FROM_TERMINAL, emergencies(chain)[0].id),
    ]
    assert {by for _, by, _ in entries} == {operator}
