"""What networks, and posts' forms, states and troubles are called, by the catalogue."""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.errors import LoaError
from broadcaster.publishing.errors import CardFailed, ChannelClosed, NoSuchItem, OutletSealed
from broadcaster.publishing.outlets.errors import (
    OutletBusy,
    OutletRefuses,
    OutletShut,
    OutletUnreachable,
    OutletUnsure,
)
from broadcaster.publishing.outlets.port import Form, Outlet
from broadcaster.publishing.post_states import PostState
from broadcaster.web.language import msgid

NAMES: Mapping[Outlet, str] = MappingProxyType(
    {Outlet.FACEBOOK: "Facebook", Outlet.ZALO: "Zalo Official Account"}
)
FORMS: Mapping[Form, str] = MappingProxyType(
    {
        Form.LINK: msgid("Chữ và liên kết"),
        Form.PICTURE: msgid("Chữ và thẻ hình"),
        Form.VIDEO: msgid("Chữ và thẻ tiếng (MP4)"),
        Form.ARTICLE: msgid("Bài viết có thẻ hình"),
    }
)
STATES: Mapping[PostState, str] = MappingProxyType(
    {
        PostState.WAITING: msgid("Chờ gửi"),
        PostState.SENDING: msgid("Đang gửi"),
        PostState.UNSURE: msgid("Chưa rõ đã lên hay chưa, đài đang hỏi lại"),
        PostState.ACCEPTED: msgid("Đã nhận, chờ hiện lên"),
        PostState.POSTED: msgid("Đã đăng"),
        PostState.REFUSED: msgid("Bị từ chối"),
        PostState.GIVEN_UP: msgid("Đã thôi gửi"),
        PostState.WITHDRAWN: msgid("Đã gỡ"),
    }
)
TROUBLES: Mapping[str, type[LoaError]] = MappingProxyType(
    {
        each.code: each
        for each in (
            OutletBusy, OutletRefuses, OutletShut, OutletUnreachable, OutletUnsure, OutletSealed,
            CardFailed, ChannelClosed, NoSuchItem,
        )
    }
)  # fmt: skip
