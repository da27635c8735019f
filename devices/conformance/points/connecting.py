"""Sections 4, 5 and 6: how a device connects, what it says first, what it asks."""

from devices.broker.packets import PacketRefused, PacketType, next_frame, read_connect
from devices.conformance.bench import Bench, PointFailed, PointNotRun
from devices.conformance.point import point
from devices.protocol import topics
from devices.protocol.commands import TimeAnswer
from devices.protocol.jws import key_id
from devices.protocol.reports import Kind
from devices.protocol.topics import Upward

_HELLO_LIMIT_BYTES = 16_384


@point("4.3", vi="Báo trực tuyến sau khi kết nối", en="Says that it is online")
def says_it_is_online(bench: Bench) -> None:
    """After every connection, signed by its own key."""
    bench.expect(lambda: bench.heard.statuses and bench.status.online, "a status with online true")
    status = bench.status
    if status.key_id not in {None, key_id(bench.heard.key)}:
        raise PointFailed(f"key_id is {status.key_id}, not the device's own")
    if status.epoch is None:
        raise PointFailed("the status names no epoch")


@point(
    "4.3",
    vi="Đăng nhập đúng: phiên bền, giữ nhịp, di chúc",
    en="Logs in as agreed: persistent session, keep-alive, last will",
)
def logs_in_as_agreed(bench: Bench) -> None:
    """What stands in the CONNECT packet."""
    if not bench.line.hellos:
        raise PointFailed("the device never connected through the line it was given")
    try:
        frame = next_frame(
            bytearray(bench.line.hellos[-1]),
            limit_bytes=_HELLO_LIMIT_BYTES,
            only=PacketType.CONNECT,
        )
        connect = read_connect(frame) if frame is not None else None
    except PacketRefused as error:
        raise PointNotRun(f"not MQTT 3.1.1 ({error}): look at the packet by hand") from error
    if connect is None:
        raise PointFailed("no whole CONNECT packet")
    kit = bench.station.kit
    wanted = topics.from_device(kit.station, kit.device, Upward.STATUS)
    wrong = {
        "client id is not the username": connect.client_id != connect.username,
        "clean session": connect.clean_session,
        "keep-alive is not 1 to 30 s": not 1 <= connect.keep_alive_s <= 30,
        "last will is not the status": connect.will_topic != wanted,
        "last will is not retained": not connect.will_retained,
    }
    if any(wrong.values()):
        raise PointFailed(", ".join(what for what, is_so in wrong.items() if is_so))


@point("5.4", vi="Theo cấu hình đã ký", en="Follows a signed configuration")
def follows_its_configuration(bench: Bench) -> None:
    """And says so."""
    bench.configure()
    if bench.status.keyring_serial != bench.station.serial:
        raise PointFailed(f"keyring_serial {bench.status.keyring_serial} in the status")


@point("6.2", vi="Hỏi giờ đài", en="Asks what time it is")
def asks_for_the_time(bench: Bench) -> None:
    """After each connection, under a nonce of its own."""
    bench.expect(lambda: bench.heard.asks, "a question on from/…/ask")
    before = len(bench.heard.asks)
    bench.line.drop()
    bench.expect(lambda: len(bench.heard.asks) > before, "a question after a new connection")
    nonces = [ask.nonce for ask in bench.heard.asks]
    if len(set(nonces)) < len(nonces):
        raise PointFailed("a nonce came twice")


@point("6.2", vi="Không tin giờ mà nó không hỏi", en="Believes no time that it did not ask for")
def believes_no_unasked_time(bench: Bench) -> None:
    """An answer to somebody else's nonce, a year from now, moves nothing."""
    kit = bench.station.kit
    order = bench.order()
    bench.station.say(
        TimeAnswer(
            station=kit.station,
            device=kit.device,
            nonce="0f" * 16,
            at_ms=order.starts_at_ms + 365 * 86_400_000,
        )
    )
    bench.plan(order)
    bench.punctual(order, bench.hears(order, Kind.FINISHED).first_sample_at_us)


@point("4.3", vi="Di chúc đã ký khi mất đường truyền", en="Leaves a signed last will")
def leaves_a_last_will(bench: Bench) -> None:
    """The broker says it when the line is cut; the device comes back by itself."""
    bench.line.cut()
    bench.expect(lambda: not bench.status.online, "a status with online false", within_s=60)
    bench.line.mend()
    bench.expect(lambda: bench.status.online, "online again", within_s=45)


@point("4.3", vi="Chịu được đứt nối liên tiếp", en="Survives a storm of reconnections")
def survives_reconnections(bench: Bench) -> None:
    """Five breaks in a row; afterwards it hears and says as before."""
    for _ in range(5):
        _break_once(bench)
    bench.marked()


def _break_once(bench: Bench) -> None:
    statuses = len(bench.heard.statuses)
    bench.line.drop()
    bench.expect(
        lambda: any(status.online for status in bench.heard.statuses[statuses:]),
        "online again after a break",
        within_s=30,
    )


@point("19", vi="Giãn dần khi không nối được", en="Backs off while nobody lets it in")
def backs_off(bench: Bench) -> None:
    """At most a handful of attempts in 12 s, and back within 45 s."""
    bench.line.cut()
    knocks = len(bench.line.knocks_s)
    bench.rest(12)
    tried = len(bench.line.knocks_s) - knocks
    bench.line.mend()
    if tried > 9:
        raise PointFailed(f"{tried} attempts in 12 s")
    bench.expect(lambda: bench.status.online, "online again", within_s=45)
    bench.marked()
