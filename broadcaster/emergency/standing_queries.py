"""What the devices have said of an emergency, read for whoever looks at it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, islice

import msgspec
from sqlalchemy import distinct, func, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from broadcaster.accounts.phones import phones_of_heads
from broadcaster.accounts.roles import Role
from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.areas.tables import Cluster, Village
from broadcaster.emergency.raising import PartKind
from broadcaster.emergency.standing import (
    UNHEARD,
    DeviceStanding,
    DeviceWord,
    Heard,
    Stage,
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


@dataclass(frozen=True, slots=True)
class Asked:
    """The devices that were to warn, cluster by cluster, and what those said that spoke.

    A province has ten thousand, of which a board shows a hundred: the others are only counted.
    """

    clusters: Mapping[str, str]
    """Names, in the clusters' order."""
    devices: Mapping[str, Sequence[tuple[str, str, bool]]]
    """By cluster: name, id, and whether it is simulated."""
    words: Mapping[str, DeviceWord]

    @property
    def total(self) -> int:
        """How many were to warn."""
        return sum(len(each) for each in self.devices.values())

    def standing(self, part: slice | None = None) -> Standing:
        """All of them; or a part, those first whom nobody at the device has heard."""
        if part is None:
            shown = self._standing(lambda _stage: True)
        else:
            shown = chain(
                self._standing(lambda stage: stage in UNHEARD),
                self._standing(lambda stage: stage not in UNHEARD),
            )
        return Standing(
            asked=self.total,
            words=list(self.words.values()),
            devices=list(shown if part is None else islice(shown, part.start, part.stop)),
        )

    def _standing(self, is_wanted: Callable[[Stage], bool]) -> Iterator[DeviceStanding]:
        for cluster_id, cluster in self.clusters.items():
            for name, device_id, simulated in sorted(self.devices.get(cluster_id, ())):
                word = self.words.get(device_id, _SILENT)
                if is_wanted(word.stage):
                    yield DeviceStanding(
                        device_id=device_id,
                        name=name,
                        cluster_id=cluster_id,
                        cluster=cluster,
                        simulated=simulated,
                        word=word,
                    )


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
    standing = asked_of(session, emergency, clusters, today=today, villages=villages).standing()
    return replace(
        standing,
        devices=with_places(session, standing.devices, today=today, with_phones=with_phones),
    )


def asked_of(
    session: Session,
    emergency: Emergency,
    clusters: Sequence[str],
    *,
    today: date,
    villages: frozenset[str] | None = None,
) -> Asked:
    """Who was to warn, and what they said, without whom each reaches."""
    reaching = None if villages is None else _reaching(session, villages, today=today)
    # Who came later was not asked: a pole set up meanwhile, or those of a rehearsal.
    rows = (
        session.connection()
        .execute(
            core_select(
                col(Device.id), col(Device.name), col(Device.cluster_id), col(Device.simulated)
            ).where(
                col(Device.cluster_id).in_(clusters),
                col(Device.retired_at).is_(None),
                col(Device.enrolled_at) <= emergency.raised_at,
            )
        )
        .all()
    )
    devices: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    asked: set[str] = set()
    for device_id, name, cluster_id, simulated in rows:
        if reaching is None or device_id in reaching:
            devices[cluster_id].append((name, device_id, simulated))
            asked.add(device_id)
    heard, repeats = _heard(session, emergency.id), _repeats(session, emergency.id)
    names = _cluster_names(session, clusters)
    return Asked(
        clusters={each: names[each] for each in clusters if each in names},
        devices=devices,
        words={
            device_id: word_of(
                said, repeats=repeats.get(device_id, 0), raised_at=emergency.raised_at
            )
            for device_id, said in heard.items()
            if device_id in asked
        },
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
    reached = {share.village_id for share, _ in shares}
    found = session.exec(
        select(RoleGrant.village_id, Account.id, Account.display_name)
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .where(
            RoleGrant.role == Role.VILLAGE_HEAD,
            col(Account.active),
            col(RoleGrant.village_id).in_(reached),
        )
    ).all()
    who = {account_id for _, account_id, _ in found}
    phones = phones_of_heads(session, only=who) if with_phones else {}
    for village_id, account_id, name in found:
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
