"""The grade *heard*: the newest word of each person, folded; a grade of its own, never promoted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.hearing.grades import Heard, Said, heard_of, newest_of_each, share_of

FIRST = datetime(2026, 11, 22, 10, tzinfo=UTC)
words = st.builds(
    Said,
    hearing_id=st.uuids().map(str),
    account_id=st.sampled_from("abc"),
    clear=st.booleans(),
    said_at=st.integers(0, 5).map(lambda minutes: FIRST + timedelta(minutes=minutes)),
)


def said(person: str, *, clear: bool, minute: int = 0) -> Said:
    """One person's word."""
    return Said(
        hearing_id=f"{person}{minute}",
        account_id=person,
        clear=clear,
        said_at=FIRST + timedelta(minutes=minute),
    )


@pytest.mark.parametrize(
    ("spoken", "heard"),
    [
        ([], Heard.UNSAID),
        ([said("a", clear=True)], Heard.CLEAR),
        ([said("a", clear=False)], Heard.NOT_HEARD),
        ([said("a", clear=True), said("b", clear=False)], Heard.DISPUTED),
        ([said("a", clear=False), said("a", clear=True, minute=1)], Heard.CLEAR),
        ([said("a", clear=True), said("b", clear=True), said("a", clear=False, minute=1)],
         Heard.DISPUTED),
    ],
)  # fmt: skip
def test_what_a_village_said(spoken: list[Said], heard: Heard) -> None:
    """Whoever says it again is counted by the later word; two who disagree are told as two."""
    assert heard_of(spoken) is heard


@given(st.lists(words, max_size=8), st.randoms())
def test_the_order_of_arrival_does_not_matter(spoken: list[Said], chance: object) -> None:
    """Words may come late and in any order."""
    shuffled = list(spoken)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert newest_of_each(shuffled) == newest_of_each(spoken)
    assert heard_of(shuffled) is heard_of(spoken)


def test_the_share_is_of_residents_asked() -> None:
    """Worked example: 300 heard it, 200 did not, 100 disagree, of 400 nobody has said anything."""
    share = share_of(
        {"a": 300, "b": 200, "c": 100, "d": 400},
        {"a": Heard.CLEAR, "b": Heard.NOT_HEARD, "c": Heard.DISPUTED, "elsewhere": Heard.CLEAR},
    )

    assert (share.asked, share.clear, share.not_heard, share.disputed) == (1_000, 300, 200, 100)
    assert (share.share, share.unsaid) == (0.3, 400)


def test_nobody_asked_is_no_share() -> None:
    """Nothing of nothing is not 0 %."""
    assert share_of({}, {}).share is None
