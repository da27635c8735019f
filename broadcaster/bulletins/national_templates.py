"""The templates that every station has: what a commune announces again and again.

The words are a station's own, in Vietnamese as they are read aloud; what stands in [[ ]] is filled
in by a form. Drawn up by this project after usual announcements; a station may keep its own beside.
"""

from dataclasses import dataclass

from broadcaster.web.language import msgid


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalTemplate:
    """One template; `name` is a msgid, the rest is text to be read aloud."""

    id: str
    name: str
    title: str
    script: str
    topic: str
    contributor: str = ""
    priority: int = 3


NATIONAL_TEMPLATES = (
    NationalTemplate(
        id="power-cut",
        name=msgid("Cắt điện"),
        title="Tạm ngừng cấp điện ngày [[ngày cắt điện]]",
        topic="điện, nước",
        contributor="Điện lực",
        script=(
            "Kính thưa bà con.\n\n"
            "Điện lực thông báo tạm ngừng cấp điện để [[lý do, ví dụ: sửa chữa đường dây]].\n\n"
            "Thời gian: từ [[giờ bắt đầu]] đến [[giờ kết thúc]], ngày [[ngày cắt điện]].\n\n"
            "Khu vực mất điện: [[các thôn mất điện]].\n\n"
            "Đề nghị bà con chủ động sạc đèn và điện thoại, dự trữ nước, rút phích cắm các thiết "
            "bị điện. Xin lưu ý: dây điện có thể có điện trở lại bất cứ lúc nào, không đến gần và "
            "không tự ý sửa chữa."
        ),
    ),
    NationalTemplate(
        id="vaccination",
        name=msgid("Tiêm chủng"),
        title="Lịch tiêm [[loại vắc xin]] ngày [[ngày tiêm]]",
        topic="y tế",
        contributor="Trạm y tế",
        script=(
            "Kính thưa bà con.\n\n"
            "Trạm y tế xã tổ chức tiêm [[loại vắc xin]] cho [[đối tượng, ví dụ: trẻ dưới một "
            "tuổi]].\n\n"
            "Thời gian: từ [[giờ bắt đầu]] đến [[giờ kết thúc]], ngày [[ngày tiêm]].\n\n"
            "Địa điểm: [[địa điểm tiêm]].\n\n"
            "Khi đi, bà con mang theo sổ tiêm chủng và thẻ bảo hiểm y tế. Trẻ đang sốt hoặc vừa ốm "
            "dậy, xin báo cho cán bộ y tế trước khi tiêm. Sau khi tiêm, ở lại theo dõi ba mươi "
            "phút."
        ),
    ),
    NationalTemplate(
        id="storm",
        name=msgid("Bão, mưa lũ"),
        title="Chủ động phòng chống [[tên cơn bão hoặc đợt mưa]]",
        topic="phòng chống thiên tai",
        contributor="Ủy ban nhân dân xã",
        priority=2,
        script=(
            "Kính thưa bà con.\n\n"
            "Theo tin của cơ quan khí tượng thủy văn, [[tên cơn bão hoặc đợt mưa]] có thể ảnh "
            "hưởng đến xã ta từ [[thời gian ảnh hưởng]], gió mạnh [[cấp gió]].\n\n"
            "Ủy ban nhân dân xã đề nghị bà con: chằng chống nhà cửa, cắt tỉa cành cây; đưa người "
            "già, trẻ em ở nơi thấp trũng, ven sông suối, sườn dốc đến [[nơi sơ tán]]; dự trữ "
            "lương thực, nước uống và đèn; không qua ngầm, qua tràn khi nước chảy xiết.\n\n"
            "Cần giúp đỡ, gọi [[số điện thoại trực ban]]. Đề nghị bà con theo dõi loa để nhận tin "
            "tiếp."
        ),
    ),
    NationalTemplate(
        id="meeting",
        name=msgid("Mời họp"),
        title="Mời họp [[nội dung họp]]",
        topic="đời sống thôn xóm",
        script=(
            "Kính thưa bà con.\n\n"
            "[[đơn vị mời]] kính mời [[thành phần, ví dụ: mỗi hộ một người]] đến dự họp.\n\n"
            "Nội dung: [[nội dung họp]].\n\n"
            "Thời gian: [[giờ họp]], ngày [[ngày họp]].\n\n"
            "Địa điểm: [[địa điểm họp]].\n\n"
            "Rất mong bà con sắp xếp thời gian đến dự đông đủ và đúng giờ."
        ),
    ),
    NationalTemplate(
        id="market-prices",
        name=msgid("Giá nông sản"),
        title="Giá nông sản ngày [[ngày]]",
        topic="nông nghiệp",
        contributor="Hợp tác xã",
        script=(
            "Kính thưa bà con.\n\n"
            "Giá thu mua nông sản tại [[nơi thu mua]], ngày [[ngày]]:\n\n"
            "[[mặt hàng thứ nhất]]: [[giá thứ nhất]].\n\n"
            "[[mặt hàng thứ hai]]: [[giá thứ hai]].\n\n"
            "[[mặt hàng thứ ba]]: [[giá thứ ba]].\n\n"
            "Giá có thể thay đổi trong ngày; bà con hỏi lại [[nơi hỏi giá]] trước khi bán."
        ),
    ),
    NationalTemplate(
        id="commemoration",
        name=msgid("Ngày kỷ niệm"),
        title="Kỷ niệm [[ngày kỷ niệm]]",
        topic="lễ, kỷ niệm",
        contributor="Ủy ban nhân dân xã",
        script=(
            "Kính thưa bà con.\n\n"
            "Nhân dịp kỷ niệm [[ngày kỷ niệm]], [[đơn vị tổ chức]] tổ chức [[hoạt động]].\n\n"
            "Thời gian: [[giờ]], ngày [[ngày tổ chức]].\n\n"
            "Địa điểm: [[địa điểm]].\n\n"
            "Đề nghị các gia đình treo cờ Tổ quốc từ [[ngày bắt đầu treo cờ]] đến hết [[ngày cuối "
            "treo cờ]], giữ gìn vệ sinh và trật tự đường làng, ngõ xóm.\n\n"
            "Kính mời bà con đến dự."
        ),
    ),
)
