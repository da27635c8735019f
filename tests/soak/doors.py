"""Every door by which something from outside is read: what is sound there, how it is refused."""

import base64
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey, VerifyKey

from broadcaster.alerts.feed_index import entries_of
from broadcaster.alerts.parsing import read_alert
from broadcaster.alerts.signatures import open_alert
from broadcaster.alerts.writing import write_alert
from broadcaster.errors import LoaError
from broadcaster.exchange.mapping import V1, ForeignBulletin
from broadcaster.hearing.photos import clean_photo
from broadcaster.intake.reading import read_tables
from broadcaster.materials.reading import items_in
from devices.broker.packets import (
    PACKET_LIMIT_BYTES,
    PacketRefused,
    PacketType,
    check_frame,
    next_frame,
    read_connect,
)
from devices.controller import mp3
from devices.errors import DevicesError
from devices.protocol.chain import read_entries
from devices.protocol.contract.published import FOLDER
from devices.protocol.contract.vectors.live import STREAM
from devices.protocol.enrolment import EnrolRequest, read_code
from devices.protocol.envelope import (
    open_config,
    open_from_device,
    open_now,
    open_plan,
    open_to_device,
)
from devices.protocol.jws import key_id, seal, signer_of, typ_of, unverified_payload
from devices.protocol.keyring import NOBODY, open_keyring
from devices.protocol.live import open_frame, stream_of
from devices.protocol.messages import (
    Ask,
    Batch,
    Command,
    Health,
    Receipt,
    Status,
    TimeAnswer,
    Typ,
    decode,
)
from playlists.audio.audio_store import AudioStore
from playlists.audio.recordings import master_recording
from playlists.documents import read_document
from playlists.errors import PlaylistsError
from tests.broadcaster.alerts import made
from tests.playlists.documents import papers
from tests.security.sounds import spoken

VECTORS: dict[str, Any] = json.loads((FOLDER / "vectors.json").read_text(encoding="utf-8"))
_READER = VECTORS["reader"]
_STATION, _CLUSTER, _DEVICE = _READER["station"], _READER["cluster"], _READER["device"]
_ROOT = VerifyKey(_READER["root_key"], encoder=HexEncoder)
_NOW_MS: int = _READER["now_ms"]
_FROM_DEVICE: Mapping[Typ, type] = {
    Typ.CONFIRM: Batch, Typ.STATUS: Status, Typ.HEALTH: Health, Typ.ASK: Ask,
}  # fmt: skip
_TO_DEVICE: Mapping[Typ, type] = {
    Typ.RECEIPT: Receipt, Typ.TIME: TimeAnswer, Typ.COMMAND: Command,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Door:
    """What is sound there, how it is read, by which errors it may be refused, how often tried.

    `share` is of a thousand inputs: what starts a program for each is tried less.
    """

    sound: Callable[[], Sequence[bytes]]
    read: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...]
    share: int = 1000


def _keys() -> dict[str, SigningKey]:
    pairs = VECTORS["keys"].values()
    keys = [SigningKey(each["seed"], encoder=HexEncoder) for each in pairs if "seed" in each]
    return {key_id(each.verify_key): each for each in keys}


def _messages(*kinds: Typ) -> list[bytes]:
    """The sound messages of the published vectors, of these kinds."""
    found = []
    for each in [*VECTORS["messages"], *VECTORS["keyrings"]]:
        message = (each.get("message") or each.get("keyring", "")).encode()
        try:
            if typ_of(message) in kinds and signer_of(message) in _keys():
                found.append(message)
        except DevicesError:
            continue
    return found


def _as_signed(kinds: Sequence[Typ]) -> list[bytes]:
    """What was signed, with who signed it before: it is wounded and signed anew."""
    found = []
    for each in _messages(*kinds):
        with suppress(DevicesError):
            head = f"{typ_of(each)} {signer_of(each)} ".encode()
            found.append(head + unverified_payload(each))
    return found


def _signed_again(told: bytes) -> bytes:
    """The same, sealed with the key that sealed it before; the first key where there is none."""
    typ, _, rest = told.partition(b" ")
    signer, _, payload = rest.partition(b" ")
    keys = _keys()
    key = keys.get(signer.decode(errors="replace")) or next(iter(keys.values()))
    return seal(payload, typ=typ.decode(errors="replace"), key=key).encode()


@cache
def _trust() -> Any:  # noqa: ANN401 - what a keyring makes trusted
    return open_config(
        _READER["config"].encode(), station=_STATION, device=_DEVICE, root=_ROOT, held=NOBODY,
        now_ms=_NOW_MS,
    )[1]  # fmt: skip


def _order(message: bytes) -> object:
    """What comes down, as a controller takes it: by what it says that it is."""
    typ = typ_of(message)
    here = {"station": _STATION, "trust": _trust(), "now_ms": _NOW_MS}
    if typ == Typ.PLAN:
        return open_plan(message, cluster=_CLUSTER, **here)
    if typ == Typ.NOW:
        return open_now(message, cluster=_CLUSTER, **here)
    if typ in _TO_DEVICE:
        kind: Any = _TO_DEVICE[Typ(typ)]
        return open_to_device(message, kind, device=_DEVICE, **here)
    if typ == Typ.KEYRING:
        return open_keyring(message, station=_STATION, root=_ROOT)
    return open_config(
        message, station=_STATION, device=_DEVICE, root=_ROOT, held=NOBODY, now_ms=_NOW_MS
    )


def _confirmation(message: bytes) -> object:
    """What comes up, as the ledger takes it, with its chain."""
    typ = typ_of(message)
    kind: Any = _FROM_DEVICE.get(typ, Batch)  # type: ignore[call-overload]
    key = _keys().get(signer_of(message))
    verify = key.verify_key if key else _ROOT
    said = open_from_device(message, kind, station=_STATION, device=_DEVICE, key=verify)
    return read_entries(said) if isinstance(said, Batch) else said


_DOWN = (Typ.PLAN, Typ.NOW, Typ.CONFIG, Typ.COMMAND, Typ.RECEIPT, Typ.TIME, Typ.KEYRING)
_UP = (Typ.CONFIRM, Typ.STATUS, Typ.HEALTH, Typ.ASK)


def _live_frames() -> list[bytes]:
    return [bytes.fromhex(each["frame"]) for each in VECTORS["live"]["frames"] if each.get("frame")]


def _frame(message: bytes) -> object:
    stream_of(message)
    return open_frame(message, session=STREAM.session, signer=STREAM.signer.verify_key)


def _enrolment(message: bytes) -> object:
    """A request of a box, or a code as somebody typed it."""
    if message.startswith(b"{"):
        return decode(message, EnrolRequest)
    return read_code(message.decode("utf-8", "replace"))


def _packets() -> list[bytes]:
    """A login, a word, a wish to hear, as paho sends them."""
    name, word = b"\x00\x04MQTT\x04\xc2\x00\x3c", b"\x00\x05loa-1\x00\x05loa-1\x00\x06secret"
    login = name + word
    topic = b"\x00\x1aloa/1/xa/from/loa-1/status"
    said = topic[:2] + topic[2:] + b"\x00\x01{}"
    heard = b"\x00\x02" + b"\x00\x0eloa/1/xa/now/a" + b"\x01"
    return [
        bytes([first, len(body)]) + body
        for first, body in ((0x10, login), (0x32, said), (0x82, heard), (0x40, b"\x00\x01"))
    ]


def _packet(octets: bytes) -> object:
    received = bytearray(octets)
    while (frame := next_frame(received, limit_bytes=PACKET_LIMIT_BYTES)) is not None:
        if frame.type is PacketType.CONNECT:
            read_connect(frame)
        else:
            check_frame(frame)
    return None


_SPOKEN = "Kính thưa bà con, sáng thứ Tư xã tiếp dân ở nhà văn hóa thôn."


def _documents() -> list[bytes]:
    body = papers.paragraph(_SPOKEN) + papers.table([papers.paragraph("Thôn Một"), "<w:p/>"])
    return [
        papers.word(body),
        *(_SPOKEN.encode(each) for each in ("utf-8-sig", "utf-16", "utf-16-le")),
        _SPOKEN.encode("cp1258", "replace"),
    ]


def _lists() -> list[bytes]:
    rows = 'Thôn;Cụm;Số hộ;Nhân khẩu\nThôn Một;Đông;312;1.184\n"Thôn; Hai";Tây;0;\n'
    from openpyxl import Workbook  # noqa: PLC0415 - only this door wants it

    book = Workbook()
    for row in rows.splitlines():
        book.active.append(row.split(";"))
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        book.save(file.name)
        packed = Path(file.name).read_bytes()
    return [rows.encode(), rows.encode("utf-16"), rows.replace(";", "\t").encode(), packed]


_RSS = (
    '<rss version="2.0"><channel><title>Cẩm nang</title><item><guid>g-1</guid>'
    "<title>Rửa tay</title><description>&lt;p&gt;Rửa tay trước khi ăn.&lt;/p&gt;</description>"
    "<pubDate>Mon, 23 Nov 2026 05:00:00 +0700</pubDate><link>https://a.example/1</link>"
    '<enclosure url="https://a.example/a.wav" type="audio/wav" length="1"/></item></channel></rss>'
)
_ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>KTTV</title><entry><id>1</id>'
    "<updated>2026-11-23T05:00:00Z</updated><title>Lũ</title>"
    '<link rel="enclosure" type="audio/mpeg" href="https://a.example/a.mp3"/>'
    '<link type="application/cap+xml" href="https://a.example/1.cap"/></entry></feed>'
)


def _bulletins() -> list[bytes]:
    """What the province sends."""
    document = {
        "BanTinID": "tinh-1", "PhienBan": 2, "ThuHoi": False, "LoaiBanTin": 1, "MucDoUuTien": 2,
        "TieuDe": "Phòng cháy", "NoiDungTomTat": _SPOKEN, "TacGia": {"TenDayDu": "Phạm Quân"},
        "ThoiGianSanXuat": "2026-11-23T05:00:00+07:00", "ThoiLuong": "00:01:30", "Khac": [1, {}],
    }  # fmt: skip
    return [json.dumps(document, ensure_ascii=False).encode()]


def _bulletin(octets: bytes) -> ForeignBulletin | None:
    """As the exchange has it: JSON first, and what is none is refused there."""
    try:
        document = msgspec.json.decode(octets)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return V1.read_bulletin(document)


@cache
def _sounds() -> list[bytes]:
    """The same words as WAV, and mastered as the station hands it out."""
    take = spoken()["recording"][1]
    with tempfile.TemporaryDirectory() as name:
        source, store = Path(name) / "a.wav", AudioStore(Path(name) / "audio")
        source.write_bytes(take)
        return [take, master_recording(source, store=store).path.read_bytes()]


def _recording(octets: bytes) -> object:
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "a"
        source.write_bytes(octets)
        return master_recording(source, store=AudioStore(Path(name) / "audio"))


def _at_a_pole(octets: bytes) -> object:
    """As a controller decodes what it was handed, to its end."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(octets)
        mp3.probe(Path(file.name))
        rate = mp3.sample_rate_hz(Path(file.name))
        return sum(map(len, mp3.decode(Path(file.name), rate_hz=rate, chunk_ms=1000)))


def _photos() -> list[bytes]:
    one = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
        "gg=="
    )
    return [one]


_DEVICES = (DevicesError,)
_LOA = (LoaError,)
_PLAYLISTS = (PlaylistsError,)

DOORS: Mapping[str, Door] = {
    "orders": Door(lambda: _messages(*_DOWN), _order, _DEVICES),
    "orders, signed": Door(
        lambda: _as_signed(_DOWN), lambda told: _order(_signed_again(told)), _DEVICES
    ),
    "confirmations": Door(lambda: _messages(*_UP), _confirmation, _DEVICES),
    "confirmations, signed": Door(
        lambda: _as_signed(_UP), lambda told: _confirmation(_signed_again(told)), _DEVICES
    ),
    "live frames": Door(_live_frames, _frame, _DEVICES),
    "enrolment": Door(
        lambda: [
            json.dumps(VECTORS["enrolment"]["request"]).encode(),
            VECTORS["enrolment"]["code"].encode(),
        ],
        _enrolment,
        _DEVICES,
    ),
    "MQTT packets": Door(_packets, _packet, (PacketRefused,)),
    "CAP": Door(lambda: [write_alert(made.alert())], read_alert, _LOA),
    "CAP, signed": Door(
        lambda: [made.signed(made.alert())],
        lambda octets: open_alert(
            octets, trusted=[made.signing("kttv")[1]], now=made.NOON, must_be_signed=False
        ),
        _LOA,
        share=300,
    ),
    "lists of alerts": Door(
        lambda: [_ATOM.encode(), _RSS.encode()],
        partial(entries_of, feed_url="https://a.example/feed"),
        _LOA,
    ),
    "podcasts": Door(
        lambda: [_RSS.encode(), _ATOM.encode()],
        partial(items_in, feed_url="https://a.example/feed"),
        _LOA,
    ),
    "documents": Door(_documents, read_document, _PLAYLISTS),
    "PDF": Door(
        lambda: [papers.pdf([_SPOKEN], ["Trang hai"])], read_document, _PLAYLISTS, share=10
    ),
    "lists of villages": Door(_lists, read_tables, _LOA, share=300),
    "exchange": Door(_bulletins, _bulletin, _LOA),
    "photos": Door(_photos, clean_photo, _LOA, share=300),
    "sound brought": Door(_sounds, _recording, _PLAYLISTS, share=6),
    "sound at a pole": Door(lambda: _sounds()[1:], _at_a_pole, _DEVICES, share=30),
}
