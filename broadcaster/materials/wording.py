"""How sources of material are said to people."""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.materials.errors import MaterialUnreachable, MaterialUnreadable
from broadcaster.web.language import msgid

TROUBLES: Mapping[str, str] = MappingProxyType(
    {
        MaterialUnreachable.code: msgid("không trả lời như mong đợi"),
        MaterialUnreadable.code: msgid("không trả về danh sách đọc được"),
    }
)
