"""What a relay was asked to be; what was approved of it stands in its rendition."""

from sqlmodel import Field, SQLModel


class RelaySlot(SQLModel, table=True):
    """The source of a relay, its greatest length, and what fills in after a silence."""

    __tablename__ = "relay_slot"

    relay_id: str = Field(foreign_key="bulletin.id", primary_key=True)
    source_id: str = Field(foreign_key="relay_source.id")
    duration_ms: int
    stall_timeout_ms: int
    fallback_id: str | None = Field(default=None, foreign_key="bulletin.id")
