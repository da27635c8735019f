"""What people's pages call roles, and programs' scopes; each a msgid."""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.accounts.roles import Role
from broadcaster.accounts.scopes import Scope
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

SCOPE_WORDS: Mapping[Scope, str] = MappingProxyType(
    {
        Scope.READ_BROADCASTS: msgid("Đọc lịch phát và các buổi phát"),
        Scope.READ_COVERAGE: msgid("Đọc sổ độ phủ và báo cáo"),
        Scope.READ_DEVICES: msgid("Đọc tình trạng loa"),
        Scope.READ_BULLETINS: msgid("Đọc bản tin"),
        Scope.READ_WARNINGS: msgid("Đọc lệnh khẩn cấp và cảnh báo"),
        Scope.READ_METRICS: msgid("Đọc chỉ số vận hành (Prometheus)"),
        Scope.DRAFT_BULLETINS: msgid("Viết bản nháp"),
        Scope.TEST_DEVICES: msgid("Yêu cầu loa tự kiểm tra"),
    }
)

SCOPE_NOTES: Mapping[Scope, str] = MappingProxyType(
    {
        Scope.READ_BULLETINS: msgid("Kèm tên người viết và người duyệt."),
        Scope.READ_WARNINGS: msgid("Kèm tên người ra lệnh."),
        Scope.DRAFT_BULLETINS: msgid("Biên tập viên gửi duyệt, người khác duyệt rồi mới phát."),
        Scope.TEST_DEVICES: msgid("Một tiếng nhỏ; loa tự từ chối trong giờ yên lặng."),
    }
)
