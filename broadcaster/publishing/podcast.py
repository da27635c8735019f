"""The channel as a podcast: RSS 2.0 with what directories and players ask for.

Sources: RSS 2.0 (rssboard.org), Apple's podcast tags, the podcast namespace's chapters and guid,
RSS content module. Written with the standard library, which escapes what it is given.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from xml.etree.ElementTree import (
    Element,
    SubElement,
    register_namespace,
    tostring,
)

from broadcaster.publishing.channel import Channel
from broadcaster.publishing.items import Item

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
_NAMESPACES = {"itunes": ITUNES, "podcast": PODCAST, "atom": ATOM, "content": CONTENT}
# The podcast namespace's own: a feed's guid is made of its address without the scheme.
_FEEDS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
SUMMARY_CHARACTERS = 300


def podcast(channel: Channel, items: Sequence[Item], *, now: datetime) -> bytes:
    """The feed, UTF-8."""
    for prefix, address in _NAMESPACES.items():
        register_namespace(prefix, address)
    rss = Element("rss", version="2.0")
    feed = SubElement(rss, "channel")
    _say(feed, "title", channel.title)
    _say(feed, "link", channel.page)
    _say(feed, "description", channel.description)
    _say(feed, "language", "vi")
    _say(feed, "generator", "Loa")
    _say(feed, "lastBuildDate", format_datetime(items[0].last_at if items else now))
    _say(feed, "ttl", "5")
    SubElement(
        feed,
        f"{{{ATOM}}}link",
        href=channel.podcast,
        rel="self",
        type="application/rss+xml",
    )
    _say(feed, f"{{{ITUNES}}}author", channel.station)
    _say(feed, f"{{{ITUNES}}}explicit", "false")
    _say(feed, f"{{{ITUNES}}}type", "episodic")
    SubElement(feed, f"{{{ITUNES}}}category", text="Government")
    address = channel.podcast.split("://", 1)[1].rstrip("/")
    _say(feed, f"{{{PODCAST}}}guid", str(uuid.uuid5(_FEEDS, address)))
    for item in items:
        _add(feed, channel, item)
    return bytes(tostring(rss, encoding="utf-8", xml_declaration=True))


def _add(feed: Element, channel: Channel, item: Item) -> None:
    entry = SubElement(feed, "item")
    _say(entry, "title", channel.marked(item.title))
    _say(entry, "link", channel.item(item.bulletin_id))
    guid = SubElement(entry, "guid", isPermaLink="false")
    guid.text = f"{channel.station_id}/{item.bulletin_id}"
    _say(entry, "pubDate", format_datetime(item.first_at))
    _say(entry, "description", summary(item))
    _say(entry, f"{{{CONTENT}}}encoded", as_html(item.words))
    if item.topic:
        _say(entry, "category", item.topic)
    SubElement(
        entry,
        "enclosure",
        url=channel.audio(item.audio_sha256),
        length=str(item.audio_size_bytes),
        type="audio/mpeg",
    )
    _say(entry, f"{{{ITUNES}}}duration", str(round(item.duration_ms / 1_000)))
    _say(entry, f"{{{ITUNES}}}author", item.contributor or channel.station)
    if item.chapters:
        SubElement(
            entry,
            f"{{{PODCAST}}}chapters",
            url=channel.chapters(item.bulletin_id),
            type="application/json+chapters",
        )


def summary(item: Item) -> str:
    """The beginning of the words, cut between two of them."""
    words = " ".join(item.words.split())
    if len(words) <= SUMMARY_CHARACTERS:
        return words
    return words[:SUMMARY_CHARACTERS].rsplit(" ", 1)[0] + "…"


def as_html(words: str) -> str:
    """Plain words as paragraphs."""
    return "".join(f"<p>{escape(line)}</p>" for line in words.splitlines() if line.strip())


def _say(parent: Element, tag: str, words: str) -> None:
    SubElement(parent, tag).text = _as_xml(words)


def _as_xml(words: str) -> str:
    """Without the signs that XML 1.0 has no way to write."""
    return "".join(
        sign
        for sign in words
        if sign in "\t\n\r"
        or "\x20" <= sign <= "\ud7ff"
        or "\ue000" <= sign <= "\ufffd"
        or sign >= "\U00010000"
    )
