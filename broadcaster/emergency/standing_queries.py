"""What the devices have said of an emergency, read for whoever looks at it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

import msgspec
from sqlalchemy import distinct, func, or_
from sqlmodel import Session, col, select

from broadcaster.accounts.phones import phones_of_heads
from broadcaster.accounts.roles import Role
from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.areas.tables import Cluster, Village
from broadcaster.emergency.raising import PartKind
from broadcaster.emergency.standing import (
    DeviceStanding,
    DeviceWord,
    Heard,
    Standing,
    ToCall,
    word_of,
)
from broadcaster.emergency.tables import Emergency, EmergencyOrder, EmergencyPart
from broadcaster.fleet.registry import holds_on
from broadcaster.fleet.tables import Device, DeviceShare, DeviceStatus
from broadcaster.ledger.tables import ConfirmationRow
from devices.protocol.messages import Confirmation, Kind

_READ = msgspec.json.Decoder(Confirmation)
_SILENT = DeviceWord()


def standing_of(
    session: Session,
    emergency: Emergency,
    clusters: Sequence[str],
    *,
    today: date,
    villages: frozenset[str] | None = None,
    with_phones: bool = False,
) -> Standing:
    """How an emergency stands now, in a few queries whatever its size.

    With `villages` only the devices that reach one of them today; the numbers of village heads,
    which are personal data, are read only `with_phones`.
    """
    standing = words_of(session, emergency, clusters, today=today, villages=villages)
    return Standing(
        devices=with_places(session, standing.devices, today=today, with_phones=with_phones)
    )


def words_of(
    session: Session,
    emergency: Emergency,
    clusters: Sequence[str],
    *,
    today: date,
    villages: frozenset[str] | None = None,
) -> Standing:
    """The same without whom each device reaches, which a province shows of a part of them only."""
    reaching = None if villages is None else _reaching(session, villages, today=today)
    # Who came later was not asked: a pole set up meanwhile, or those of a rehearsal.
    asked = session.exec(
        select(Device.id, Device.name, Device.cluster_id, Device.simulated).where(
            col(Device.cluster_id).in_(clusters),
            col(Device.retired_at).is_(None),
            col(Device.enrolled_at) <= emergency.raised_at,
        )
    ).all()
    heard, repeats = _heard(session, emergency.id), _repeats(session, emergency.id)
    names = _cluster_names(session, clusters)
    place = {cluster: position for position, cluster in enumerate(clusters)}
    return Standing(
        devices=[
            DeviceStanding(
                device_id=device_id,
                name=name,
                cluster_id=cluster_id,
                cluster=names[cluster_id],
                simulated=simulated,
                word=word_of(
                    heard[device_id],
                    repeats=repeats.get(device_id, 0),
                    raised_at=emergency.raised_at,
                )
                if device_id in heard
                else _SILENT,
            )
            for device_id, name, cluster_id, simulated in sorted(
                asked, key=lambda each: (place[each[2]], each[1], each[0])
            )
            if reaching is None or device_id in reaching
        ]
    )


def with_places(
    session: Session, devices: Sequence[DeviceStanding], *, today: date, with_phones: bool = False
) -> Sequence[DeviceStanding]:
    """These devices with whom each reaches today, and since when it is away."""
    ids = [device.device_id for device in devices]
    places = _places(session, ids, today=today, with_phones=with_phones)
    offline = _offline(session, ids)
    return [
        replace(
            device,
            villages=[name for name, _ in places.get(device.device_id, ())],
            heads=[head for _, heads in places.get(device.device_id, ()) for head in heads],
            offline_since=offline.get(device.device_id),
        )
        for device in devices
    ]


def _heard(session: Session, emergency_id: str) -> Mapping[str, Sequence[Heard]]:
    """What was said of the first time of each part, and of an alarm that is said in a row.

    A day of repeats is not read again every second.
    """
    rows = session.exec(
        select(
            ConfirmationRow.device_id,
            ConfirmationRow.entry,
            EmergencyPart.kind,
        )
        .join(EmergencyOrder, col(EmergencyOrder.id) == col(ConfirmationRow.order_id))
        .join(EmergencyPart, col(EmergencyPart.id) == col(EmergencyOrder.part_id))
        .where(
            EmergencyPart.emergency_id == emergency_id,
            or_(
                col(ConfirmationRow.repeat) == 0,
                (col(EmergencyPart.kind) == PartKind.ALARM)
                & (col(ConfirmationRow.kind) == Kind.TONE_STARTED),
            ),
            col(ConfirmationRow.quarantined).is_(False),
        )
        .order_by(col(ConfirmationRow.device_id), col(ConfirmationRow.seq))
    ).all()
    heard: dict[str, list[Heard]] = defaultdict(list)
    for device_id, entry, kind in rows:
        heard[device_id].append(Heard(part=PartKind(kind), said=_READ.decode(entry)))
    return heard


def _repeats(session: Session, emergency_id: str) -> dict[str, int]:
    """How many repeats of the message each device has said to the end."""
    rows = session.exec(
        select(ConfirmationRow.device_id, func.count(distinct(col(ConfirmationRow.repeat))))
        .join(EmergencyOrder, col(EmergencyOrder.id) == col(ConfirmationRow.order_id))
        .join(EmergencyPart, col(EmergencyPart.id) == col(EmergencyOrder.part_id))
        .where(
            EmergencyPart.emergency_id == emergency_id,
            EmergencyPart.kind == PartKind.MESSAGE,
            ConfirmationRow.kind == Kind.FINISHED,
            col(ConfirmationRow.repeat) > 0,
            col(ConfirmationRow.quarantined).is_(False),
        )
        .group_by(col(ConfirmationRow.device_id))
    )
    return dict(rows.all())


def _reaching(session: Session, villages: frozenset[str], *, today: date) -> set[str]:
    shares = session.exec(select(DeviceShare).where(col(DeviceShare.village_id).in_(villages)))
    return {each.device_id for each in shares if each.device_id and holds_on(each, day=today)}


def _cluster_names(session: Session, clusters: Collection[str]) -> dict[str, str]:
    rows = session.exec(select(Cluster.id, Cluster.name).where(col(Cluster.id).in_(clusters)))
    return dict(rows.all())


def _places(
    session: Session, device_ids: Collection[str], *, today: date, with_phones: bool
) -> Mapping[str, Sequence[tuple[str, Sequence[ToCall]]]]:
    """The villages that each device reaches today, each with its heads."""
    shares = session.exec(
        select(DeviceShare, Village.name)
        .join(Village, col(Village.id) == col(DeviceShare.village_id))
        .where(col(DeviceShare.device_id).in_(device_ids))
        .order_by(col(Village.position), col(Village.id))
    ).all()
    heads: dict[str, list[ToCall]] = defaultdict(list)
    phones = phones_of_heads(session) if with_phones else {}
    for village_id, account_id, name in session.exec(
        select(RoleGrant.village_id, Account.id, Account.display_name)
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .where(RoleGrant.role == Role.VILLAGE_HEAD, col(Account.active))
    ):
        heads[village_id or ""].append(ToCall(name, phones.get(account_id, "")))
    places: dict[str, list[tuple[str, Sequence[ToCall]]]] = defaultdict(list)
    for share, village in shares:
        if share.device_id and holds_on(share, day=today):
            places[share.device_id].append((village, heads[share.village_id]))
    return places


def _offline(session: Session, device_ids: Collection[str]) -> dict[str, datetime]:
    rows = session.exec(
        select(DeviceStatus.device_id, DeviceStatus.received_at).where(
            col(DeviceStatus.device_id).in_(device_ids), col(DeviceStatus.online).is_(False)
        )
    )
    return dict(rows.all())
