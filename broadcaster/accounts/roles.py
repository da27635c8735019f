"""Who may do what: one table from roles to rights; nothing else in the product decides it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person is at the station; one person may be several."""

    OPERATOR = "operator"
    LEADER = "leader"
    VILLAGE_HEAD = "village_head"
    ADMIN = "admin"


class Right(StrEnum):
    """One thing that a route may ask of whoever calls it."""

    USE_OWN_ACCOUNT = "use_own_account"
    SEE_OWN_VILLAGE = "see_own_village"
    SEE_STATION = "see_station"
    WRITE_BULLETINS = "write_bulletins"
    APPROVE_BULLETINS = "approve_bulletins"
    EDIT_LEXICON = "edit_lexicon"
    CHOOSE_VOICE = "choose_voice"
    DESCRIBE_VILLAGES = "describe_villages"
    SCHEDULE_BROADCASTS = "schedule_broadcasts"
    SEE_DEVICES = "see_devices"
    ADMINISTER = "administer"


_EVERYBODY = frozenset({Right.USE_OWN_ACCOUNT, Right.SEE_OWN_VILLAGE})

RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.OPERATOR: _EVERYBODY
        | {
            Right.SEE_STATION,
            Right.WRITE_BULLETINS,
            Right.EDIT_LEXICON,
            Right.CHOOSE_VOICE,
            Right.DESCRIBE_VILLAGES,
            Right.SCHEDULE_BROADCASTS,
            Right.SEE_DEVICES,
        },
        Role.LEADER: _EVERYBODY
        | {
            Right.SEE_STATION,
            Right.APPROVE_BULLETINS,
            Right.EDIT_LEXICON,
            Right.SCHEDULE_BROADCASTS,
            Right.SEE_DEVICES,
        },
        Role.VILLAGE_HEAD: _EVERYBODY,
        Role.ADMIN: _EVERYBODY
        | {
            Right.SEE_STATION,
            Right.EDIT_LEXICON,
            Right.CHOOSE_VOICE,
            Right.DESCRIBE_VILLAGES,
            Right.SEE_DEVICES,
            Right.ADMINISTER,
        },
    }
)


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """All that these roles together allow."""
    return frozenset().union(*(RIGHTS[role] for role in roles))
