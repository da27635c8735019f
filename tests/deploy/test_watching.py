"""The dashboard and the alert rules ask for what `/metrics` says, and for nothing else."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from broadcaster.accounts.roles import Role
from broadcaster.database import Database
from broadcaster.monitoring.measuring import families
from tests.broadcaster.pages.commune import add_afternoon, found_commune
from tests.broadcaster.small_station import STATION_ID

FOLDER = Path("deploy/watching")
METRIC = re.compile(r"\b((?:loa|process)_[a-z_]+)(\{[^}]*\})?")
LABEL = re.compile(r'([a-z_]+)(?:=~|!=|=)"([^"]*)"')
OF_PROMETHEUS = frozenset({"instance", "job"})


@pytest.fixture
def said(database: Database, tmp_path: Path) -> Mapping[str, Mapping[str, set[str]]]:
    """What a scrape says: the values of each label of each metric."""
    station = found_commune(database, state_dir=tmp_path)
    people = [station.member("bien-tap", Role.OPERATOR), station.member("lanh-dao", Role.LEADER)]
    with database.writing() as session:
        add_afternoon(session, operator=people[0], leader=people[1], now=station.clock())
    with database.reading() as session:
        told = list(
            families(session, station_id=STATION_ID, state_dir=tmp_path, now=station.clock())
        )
    return {
        each.name: {
            label: {one.labels[label] for one in each.samples}
            for one in each.samples
            for label in one.labels
        }
        for each in told
    }


def expressions() -> dict[str, str]:
    """Every expression of the two files, by where it stands."""
    board = json.loads((FOLDER / "grafana-dashboard.json").read_text())
    found = {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in board["panels"]
        for target in panel["targets"]
    }
    rules = (FOLDER / "alert-rules.yml").read_text()
    alerts = re.findall(r"- alert: (\w+)\n +expr: (.+)", rules)
    assert len(alerts) == rules.count("- alert:")
    return found | dict(alerts)


def test_every_metric_and_label_that_is_asked_for_is_said(
    said: Mapping[str, Mapping[str, set[str]]],
) -> None:
    """By name, label and value; and each metric is asked for somewhere."""
    asked = set()
    for where, expression in expressions().items():
        for name, labels in METRIC.findall(expression):
            assert name in said, where
            asked.add(name)
            for label, value in LABEL.findall(labels):
                if label not in OF_PROMETHEUS:
                    assert value in said[name][label], where
        for label in re.findall(r"by \((\w+)\)", expression):
            names = [name for name, _ in METRIC.findall(expression)]
            assert label in OF_PROMETHEUS or any(label in said[name] for name in names), where

    assert asked == said.keys()


def test_what_the_issue_names_raises_an_alert() -> None:
    """A broadcast that is not confirmed, a silent device, disk, clock, backup."""
    assert expressions().keys() >= {
        "LoaBroadcastNotConfirmed", "LoaDevicesSilent", "LoaDiskLow", "LoaClockWrong",
        "LoaBackupLate", "LoaScheduleNotLed", "LoaStationAway",
    }  # fmt: skip


def test_an_alert_says_what_it_is_in_two_languages_and_how_bad() -> None:
    """Vietnamese first."""
    rules = (FOLDER / "alert-rules.yml").read_text()
    summaries = re.findall(r'summary: "(.+) / (.+)"', rules)

    assert len(summaries) == rules.count("- alert:")
    assert rules.count("severity: critical") + rules.count("severity: warning") == len(summaries)


def test_prometheus_itself_takes_the_rules() -> None:
    """Where it is installed; elsewhere their expressions at least close what they open."""
    promtool = shutil.which("promtool")
    if promtool:
        subprocess.run([promtool, "check", "rules", FOLDER / "alert-rules.yml"], check=True)

    for where, expression in expressions().items():
        for begin, end in ("()", "{}", "[]"):
            assert expression.count(begin) == expression.count(end), where


def test_no_two_panels_lie_on_each_other() -> None:
    """And each has a number of its own."""
    board = json.loads((FOLDER / "grafana-dashboard.json").read_text())
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not taken & cells, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells

    assert len({each["id"] for each in board["panels"]}) == len(board["panels"])
