"""Evidence as JSON: one signed statement, whether it holds now, and what was refused."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.errors import NotFound
from broadcaster.ledger.evidence import Evidence, Statement, device_evidence
from broadcaster.ledger.incident_queries import newest_incidents
from broadcaster.ledger.storage import Reason, storage_away
from broadcaster.ledger.wording import words_of_incident, words_of_storage
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["ledger"])

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]
Seq = Annotated[int, Path(ge=1, le=2**53 - 1)]


class StatementOut(BaseModel):
    """One entry of a device's journal, byte for byte."""

    seq: int
    kind: str
    entry: str = Field(description="The exact bytes that the chain hashes.")
    entry_sha256: str
    prev_sha256: str
    received_at_ms: int


class EvidenceOut(BaseModel):
    """A confirmation with the signed batch that brought it and its neighbours."""

    device_id: str
    device_name: str
    epoch: str
    statement: StatementOut
    order_id: str | None
    repeat: int
    broadcast_id: str | None
    before: StatementOut | None
    after: StatementOut | None
    batch: str = Field(description="JWS compact (RFC 7515), EdDSA over Ed25519.")
    batch_sha256: str
    public_key: str = Field(description="Ed25519, hexadecimal.")
    key_id: str
    signature_holds: bool = Field(description="Verified for this answer, with the key above.")
    chain_holds: bool = Field(description="Hash and links agree with the neighbours held.")


@api.get("/evidence/{device_id}/{epoch}/{seq}", responses=problems(401, 403, 404, 422))
def evidence(*, station: Here, viewer: Anyone, device_id: Id, epoch: Id, seq: Seq) -> EvidenceOut:
    """One signed statement of one device, examined for this answer."""
    with station.database.reading() as session:
        found = device_evidence(session, device_id, epoch, seq, villages=viewer.villages_in_view())
    if found is None:
        raise NotFound
    return _out(found)


class IncidentOut(BaseModel):
    """What was refused, or contradicts what is held; kept, and counted nowhere."""

    id: int
    at_ms: int
    code: str = Field(description="Stable; for programs.")
    message: str = Field(description="For people, in Vietnamese.")
    detail: str
    device_id: str | None = Field(description="Whom it named: anybody may name anybody.")
    device_name: str | None = Field(description="Null where nobody of that id is enrolled.")
    evidence_sha256: str


class Incidents(BaseModel):
    """The newest first."""

    incidents: list[IncidentOut]


@api.get("/incidents", responses=problems(401, 403, 422))
def incidents(
    station: Here,
    _viewer: Annotated[Viewer, Depends(require(Right.SEE_DEVICES))],
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> Incidents:
    """What was refused or contradicts, and whom it named."""
    with station.database.reading() as session:
        found = newest_incidents(
            session,
            station_id=station.station_id,
            with_strangers=not station.is_elsewhere,
            limit=limit,
            before=before,
        )
    return Incidents(
        incidents=[
            IncidentOut(
                id=each.id,
                at_ms=to_ms(each.at),
                code=each.code,
                message=words_of_incident(each.code),
                detail=each.detail,
                device_id=each.device_id,
                device_name=each.device_name,
                evidence_sha256=each.evidence_sha256,
            )
            for each in found
        ]
    )


class StorageOut(BaseModel):
    """Whether what devices say can be stored. While it cannot, they keep it and say it again."""

    away_since_ms: int | None = Field(description="Null while everything is stored.")
    reason: Reason | None = Field(description="Stable; for programs.")
    message: str | None = Field(description="For people, in Vietnamese, with what to do.")


@api.get("/ledger/storage", responses=problems(401, 403))
def storage(station: Here, _viewer: Anyone) -> StorageOut:
    """What the ingests of this machine tell while the database takes nothing."""
    away = storage_away(station.settings.state_dir, now=station.now())
    if away is None:
        return StorageOut(away_since_ms=None, reason=None, message=None)
    return StorageOut(
        away_since_ms=to_ms(away.since),
        reason=away.reason,
        message=words_of_storage(away.reason),
    )


def _out(found: Evidence) -> EvidenceOut:
    return EvidenceOut(
        device_id=found.device_id,
        device_name=found.device_name,
        epoch=found.epoch,
        statement=_statement(found.statement),
        order_id=found.order_id,
        repeat=found.repeat,
        broadcast_id=found.broadcast_id,
        before=_statement(found.before) if found.before is not None else None,
        after=_statement(found.after) if found.after is not None else None,
        batch=found.batch,
        batch_sha256=found.batch_sha256,
        public_key=found.public_key,
        key_id=found.key_id,
        signature_holds=found.signature_holds,
        chain_holds=found.chain_holds,
    )


def _statement(held: Statement) -> StatementOut:
    return StatementOut(
        seq=held.seq,
        kind=held.kind,
        entry=held.entry,
        entry_sha256=held.entry_sha256,
        prev_sha256=held.prev_sha256,
        received_at_ms=to_ms(held.received_at),
    )
