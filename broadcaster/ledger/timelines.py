"""A broadcast as each device told it: every statement of a play in its order, with its instants."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import and_, select
from sqlmodel import Session

from broadcaster.database.columns import from_ms
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.plays import PlayKey
from broadcaster.ledger.queries import Villages, play_in_view
from broadcaster.ledger.tables import CONFIRMATIONS, PLAYS
from devices.protocol.messages import Confirmation

_READ = msgspec.json.Decoder(Confirmation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One statement on a play: what it says, when the device says that it was, and its evidence.

    `at` is the first sample's instant where the statement has one, else the device's clock when it
    spoke; `received_at` is the ledger's own clock.
    """

    kind: str
    code: str | None
    item: int | None
    cue: int | None
    at: datetime
    received_at: datetime
    epoch: str
    seq: int


def timelines(
    session: Session, broadcast_id: str, *, villages: Villages
) -> dict[PlayKey, tuple[Milestone, ...]]:
    """The statements on every play in view of a broadcast, in one query."""
    c = CONFIRMATIONS.c
    rows = connection_of(session).execute(
        select(
            PLAYS.c.order_id, PLAYS.c.repeat, PLAYS.c.device_id, c.epoch, c.seq, c.entry,
            c.received_at,
        )
        .join(
            CONFIRMATIONS,
            and_(
                c.order_id == PLAYS.c.order_id,
                c.repeat == PLAYS.c.repeat,
                c.device_id == PLAYS.c.device_id,
                c.quarantined.is_(False),
            ),
        )
        .where(PLAYS.c.broadcast_id == broadcast_id, play_in_view(villages))
        .order_by(PLAYS.c.device_id, c.epoch, c.seq)
    )  # fmt: skip
    found: dict[PlayKey, list[Milestone]] = defaultdict(list)
    for order_id, repeat, device_id, epoch, seq, entry, received_at in rows:
        said = _READ.decode(entry)
        at_us = said.first_sample_at_us
        found[order_id, repeat, device_id].append(
            Milestone(
                kind=said.kind.value,
                code=said.code,
                item=said.item,
                cue=said.cue,
                at=from_ms(said.at_ms if at_us is None else at_us // 1_000),
                received_at=received_at,
                epoch=epoch,
                seq=seq,
            )
        )
    return {key: tuple(told) for key, told in found.items()}
