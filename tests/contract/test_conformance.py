"""The suite finds out who breaks the contract, and tells it so that people and machines read it."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.conformance.__main__ import EXIT_UNUSABLE, main
from devices.conformance.bench import Bench, PointFailed, PointNotRun
from devices.conformance.kit import load_kit, prepare_kit
from devices.conformance.point import Point
from devices.conformance.points import all_points
from devices.conformance.report import junit, row, summary
from devices.conformance.scoring import Score, Verdict, score
from devices.conformance.sounds import silence
from devices.conformance.station import station_of
from devices.conformance.stories import MAY_FOLLOW, faults_in
from devices.conformance.suite import set_up
from devices.controller.mp3 import decode, probe, sample_rate_hz
from devices.protocol.contract.published import FOLDER
from devices.protocol.identity import load_identity
from devices.protocol.reports import Confirmation, Kind
from tests.contract.careless import CarelessController

POINTS = {point.name: point for point in all_points()}
CONTRACT = (FOLDER / "CONTRACT.md").read_text(encoding="utf-8")
FOUND_OUT = [
    "says_it_is_online",
    "logs_in_as_agreed",
    "follows_its_configuration",
    "refuses_a_changed_message",
    "refuses_alg_none",
    "refuses_an_unknown_key",
    "refuses_another_station",
    "says_nothing_twice",
    "writes_started_first",
    "chains_without_a_gap",
    "keeps_batches_small",
    "tells_possible_stories",
    "follows_no_plan_with_live",
]


@pytest.fixture(scope="module")
def careless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A bench with a controller that obeys everybody."""
    folder = tmp_path_factory.mktemp("careless")
    prepare_kit(folder, device="loa-bua")
    controller = CarelessController(load_identity(folder / "device"))
    controller.start()
    try:
        with set_up(load_kit(folder), folder) as bench:
            yield bench
    finally:
        controller.stop()


@pytest.mark.processes
@pytest.mark.parametrize("name", [each for each in FOUND_OUT if each in POINTS])
def test_a_careless_controller_is_found_out(name: str, careless: Bench) -> None:
    """Whoever obeys strangers, or says what it did not do, fails these points."""
    careless.settle()
    if name == "tells_possible_stories":
        order = careless.order()
        careless.station.say(careless.station.plan(order))
        careless.station.say(careless.station.plan(order))
        careless.rest(2)

    with pytest.raises(PointFailed):
        POINTS[name].check(careless)


def test_every_point_names_a_section_of_the_contract() -> None:
    """And each has a name of its own."""
    sections = set(re.findall(r"^#{2,3} (\d+(?:\.\d+)?) ", CONTRACT, flags=re.MULTILINE))

    assert {point.section for point in all_points()} <= sections
    assert len(POINTS) == len(all_points())


def test_the_table_of_what_may_follow_is_the_contracts() -> None:
    """Section 18.2, row by row."""
    text = re.search(r"^### 18\.2 .*?(?=^## )", CONTRACT, flags=re.MULTILINE | re.DOTALL)
    assert text is not None
    told: dict[str, set[str]] = {}
    for line in text[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line[:1] == "|" and len(cells) == 2 and cells[0].strip("| -"):
            after = [word for word in re.findall(r"[a-z_]{3,}", cells[0]) if word in set(Kind)]
            may = {word for word in re.findall(r"`([a-z_]+)`", cells[1]) if word in set(Kind)}
            for kind in after or (["—"] if cells[0] == "—" else []):
                told[kind] = may
    ours = {str(kind or "—"): {str(each) for each in may} for kind, may in MAY_FOLLOW.items()}

    assert told == ours


def confirmation(seq: int, kind: Kind, *, order: str = "o") -> Confirmation:
    """One entry, whose chain is nobody's business here."""
    return Confirmation(seq=seq, prev="0" * 64, kind=kind, at_ms=seq, order=order)


def test_an_impossible_story_is_told_by_its_number() -> None:
    """Where one kind follows another that it may not."""
    kinds = [Kind.RECEIVED, Kind.STARTED, Kind.FINISHED, Kind.STARTED]

    faults = faults_in(confirmation(seq, kind) for seq, kind in enumerate(kinds, start=1))

    assert faults == ["entry 4: started after finished"]


def test_a_refusal_in_between_changes_nothing() -> None:
    """An order that a configuration forbade and the next one allowed goes on where it was."""
    kinds = [Kind.RECEIVED, Kind.REJECTED, Kind.CACHED, Kind.REJECTED, Kind.STARTED]

    assert faults_in(confirmation(seq, kind) for seq, kind in enumerate(kinds, start=1)) == []


def scores() -> list[Score]:
    """One of each verdict."""
    point = POINTS["plays_at_the_instant"]
    return [
        Score(point, Verdict.PASSED, 1.5),
        Score(point, Verdict.FAILED, 0.25, "heard <nothing> & no more"),
        Score(point, Verdict.NOT_RUN, 0.0, "give --restart"),
    ]


def test_the_table_tells_section_verdict_and_why() -> None:
    """In Vietnamese and English."""
    lines = [row(each) for each in scores()]

    assert all(line.startswith("§9.2 ") for line in lines)
    assert "đạt" in lines[0]
    assert "passed" in lines[0]
    assert "→ plays_at_the_instant: heard <nothing> & no more" in lines[1]
    assert summary(scores(), device="loa-01").startswith(
        "loa-01: 1 đạt, 1 hỏng, 1 bỏ qua / 1 passed"
    )


def test_junit_is_read_by_machines() -> None:
    """Each verdict as its element, whatever characters are in the reason."""
    suite = ET.fromstring(junit(scores(), device="loa-01"))  # noqa: S314 - our own
    cases = suite.findall("testcase")

    assert suite.attrib["tests"] == "3"
    assert (suite.attrib["failures"], suite.attrib["skipped"]) == ("1", "1")
    assert [[child.tag for child in case] for case in cases] == [[], ["failure"], ["skipped"]]
    assert cases[1][0].attrib["message"] == "heard <nothing> & no more"
    assert {case.attrib["classname"] for case in cases} == {"loa.contract.v1.section-9.2"}


def test_a_point_that_fails_does_not_stop_the_next(tmp_path: Path) -> None:
    """Failed, not run, passed: each is scored."""
    prepare_kit(tmp_path, device="loa-01")
    bench = Bench(station=station_of(load_kit(tmp_path)), house=None, door=None)  # type: ignore[arg-type]

    def fails(_: Bench) -> None:
        raise PointFailed("no")

    def cannot(_: Bench) -> None:
        raise PointNotRun("nowhere")

    points = [Point(f.__name__, "1", "", "", f) for f in (fails, cannot, lambda _: None)]

    assert [each.verdict for each in score(bench, points)] == [
        Verdict.FAILED,
        Verdict.NOT_RUN,
        Verdict.PASSED,
    ]


def test_a_folder_that_was_not_prepared_ends_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what to do now."""
    code = main(["--folder", str(tmp_path)])

    assert code == EXIT_UNUSABLE
    assert "--prepare" in capsys.readouterr().err


def test_preparing_writes_an_identity_that_a_controller_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For its eyes only, and with nothing of the station's secrets in it."""
    code = main(["--prepare", str(tmp_path / "kit"), "--device", "loa-07"])
    identity = load_identity(tmp_path / "kit" / "device")
    kit = load_kit(tmp_path / "kit")
    file = tmp_path / "kit" / "device" / "identity.json"

    assert code == 0
    assert str(file) in capsys.readouterr().out
    assert (identity.device, identity.station, identity.rehearsal) == ("loa-07", "dai-thu", True)
    assert identity.broker_url == f"mqtt://127.0.0.1:{kit.line_port}"
    assert file.stat().st_mode & 0o077 == 0
    assert kit.root not in file.read_text()


def test_points_can_be_listed_and_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    """By name, by section, and by all of a chapter."""
    main(["--list", "--only", "10", "resyncs"])
    names = [line.split()[1] for line in capsys.readouterr().out.splitlines()]

    assert {POINTS[name].section.split(".")[0] for name in names} == {"10", "13"}
    assert "resyncs" in names


def test_silence_is_made_of_real_frames(tmp_path: Path) -> None:
    """Every decoder counts what was promised, and no two files are the same."""
    one, other = silence(1_000, serial="a"), silence(1_000, serial="b")
    path = tmp_path / "silence.mp3"
    path.write_bytes(one.mp3)
    probe(path)
    samples = sum(len(pcm) // 2 for pcm in decode(path, rate_hz=24_000, chunk_ms=100))

    assert sample_rate_hz(path) == 24_000
    assert samples == one.duration_ms * 24
    assert one.sha256 != other.sha256
