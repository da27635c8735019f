"""What can be wrong with a word on what was heard.

LoaError
├── BadInput
│   ├── HearingUnsaid     neither heard nor not heard
│   ├── NoteTooLong       over 500 characters
│   └── PhotoUnusable     422  no photo that can be shown
│       └── PhotoTooLarge      in bytes or in pixels
├── Conflict
│   └── NotOnAirYet       409  nobody can have heard it
└── Unavailable
    └── PhotosBusy        503  many photos at once; nothing was lost
"""

from broadcaster.errors import BadInput, Conflict, Unavailable

NOTE_LIMIT_CHARACTERS = 500


class HearingUnsaid(BadInput):
    """Neither heard nor not heard."""

    code = "hearing_unsaid"
    message_vi = (
        "Chưa chọn nghe rõ hay không nghe. Chưa gửi gì; hãy chọn một trong hai rồi gửi lại."
    )
    message_en = (
        "Choose whether it was heard clearly or not. Nothing was sent; choose and send again."
    )


class NoteTooLong(BadInput):
    """Over 500 characters."""

    code = "note_too_long"
    message_vi = "Ghi chú dài quá 500 chữ cái. Chưa gửi gì; hãy viết ngắn lại rồi gửi."
    message_en = (
        "The note is longer than 500 characters. Nothing was sent; shorten it and send again."
    )


class PhotoUnusable(BadInput):
    """No photo that can be shown."""

    code = "photo_unusable"
    message_vi = (
        "Tệp này không phải ảnh JPEG, PNG hay WebP đọc được. Chưa gửi gì; hãy chọn ảnh khác."
    )
    message_en = (
        "This file is no readable JPEG, PNG or WebP. Nothing was sent; choose another photo."
    )


class PhotoTooLarge(PhotoUnusable):
    """Too large in bytes or in pixels."""

    code = "photo_too_large"
    message_vi = "Ảnh lớn quá 12 MB hoặc quá 50 triệu điểm ảnh. Chưa gửi gì; hãy chọn ảnh nhỏ hơn."
    message_en = "The photo is over 12 MB or 50 megapixels. Nothing was sent; choose a smaller one."


class NotOnAirYet(Conflict):
    """Nobody can have heard it."""

    code = "not_on_air_yet"
    message_vi = "Lần phát này chưa bắt đầu nên chưa thể nói đã nghe hay chưa. Chưa ghi gì."
    message_en = "This broadcast has not begun, so nobody can have heard it. Nothing was written."


class PhotosBusy(Unavailable):
    """Many photos at once; nothing was lost."""

    code = "photos_busy"
    message_vi = "Nhiều ảnh đang được nhận cùng lúc. Chưa gửi gì; hãy chờ vài giây rồi gửi lại."
    message_en = (
        "Many photos are coming in at once. Nothing was sent; wait some seconds, send again."
    )
