"""A commune on an afternoon: three clusters, nine villages, and broadcasts in every state.

Plays and confirmations are written as the ledger would have folded them; the signed statements are
real, made with the devices' own keys, so that pages can examine them.
"""

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from nacl.signing import SigningKey
from sqlmodel import Session

from broadcaster.areas.tables import Cluster, Station, Village, VillagePopulation
from broadcaster.bulletins.tables import Approval, Bulletin, Rendition
from broadcaster.database import Database
from broadcaster.fleet.tables import Device, DeviceShare, DeviceStatus
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.marks import mark_coverage
from broadcaster.ledger.rollups import roll_up
from broadcaster.ledger.tables import (
    Alert,
    ConfirmationBatch,
    ConfirmationRow,
    Play,
    PlayShare,
)
from broadcaster.schedule.tables import Broadcast, BroadcastOrder, Schedule, ScheduleCluster
from broadcaster.schedule.timetable import wall_time
from broadcaster.settings import Settings
from devices.protocol.chain import entry_hash, genesis
from devices.protocol.envelope import seal_message
from devices.protocol.messages import Batch, Confirmation, Kind, encode
from tests.broadcaster.small_station import STATION_ID, Clock, SmallStation

AFTERNOON = datetime(2026, 11, 22, 10, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
EPOCH = "ab" * 16
VILLAGES = (
    ("dong", "Cụm Đông", ("Thôn Đông Hạ", "Thôn Đông Thượng", "Thôn Cầu Mới")),
    ("trung", "Cụm Trung Tâm", ("Thôn Chợ", "Thôn Đình", "Khu phố 1")),
    ("tay", "Cụm Tây Sơn", ("Thôn Suối Đá", "Thôn Làng Vạc", "Thôn Gò Tre")),
)
RESIDENTS = 1_200
HOUSEHOLDS = 310
SPOKEN = (
    "Kính thưa bà con. Sáng thứ Tư, ngày hai mươi lăm tháng mười một, trạm y tế xã tổ chức "
    "tiêm vắc xin cho trẻ dưới năm tuổi."
)


def key_of(device_id: str) -> SigningKey:
    """A key that is the same in every run."""
    return SigningKey(hashlib.sha256(device_id.encode()).digest())


def found_commune(
    database: Database, *, state_dir: Path, now: datetime = AFTERNOON
) -> SmallStation:
    """The station with its places and two devices in each village; nothing is scheduled yet."""
    with database.writing() as session:
        session.add(
            Station(
                id=STATION_ID,
                name="Đài truyền thanh xã Thượng",
                commune="xã Thượng",
                province="Hà Nội",
                rehearsal=True,
                public_key="00" * 32,
            )
        )
        session.flush()
        for place, (cluster, name, villages) in enumerate(VILLAGES):
            session.add(Cluster(id=cluster, station_id=STATION_ID, name=name, position=place))
            session.flush()
            for number, village in enumerate(villages, start=1):
                _add_village(session, cluster=cluster, number=number, name=village, now=now)
    return SmallStation(database, Settings(state_dir=state_dir), Clock(now))


def _add_village(session: Session, *, cluster: str, number: int, name: str, now: datetime) -> None:
    village = f"{cluster}-{number}"
    session.add(Village(id=village, cluster_id=cluster, name=name, position=number))
    session.flush()
    session.add(
        VillagePopulation(
            village_id=village,
            valid_from=date(2026, 1, 1),
            households=HOUSEHOLDS,
            residents=RESIDENTS,
        )
    )
    for pole in (1, 2):
        device = f"loa-{village}-{pole}"
        session.add(
            Device(
                id=device,
                station_id=STATION_ID,
                cluster_id=cluster,
                name=f"{name}, cột {pole}",
                public_key=bytes(key_of(device).verify_key).hex(),
                broker_salt="00",
                broker_verifier="00",
                simulated=True,
                enrolled_at=now - timedelta(days=30),
            )
        )
        session.flush()
        session.add(
            DeviceShare(
                device_id=device, village_id=village, share=0.5, valid_from=date(2026, 1, 1)
            )
        )


def add_bulletin(
    session: Session,
    bulletin_id: str,
    *,
    title: str,
    author: str,
    now: datetime,
    submitted: bool = True,
    approver: str | None = None,
    duration_ms: int = 92_000,
) -> None:
    """A rendered bulletin; submitted and, with an `approver`, approved."""
    audio = hashlib.sha256(bulletin_id.encode()).hexdigest()
    session.add(
        Bulletin(
            id=bulletin_id,
            station_id=STATION_ID,
            title=title,
            script="Sáng thứ Tư 25/11, trạm y tế xã tổ chức tiêm vắc xin cho trẻ dưới 5 tuổi.",
            topic="Y tế",
            author_id=author,
            created_at=now - timedelta(days=1, hours=2),
            edited_at=now - timedelta(days=1, hours=2),
            rendition_id=f"r-{bulletin_id}",
            submitted_at=now - timedelta(days=1, hours=1) if submitted else None,
        )
    )
    session.flush()
    session.add(
        Rendition(
            id=f"r-{bulletin_id}",
            bulletin_id=bulletin_id,
            script_sha256="0" * 64,
            spoken=SPOKEN,
            reading=[],
            warnings=[],
            audio_sha256=audio,
            audio_size_bytes=500_000,
            duration_ms=duration_ms,
            loudness_lufs=-16.0,
            engine="espeak-ng vi",
            rendered_at=now - timedelta(days=1, hours=2),
        )
    )
    session.flush()
    if approver:
        session.add(
            Approval(
                id=f"a-{bulletin_id}",
                bulletin_id=bulletin_id,
                rendition_id=f"r-{bulletin_id}",
                spoken_sha256=hashlib.sha256(SPOKEN.encode()).hexdigest(),
                audio_sha256=audio,
                approver_id=approver,
                approved=True,
                decided_at=now - timedelta(days=1),
            )
        )


def add_broadcast(
    session: Session,
    broadcast_id: str,
    *,
    bulletin_id: str,
    by: str,
    starts_at: datetime,
    clusters: tuple[str, ...],
    planned_at: datetime,
    override_reason: str | None = None,
) -> None:
    """One broadcast of an approved bulletin, planned with an order for each cluster."""
    bulletin = session.get_one(Bulletin, bulletin_id)
    rendition = session.get_one(Rendition, bulletin.rendition_id)
    schedule = Schedule(
        id=f"s-{broadcast_id}",
        station_id=STATION_ID,
        bulletin_id=bulletin_id,
        starts_local=wall_time(starts_at, ZONE),
        created_by=by,
        created_at=planned_at,
        closed_at=planned_at,
        closed_because="planned",
    )
    session.add(schedule)
    session.flush()
    session.add_all(ScheduleCluster(schedule_id=schedule.id, cluster_id=each) for each in clusters)
    session.add(
        Broadcast(
            id=broadcast_id,
            schedule_id=schedule.id,
            bulletin_id=bulletin_id,
            rendition_id=rendition.id,
            title=bulletin.title,
            topic=bulletin.topic,
            priority=3,
            audio_sha256=rendition.audio_sha256,
            audio_size_bytes=rendition.audio_size_bytes,
            duration_ms=rendition.duration_ms,
            slot_ms=rendition.duration_ms,
            occurs_at=starts_at,
            starts_at=starts_at,
            not_after=starts_at + timedelta(minutes=1),
            override_person="Leader" if override_reason else None,
            override_reason=override_reason,
            planned_at=planned_at,
        )
    )
    session.flush()
    for cluster in clusters:
        session.add(
            BroadcastOrder(
                id=f"o-{broadcast_id}-{cluster}", broadcast_id=broadcast_id, cluster_id=cluster
            )
        )


def add_plays(
    session: Session,
    broadcast_id: str,
    cluster: str,
    states: tuple[str, ...],
    *,
    unverifiable: float = 0.0,
    begun: bool = True,
) -> None:
    """A cluster's six plays in these states (the last one repeated), and whom they reach."""
    broadcast = session.get_one(Broadcast, broadcast_id)
    name, villages = next((each[1], each[2]) for each in VILLAGES if each[0] == cluster)
    order_id = f"o-{broadcast_id}-{cluster}"
    place = 0
    for number, village in enumerate(villages, start=1):
        village_id = f"{cluster}-{number}"
        reached = {f"loa-{village_id}-{pole}": (1 - unverifiable) / 2 for pole in (1, 2)}
        for device, share in {"": unverifiable, **reached}.items():
            session.add(
                PlayShare(
                    order_id=order_id,
                    device_id=device,
                    village_id=village_id,
                    broadcast_id=broadcast_id,
                    cluster_id=cluster,
                    cluster_name=name,
                    village_name=village,
                    households=HOUSEHOLDS,
                    residents=RESIDENTS,
                    share=share,
                    topic=broadcast.topic,
                    starts_at=broadcast.starts_at,
                    frozen=begun,
                )
            )
        for device in reached:
            state = states[min(place, len(states) - 1)]
            place += 1
            session.add(_play(broadcast, order_id, cluster, device, village=village, state=state))
    session.flush()
    mark_coverage(connection_of(session), {broadcast_id} if begun else set())
    roll_up(session)


def _play(
    broadcast: Broadcast, order_id: str, cluster: str, device: str, *, village: str, state: str
) -> Play:
    began = state in ("started", "confirmed", "partial", "cut")
    offset_us = 1_000 * (len(device) + int(device[-1])) if began else None
    played = {"confirmed": broadcast.duration_ms, "partial": 61_000, "cut": 20_000}.get(state, 0)
    codes = {"failed": "audio_hash_mismatch", "rejected": "quiet_hours", "skipped": "too_late"}
    return Play(
        order_id=order_id,
        device_id=device,
        broadcast_id=broadcast.id,
        cluster_id=cluster,
        device_name=f"{village}, cột {device[-1]}",
        title=broadcast.title,
        topic=broadcast.topic,
        audio_sha256=broadcast.audio_sha256,
        asked_ms=broadcast.duration_ms,
        starts_at=broadcast.starts_at,
        start_due_at=broadcast.starts_at + timedelta(seconds=90),
        end_due_at=broadcast.starts_at + timedelta(seconds=182),
        frozen=True,
        state=state,
        reached="finished" if played else "started" if began else "cached",
        code=codes.get(state),
        started_at=broadcast.starts_at + timedelta(microseconds=offset_us) if offset_us else None,
        start_offset_us=offset_us,
        played_ms=played,
        simulated=True,
        evidence_epoch=EPOCH if state not in ("planned", "not_confirmed") else None,
        evidence_seq=3 if state not in ("planned", "not_confirmed") else None,
    )


def add_statements(session: Session, device_id: str, *, order_id: str, at: datetime) -> None:
    """Three signed, chained confirmations of one device in one batch: cached, started, finished."""
    at_ms = int(at.timestamp() * 1000)
    entries: list[str] = []
    before = genesis(station=STATION_ID, device=device_id, epoch=EPOCH)
    for seq, kind in enumerate((Kind.CACHED, Kind.STARTED, Kind.FINISHED), start=1):
        said = Confirmation(
            seq=seq,
            prev=before,
            kind=kind,
            at_ms=at_ms + seq,
            order=order_id,
            samples=2_028_600 if kind is Kind.FINISHED else None,
            sample_rate_hz=22_050 if kind is Kind.FINISHED else None,
            sink="null" if kind is Kind.FINISHED else None,
            simulated=True,
        )
        entries.append(encode(said).decode())
        before = entry_hash(entries[-1])
    batch = Batch(
        station=STATION_ID,
        device=device_id,
        epoch=EPOCH,
        first=1,
        entries=tuple(entries),
        sent_at_ms=at_ms,
    )
    message = seal_message(batch, key=key_of(device_id)).encode()
    digest = hashlib.sha256(message).hexdigest()
    session.add(
        ConfirmationBatch(sha256=digest, device_id=device_id, message=message, received_at=at)
    )
    session.flush()
    before = genesis(station=STATION_ID, device=device_id, epoch=EPOCH)
    for seq, entry in enumerate(entries, start=1):
        session.add(
            ConfirmationRow(
                device_id=device_id,
                epoch=EPOCH,
                seq=seq,
                prev_sha256=before,
                entry_sha256=entry_hash(entry),
                entry=entry,
                kind=("cached", "started", "finished")[seq - 1],
                order_id=order_id,
                batch_sha256=digest,
                received_at=at,
            )
        )
        before = entry_hash(entry)


def add_afternoon(session: Session, *, operator: str, leader: str, now: datetime) -> None:
    """The whole afternoon: played, playing, failed, silent, still to come, waiting for approval."""
    for bulletin, title in (
        ("vaccine", "Lịch tiêm vắc xin cho trẻ dưới 5 tuổi"),
        ("power", "Cắt điện để sửa đường dây ngày 24/11"),
        ("cccd", "Làm căn cước lưu động tại nhà văn hóa"),
    ):
        add_bulletin(session, bulletin, title=title, author=operator, now=now, approver=leader)
    add_bulletin(session, "storm", title="Phòng chống bão số 14", author=operator, now=now)
    session.flush()
    everywhere = tuple(each[0] for each in VILLAGES)
    local_day = now.astimezone(ZONE).date()
    morning = datetime.combine(local_day, time(5), tzinfo=ZONE)
    at = {
        "bc-morning": ("vaccine", morning, everywhere),
        "bc-noon": ("power", morning + timedelta(hours=6, minutes=30), ("dong", "trung")),
        "bc-now": ("cccd", now - timedelta(seconds=60), ("dong", "tay")),
        "bc-evening": ("power", now + timedelta(hours=2), everywhere),
        "bc-tomorrow": ("vaccine", morning + timedelta(days=1), everywhere),
    }
    for broadcast, (bulletin, starts_at, clusters) in at.items():
        add_broadcast(
            session,
            broadcast,
            bulletin_id=bulletin,
            by=operator,
            starts_at=starts_at,
            clusters=clusters,
            planned_at=starts_at - timedelta(minutes=5) if starts_at < now else now,
            override_reason="Sáng sớm có gió lớn, bà con cần biết trước giờ ra đồng"
            if broadcast == "bc-morning"
            else None,
        )
        session.flush()
    for cluster in everywhere:
        add_plays(session, "bc-morning", cluster, ("confirmed",), unverifiable=0.1)
        add_plays(session, "bc-evening", cluster, ("cached", "planned"), begun=False)
    add_plays(session, "bc-noon", "dong", ("confirmed", "partial", "failed", "not_confirmed"))
    add_plays(session, "bc-noon", "trung", ("not_confirmed",))
    add_plays(session, "bc-now", "dong", ("started",))
    add_plays(session, "bc-now", "tay", ("cached",))
    session.flush()
    add_statements(session, "loa-dong-1-1", order_id="o-bc-morning-dong", at=morning)
    session.add(
        Alert(
            code="not_confirmed",
            broadcast_id="bc-noon",
            device_id="loa-trung-1-1",
            raised_at=now - timedelta(hours=5),
        )
    )
    add_statuses(session, now=now)


def add_statuses(session: Session, *, now: datetime) -> None:
    """Most devices online, one gone, one never heard of."""
    for cluster, _, villages in VILLAGES:
        for number in range(1, len(villages) + 1):
            for pole in (1, 2):
                device = f"loa-{cluster}-{number}-{pole}"
                if device == "loa-tay-3-2":
                    continue
                session.add(
                    DeviceStatus(
                        device_id=device,
                        online=device != "loa-trung-1-1",
                        boot="cd" * 16,
                        software="loa-controller 0.1.0",
                        plan_version=1,
                        said_at=now - timedelta(hours=6),
                        received_at=now - timedelta(hours=6),
                    )
                )
