"""HTTP Live Streaming playlists (RFC 8216), as much of them as a radio programme uses.

Pure, and made to read what anybody sends: what is not understood is RelayUndecodable, never more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from devices.errors import RelayUndecodable

PLAYLIST_LIMIT_BYTES = 262_144
_LIVE_EDGE_SEGMENTS = 3
"""How far from its end a live playlist is begun (RFC 8216 section 6.3.3)."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the programme, by its number, and what must come before the first one."""

    number: int
    url: str
    opening_url: str | None = None


@dataclass(frozen=True, slots=True)
class MediaPlaylist:
    """The files that are there now."""

    segments: tuple[Segment, ...]
    target_s: float
    has_ended: bool

    def after(self, number: int | None) -> tuple[Segment, ...]:
        """What is new after a file; at first the last few of them."""
        if number is None:
            return self.segments if self.has_ended else self.segments[-_LIVE_EDGE_SEGMENTS:]
        return tuple(each for each in self.segments if each.number > number)


def is_playlist(head: bytes) -> bool:
    """Whether bytes begin a playlist."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(b"#EXTM3U")


def variant_url(text: str, *, base_url: str) -> str | None:
    """Where the narrowest variant is; None when it is a playlist of files itself."""
    variants: list[tuple[int, str]] = []
    width: int | None = None
    for line in _lines(text):
        if line.startswith("#EXT-X-STREAM-INF:"):
            width = _number(_attributes(line).get("BANDWIDTH", "0"))
        elif not line.startswith("#") and width is not None:
            variants.append((width, _joined(base_url, line)))
            width = None
    return min(variants)[1] if variants else None


def read_media(text: str, *, base_url: str) -> MediaPlaylist:
    """Read a playlist of files; raise RelayUndecodable."""
    number, target_s, ended = 0, 6.0, False
    opening_url: str | None = None
    segments: list[Segment] = []
    for line in _lines(text):
        name, _, value = line.partition(":")
        match name:
            case "#EXT-X-MEDIA-SEQUENCE":
                number = _number(value)
            case "#EXT-X-TARGETDURATION":
                target_s = min(60.0, max(1.0, float(_number(value))))
            case "#EXT-X-MAP":
                opening_url = _joined(base_url, _attributes(line).get("URI", ""))
            case "#EXT-X-KEY" if _attributes(line).get("METHOD") != "NONE":
                raise RelayUndecodable("encrypted")
            case "#EXT-X-BYTERANGE":
                raise RelayUndecodable("parts of files")
            case "#EXT-X-ENDLIST":
                ended = True
            case _ if not line.startswith("#"):
                segments.append(Segment(number, _joined(base_url, line), opening_url))
                number += 1
    return MediaPlaylist(segments=tuple(segments), target_s=target_s, has_ended=ended)


def _lines(text: str) -> Iterator[str]:
    return (line for line in map(str.strip, text.splitlines()) if line)


def _attributes(line: str) -> dict[str, str]:
    """The attribute list of a tag (section 4.2); commas inside quotes divide nothing."""
    attributes: dict[str, str] = {}
    name, value, in_quotes, in_value = "", "", False, False
    for sign in f"{line.partition(':')[2]},":
        if sign == '"':
            in_quotes = not in_quotes
        elif sign == "," and not in_quotes:
            attributes[name.strip()] = value.strip()
            name, value, in_value = "", "", False
        elif sign == "=" and not in_value:
            in_value = True
        elif in_value:
            value += sign
        else:
            name += sign
    return attributes


def _number(text: str) -> int:
    try:
        return int(text.strip()[:18])
    except ValueError as error:
        raise RelayUndecodable(f"not a number: {text[:40]!r}") from error


def _joined(base_url: str, reference: str) -> str:
    try:
        return urljoin(base_url, reference)
    except ValueError as error:
        raise RelayUndecodable("not an address") from error
