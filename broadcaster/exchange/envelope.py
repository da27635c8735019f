"""What stands around all that goes up: who says it, by which version, and if it is a rehearsal."""

from datetime import datetime

from broadcaster.areas.tables import Station
from broadcaster.exchange.fields import Document
from broadcaster.exchange.tables import ExchangeLink


def envelope(link: ExchangeLink, station: Station, *, now: datetime | None = None) -> Document:
    """Who says it, and with `now` when; what a rehearsal says can never be read as more."""
    said: Document = {
        "PhienBanAnhXa": link.mapping,
        "NguonID": link.source_id,
        "TenNguon": station.name,
        "DienTap": station.rehearsal,
    }
    if link.target_id:
        said["DichID"] = link.target_id
    if now is not None:
        said["ThoiDiem"] = now.isoformat(timespec="milliseconds")
    return said
