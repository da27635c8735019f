"""What a feed's answer holds: an alert itself, or an Atom or RSS list of where alerts lie. Pure."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from broadcaster.alerts.errors import AlertUnreadable
from broadcaster.alerts.message import NAMESPACE
from broadcaster.alerts.safe_xml import Element, local_name, namespace, read_xml

ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
_LONGEST_URL = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an alert lies, and what the list says of its version."""

    url: str
    version: str = ""

    @property
    def key(self) -> str:
        """The entry and its version in one line: what was seen is not fetched again."""
        return f"{self.url} {self.version}".strip()


def entries_of(content: bytes, *, feed_url: str) -> list[Entry] | None:
    """The entries of a list, each once and in its order; None where it is an alert itself.

    What lies on another host than the feed is left out: an admin allowed this one.
    Raises AlertTooLarge or AlertUnreadable.
    """
    root = read_xml(content)
    name = (namespace(root), local_name(root))
    if name == (NAMESPACE, "alert"):
        return None
    if name == (ATOM, "feed"):
        found = [_of_atom(each) for each in root.iterfind(f"{{{ATOM}}}entry")]
    elif name[1] == "rss":
        found = [_of_rss(each) for each in root.iterfind("channel/item")]
    else:
        raise AlertUnreadable(name[1], field="file")
    entries = [_joined(each, feed_url) for each in found if each is not None]
    usable = [
        each
        for each in entries
        if len(each.url) <= _LONGEST_URL and is_same_host(each.url, feed_url)
    ]
    return list({each.key: each for each in usable}.values())


def is_same_host(url: str, other: str) -> bool:
    """Whether two addresses are of one scheme, host and port."""
    try:
        one, two = urlsplit(url), urlsplit(other)
        return (one.scheme, one.hostname, one.port) == (two.scheme, two.hostname, two.port)
    except ValueError:
        return False


def _joined(entry: Entry, feed_url: str) -> Entry:
    """With its whole address; one that is none leads nowhere, and so to no host of ours."""
    try:
        return Entry(urljoin(feed_url, entry.url), entry.version)
    except ValueError:
        return Entry("", entry.version)


def _of_atom(entry: Element) -> Entry | None:
    """The link that says that it is CAP; else the first that leads to the entry itself."""
    links = [
        (each.get("type", ""), each.get("rel", "alternate"), (each.get("href") or "").strip())
        for each in entry.iterfind(f"{{{ATOM}}}link")
    ]
    ranked = [href for kind, _, href in links if kind == CAP_TYPE and href] + [
        href for _, rel, href in links if rel == "alternate" and href
    ]
    return Entry(ranked[0], _line(entry, f"{{{ATOM}}}updated")) if ranked else None


def _of_rss(item: Element) -> Entry | None:
    enclosed = [
        (each.get("url") or "").strip()
        for each in item.iterfind("enclosure")
        if each.get("type") == CAP_TYPE
    ]
    url = next(iter(enclosed), "") or _line(item, "link")
    return Entry(url, _line(item, "pubDate")) if url else None


def _line(element: Element, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())[:200]
