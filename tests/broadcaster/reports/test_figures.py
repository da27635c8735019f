"""What a report tells, figure by figure, and that the coverage ledger tells the same."""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlmodel import Session

from broadcaster.campaigns.errors import NoSuchCampaign
from broadcaster.campaigns.keeping import keep_campaign
from broadcaster.campaigns.plan import Plan
from broadcaster.database import Database
from broadcaster.ledger.coverage import Coverage, total
from broadcaster.ledger.period_queries import By, Covered, covered
from broadcaster.ledger.periods import Period, between, half_year, month_of, quarter
from broadcaster.ledger.play_state import Outcome, PlayState, outcome_of
from broadcaster.ledger.queries import Villages, reports_between
from broadcaster.ledger.tables import PLAYS
from broadcaster.reports.all_sheets import sheets_of
from broadcaster.reports.coverage import NOTHING, asked_broadcasts, ids_asked, period_coverage
from broadcaster.reports.errors import (
    NoSuchContributor,
    NoSuchVillage,
    PeriodNotBegun,
    ReportTooLong,
    ScopeNotYours,
    ScopeUnreadable,
)
from broadcaster.reports.poles import Standing, pole_lines
from broadcaster.reports.report import Report, make_report
from broadcaster.reports.scopes import Scope, ScopeKind, read_scope
from broadcaster.reports.sheets import sheet
from tests.broadcaster.ledger.air import EAST, HANOI, HEALTH, SAFETY, WEST, noon
from tests.broadcaster.ledger.commune import STATION
from tests.broadcaster.reports.scene import CLINIC, SCHOOL, Scene, bare_scene, day
from tests.trail import connect

SUMMER = quarter(2026, 3)


def told(
    scene: Scene, scope: str = "station", period: Period = SUMMER, in_view: Villages = None
) -> Report:
    """The report as somebody gets it who sees these villages."""
    with scene.database.reading() as session:
        chosen = read_scope(session, scope, station_id=STATION, in_view=in_view)
        return make_report(session, period, chosen, station=scene.context, in_view=in_view)


def test_broadcasts_are_counted_by_topic_and_by_urgency(scene: Scene) -> None:
    """Six of one minute: two on health, one on schools, a programme, an alarm, a drill."""
    report = told(scene)

    assert (report.total.broadcasts, report.total.on_air_ms) == (6, 360_000)
    assert {count.key: count.broadcasts for count in report.by_topic} == {
        "y tế": 2, "giáo dục": 1, "": 1, "Khẩn cấp": 1, "Diễn tập": 1,
    }  # fmt: skip
    assert {count.key: count.on_air_ms for count in report.by_urgency} == {
        "normal": 180_000, "priority": 60_000, "emergency": 60_000, "drill": 60_000,
    }  # fmt: skip


def test_played_of_asked(scene: Scene) -> None:
    """Each eastern broadcast asks a, b and c: five of them, 15 plays; the western one asks d.

    Confirmed: a c, a, c, a c, a, d = 8; b played half once: partial; 7 gave no word.
    """
    report = told(scene)

    assert report.plays.asked == 16
    assert report.plays.outcomes == {
        Outcome.CONFIRMED: 8, Outcome.PARTIAL: 1, Outcome.NOT_CONFIRMED: 7,
    }  # fmt: skip
    assert report.plays.asked_ms == 16 * 60_000
    assert report.plays.played_ms == 8 * 60_000 + 30_000


def test_poles_that_gave_no_word_are_named_first(scene: Scene) -> None:
    """In August b was asked twice and silent; a and d did what was asked."""
    report = told(scene, period=month_of(day(8, 1)))

    assert [(line.name, line.standing) for line in report.poles] == [
        ("Loa loa-b", Standing.SILENT),
        ("Loa loa-a", Standing.GOOD),
        ("Loa loa-c", Standing.GOOD),
        ("Loa loa-d", Standing.GOOD),
    ]


def test_emergencies_residents_words_and_repairs(scene: Scene) -> None:
    """The alarm reached a's half of Thôn Một and Thôn Hai: 1,000 of 1,500; drills stand apart."""
    report = told(scene)
    alarm, drill = report.emergencies
    assert alarm.coverage is not None
    assert report.opinions is not None
    assert report.repairs is not None

    assert (alarm.hazard, alarm.drill, alarm.coverage.confirmed) == ("flood", False, 1_000)
    assert (drill.drill, drill.coverage) == (
        True,
        Coverage(asked=1_500, confirmed=500.0, not_confirmed=1_000.0),
    )
    assert {each.name: (each.received, each.answered) for each in report.opinions.by_village} == {
        "Thôn Một": (2, 1),
        "Thôn Ba": (1, 1),
    }
    assert report.repairs.replaced == 1
    assert report.repairs.alerts_raised >= report.repairs.alerts_settled


def test_a_report_holds_no_words_of_residents(scene: Scene) -> None:
    """They name people unasked: only the station's answers are told."""
    assert "ông Năm" not in repr(told(scene))


def test_a_village_is_told_only_its_own(scene: Scene) -> None:
    """Thôn Ba: one programme, pole d's 0.6 of its 800 confirmed, the wired 0.4 can never be."""
    report = told(scene, "village:thon-3")

    assert [each.title for each in report.broadcasts] == ["Lịch tiêm chủng"]
    assert report.coverage.whole.coverage == Coverage(asked=800, confirmed=480, unverifiable=320)
    assert [line.device_id for line in report.poles] == ["loa-d"]
    assert report.emergencies == []


def test_a_contributor_is_told_by_what_it_gave(scene: Scene) -> None:
    """The school: its own bulletin, and its 15 seconds within the programme of the west."""
    report = told(scene, f"contributor:{SCHOOL}")

    assert report.total.broadcasts == 2
    assert report.total.on_air_ms == 60_000 + 15_000
    assert report.coverage.whole.coverage.asked == 1_500 + 800
    assert report.coverage.whole.reach.reached == pytest.approx(500 + 480)
    assert (report.opinions, report.repairs, report.coverage.heard) == (None, None, None)


def test_a_campaign_is_told_by_its_plans_topics(scene: Scene) -> None:
    """Schooling: one bulletin by itself, and its 15 seconds within a programme without a topic."""
    with scene.database.writing() as session:
        plan = Plan(
            title="Năm học mới", first=date(2026, 7, 1), last=date(2026, 12, 31),
            topics=["giáo dục"],
        )  # fmt: skip
        campaign_id = keep_campaign(
            session, plan, station_id=STATION, by=None, now=scene.context.now()
        ).id
    report = told(scene, f"campaign:{campaign_id}")

    assert report.scope.name == "Năm học mới"
    assert (report.total.broadcasts, report.total.on_air_ms) == (2, 60_000 + 15_000)
    assert report.coverage.whole.reach.reached == pytest.approx(500 + 480)
    assert (report.opinions, report.repairs, report.emergencies) == (None, None, ())


def test_half_a_year_is_a_period(scene: Scene) -> None:
    """The commune reports twice a year: nothing was on air in the first half."""
    assert told(scene, period=half_year(2026, 1)).total.broadcasts == 0
    assert told(scene, period=half_year(2026, 2)).total.broadcasts == 6


@pytest.mark.parametrize(
    ("scope", "in_view", "error"),
    [
        ("campaign", None, ScopeUnreadable),
        ("station:x", None, ScopeUnreadable),
        ("village:", None, ScopeUnreadable),
        ("village:thon-9", None, NoSuchVillage),
        ("village:thon-3", frozenset({"thon-1"}), NoSuchVillage),
        ("station", frozenset({"thon-1"}), ScopeNotYours),
        (f"contributor:{CLINIC}", frozenset({"thon-1"}), ScopeNotYours),
        ("contributor:Không ai", None, NoSuchContributor),
        ("campaign:cpn-khac", None, NoSuchCampaign),
        ("campaign:cpn-khac", frozenset({"thon-1"}), ScopeNotYours),
        ("", frozenset(), NoSuchVillage),
    ],
)
def test_a_scope_that_is_none_or_not_ones_own_is_refused(
    scene: Scene, scope: str, in_view: Villages, error: type[Exception]
) -> None:
    """In words of both languages, before anything is counted."""
    with pytest.raises(error):
        told(scene, scope, in_view=in_view)


def test_a_head_gets_their_own_village_unasked(scene: Scene) -> None:
    """Without a word the widest that this person may see."""
    assert told(scene, "", in_view=frozenset({"thon-2"})).scope.written == "village:thon-2"
    assert told(scene, "").scope.written == "station"


def test_what_lies_ahead_is_not_reported(scene: Scene) -> None:
    """The running year is, until now, and says that it is not over; three years are the most."""
    with pytest.raises(PeriodNotBegun):
        told(scene, period=quarter(2027, 1))
    with pytest.raises(ReportTooLong):
        told(scene, period=between(day(1, 1).replace(year=2022), day(6, 1)))
    running = told(scene, period=quarter(2026, 4))

    assert (running.is_over, told(scene).is_over) == (False, True)


def test_a_report_is_made_for_the_day_where_the_station_is(scene: Scene) -> None:
    """At 18:00 UTC on 30 June it is July there: the quarter has begun."""
    early = replace(scene.context, now=lambda: datetime(2026, 6, 30, 18, 0, tzinfo=UTC))
    with scene.database.reading() as session:
        scope = read_scope(session, "", station_id=STATION, in_view=None)
        report = make_report(session, SUMMER, scope, station=early, in_view=None)

    assert not report.is_over


@pytest.fixture(scope="module")
def busy(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Three months with broadcasts of both topics in both clusters, played by chance."""
    folder = tmp_path_factory.mktemp("busy")
    shutil.copy(sqlite_template, folder / "station.sqlite3")
    database = connect(f"sqlite:///{folder / 'station.sqlite3'}")
    scene, chance = bare_scene(database, state_dir=folder), Random(2026)
    bulletins = {
        topic: scene.bulletin(topic, topic=topic, contributor=CLINIC) for topic in (HEALTH, SAFETY)
    }
    for number in range(24):
        topic, cluster = chance.choice((HEALTH, SAFETY)), chance.choice((EAST, WEST))
        poles = ("loa-a", "loa-b", "loa-c") if cluster == EAST else ("loa-d",)
        played = {pole: chance.choice((0.4, 1.0)) for pole in poles if chance.random() < 0.6}
        at = noon(6 + number // 8, 1 + 3 * (number % 8), hour=chance.randint(5, 20))
        scene.play(bulletins[topic], at, played=played, topic=topic, cluster=cluster)
    yield scene
    database.dispose()


@settings(max_examples=40, deadline=None)
@given(
    first=st.dates(day(6, 1), day(8, 25)),
    length=st.integers(1, 90),
    villages=st.sampled_from([None, frozenset({"thon-1"}), frozenset({"thon-2", "thon-3"})]),
)
def test_the_ledger_tells_the_same(
    busy: Scene, first: date, length: int, villages: Villages
) -> None:
    """In whatever period and view: each sum is the coverage ledger's own, and parts add up."""
    period = Period(first, min(first + timedelta(days=length), day(9, 1)))
    begins, ends = period.instants(zone=HANOI)
    with busy.database.reading() as session:
        scope = Scope(kind=ScopeKind.STATION)
        report = make_report(session, period, scope, station=busy.context, in_view=villages)
        ledger = covered(session, period, villages=villages)
        by_village = covered(session, period, villages=villages, by=By.VILLAGE)
        days = reports_between(session, since=begins, until=ends, villages=villages)
    plays = [play for each in days for play in each.devices]
    outcomes = Counter(outcome_of(play.state, played_ms=play.played_ms) for play in plays)

    assert [report.coverage.whole] == (ledger or [NOTHING])
    told_there = sorted((each.covered for each in report.coverage.by_village), key=lambda c: c.key)
    assert told_there == by_village
    assert {each.broadcast_id for each in report.broadcasts} == {each.broadcast_id for each in days}
    assert {each.broadcast_id: each.coverage.confirmed for each in report.broadcasts} == (
        pytest.approx({each.broadcast_id: each.coverage.confirmed for each in days})
    )
    assert total(each.coverage for each in report.broadcasts).asked == (
        report.coverage.whole.coverage.asked
    )
    assert report.plays.outcomes == outcomes
    assert report.plays.played_ms == sum(play.played_ms for play in plays)
    for counts in (report.by_topic, report.by_urgency):
        assert sum(count.broadcasts for count in counts) == report.total.broadcasts
        assert sum(count.on_air_ms for count in counts) == report.total.on_air_ms


@settings(max_examples=20, deadline=None)
@given(
    first=st.dates(day(6, 1), day(8, 25)),
    length=st.integers(1, 90),
    shown=st.integers(1, 5),
    villages=st.sampled_from([None, frozenset({"thon-1"}), frozenset({"thon-2", "thon-3"})]),
)
def test_a_page_tells_the_first_and_sums_all(
    busy: Scene, first: date, length: int, shown: int, villages: Villages
) -> None:
    """The lines that are told are the whole report's first, and no sum leaves anything out."""
    period = Period(first, min(first + timedelta(days=length), day(9, 1)))
    with busy.database.reading() as session:
        scope = Scope(kind=ScopeKind.STATION)
        whole, page = (
            make_report(session, period, scope, station=busy.context, in_view=villages, first=bound)
            for bound in (None, shown)
        )

    assert page.poles == whole.poles[:shown]
    assert page.coverage.by_village == whole.coverage.by_village[:shown]
    for part, all_of_it in zip(sheets_of(page), sheets_of(whole), strict=True):
        assert (part.in_all, part.sums) == (len(all_of_it.rows), all_of_it.sums)
        by_hand = sheet(all_of_it.key, "", all_of_it.columns, all_of_it.rows)
        assert part.sums == pytest.approx(by_hand.sums)


MOODS = (
    ("confirmed",),
    ("confirmed", "relayed", "planned", "cached"),
    ("not_confirmed",),
    ("not_confirmed", "planned"),
    ("not_confirmed", "confirmed"),
    ("failed", "cut", "partial", "confirmed"),
    tuple(PlayState),
)
"""What the plays of one pole may have come to."""


def test_the_most_urgent_poles_come_first_however_few_are_told(
    database: Database, tmp_path: Path
) -> None:
    """Which are told is asked of the database, and it judges poles as `PoleLine.standing` does."""
    scene, chance = bare_scene(database, state_dir=tmp_path), Random(30)
    bulletin = scene.bulletin("Lịch tiêm chủng", topic=HEALTH, contributor=CLINIC)
    for number in range(12):
        scene.play(bulletin, noon(7, 1 + number), cluster=(EAST, WEST)[number % 2])
    ids = ids_asked(SUMMER, villages=None, broadcasts=None)
    seen = set()
    for _ in range(12):
        with database.writing() as session:
            _change_plays(session, chance)
        with database.reading() as session:
            whole, in_all = pole_lines(session, ids, villages=None)
            some = [pole_lines(session, ids, villages=None, first=few) for few in (1, 2, 3, 4)]
        seen |= {line.standing for line in whole}

        assert some == [(whole[:few], in_all) for few in (1, 2, 3, 4)]
    assert seen == set(Standing)


def _change_plays(session: Session, chance: Random) -> None:
    """Let each pole's plays come to something else, as its mood is."""
    rows = session.connection().execute(select(PLAYS.c.order_id, PLAYS.c.device_id)).all()
    moods = {device: chance.choice(MOODS) for _, device in sorted(rows)}
    for order_id, device in sorted(rows):
        session.connection().execute(
            update(PLAYS)
            .where(PLAYS.c.order_id == order_id, PLAYS.c.device_id == device)
            .values(
                state=chance.choice(moods[device]),
                code=chance.choice((None, "", "no_sound", "hash_mismatch")),
                played_ms=chance.choice((0, 30_000)),
                frozen=True,
            )
        )


@settings(max_examples=20, deadline=None)
@given(first=st.dates(day(6, 1), day(8, 25)), length=st.integers(1, 90))
def test_some_broadcasts_are_counted_as_all_are(busy: Scene, first: date, length: int) -> None:
    """The clinic gave every bulletin: its figures are the station's, counted the other way."""
    period = Period(first, min(first + timedelta(days=length), day(9, 1)))
    with busy.database.reading() as session:
        asked = asked_broadcasts(session, period, villages=None, broadcasts=None)
        scope = read_scope(session, f"contributor:{CLINIC}", station_id=STATION, in_view=None)
        some = make_report(session, period, scope, station=busy.context, in_view=None).coverage
        every = period_coverage(session, period, villages=None, broadcasts=None, zone=HANOI)
    own = Counter(each.topic for each in asked)

    assert {each.name for each in some.by_topic} == set(own)
    assert as_numbers(some.whole) == pytest.approx(as_numbers(every.whole))
    for one, other in zip(some.by_village, every.by_village, strict=True):
        assert one.name == other.name
        assert as_numbers(one.covered) == pytest.approx(as_numbers(other.covered))


def as_numbers(figure: Covered) -> list[float]:
    """All that a figure says, to be compared but for the last bit of a sum."""
    reach = figure.reach
    return [*astuple(figure.coverage), figure.times, reach.residents, reach.reached]
