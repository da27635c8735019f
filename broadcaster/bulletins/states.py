"""Where a bulletin stands, and what may be done to it there: one table, and nothing else."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from broadcaster.bulletins.errors import ActOutOfPlace


class BulletinState(StrEnum):
    """Derived from what happened to a bulletin; never stored."""

    DRAFT = "draft"
    RENDERED = "rendered"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"


class Act(StrEnum):
    """What a person, or the studio, does to a bulletin."""

    EDIT = "edit"
    RENDER = "render"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    COMMENT = "comment"


# To write or render anew is always possible and always ends what was decided before. To submit
# what is submitted or approved changes nothing: queueing twice is no mistake. A leader may take an
# approval back. What is said about a bulletin while it waits decides nothing.
_EVERYWHERE = {Act.EDIT: BulletinState.DRAFT, Act.RENDER: BulletinState.RENDERED}

TRANSITIONS: Mapping[BulletinState, Mapping[Act, BulletinState]] = MappingProxyType(
    {
        BulletinState.DRAFT: _EVERYWHERE,
        BulletinState.RENDERED: {**_EVERYWHERE, Act.SUBMIT: BulletinState.SUBMITTED},
        BulletinState.SUBMITTED: {
            **_EVERYWHERE,
            Act.SUBMIT: BulletinState.SUBMITTED,
            Act.APPROVE: BulletinState.APPROVED,
            Act.RETURN: BulletinState.RETURNED,
            Act.COMMENT: BulletinState.SUBMITTED,
        },
        BulletinState.APPROVED: {
            **_EVERYWHERE,
            Act.SUBMIT: BulletinState.APPROVED,
            Act.RETURN: BulletinState.RETURNED,
        },
        BulletinState.RETURNED: {**_EVERYWHERE, Act.SUBMIT: BulletinState.SUBMITTED},
    }
)


def after(state: BulletinState, act: Act) -> BulletinState:
    """Where an act leads; raise ActOutOfPlace where it is not possible."""
    try:
        return TRANSITIONS[state][act]
    except KeyError:
        raise ActOutOfPlace(state=state, act=act) from None


def state_from(
    *, rendered: bool, submitted: bool, newest_decision_approves: bool | None
) -> BulletinState:
    """The state of a bulletin from the facts about its present words and sound.

    `newest_decision_approves` is None while nobody decided on the present rendition. A return takes
    the submission back, so that a returned bulletin that is submitted again waits once more.
    """
    if not rendered:
        return BulletinState.DRAFT
    if newest_decision_approves:
        return BulletinState.APPROVED
    if submitted:
        return BulletinState.SUBMITTED
    return BulletinState.RENDERED if newest_decision_approves is None else BulletinState.RETURNED
