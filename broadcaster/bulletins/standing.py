"""Where bulletins stand: read from the tables, never stored, never changed here.

The one answer to *may this go on air* is `approved_rendition`.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from broadcaster.accounts.api_tokens import makers_of
from broadcaster.bulletins.errors import UnknownBulletin
from broadcaster.bulletins.folding import folded, terms_of
from broadcaster.bulletins.states import BulletinState, state_from
from broadcaster.bulletins.tables import (
    Approval,
    Bulletin,
    BulletinEdit,
    BulletinKind,
    BulletinRecording,
    Rendition,
)
from broadcaster.bulletins.texts import sha256_of
from broadcaster.sources.holding import source_holds

_ID = re.compile(r"[a-z0-9-]{1,64}")


def is_id(given: str) -> bool:
    """Whether this could name anything; what could not never reaches the database."""
    return _ID.fullmatch(given) is not None


def find_bulletin(session: Session, bulletin_id: str, *, station_id: str) -> Bulletin:
    """A bulletin of this station; raise UnknownBulletin."""
    found = session.get(Bulletin, bulletin_id) if is_id(bulletin_id) else None
    if found is None or found.station_id != station_id:
        raise UnknownBulletin
    return found


def held_bulletin(session: Session, bulletin_id: str) -> Bulletin:
    """A bulletin that nobody else changes until this transaction ends; raise UnknownBulletin."""
    if not is_id(bulletin_id):
        raise UnknownBulletin
    bulletin = session.get(Bulletin, bulletin_id, with_for_update=True)
    if bulletin is None:
        raise UnknownBulletin
    return bulletin


def approved_rendition(session: Session, bulletin_id: str) -> Rendition | None:
    """The words and sound that may go on air now; None unless another person approved them.

    A playlist may only while each bulletin in it still is what was approved, and a relay only while
    its source is.
    """
    bulletin = session.get(Bulletin, bulletin_id)
    rendition = current_rendition(session, bulletin) if bulletin else None
    if bulletin is None or rendition is None:
        return None
    decision = newest_decision(session, bulletin)
    holds = (
        decision is not None
        and decision.approved
        and (decision.rendition_id, decision.spoken_sha256, decision.audio_sha256)
        == identity(rendition)
        and rendition.script_sha256 == sha256_of(bulletin.script)
        and decision.approver_id not in authors_of(session, bulletin)
        # Only a playlist has parts, and none of them is one: nothing can hold itself.
        and (bulletin.kind == BulletinKind.PLAYLIST or not rendition.parts)
        and all(part_holds(session, part) for part in rendition.parts)
        and (bulletin.kind == BulletinKind.RELAY) == (rendition.relay is not None)
        and relay_holds(session, rendition)
    )
    return rendition if holds else None


def relay_holds(session: Session, rendition: Rendition) -> bool:
    """Whether its programme may still be relayed as it says, and what fills in is still approved.

    So does everything that is no relay.
    """
    relay = rendition.relay
    if relay is None:
        return True
    fallback = relay["fallback"]
    return source_holds(session, relay) and (fallback is None or part_holds(session, fallback))


def part_holds(session: Session, part: Mapping[str, Any]) -> bool:
    """Whether a part of a playlist is no bulletin, or a bulletin that is approved as it is here."""
    bulletin = session.get(Bulletin, part.get("bulletin_id") or "")
    if bulletin is None:
        return not part.get("bulletin_id")
    if bulletin.kind != BulletinKind.ITEM:
        return False
    rendition = approved_rendition(session, bulletin.id)
    return rendition is not None and rendition.id == part["rendition_id"]


def current_rendition(session: Session, bulletin: Bulletin) -> Rendition | None:
    """The words and sound made from the script as it stands."""
    return session.get(Rendition, bulletin.rendition_id) if bulletin.rendition_id else None


def state_of(session: Session, bulletin: Bulletin) -> BulletinState:
    """Where a bulletin stands."""
    return states_of(session, [bulletin])[bulletin.id]


def states_of(session: Session, bulletins: Collection[Bulletin]) -> Mapping[str, BulletinState]:
    """Where bulletins stand, by id, in one query."""
    present = [each.rendition_id for each in bulletins if each.rendition_id]
    decided = session.exec(
        select(Approval.rendition_id, Approval.approved)
        .where(col(Approval.rendition_id).in_(present))
        .order_by(col(Approval.decided_at))
    ).all()
    newest = dict(decided)
    return {
        each.id: state_from(
            rendered=each.rendition_id is not None,
            submitted=each.submitted_at is not None,
            newest_decision_approves=newest.get(each.rendition_id or ""),
        )
        for each in bulletins
    }


def authors_of(session: Session, bulletin: Bulletin) -> frozenset[str]:
    """Everybody who ever wrote in this bulletin, or recorded it; themselves or by a program."""
    editors = session.exec(
        select(BulletinEdit.account_id).where(BulletinEdit.bulletin_id == bulletin.id)
    ).all()
    recorded_by = session.exec(
        select(BulletinRecording.recorded_by).where(BulletinRecording.bulletin_id == bulletin.id)
    ).all()
    wrote = frozenset(editors) | {bulletin.author_id}
    return wrote | frozenset(recorded_by) | makers_of(session, wrote)


def newest_bulletins(
    session: Session,
    *,
    station_id: str,
    limit: int,
    submitted: bool = False,
    kind: BulletinKind | None = None,
    query: str = "",
) -> Sequence[Bulletin]:
    """A station's bulletins without their scripts, last edited first; or those once submitted.

    A query is words that all stand in one, with diacritics or without; titles that say them all
    come first.
    """
    wanted = select(Bulletin).where(Bulletin.station_id == station_id)
    if kind is not None:
        wanted = wanted.where(Bulletin.kind == kind)
    if submitted:
        wanted = wanted.where(col(Bulletin.submitted_at).is_not(None))
    terms = terms_of(query)
    for term in terms:  # letters and digits only: nothing that LIKE would read otherwise
        wanted = wanted.where(col(Bulletin.search_text).like(f"%{term}%"))
    found = session.exec(
        wanted.options(
            defer(Bulletin.script, raiseload=True),  # type: ignore[arg-type]
            defer(Bulletin.search_text, raiseload=True),  # type: ignore[arg-type]
        )
        .order_by(col(Bulletin.edited_at).desc(), col(Bulletin.id))
        .limit(limit)
    ).all()
    if not terms:
        return found
    return sorted(found, key=lambda each: not all(term in folded(each.title) for term in terms))


def decisions_on(session: Session, bulletin: Bulletin) -> Sequence[Approval]:
    """All that was ever decided on a bulletin, newest first."""
    return session.exec(
        select(Approval)
        .where(Approval.bulletin_id == bulletin.id)
        .order_by(col(Approval.decided_at).desc())
    ).all()


def newest_decision(session: Session, bulletin: Bulletin) -> Approval | None:
    """On the present rendition; what was decided on others does not count any more."""
    return session.exec(
        select(Approval)
        .where(Approval.bulletin_id == bulletin.id, Approval.rendition_id == bulletin.rendition_id)
        .order_by(col(Approval.decided_at).desc())
        .limit(1)
    ).first()


def rendition_sha256(rendition: Rendition) -> str:
    """The hash of all that an order takes from a rendition: what exactly an approval is of.

    The columns are named and never change: entries of the trail hold their hashes.
    """
    told = {
        "id": rendition.id,
        "spoken": sha256_of(rendition.spoken),
        "audio": [rendition.audio_sha256, rendition.audio_size_bytes, rendition.duration_ms],
        "cue_points": rendition.cue_points,
        "replay": rendition.replay,
        "recordings": rendition.recordings,
        "parts": rendition.parts,
        "relay": rendition.relay,
    }
    return sha256_of(json.dumps(told, sort_keys=True, ensure_ascii=False))


def identity(rendition: Rendition) -> tuple[str, str, str]:
    """What a decision names: the rendition, its words and its sound, by hash."""
    return rendition.id, sha256_of(rendition.spoken), rendition.audio_sha256
