"""What keeps a playlist from being kept, or from becoming one sound.

NotFound
└── UnknownPlaylist       404
BadInput                  422
├── NothingInPlaylist          no part, or nothing in it would be heard
├── TooManyParts
├── PartUnusable               a part lacks what its kind needs
├── RelayInPlaylist            a relay is no part of one sound; it has a schedule of its own
└── PartNotApproved            a bulletin in it is not approved, or no bulletin
"""

from collections.abc import Sequence

from broadcaster.errors import BadInput, NotFound

PARTS_LIMIT = 50


class UnknownPlaylist(NotFound):
    """There is no such playlist."""

    code = "unknown_playlist"
    message_vi = "Không có chương trình này. Hãy mở lại danh sách chương trình."
    message_en = "There is no such playlist. Open the list of playlists again."


class NothingInPlaylist(BadInput):
    """A playlist has at least one part that is heard."""

    code = "nothing_in_playlist"
    message_vi = "Chương trình chưa có gì để phát. Hãy thêm ít nhất một bản tin."
    message_en = "There is nothing to be heard in this playlist. Add at least one bulletin."


class TooManyParts(BadInput):
    """A playlist has at most 50 parts."""

    code = "too_many_parts"
    message_vi = "Chương trình có tối đa 50 phần. Chưa có gì thay đổi; hãy bớt đi."
    message_en = "A playlist has at most 50 parts. Nothing was changed; take some out."


class PartUnusable(BadInput):
    """A part lacks what its kind needs."""

    code = "part_unusable"

    def __init__(self, position: int, *, field: str = "items") -> None:
        self.message_vi = (
            f"Phần thứ {position} chưa đủ: bản tin cần chọn bản tin; nhạc và khoảng lặng "
            "cần độ dài từ 1 giây đến 45 phút. Chưa có gì thay đổi."
        )
        self.message_en = (
            f"Part {position} is not complete: a bulletin must be chosen; music and a pause "
            "last 1 second to 45 minutes. Nothing was changed."
        )
        super().__init__(field=field)


class RelayInPlaylist(BadInput):
    """A relay is no part of one sound that people approve; it has a schedule of its own."""

    code = "relay_in_playlist"

    def __init__(self, position: int, *, field: str = "items") -> None:
        self.message_vi = (
            f"Phần thứ {position} là tiếp âm, không ghép vào chương trình được: chương trình là "
            "một âm thanh đã duyệt, còn tiếp âm là sóng đang phát. Hãy bỏ phần này, lập lịch ở "
            "trang Tiếp sóng và xếp giờ ngay sau chương trình. Chưa có gì thay đổi."
        )
        self.message_en = (
            f"Part {position} is a relay, which cannot be part of a playlist: a playlist is one "
            "approved sound, a relay is what is on air then. Take it out, make a relay on the page "
            "Relays and schedule it right after the playlist. Nothing was changed."
        )
        super().__init__(field=field)


class PartNotApproved(BadInput):
    """A bulletin in the playlist is not approved."""

    code = "part_not_approved"

    def __init__(self, titles: Sequence[str]) -> None:
        named = "; ".join(f"“{title}”" for title in titles)
        self.message_vi = (
            f"Chưa được duyệt: {named}. Danh sách phần đã lưu; "
            "hãy chờ lãnh đạo duyệt bản tin rồi dựng lại chương trình."
        )
        self.message_en = (
            f"Not approved yet: {named}. The parts are kept; make the playlist's sound again once "
            "the bulletin is approved."
        )
        super().__init__(named, field="items")
