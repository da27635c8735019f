"""Word documents become scripts: what stands on the page, in its order, and nothing else."""

import zipfile
from io import BytesIO

import pytest

from playlists.documents import (
    DocumentDamaged,
    DocumentEmpty,
    DocumentKindUnknown,
    DocumentLocked,
    DocumentTooLarge,
    DocumentTooLong,
    read_document,
)
from playlists.reading import read_aloud
from tests.playlists.documents.papers import archive, paragraph, run, table, word


def test_paragraphs_stand_apart_by_an_empty_line() -> None:
    """Runs of one paragraph are one text, however Word has cut them."""
    document = word(paragraph("Thông báo ", "họp", " thôn") + paragraph("Kính mời bà con."))

    assert read_document(document, name="a.docx") == "Thông báo họp thôn\n\nKính mời bà con."


def test_list_items_stand_line_by_line() -> None:
    """A voice pauses between items; Word keeps their marks apart from their text."""
    document = word(
        paragraph("Nội dung:")
        + paragraph("dọn vệ sinh", item=True)
        + paragraph("diệt lăng quăng", item=True)
    )

    assert read_document(document) == "Nội dung:\n- dọn vệ sinh\n- diệt lăng quăng"


def test_what_a_reviewer_struck_out_is_not_read_and_what_was_added_is() -> None:
    """Tracked changes: the page as it stands, not as it was."""
    body = f"<w:p>{run('Họp lúc ')}<w:del><w:r><w:delText>7</w:delText></w:r>{run('bảy')}</w:del>"
    body += f"<w:ins>{run('8')}</w:ins>{run(' giờ')}</w:p>"

    assert read_document(word(body)) == "Họp lúc 8 giờ"


def test_content_controls_links_and_boxes_are_read() -> None:
    """Text that libraries are known to miss; a drawing's second form is not read twice."""
    body = f"<w:sdt><w:sdtContent>{paragraph('Trong khung')}</w:sdtContent></w:sdt>"
    box = f"<w:txbxContent>{paragraph('Trong hộp')}</w:txbxContent>"
    body += (
        f"<w:p><w:hyperlink>{run('Liên kết')}</w:hyperlink><w:r><mc:AlternateContent>"
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )

    assert read_document(word(body)) == "Trong khung\n\nTrong hộp\n\nLiên kết"


def test_field_codes_are_no_words_and_signs_are() -> None:
    """Tabs and line breaks part words; a field's instruction is not on the page."""
    body = (
        "<w:p><w:r><w:instrText>PAGE 7</w:instrText></w:r>"
        f"{run('một')}<w:r><w:tab/></w:r>{run('hai')}<w:r><w:br/></w:r>{run('ba')}"
        f"{run(' 12')}<w:r><w:noBreakHyphen/></w:r>{run('NQ')}</w:p>"
    )

    assert read_document(word(body)) == "một hai\n\nba 12-NQ"


def test_a_table_of_figures_is_read_row_by_row() -> None:
    """Cells of a row stay together."""
    document = word(
        paragraph("Lịch tiêm:")
        + table(
            [paragraph("Thôn"), paragraph("Giờ")],
            [paragraph("Bến Đò"), paragraph("7 giờ")],
        )
    )

    assert read_document(document) == "Lịch tiêm:\nThôn | Giờ\nBến Đò | 7 giờ"


def test_a_letterhead_in_a_table_is_left_out_when_it_is_read() -> None:
    """Communes set the head of a plan in a table of two columns; nobody reads it aloud."""
    head = table(
        [
            paragraph("ỦY BAN NHÂN DÂN") + paragraph("XÃ SÔNG MÂY") + paragraph("Số:    /KH-UBND"),
            paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
            + paragraph("Độc lập - Tự do - Hạnh phúc"),
        ]
    )
    text = read_document(word(head + paragraph("Kính mời bà con đến họp.")))

    reading = read_aloud(text)

    assert reading.spoken == "Kính mời bà con đến họp."
    assert [warning.code for warning in reading.warnings] == ["left_out"]


def test_the_main_part_is_the_one_that_the_package_names() -> None:
    """Some programs write word/document2.xml."""
    document = word(paragraph("Xin chào"), part="word/document2.xml")

    assert read_document(document) == "Xin chào"


def test_an_old_font_s_letters_become_unicode() -> None:
    """Documents in TCVN3 fonts come as Latin letters and leave as Vietnamese."""
    document = word(paragraph("Th«ng b¸o häp toµn thÓ nh©n d©n trong th«n"))

    assert read_document(document) == "Thông báo họp toàn thể nhân dân trong thôn"


@pytest.mark.parametrize(
    "document",
    [
        b"PK\x03\x04word/",
        word(paragraph("Xin chào"))[:-60],
        archive({"word/other.xml": "<a/>"}),
        word("<w:p>"),
        word(paragraph("&ha;"), before='<!DOCTYPE d [<!ENTITY ha "ha ha">]>'),
        archive({f"word/{number}": b"" for number in range(5_000)}),
    ],
    ids=["stub", "cut", "no main part", "bad XML", "entities", "entries without end"],
)
def test_a_broken_or_hostile_file_is_refused(document: bytes) -> None:
    """One sentence, no traceback, and no entity is ever resolved."""
    with pytest.raises(DocumentDamaged) as refused:
        read_document(document, name="a.docx")

    assert "Chưa có gì thay đổi" in refused.value.message_vi


def test_an_archive_that_unpacks_without_end_is_stopped() -> None:
    """80 MB of nothing in 80 kB: counted while it is unpacked, not afterwards."""
    bomb = word(f"<w:p>{' ' * 80_000_000}</w:p>")
    assert len(bomb) < 200_000

    with pytest.raises(DocumentDamaged):
        read_document(bomb)


@pytest.mark.parametrize(("at", "octet"), [(6, 148), (8, 0x20), (8, 0x40)])
def test_an_archive_of_a_kind_that_nobody_reads_is_refused(at: int, octet: int) -> None:
    """A version from the future, patched data, another encryption: damaged, and no crash."""
    document = bytearray(word(paragraph("Thông báo")))
    for begin in (document.index(b"PK\x01\x02"), document.rindex(b"PK\x01\x02")):
        document[begin + at] = octet

    with pytest.raises(DocumentDamaged):
        read_document(bytes(document))


@pytest.mark.parametrize("opened", ["<w:tbl>", "<w:tbl><w:tr><w:tc>", "<w:p>"])
def test_tables_within_tables_without_end_are_refused(opened: str) -> None:
    """A few kilobytes of them took the machine for hours: each line went through every table."""
    depth = 20_000
    closed = opened.replace("<", "</")
    ends = "".join(f"{each}>" for each in reversed(closed.split(">")[:-1]))
    document = word(opened * depth + paragraph("a") * depth + ends * depth)

    with pytest.raises(DocumentDamaged):
        read_document(document, name="a.docx")


def test_a_letterhead_in_a_table_in_a_table_is_read() -> None:
    """As deep as people nest them."""
    inner = table([paragraph("Ông An"), paragraph("Bà Tư")])
    body = inner
    for _ in range(5):
        body = f"<w:tbl><w:tr><w:tc>{body}{paragraph('')}</w:tc></w:tr></w:tbl>"

    assert "Ông An" in read_document(word(body))


def test_text_without_end_is_refused_as_too_long() -> None:
    """More than three bulletins' worth is a book."""
    with pytest.raises(DocumentTooLong):
        read_document(word(paragraph("ha " * 34_000)))


def test_a_file_of_more_than_five_megabytes_is_not_opened() -> None:
    """Most of it is pictures anyway, and the sentence says so."""
    with pytest.raises(DocumentTooLarge) as refused:
        read_document(b"x" * 5_000_001)

    assert "5 MB" in refused.value.message_vi


def test_passwords_and_old_word_files_are_told_apart() -> None:
    """Both begin alike; people must do different things about them."""
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)

    with pytest.raises(DocumentKindUnknown) as refused:
        read_document(old, name="a.doc")
    with pytest.raises(DocumentLocked):
        read_document(old + "EncryptedPackage".encode("utf-16-le"), name="a.docx")
    assert ".docx" in refused.value.message_vi


def test_a_packed_file_with_a_password_is_locked() -> None:
    """The flag stands in the archive's directory."""
    document = bytearray(word(paragraph("Xin chào")))
    with zipfile.ZipFile(BytesIO(bytes(document))) as packed:
        assert packed.getinfo("word/document.xml").flag_bits & 1 == 0
    at = document.rindex(b"PK\x01\x02")
    document[at + 8] |= 1

    with pytest.raises(DocumentLocked):
        read_document(bytes(document))


def test_other_office_files_are_named_as_what_they_are_not() -> None:
    """A workbook is an archive as well."""
    with pytest.raises(DocumentKindUnknown):
        read_document(archive({"xl/workbook.xml": "<a/>"}), name="a.xlsx")


def test_a_document_without_words_is_empty() -> None:
    """Nothing to read is no script."""
    with pytest.raises(DocumentEmpty):
        read_document(word(paragraph(" ") + paragraph("-----")))
