"""`loa campaign draft`: what a plan proposes, printed; and confirmed entry by entry."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select
from structlog.testing import capture_logs
from typer.testing import CliRunner

from broadcaster.audit import Act
from broadcaster.audit.recording import COMMAND
from broadcaster.audit.tables import AuditEntry
from broadcaster.campaigns.at_terminal import confirmed, told
from broadcaster.campaigns.drafting import DraftPlan, draft_plan
from broadcaster.campaigns.errors import PeriodUnusable, PlanUnreadable, TopicMissing
from broadcaster.campaigns.keeping import campaigns_of, plan_of
from broadcaster.campaigns.plan import Plan
from broadcaster.commands import app
from broadcaster.database import Database
from broadcaster.keys import founding_keys
from tests.broadcaster.campaigns.own_plans import BEN_SAY, FAILED_SCAN, HOA_KHE
from tests.broadcaster.small_station import STATION_ID, SmallStation, found_station
from tests.trail import connect


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """What is asked and answered is the subject here, not a query."""
    opened = connect(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def ben_say() -> DraftPlan:
    """What Bến Sậy's plan proposes."""
    return draft_plan(BEN_SAY.file.read_bytes(), name=BEN_SAY.file.name)


def saying(answers: dict[str, str], otherwise: str = "") -> tuple[Callable[[str], str], list[str]]:
    """Somebody who answers what they are asked, by words in the question; and the questions."""
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return next((said for words, said in answers.items() if words in question), otherwise)

    return answer, asked


def kept(station: SmallStation) -> list[Plan]:
    """The campaigns that stand."""
    with station.database.reading() as session:
        return [plan_of(session, each) for each in campaigns_of(session, STATION_ID)]


def test_every_entry_is_asked_for_with_its_sentence(
    station: SmallStation, ben_say: DraftPlan
) -> None:
    """All are answered with yes: all are kept; each question quotes the plan."""
    ask, asked = saying({"Số, ký hiệu": "15/KH-UBND", "Ngày ký": ""}, otherwise="c")
    words = confirmed(
        station.database, ben_say, station_id=STATION_ID, ask=ask, now=station.clock()
    )
    (plan,) = kept(station)

    assert plan.title in words
    assert plan.number == "15/KH-UBND"
    assert (len(plan.topics), len(plan.goals), len(plan.quotas)) == (4, 1, 1)
    assert (len(plan.days), len(plan.units)) == (7, 6)
    entries = [*ben_say.goals, *ben_say.quotas, *ben_say.days, *ben_say.units]
    for entry in [*ben_say.topics, *entries]:
        assert any(entry.sentence in question for question in asked)
    with station.database.reading() as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.act == Act.CAMPAIGN_KEPT))
    assert entry.person == COMMAND


def test_no_clear_yes_is_a_no(station: SmallStation, ben_say: DraftPlan) -> None:
    """Of the entries only the report in December is confirmed; the period is typed."""
    ask, _ = saying(
        {"Đề án 06\n": "c", "trước ngày / deadline, before 10/12": "có", "Tên / Title: ": "không",
         "Tên / Title (": "Đợt một", "Từ ngày / From (31/12/2026): ": "", "Đến hết ngày": "c",
         "Từ ngày": "1/3/2026", "Ngày ký": "05/03/2026"},
        otherwise="hm",
    )  # fmt: skip
    confirmed(station.database, ben_say, station_id=STATION_ID, ask=ask, now=station.clock())
    (plan,) = kept(station)

    assert plan.title == "Đợt một"
    assert (plan.first.isoformat(), plan.last.isoformat()) == ("2026-03-01", "2030-12-31")
    assert plan.issued_on is not None
    assert plan.topics == ["Đề án 06"]
    assert [each.written for each in plan.days] == ["10/12"]
    assert (plan.goals, plan.quotas, plan.units) == ([], [], [])


@pytest.mark.parametrize(
    ("answers", "refused"),
    [
        ({"Chủ đề": "k", "Ngày ký": ""}, TopicMissing),
        ({"Từ ngày / From (31/12/2026): ": "k", "Ngày ký": ""}, PeriodUnusable),
        ({"Ngày ký": "31/2/2026"}, PeriodUnusable),
    ],
)
def test_without_period_or_topic_nothing_is_kept(
    station: SmallStation,
    ben_say: DraftPlan,
    answers: dict[str, str],
    refused: type[Exception],
) -> None:
    """A half campaign is none."""
    ask, _ = saying(answers, otherwise="c")
    with pytest.raises(refused):
        confirmed(station.database, ben_say, station_id=STATION_ID, ask=ask, now=station.clock())

    assert kept(station) == []


def test_a_day_that_was_mistyped_is_asked_for_again(
    station: SmallStation, ben_say: DraftPlan
) -> None:
    """Nothing of what was confirmed before is lost by it."""
    ask, asked = saying({"31/2/2026": "1/3/2026", "Ngày ký": "31/2/2026"}, otherwise="c")
    confirmed(station.database, ben_say, station_id=STATION_ID, ask=ask, now=station.clock())
    (plan,) = kept(station)

    assert plan.issued_on is not None
    assert plan.issued_on.isoformat() == "2026-03-01"
    assert len([each for each in asked if "31/2/2026" in each]) == 1


def test_it_is_told_with_its_sentences(ben_say: DraftPlan) -> None:
    """For people in lines, for programs as one object; what is not stated is said to be so."""
    lines = told(ben_say, as_json=False)
    found = json.loads(told(ben_say, as_json=True))

    assert "Số, ký hiệu / Number: không thấy ghi / not stated" in lines
    assert "hạn, trước ngày / deadline, before 10/6 hằng năm" in lines
    assert "- Hằng năm hai lần, trước ngày 10/6" in lines
    assert "Chưa lưu gì." in lines
    assert found["last"]["value"] == "2030-12-31"
    assert [each["by_year"] for each in found["goals"]] == [2025]


def test_the_command_reads_a_file_and_refuses_a_failed_scan() -> None:
    """Without a station: nothing is kept, so none is needed."""
    with capture_logs():
        read = CliRunner().invoke(app, ["campaign", "draft", str(HOA_KHE.file), "--json"])
        scan = CliRunner().invoke(app, ["campaign", "draft", str(FAILED_SCAN)])

    assert read.exit_code == 0
    assert [each["percent"] for each in json.loads(read.stdout)["goals"]] == [100, 80, 100, 70, 60]
    assert isinstance(scan.exception, PlanUnreadable)


def test_the_command_asks_another_program_too(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One answer a line: title, no number, no day, both ends, four topics; of the rest nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOA_STATE_DIR", str(tmp_path))
    database = connect(sqlite_url)
    found_station(database, state_dir=tmp_path)
    with founding_keys(
        tmp_path / "keys", station_id=STATION_ID, name="Đài", now=datetime.now(UTC)
    ) as new:
        new.keep()
    answers = ["c", "", "", "c", "c", *["c"] * 4, *["k"] * 15]
    file = str(BEN_SAY.file)
    with capture_logs():
        ended = CliRunner().invoke(
            app, ["campaign", "draft", file, "--confirm"], input="\n".join(answers)
        )
    with database.reading() as session:
        (plan,) = (plan_of(session, each) for each in campaigns_of(session, STATION_ID))
    database.dispose()

    assert ended.exit_code == 0, ended.output
    assert "Đã lập đợt tuyên truyền" in ended.stdout
    assert len(plan.topics) == 4
    assert (plan.goals, plan.quotas, plan.days, plan.units) == ([], [], [], [])
