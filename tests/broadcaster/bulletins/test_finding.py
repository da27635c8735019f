"""Search as people type: with diacritics, without, in any order; on both databases."""

import pytest

from broadcaster.bulletins import desk
from broadcaster.bulletins.folding import folded, terms_of
from broadcaster.bulletins.provenance import Provenance
from broadcaster.bulletins.texts import checked
from tests.broadcaster.small_station import STATION_ID, SmallStation


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Phòng cháy, chữa cháy", "phong chay chua chay"),
        ("ĐẤT ĐAI", "dat dai"),
        ("Đường Nguyễn Huệ", "duong nguyen hue"),
        ("Nguye\u0302\u0303n", "nguyen"),
        ("Số 12/TB-UBND", "so 12 tb ubnd"),
        ("50%_x", "50 x"),
        ("", ""),
    ],
)
def test_words_are_folded_alike_however_they_are_written(text: str, bare: str) -> None:
    """Composed or decomposed, capital or small; what LIKE would read otherwise is gone."""
    assert folded(text) == bare


def test_a_search_asks_for_each_word_once_and_for_few() -> None:
    """A pasted page is no search."""
    assert terms_of("cháy  Chay CHÁY") == ("chay",)
    assert len(terms_of(" ".join(map(str, range(99))))) == 10


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("phong chay", ["Phòng cháy mùa khô", "Họp thôn"]),
        ("phòng cháy", ["Phòng cháy mùa khô", "Họp thôn"]),
        ("CHÁY kho", ["Phòng cháy mùa khô"]),
        ("tram y te", ["Lịch tiêm"]),
        ("12/TB", ["Lịch tiêm"]),
        ("dong ruong", ["Giá lúa"]),
        ("%", ["Họp thôn", "Giá lúa", "Lịch tiêm", "Phòng cháy mùa khô"]),
        ("không có đâu", []),
    ],
)
def test_bulletins_are_found(station: SmallStation, query: str, titles: list[str]) -> None:
    """In title, words, topic, contributor and source; titles that say it all come first."""
    by = station.member("operator")
    with station.database.writing() as session:
        for minute, (title, script, names) in enumerate(
            [
                ("Phòng cháy mùa khô", "Bà con không đốt rác.", Provenance()),
                (
                    "Lịch tiêm",
                    "Sáng mai.",
                    Provenance(contributor="Trạm y tế", source="Thông báo 12/TB-TYT"),
                ),
                ("Giá lúa", "Bà con ra đồng ruộng sớm.", Provenance()),
                ("Họp thôn", "Bàn việc phòng cháy rừng.", Provenance()),
            ]
        ):
            desk.write_bulletin(
                session,
                station_id=STATION_ID,
                written=checked(title=title, script=script, provenance=names),
                by=by,
                now=station.clock().replace(minute=minute),
            )

    with station.database.reading() as session:
        found = desk.newest_bulletins(session, station_id=STATION_ID, limit=10, query=query)

    assert [each.title for each in found] == titles


def test_an_edit_is_found_by_its_new_words_only(station: SmallStation) -> None:
    """What a search reads follows the words."""
    by = station.member("operator")
    with station.database.writing() as session:
        row = desk.write_bulletin(
            session,
            station_id=STATION_ID,
            written=checked(title="Họp", script="Bàn về nước sạch."),
            by=by,
            now=station.clock(),
        )
        desk.edit(
            session,
            row.id,
            written=checked(title="Họp", script="Bàn về cầu đường."),
            by=by,
            now=station.clock(),
        )

    with station.database.reading() as session:
        found = {
            query: len(desk.newest_bulletins(session, station_id=STATION_ID, limit=10, query=query))
            for query in ("nuoc sach", "cau duong")
        }
    assert found == {"nuoc sach": 0, "cau duong": 1}
