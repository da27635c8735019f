"""Which of the other station's rows come along, in which order, and what becomes of each. Pure.

What comes along is history: nothing of it sounds, lets anybody in, or gives anybody a right that
a person of this station did not give. What stays behind is named with its reason (`LEFT`).
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import broadcaster.bulletins.tables
import broadcaster.campaigns.tables
import broadcaster.emergency.tables
import broadcaster.feedback.tables
import broadcaster.hearing.tables
import broadcaster.inspection.known_tables
import broadcaster.playlists.tables
import broadcaster.publishing.tables
import broadcaster.relays.tables
import broadcaster.schedule.tables
import broadcaster.sources.tables  # noqa: F401 - tables are reached by name
from broadcaster.accounts.people import NO_PASSWORD
from broadcaster.accounts.roles import Role

Row = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Way:
    """How rows come along: whose they become, when, under which codes and names.

    `devices` and `people` map ids there to ids here where they differ; the people in `here` are
    persons whom this station knows already. `names` maps (table, id) to a new name. `broadcasts`
    are those that began there, and `beside` what is here already of what has no id of its own.
    """

    station_id: str
    now: datetime
    as_of: datetime
    last_cluster: int
    devices: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    programs: frozenset[str] = frozenset()
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    with_phone: frozenset[str] = frozenset()
    sounds: frozenset[str] = frozenset()
    broadcasts: frozenset[str] = frozenset()


def _as_it_is(row: Row, _way: Way) -> Row | None:
    return row


def _cluster(row: Row, way: Way) -> Row | None:
    return {**row, "position": way.last_cluster + 1 + row["position"]}


def _account(row: Row, way: Way) -> Row | None:
    """A person without a password, until an admin of this station makes them a link."""
    if row["id"] in way.people.values():
        return None
    is_person = row["id"] not in way.programs
    return {**row, "password_hash": NO_PASSWORD, "active": row["active"] and is_person}


def _phone(row: Row, way: Way) -> Row | None:
    return None if row["account_id"] in way.with_phone else row


def _grant(row: Row, _way: Way) -> Row | None:
    """A village keeps its head; every other role is this station's admin's to give."""
    return row if row["role"] == Role.VILLAGE_HEAD else None


def _device(row: Row, _way: Way) -> Row | None:
    """In service, so that its silence is seen; no login opens with it."""
    secret = {"broker_salt": secrets.token_hex(16), "broker_verifier": secrets.token_hex(64)}
    return {**row, **secret}


def _retired(row: Row, way: Way) -> Row | None:
    return {**row, "retired_at": row["retired_at"] or way.now}


def _bulletin(row: Row, _way: Way) -> Row | None:
    """What was approved there has to be approved here before it may go on air again."""
    return {**row, "submitted_at": None}


def _schedule(row: Row, way: Way) -> Row | None:
    """A plan that was still to play is withdrawn."""
    if row["closed_at"] is None and row["cancelled_at"] is None:
        return {**row, "cancelled_at": way.now}
    return row


def _broadcast(row: Row, way: Way) -> Row | None:
    return row if row["starts_at"] <= way.as_of else None


def _order(row: Row, way: Way) -> Row | None:
    return row if row["broadcast_id"] in way.broadcasts else None


def _revoked(row: Row, way: Way) -> Row | None:
    return {**row, "revoked_at": row["revoked_at"] or way.now}


def _sound(row: Row, way: Way) -> Row | None:
    return None if row["script_sha256"] in way.sounds else row


def _frozen(row: Row, _way: Way) -> Row | None:
    return row if row["frozen"] else None


def _of_a_device(row: Row, _way: Way) -> Row | None:
    return row if row["device_id"] is not None else None


def _alert(row: Row, _way: Way) -> Row | None:
    """It gets a number of ours here; the next look at the deadlines writes it into our trail."""
    return {**row, "frozen": False} if row["device_id"] is not None else None


CARRIED: Mapping[str, Callable[[Row, Way], Row | None]] = MappingProxyType(
    {
        "cluster": _cluster,
        "village": _as_it_is,
        "village_population": _as_it_is,
        "village_merger": _as_it_is,
        "village_language": _as_it_is,
        "village_place": _as_it_is,
        "account": _account,
        "head_phone": _phone,
        "role_grant": _grant,
        "device": _device,
        "device_share": _as_it_is,
        "device_succession": _as_it_is,
        "relay_source": _retired,
        "bulletin": _bulletin,
        "bulletin_edit": _as_it_is,
        "bulletin_template": _as_it_is,
        "bulletin_recording": _as_it_is,
        "rendition": _as_it_is,
        "withheld_bulletin": _as_it_is,
        "playlist_item": _as_it_is,
        "relay_slot": _as_it_is,
        "schedule": _schedule,
        "schedule_cluster": _as_it_is,
        "schedule_exception": _as_it_is,
        "broadcast": _broadcast,
        "broadcast_order": _order,
        "emergency_authorisation": _revoked,
        "emergency_sound": _sound,
        "emergency": _as_it_is,
        "emergency_part": _as_it_is,
        "emergency_order": _as_it_is,
        "emergency_event": _as_it_is,
        "live_permit": _revoked,
        "live_talk": _as_it_is,
        "live_order": _as_it_is,
        "confirmation_batch": _as_it_is,
        "confirmation": _as_it_is,
        "journal": _as_it_is,
        "journal_head": _as_it_is,
        "play": _frozen,
        "play_share": _frozen,
        "incident": _of_a_device,
        "alert": _alert,
        "hearing": _as_it_is,
        "hearing_note": _as_it_is,
        "hearing_photo": _as_it_is,
        "feedback_poster": _retired,
        "feedback": _as_it_is,
        "feedback_answer": _as_it_is,
        "campaign": _retired,
        "campaign_topic": _as_it_is,
        "campaign_quota": _as_it_is,
        "campaign_unit": _as_it_is,
        "campaign_day": _as_it_is,
        "campaign_goal": _as_it_is,
    }
)
"""The tables that come along, each after those that it names, and what becomes of a row: or None
where it stays behind."""

_OPENS = "opens something: nobody and nothing of there gets in here by it"
_OTHERS = "an agreement with another system, to be made anew by this station"
_TRAIL = "that station's own trail and roots: kept whole as its evidence, beside the database"
_DECIDED = "a decision of that station; this one has its own"
_MADE = "made again from what came along"
_SIGNED = "signed by that station's key for its own poles"
_UNDONE = "not finished there: to be begun anew here"

LEFT: Mapping[str, str] = MappingProxyType(
    {
        "station": "its name, root key and day stand in joined_station",
        "joined_station": "a station that was joined by others is not joined on (JoinedOthers)",
        "joined_device": "the same",
        "audit_entry": _TRAIL,
        "audit_private": _TRAIL,
        "daily_root": _TRAIL,
        "daily_leaf": _TRAIL,
        "approval": "who approved there stands in its evidence; to go on air here needs one here",
        "bulletin_comment": "what editors there said to each other about an approval",
        "bulletin_draft": _UNDONE,
        "enrolment_code": _OPENS,
        "expected_device": _UNDONE,
        "api_token": _OPENS,
        "api_token_station": _OPENS,
        "foreign_login": _OPENS,
        "one_time_code": _OPENS,
        "password_link": _OPENS,
        "second_factor": _OPENS,
        "sign_in_session": _OPENS,
        "sign_in_failure": _OPENS,
        "alert_feed": _OTHERS,
        "alert_document": _OTHERS,
        "alert_rule": _DECIDED,
        "alert_place_code": _OTHERS,
        "received_alert": _OTHERS,
        "exchange_link": _OTHERS,
        "exchange_message": _OTHERS,
        "exchanged_play": _OTHERS,
        "received_bulletin": _OTHERS,
        "material_feed": _OTHERS,
        "material_item": _OTHERS,
        "outlet_account": _OTHERS,
        "share_post": _OTHERS,
        "public_channel": _DECIDED,
        "webhook": _OTHERS,
        "webhook_event": _OTHERS,
        "webhook_delivery": _OTHERS,
        "webhook_device": _OTHERS,
        "watched_trouble": "what was wrong there and whom it was told; none of it is wrong here",
        "lexicon_entry": "how words are read there; this station's own words hold",
        "prepared_joining": _UNDONE,
        "joining_decision": _UNDONE,
        "relay_host": _DECIDED,
        "station_rules": _DECIDED,
        "station_voice": _DECIDED,
        "stored_warning": _DECIDED,
        "set_up_put_away": _DECIDED,
        "schedule_lead": _MADE,
        "refused_order": _MADE,
        "making_way": _UNDONE,
        "signed_now": _SIGNED,
        "signed_plan": _SIGNED,
        "signed_config": _SIGNED,
        "device_status": "what a pole last said to that station: it says so again to this one",
        "device_health": "the same",
        "device_self_test": "the same",
        "device_setting": "volumes of a pole; a person sets them at the one that takes its place",
        "coverage_mark": _MADE,
        "village_coverage": _MADE,
        "period_coverage": _MADE,
        "period_share": _MADE,
        "period_reach": _MADE,
    }
)
"""The tables that stay behind, each with the reason."""
