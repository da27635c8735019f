"""The hazards that a commune warns of, and the words that are ready for each.

Two texts for each: a short *warning*, without place or time, which devices keep and say while the
message is on its way; and a *message* to start from, which whoever orders it may rewrite. They are
Vietnamese as a commune's station speaks it, made to be heard out of a horn: short sentences, what
it is, what to do, said again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from broadcaster.emergency.cadence import Cadence
from broadcaster.web.language import msgid

DRILL = "drill"
"""Which stored warning bridges in a drill: never that of a real hazard."""

OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """One hazard: its word on the wire, its name for people, what is said of it, how often.

    `called` is how it is named inside a sentence. Where `message` is empty, people write their own.
    """

    key: str
    name: str
    called: str
    cadence: Cadence
    warning: str
    message: str


_HAZARDS = (
    Hazard(
        key="storm",
        name=msgid("Bão, gió mạnh"),
        called="bão",
        cadence=Cadence.SLOW,
        warning=(
            "Chú ý! Chú ý! Thông báo khẩn cấp về bão.\n\n"
            "Bà con vào ngay nơi trú ẩn an toàn, không ra ngoài trời. "
            "Xin bà con giữ trật tự, lắng nghe thông báo tiếp theo."
        ),
        message=(
            "Chú ý! Ủy ban nhân dân {commune} thông báo khẩn cấp về bão.\n\n"
            "Bão sắp ảnh hưởng trực tiếp đến địa bàn. Bà con vào ngay nơi trú ẩn an toàn, "
            "đóng chặt cửa, không ra ngoài khi gió còn mạnh. Bà con ở nhà yếu, ở vùng trũng và "
            "ven sông sơ tán ngay theo hướng dẫn của trưởng thôn. Người trên tàu thuyền, lồng bè, "
            "chòi canh phải vào bờ ngay. Không đứng gần cây to, cột điện, mái tôn.\n\n"
            "Xin nhắc lại: bão sắp ảnh hưởng trực tiếp, bà con vào ngay nơi trú ẩn an toàn."
        ),
    ),
    Hazard(
        key="flood",
        name=msgid("Lũ, ngập lụt"),
        called="lũ, ngập lụt",
        cadence=Cadence.USUAL,
        warning=(
            "Chú ý! Chú ý! Thông báo khẩn cấp về lũ.\n\n"
            "Nước đang lên. Bà con đưa người già, trẻ em lên nơi cao ngay. "
            "Xin bà con lắng nghe thông báo tiếp theo."
        ),
        message=(
            "Chú ý! Ủy ban nhân dân {commune} thông báo khẩn cấp về lũ.\n\n"
            "Nước sông đang lên nhanh. Bà con ở vùng trũng và ven sông đưa ngay người già, trẻ em, "
            "người ốm lên nơi cao, mang theo nước uống, thuốc và giấy tờ. Ngắt điện trước khi rời "
            "nhà. Không lội qua ngầm, tràn, không vớt củi trên sông. Ai cần giúp thì gọi ngay "
            "trưởng thôn hoặc số 112.\n\n"
            "Xin nhắc lại: nước đang lên nhanh, bà con lên nơi cao ngay."
        ),
    ),
    Hazard(
        key="flash_flood",
        name=msgid("Lũ quét, lũ ống"),
        called="lũ quét",
        cadence=Cadence.OFTEN,
        warning=(
            "Chú ý! Chú ý! Nguy cơ lũ quét rất cao.\n\n"
            "Bà con rời ngay khe suối, bờ suối, chạy lên nơi cao. "
            "Xin bà con lắng nghe thông báo tiếp theo."
        ),
        message=(
            "Chú ý! Ủy ban nhân dân {commune} thông báo khẩn cấp: nguy cơ lũ quét rất cao.\n\n"
            "Bà con ở ven suối, cửa khe, chân dốc rời nhà ngay bây giờ, lên nơi cao, không chờ thu "
            "dọn đồ đạc. Không qua suối, không qua ngầm. Dìu người già, bế trẻ nhỏ đi trước. "
            "Đến nơi an toàn, bà con báo cho trưởng thôn biết.\n\n"
            "Xin nhắc lại: rời ngay bờ suối, lên nơi cao."
        ),
    ),
    Hazard(
        key="landslide",
        name=msgid("Sạt lở đất"),
        called="sạt lở đất",
        cadence=Cadence.USUAL,
        warning=(
            "Chú ý! Chú ý! Nguy cơ sạt lở đất rất cao.\n\n"
            "Bà con ở chân đồi, mái dốc rời nhà ngay, đến nơi an toàn. "
            "Xin bà con lắng nghe thông báo tiếp theo."
        ),
        message=(
            "Chú ý! Ủy ban nhân dân {commune} thông báo khẩn cấp về sạt lở đất.\n\n"
            "Đất đã no nước, có thể sạt bất cứ lúc nào. Bà con sống ở chân đồi, sát mái dốc, bờ "
            "sông rời nhà ngay, đến điểm sơ tán của thôn. Thấy vết nứt đất, cây nghiêng, nước suối "
            "đục bất thường thì chạy ngay, không quay lại lấy đồ. Không đi qua đoạn đường đang "
            "sạt.\n\n"
            "Xin nhắc lại: rời ngay chân đồi, mái dốc, đến điểm sơ tán của thôn."
        ),
    ),
    Hazard(
        key="dam_release",
        name=msgid("Hồ chứa xả lũ"),
        called="xả lũ hồ chứa",
        cadence=Cadence.USUAL,
        warning=(
            "Chú ý! Chú ý! Hồ chứa xả lũ khẩn cấp.\n\n"
            "Bà con lên bờ ngay, rời lòng sông, bãi sông. "
            "Xin bà con lắng nghe thông báo tiếp theo."
        ),
        message=(
            "Chú ý! Ủy ban nhân dân {commune} thông báo khẩn cấp: hồ chứa sắp xả lũ.\n\n"
            "Nước ở hạ lưu sẽ dâng nhanh. Ai đang ở dưới sông, trên bãi, trên lồng bè thì lên bờ "
            "ngay. Bà con ven sông đưa người, gia súc và tài sản lên cao. Không qua ngầm, tràn, "
            "cầu tạm. Không tắm, không đánh cá, không vớt củi.\n\n"
            "Xin nhắc lại: hồ sắp xả lũ, bà con rời lòng sông, bãi sông ngay."
        ),
    ),
    Hazard(
        key="fire",
        name=msgid("Cháy nhà, cháy chợ"),
        called="cháy",
        cadence=Cadence.OFTEN,
        warning=(
            "Chú ý! Chú ý! Có cháy lớn.\n\n"
            "Bà con ở gần rời khỏi nhà ngay, tránh xa khói. "
            "Xin bà con lắng nghe thông báo tiếp theo."
        ),
        message=(
            "Chú ý! Ủy ban nhân dân {commune} thông báo khẩn cấp: đang có cháy lớn trên địa "
            "bàn.\n\n"
            "Bà con ở gần đám cháy rời khỏi nhà ngay, khóa bình ga, ngắt cầu dao điện nếu kịp. Đi "
            "thấp người, che mũi bằng khăn ướt. Nhường đường cho xe chữa cháy. Lực lượng chữa cháy "
            "tại chỗ tập trung ngay. Ai bị kẹt hoặc biết người bị kẹt thì gọi 114.\n\n"
            "Xin nhắc lại: rời xa đám cháy, gọi 114 khi có người bị kẹt."
        ),
    ),
    Hazard(
        key="wildfire",
        name=msgid("Cháy rừng"),
        called="cháy rừng",
        cadence=Cadence.USUAL,
        warning=(
            "Chú ý! Chú ý! Đang cháy rừng.\n\n"
            "Bà con trong rừng, trên nương ra khỏi rừng ngay. "
            "Xin bà con lắng nghe thông báo tiếp theo."
        ),
        message=(
            "Chú ý! Ủy ban nhân dân {commune} thông báo khẩn cấp: đang cháy rừng.\n\n"
            "Ai đang ở trong rừng, trên nương thì ra ngay, đi ngược chiều gió, xuống chỗ thấp, chỗ "
            "có nước. Bà con ven rừng dọn lá khô, chuẩn bị sơ tán. Lực lượng chữa cháy rừng của "
            "thôn tập trung ngay. Tuyệt đối không đốt nương, không đốt rác.\n\n"
            "Xin nhắc lại: ra khỏi rừng ngay, không đốt bất cứ thứ gì."
        ),
    ),
    Hazard(
        key="epidemic",
        name=msgid("Dịch bệnh nguy hiểm"),
        called="dịch bệnh",
        cadence=Cadence.SLOW,
        warning=(
            "Chú ý! Thông báo khẩn cấp về dịch bệnh.\n\n"
            "Bà con ở yên trong nhà, hạn chế tiếp xúc. "
            "Xin bà con lắng nghe thông báo tiếp theo."
        ),
        message=(
            "Chú ý! Ủy ban nhân dân {commune} thông báo khẩn cấp về dịch bệnh.\n\n"
            "Trên địa bàn đã có người mắc bệnh truyền nhiễm nguy hiểm. Bà con không tụ tập, đeo "
            "khẩu trang, rửa tay bằng xà phòng, ăn chín, uống sôi. Ai sốt, nôn, tiêu chảy hoặc khó "
            "thở thì ở yên tại nhà và gọi trạm y tế xã, không tự ý đến chỗ đông người.\n\n"
            "Xin nhắc lại: có dấu hiệu bệnh thì gọi ngay trạm y tế xã."
        ),
    ),
    Hazard(
        key=OTHER,
        name=msgid("Việc khẩn cấp khác"),
        called="tình huống khẩn cấp",
        cadence=Cadence.USUAL,
        warning=(
            "Chú ý! Chú ý! Thông báo khẩn cấp của Ủy ban nhân dân xã.\n\n"
            "Xin bà con dừng việc đang làm, lắng nghe thông báo tiếp theo."
        ),
        message="",
    ),
)
HAZARDS: Mapping[str, Hazard] = MappingProxyType({each.key: each for each in _HAZARDS})

DRILL_WARNING = (
    "Diễn tập! Diễn tập! Đây là buổi diễn tập báo động, không phải tình huống thật.\n\n"
    "Bà con giữ bình tĩnh và lắng nghe nội dung diễn tập."
)

WARNINGS: Mapping[str, str] = MappingProxyType(
    {**{each.key: each.warning for each in _HAZARDS}, DRILL: DRILL_WARNING}
)
"""The product's own words for each stored warning, the drill's too."""

WARNING_NAMES: Mapping[str, str] = MappingProxyType(
    {**{each.key: each.name for each in _HAZARDS}, DRILL: msgid("Diễn tập")}
)
