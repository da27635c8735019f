"""Reach: each share once if its pole played; never more than can be shown. Arithmetic by hand."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.ledger.reach import Reach, ShareSeen, Stood, newest, reach_by_village

JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def stood(village: str, residents: int, *, month: int = 6, cluster: str = "c") -> Stood:
    """A village as it was last asked in a month."""
    return Stood(village, cluster, residents, JUNE.replace(month=month))


def reached(
    standing: list[Stood], seen: list[ShareSeen], **mergers: str
) -> dict[str, tuple[int, float]]:
    """The reach of each village, as numbers."""
    found = reach_by_village(newest(standing), seen, mergers=mergers)
    return {village: (each.residents, each.reached) for village, each in found.items()}


def test_each_share_counts_once() -> None:
    """Three poles of 0.5, 0.3 and 0.2; the first played twice, the second once, the third never.

    0.5 + 0.3 = 0.8 of 1,000 residents: 800, however often the first one played.
    """
    seen = [
        ShareSeen("v", "l1", "a", 0.5, 2),
        ShareSeen("v", "l1", "b", 0.3, 1),
        ShareSeen("v", "l1", "c", 0.2, 0),
    ]

    assert reached([stood("v", 1_000)], seen) == {"v": (1_000, pytest.approx(800))}


def test_a_pole_that_took_another_ones_place_adds_nothing() -> None:
    """A and B share the village; in July D takes A's place. A played, D played, B never.

    A and D may reach the same houses: the layout {A, B} gives 0.5, {D, B} gives 0.5, so 0.5 it is
    and not 1.0.
    """
    seen = [
        ShareSeen("v", "before", "a", 0.5, 3),
        ShareSeen("v", "before", "b", 0.5, 0),
        ShareSeen("v", "after", "b", 0.5, 0),
        ShareSeen("v", "after", "d", 0.5, 2),
    ]

    assert reached([stood("v", 400)], seen) == {"v": (400, pytest.approx(200))}


def test_what_played_before_a_change_counts_in_the_layout_it_stands_in() -> None:
    """B played in March, C replaced it and never played, A played in July.

    The layout {A, B} has both: 0.6 + 0.4 = 1.0 of 500 residents.
    """
    seen = [
        ShareSeen("v", "before", "a", 0.6, 0),
        ShareSeen("v", "before", "b", 0.4, 1),
        ShareSeen("v", "after", "a", 0.6, 1),
        ShareSeen("v", "after", "c", 0.4, 0),
    ]

    assert reached([stood("v", 500)], seen) == {"v": (500, pytest.approx(500))}


def test_residents_are_those_of_the_last_time() -> None:
    """1,000 lived there in March, 1,200 in September: a half reached is 600 of 1,200."""
    standing = [stood("v", 1_000, month=3), stood("v", 1_200, month=9)]

    assert reached(standing, [ShareSeen("v", "l", "a", 0.5, 1)]) == {
        "v": (1_200, pytest.approx(600))
    }


def test_merged_villages_are_counted_within_the_new_one() -> None:
    """A (300) was reached whole, B (700) by nobody; they became C (1,010), not yet reached.

    300 of C's 1,010 had been reached: the people are counted once, at the end of the period.
    """
    standing = [stood("a", 300, month=3), stood("b", 700, month=3), stood("c", 1_010, month=9)]
    seen = [ShareSeen("a", "l", "x", 1.0, 1), ShareSeen("c", "m", "y", 1.0, 0)]

    assert reached(standing, seen, a="c", b="c") == {"c": (1_010, pytest.approx(300))}


def test_a_pole_that_played_before_the_merger_counts_for_its_share_after_it() -> None:
    """X played in A before; as C it has 0.4, and Y, which played after, 0.6: all are reached."""
    standing = [stood("a", 300, month=3), stood("c", 1_000, month=9)]
    seen = [
        ShareSeen("a", "l", "x", 1.0, 1),
        ShareSeen("c", "m", "x", 0.4, 0),
        ShareSeen("c", "m", "y", 0.6, 1),
    ]

    assert reached(standing, seen, a="c") == {"c": (1_000, pytest.approx(1_000))}


def test_before_its_merger_a_village_stands_by_itself() -> None:
    """Where the new village was not asked, its parts count as what they were."""
    seen = [ShareSeen("a", "l", "x", 1.0, 1)]

    assert reached([stood("a", 300)], seen, a="c") == {"a": (300, pytest.approx(300))}


def test_mergers_of_mergers() -> None:
    """A became B, B became C; B itself was never asked: A's people are C's."""
    standing = [stood("a", 300, month=3), stood("c", 900, month=9)]

    assert reached(standing, [ShareSeen("a", "l", "x", 1.0, 1)], a="b", b="c") == {
        "c": (900, pytest.approx(300))
    }


def test_nobody_asked_has_no_reach() -> None:
    """Nothing divided by nobody is not 0 and not 1."""
    assert Reach().share is None
    assert (Reach(100, 50.0) + Reach(300, 0.0)).share == pytest.approx(0.125)


shares = st.lists(
    st.builds(
        ShareSeen,
        village_id=st.sampled_from(["a", "b", "c"]),
        layout=st.sampled_from(["l1", "l2"]),
        device_id=st.sampled_from(["x", "y", "z"]),
        share=st.floats(0, 1),
        confirmed=st.integers(0, 3),
    ),
    max_size=20,
)
residents = st.fixed_dictionaries({v: st.integers(0, 10**6) for v in "abc"})


@given(
    residents, shares, st.sampled_from([{}, {"a": "c"}, {"a": "c", "b": "c"}, {"a": "b", "b": "c"}])
)
def test_nobody_is_reached_twice(
    people: dict[str, int], seen: list[ShareSeen], mergers: dict[str, str]
) -> None:
    """However shares were entered: never more than all, and nobody without a play."""
    standing = [stood(village, count) for village, count in people.items()]
    found = reach_by_village(newest(standing), seen, mergers=mergers)
    played = any(each.confirmed for each in seen)

    for each in found.values():
        assert 0 <= each.reached <= each.residents
        assert played or each.reached == 0


@given(residents, shares, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    people: dict[str, int], seen: list[ShareSeen], rng: Random
) -> None:
    """Rows come from a database in any order."""
    unique = list({(s.village_id, s.layout, s.device_id): s for s in seen}.values())
    standing = [
        Stood(village, "c", count, JUNE + timedelta(days=n))
        for n, (village, count) in enumerate(people.items())
    ]
    before = reach_by_village(newest(standing), unique, mergers={"a": "c"})
    rng.shuffle(unique)
    rng.shuffle(standing)

    assert reach_by_village(newest(standing), unique, mergers={"a": "c"}) == before
