"""What can stand between a person and their account.

NotSignedIn (broadcaster.web.errors)
├── SignInRefused      401  name or password is wrong; which of them is not said
└── SessionGone        401  signed out, or the session ended
NotAllowed
├── ForeignStranger    403  the provider vouches for somebody whom no admin named
├── OfOtherStations    403  the account is another station's too; its password is not ours to give
├── OnlyInRehearsal    403  what is told at a demonstration's machine, and nowhere else
├── FormForged         403  an act came without the token of this person's own page
├── ClosedToTokens     403  no program's token opens this
├── ScopeLacking       403  this token was not given the scope
└── SecondFactorNeeded 403  this takes a code of the second factor first
LoaError
├── ClosedForNow       429  too many failures; it opens by itself
│   ├── SignInLocked   429  for this name there
│   │   └── NetworkLocked 429  from a stranger's network, for whatever names
│   └── SecondFactorLocked 429  wrong codes; wait, or use a printed one
└── TokenTooFast       429  a program asks too often; wait some seconds
NotFound
├── NoProvider         404  no province's provider is set up here
├── NoSuchPerson       404
├── NoSuchStation      404  no station that this person reads
├── NoSuchHead         404
├── NoSuchToken        404  no token of this station
├── SessionUnknown     404
└── LinkGone           404  a link for a new password was used, replaced, or is too old
BadInput
├── UsernameUnusable   422
├── PhoneUnusable      422
├── NoRole             422
├── NobodyOfThatName   422  no account in use has this user name
├── ErasureUnsure      422
├── TokenNameUnusable  422
├── TokenDaysUnusable  422
├── NoScope            422  a token for nothing, or for what there is not
├── ProviderAnswerLate 422  the answer came too late, or in another browser
├── PasswordTooShort   422
├── PasswordTooWellKnown 422
└── SecondFactorRefused 422  the code is wrong, old or spent
Conflict
├── UsernameTaken      409
├── ForeignLoginTaken  409
├── LastAdmin          409  nobody would be left who could let anybody in
└── SecondFactorMissing 409  nothing is enrolled that could be asked for
Unavailable
├── ProviderUnreachable 503
├── ProviderSaysOtherwise 503  what the provider says does not hold together
├── SignInBusy         503
├── NothingTellable    503  what is told once cannot be sealed for its reader
└── SeedsUnreadable    503  the key of the authenticators' seeds is gone
"""

from datetime import timedelta
from typing import ClassVar

from broadcaster.errors import BadInput, Conflict, LoaError, NotAllowed, NotFound, Unavailable
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


class ClosedForNow(LoaError):
    """Too many failures; it opens again by itself. Its words name the minutes until then."""

    status = 429
    words_vi: ClassVar[str]
    words_en: ClassVar[str]

    def __init__(self, *, opens_in: timedelta, field: str | None = None) -> None:
        minutes = max(1, -(-int(opens_in.total_seconds()) // 60))
        self.message_vi = self.words_vi.format(minutes=minutes)
        self.message_en = self.words_en.format(minutes=minutes)
        super().__init__(field=field)


class SignInLocked(ClosedForNow):
    """Too many failures for this name there."""

    code = "sign_in_locked"
    words_vi = (
        "Tên đăng nhập này đã nhập sai nhiều lần nên tạm khóa. Tài khoản vẫn an toàn. "
        "Hãy thử lại sau {minutes} phút, dùng trình duyệt bạn đã từng đăng nhập, hoặc nhờ "
        "quản trị viên gửi liên kết đặt lại mật khẩu."
    )
    words_en = (
        "Too many wrong attempts for this user name, so it is locked for a while. "
        "The account is safe. Try again in {minutes} min., in a browser in which you "
        "signed in before, or ask an admin for a link for a new password."
    )


class NetworkLocked(SignInLocked):
    """Too many failures from a stranger's network, for whatever names."""

    code = "network_locked"
    words_vi = (
        "Từ mạng bạn đang dùng đã có nhiều lần đăng nhập sai nên tạm khóa; không phải do tài "
        "khoản của bạn. Hãy thử lại sau {minutes} phút, dùng mạng khác, dùng trình duyệt "
        "bạn đã từng đăng nhập, hoặc nhờ quản trị viên gửi liên kết đặt lại mật khẩu."
    )
    words_en = (
        "Too many sign-ins failed from the network you use, so it is locked for a while; your "
        "account is not the reason. Try again in {minutes} min., from another network, "
        "in a browser in which you signed in before, or ask an admin for a link for a new "
        "password."
    )


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


class PhoneUnusable(BadInput):
    """A telephone number has 8 to 15 digits."""

    code = "phone_unusable"
    message_vi = "Số điện thoại gồm 8 đến 15 chữ số, ví dụ 0912 345 678. Chưa lưu gì; hãy sửa lại."
    message_en = "A telephone number has 8 to 15 digits, as in 0912 345 678. Nothing was saved."


class NoSuchStation(NotFound):
    """No station of that id, or none that this person may look at."""

    code = "no_such_station"
    message_vi = (
        "Không có đài này trong các đài bạn được xem. Hãy chọn lại trong danh sách các đài."
    )
    message_en = "There is no such station among those that you may see. Choose one from the list."


class NoSuchHead(NotFound):
    """Nobody by this id is head of a village."""

    code = "no_such_head"
    message_vi = "Không có trưởng thôn này. Hãy mở lại danh sách trưởng thôn."
    message_en = "There is no such village head. Open the list of village heads again."


class NoRole(BadInput):
    """An account without a role could do nothing; a village head needs a village."""

    code = "no_role"
    message_vi = "Tài khoản cần ít nhất một vai trò; trưởng thôn cần được gắn với thôn."
    message_en = "An account needs a role; a village head's role needs a village."


class NobodyOfThatName(BadInput):
    """No account of this user name that could sign in."""

    code = "nobody_of_that_name"
    message_vi = (
        "Không có tài khoản đang dùng với tên đăng nhập này. Chưa có gì thay đổi. Hãy hỏi lại "
        "người đó tên đăng nhập, hoặc thêm họ thành người dùng mới."
    )
    message_en = (
        "There is no account in use with this user name. Nothing was changed. Ask them for their "
        "user name, or add them as somebody new."
    )


class UsernameTaken(Conflict):
    """Somebody has this name already."""

    code = "username_taken"
    message_vi = "Tên đăng nhập này đã có người dùng. Hãy chọn tên khác."
    message_en = "This user name is taken. Choose another."


class SecondFactorNeeded(NotAllowed):
    """This takes a code of the second factor first."""

    code = "second_factor_needed"
    message_vi = (
        "Việc này cần mã xác thực. Chưa có gì thay đổi. Hãy nhập mã trên điện thoại rồi làm lại."
    )
    message_en = (
        "This needs a code of your second factor. Nothing was changed. Enter it and do it again."
    )


class SecondFactorMissing(Conflict):
    """Nothing is enrolled that could be asked for."""

    code = "second_factor_missing"
    message_vi = (
        "Tài khoản này chưa cài mã xác thực. Chưa có gì thay đổi. Hãy mở trang "
        "“Tài khoản của tôi” và cài bằng điện thoại, mất khoảng một phút."
    )
    message_en = (
        "This account has no second factor yet. Nothing was changed. Open “My account” and set it "
        "up with a telephone; it takes about a minute."
    )


class SecondFactorRefused(BadInput):
    """The code is wrong, old or spent; which of them is not said."""

    code = "second_factor_refused"
    message_vi = (
        "Mã xác thực chưa đúng hoặc đã dùng rồi. Chưa có gì thay đổi. "
        "Hãy chờ mã mới hiện trên điện thoại rồi nhập lại."
    )
    message_en = (
        "The code is wrong or was used already. Nothing was changed. "
        "Wait for the next one on your telephone and enter it."
    )


class SecondFactorLocked(ClosedForNow):
    """Too many wrong codes; printed ones serve all the same."""

    code = "second_factor_locked"
    words_vi = (
        "Đã nhập sai mã xác thực nhiều lần nên tạm khóa. Chưa có gì thay đổi. "
        "Hãy thử lại sau {minutes} phút, hoặc dùng ngay một mã in giấy."
    )
    words_en = (
        "Too many wrong codes, so none is taken for a while. Nothing was changed. "
        "Try again in {minutes} min, or use a printed code now."
    )

    def __init__(self, *, opens_in: timedelta) -> None:
        super().__init__(opens_in=opens_in, field="code")


class SeedsUnreadable(Unavailable):
    """The key of the authenticators' seeds is gone or another one."""

    code = "seeds_unreadable"
    message_vi = (
        "Không đọc được khóa của mã xác thực. Mã in giấy vẫn dùng được. "
        "Hãy khôi phục tệp second-factor.key trong thư mục khóa của đài."
    )
    message_en = (
        "The key of the second factors cannot be read. Printed codes still work. "
        "Restore second-factor.key in the station's keys folder."
    )


class NothingTellable(Unavailable):
    """What is told once cannot be sealed for its reader, so it was not made."""

    code = "nothing_tellable"
    message_vi = (
        "Chưa tạo gì: đài không ghi được tệp told-once.key trong thư mục khóa, nên không đưa được "
        "mã cho bạn. Hãy xem ổ đĩa và thư mục khóa, rồi thử lại."
    )
    message_en = (
        "Nothing was made: the station cannot write told-once.key in its keys folder, so it could "
        "not tell you the secret. Look at the disk and at the keys folder, then try again."
    )


class NoSuchPerson(NotFound):
    """Nobody here has this name."""

    code = "no_such_person"
    message_vi = "Không có người dùng nào tên này. Hãy xem lại tên đăng nhập."
    message_en = "Nobody here has this user name. Check it."


class OfOtherStations(NotAllowed):
    """A person of several stations: none of their admins alone decides on the account itself."""

    code = "of_other_stations"
    message_vi = (
        "Người này còn giữ vai trò ở đài khác nên đài này không tự đặt lại mật khẩu, khóa hay xóa "
        "tài khoản được. Chưa có gì thay đổi. Hãy bỏ vai trò ở đài này, hoặc nhờ người quản trị "
        "máy chủ dùng lệnh loa people."
    )
    message_en = (
        "This person holds a role at another station too, so this station alone cannot reset, "
        "close or erase the account. Nothing was changed. Take the role at this station away, or "
        "ask whoever looks after the server to use loa people."
    )


class OnlyInRehearsal(NotAllowed):
    """A code is shown at the machine of a rehearsal station only."""

    code = "only_in_rehearsal"
    message_vi = (
        "Chỉ đài diễn tập mới cho xem mã tại máy. Ở đài thật, hãy dùng điện thoại hoặc mã in giấy; "
        "mất cả hai thì chạy: loa people codes TÊN"
    )
    message_en = (
        "Only a rehearsal station shows codes at its machine. At a real one use the telephone or a "
        "printed code; without both, run: loa people codes NAME"
    )


class SessionUnknown(NotFound):
    """This session is over already, or it is somebody else's."""

    code = "session_unknown"
    message_vi = "Phiên này đã kết thúc rồi. Hãy tải lại trang."
    message_en = "This session is over already. Reload the page."


class LinkGone(NotFound):
    """A link for a new password serves once, for a day."""

    code = "link_gone"
    message_vi = (
        "Liên kết này đã dùng rồi hoặc đã quá hạn. Mật khẩu cũ không đổi. "
        "Hãy nhờ người quản trị của đài tạo liên kết mới."
    )
    message_en = (
        "This link was used already or is too old. The password was not changed. "
        "Ask the station's admin for a new link."
    )


class PasswordTooShort(BadInput):
    """A password has 10 to 200 signs."""

    code = "password_too_short"
    message_vi = "Mật khẩu mới cần từ 10 đến 200 ký tự. Vài từ ghép lại vừa dễ nhớ vừa khó đoán."
    message_en = "A new password has 10 to 200 characters. A few words are easy to keep in mind."


class PasswordTooWellKnown(BadInput):
    """A password that whoever guesses would try first."""

    code = "password_too_well_known"
    message_vi = "Mật khẩu này quá dễ đoán. Hãy chọn vài từ không liên quan đến tên bạn hay đài."
    message_en = "This password is too easy to guess. Choose words that are not your name."


class LastAdmin(Conflict):
    """Nobody would be left who could let anybody in."""

    code = "last_admin"
    message_vi = (
        "Đây là người quản trị cuối cùng của đài nên không gỡ được. Chưa có gì thay đổi. "
        "Hãy thêm một người quản trị khác trước."
    )
    message_en = "This is the station's last admin. Nothing was changed. Add another admin first."


class ErasureUnsure(BadInput):
    """What is erased does not come back, so it is said twice."""

    code = "erasure_unsure"
    message_vi = "Chưa xóa gì. Hãy đánh dấu ô xác nhận nếu đúng là muốn xóa hẳn."
    message_en = "Nothing was erased. Tick the box if you really mean to erase for good."


class NoProvider(NotFound):
    """No province's provider is set up here."""

    code = "no_provider"
    message_vi = "Đài này không đăng nhập bằng tài khoản tỉnh. Hãy dùng tên đăng nhập của đài."
    message_en = "This station has no province's sign-in. Use your user name here."


class ProviderUnreachable(Unavailable):
    """The provider does not answer."""

    code = "provider_unreachable"
    message_vi = (
        "Chưa nối được nơi đăng nhập của tỉnh. Hãy thử lại sau, hoặc dùng tên đăng nhập của đài."
    )
    message_en = (
        "The province's sign-in does not answer. Try later, or use your user name at this station."
    )


class ProviderSaysOtherwise(Unavailable):
    """What the provider says does not hold together; nobody is signed in by it."""

    code = "provider_says_otherwise"
    message_vi = (
        "Nơi đăng nhập của tỉnh không xác nhận được bạn là ai. Chưa có gì thay đổi. Hãy thử lại; "
        "nếu vẫn không được, hãy báo người quản trị của đài."
    )
    message_en = (
        "The province's sign-in could not confirm who you are. Nothing was changed. Try again; "
        "if it stays so, tell the station's admin."
    )


class ProviderAnswerLate(BadInput):
    """The answer came too late, or in another browser than the one that asked."""

    code = "provider_answer_late"
    message_vi = "Lần đăng nhập này đã quá hạn. Chưa có gì thay đổi. Hãy bấm đăng nhập lại."
    message_en = "This sign-in took too long. Nothing was changed. Begin it again."


class ForeignStranger(NotAllowed):
    """The provider vouches for somebody whom no admin of this station named."""

    code = "foreign_stranger"
    message_vi = (
        "Tỉnh biết bạn, nhưng đài này chưa ghi tên bạn. Hãy nhờ người quản trị của đài thêm "
        "tài khoản tỉnh của bạn."
    )
    message_en = (
        "The province knows you, but this station does not. Ask its admin to name your account."
    )


class ForeignLoginTaken(Conflict):
    """This name at the provider is somebody else's here."""

    code = "foreign_login_taken"
    message_vi = "Tên này đã gắn với người khác của đài. Hãy kiểm tra lại."
    message_en = "This name belongs to somebody else at this station. Check it."


class ClosedToTokens(NotAllowed):
    """No program's token opens this, whatever its scopes."""

    code = "closed_to_tokens"
    message_vi = "Mã truy cập của chương trình không được dùng ở đây; việc này cần người đăng nhập."
    message_en = "No program's token is taken here: this needs a person who is signed in."


class ScopeLacking(NotAllowed):
    """This token was not given the scope that the route asks; `detail` names it."""

    code = "scope_lacking"
    message_vi = (
        "Mã truy cập này chưa được cấp quyền cần có. Hãy nhờ quản trị viên tạo mã khác có quyền đó."
    )
    message_en = "This token lacks the scope. Ask an admin for a token that has it."


class TokenTooFast(LoaError):
    """A program asks more often than one may."""

    code = "token_too_fast"
    status = 429
    message_vi = "Chương trình gửi yêu cầu quá dày. Chưa có gì thay đổi. Hãy chờ vài giây."
    message_en = "The program asks too often. Nothing was changed. Wait some seconds."

    def __init__(self, *, wait_s: float = 1.0) -> None:
        super().__init__()
        self.wait_s = wait_s


class NoSuchToken(NotFound):
    """No token of this station."""

    code = "no_such_token"
    message_vi = "Không có mã truy cập này ở đài. Hãy tải lại trang."
    message_en = "There is no such token at this station. Reload the page."


class TokenNameUnusable(BadInput):
    """A token says which program it is for."""

    code = "token_name_unusable"
    message_vi = "Hãy ghi tên chương trình sẽ dùng mã này, từ 1 đến 80 ký tự."
    message_en = "Name the program that will use this token, in 1 to 80 characters."


class TokenDaysUnusable(BadInput):
    """A token always ends."""

    code = "token_days_unusable"
    message_vi = "Mã truy cập phải có hạn: từ 1 đến 366 ngày."
    message_en = "A token must end: after 1 to 366 days."


class NoScope(BadInput):
    """A token for nothing, or for what there is not; `detail` says what there is."""

    code = "no_scope"
    message_vi = "Hãy chọn ít nhất một quyền có trong danh sách cho mã này."
    message_en = "Choose at least one of the listed scopes for this token."
