"""What a podcast's feed holds: the items that have a sound, in RSS 2.0 or Atom. Pure.

XML is read as alerts' is: no document type, so no entities, no network, no more than 1 MB.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from urllib.parse import urljoin, urlsplit

from broadcaster.alerts.errors import AlertTooLarge, AlertUnreadable
from broadcaster.alerts.safe_xml import Element, local_name, namespace, read_xml
from broadcaster.bulletins.texts import one_line
from broadcaster.errors import BadInput
from broadcaster.materials.errors import MaterialUnreadable

ATOM = "http://www.w3.org/2005/Atom"
MOST_ITEMS = 100
LONGEST_URL = 1_000
LONGEST_TITLE = 200
LONGEST_SUMMARY = 5_000
LONGEST_GUID = 500
LONGEST_LICENCE = 200
_LICENCES = ("license", "rights", "copyright")
_YEARS = range(1990, 2101)
_BREAKS = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]{0,200}>", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One item with a sound; `licence` is what it says itself, or its feed."""

    guid: str
    title: str
    sound_url: str
    summary: str = ""
    licence: str = ""
    link: str = ""
    published_at: datetime | None = None


def items_in(content: bytes, *, feed_url: str) -> list[Found]:
    """The items that have a sound, each once, in their order; raise MaterialUnreadable."""
    try:
        root = read_xml(content)
    except (AlertTooLarge, AlertUnreadable) as error:
        raise MaterialUnreadable(error.detail) from error
    if (namespace(root), local_name(root)) == (ATOM, "feed"):
        whole, entries = root, root.iterfind(f"{{{ATOM}}}entry")
    elif local_name(root) == "rss":
        whole = root.find("channel")
        entries = () if whole is None else whole.iterfind("item")
    else:
        raise MaterialUnreadable(local_name(root))
    found: dict[str, Found] = {}
    for entry in entries:
        item = None if whole is None else _item(entry, licence=_licence(whole), feed_url=feed_url)
        if item is not None:
            found.setdefault(item.guid, item)
        if len(found) >= MOST_ITEMS:
            break
    return list(found.values())


def plain_words(text: str) -> str:
    """Words without the marks of a page, paragraph by paragraph."""
    text = unescape(_TAGS.sub(" ", _BREAKS.sub("\n", text)))
    lines = (_line(line) for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:LONGEST_SUMMARY]


def _item(entry: Element, *, licence: str, feed_url: str) -> Found | None:
    sound = _sound_of(entry, feed_url=feed_url)
    title = _line(_text(entry, "title"))[:LONGEST_TITLE]
    if not sound or not title:
        return None
    guid = _line(_text(entry, "guid") or _text(entry, "id")) or sound
    return Found(
        guid=guid[:LONGEST_GUID],
        title=title,
        sound_url=sound,
        summary=plain_words(
            _text(entry, "encoded")
            or _text(entry, "description")
            or _text(entry, "summary")
            or _text(entry, "content")
        ),
        licence=_licence(entry) or licence,
        link=_address(_line(_text(entry, "link")) or _link_of(entry), feed_url),
        published_at=_instant(_text(entry, "pubDate") or _text(entry, "published")),
    )


def _sound_of(entry: Element, *, feed_url: str) -> str:
    enclosed = [(each.get("url"), each.get("type", "")) for each in _named(entry, {"enclosure"})]
    linked = [
        (each.get("href"), each.get("type", ""))
        for each in _named(entry, {"link"})
        if each.get("rel") == "enclosure"
    ]
    for url, kind in [*enclosed, *linked]:
        if url and (not kind or kind.lower().startswith("audio/")):
            return _address(url.strip(), feed_url)
    return ""


def _link_of(entry: Element) -> str:
    return next(
        (
            each.get("href", "")
            for each in _named(entry, {"link"})
            if each.get("rel", "alternate") == "alternate"
        ),
        "",
    )


def _licence(element: Element) -> str:
    """What an element says of its own use: a licence, or whose it is."""
    for each in _named(element, set(_LICENCES)):
        words = _line("".join(each.itertext()) or each.get("href", "") or each.get("url", ""))
        if words:
            return words[:LONGEST_LICENCE]
    return ""


def _named(element: Element, names: set[str]) -> Iterable[Element]:
    return (each for each in element if isinstance(each.tag, str) and local_name(each) in names)


def _text(element: Element, name: str) -> str:
    return next(("".join(each.itertext()) for each in _named(element, {name})), "")


def _address(url: str, feed_url: str) -> str:
    """A whole address of http or https; empty for any other."""
    try:
        whole = urljoin(feed_url, url) if url else ""
        usable = urlsplit(whole).scheme in {"https", "http"} and bool(urlsplit(whole).hostname)
    except ValueError:
        return ""
    plain = whole.isascii() and whole.isprintable() and " " not in whole
    return whole if usable and plain and len(whole) <= LONGEST_URL else ""


def _instant(text: str) -> datetime | None:
    text = text.strip()
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            instant = read(text)
            aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
            if aware.year in _YEARS:
                return aware.astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _line(text: str) -> str:
    try:
        return one_line(text, field="title")
    except BadInput:
        return ""
