"""Coverage: residents asked, and those in reach of what was confirmed; the rest stays apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.ledger.coverage import (
    Coverage,
    ShareOutcome,
    SharesAdded,
    coverage_by_village,
    total,
)
from broadcaster.ledger.play_state import Outcome, PlayState, outcome_of


def covered(residents: dict[str, int], *shares: tuple[str, float, str]) -> Coverage:
    """The coverage of all villages together."""
    outcomes = [
        ShareOutcome(village_id=village, share=share, outcome=Outcome(outcome))
        for village, share, outcome in shares
    ]
    return total(coverage_by_village(residents, outcomes).values())


def test_one_pole_for_one_village() -> None:
    """A village whose only pole played is covered whole."""
    found = covered({"v1": 1_000}, ("v1", 1.0, "confirmed"))

    assert found == Coverage(asked=1_000, confirmed=1_000.0)
    assert found.coverage == 1.0


def test_several_poles_in_a_village() -> None:
    """Two of three poles played: their shares of the residents count, and no more."""
    found = covered(
        {"v1": 1_000},
        ("v1", 0.5, "confirmed"),
        ("v1", 0.3, "confirmed"),
        ("v1", 0.2, "not_confirmed"),
    )

    assert found.coverage == pytest.approx(0.8)
    assert found.not_confirmed == pytest.approx(200)


def test_weighs_villages_by_their_residents() -> None:
    """A big village silent and a small one covered: coverage is of people, not of villages."""
    found = covered({"v1": 900, "v2": 100}, ("v1", 1.0, "failed"), ("v2", 1.0, "confirmed"))

    assert found.coverage == pytest.approx(0.1)
    assert found.failed == 900


def test_wired_poles_are_asked_and_never_confirmed() -> None:
    """A share that cannot confirm lowers coverage and stands in a part of its own."""
    found = covered({"v1": 500}, ("v1", 0.6, "confirmed"), ("v1", 0.4, "unverifiable"))

    assert (found.confirmed, found.unverifiable) == (pytest.approx(300), pytest.approx(200))
    assert found.coverage == pytest.approx(0.6)


def test_a_relay_covers_nobody_and_is_told_apart() -> None:
    """Sound was heard there; what it said, nobody verified."""
    found = covered({"v1": 500}, ("v1", 0.6, "relayed"), ("v1", 0.4, "failed"))

    assert (found.relayed, found.confirmed) == (pytest.approx(300), 0)
    assert found.coverage == 0
    assert found.unserved == 0
    assert outcome_of(PlayState.RELAYED, played_ms=1) is Outcome.RELAYED


def test_part_of_a_play_is_not_coverage() -> None:
    """Partial is said apart: it neither covers nor counts as failed."""
    found = covered({"v1": 100}, ("v1", 0.5, "partial"), ("v1", 0.5, "pending"))

    assert (found.confirmed, found.partial, found.pending, found.coverage) == (0, 50, 50, 0)


def test_one_pole_for_two_villages() -> None:
    """A pole between villages covers its share of each."""
    found = covered(
        {"v1": 400, "v2": 600},
        ("v1", 0.25, "confirmed"),
        ("v2", 0.5, "confirmed"),
        ("v1", 0.75, "failed"),
        ("v2", 0.5, "failed"),
    )

    assert found.confirmed == pytest.approx(100 + 300)


def test_villages_without_a_pole_are_asked() -> None:
    """Residents whom no pole reaches are part of those asked, and of nothing else."""
    found = covered({"v1": 300, "v2": 100}, ("v1", 0.5, "confirmed"))

    assert (found.asked, found.coverage) == (400, pytest.approx(150 / 400))
    assert found.unserved == pytest.approx(250)


def test_sound_beyond_the_villages_asked_covers_nobody_asked() -> None:
    """A share in a village that was not asked changes nothing."""
    found = covered({"v1": 100}, ("v1", 1.0, "confirmed"), ("v9", 1.0, "confirmed"))

    assert found == Coverage(asked=100, confirmed=100.0)


def test_nobody_asked_has_no_coverage() -> None:
    """Nothing divided by nobody is not 0 and not 1."""
    assert covered({}).coverage is None


@pytest.mark.parametrize(
    ("state", "played_ms", "outcome"),
    [
        ("planned", 0, "pending"),
        ("started", 0, "pending"),
        ("confirmed", 60_000, "confirmed"),
        ("partial", 30_000, "partial"),
        ("cut", 30_000, "partial"),
        ("cut", 0, "failed"),
        ("skipped", 0, "failed"),
        ("rejected", 0, "failed"),
        ("failed", 0, "failed"),
        ("not_confirmed", 0, "not_confirmed"),
    ],
)
def test_each_state_stands_in_one_part(state: str, played_ms: int, outcome: str) -> None:
    """What a play became decides in which part of coverage its residents stand."""
    assert outcome_of(state, played_ms=played_ms) == outcome


def test_every_state_has_a_part() -> None:
    """No state is without a part."""
    assert {outcome_of(state, played_ms=1) for state in PlayState} == set(Outcome) - {
        Outcome.UNVERIFIABLE
    }


villages = st.dictionaries(st.sampled_from(["v1", "v2", "v3"]), st.integers(0, 10**6), min_size=1)
shares = st.lists(
    st.builds(
        ShareOutcome,
        village_id=st.sampled_from(["v1", "v2", "v3", "v4"]),
        share=st.floats(0.01, 1),
        outcome=st.sampled_from(Outcome),
    ),
    max_size=12,
)


@given(villages, shares)
def test_parts_never_exceed_those_asked(
    residents: dict[str, int], outcomes: list[ShareOutcome]
) -> None:
    """However shares were entered, nobody is counted twice and nothing is covered beyond all."""
    for village, found in coverage_by_village(residents, outcomes).items():
        parts = sum(getattr(found, part) for part in Outcome)

        assert found.asked == residents[village]
        assert parts <= found.asked * (1 + 1e-9)
        assert found.coverage is None or 0 <= found.coverage <= 1 + 1e-9


@given(villages, shares)
def test_added_up_at_once_it_is_the_same(
    residents: dict[str, int], outcomes: list[ShareOutcome]
) -> None:
    """Whoever needs no village by itself gets the total of them all."""
    added = SharesAdded()
    for village, living in residents.items():
        added.ask(village, living)
    for each in outcomes:
        added.add(each.village_id, each.outcome, each.share)
    found, expected = added.coverage(), total(coverage_by_village(residents, outcomes).values())

    assert found.asked == expected.asked
    for part in Outcome:
        assert getattr(found, part) == pytest.approx(getattr(expected, part))
