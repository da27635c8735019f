"""The channel as JSON Feed 1.1 (jsonfeed.org), and a playlist's parts as podcast chapters 1.2."""

from collections.abc import Sequence
from typing import Any

from broadcaster.publishing.channel import Channel
from broadcaster.publishing.items import Item
from broadcaster.publishing.podcast import summary


def json_feed(channel: Channel, items: Sequence[Item]) -> dict[str, Any]:
    """The feed as it is sent."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.description,
        "home_page_url": channel.page,
        "feed_url": channel.json_feed,
        "language": "vi",
        "authors": [{"name": channel.station}],
        "items": [_item(channel, each) for each in items],
    }


def chapters(channel: Channel, item: Item) -> dict[str, Any]:
    """Where each part begins (s)."""
    return {
        "version": "1.2.0",
        "title": channel.marked(item.title),
        "chapters": [
            {"startTime": each.at_ms / 1_000, "title": each.title} for each in item.chapters
        ],
    }


def _item(channel: Channel, item: Item) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": f"{channel.station_id}/{item.bulletin_id}",
        "url": channel.item(item.bulletin_id),
        "title": channel.marked(item.title),
        "content_text": item.words,
        "summary": summary(item),
        "date_published": item.first_at.isoformat(),
        "date_modified": item.last_at.isoformat(),
        "language": "vi",
        "authors": [{"name": item.contributor or channel.station}],
        "attachments": [
            {
                "url": channel.audio(item.audio_sha256),
                "mime_type": "audio/mpeg",
                "size_in_bytes": item.audio_size_bytes,
                "duration_in_seconds": round(item.duration_ms / 1_000),
            }
        ],
    }
    if item.topic:
        told["tags"] = [item.topic]
    return told
