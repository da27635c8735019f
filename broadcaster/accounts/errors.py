"""What can stand between a person and their account.

NotSignedIn (broadcaster.web.errors)
├── SignInRefused      401  name or password is wrong; which of them is not said
└── SessionGone        401  signed out, or the session ended
NotAllowed
└── FormForged         403  an act came without the token of this person's own page
LoaError
└── SignInLocked       429  too many failures for this name; wait
BadInput
├── UsernameUnusable   422
└── NoRole             422
Conflict
└── UsernameTaken      409
Unavailable
└── SignInBusy         503
"""

from datetime import timedelta

from broadcaster.errors import BadInput, Conflict, LoaError, NotAllowed, Unavailable
from broadcaster.web.errors import NotSignedIn


class SignInRefused(NotSignedIn):
    """Name or password is wrong; which of them is not said."""

    code = "sign_in_refused"
    message_vi = "Tên đăng nhập hoặc mật khẩu chưa đúng. Hãy kiểm tra rồi nhập lại."
    message_en = "The user name or the password is wrong. Check them and try again."


class SessionGone(NotSignedIn):
    """Nobody is signed in, or the session ended."""

    code = "session_gone"
    message_vi = "Bạn chưa đăng nhập hoặc phiên đã hết hạn. Hãy đăng nhập rồi làm lại."
    message_en = "You are not signed in, or your session ended. Sign in and do it again."


class SignInLocked(LoaError):
    """Too many failures for this name; it opens again by itself."""

    code = "sign_in_locked"
    status = 429

    def __init__(self, *, opens_in: timedelta) -> None:
        minutes = max(1, -(-int(opens_in.total_seconds()) // 60))
        self.message_vi = (
            "Tên đăng nhập này đã nhập sai nhiều lần nên tạm khóa. "
            f"Tài khoản vẫn an toàn. Hãy thử lại sau {minutes} phút."
        )
        self.message_en = (
            "Too many wrong attempts for this user name, so it is locked for a while. "
            f"The account is safe. Try again in {minutes} min."
        )
        super().__init__()


class SignInBusy(Unavailable):
    """More people sign in at once than can be checked; nobody was refused."""

    code = "sign_in_busy"
    message_vi = "Nhiều người đang đăng nhập cùng lúc. Hãy chờ vài giây rồi thử lại."
    message_en = "Many people are signing in at once. Wait a few seconds and try again."


class FormForged(NotAllowed):
    """An act came without the token of this person's own page (CSRF)."""

    code = "form_forged"
    message_vi = (
        "Trang này đã cũ hoặc thao tác không xuất phát từ trang của đài. Chưa có gì thay đổi. "
        "Hãy tải lại trang rồi làm lại."
    )
    message_en = (
        "This page is out of date, or the action did not come from the station's own page. "
        "Nothing was changed. Reload the page and do it again."
    )


class UsernameUnusable(BadInput):
    """A user name is 2 to 40 small letters, digits, dots and dashes."""

    code = "username_unusable"
    message_vi = (
        "Tên đăng nhập cần 2 đến 40 ký tự: chữ thường không dấu, chữ số, dấu chấm, gạch nối."
    )
    message_en = "A user name has 2 to 40 characters: small letters a–z, digits, dots and dashes."


class NoRole(BadInput):
    """An account without a role could do nothing; a village head needs a village."""

    code = "no_role"
    message_vi = "Tài khoản cần ít nhất một vai trò; trưởng thôn cần được gắn với thôn."
    message_en = "An account needs a role; a village head's role needs a village."


class UsernameTaken(Conflict):
    """Somebody has this name already."""

    code = "username_taken"
    message_vi = "Tên đăng nhập này đã có người dùng. Hãy chọn tên khác."
    message_en = "This user name is taken. Choose another."
