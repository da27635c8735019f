"""The table of states: what leads where, and that facts and table agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.bulletins.errors import ActOutOfPlace
from broadcaster.bulletins.states import TRANSITIONS, Act, BulletinState, after, state_from


def test_only_what_waits_can_be_approved() -> None:
    """The one way to *approved* leads through *submitted*."""
    ways = {
        (state, act)
        for state, acts in TRANSITIONS.items()
        for act, reached in acts.items()
        if reached is BulletinState.APPROVED and state is not BulletinState.APPROVED
    }

    assert ways == {(BulletinState.SUBMITTED, Act.APPROVE)}


@pytest.mark.parametrize("state", BulletinState)
def test_writing_and_rendering_are_possible_everywhere_and_leave_nothing_decided(
    state: BulletinState,
) -> None:
    """An edit leads to a draft, a sound to a bulletin that nobody has seen."""
    assert after(state, Act.EDIT) is BulletinState.DRAFT
    assert after(state, Act.RENDER) is BulletinState.RENDERED


@given(st.sampled_from(BulletinState), st.sampled_from(Act))
def test_an_act_leads_where_the_table_says_or_is_refused_by_name(
    state: BulletinState, act: Act
) -> None:
    """A refusal says what was tried where, in both languages."""
    if act in TRANSITIONS[state]:
        assert after(state, act) is TRANSITIONS[state][act]
        return
    with pytest.raises(ActOutOfPlace) as refused:
        after(state, act)
    assert (refused.value.state, refused.value.act) == (state, act)
    assert refused.value.message_vi != refused.value.message_en


@given(st.booleans(), st.booleans(), st.sampled_from([None, True, False]))
def test_every_combination_of_facts_is_one_state(
    rendered: bool,
    submitted: bool,
    approves: bool | None,
) -> None:
    """Approved means rendered and approved, whatever else is the case."""
    state = state_from(rendered=rendered, submitted=submitted, newest_decision_approves=approves)

    assert (state is BulletinState.APPROVED) == (rendered and approves is True)
    assert (state is BulletinState.DRAFT) == (not rendered)
