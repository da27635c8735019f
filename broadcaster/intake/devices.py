"""Loudspeakers as a commune's list has them: those in service, and those that are to come.

No key and no code comes from a file: of a device that is not enrolled it is kept what enrolment
needs to know, and the device comes in by its own code and fingerprint.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session

from broadcaster.accounts.roles import Right
from broadcaster.bulletins.folding import folded
from broadcaster.enrolment.expected import Expectation, expect_device, expected_devices
from broadcaster.enrolment.tables import ExpectedDevice
from broadcaster.fleet.errors import DeviceEnrolled, DeviceNameUnusable
from broadcaster.fleet.moving import NAME_LIMIT_CHARACTERS
from broadcaster.fleet.places import Place, keep_place, written_place
from broadcaster.fleet.registry import check_free, enrolled_devices
from broadcaster.fleet.shares import keep_shares, shares_on, written_percent
from broadcaster.fleet.tables import Device
from broadcaster.intake.checking import Doer, Keeping, Line, RowReader, Seen, changes_of
from broadcaster.intake.columns import Column, Sheet
from broadcaster.intake.errors import (
    CellMissing,
    DeviceClusterFixed,
    DeviceIdUnusable,
    DeviceNameFixed,
    DeviceNoteNotKept,
    DeviceOfAnother,
    SharesOverWhole,
)
from broadcaster.intake.places_known import PlacesKnown
from broadcaster.intake.reading import Cell
from broadcaster.intake.values import read_shares, read_words, same_place
from broadcaster.intake.villages import CLUSTER, LATITUDE, LONGITUDE, PLACE, read_row_place
from broadcaster.web.language import msgid

_NOTE_LIMIT_CHARACTERS = 300
_ROUNDING = 1e-9
DEVICE = Column(
    key="device_id",
    name="Mã thiết bị",
    also=("mã loa", "số sê ri", "serial", "seri", "serial number", "device"),
    note=msgid("Số sê ri hoặc mã in trên máy: chữ thường không dấu, số, gạch nối."),
    example="loa-dong-1",
    required=True,
)
NAME = Column(
    key="name",
    name="Tên loa",
    also=("tên", "tên thiết bị", "cụm loa tên", "device name"),
    note=msgid("Tên để gọi, ví dụ Thôn Đông – loa 1."),
    example="Thôn Đông – loa 1",
)
SHARES = Column(
    key="shares",
    name="Thôn và phần dân",
    also=("phần dân", "thôn nghe được", "thôn", "villages", "village shares"),
    note=msgid("Tên hoặc mã thôn và phần trăm dân nghe được, như Thôn Đông: 60; Thôn Tây: 40."),
    example="Thôn Đông Hạ: 60",
)
NOTE = Column(
    key="note",
    name="Ghi chú",
    also=("note", "remarks"),
    note=msgid("Chỉ giữ cho loa sắp lắp."),
    example="Cột điện trước nhà văn hóa",
)


@dataclass(slots=True)
class _Look:
    """What the rows of one file are checked against, and the shares that they want."""

    session: Session
    doer: Doer
    places: PlacesKnown
    in_service: Mapping[str, Device]
    expected: Mapping[str, ExpectedDevice]
    wanted: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    """By village: the share of each device of the file, in service."""
    rows_of: dict[str, list[RowReader]] = field(default_factory=lambda: defaultdict(list))
    held: dict[str, dict[str, float]] = field(default_factory=dict)

    def shares_of(self, village_id: str) -> dict[str, float]:
        """The shares that hold today, asked once."""
        if village_id not in self.held:
            self.held[village_id] = shares_on(self.session, village_id, self.doer.today)
        return self.held[village_id]


class Devices:
    """Devices: a row places one in service and says whom it reaches, or expects one to come."""

    key = "devices"
    title = msgid("Cụm loa, kể cả loa sắp lắp")
    note = msgid(
        "Ghi vị trí và phần dân của loa đang dùng; loa chưa đăng ký thì ghi trước để lúc đăng ký "
        "không phải gõ lại. Không có khóa hay mật khẩu nào trong tệp."
    )
    right = Right.ADMINISTER
    tries = False
    columns = (DEVICE, NAME, CLUSTER, SHARES, PLACE, LATITUDE, LONGITUDE, NOTE)

    def check(self, session: Session, sheet: Sheet, doer: Doer) -> list[Line]:
        """Each row against the registry, and all of them together against each village."""
        look = _Look(
            session=session,
            doer=doer,
            places=PlacesKnown(session, station_id=doer.station_id, day=doer.today),
            in_service={each.id: each for each in enrolled_devices(session, doer.station_id)},
            expected={
                each.device_id: each
                for each in expected_devices(session, station_id=doer.station_id)
            },
        )
        seen = Seen()
        readers = [RowReader(sheet, each, self.columns) for each in sheet.records]
        lines = [_line(look, reader, seen) for reader in readers]
        over = _rows_over_whole(look)
        return [
            reader.wrong(line.about) if id(reader) in over else line
            for reader, line in zip(readers, lines, strict=True)
        ]


def _line(look: _Look, reader: RowReader, seen: Seen) -> Line:
    device_id = reader.needed("device_id", lambda cell: _device_id(look, cell)) or ""
    name = reader.read("name", lambda cell: read_words(cell, most=NAME_LIMIT_CHARACTERS)) or ""
    place = read_row_place(reader)
    shares = reader.read("shares", lambda cell: _shares(look, cell))
    note = reader.read("note", lambda cell: read_words(cell, most=_NOTE_LIMIT_CHARACTERS)) or ""
    if not device_id:
        return reader.wrong(name or str(reader.record.cells.get("device_id", ""))[:63])
    seen.check(reader, "device_id", device_id)
    device = look.in_service.get(device_id)
    if device is None:
        return _expected(look, reader, device_id, name=name, place=place, shares=shares, note=note)
    return _in_service(look, reader, device, place, shares)


def _in_service(
    look: _Look,
    reader: RowReader,
    device: Device,
    place: Place | None,
    shares: Mapping[str, float] | None,
) -> Line:
    reader.read("name", lambda cell: _refuse_name(cell, device))
    reader.read("cluster", lambda cell: _refuse_cluster(cell, device, look))
    if reader.has("note"):
        reader.refuse("note", DeviceNoteNotKept())
    known = _place_of(device)
    reached = {
        each.id: share
        for each in look.places.villages
        if (share := look.shares_of(each.id).get(device.id, 0.0))
    }
    wanted = dict(shares) if shares is not None else reached
    changes = changes_of(
        (PLACE.name, _written(known), _written(place or known)),
        (SHARES.name, _told(reached, look.places), _told(wanted, look.places)),
    )
    if not reader.problems and _told(reached, look.places) != _told(wanted, look.places):
        for village_id in {*reached, *wanted}:
            look.wanted[village_id][device.id] = wanted.get(village_id, 0.0)
            look.rows_of[village_id].append(reader)

    def act(session: Session, keeping: Keeping) -> None:
        doer = keeping.doer
        if place is not None and not same_place(place, known):
            keep_place(
                session, device.id, place, station_id=doer.station_id, by=doer.by, now=doer.now
            )
        for village_id in {*reached, *wanted}:
            share = wanted.get(village_id, 0.0)
            if written_percent(share) != written_percent(reached.get(village_id, 0.0)):
                _share_later(keeping, village_id, device.id, share)

    return reader.line(device.name, is_new=False, changes=changes, act=act)


def _expected(
    look: _Look,
    reader: RowReader,
    device_id: str,
    *,
    name: str,
    place: Place | None,
    shares: Mapping[str, float] | None,
    note: str,
) -> Line:
    held = look.expected.get(device_id)
    if not name and held is None:
        reader.refuse("name", CellMissing())
    cluster_id = held.cluster_id if held else ""
    if reader.has("cluster"):
        found = reader.read("cluster", lambda cell: look.places.needed_cluster(str(cell)))
        cluster_id = found.id if found else ""
    elif shares and not cluster_id:
        cluster_id = look.places.village_of_id(
            max(shares, key=lambda each: shares[each])
        ).cluster_id
    if not cluster_id and not reader.problems:
        reader.refuse("cluster", CellMissing())
    if reader.problems:
        return reader.wrong(name or device_id)
    before = _expectation(held) if held else None
    said = Expectation(
        device_id=device_id,
        name=name or (before.name if before else ""),
        cluster_id=cluster_id,
        place=place or (before.place if before else None),
        shares=dict(shares) if shares is not None else dict(before.shares) if before else {},
        note=note or (before.note if before else ""),
    )
    was = before or Expectation(device_id=device_id, name="", cluster_id="")
    changes = changes_of(
        (NAME.name, was.name, said.name),
        (CLUSTER.name, _cluster(was, look.places), _cluster(said, look.places)),
        (PLACE.name, _written(was.place), _written(said.place)),
        (SHARES.name, _told(was.shares, look.places), _told(said.shares, look.places)),
        (NOTE.name, was.note, said.note),
    )

    def act(session: Session, keeping: Keeping) -> None:
        doer = keeping.doer
        expect_device(session, said, station_id=doer.station_id, by=doer.by, now=doer.now)

    return reader.line(said.name, is_new=held is None, changes=changes, act=act)


def _share_later(keeping: Keeping, village_id: str, device_id: str, share: float) -> None:
    """Keep the shares of a village once all rows are read: they hold all together or not."""
    key = f"shares {village_id}"
    before = keeping.later.get(key)
    changed = dict(before.changed) if isinstance(before, _SharesOf) else {}
    keeping.later[key] = _SharesOf(keeping.doer, village_id, {**changed, device_id: share})


@dataclass(frozen=True, slots=True)
class _SharesOf:
    """The shares of a village with those that a file changed, to be kept at its end."""

    doer: Doer
    village_id: str
    changed: Mapping[str, float]

    def __call__(self, session: Session) -> None:
        held = shares_on(session, self.village_id, self.doer.today)
        keep_shares(
            session,
            self.village_id,
            {**held, **self.changed},
            since=self.doer.today,
            station_id=self.doer.station_id,
            by=self.doer.by,
            now=self.doer.now,
        )


def _rows_over_whole(look: _Look) -> set[int]:
    """Refuse the rows with which more than a whole village would be reached; which they are."""
    over: set[int] = set()
    for village_id, changed in look.wanted.items():
        shares = {**look.shares_of(village_id), **changed}
        if sum(shares.values()) > 1 + _ROUNDING:
            for reader in look.rows_of[village_id]:
                reader.refuse("shares", SharesOverWhole())
                over.add(id(reader))
    return over


def _device_id(look: _Look, cell: Cell) -> str:
    device_id = read_words(cell, most=63).lower()
    if device_id in look.in_service:
        return device_id
    try:
        check_free(look.session, device_id, station_id=look.doer.station_id)
    except DeviceNameUnusable as error:
        raise DeviceIdUnusable from error
    except DeviceEnrolled as error:
        raise DeviceOfAnother from error
    held = look.session.get(ExpectedDevice, device_id)
    if held is not None and held.station_id != look.doer.station_id:
        raise DeviceOfAnother
    return device_id


def _shares(look: _Look, cell: Cell) -> dict[str, float]:
    """Shares by village; a name may carry its id in brackets, as exports write it."""
    found: dict[str, float] = {}
    for named, share in read_shares(cell):
        inside = named.rpartition("[")[2].removesuffix("]") if named.endswith("]") else named
        found[look.places.village(inside).id] = share
    return {village_id: share for village_id, share in found.items() if share}


def written_shares(shares: Mapping[str, float], places: PlacesKnown) -> str:
    """Shares as `read_shares` reads them, each village by its name and its id."""
    standing = {each.id: each.name for each in places.villages}
    return "; ".join(
        f"{standing[village_id]} [{village_id}]: {written_percent(share)}"
        for village_id, share in sorted(shares.items())
        if village_id in standing and share
    )


def _refuse_name(cell: Cell, device: Device) -> None:
    if folded(str(cell)) != folded(device.name):
        raise DeviceNameFixed


def _refuse_cluster(cell: Cell, device: Device, look: _Look) -> None:
    if look.places.needed_cluster(str(cell)).id != device.cluster_id:
        raise DeviceClusterFixed


def _place_of(device: Device | ExpectedDevice) -> Place | None:
    if device.latitude is None or device.longitude is None:
        return None
    return Place(device.latitude, device.longitude)


def _expectation(row: ExpectedDevice) -> Expectation:
    return Expectation(
        device_id=row.device_id,
        name=row.name,
        cluster_id=row.cluster_id,
        place=_place_of(row),
        shares=row.shares,
        note=row.note,
    )


def _cluster(said: Expectation, places: PlacesKnown) -> str:
    return places.cluster_name(said.cluster_id) if said.cluster_id else ""


def _told(shares: Mapping[str, float], places: PlacesKnown) -> str:
    standing = {each.id: each.name for each in places.villages}
    return "; ".join(
        f"{standing.get(village_id, village_id)}: {written_percent(share)}"
        for village_id, share in sorted(shares.items())
        if share
    )


def _written(place: Place | None) -> str:
    return written_place(place.latitude, place.longitude) if place else ""
