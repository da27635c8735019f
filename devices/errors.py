"""Every error that devices and the wire contract raise.

DevicesError
├── ContractViolation        a message that the contract does not allow; never acted on
│   ├── MessageTooLarge      longer than any message of its kind may be
│   ├── MalformedMessage     not JWS, not JSON, or a field missing or out of bounds
│   ├── WrongKind            the typ or kind is not the one its topic carries
│   ├── WrongKey             signed by a key that this reader does not trust
│   ├── OutsideScope         signed by a key that may not sign this kind, or not for this cluster
│   ├── KeyExpired           signed by a key before its first or after its last day
│   ├── RolledBack           older than what this reader has accepted already
│   ├── BadSignature         the signature does not cover these bytes
│   ├── WrongAddress         station, cluster or device differ from the topic's
│   ├── BrokenChain          a confirmation does not follow the one before it
│   ├── Expired              an order for a moment that is over
│   ├── NotConfigured        an order before any configuration said whose orders to take
│   ├── UnaskedAnswer        a time that answers no open question
│   ├── UnaskedFrame         live sound of a stream that this device does not hear
│   └── ReceiptUnfounded     a receipt for confirmations that this journal does not hold
├── CodeUnreadable           an enrolment code was mistyped (protocol.enrolment)
├── CredentialsUnreadable    the broker's file of users is missing (protocol.credentials)
├── IdentityMissing          a controller's folder holds no identity
├── EnrolmentEnded           the station does not let this device in with this code
├── EnrolmentTimedOut        nobody let the device in within a day
├── HomeInUse                another controller runs on the same folder
├── JournalUnusable          the device's memory cannot be read or written
├── FleetRefused             the folder to simulate holds no controllers, or real ones
├── AudioFetchFailed         the station's audio could not be fetched
├── AudioUndecodable         the cached bytes are not sound
│   ├── RelayUndecodable     a programme comes in a form that this device cannot decode
│   └── LiveUndecodable      what came of live speech is not sound
├── AudioMissing             the audio did not come while it was of any use
│   ├── RelayStalled         nothing came of a programme that was to be passed on
│   └── LiveStalled          nothing came of live speech
├── RelayBroken              a programme broke off, and is tried again
├── AudioDeviceUnusable      the sound card is missing, lost, or takes no sound
└── BrokerUnusable           the embedded broker cannot start as asked (broker.errors)
"""


class DevicesError(Exception):
    """The root: a stable code, and what to do now, in Vietnamese and English."""

    code = "devices"
    message_vi = "Thiết bị gặp lỗi. Xem nhật ký để biết chi tiết."
    message_en = "A device failed. See the log for details."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.message_en)
        self.detail = detail


class ContractViolation(DevicesError):
    """A message that the contract does not allow."""

    code = "contract_violation"
    message_vi = "Thông điệp không đúng giao ước nên không được thực hiện."
    message_en = "The message breaks the contract, so it was not acted on."
    version: int | None = None
    """The version of a message that a known key signed, for saying which one was refused."""


class MessageTooLarge(ContractViolation):
    """The message is longer than any of its kind may be."""

    code = "message_too_large"


class MalformedMessage(ContractViolation):
    """Not JWS, not JSON, or a field is missing or out of bounds."""

    code = "malformed"


class WrongKind(ContractViolation):
    """The signed kind is not the one that this topic carries."""

    code = "wrong_kind"


class WrongKey(ContractViolation):
    """Signed by a key that this reader does not trust."""

    code = "wrong_key"


class OutsideScope(ContractViolation):
    """The key is known, but may not sign this kind, or not for this cluster."""

    code = "issuer_scope"


class KeyExpired(ContractViolation):
    """The key is known, but it is before its first or after its last day."""

    code = "key_expired"


class RolledBack(ContractViolation):
    """The message is older than what was accepted already."""

    code = "rolled_back"


class BadSignature(ContractViolation):
    """The signature does not cover these bytes."""

    code = "bad_signature"


class WrongAddress(ContractViolation):
    """Station, cluster or device differ from those of the topic."""

    code = "wrong_address"


class BrokenChain(ContractViolation):
    """A confirmation does not name the hash of the one before it."""

    code = "broken_chain"


class Expired(ContractViolation):
    """An order for a moment that is over."""

    code = "expired"


class NotConfigured(ContractViolation):
    """An order came before any configuration said whose orders to take."""

    code = "not_configured"


class UnaskedAnswer(ContractViolation):
    """A time that answers no open question of this device: late, repeated, or made up."""

    code = "unasked_answer"


class UnaskedFrame(ContractViolation):
    """Live sound of a stream that this device does not hear: of another, or one that is over."""

    code = "unasked_frame"


class ReceiptUnfounded(ContractViolation):
    """A receipt for another epoch, another chain, or numbers that were never given."""

    code = "receipt_unfounded"


class IdentityMissing(DevicesError):
    """A controller's folder holds no identity."""

    code = "identity_missing"
    message_vi = "Thư mục này chưa có danh tính thiết bị. Hãy đăng ký thiết bị với đài trước."
    message_en = "This folder holds no device identity. Enrol the device with its station first."


class EnrolmentEnded(DevicesError):
    """The station does not let this device in with this code."""

    code = "enrolment_ended"
    message_vi = "Đài không nhận thiết bị này với mã đã nhập. Hãy xin quản trị một mã mới."
    message_en = "The station does not take this device with this code. Ask its admin for another."


class EnrolmentTimedOut(DevicesError):
    """Nobody let the device in within a day."""

    code = "enrolment_timed_out"
    message_vi = "Đã quá 24 giờ mà chưa ai nhận thiết bị. Hãy xin quản trị một mã mới."
    message_en = (
        "Nobody let this device in within 24 hours. Ask the station's admin for a new code."
    )


class HomeInUse(DevicesError):
    """Another controller runs on the same folder; two would forge each other's journal."""

    code = "home_in_use"
    message_vi = "Thư mục này đang được một bộ điều khiển khác dùng. Hãy dừng bộ đó trước."
    message_en = "Another controller is running on this folder. Stop that one first."


class JournalUnusable(DevicesError):
    """The device's memory cannot be read or written: a full or broken disk."""

    code = "journal_unusable"
    message_vi = "Không ghi được nhật ký của thiết bị. Hãy kiểm tra dung lượng và thẻ nhớ."
    message_en = "The device's journal cannot be written. Check the free space and the disk."


class FleetRefused(DevicesError):
    """The folder to simulate holds no controllers, or some that are registered for real."""

    code = "fleet_refused"
    message_vi = "Thư mục này không phải đội thiết bị diễn tập nên không được mô phỏng."
    message_en = "This folder is not a rehearsal fleet, so it is not simulated."


class AudioFetchFailed(DevicesError):
    """The station's audio could not be fetched."""

    code = "audio_fetch_failed"
    message_vi = "Chưa tải được tệp âm thanh từ đài. Thiết bị sẽ thử lại."
    message_en = "The audio could not be fetched from the station. The device will try again."


class AudioUndecodable(DevicesError):
    """The cached bytes are not sound."""

    code = "audio_undecodable"
    message_vi = "Tệp âm thanh không giải mã được nên không phát."
    message_en = "The audio cannot be decoded, so it is not played."


class AudioDeviceUnusable(DevicesError):
    """The sound card is missing, lost, or takes no sound."""

    code = "audio_device"
    message_vi = "Không dùng được thiết bị âm thanh. Hãy kiểm tra cạc âm thanh và dây nối."
    message_en = "The audio device cannot be used. Check the sound card and its cables."


class AudioMissing(DevicesError):
    """The audio of an order did not come while it was of any use."""

    code = "audio_missing"
    message_vi = "Âm thanh không về kịp nên không phát được lời."
    message_en = "The audio did not arrive in time, so the message was not played."


class RelayUndecodable(AudioUndecodable):
    """A programme comes in a form that this device cannot decode."""

    code = "relay_undecodable"
    message_vi = "Thiết bị không giải mã được chương trình tiếp âm này."
    message_en = "This device cannot decode the programme that was to be relayed."


class RelayStalled(AudioMissing):
    """Nothing came of a programme that was to be passed on."""

    code = "relay_stalled"
    message_vi = "Không nhận được chương trình tiếp âm."
    message_en = "Nothing came of the programme that was to be relayed."


class LiveUndecodable(AudioUndecodable):
    """What came of live speech is not sound."""

    code = "live_undecodable"
    message_vi = "Thiết bị không giải mã được tiếng nói trực tiếp."
    message_en = "This device cannot decode the live speech."


class LiveStalled(AudioMissing):
    """Nothing came of live speech."""

    code = "live_stalled"
    message_vi = "Không nhận được tiếng nói trực tiếp."
    message_en = "Nothing came of the live speech."


class RelayBroken(DevicesError):
    """A programme broke off, or could not be reached; it is tried again."""

    code = "relay_broken"
    message_vi = "Chương trình tiếp âm bị gián đoạn. Thiết bị sẽ thử lại."
    message_en = "The programme that is relayed broke off. The device will try again."


class BrokerUnusable(DevicesError):
    """The embedded broker cannot start as asked."""

    code = "broker_unusable"
    message_vi = "Không khởi động được máy chủ MQTT kèm theo."
    message_en = "The embedded MQTT broker could not start."
