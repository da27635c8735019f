"""Roles carry rights by one table; a person's rights are those of all their roles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.accounts.roles import RIGHTS, Right, Role, rights_of
from broadcaster.accounts.viewer import Viewer

roles = st.frozensets(st.sampled_from(Role))


def viewer(*held: Role) -> Viewer:
    """A person with these roles and one village."""
    return Viewer("acc-1", "an", "An", frozenset(held), frozenset({"v-1"}))


@given(roles, roles)
def test_more_roles_never_take_a_right_away(some: frozenset[Role], more: frozenset[Role]) -> None:
    """The rights of two sets of roles are together those of both."""
    assert rights_of(some | more) == rights_of(some) | rights_of(more)


def test_every_role_stands_in_the_table() -> None:
    """A role that nobody thought about would be an accident."""
    assert set(RIGHTS) == set(Role)


@pytest.mark.parametrize(
    ("right", "holders"),
    [
        (Right.WRITE_BULLETINS, {Role.OPERATOR}),
        (Right.APPROVE_BULLETINS, {Role.LEADER}),
        (Right.EDIT_LEXICON, {Role.OPERATOR, Role.LEADER, Role.ADMIN}),
        (Right.CHOOSE_VOICE, {Role.OPERATOR, Role.ADMIN}),
        (Right.DESCRIBE_VILLAGES, {Role.OPERATOR, Role.ADMIN}),
        (Right.SCHEDULE_BROADCASTS, {Role.OPERATOR, Role.LEADER}),
        (Right.SPEAK_LIVE, {Role.OPERATOR, Role.LEADER}),
        (Right.PLAN_CAMPAIGNS, {Role.OPERATOR, Role.LEADER, Role.ADMIN}),
        (Right.ADMINISTER, {Role.ADMIN}),
        (Right.SEE_STATION, {Role.OPERATOR, Role.LEADER, Role.ADMIN, Role.INSPECTOR}),
        (Right.INSPECT, {Role.INSPECTOR}),
        (Right.USE_OWN_ACCOUNT, set(Role)),
    ],
)
def test_rights_stand_with_the_roles_they_belong_to(right: Right, holders: set[Role]) -> None:
    """Who writes does not approve, and who administers does neither."""
    assert {role for role in Role if viewer(role).may(right)} == holders


def test_a_village_head_sees_their_own_village_only() -> None:
    """Scope is a set of villages that queries take; None stands for all."""
    assert viewer(Role.VILLAGE_HEAD).villages_in_view() == frozenset({"v-1"})
    assert viewer(Role.VILLAGE_HEAD, Role.OPERATOR).villages_in_view() is None


def test_nobody_without_a_role_sees_or_does_anything() -> None:
    """No role, no right, no village."""
    nobody = Viewer("acc-1", "an", "An", frozenset())

    assert not any(nobody.may(right) for right in Right)
    assert nobody.villages_in_view() == frozenset()
