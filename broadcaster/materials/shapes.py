"""Sources of material as the API gives them; instants in Unix milliseconds."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from broadcaster.database.columns import to_ms
from broadcaster.materials.tables import MaterialFeed, MaterialItem


class MaterialItemOut(BaseModel):
    """One item that has a sound."""

    id: str
    title: str
    summary: str
    published_at_ms: int | None
    licence: str = Field(description="The item's own words, else those of its source.")
    link: str
    bulletin_id: str | None = Field(description="What was made of it; null where nothing was.")

    @classmethod
    def of(cls, item: MaterialItem, feed: MaterialFeed) -> "MaterialItemOut":
        """The JSON of an item."""
        return cls(
            id=item.id,
            title=item.title,
            summary=item.summary,
            published_at_ms=to_ms(item.published_at) if item.published_at else None,
            licence=item.licence or feed.licence,
            link=item.link,
            bulletin_id=item.bulletin_id,
        )


class MaterialFeedOut(BaseModel):
    """One source, and what it had when it was asked last."""

    id: str
    name: str
    url: str
    sound_host: str
    licence: str
    asked_at_ms: int | None
    trouble: str
    items: list[MaterialItemOut]

    @classmethod
    def of(cls, feed: MaterialFeed, items: Sequence[MaterialItem]) -> "MaterialFeedOut":
        """The JSON of a source."""
        return cls(
            id=feed.id,
            name=feed.name,
            url=feed.url,
            sound_host=feed.sound_host,
            licence=feed.licence,
            asked_at_ms=to_ms(feed.asked_at) if feed.asked_at else None,
            trouble=feed.trouble,
            items=[MaterialItemOut.of(each, feed) for each in items],
        )


class Materials(BaseModel):
    """All sources in use."""

    feeds: list[MaterialFeedOut]


class MadeOf(BaseModel):
    """The bulletin that was made; it waits for its approval."""

    bulletin_id: str
