"""What a person at the terminal is told of a broker, in Vietnamese and in English."""

from collections.abc import Mapping
from pathlib import Path

from devices.broker.packets import PACKET_LIMIT_BYTES

_REFUSED_VI = (
    "không tên, sai mật khẩu, mã máy khách khác tên, phát hoặc nghe ngoài quyền đã cấp, "
    f"QoS 2, MQTT 5, gói trên {PACKET_LIMIT_BYTES} byte"
)
_REFUSED_EN = (
    "no name, a wrong secret, a client id that is not the username, publishing or subscribing "
    f"outside what is granted, QoS 2, MQTT 5, packets over {PACKET_LIMIT_BYTES} bytes"
)


def welcome(url: str, *, users: int) -> str:
    """Where the broker listens, for how many, and what it refuses."""
    return (
        f"● {url}  {users} tài khoản / users\n"
        f"  Từ chối: {_REFUSED_VI}.\n"
        f"  Refused: {_REFUSED_EN}.\n"
        "  Ctrl-C để dừng / Ctrl-C to stop\n"
    )


def farewell(refused: Mapping[tuple[str, str], int]) -> str:
    """What was refused while it ran, by kind and user."""
    if not refused:
        return "» Đã dừng, không từ chối gì. / Stopped; nothing was refused.\n"
    lines = [
        f"    {what:<20}{user or '(người lạ / stranger)':<32}{times:>8}\n"
        for (what, user), times in sorted(refused.items())
    ]
    return "» Đã dừng. Đã từ chối: / Stopped. Refused:\n" + "".join(lines)


def how_to_run_mosquitto(configuration: Path) -> str:
    """What to do with the files that were written."""
    return (
        f"✓ {configuration}\n"
        f"  Chạy: mosquitto -c {configuration}\n"
        "  Sau mỗi lần ghi lại, gửi SIGHUP cho mosquitto để tài khoản mới có hiệu lực.\n"
        f"  Start: mosquitto -c {configuration}\n"
        "  After each new writing send mosquitto a SIGHUP, so that it takes the new users.\n"
    )


def mosquitto_runs(configuration: Path) -> str:
    """That it runs, with what, and how to end it."""
    return (
        f"● mosquitto -c {configuration}\n"
        "  Tài khoản thêm hay thu hồi có hiệu lực ngay. Ctrl-C để dừng.\n"
        "  Users that are added or revoked take effect at once. Ctrl-C to stop.\n"
    )
