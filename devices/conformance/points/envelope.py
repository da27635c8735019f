"""Section 2: every way in which a message is none, tried with plans that nobody may follow."""

import base64
import json
from collections.abc import Callable, Sequence

import msgspec
from nacl.signing import SigningKey

from devices.conformance.bench import Bench, PointFailed
from devices.conformance.point import Point, point
from devices.protocol import topics
from devices.protocol.jws import MESSAGE_LIMIT_BYTES, key_id, seal
from devices.protocol.messages import Typ, encode
from devices.protocol.orders import Plan

Forge = Callable[[Bench, Plan], str | bytes]


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _headed(bench: Bench, plan: Plan, **header: object) -> str:
    """Signed rightly, under a header of one's own."""
    key = bench.station.key
    usual = {"alg": "EdDSA", "kid": key_id(key.verify_key), "typ": str(Typ.PLAN)}
    signed = f"{_b64(json.dumps(usual | header).encode())}.{_b64(encode(plan))}"
    return f"{signed}.{_b64(key.sign(signed.encode()).signature)}"


def _sealed(bench: Bench, plan: Plan, **members: object) -> str:
    """Signed rightly, with members of one's own."""
    told = msgspec.to_builtins(plan) | members
    return seal(msgspec.json.encode(told), typ=Typ.PLAN, key=bench.station.key)


def _changed(bench: Bench, plan: Plan) -> str:
    """Still a plan in every way, but not the one that was signed."""
    header, _, signature = _sealed(bench, plan).split(".")
    later = msgspec.structs.replace(plan, issued_at_ms=plan.issued_at_ms + 1)
    return f"{header}.{_b64(encode(later))}.{signature}"


def _unsigned(bench: Bench, plan: Plan) -> str:
    header, payload, _ = _headed(bench, plan, alg="none").split(".")
    return f"{header}.{payload}."


def _by_stranger(bench: Bench, plan: Plan) -> str:
    del bench
    return seal(encode(plan), typ=Typ.PLAN, key=SigningKey.generate())


def _borrowed(bench: Bench, plan: Plan) -> str:
    header, payload, _ = _sealed(bench, plan).split(".")
    signature = SigningKey.generate().sign(f"{header}.{payload}".encode()).signature
    return f"{header}.{payload}.{_b64(signature)}"


def _too_large(bench: Bench, plan: Plan) -> str:
    return _sealed(bench, plan, filling="x" * (MESSAGE_LIMIT_BYTES * 3 // 4))


def _by_root(bench: Bench, plan: Plan) -> str:
    return seal(encode(plan), typ=Typ.PLAN, key=bench.station.kit.root_key)


_FORGERIES: dict[str, tuple[str, str, str, Forge]] = {
    "refuses_a_changed_message": (
        "2.1",
        "Từ chối bản tin bị sửa một chữ số",
        "Refuses a message with one figure changed",
        _changed,
    ),
    "refuses_a_borrowed_key_id": (
        "2.1",
        "Từ chối chữ ký của người khác dưới tên khóa thật",
        "Refuses another's signature under a known key id",
        _borrowed,
    ),
    "refuses_padding": (
        "2.1",
        "Từ chối base64url có đệm",
        "Refuses padded base64url",
        lambda bench, plan: f"{_sealed(bench, plan)}==",
    ),
    "refuses_alg_none": ("2.2", "Từ chối alg none", "Refuses alg none", _unsigned),
    "refuses_alg_hs256": (
        "2.2",
        "Từ chối alg HS256",
        "Refuses alg HS256",
        lambda bench, plan: _headed(bench, plan, alg="HS256"),
    ),
    "refuses_another_header_member": (
        "2.2",
        "Từ chối phần đầu có thêm trường",
        "Refuses a header with one member more",
        lambda bench, plan: _headed(bench, plan, crit=["b64"]),
    ),
    "refuses_a_field_out_of_bounds": (
        "2.5",
        "Từ chối cả bản tin khi một trường vượt giới hạn",
        "Refuses the whole message for one member out of bounds",
        lambda bench, plan: _sealed(bench, plan, issued_at_ms=-1),
    ),
    "refuses_what_is_too_large": (
        "2.5",
        "Từ chối bản tin quá lớn",
        "Refuses a message beyond the limit",
        _too_large,
    ),
    "refuses_an_unknown_key": (
        "2.6",
        "Từ chối khóa lạ",
        "Refuses a key that it does not know",
        _by_stranger,
    ),
    "refuses_another_station": (
        "2.6",
        "Từ chối lệnh của đài khác",
        "Refuses a plan for another station",
        lambda bench, plan: _sealed(bench, plan, station="dai-khac"),
    ),
    "refuses_another_cluster": (
        "2.6",
        "Từ chối lệnh của cụm khác",
        "Refuses a plan for another cluster",
        lambda bench, plan: _sealed(bench, plan, cluster="cum-khac"),
    ),
    "refuses_another_kind": (
        "2.6",
        "Từ chối loại bản tin không thuộc chủ đề này",
        "Refuses a kind that its topic does not carry",
        lambda bench, plan: _headed(bench, plan, typ="loa-now"),
    ),
    "refuses_the_root_key": (
        "3.1",
        "Từ chối lịch do khóa gốc ký",
        "Refuses a plan signed by the root key",
        _by_root,
    ),
    "refuses_another_version": (
        "24",
        "Từ chối phiên bản giao ước khác",
        "Refuses another version of the contract",
        lambda bench, plan: _sealed(bench, plan, v=2),
    ),
}


def _point(name: str, section: str, vi: str, en: str, forge: Forge) -> Point:
    def check(bench: Bench) -> None:
        order = bench.order()
        plan = bench.station.plan(order)
        bench.station.publish(bench.station.topic_of(plan), forge(bench, plan))
        bench.marked()
        bench.silent_about(order)
        if bench.status.plan_version == plan.version:
            raise PointFailed("the status shows the forged plan's version")

    return Point(name=name, section=section, title_vi=vi, title_en=en, check=check)


POINTS: Sequence[Point] = [_point(name, *told) for name, told in _FORGERIES.items()]


@point(
    "2.7", vi="Giữ trường chưa biết, vẫn theo", en="Follows a plan with members it does not know"
)
def keeps_unknown_members(bench: Bench) -> None:
    """Members of a later version, at every depth."""
    order = bench.order(after_ms=3_600_000)
    plan = bench.station.plan(order)
    told = msgspec.to_builtins(plan) | {"weather": {"rain": [1, None, {"mm": 2.5}]}}
    told["orders"][0]["colour"] = "đỏ"
    message = seal(msgspec.json.encode(told), typ=Typ.PLAN, key=bench.station.key)
    bench.station.publish(bench.station.topic_of(plan), message, retain=True)
    bench.expect(
        lambda: bench.status.plan_version == plan.version, "the status shows that plan's version"
    )
    if not bench.heard.of(order.id):
        bench.expect(lambda: bench.heard.of(order.id), "its order is received")


@point(
    "2.7", vi="Loại bản tin lạ không làm rớt kết nối", en="Stays connected through unknown kinds"
)
def is_polite_to_unknown_kinds(bench: Bench) -> None:
    """Unknown kinds and noise on its own topic: the connection stays, and it goes on."""
    kit = bench.station.kit
    topic = topics.to_device(kit.station, kit.device)
    knocks = len(bench.line.knocks_s) if bench.door else 0
    unknown = json.dumps({"kind": "weather", "station": kit.station, "device": kit.device})
    bench.station.publish(topic, seal(unknown.encode(), typ="loa-weather", key=bench.station.key))
    for noise in (b"\x00\xff", b"{}", b"a.b.c", b"." * 100):
        bench.station.publish(topic, noise)
    bench.marked()
    if bench.door and len(bench.line.knocks_s) > knocks:
        raise PointFailed("it connected anew")
