"""Which villages an alert is about: by figures, codes or names; never everywhere by default."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.alerts.areas import KnownPlace, distance_km, holds, matched
from broadcaster.alerts.message import Area, Circle, Named

ONE = KnownPlace(village_id="v-1", name="Thôn Một", point=(21.10, 105.80))
TWO = KnownPlace(village_id="v-2", name="Thôn 1", point=(21.20, 105.80))
TWELVE = KnownPlace(village_id="v-12", name="Thôn 12")
ALL = (ONE, TWO, TWELVE)
SQUARE = ((21.05, 105.75), (21.05, 105.85), (21.15, 105.85), (21.15, 105.75), (21.05, 105.75))
CODES = {("maxa", "10051"): {"v-1", "v-2", "v-12"}, ("mathon", "7"): {"v-12"}}


def found(*areas: Area, **more: object) -> set[str]:
    """The villages that these areas mean."""
    return set(matched(areas, villages=ALL, codes=CODES, **more).village_ids)  # type: ignore[arg-type]


def test_a_polygon_means_the_villages_inside() -> None:
    """And says which villages nobody has placed, that may lie inside as well."""
    result = matched([Area(description="Lưu vực", polygons=(SQUARE,))], villages=ALL, codes={})

    assert result.village_ids == {"v-1"}
    assert result.surely == {"v-1"}
    assert result.unplaced == ("Thôn 12",)
    assert result.unmatched == ()


def test_a_circle_reaches_as_far_as_its_radius() -> None:
    """In kilometres on the earth, not in degrees."""
    near = Area(description="Đập", circles=(Circle((21.15, 105.80), 5.5),))
    wide = Area(description="Đập", circles=(Circle((21.15, 105.80), 5.6),))

    assert found(near) == set()
    assert found(wide) == {"v-1", "v-2"}


def test_a_degree_of_latitude_is_a_hundred_and_eleven_kilometres() -> None:
    """As the mean radius has it."""
    assert distance_km((21.0, 105.0), (22.0, 105.0)) == pytest.approx(111.195, abs=0.001)
    assert distance_km((21.0, 105.0), (21.0, 106.0)) == pytest.approx(103.81, abs=0.01)


def test_a_code_means_what_the_station_says_that_it_means() -> None:
    """The same value in another list means nothing."""
    assert found(Area(description="x", geocodes=(Named("mathon", "7"),))) == {"v-12"}
    assert found(Area(description="x", geocodes=(Named(" maxa ", "10051"),))) == {
        "v-1", "v-2", "v-12",
    }  # fmt: skip
    assert found(Area(description="x", geocodes=(Named("UGC", "10051"),))) == set()


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ("Thôn Một, xã Thượng", {"v-1"}),
        ("THON MOT, XA THUONG", {"v-1"}),
        ("các thôn: thôn một; thôn 12.", {"v-1", "v-12"}),
        ("Thôn 12", {"v-12"}),
        ("thôn 1", {"v-2"}),
        ("Thôn 123", set()),
        ("Xã Thượng", set()),
        ("", set()),
    ],
)
def test_a_name_is_a_whole_name_with_or_without_marks(said: str, ids: set[str]) -> None:
    """*Thôn 1* is not in *Thôn 12*."""
    assert found(Area(description=said)) == ids


def test_a_name_alone_is_no_certainty() -> None:
    """What a name found may be the village of another commune: nothing goes out alone on it."""
    result = matched([Area(description="Thôn Một")], villages=ALL, codes={})

    assert result.village_ids == {"v-1"}
    assert result.surely == frozenset()


def test_what_matches_nothing_is_handed_back_and_is_not_everywhere() -> None:
    """By its sender's words; and an alert without areas means nobody."""
    far = Area(description="Toàn tỉnh Cà Mau", polygons=(((9, 105), (9, 106), (8, 106), (9, 105)),))
    result = matched([far, Area(description="Cả nước")], villages=ALL, codes=CODES)

    assert result.village_ids == frozenset()
    assert result.unmatched == ("Toàn tỉnh Cà Mau", "Cả nước")
    assert found() == set()


def test_figures_are_stronger_than_a_name_beside_them() -> None:
    """A polygon elsewhere, described by a name that we know as well, is elsewhere."""
    elsewhere = ((10, 106), (10, 107), (11, 107), (10, 106))
    assert found(Area(description="Thôn Một", polygons=(elsewhere,))) == set()


@settings(max_examples=60)
@given(
    st.floats(20, 22), st.floats(105, 107), st.floats(0.01, 0.5), st.floats(-1, 1), st.floats(-1, 1)
)
def test_a_rectangle_holds_what_lies_between_its_sides(
    latitude: float, longitude: float, half: float, up: float, right: float
) -> None:
    """Whichever corner it begins at, and whichever way it goes round."""
    south, north = latitude - half, latitude + half
    west, east = longitude - half, longitude + half
    ring = [(south, west), (south, east), (north, east), (north, west)]
    point = (latitude + up, longitude + right)
    expected = south <= point[0] < north and west <= point[1] < east
    on_edge = min(abs(abs(up) - half), abs(abs(right) - half)) < 1e-9

    for turn in range(4):
        corners = ring[turn:] + ring[:turn]
        for way in (corners, corners[::-1]):
            assert on_edge or holds([*way, way[0]], point) == expected
