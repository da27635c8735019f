"""What both stations have, and what may be decided about it, in words (msgids)."""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.joining.meeting import Alike
from broadcaster.web.language import msgid

KINDS: Mapping[str, str] = MappingProxyType(
    {
        Alike.DEVICE: msgid("Trùng mã loa"),
        Alike.PERSON: msgid("Trùng tên đăng nhập"),
        Alike.CLUSTER: msgid("Trùng tên cụm"),
        Alike.VILLAGE: msgid("Trùng tên thôn"),
    }
)
CHOICES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        Alike.DEVICE: ("", msgid("Mã mới của loa xã kia")),
        Alike.PERSON: (msgid("Cùng một người"), msgid("Hai người: tên đăng nhập mới")),
        Alike.CLUSTER: (msgid("Giữ tên trùng"), msgid("Tên mới của cụm xã kia")),
        Alike.VILLAGE: (msgid("Giữ tên trùng"), msgid("Tên mới của thôn xã kia")),
    }
)
"""What can be chosen instead of a name, where anything can; and what a name is asked for as."""
