"""What five real plans of communes say. The values were written down by hand, from reading them.

The plans themselves are their offices' words and are not kept here. Whoever has them (as text out
of the published PDF, under the names below) names their folder in `LOA_PLAN_DOCUMENTS`; then they
are read with the others, and a file that is missing fails. Without it there are none to read.

Numbers and days of signing are blank in all copies (`Số: /KH-UBND`, `ngày tháng 3 năm 2026`), so
none is proposed. What a plan does not say is not proposed either: Tân An leaves the 80 % out.
"""

import os
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

_NAMED = os.environ.get("LOA_PLAN_DOCUMENTS", "")
FOLDER = Path(_NAMED)

_BINH_TUYEN = Expected(
    file=FOLDER / "ke-hoach-binh-tuyen.txt",
    title="Thực hiện Quyết định số 1169/QĐ-TTg ngày 16/6/2025",
    first=(date(2026, 1, 1), "Từ năm 2026"),
    last=(date(2030, 12, 31), "Đến năm 2030"),
    topics=(
        ("Nghị quyết 57", "trên địa bàn xã Bình Tuyền"),
        ("Cải cách hành chính", "tăng cường truyền thông về cải cách hành chính"),
        ("Bình dân học vụ số", "Đoàn thanh niên xã phối hợp"),
    ),
    goals=(
        (100, 2030, OTHER, "Bảo đảm 100% các nhiệm vụ khoa học và công nghệ"),
        (80, 2030, RESIDENTS, "ít nhất 80% người dân trên địa bàn xã được tiếp cận thông tin"),
        (70, 2030, OTHER, "từ 70% trở lên cán bộ, công chức"),
        (70, 2030, OTHER, "Phấn đấu đến năm 2030, có ít nhất 70% cán bộ"),
    ),
    quotas=(
        ("", 2, "từ 02 đến 04 tin, bài/tháng"),
        ("Các trường mầm non, tiểu học, trung học cơ sở", 2, "tối thiểu 02 tin, bài/tháng/đơn vị"),
        ("Trạm Y tế xã", 2, "tối thiểu 02 tin, bài/tháng."),
    ),
    key_days=(SCIENCE, INNOVATION, DIGITAL),
    units=(
        ("Phòng Văn hóa - Xã hội", True),
        ("Phòng Kinh tế", False),
        ("Trung tâm dịch vụ sự nghiệp công", True),
        ("Các cơ quan, đơn vị thuộc UBND xã", False),
        ("Ủy ban Mặt trận Tổ quốc Việt Nam xã và các tổ chức chính trị - xã hội", False),
        ("Các cơ sở giáo dục và Trạm Y tế xã", False),
        ("Các Thôn trên địa bàn xã", False),
    ),
)
_BOM_BO = Expected(
    file=FOLDER / "ke-hoach-bom-bo.txt",
    title="Triển khai Chương trình “Đẩy mạnh truyền thông thực hiện Nghị quyết số 57-NQ/TW",
    first=(date(2025, 1, 1), "Năm 2025"),
    last=(date(2030, 12, 31), "Năm 2030"),
    topics=(
        ("Nghị quyết 57", "trên địa bàn xã Bom Bo"),
        ("Bình dân học vụ số", "Đẩy mạnh truyền thông về phong trào “Bình dân học vụ số”"),
    ),
    goals=(
        (100, 2025, OTHER, "100% lãnh đạo, cán bộ, công chức, viên chức"),
        (100, 2030, OTHER, "100% các nhiệm vụ khoa học và công nghệ"),
        (80, 2030, RESIDENTS, "Ít nhất 80% người dân tiếp cận thông tin"),
    ),
    deadlines=(
        (BY, 31, 12, 2025, "Thiết lập và vận hành các kênh truyền thông chính thức của xã"),
        (BY, 31, 12, 2025, "Xây dựng và triển khai kế hoạch truyền thông về khoa học"),
        (BY, 31, 12, 2025, "Xây dựng các chương trình truyền thông chuyên biệt"),
    ),
    units=(
        ("Phòng Văn hóa – Xã hội", True),
        ("Phòng Kinh tế", False),
        ("Các trường học trên địa bàn", False),
        ("Trung tâm dịch vụ tổng hợp", True),
    ),
)
_DAI_PHUOC = Expected(
    file=FOLDER / "ke-hoach-dai-phuoc.txt",
    title="Tuyên truyền việc thực hiện Nghị quyết số 57-NQ/TW ngày 22/12/2024",
    topics=(
        ("Nghị quyết 57", "Kế hoạch của Đảng ủy xã về thực hiện Nghị quyết số 57-NQ/TW"),
        ("Bình dân học vụ số", "triển khai phong trào “Bình dân học vụ số"),
    ),
    key_days=(DIGITAL,),
    units=(
        ("Ủy ban Mặt trận Tổ quốc Việt Nam xã", False),
        ("Các Tổ chức chính trị - xã hội trên địa bàn xã", False),
        ("Ban xây dựng Đảng xã", False),
        ("Các cơ quan, đơn vị trên địa bàn xã", False),
        ("Phòng Văn hóa – Xã hội xã", True),
        ("Trung tâm Dịch vụ tổng hợp xã", True),
        ("Công an xã", False),
        ("Các Trường học trên địa bàn xã", False),
        ("Các Ấp", False),
    ),
)
_TAN_AN = Expected(
    file=FOLDER / "ke-hoach-tan-an.txt",
    title="Triển khai Chương trình “Đẩy mạnh tuyên truyền thực hiện Nghị quyết số 57-NQ-TW",
    first=(date(2025, 1, 1), "Năm 2025"),
    last=(date(2030, 12, 31), "Năm 2030"),
    topics=(
        ("Nghị quyết 57", "trên địa bàn xã Tân An"),
        ("Cải cách hành chính", "cải cách hành chính"),
        ("Đề án 06", "Đề án 06"),
        ("Bình dân học vụ số", "Đẩy mạnh tuyên truyền về phong trào “Bình dân học vụ số”"),
    ),
    goals=((100, 2025, OTHER, "100% lãnh đạo, cán bộ, công chức, viên chức"),),
    key_days=(SCIENCE, INNOVATION, DIGITAL),
    deadlines=(
        (BEFORE, 10, 6, None, "Định kỳ trước ngày 10/6 và trước ngày 10/12 hằng năm"),
        (BEFORE, 10, 12, None, "Định kỳ trước ngày 10/6 và trước ngày 10/12 hằng năm"),
    ),
    reports=(
        ("Báo cáo: Các cơ quan chuyên môn thuộc UBND xã", "2. Các cơ quan chuyên môn"),
        ("Báo cáo: Các cơ quan chuyên môn thuộc UBND xã", "2. Các cơ quan chuyên môn"),
    ),
    units=(
        ("Các trường học trên địa bàn", True),
        ("Phòng Văn hóa - Xã hội", False),
        ("Các cơ quan chuyên môn thuộc UBND xã", False),
        ("Phòng Kinh tế", False),
    ),
)
PLANS = (_BINH_TUYEN, _BOM_BO, _DAI_PHUOC, _TAN_AN) if _NAMED else ()
FAILED_SCANS = (FOLDER / "ke-hoach-phu-trung-ocr.txt",) if _NAMED else ()
