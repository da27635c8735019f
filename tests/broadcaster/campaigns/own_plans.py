"""Plans of communes that do not exist, written for these tests, and what they say.

They have what real ones have: letterheads with blank number and day, lines that a page broke,
page numbers in the middle of a sentence, headings skipped and numbered twice, marks left by a
converter, a quotation that nobody closed. The values were written down before they were run.
"""

from datetime import date
from pathlib import Path

from tests.broadcaster.campaigns.expected import (
    BEFORE,
    BY,
    DIGITAL,
    INNOVATION,
    OTHER,
    RESIDENTS,
    SCIENCE,
    Expected,
)

PAPERS = Path(__file__).parent / "papers"
FAILED_SCAN = PAPERS / "ban-quet-hong.txt"
"""The first page of Hòa Khê's plan as a bad scan would have it."""

HOA_KHE = Expected(
    file=PAPERS / "ke-hoach-hoa-khe.txt",
    title="Hưởng ứng Chương trình “Mỗi xóm một loa, mỗi nhà một kỹ năng số đến năm 2030”",
    first=(date(2026, 1, 1), "Từ năm 2026"),
    last=(date(2030, 12, 31), "Đến năm 2030"),
    topics=(
        ("Nghị quyết 57", "trên địa bàn xã Hòa Khê"),
        ("Cải cách hành chính", "giấy tờ nào nộp qua mạng được"),
        ("Bình dân học vụ số", "Đoàn Thanh niên xã cùng Tổ công nghệ số cộng đồng"),
    ),
    goals=(
        (100, 2026, OTHER, "a) Từ năm 2026 … - 100% trưởng xóm và người trực đài"),
        (80, 2030, RESIDENTS, "qua bảng tin điện tử hoặc qua người nhà nghe hộ"),
        (100, 2030, OTHER, "100% đề tài, sáng kiến dùng tiền ngân sách xã"),
        (70, 2030, OTHER, "từ 70% trở lên người viết tin"),
        (60, 2028, OTHER, "đến năm 2028, tối thiểu 60% số xóm"),
    ),
    quotas=(
        ("", 2, "từ 02 đến 04 tin, bài/tháng"),
        ("Công an xã", 3, "Mỗi tháng gửi ít nhất 03 tin"),
        (
            "Các trường mầm non, tiểu học và trung học cơ sở",
            2,
            "tối thiểu 02 tin, bài/tháng/đơn vị",
        ),
        ("Trạm Y tế xã", 1, "gửi 01 bài mỗi tháng"),
    ),
    key_days=(SCIENCE, INNOVATION, DIGITAL),
    deadlines=(
        (BY, 31, 12, 2026, "100% trưởng xóm và người trực đài"),
        (BEFORE, 30, 9, 2026, "ba xóm còn lại trước ngày 30/9/2026"),
        (BY, 20, 12, None, "báo cáo cả năm chậm nhất là ngày 20 tháng 12 hằng năm"),
        (BEFORE, 5, 7, None, "trước ngày 05/7 và trước ngày 05/01 hằng năm"),
        (BEFORE, 5, 1, None, "trước ngày 05/7 và trước ngày 05/01 hằng năm"),
    ),
    reports=(
        ("Báo cáo: Phòng Văn hóa - Xã hội", "1. Phòng Văn hóa - Xã hội"),
        ("Báo cáo: Trung tâm Dịch vụ tổng hợp", "4. Trung tâm Dịch vụ tổng hợp"),
        ("Báo cáo: Trung tâm Dịch vụ tổng hợp", "4. Trung tâm Dịch vụ tổng hợp"),
    ),
    units=(
        ("Phòng Văn hóa - Xã hội", True),
        ("Phòng Kinh tế", False),
        ("Trung tâm Dịch vụ tổng hợp", True),
        ("Công an xã", False),
        ("Ủy ban Mặt trận Tổ quốc Việt Nam xã", False),
        ("Các tổ chức chính trị - xã hội của xã", False),
        ("Các trường học và Trạm Y tế xã", False),
        ("Các xóm trên địa bàn xã", False),
    ),
)
BEN_SAY = Expected(
    file=PAPERS / "ke-hoach-ben-say.txt",
    title="Đưa Nghị quyết số 57-NQ-TW ngày 22/12/2024 của Bộ Chính trị đến từng ấp",
    first=(date(2025, 1, 1), "Năm 2025"),
    last=(date(2030, 12, 31), "Năm 2030"),
    topics=(
        ("Nghị quyết 57", "trên địa bàn xã Bến Sậy"),
        ("Cải cách hành chính", "Người Bến Sậy sống bằng ghe"),
        ("Đề án 06", "Người Bến Sậy sống bằng ghe"),
        ("Bình dân học vụ số", "Kể bằng giọng người trong ấp"),
    ),
    goals=((100, 2025, OTHER, "đủ để trả lời khi dân hỏi"),),
    quotas=(("Ban nhân dân ấp", 1, "tối thiểu 01 tin, bài/tháng"),),
    key_days=(SCIENCE, INNOVATION, DIGITAL),
    deadlines=(
        (BY, 31, 3, 2026, "Loạt tin về căn cước điện tử"),
        (BY, 15, 12, 2025, "Nộp dự toán tiền sửa loa"),
        (BEFORE, 10, 6, None, "trước ngày 10/6 và trước ngày 10/12"),
        (BEFORE, 10, 12, None, "trước ngày 10/6 và trước ngày 10/12"),
    ),
    reports=(
        ("Báo cáo: Các phòng, cơ quan của UBND xã", "2. Các phòng, cơ quan của UBND xã"),
        ("Báo cáo: Các phòng, cơ quan của UBND xã", "2. Các phòng, cơ quan của UBND xã"),
    ),
    units=(
        ("Các trường học của xã", True),
        ("Phòng Văn hóa - Xã hội", False),
        ("Trung tâm Dịch vụ tổng hợp", True),
        ("Các phòng, cơ quan của UBND xã", False),
        ("Phòng Kinh tế", False),
        ("Các ấp", False),
    ),
)
NUI_VOI = Expected(
    file=PAPERS / "ke-hoach-nui-voi.txt",
    title="Tuyên truyền việc học kỹ năng số theo phong trào “Bình dân học vụ số; Nghị quyết số 57",
    topics=(
        ("Nghị quyết 57", "giữ an toàn trên mạng cho bà con xã Núi Voi"),
        ("Bình dân học vụ số", "giữ an toàn trên mạng cho bà con xã Núi Voi"),
    ),
    key_days=(DIGITAL,),
    units=(
        ("Ủy ban Mặt trận Tổ quốc Việt Nam xã", False),
        ("Các Hội, đoàn thể của xã", False),
        ("Ban Xây dựng Đảng xã", False),
        ("Phòng Văn hóa – Xã hội xã", True),
        ("Công an xã", False),
        ("Các Buôn, thôn", False),
    ),
)
PLANS = (HOA_KHE, BEN_SAY, NUI_VOI)
