"""What can stand between the world and what the station broadcast.

LoaError
├── BadInput
│   ├── AccountIdUnusable  what was entered is no Page's or application's number
│   └── AccountSecretUnusable  what was entered is no token or key as networks give them
├── NotFound
│   ├── ChannelClosed      no leader has opened the public channels
│   ├── NoSuchItem         no bulletin of this id went on air, or it is kept back
│   ├── CardNotMade        nobody has had this bulletin's MP4 made yet
│   ├── OutletNotEntered   no admin has entered an account at this network
│   └── NoSuchPost         this bulletin was never decided on for this network
├── Conflict
│   └── PostUnderWay       it is posted there already, or on its way
└── Unavailable
    ├── CardFailed         picture and sound did not become an MP4
    └── OutletSealed       the key of the accounts' secrets is gone or another one
"""

from broadcaster.errors import BadInput, Conflict, NotFound, Unavailable


class ChannelClosed(NotFound):
    """No leader has opened the public channels."""

    code = "channel_closed"
    message_vi = "Đài này chưa mở kênh công khai. Hãy hỏi Ủy ban nhân dân xã."
    message_en = "This station has not opened its public channels. Ask the commune's office."


class NoSuchItem(NotFound):
    """No bulletin of this id went on air, or it is kept back."""

    code = "no_such_item"
    message_vi = "Không có bản tin này trong kênh công khai."
    message_en = "There is no such bulletin in the public channel."


class CardNotMade(NotFound):
    """Nobody has had this bulletin's MP4 made yet."""

    code = "card_not_made"
    message_vi = "Thẻ tiếng của bản tin này chưa được tạo. Hãy bấm “Tạo thẻ tiếng” trước."
    message_en = "The audio card of this bulletin is not made yet. Have it made first."


class CardFailed(Unavailable):
    """Picture and sound did not become an MP4."""

    code = "card_failed"
    message_vi = "Chưa tạo được thẻ tiếng. Bản tin và âm thanh vẫn nguyên. Hãy thử lại."
    message_en = "The audio card was not made. Bulletin and sound are as they were. Try again."


class AccountIdUnusable(BadInput):
    """What was entered is no Page's or application's number."""

    code = "account_id_unusable"
    message_vi = (
        "Mã này chỉ gồm chữ số, như mạng xã hội ghi ở trang quản trị của họ, không phải tên hay "
        "địa chỉ trang. Chưa có gì thay đổi; mã bí mật phải dán lại."
    )
    message_en = (
        "This is a number, as the network shows it to its admins: no name and no address. "
        "Nothing was changed; paste what is secret again."
    )


class AccountSecretUnusable(BadInput):
    """What was entered is no token or key as networks give them."""

    code = "account_secret_unusable"
    message_vi = (
        "Hãy chép trọn mã do mạng xã hội cấp rồi dán vào đây: chữ cái không dấu và chữ số, "
        "không có dấu cách. Chưa có gì thay đổi; mã bí mật phải dán lại."
    )
    message_en = (
        "Copy the whole of what the network gave you and paste it here: no accents, no spaces. "
        "Nothing was changed; paste what is secret again."
    )


class OutletNotEntered(NotFound):
    """No admin has entered an account at this network."""

    code = "outlet_not_entered"
    message_vi = "Đài chưa nối với mạng xã hội này. Quản trị nhập tài khoản ở trang Nơi đăng."
    message_en = "The station has no account there. An admin enters one on the page of networks."


class NoSuchPost(NotFound):
    """This bulletin was never decided on for this network."""

    code = "no_such_post"
    message_vi = "Bản tin này chưa được quyết định đăng ở đây."
    message_en = "Nobody decided to post this bulletin there."


class PostUnderWay(Conflict):
    """It is posted there already, or on its way."""

    code = "post_under_way"
    message_vi = "Bản tin này đã đăng hoặc đang được đăng ở đây. Muốn đăng lại, hãy gỡ trước."
    message_en = "This bulletin is posted there or on its way. To post it anew, withdraw it first."


class OutletSealed(Unavailable):
    """The key of the accounts' secrets is gone or another one."""

    code = "outlet_sealed"
    message_vi = (
        "Không đọc được mã truy cập đã lưu. Hãy khôi phục tệp outlets.key trong thư mục khóa của "
        "đài, hoặc nhập lại tài khoản."
    )
    message_en = (
        "The kept token cannot be read. Restore the file outlets.key in the station's keys folder, "
        "or enter the account again."
    )
