"""The exchange as the API gives it; instants in Unix milliseconds."""

from pydantic import BaseModel, ConfigDict, Field

from broadcaster.database.columns import to_ms
from broadcaster.emergency.errors import NOTE_LIMIT_CHARACTERS
from broadcaster.exchange.outbox import Outgoing, Waiting
from broadcaster.exchange.relaying import TakenUp
from broadcaster.exchange.shown import ExchangeShown, ReceivedLine
from broadcaster.exchange.standing import Standing


class ReceivedDismissal(BaseModel):
    """Why nothing more is done here."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="", json_schema_extra={"maxLength": NOTE_LIMIT_CHARACTERS})


class WaitingOut(BaseModel):
    """How much of a kind waits to go up."""

    kind: Outgoing
    waiting: int
    waiting_since_ms: int | None
    refused: int

    @classmethod
    def of(cls, waiting: Waiting) -> "WaitingOut":
        """The JSON of a kind."""
        return cls(
            kind=waiting.kind,
            waiting=waiting.waiting,
            waiting_since_ms=to_ms(waiting.since) if waiting.since else None,
            refused=waiting.refused,
        )


class ReceivedOut(BaseModel):
    """One version of a bulletin of the province."""

    id: str
    remote_id: str
    version: int
    title: str
    priority: int = Field(description="1 khẩn cấp, 2 ưu tiên, 3 thông thường.")
    withdraws: bool
    received_at_ms: int
    standing: Standing
    reason: str = Field(description="Why it cannot be used here; empty where it can.")
    bulletin_id: str | None

    @classmethod
    def of(cls, line: ReceivedLine) -> "ReceivedOut":
        """The JSON of a version."""
        row = line.row
        return cls(
            id=row.id,
            remote_id=row.remote_id,
            version=row.version,
            title=row.title,
            priority=row.priority,
            withdraws=row.withdraws,
            received_at_ms=to_ms(row.received_at),
            standing=line.standing,
            reason=row.reason,
            bulletin_id=row.bulletin_id,
        )


class ExchangeOut(BaseModel):
    """The link and both ways; the secret is never told."""

    linked: bool
    on: bool
    trouble: str
    trouble_since_ms: int | None
    answered_at_ms: int | None
    outgoing: list[WaitingOut]
    received: list[ReceivedOut]

    @classmethod
    def of(cls, shown: ExchangeShown) -> "ExchangeOut":
        """The JSON of the exchange."""
        link = shown.link
        since = link.trouble_since if link else None
        answered = link.answered_at if link else None
        return cls(
            linked=link is not None,
            on=link is not None and link.is_on,
            trouble=link.trouble if link else "",
            trouble_since_ms=to_ms(since) if since else None,
            answered_at_ms=to_ms(answered) if answered else None,
            outgoing=[WaitingOut.of(each) for each in shown.outgoing],
            received=[ReceivedOut.of(each) for each in shown.lines],
        )


class TakenOut(BaseModel):
    """The bulletin or relay that was made or changed; it waits for its approval."""

    bulletin_id: str
    is_relay: bool
    not_queued: str = Field(
        description="Code of why a relay has no hour yet though the province wished one."
    )

    @classmethod
    def of(cls, taken: TakenUp) -> "TakenOut":
        """The JSON of what was made."""
        return cls(
            bulletin_id=taken.bulletin_id,
            is_relay=taken.is_relay,
            not_queued=taken.not_queued.code if taken.not_queued else "",
        )
