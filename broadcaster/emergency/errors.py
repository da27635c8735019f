"""What can stand between a person and an emergency.

NotFound
├── UnknownEmergency        404
├── UnknownAuthorisation    404
└── UnknownWarning          404
NotAllowed                  403
├── NotAuthorised               no leader pre-authorised this person
├── OwnAuthorisation            nobody authorises themselves
├── OwnEmergency                nobody reviews what they ordered
└── OwnWarning                  nobody approves a warning that they wrote
BadInput                    422
├── NoPlaceChosen
├── UnknownHazard
├── UnknownCadence
├── UnknownMode                 neither real nor drill was chosen
├── UnknownEnding
├── UnknownVerdict
├── WordsMissing
├── WordsTooLong
├── NotConfirmed                the word was not typed
├── ReasonMissing               `--yes` in a terminal needs its reason
├── WhichEmergency              several last, and none is named
├── CannotBeAuthorised          no account of staff
└── NoteMissing                 a verdict against needs a reason
Conflict                    409
├── DrillInQuietHours
├── RequestTaken                this page's key ordered somebody else's emergency
├── AlreadyAuthorised
├── AlreadyEnded
├── AlreadyReviewed
├── WarningNotRendered
└── WarningChanged              not what was shown and heard
"""

from broadcaster.errors import BadInput, Conflict, NotAllowed, NotFound

WORDS_LIMIT_CHARACTERS = 1_500
NOTE_LIMIT_CHARACTERS = 500


class UnknownEmergency(NotFound):
    """There is no such emergency."""

    code = "unknown_emergency"
    message_vi = "Không có lệnh khẩn cấp này. Hãy mở lại trang Khẩn cấp."
    message_en = "There is no such emergency. Open the emergency page again."


class UnknownAuthorisation(NotFound):
    """There is no such authorisation."""

    code = "unknown_authorisation"
    message_vi = "Không có ủy quyền này. Hãy mở lại trang Khẩn cấp."
    message_en = "There is no such authorisation. Open the emergency page again."


class UnknownWarning(NotFound):
    """There is no such stored warning."""

    code = "unknown_warning"
    message_vi = "Không có lời cảnh báo này. Hãy mở lại trang lời cảnh báo."
    message_en = "There is no such warning. Open the page of warnings again."


class NotAuthorised(NotAllowed):
    """Only whom a leader named beforehand may order an emergency."""

    code = "not_authorised"
    message_vi = (
        "Bạn chưa được lãnh đạo ủy quyền phát khẩn cấp. Chưa có gì được phát. "
        "Hãy gọi người có tên trong danh sách ủy quyền, hoặc nhờ lãnh đạo ủy quyền cho bạn."
    )
    message_en = (
        "No leader has authorised you to order emergencies. Nothing was broadcast. "
        "Call somebody on the list, or ask a leader to authorise you."
    )


class OwnAuthorisation(NotAllowed):
    """Nobody authorises themselves."""

    code = "own_authorisation"
    message_vi = "Không ai tự ủy quyền cho mình. Hãy nhờ một lãnh đạo khác."
    message_en = "Nobody authorises themselves. Ask another leader."


class OwnEmergency(NotAllowed):
    """Nobody reviews what they ordered, prolonged or worded the end of."""

    code = "own_emergency"
    message_vi = (
        "Người ra lệnh, cho nhắc lại tiếp hoặc soạn lời kết thúc không tự xem xét. "
        "Hãy nhờ một lãnh đạo khác."
    )
    message_en = (
        "Whoever ordered it, let it go on or worded its end does not review it. Ask another leader."
    )


class OwnWarning(NotAllowed):
    """Nobody approves a warning that they wrote."""

    code = "own_warning"
    message_vi = "Người viết lời cảnh báo không tự duyệt được. Hãy nhờ một lãnh đạo khác."
    message_en = "Whoever wrote a warning cannot approve it. Ask another leader."


class NoPlaceChosen(BadInput):
    """An emergency goes to at least one cluster."""

    code = "no_place_chosen"
    message_vi = "Chưa chọn nơi phát. Hãy chọn ít nhất một cụm, hoặc toàn xã. Chưa có gì được phát."
    message_en = "No place is chosen. Choose a cluster or the whole commune. Nothing was broadcast."


class UnknownHazard(BadInput):
    """A hazard is one of those offered."""

    code = "unknown_hazard"
    message_vi = "Chưa chọn loại nguy hiểm. Hãy chọn một loại trong danh sách."
    message_en = "No hazard is chosen. Choose one of the list."


class UnknownCadence(BadInput):
    """How often it is repeated is one of a few."""

    code = "unknown_cadence"
    message_vi = "Chưa chọn cách nhắc lại. Hãy chọn một cách trong danh sách."
    message_en = "How often to repeat is not chosen. Choose one of the list."


class UnknownMode(BadInput):
    """Nothing is real or a drill by default."""

    code = "unknown_mode"
    message_vi = "Chưa chọn “Thật” hay “Diễn tập”. Hãy chọn một. Chưa có gì được phát."
    message_en = "Neither “real” nor “drill” is chosen. Choose one. Nothing was broadcast."


class UnknownEnding(BadInput):
    """An emergency ends in one of three ways."""

    code = "unknown_ending"
    message_vi = "Chưa chọn cách kết thúc. Hãy chọn một cách trong danh sách."
    message_en = "How it ends is not chosen. Choose one of the list."


class UnknownVerdict(BadInput):
    """A review finds it right or not."""

    code = "unknown_verdict"
    message_vi = "Chưa chọn kết luận. Hãy chọn “Đúng” hoặc “Chưa đúng”."
    message_en = "No verdict is chosen. Choose “right” or “not right”."


class WordsMissing(BadInput):
    """There is nothing to say."""

    code = "words_missing"
    message_vi = "Chưa có lời nào để đọc. Hãy viết nội dung. Chưa có gì được phát."
    message_en = "There are no words to say. Write them. Nothing was broadcast."


class WordsTooLong(BadInput):
    """An emergency is short."""

    code = "words_too_long"
    message_vi = "Lời dài quá 1.500 ký tự. Tin khẩn cấp cần ngắn; hãy rút gọn rồi gửi lại."
    message_en = "The words exceed 1,500 characters. An emergency is short; shorten them."


class NotConfirmed(BadInput):
    """The word that confirms was not typed."""

    code = "not_confirmed"
    message_vi = "Chưa gõ đúng chữ xác nhận nên chưa phát gì. Hãy gõ lại đúng chữ ghi trên trang."
    message_en = "The confirming words were not typed, so nothing was broadcast. Type them again."


class ReasonMissing(BadInput):
    """What is confirmed without a typed word says why."""

    code = "reason_missing"
    message_vi = "Dùng --yes thì phải ghi lý do bằng --reason. Chưa có gì được phát."
    message_en = "With --yes say why, by --reason. Nothing was broadcast."


class WhichEmergency(BadInput):
    """Several last, and it was not said which is meant."""

    code = "which_emergency"
    message_vi = "Đang có nhiều lệnh khẩn cấp. Hãy ghi rõ mã của lệnh. Chưa có gì thay đổi."
    message_en = "Several emergencies last. Name the one that is meant. Nothing was changed."


class CannotBeAuthorised(BadInput):
    """Only people of the station are authorised."""

    code = "cannot_be_authorised"
    message_vi = "Chỉ ủy quyền được cho người biên tập hoặc lãnh đạo của đài. Hãy chọn lại."
    message_en = "Only operators and leaders of the station can be authorised. Choose again."


class NoteMissing(BadInput):
    """A verdict against an order says why."""

    code = "note_missing"
    message_vi = "Kết luận “Chưa đúng” cần ghi rõ lý do. Hãy viết vài chữ."
    message_en = "A verdict of “not right” needs its reason. Write a few words."


class DrillInQuietHours(Conflict):
    """Nobody is woken for a drill; `ends` is the clock from which one may be held."""

    code = "drill_in_quiet_hours"
    message_vi = "Đang giờ yên lặng nên không diễn tập. Hãy diễn tập vào ban ngày."
    message_en = "These are quiet hours, so there is no drill. Hold it by day."

    def __init__(self, ends: str = "", *, field: str | None = None) -> None:
        super().__init__(ends, field=field)
        if ends:
            self.message_vi = f"Đang giờ yên lặng nên không diễn tập. Hãy diễn tập từ {ends}."
            self.message_en = f"These are quiet hours, so there is no drill. Hold it from {ends}."


class RequestTaken(Conflict):
    """The key of a page orders once, and for its own person."""

    code = "request_taken"
    message_vi = "Trang xác nhận này không còn dùng được. Hãy mở lại trang Khẩn cấp rồi ra lệnh."
    message_en = "This confirming page is used up. Open the emergency page again and order."


class AlreadyAuthorised(Conflict):
    """This person is authorised already."""

    code = "already_authorised"
    message_vi = "Người này đã được ủy quyền rồi."
    message_en = "This person is authorised already."


class AlreadyEnded(Conflict):
    """It has ended already."""

    code = "already_ended"
    message_vi = "Lệnh khẩn cấp này đã kết thúc rồi. Hãy tải lại trang."
    message_en = "This emergency has ended already. Reload the page."


class AlreadyReviewed(Conflict):
    """It was reviewed already."""

    code = "already_reviewed"
    message_vi = "Lệnh khẩn cấp này đã có người xem xét. Hãy tải lại trang."
    message_en = "This emergency was reviewed already. Reload the page."


class WarningNotRendered(Conflict):
    """What has no sound cannot be approved."""

    code = "warning_not_rendered"
    message_vi = "Lời cảnh báo này chưa có âm thanh. Hãy chờ ít phút, nghe rồi mới duyệt."
    message_en = "This warning has no sound yet. Wait a little, listen, then approve."


class WarningChanged(Conflict):
    """It is no longer what was shown and heard."""

    code = "warning_changed"
    message_vi = "Lời cảnh báo đã đổi sau khi bạn mở trang. Hãy tải lại, nghe lại rồi duyệt."
    message_en = "The warning changed after you opened the page. Reload, listen, then approve."
