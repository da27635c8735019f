"""What can stand against a letter.

Conflict     409  MailOff
BadInput     422  MailPasswordUnusable
Unavailable  503  MailNotSent
"""

from broadcaster.errors import BadInput, Conflict, Unavailable


class MailOff(Conflict):
    """No mail server is set."""

    code = "mail_off"
    message_vi = (
        "Chưa đặt thư điện tử. Đặt LOA_MAIL_SERVER, LOA_MAIL_FROM, LOA_MAIL_TO rồi thử lại."
    )
    message_en = (
        "E-mail is off. Set LOA_MAIL_SERVER, LOA_MAIL_FROM and LOA_MAIL_TO, then try again."
    )


class MailPasswordUnusable(BadInput):
    """What was typed is no password that a mail server can take."""

    code = "mail_password_unusable"
    message_vi = "Mật khẩu thư trống hoặc có ký tự xuống dòng. Hãy nhập lại."
    message_en = "The mail password is empty or holds a line's end. Type it again."


class MailNotSent(Unavailable):
    """The mail server did not take it: `detail` is a code, never what the server or we said."""

    code = "mail_not_sent"
    message_vi = "Thư chưa gửi được. Xem lại máy chủ, tên đăng nhập, mật khẩu và người nhận."
    message_en = "The letter was not taken. Look at server, user, password and recipients."
