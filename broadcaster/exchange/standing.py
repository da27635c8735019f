"""Where a bulletin of the province stands here, and what a newer version does to an older. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from broadcaster.web.language import msgid


class Standing(StrEnum):
    """What has become of one version of a bulletin."""

    WAITING = "waiting"
    REFUSED = "refused"
    TAKEN = "taken"
    DISMISSED = "dismissed"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    ORDERED = "ordered"
    """Never written: an emergency was ordered by it."""


STATES: Mapping[str, str] = MappingProxyType(
    {
        Standing.WAITING: msgid("chờ người của đài xem"),
        Standing.REFUSED: msgid("đài không dùng được, đã báo tỉnh"),
        Standing.TAKEN: msgid("đã nhận thành bản tin của đài"),
        Standing.DISMISSED: msgid("đài đã bỏ qua"),
        Standing.REPLACED: msgid("đã có bản mới thay"),
        Standing.WITHDRAWN: msgid("tỉnh đã thu hồi"),
        Standing.ORDERED: msgid("đã ra lệnh khẩn cấp theo bản tin này"),
    }
)


def after_newer(standing: str, *, withdraws: bool) -> str:
    """What an older version becomes once a newer one, or a withdrawal, is known.

    What a person did with it stands: the newer version asks them again.
    """
    if standing in {Standing.WAITING, Standing.REPLACED, Standing.REFUSED}:
        return Standing.WITHDRAWN if withdraws else Standing.REPLACED
    return standing


def asks_a_person(standing: str) -> bool:
    """Whether somebody acted on a version, so that its withdrawal must be told to a person."""
    return standing in {Standing.TAKEN, Standing.ORDERED}
