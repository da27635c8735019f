"""What a trial found, and what sources are called, in words (msgids)."""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.sources.tables import SourceKind, SourceLevel
from broadcaster.sources.trial import Finding
from broadcaster.web.language import msgid

LEVELS: Mapping[str, str] = MappingProxyType(
    {
        SourceLevel.NATIONAL: msgid("đài quốc gia"),
        SourceLevel.PROVINCE: msgid("đài tỉnh"),
        SourceLevel.DISTRICT: msgid("đài huyện, khu vực"),
    }
)
KINDS: Mapping[str, str] = MappingProxyType(
    {
        SourceKind.STREAM: msgid("Luồng phát liên tục (MP3, AAC)"),
        SourceKind.HLS: msgid("HLS (địa chỉ .m3u8)"),
    }
)
FINDINGS: Mapping[str, str] = MappingProxyType(
    {
        Finding.PLAYS: msgid("Nghe được: nguồn đang phát có tiếng."),
        Finding.SILENT: msgid("Nhận được nhưng im lặng: nguồn đang phát mà không có tiếng."),
        Finding.NOT_ALLOWED: msgid(
            "Không được phép: nguồn dẫn tới máy chủ hoặc địa chỉ mạng không nằm trong danh sách "
            "cho phép. Loa sẽ từ chối."
        ),
        Finding.UNREACHABLE: msgid(
            "Không nối được tới máy chủ. Hãy kiểm tra địa chỉ và đường truyền của đài."
        ),
        Finding.CERTIFICATE: msgid(
            "Chứng chỉ bảo mật của máy chủ không tin được hoặc đã hết hạn. Loa sẽ không nối."
        ),
        Finding.REFUSED: msgid("Máy chủ trả lời nhưng từ chối. Hãy kiểm tra lại địa chỉ."),
        Finding.NOTHING_CAME: msgid("Máy chủ không gửi gì trong thời gian chờ."),
        Finding.NO_PROGRAMME: msgid(
            "Máy chủ có trả lời nhưng đó không phải âm thanh mà loa giải mã được."
        ),
    }
)
