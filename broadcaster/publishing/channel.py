"""The station as its public channels name it: titles and addresses, and what a rehearsal says."""

from dataclasses import dataclass

from broadcaster.areas.tables import Station
from broadcaster.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Who speaks in the channel, and where it is read; `base` has no slash at its end.

    A rehearsal says so in every title: what is made here may end up beside real news.
    """

    station_id: str
    station: str
    commune: str
    province: str
    base: str
    rehearsal: bool

    @property
    def title(self) -> str:
        """What readers and players call it."""
        return self.marked(self.station)

    @property
    def description(self) -> str:
        """One sentence for directories."""
        return self.marked(
            f"Các bản tin {self.station} ({self.commune}, {self.province}) đã phát trên loa."
        )

    def marked(self, words: str) -> str:
        """These words, told as a rehearsal where they are one."""
        return f"DIỄN TẬP – {words}" if self.rehearsal else words

    @property
    def page(self) -> str:
        """Where people read it."""
        return f"{self.base}/kenh"

    @property
    def podcast(self) -> str:
        """RSS 2.0 for podcast players and portals."""
        return f"{self.base}/kenh/podcast.xml"

    @property
    def json_feed(self) -> str:
        """JSON Feed 1.1 for programs."""
        return f"{self.base}/kenh/feed.json"

    @property
    def calendar(self) -> str:
        """ICalendar of what is planned."""
        return f"{self.base}/kenh/lich.ics"

    @property
    def player(self) -> str:
        """A page that may be shown inside another site's."""
        return f"{self.base}/kenh/player"

    def item(self, bulletin_id: str) -> str:
        """Where one bulletin stands on the page."""
        return f"{self.page}#{bulletin_id}"

    def chapters(self, bulletin_id: str) -> str:
        """A playlist's parts, for podcast players."""
        return f"{self.base}/kenh/{bulletin_id}/chapters.json"

    def picture(self, bulletin_id: str) -> str:
        """A bulletin's card."""
        return f"{self.base}/kenh/{bulletin_id}/card.png"

    def video(self, bulletin_id: str) -> str:
        """A bulletin's card with its sound."""
        return f"{self.base}/kenh/{bulletin_id}/card.mp4"

    def audio(self, sha256: str) -> str:
        """The sound, which never changes under its name."""
        return f"{self.base}/audio/{sha256}.mp3"

    @property
    def embed(self) -> str:
        """What a portal's editor pastes into a page."""
        return (
            f'<iframe src="{self.player}" title="{_attribute(self.title)}" width="100%" '
            'height="420" loading="lazy"></iframe>'
        )


def channel_of(database: Database, station_id: str, *, base: str) -> Channel:
    """The channel of a station that is reached at this address."""
    with database.reading() as session:
        row = session.get_one(Station, station_id)
        return Channel(
            station_id=row.id,
            station=row.name,
            commune=row.commune,
            province=row.province,
            base=base,
            rehearsal=row.rehearsal,
        )


def _attribute(words: str) -> str:
    return words.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
