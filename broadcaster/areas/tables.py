"""The station's area: what hears the same schedule, and how many people live there."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class Station(SQLModel, table=True):
    """The commune's radio station; one row in one installation.

    A rehearsal station speaks to simulated devices only, and says so on every page.
    """

    id: str = Field(primary_key=True)
    name: str
    commune: str
    province: str
    zone: str = "Asia/Ho_Chi_Minh"
    quiet_begins: str = "21:00"
    quiet_ends: str = "05:30"
    longest_session_ms: int = 45 * 60 * 1000
    rehearsal: bool = False
    public_key: str


class Cluster(SQLModel, table=True):
    """Villages that hear the same schedule; the unit of scheduling."""

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    name: str
    position: int = 0


class Village(SQLModel, table=True):
    """A thôn, ấp or khu phố with its head."""

    id: str = Field(primary_key=True)
    cluster_id: str = Field(foreign_key="cluster.id", index=True)
    name: str
    position: int = 0


class VillagePopulation(SQLModel, table=True):
    """Households and residents of a village from a day on; the newest row not after a day holds."""

    __tablename__ = "village_population"

    village_id: str = Field(foreign_key="village.id", primary_key=True)
    valid_from: date = Field(primary_key=True)
    households: int = Field(ge=0)
    residents: int = Field(ge=0)


class VillageMerger(SQLModel, table=True):
    """A village that became part of another: from that day on it is asked no more, the other is."""

    __tablename__ = "village_merger"

    village_id: str = Field(foreign_key="village.id", primary_key=True)
    into_village_id: str = Field(foreign_key="village.id", index=True)
    since: date


class VillageLanguage(SQLModel, table=True):
    """A language beside Vietnamese in which people of a village must be able to hear bulletins.

    Source: Decree 49/2024/NĐ-CP, content in the languages of local minorities.
    """

    __tablename__ = "village_language"

    village_id: str = Field(foreign_key="village.id", primary_key=True)
    language: str = Field(primary_key=True)


class JoinedStation(SQLModel, table=True):
    """A station that was joined to this one: its commune is part of ours from `joined_at` on.

    `public_key` is its root, under which its ledger was verified; `as_of` is when the backup was
    made that it came with, and `evidence_sha256` the hash of the manifest of its ledger, which is
    kept whole beside the database.
    """

    __tablename__ = "joined_station"

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    name: str
    commune: str
    province: str
    public_key: str
    as_of: datetime = Field(sa_type=InstantColumn)
    joined_at: datetime = Field(sa_type=InstantColumn)
    evidence_sha256: str
