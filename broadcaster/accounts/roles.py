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
    INSPECTOR = "inspector"


class Right(StrEnum):
    """One thing that a route may ask of whoever calls it."""

    USE_OWN_ACCOUNT = "use_own_account"
    SEE_OWN_VILLAGE = "see_own_village"
    REPORT_HEARING = "report_hearing"
    ERASE_HEARING_WORDS = "erase_hearing_words"
    SEE_STATION = "see_station"
    WRITE_BULLETINS = "write_bulletins"
    APPROVE_BULLETINS = "approve_bulletins"
    COMMENT_ON_BULLETINS = "comment_on_bulletins"
    EDIT_LEXICON = "edit_lexicon"
    CHOOSE_VOICE = "choose_voice"
    DESCRIBE_VILLAGES = "describe_villages"
    SCHEDULE_BROADCASTS = "schedule_broadcasts"
    DECIDE_AIR_RULES = "decide_air_rules"
    SPEAK_LIVE = "speak_live"
    SEE_DEVICES = "see_devices"
    RAISE_EMERGENCIES = "raise_emergencies"
    OVERSEE_EMERGENCIES = "oversee_emergencies"
    ANSWER_FEEDBACK = "answer_feedback"
    PLAN_CAMPAIGNS = "plan_campaigns"
    SEE_AUDIT = "see_audit"
    INSPECT = "inspect"
    """Read what otherwise only they see who act on it (`guard.require_to_read`)."""
    TRY_SOURCES = "try_sources"
    ADMINISTER = "administer"


_EVERYBODY = frozenset({Right.USE_OWN_ACCOUNT, Right.SEE_OWN_VILLAGE})

RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.OPERATOR: _EVERYBODY
        | {
            Right.SEE_STATION,
            Right.WRITE_BULLETINS,
            Right.COMMENT_ON_BULLETINS,
            Right.EDIT_LEXICON,
            Right.CHOOSE_VOICE,
            Right.DESCRIBE_VILLAGES,
            Right.SCHEDULE_BROADCASTS,
            Right.SPEAK_LIVE,
            Right.TRY_SOURCES,
            Right.SEE_DEVICES,
            Right.RAISE_EMERGENCIES,
            Right.ANSWER_FEEDBACK,
            Right.PLAN_CAMPAIGNS,
        },
        Role.LEADER: _EVERYBODY
        | {
            Right.SEE_STATION,
            Right.APPROVE_BULLETINS,
            Right.COMMENT_ON_BULLETINS,
            Right.EDIT_LEXICON,
            Right.SCHEDULE_BROADCASTS,
            Right.DECIDE_AIR_RULES,
            Right.SPEAK_LIVE,
            Right.TRY_SOURCES,
            Right.SEE_DEVICES,
            # Beside the role each person needs a leader's authorisation by name.
            Right.RAISE_EMERGENCIES,
            Right.OVERSEE_EMERGENCIES,
            Right.SEE_AUDIT,
            Right.ANSWER_FEEDBACK,
            Right.PLAN_CAMPAIGNS,
        },
        Role.VILLAGE_HEAD: _EVERYBODY | {Right.REPORT_HEARING, Right.ERASE_HEARING_WORDS},
        Role.ADMIN: _EVERYBODY
        | {
            Right.SEE_STATION,
            Right.EDIT_LEXICON,
            Right.CHOOSE_VOICE,
            Right.DESCRIBE_VILLAGES,
            Right.SEE_DEVICES,
            Right.SEE_AUDIT,
            Right.TRY_SOURCES,
            Right.ERASE_HEARING_WORDS,
            Right.PLAN_CAMPAIGNS,
            Right.ADMINISTER,
        },
        # Reads all and changes nothing: no right in this line may open an act.
        Role.INSPECTOR: _EVERYBODY
        | {Right.SEE_STATION, Right.SEE_DEVICES, Right.SEE_AUDIT, Right.INSPECT},
    }
)


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """All that these roles together allow."""
    return frozenset().union(*(RIGHTS[role] for role in roles))
