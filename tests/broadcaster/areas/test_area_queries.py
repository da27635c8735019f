"""Areas: clusters and villages in their order, and who lived there on a day."""

from datetime import date

import pytest
from sqlmodel import Session

from broadcaster.areas.errors import StationNotFounded, UnknownCluster
from broadcaster.areas.queries import (
    clusters_named,
    clusters_of,
    residents_of_clusters,
    residents_on,
    the_station,
    villages_of,
)
from broadcaster.areas.tables import Cluster, Station, Village, VillagePopulation
from broadcaster.database import Database


def add_station(session: Session, station_id: str = "xa-an-phu") -> None:
    """A station whose clusters and villages are not in the order of their names."""
    session.add(
        Station(id=station_id, name="Đài", commune="Xã", province="Tỉnh", public_key="f" * 64)
    )
    session.flush()
    for cluster, position in (("a", 2), ("b", 1)):
        session.add(
            Cluster(
                id=f"{station_id}-{cluster}",
                station_id=station_id,
                name=cluster,
                position=position,
            )
        )
        session.flush()
        session.add_all(
            Village(
                id=f"{station_id}-{cluster}-{name}",
                cluster_id=f"{station_id}-{cluster}",
                name=name,
                position=9 - number,
            )
            for number, name in enumerate("xyz")
        )
    session.flush()


def test_keeps_the_stations_order(database: Database) -> None:
    """Clusters and villages stand in the order that the station gave them, and only its own."""
    with database.writing() as session:
        add_station(session)
        add_station(session, "xa-khac")
        clusters = [cluster.name for cluster in clusters_of(session, "xa-an-phu")]
        villages = [village.name for village in villages_of(session, "xa-an-phu")]

    assert clusters == ["b", "a"]
    assert villages == ["z", "y", "x", "z", "y", "x"]


def test_names_an_unknown_cluster(database: Database) -> None:
    """A cluster of another station is as unknown as one that does not exist."""
    with database.writing() as session:
        add_station(session)
        add_station(session, "xa-khac")
        known = clusters_named(session, "xa-an-phu", ["xa-an-phu-a"])
        with pytest.raises(UnknownCluster) as refused:
            clusters_named(session, "xa-an-phu", ["xa-an-phu-a", "xa-khac-a"])

    assert [cluster.id for cluster in known] == ["xa-an-phu-a"]
    assert (refused.value.status, refused.value.detail) == (422, "xa-khac-a")
    assert "cụm" in refused.value.message_vi


@pytest.mark.parametrize(
    ("day", "residents"),
    [
        (date(2024, 12, 31), None),
        (date(2025, 1, 1), 900),
        (date(2025, 12, 31), 900),
        (date(2026, 1, 1), 950),
        (date(2030, 1, 1), 950),
    ],
)
def test_residents_are_those_of_the_day(
    database: Database, day: date, residents: int | None
) -> None:
    """The newest count not after the day holds; before the first one the number is not known."""
    with database.writing() as session:
        add_station(session)
        village = "xa-an-phu-a-x"
        for begins, count in ((date(2026, 1, 1), 950), (date(2025, 1, 1), 900)):
            session.add(
                VillagePopulation(
                    village_id=village, valid_from=begins, households=1, residents=count
                )
            )
        session.flush()
        found = residents_on(session, [village], day)

    assert {key: row.residents for key, row in found.items()} == (
        {village: residents} if residents else {}
    )


@pytest.mark.parametrize(
    ("day", "residents"),
    [
        (date(2024, 12, 31), {}),
        (date(2025, 1, 1), {"xa-an-phu-a": 900}),
        (date(2026, 1, 1), {"xa-an-phu-a": 950 + 70, "xa-an-phu-b": 300}),
        (date(2030, 1, 1), {"xa-an-phu-a": 950 + 70, "xa-an-phu-b": 300}),
    ],
)
def test_residents_of_clusters_are_those_of_their_villages(
    database: Database, day: date, residents: dict[str, int]
) -> None:
    """Of each village its newest count not after the day, of this station alone."""
    counts = [
        ("xa-an-phu-a-x", date(2025, 1, 1), 900),
        ("xa-an-phu-a-x", date(2026, 1, 1), 950),
        ("xa-an-phu-a-y", date(2026, 1, 1), 70),
        ("xa-an-phu-b-x", date(2026, 1, 1), 300),
        ("xa-khac-a-x", date(2025, 1, 1), 4_000),
    ]
    with database.writing() as session:
        add_station(session)
        add_station(session, "xa-khac")
        for village, begins, count in counts:
            session.add(
                VillagePopulation(
                    village_id=village, valid_from=begins, households=1, residents=count
                )
            )
        session.flush()
        found = residents_of_clusters(session, "xa-an-phu", day)

    assert found == residents


def test_says_that_no_station_is_founded(database: Database) -> None:
    """An empty database has no station, and the sentence says what to do."""
    with database.reading() as session, pytest.raises(StationNotFounded) as missing:
        the_station(session)

    assert "make run" in missing.value.message_vi
