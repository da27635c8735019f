"""Loa's things and the province's fields, version by version; plain data, both ways.

Source: names seen in implementers' code (the README says which are assumed). A version that was
once in use is never changed: what differs is a new one beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from broadcaster.exchange.errors import UnknownMapping
from broadcaster.exchange.fields import (
    FLAG,
    ID,
    IDS,
    INSTANT,
    LENGTH,
    REAL,
    TEXT,
    WHOLE,
    WHOLE_LARGE,
    Document,
    Field,
    read_as,
    write_out,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignBulletin:
    """A bulletin as the province sends it; codes are its own (`codes`), `duration_ms` a claim.

    `content_url` is where its sound lies, `content_sha256` what that must hash to, if it says so.
    """

    remote_id: str
    version: int = 1
    withdrawn: bool = False
    source_id: str = ""
    source_name: str = ""
    target_id: str = ""
    target_name: str = ""
    kind: int = 1
    priority: int = 3
    title: str = ""
    topic: int | None = None
    words: str = ""
    made_at: datetime | None = None
    duration_ms: int | None = None
    author_name: str = ""
    author_pen_name: str = ""
    author_email: str = ""
    starts_at: datetime | None = None
    relay: bool = False
    relay_source: str = ""
    content_url: str = ""
    content_sha256: str = ""
    unknown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledItem:
    """One broadcast that is planned; `topic_words` is Loa's own topic, which has more of them."""

    broadcast_id: str
    bulletin_id: str
    source_id: str
    source_name: str = ""
    title: str
    priority: int
    topic: int
    topic_words: str = ""
    starts_at: datetime
    duration_ms: int
    relay: bool = False
    relay_source: str = ""
    device_groups: tuple[str, ...] = ()
    unknown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState:
    """One loudspeaker as it last said of itself; what it never said is None, and left out."""

    device_id: str
    name: str
    source_id: str
    activity: int | None = None
    connected: bool | None = None
    volume_percent: int | None = None
    power_w: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    said_at: datetime | None = None
    simulated: bool = False
    unknown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayLog:
    """What the ledger holds of one play of one loudspeaker; an end that nobody reported is None.

    `outcome` is the ledger's state, `outcome_words` the same for people. A newer `version` of the
    same `log_id` takes the place of an older one: late word came.
    """

    log_id: str
    version: int
    bulletin_id: str = ""
    title: str = ""
    source_id: str
    device_id: str
    device_name: str
    planned_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    played_ms: int
    asked_ms: int
    outcome: str
    outcome_words: str
    reason: str = ""
    clock_doubtful: bool = False
    simulated: bool = False
    unknown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That a version of a bulletin came, or why it cannot be used here."""

    remote_id: str
    version: int
    source_id: str
    result: str
    reason: str = ""
    reason_words: str = ""
    unknown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMapping:
    """The fields of one version."""

    version: int
    bulletin: Sequence[Field]
    scheduled: Sequence[Field]
    device: Sequence[Field]
    play: Sequence[Field]
    receipt: Sequence[Field]

    def read_bulletin(self, document: object) -> ForeignBulletin:
        """What came; raise a BadInput that names the field."""
        return read_as(ForeignBulletin, self.bulletin, document)

    def write_bulletin(self, bulletin: ForeignBulletin) -> Document:
        """The same as a document."""
        return write_out(bulletin, self.bulletin)

    def read_scheduled(self, document: object) -> ScheduledItem:
        """What was planned."""
        return read_as(ScheduledItem, self.scheduled, document)

    def write_scheduled(self, item: ScheduledItem) -> Document:
        """One broadcast."""
        return write_out(item, self.scheduled)

    def read_device(self, document: object) -> DeviceState:
        """How a loudspeaker stood."""
        return read_as(DeviceState, self.device, document)

    def write_device(self, device: DeviceState) -> Document:
        """One loudspeaker."""
        return write_out(device, self.device)

    def read_play(self, document: object) -> PlayLog:
        """What was played; a start or an end that is not in it stays unknown."""
        return read_as(PlayLog, self.play, document)

    def write_play(self, play: PlayLog) -> Document:
        """One play."""
        return write_out(play, self.play)

    def read_receipt(self, document: object) -> Receipt:
        """What became of a bulletin."""
        return read_as(Receipt, self.receipt, document)

    def write_receipt(self, receipt: Receipt) -> Document:
        """That it came."""
        return write_out(receipt, self.receipt)


V1 = FieldMapping(
    version=1,
    bulletin=(
        Field("BanTinID", "remote_id", ID, required=True),
        Field("PhienBan", "version", WHOLE),
        Field("ThuHoi", "withdrawn", FLAG),
        Field("NguonID", "source_id", ID),
        Field("TenNguon", "source_name", TEXT),
        Field("DichID", "target_id", ID),
        Field("TenDich", "target_name", TEXT),
        Field("LoaiBanTin", "kind", WHOLE),
        Field("MucDoUuTien", "priority", WHOLE),
        Field("TieuDe", "title", TEXT),
        Field("LoaiLinhVuc", "topic", WHOLE),
        Field("NoiDungTomTat", "words", TEXT),
        Field("ThoiGianSanXuat", "made_at", INSTANT),
        Field("ThoiLuong", "duration_ms", LENGTH),
        Field("TacGia.TenDayDu", "author_name", TEXT),
        Field("TacGia.ButDanh", "author_pen_name", TEXT),
        Field("TacGia.Email", "author_email", TEXT),
        Field("ThoiDiemBatDau", "starts_at", INSTANT),
        Field("TiepAm", "relay", FLAG),
        Field("NguonTiepAm", "relay_source", TEXT),
        Field("NoiDung", "content_url", TEXT),
        Field("MaBam", "content_sha256", TEXT),
    ),
    scheduled=(
        Field("LichID", "broadcast_id", ID, required=True),
        Field("BanTinID", "bulletin_id", ID, required=True),
        Field("NguonID", "source_id", ID, required=True),
        Field("TenNguon", "source_name", TEXT),
        Field("TieuDe", "title", TEXT, required=True),
        Field("MucDoUuTien", "priority", WHOLE, required=True),
        Field("LoaiLinhVuc", "topic", WHOLE, required=True),
        Field("ChuDe", "topic_words", TEXT),
        Field("ThoiDiemBatDau", "starts_at", INSTANT, required=True),
        Field("ThoiLuong", "duration_ms", LENGTH, required=True),
        Field("TiepAm", "relay", FLAG),
        Field("NguonTiepAm", "relay_source", TEXT),
        Field("CumDanCu", "device_groups", IDS),
    ),
    device=(
        Field("CumLoaID", "device_id", ID, required=True),
        Field("TenThietBi", "name", TEXT, required=True),
        Field("NguonID", "source_id", ID, required=True),
        Field("TrangThaiHoatDong", "activity", WHOLE),
        Field("TrangThaiKetNoi", "connected", FLAG),
        Field("AmLuong", "volume_percent", WHOLE),
        Field("CongSuat", "power_w", REAL),
        Field("ViDo", "latitude", REAL),
        Field("KinhDo", "longitude", REAL),
        Field("ThoiDiem", "said_at", INSTANT),
        Field("MoPhong", "simulated", FLAG),
    ),
    play=(
        Field("NhatKyID", "log_id", ID, required=True),
        Field("PhienBan", "version", WHOLE_LARGE, required=True),
        Field("BanTinID", "bulletin_id", ID),
        Field("TieuDe", "title", TEXT),
        Field("NguonID", "source_id", ID, required=True),
        Field("CumLoaID", "device_id", ID, required=True),
        Field("TenThietBi", "device_name", TEXT, required=True),
        Field("ThoiDiemDuKien", "planned_at", INSTANT, required=True),
        Field("ThoiDiemBatDau", "started_at", INSTANT),
        Field("ThoiDiemKetThuc", "ended_at", INSTANT),
        Field("ThoiLuong", "played_ms", LENGTH, required=True),
        Field("ThoiLuongYeuCau", "asked_ms", LENGTH, required=True),
        Field("KetQua", "outcome", TEXT, required=True),
        Field("KetQuaChu", "outcome_words", TEXT, required=True),
        Field("MaLyDo", "reason", TEXT),
        Field("GioKhongChac", "clock_doubtful", FLAG),
        Field("MoPhong", "simulated", FLAG),
    ),
    receipt=(
        Field("BanTinID", "remote_id", ID, required=True),
        Field("PhienBan", "version", WHOLE, required=True),
        Field("NguonID", "source_id", ID, required=True),
        Field("KetQua", "result", TEXT, required=True),
        Field("MaLyDo", "reason", TEXT),
        Field("LyDo", "reason_words", TEXT),
    ),
)

MAPPINGS: Mapping[int, FieldMapping] = MappingProxyType({V1.version: V1})
NEWEST = V1.version


def mapping_of(version: int) -> FieldMapping:
    """One version's fields; raise UnknownMapping."""
    found = MAPPINGS.get(version)
    if found is None:
        raise UnknownMapping(str(version))
    return found
