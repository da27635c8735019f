"""What people's pages call roles; each a msgid."""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.accounts.roles import Role
from broadcaster.web.language import msgid

ROLE_WORDS: Mapping[Role, str] = MappingProxyType(
    {
        Role.OPERATOR: msgid("Biên tập viên"),
        Role.LEADER: msgid("Lãnh đạo"),
        Role.VILLAGE_HEAD: msgid("Trưởng thôn"),
        Role.ADMIN: msgid("Quản trị viên"),
        Role.INSPECTOR: msgid("Người giám sát"),
    }
)

ROLE_NOTES: Mapping[Role, str] = MappingProxyType(
    {
        Role.OPERATOR: msgid("Viết bản tin, xếp lịch, nói trực tiếp khi được phép."),
        Role.LEADER: msgid("Duyệt bản tin, xếp lịch, ủy quyền khẩn cấp, xem nhật ký."),
        Role.VILLAGE_HEAD: msgid("Xem thôn của mình. Cần chọn thôn ở dưới."),
        Role.ADMIN: msgid("Quản lý người dùng, loa, khóa; không viết và không duyệt."),
        Role.INSPECTOR: msgid("Xem mọi trang của đài, không thay đổi được gì."),
    }
)
