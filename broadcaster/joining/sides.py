"""Who or what it is that two stations call alike, as a person tells them apart. Only reads.

The same questions are put to both databases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from broadcaster.audit.facts import table_named
from broadcaster.joining.meeting import Alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two; what does not belong to its kind is empty.

    `code` is what it is called by where people type codes, `roles` are `accounts.roles.Role`s.
    """

    code: str
    name: str
    cluster: str = ""
    villages: Sequence[str] = ()
    residents: int | None = None
    roles: Sequence[str] = ()


def side_of(connection: Connection, kind: Alike, key: str) -> Side | None:
    """What one of both databases says of it; None where there is nothing by this id."""
    match kind:
        case Alike.DEVICE:
            return _device(connection, key)
        case Alike.PERSON:
            return _person(connection, key)
        case Alike.CLUSTER:
            return _cluster(connection, key)
        case Alike.VILLAGE:
            return _village(connection, key)


def _device(connection: Connection, key: str) -> Side | None:
    device, share = table_named("device").c, table_named("device_share").c
    cluster, village = table_named("cluster").c, table_named("village").c
    found = connection.execute(
        select(device.name, cluster.name.label("cluster"))
        .join(cluster.id.table, cluster.id == device.cluster_id)
        .where(device.id == key)
    ).first()
    if found is None:
        return None
    reaches = (
        select(village.name)
        .join(share.id.table, share.village_id == village.id)
        .where(share.device_id == key, share.valid_until.is_(None))
    )
    return Side(
        code=key, name=found.name, cluster=found.cluster, villages=_named(connection, reaches)
    )


def _person(connection: Connection, key: str) -> Side | None:
    account, grant = table_named("account").c, table_named("role_grant").c
    village = table_named("village").c
    found = connection.execute(
        select(account.username, account.display_name).where(account.id == key)
    ).first()
    if found is None:
        return None
    roles = connection.execute(select(grant.role).where(grant.account_id == key)).scalars()
    heads = (
        select(village.name)
        .join(grant.id.table, grant.village_id == village.id)
        .where(grant.account_id == key)
    )
    return Side(
        code=found.username,
        name=found.display_name,
        roles=sorted(set(roles)),
        villages=_named(connection, heads),
    )


def _cluster(connection: Connection, key: str) -> Side | None:
    cluster, village = table_named("cluster").c, table_named("village").c
    name = connection.execute(select(cluster.name).where(cluster.id == key)).scalar()
    if name is None:
        return None
    inside = select(village.name).where(village.cluster_id == key)
    return Side(code=key, name=name, villages=_named(connection, inside))


def _village(connection: Connection, key: str) -> Side | None:
    cluster, village = table_named("cluster").c, table_named("village").c
    people = table_named("village_population").c
    found = connection.execute(
        select(village.name, cluster.name.label("cluster"))
        .join(cluster.id.table, cluster.id == village.cluster_id)
        .where(village.id == key)
    ).first()
    if found is None:
        return None
    residents = connection.execute(
        select(people.residents)
        .where(people.village_id == key)
        .order_by(people.valid_from.desc())
        .limit(1)
    ).scalar()
    return Side(code=key, name=found.name, cluster=found.cluster, residents=residents)


def _named(connection: Connection, wanted: Select[tuple[Any]]) -> list[str]:
    return sorted(set(connection.execute(wanted).scalars()))
