"""Sections 3 and 5.3: who may sign what, from when until when, and what no longer counts."""

import msgspec
from nacl.signing import SigningKey

from devices.conformance.bench import FAR_MS, Bench, PointFailed
from devices.conformance.point import point
from devices.conformance.station import unix_ms
from devices.protocol.configuration import Config, IssuerKey, Scope
from devices.protocol.orders import Order, Priority
from devices.protocol.reports import Kind

DAY_MS = 86_400_000


def _trust(bench: Bench, *issuers: IssuerKey) -> None:
    """Have the device trust these keys too, by a keyring of the next serial."""
    bench.station.serial = max(bench.station.serial + 1, unix_ms())
    bench.station.issuers = issuers
    bench.configure()
    if bench.status.keyring_serial != bench.station.serial:
        raise PointFailed("the status does not show the new keyring_serial")


def _rejected(bench: Bench, key: SigningKey, *, code: str) -> None:
    """A plan by this key is refused as a whole, and that is said."""
    order = bench.order()
    plan = bench.station.plan(order)
    bench.station.say(plan, key=key, retain=False)
    bench.expect(
        lambda: code in bench.heard.rejections(plan_version=plan.version),
        f"rejected({code}) with that plan_version",
    )
    bench.silent_about(order)


@point("3.3", vi="Khóa không có quyền ký lịch", en="Refuses a plan by a key without that scope")
def refuses_a_key_without_scope(bench: Bench) -> None:
    """Known, but for receipts only."""
    key = SigningKey.generate()
    _trust(bench, bench.station.issuer(key, scopes=[Scope.RECEIPT, Scope.EMERGENCY]))
    _rejected(bench, key, code="issuer_scope")


@point("3.3", vi="Khóa của cụm khác", en="Refuses a plan by a key for another cluster")
def refuses_a_key_for_another_cluster(bench: Bench) -> None:
    """Known, but only for a cluster that is not ours."""
    key = SigningKey.generate()
    _trust(bench, bench.station.issuer(key, clusters=["cum-9"]))
    _rejected(bench, key, code="issuer_scope")


@point(
    "3.3",
    vi="Khóa không có quyền khẩn cấp: chỉ bỏ lệnh khẩn cấp",
    en="Refuses only the emergency of a key without that scope",
)
def refuses_an_emergency_without_scope(bench: Bench) -> None:
    """The other orders of the same plan stand."""
    key = SigningKey.generate()
    calm = [scope for scope in Scope if scope is not Scope.EMERGENCY]
    _trust(bench, bench.station.issuer(key, scopes=calm))
    emergency = bench.order(priority=Priority.EMERGENCY)
    normal = bench.order(after_ms=FAR_MS)
    bench.station.say(bench.station.plan(emergency, normal), key=key)
    bench.hears(emergency, Kind.REJECTED, code="issuer_scope")
    bench.hears(normal, Kind.RECEIVED)
    bench.never(emergency, Kind.RECEIVED, Kind.STARTED, Kind.TONE_STARTED)


@point("3.4", vi="Khóa hết hạn", en="Refuses a key past its last day")
def refuses_an_expired_key(bench: Bench) -> None:
    """However the message is dated."""
    key = SigningKey.generate()
    gone = bench.station.issuer(key, not_after_ms=unix_ms() - 60_000)
    _trust(bench, gone)
    _rejected(bench, key, code="key_expired")


@point("3.4", vi="Khóa chưa đến hạn", en="Refuses a key before its first day")
def refuses_a_key_of_tomorrow(bench: Bench) -> None:
    """More than 300 s before."""
    key = SigningKey.generate()
    _trust(bench, bench.station.issuer(key, not_before_ms=unix_ms() + DAY_MS))
    _rejected(bench, key, code="key_expired")


@point("3.5", vi="Theo khóa mới trong vòng khóa mới", en="Follows a new key of a new keyring")
def follows_a_new_key(bench: Bench) -> None:
    """Rotation: the new key's plan is received."""
    key = SigningKey.generate()
    _trust(bench, bench.station.issuer(key))
    order = bench.order(after_ms=FAR_MS)
    bench.station.say(bench.station.plan(order), key=key)
    bench.hears(order, Kind.RECEIVED)


@point("3.6", vi="Khóa bị thu hồi", en="Obeys a revoked key no more")
def obeys_no_revoked_key(bench: Bench) -> None:
    """What it signed and what has not begun does not begin; what it signs anew is refused."""
    key = SigningKey.generate()
    _trust(bench, bench.station.issuer(key))
    held, forged = bench.order(after_ms=8_000), bench.order()
    bench.station.say(bench.station.plan(held), key=key)
    bench.hears(held, Kind.RECEIVED)
    _trust(bench)
    bench.station.say(bench.station.plan(forged), key=key, retain=False)
    bench.rest(max(0.0, (held.starts_at_ms - unix_ms()) / 1_000 + 1.5))
    bench.never(held, Kind.STARTED)
    bench.marked()
    bench.silent_about(forged)


def _not_followed(bench: Bench, config: Config, *, key: SigningKey | None = None) -> None:
    """A configuration under which the next order would be too long is not followed."""
    before = bench.status.config_version
    bench.station.say(config, key=key, retain=False)
    order = bench.order(after_ms=FAR_MS)
    bench.station.say(bench.station.plan(order))
    bench.hears(order, Kind.RECEIVED)
    if bench.status.config_version != before:
        raise PointFailed("the status shows another config_version")


@point("3.2", vi="Không lùi vòng khóa", en="Goes back to no older keyring")
def refuses_an_older_keyring(bench: Bench) -> None:
    """Not even inside a newer configuration."""
    older = bench.station.keyring(serial=bench.station.serial - 1)
    _not_followed(bench, bench.station.config(keyring=older, longest_play_ms=1_000))


@point("3.2", vi="Chỉ tin khóa gốc đã ghim", en="Trusts no other root")
def trusts_no_other_root(bench: Bench) -> None:
    """A keyring by a root of one's own, and everything signed by it."""
    station = bench.station
    other = SigningKey.generate()
    impostor = msgspec.structs.replace(station.kit, root=other.encode().hex())
    honest, station.kit = station.kit, impostor
    try:
        forged = station.keyring(serial=station.serial + 1)
    finally:
        station.kit = honest
    _not_followed(bench, station.config(keyring=forged, longest_play_ms=1_000))


@point(
    "3.3", vi="Khóa không có quyền cấu hình", en="Follows no configuration by a key without scope"
)
def refuses_a_configuration_without_scope(bench: Bench) -> None:
    """A key that may sign everything else."""
    key = SigningKey.generate()
    rest = [scope for scope in Scope if scope is not Scope.CONFIG]
    _trust(bench, bench.station.issuer(key, scopes=rest))
    _not_followed(bench, bench.station.config(longest_play_ms=1_000), key=key)


@point("5.3", vi="Không lùi cấu hình", en="Goes back to no older configuration")
def refuses_an_older_configuration(bench: Bench) -> None:
    """Nor to another one of the same version."""
    for version in (bench.status.config_version - 1, bench.status.config_version):
        _not_followed(bench, bench.station.config(version=version, longest_play_ms=1_000))


@point("3.3", vi="Khóa không có quyền ra lệnh tức thời", en="Plays no order for now without scope")
def refuses_a_now_without_scope(bench: Bench) -> None:
    """A key that may sign plans and emergencies, but not on the fast path."""
    key = SigningKey.generate()
    slow = [scope for scope in Scope if scope is not Scope.NOW]
    _trust(bench, bench.station.issuer(key, scopes=slow))
    order: Order = bench.order(after_ms=0)
    bench.station.say(bench.station.now(order=order), key=key)
    bench.marked(by_now=True)
    bench.never(order, Kind.RECEIVED, Kind.STARTED)
